"""HTML tables inside Markdown, as optical readers write them, with rowspan and colspan."""

from __future__ import annotations

from html.parser import HTMLParser

from .markup import strip_markup
from .model import RawCell


class _TableParser(HTMLParser):
    """Collects rows of (text, rowspan, colspan) and the line each began on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[int, list[tuple[str, int, int]]]] = []
        self.cell: list[str] | None = None
        self.spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append((self.getpos()[0] - 1, []))
        elif tag in ("td", "th"):
            self._close()
            if not self.rows:
                self.rows.append((self.getpos()[0] - 1, []))
            values = dict(attrs)
            self.cell = []
            self.spans = (_number(values.get("rowspan")), _number(values.get("colspan")))
        elif tag in ("br", "p", "li", "div") and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._close()
        elif tag in ("p", "li", "div") and self.cell is not None:
            self.cell.append("\n")

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data.replace("\n", " "))

    def _close(self) -> None:
        if self.cell is not None:
            self.rows[-1][1].append(("".join(self.cell), *self.spans))
            self.cell = None


def _number(value: str | None) -> int:
    return max(1, min(200, int(value))) if value and value.strip().isdigit() else 1


def html_table_rows(markup: str) -> list[tuple[tuple[RawCell, ...], int]]:
    """Rows of `<table>…</table>` with spans laid out, and the line offset each row began on."""
    parser = _TableParser()
    parser.feed(markup)
    parser.close()
    out: list[tuple[tuple[RawCell, ...], int]] = []
    pending: dict[int, tuple[int, int]] = {}  # column → (rows still covered, colspan)
    for offset, cells in parser.rows:
        row: list[RawCell] = []
        column = 0
        queue = list(cells)
        while queue or column in pending:
            if column in pending:
                left, span = pending.pop(column)
                row.append(RawCell("", True, span))
                if left > 1:
                    pending[column] = (left - 1, span)
                column += span
                continue
            text, rowspan, colspan = queue.pop(0)
            row.append(RawCell(strip_markup(text), False, colspan))
            if rowspan > 1:
                pending[column] = (rowspan - 1, colspan)
            column += colspan
        if row:
            out.append((tuple(row), offset))
    return out
