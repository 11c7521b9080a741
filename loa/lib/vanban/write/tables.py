"""Ruled tables: column widths, alignment, rows that span."""

from __future__ import annotations

from collections.abc import Sequence

from .codes import clean
from .flow import Align, Cell, DataTable, Element, Par, Span
from .inline import plain, spans
from .measures import Style, text_width_mm
from .model import Row, Table

#: White space on both sides of a cell's text.
PADDING_MM = 1.9
#: A column whose longest entry is at most this wide is a column of figures or codes: it is centred.
SHORT_MM = 22.0


def lay_table(table: Table, style: Style, width_mm: float) -> list[Element]:
    """The table's title and the table. Raises ValueError for a table without columns or a row too long."""
    count = len(table.columns)
    if not count:
        raise ValueError("Bảng phải có ít nhất một cột.")
    rows = [row if isinstance(row, Row) else Row(tuple(row)) for row in table.rows]
    for number, row in enumerate(rows, 1):
        if len(row.cells) > count:
            raise ValueError(f"Dòng {number} của bảng có {len(row.cells)} ô, nhiều hơn {count} cột.")
    for given, what in ((table.widths, "độ rộng"), (table.aligns, "cách căn")):
        if given and len(given) != count:
            raise ValueError(f"Bảng có {count} cột nhưng {len(given)} {what}.")
    size = style.table_pt
    natural = [_natural(table, rows, index, size) for index in range(count)]
    widths = _shares(table.widths, width_mm) if table.widths else _widths(table, rows, natural, size, width_mm)
    short: list[Align] = ["center" if wide <= SHORT_MM else "left" for wide in natural]
    aligns: Sequence[Align] = table.aligns or short
    out: list[Element] = []
    if clean(table.title):
        out.append(
            Par(
                (Span(clean(table.title), style.body_pt, bold=True),),
                role="table-title",
                align="center",
                before_pt=style.gap_pt,
                keep_next=True,
            )
        )
    header = tuple(Cell((Span(clean(name), size, bold=True),), "center") for name in table.columns)
    body = tuple(_row(row, aligns, size, count) for row in rows)
    out.append(DataTable(tuple(widths), header, body))
    return out


def _row(row: Row, aligns: Sequence[Align], size_pt: float, count: int) -> tuple[Cell, ...]:
    if row.heading and len(row.cells) == 1:
        return (Cell(spans(row.cells[0], size_pt, bold=True), "left", count),)
    cells = [*row.cells, *[""] * (count - len(row.cells))]
    return tuple(
        Cell(spans(text, size_pt, bold=row.heading), align) for text, align in zip(cells, aligns, strict=True)
    )


def _entries(table: Table, rows: Sequence[Row], index: int) -> list[str]:
    entries = [clean(table.columns[index])]
    for row in rows:
        if index < len(row.cells) and not (row.heading and len(row.cells) == 1):
            entries.append(plain(row.cells[index]))
    return entries


def _natural(table: Table, rows: Sequence[Row], index: int, size_pt: float) -> float:
    """Width of the longest entry below the header."""
    entries = _entries(table, rows, index)[1:]
    return max((text_width_mm(entry, size_pt) for entry in entries), default=0.0)


def _shares(widths: Sequence[float], total_mm: float) -> list[float]:
    if min(widths) <= 0:
        raise ValueError("Độ rộng cột phải lớn hơn 0.")
    whole = sum(widths)
    return [total_mm * width / whole for width in widths]


def _widths(
    table: Table, rows: Sequence[Row], natural: Sequence[float], size_pt: float, total_mm: float
) -> list[float]:
    """Each column gets room for its longest word; what is left goes where the text is long."""
    cap = total_mm * 0.35
    least = []
    for index in range(len(table.columns)):
        words = [word for entry in _entries(table, rows, index) for word in entry.split()]
        longest = max((text_width_mm(word, size_pt, bold=True) for word in words), default=0.0)
        least.append(min(longest, cap) + 2 * PADDING_MM)
    spare = total_mm - sum(least)
    if spare <= 0:
        return [total_mm * part / sum(least) for part in least]
    # Columns that fit on one line take what they need; the long ones share the rest by their length.
    want = [max(0.0, wide + 2 * PADDING_MM - low) for wide, low in zip(natural, least, strict=True)]
    if sum(want) <= spare:
        rest = (spare - sum(want)) / len(want)
        return [low + more + rest for low, more in zip(least, want, strict=True)]
    weight = [more**0.6 for more in want]
    return [low + spare * part / sum(weight) for low, part in zip(least, weight, strict=True)]
