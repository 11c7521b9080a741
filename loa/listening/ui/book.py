"""Workbooks of listening's screens: one writer for the stream and for the figures of every page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from loa.core import clock
from loa.listening.models import Item

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: lines of one workbook
MOST = 5000
#: width of a column that none is given for
WIDTH = 16


@dataclass(frozen=True)
class Sheet:
    """One sheet: what it is, lines below its title, heads, rows; the widths of its first columns."""

    title: str
    heads: Sequence[Any]
    rows: Iterable[Sequence[Any]]
    said: Sequence[str] = ()
    widths: Sequence[int] = (44,)


def wanted(request: HttpRequest) -> bool:
    """Whether the page is asked for as a workbook (`?tep=xlsx`)."""
    return request.GET.get("tep") == "xlsx"


def taken_at(lines: int = 0) -> str:
    """When figures were taken, for the lines below a title; of as many `lines` as one workbook holds also that."""
    said = _("Số liệu lấy lúc %s") % clock.local(clock.now()).strftime("%H:%M %d/%m/%Y")
    return said + _("; chỉ lấy %(n)d dòng đầu") % {"n": MOST} if lines >= MOST else said


#: letters of what was said that a line takes
MOST_SAID = 2000


def item_heads(*more: Any) -> list[Any]:
    """The heads over lines of items; `more`: those of what a sheet says beside, before the address."""
    return [_("Thời gian"), _("Nguồn"), _("Tiêu đề"), _("Nội dung"), _("Sắc thái"), *more, _("Địa chỉ")]


def item_widths(*more: int) -> tuple[int, ...]:
    """The widths of the columns of items."""
    return (17, 26, 60, 60, 12, *more, 40)


def item_line(item: Item, *more: Any) -> tuple[Any, ...]:
    """An item as a line below `item_heads`."""
    text, tone = item.text[:MOST_SAID], item.get_tone_display()
    return item.published_at, item.outlet_name, item.title, text, tone, *more, item.url


def workbook(name: str, sheets: Sequence[Sheet]) -> HttpResponse:
    """The answer that brings a workbook, called `name` and the day."""
    # Here and not above: only those who take a workbook away wait until it is loaded.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for one in sheets:
        sheet = book.create_sheet(_tab(one.title))
        sheet.append([one.title])
        for line in one.said:
            sheet.append([line])
        head = 2 + len(one.said)
        sheet.append([str(value) for value in one.heads])
        for row in one.rows:
            sheet.append([_plain(value) for value in row])
        for line in sheet.iter_rows(min_row=1):
            for cell in line:
                # What people wrote, or a school is called, is never a formula.
                if cell.data_type == "f":
                    cell.data_type = "s"
        sheet["A1"].font = Font(bold=True, size=14)
        for cell in sheet[head]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        for at in range(len(one.heads)):
            width = one.widths[at] if at < len(one.widths) else WIDTH
            sheet.column_dimensions[get_column_letter(at + 1)].width = width
        sheet.freeze_panes = f"A{head + 1}"
    stream = io.BytesIO()
    book.save(stream)
    answer = HttpResponse(stream.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y%m%d}.xlsx"'
    return answer


def _tab(title: str) -> str:
    """Excel takes thirty letters and none of these."""
    return "".join(" " if char in "[]:*?/\\" else char for char in title)[:30].strip() or "Loa"


def _plain(value: Any) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, bool | int | float) or value is None:
        return value
    if hasattr(value, "tzinfo"):
        return clock.local(value).replace(tzinfo=None)
    if hasattr(value, "isoformat"):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))
