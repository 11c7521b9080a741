"""The stream taken away: a workbook, or a list for paper. Both say what was sought, and are written down."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import InvalidInput
from loa.lib.vi.boolean import QueryError
from loa.listening import selectors, services, texts
from loa.listening.rules import PRIVATE
from loa.listening.selectors import StreamFilter
from loa.listening.ui import book
from loa.listening.ui.common import Filters, Row, require_read, rows

#: items of one printed list
MOST_PRINTED = 300


def _rows(request: HttpRequest, wanted: StreamFilter, most: int) -> list[Row]:
    require_read(request.user)
    try:
        keys = selectors.found(request.user, wanted, limit=most)
    except QueryError as error:
        raise InvalidInput(texts.query_error(error).sentence, code="listening.query") from None
    found: list[Row] = []
    for start in range(0, len(keys), 500):
        page = selectors.dressed(selectors.Page(selectors.rows_of(keys[start : start + 500]), 1))
        found += rows(page)
    services.items_taken(
        actor=request.user,
        count=len(found),
        private=sum(row.item.outlet in PRIVATE for row in found),
        params=wanted.params(),
    )
    return found


@login_required
def workbook(request: HttpRequest) -> HttpResponse:
    """Items as .xlsx, the newest first: title, words, outlet, time, tone, topics, units, address."""
    wanted = StreamFilter.from_params(request.GET)
    found = _rows(request, wanted, book.MOST)
    spelling = _("không phân biệt dấu") if wanted.relaxed else ""
    parts = [wanted.text, spelling, *(words for _name, words in Filters(request, wanted).chosen)]
    said = "; ".join(part for part in parts if part)
    count = _("%(n)d tin, lấy lúc %(at)s") % {
        "n": len(found),
        "at": clock.local(clock.now()).strftime("%H:%M %d/%m/%Y"),
    }
    if len(found) == book.MOST:
        count += _("; chỉ lấy %(n)d tin mới nhất") % {"n": book.MOST}
    sheet = book.Sheet(
        _("Dư luận về giáo dục"),
        book.item_heads(_("Lời lẽ"), _("Loại nguồn"), _("Chủ đề"), _("Đơn vị")),
        [_line(row) for row in found],
        said=[_("Điều kiện: %s") % (said or _("mọi tin về giáo dục")), count],
        widths=book.item_widths(12, 22, 30, 34),
    )
    return book.workbook("du-luan", [sheet])


def _line(row: Row) -> tuple[Any, ...]:
    topics, units = (name for _code, name in row.topics), (link.unit.name for link in row.units)
    harm, kind = row.item.get_harm_display(), row.item.get_outlet_display()
    return book.item_line(row.item, harm, kind, "; ".join(topics), "; ".join(units))


@login_required
def paper(request: HttpRequest) -> HttpResponse:
    """Items as a list for paper."""
    wanted = StreamFilter.from_params(request.GET)
    found = _rows(request, wanted, MOST_PRINTED)
    return render(
        request,
        "listening/paper.html",
        {
            "rows": found,
            "wanted": wanted,
            "filters": Filters(request, wanted),
            "most": MOST_PRINTED,
            "now": clock.now(),
        },
    )
