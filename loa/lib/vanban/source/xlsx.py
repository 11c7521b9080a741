"""Excel task tables: each sheet is a table; lines above its heading row are paragraphs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

import openpyxl

from loa.lib.vanban import errors

from .legacy import normalise
from .model import Piece, Raw, RawCell, RawParagraph, RawRow, Source, build

#: a task table has under 500 rows and 20 columns
MAX_ROWS, MAX_COLUMNS = 5000, 60
#: what stands below a task table: "Nơi nhận:", "KT. GIÁM ĐỐC", "HIỆU TRƯỞNG", "NGƯỜI LẬP BIỂU"
_FOOT = re.compile(
    r"(?:N[ơo]i nhận\b|(?:TM|KT|TL|TUQ|Q)\.\s*[A-ZĐÀ-Ỹ]|(?:PHÓ\s+)?(?:GIÁM ĐỐC|HIỆU TRƯỞNG|CHỦ TỊCH|TRƯỞNG PHÒNG|"
    r"TRƯỞNG BAN|CHÁNH VĂN PHÒNG|THỦ TRƯỞNG)|NGƯỜI LẬP|Người lập)"
)
Progress = Callable[[str, float], None]


def read_xlsx(data: bytes, name: str, progress: Progress) -> Source:
    """Read a workbook whose package has been checked. Raises `BrokenXlsx`. `page` is the sheet."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:  # openpyxl lets many kinds through; none may reach the officer
        raise errors.BrokenXlsx(name=name) from error
    raws: list[Raw] = []
    repairs: set[str] = set()
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for number, sheet in enumerate(sheets, start=1):
        raws.extend(_sheet(sheet, number, name, repairs))
        progress(f"Đọc trang tính {number}/{len(sheets)}", number / len(sheets))
    return build(raws, format="xlsx", pages=len(sheets), repairs=sorted(repairs))


def _sheet(sheet, number: int, name: str, repairs: set[str]) -> Iterator[Raw]:
    hidden, spans = _merges(sheet)
    in_table = False
    for row in sheet.iter_rows(max_row=min(sheet.max_row, MAX_ROWS), max_col=min(sheet.max_column, MAX_COLUMNS)):
        cells: list[RawCell] = []
        filled = 0
        for cell in row:
            kind = hidden.get((cell.row, cell.column))
            if kind == "across":
                continue
            text, more = normalise(_text(cell.value), name, recover_old=False)
            repairs.update(more)
            filled += bool(text.strip())
            cells.append(RawCell(text, kind == "down", spans.get((cell.row, cell.column), 1)))
        if not filled and not any(cell.merged for cell in cells):
            continue
        if in_table and filled <= 2 and any(_FOOT.match(cell.text.strip()) for cell in cells):
            in_table = False  # who signs, and who receives, below the table
        if filled >= 3:
            in_table = True
        if in_table:
            yield RawRow(tuple(cells), number, row[0].row, number)
        else:
            for cell in cells:
                for part in cell.text.split("\n"):
                    if part.strip():
                        yield RawParagraph((Piece(part, row[0].row, number),))


def _merges(sheet) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], int]]:
    """Cells hidden by a merge ("across" the row or "down" the column) and widths of the visible ones."""
    hidden: dict[tuple[int, int], str] = {}
    spans: dict[tuple[int, int], int] = {}
    for area in sheet.merged_cells.ranges:
        width = area.max_col - area.min_col + 1
        for row in range(area.min_row, min(area.max_row, MAX_ROWS) + 1):
            spans[(row, area.min_col)] = width
            if row > area.min_row:
                hidden[(row, area.min_col)] = "down"
            for column in range(area.min_col + 1, min(area.max_col, MAX_COLUMNS) + 1):
                hidden[(row, column)] = "across"
    return hidden, spans


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
