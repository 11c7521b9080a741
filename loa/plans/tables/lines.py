"""From the cells of a table to lines of named values, and a well-formatted sheet. Pure: no database."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loa.core.errors import InvalidInput
from loa.lib.vi import clean, clean_lines, fold, nfc
from loa.org.importers.read import cell_text, read_grid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: lines above the headings that are looked at
_MOST_ABOVE = 20
#: letters no spreadsheet can hold
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass
class Line:
    """One line of the file: `number` as a spreadsheet shows it."""

    number: int
    values: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the row of the import."""
        return {"line": self.number, "values": self.values}


def _heading(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(clean(text))).strip()


def read_lines(
    data: bytes,
    filename: str,
    *,
    columns: Mapping[str, Sequence[str]],
    required: Sequence[str],
    most: int,
    quiet: Collection[str] = (),
) -> tuple[list[Line], list[str]]:
    """Lines of a .csv or .xlsx file below its row of headings, and remarks on it as a whole.

    `columns`: code → headings it may bear. Values keep their line breaks. `quiet`: columns that nobody
    misses. Raises InvalidInput, with what to do.
    """
    grid, remarks = read_grid(data, filename)
    by_heading = {_heading(name): code for code, names in columns.items() for name in names}
    at, found = -1, {}
    for index, (_number, row) in enumerate(grid[:_MOST_ABOVE]):
        here: dict[int, str] = {}
        for position, value in enumerate(row):
            code = by_heading.get(_heading(cell_text(value)))
            if code and code not in here.values():
                here[position] = code
        if set(required) <= set(here.values()):
            at, found = index, here
            break
    if at < 0:
        names = ", ".join(f"“{columns[code][0]}”" for code in required)
        raise InvalidInput(
            _("Không thấy dòng tiêu đề có các cột %s. Hãy dùng tệp tải về từ Loa.") % names,
            code="plans.table.headings",
            field="file",
        )
    unknown = [
        clean(cell_text(value))
        for position, value in enumerate(grid[at][1])
        if position not in found and clean(cell_text(value))
    ]
    if unknown:
        remarks.append(_("Các cột không dùng đến: %(names)s.") % {"names": ", ".join(unknown[:8])})
    missing = [names[0] for code, names in columns.items() if code not in (*found.values(), *quiet)]
    if missing:
        remarks.append(_("Tệp không có cột: %(names)s; phần đó giữ nguyên.") % {"names": ", ".join(missing)})
    lines = []
    for number, row in grid[at + 1 :]:
        values = {
            code: clean_lines(nfc(cell_text(row[position]) if position < len(row) else ""))
            for position, code in found.items()
        }
        if any(values.values()):
            lines.append(Line(number, values))
    if not lines:
        raise InvalidInput(_("Tệp chỉ có tiêu đề, chưa có dòng nào."), code="plans.table.empty", field="file")
    if len(lines) > most:
        raise InvalidInput(
            _("Tệp có hơn %s dòng. Hãy chia thành nhiều tệp.") % f"{most:,}".replace(",", "."),
            code="plans.table.long",
            field="file",
        )
    return lines, remarks


@dataclass(frozen=True)
class Sheet:
    """A further sheet with a table of its own."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int]


def write_sheet(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    widths: Sequence[int],
    above: Sequence[str] = (),
    hidden: Sequence[int] = (),
    more: Sequence[Sheet] = (),
    notes: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """An .xlsx that prints well: a title, bold headings that stay in sight, wrapped text, A4 landscape.

    `hidden`: numbers of columns (from 0) that serve the way back. `more`: further tables. `notes`: title → lines
    of further sheets. Text stays text: nothing that begins with "=" becomes a formula.
    """
    from openpyxl import Workbook

    book = Workbook()
    _fill(book.active, Sheet(title, headings, rows, widths), above, hidden)
    for one in more:
        _fill(book.create_sheet(), one)
    for name, lines in (notes or {}).items():
        page = book.create_sheet(name[:31])
        for words in lines:
            page.append([words])
        page.column_dimensions["A"].width = 90
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, table: Sheet, above: Sequence[str] = (), hidden: Sequence[int] = ()) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    sheet.title = table.title[:31]
    for words in above:
        sheet.append([words])
        sheet.cell(sheet.max_row, 1).font = Font(name="Times New Roman", size=13, bold=sheet.max_row == 1)
    head = len(above) + 1
    thin = Side(style="thin", color="999999")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    for position, name in enumerate(table.headings, 1):
        cell = sheet.cell(head, position, name)
        cell.font = Font(name="Times New Roman", size=12, bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        cell.fill = PatternFill("solid", fgColor="EEECF4")
        cell.border = box
    for row_number, row in enumerate(table.rows, head + 1):
        for position, value in enumerate(row, 1):
            value = _UNWRITABLE.sub("", value) if isinstance(value, str) else value
            cell = sheet.cell(row_number, position)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            elif value is not None and not isinstance(value, (int, float)):
                cell.number_format = "dd/mm/yyyy"
            cell.font = Font(name="Times New Roman", size=12)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = box
    for position, width in enumerate(table.widths):
        letter = get_column_letter(position + 1)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = position in hidden
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
