"""What comes: the next four weeks by topic, and who is asked what."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from loa.core import charts
from loa.listening.ui import book
from loa.listening.ui.common import require_read
from loa.listening.watch.outlook import Asked, Outlook, asked, outlooks


def _book(found: list[Outlook], questions: list[Asked]) -> HttpResponse:
    """Both tables of the page."""
    weeks = [
        (one.name, week.monday, week.low, round(week.expected, 1), week.high)
        for one in found
        for week in one.weeks
    ]
    heads = [_("Chủ đề"), _("Tuần từ"), _("Ít nhất"), _("Ước tính"), _("Nhiều nhất")]
    said = [_("Tám trong mười tuần nằm giữa ít nhất và nhiều nhất."), book.taken_at()]
    asks = [(row.unit_name or _("Không nêu đơn vị"), row.topic_name, row.n, row.last) for row in questions]
    asks_heads = [_("Đơn vị"), _("Chủ đề"), _("Số câu hỏi"), _("Gần nhất")]
    return book.workbook(
        "du-luan-bon-tuan-toi",
        [
            book.Sheet(_("Bốn tuần tới"), heads, weeks, said=said),
            book.Sheet(_("Ai được hỏi gì"), asks_heads, asks, said=[_("30 ngày qua")], widths=(44, 34)),
        ],
    )


@login_required
def coming(request: HttpRequest) -> HttpResponse:
    """The next four weeks."""
    require_read(request.user)
    found = outlooks(request.user)
    if book.wanted(request):
        return _book(found, asked(request.user))
    return render(
        request,
        "listening/coming.html",
        {
            "rows": [
                (
                    one,
                    charts.spark(
                        [*one.last, *(week.expected for week in one.weeks)],
                        title=_("%(topic)s: tám tuần qua và bốn tuần tới") % {"topic": one.name},
                        hot=None,
                    ),
                    max(one.weeks, key=lambda week: week.season),
                )
                for one in found
            ],
            "asked": asked(request.user),
            "here": "coming",
        },
    )
