"""Excel task tables: each sheet is a table; lines above its heading row and below its last row are paragraphs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

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
#: what numbers a line, in a cell of its own: "1", "2.1.", "a)", "-"
_LABEL = re.compile(r"(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2}){0,3}|[a-zđA-HĐ])[.)]?|[-–+•*]")
_NUMBERS = re.compile(r"(?:stt|tt|số\s*tt|s\.t\.t\.?|#)", re.I)
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


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a sheet: its number, its cells, and how many of them say something."""

    at: int
    cells: tuple[RawCell, ...]
    filled: int

    @property
    def words(self) -> list[str]:
        return [cell.text.strip() for cell in self.cells]


def _sheet(sheet, number: int, name: str, repairs: set[str]) -> Iterator[Raw]:
    lines = list(_lines(sheet, name, repairs))
    in_table, table = False, number * MAX_ROWS
    for line, goes_on in zip(lines, _going_on(lines), strict=True):
        if in_table and line.filled <= 2 and any(map(_FOOT.match, line.words)):
            in_table = False  # who signs, and who receives, below the table
        elif in_table and _is_prose(line) and not goes_on:
            in_table = False  # "III. TỔ CHỨC THỰC HIỆN" and its sentences
        if line.filled >= 3:
            table += not in_table
            in_table = True
        if in_table:
            yield RawRow(line.cells, table, line.at, number)
        else:
            for part in _printed(line):
                yield RawParagraph((Piece(part, line.at, number),))


def _is_prose(line: _Line) -> bool:
    """One cell, or a number and one cell, that nothing merged from above stands beside."""
    filled = [cell for cell in line.cells if cell.text.strip()]
    if len(filled) > 2 or any(cell.merged for cell in line.cells):
        return False
    return len(filled) == 1 or bool(_LABEL.fullmatch(filled[0].text.strip()) and filled[1].span > 1)


def _going_on(lines: list[_Line]) -> list[bool]:
    """For each line: does its table go on below, before another begins with headings of its own?"""
    heads = [line for line in lines if line.filled >= 3 and any(map(_NUMBERS.fullmatch, line.words))]
    again = {line.at for above, line in pairwise(heads) if above.words == line.words}
    others = {line.at for line in heads} - again
    out: list[bool] = []
    below = False
    for line in reversed(lines):
        out.append(below)
        if line.filled >= 3:
            below = line.at not in others
        elif any(map(_FOOT.match, line.words)):
            below = False
        elif not _is_prose(line):
            below = True  # a row with its number and contents alone
    return out[::-1]


def _printed(line: _Line) -> Iterator[str]:
    """The lines of a row of text; a number in a cell of its own is printed before what it numbers."""
    filled = [word for word in line.words if word]
    if len(filled) == 2 and _LABEL.fullmatch(filled[0]):
        mark = filled[0] if filled[0][-1] in ".)-–+•*" else f"{filled[0]}."
        filled = [f"{mark} {filled[1]}"]
    for text in filled:
        yield from (part for part in text.split("\n") if part.strip())


def _lines(sheet, name: str, repairs: set[str]) -> Iterator[_Line]:
    hidden, spans = _merges(sheet)
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
        if filled or any(cell.merged for cell in cells):
            yield _Line(row[0].row, tuple(cells), filled)


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
