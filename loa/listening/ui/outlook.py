"""What comes: the next four weeks by topic, and who is asked what."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from loa.core import charts, clock
from loa.listening import access
from loa.listening.ui import book
from loa.listening.ui.common import require_read
from loa.listening.watch.outlook import ASKED_MOST, Outlook, Questions, asked, outlooks


def _book(found: list[Outlook], questions: Questions) -> HttpResponse:
    """Both tables of the page."""
    weeks = [
        (one.name, week.monday, week.low, round(week.expected, 1), week.high)
        for one in found
        for week in one.weeks
    ]
    heads = [_("Chủ đề"), _("Tuần từ"), _("Ít nhất"), _("Ước tính"), _("Nhiều nhất")]
    asked_said = [_("Câu hỏi của người dân trong 30 ngày qua"), *([_cut(questions)] if questions.since else [])]
    said = [_("Tám trong mười tuần nằm giữa ít nhất và nhiều nhất."), book.taken_at()]
    asks = [(row.unit_name or _("Không nêu đơn vị"), row.topic_name, row.n, row.last) for row in questions.groups]
    asks_heads = [_("Đơn vị"), _("Chủ đề"), _("Số câu hỏi"), _("Gần nhất")]
    return book.workbook(
        "du-luan-bon-tuan-toi",
        [
            book.Sheet(_("Bốn tuần tới"), heads, weeks, said=said),
            book.Sheet(_("Ai được hỏi gì"), asks_heads, asks, said=asked_said, widths=(44, 34)),
        ],
    )


def _cut(questions: Questions) -> str:
    """That only the newest were counted."""
    return _("Nhiều câu hỏi quá: chỉ đếm %(n)d câu gần nhất, từ %(at)s.") % {
        "n": ASKED_MOST,
        "at": clock.local(questions.since).strftime("%H:%M %d/%m") if questions.since else "",
    }


@login_required
def coming(request: HttpRequest) -> HttpResponse:
    """The next four weeks."""
    require_read(request.user)
    found, questions = outlooks(request.user), asked(request.user)
    if book.wanted(request):
        return _book(found.topics, questions)
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
                for one in found.topics
            ],
            "weeks": found.weeks,
            "early": found.early,
            "own": access.reach_of(request.user).beyond,
            "asked": questions.groups,
            "cut": _cut(questions) if questions.since else "",
            "here": "coming",
        },
    )
