"""The stream taken away: a workbook, or a list for paper. Both say what was sought, and are written down."""

from __future__ import annotations

import io

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
from loa.listening.ui.common import Filters, Row, require_read, rows

#: items of one workbook, of one printed list
MOST_EXPORTED, MOST_PRINTED = 5000, 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    found = _rows(request, wanted, MOST_EXPORTED)
    answer = HttpResponse(_book(request, wanted, found).getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="du-luan-{clock.today():%Y%m%d}.xlsx"'
    return answer


def _book(request: HttpRequest, wanted: StreamFilter, found: list[Row]) -> io.BytesIO:
    # Here and not above: only those who take the workbook away wait until it is loaded.
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = _("Dư luận")
    sheet.append([_("Dư luận về giáo dục")])
    said = "; ".join([wanted.text, *(words for _name, words in Filters(request, wanted).chosen)]).strip("; ")
    sheet.append([_("Điều kiện: %s") % (said or _("mọi tin về giáo dục"))])
    sheet.append(
        [
            _("%(n)d tin, lấy lúc %(at)s")
            % {"n": len(found), "at": clock.local(clock.now()).strftime("%H:%M %d/%m/%Y")}
            + (_("; chỉ lấy %(n)d tin mới nhất") % {"n": MOST_EXPORTED} if len(found) == MOST_EXPORTED else "")
        ]
    )
    heads = [
        _("Thời gian"), _("Nguồn"), _("Loại nguồn"), _("Tiêu đề"), _("Nội dung"), _("Sắc thái"), _("Lời lẽ"),
        _("Chủ đề"),
        _("Đơn vị"), _("Địa chỉ"),
    ]  # fmt: skip
    sheet.append(heads)
    for row in found:
        item = row.item
        line = [
            clock.local(item.published_at).replace(tzinfo=None), item.outlet_name,
            str(item.get_outlet_display()),
            item.title, item.text[:2000], str(item.get_tone_display()), str(item.get_harm_display()),
            "; ".join(name for _code, name in row.topics),
            "; ".join(link.unit.name for link in row.units), item.url,
        ]  # fmt: skip
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value for value in line])
        for cell in sheet[sheet.max_row][1:]:
            # What people wrote is never a formula.
            if cell.data_type == "f":
                cell.data_type = "s"
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[4]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFGHIJ", (17, 26, 22, 60, 60, 12, 12, 30, 34, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A5"
    stream = io.BytesIO()
    book.save(stream)
    return stream


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
