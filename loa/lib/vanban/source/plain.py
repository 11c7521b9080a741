"""Plain text and Markdown as extraction tools write it: paragraphs, pipe tables, tab tables, HTML tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loa.lib.vanban.labels import read_label

from .columns import letterhead_lines, signature_lines, split_letterhead
from .flattened import flattened_table
from .gutters import TIME_ALONE
from .htmltable import html_table_rows
from .markup import is_bold_line, strip_markup, strip_strong
from .model import Raw, RawCell, RawRow, Source, build
from .paragraphs import Line, join_lines
from .reflow import is_one_word_per_line, reflow
from .spaced import spaced_table

_PIPE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_PIPE_RULE = re.compile(r"^(?=.*(?:--|:-|-:))\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*$")
#: rules and lone bars that letterheads leave behind: "-------", "|"
_FURNITURE = re.compile(r"^\s*(?:[-–—_=.*]{4,}|\|)\s*$")
#: the two columns of a letterhead on one line: "TRƯỜNG THPT A | Độc lập - Tự do - Hạnh phúc |"
_LETTERHEAD = re.compile(r"CỘNG H|Độc lập|ngày.{0,20}tháng.{0,12}năm")
_HTML_TABLE = re.compile(r"<table\b", re.I)
#: a line of a Markdown table may hold an escaped bar
_BAR = re.compile(r"(?<!\\)\|")


def read_plain(text: str, *, format: str = "txt", repairs: tuple[str, ...] = ()) -> Source:
    """Read text whose characters are already Unicode NFC. `line` numbers are those of the file."""
    raws: list[Raw] = []
    for chunk in _chunks(text):
        if isinstance(chunk, RawRow):
            raws.append(chunk)
        else:
            raws.extend(reflow(chunk) if is_one_word_per_line(chunk) else join_lines(chunk))
    pages = text.count("\f") + 1 if "\f" in text else None
    return build(raws, format=format, pages=pages, repairs=repairs)


def _chunks(text: str) -> Iterator[list[Line] | RawRow]:
    """Runs of text lines and single table rows, in reading order."""
    lines: list[Line] = []
    table = 0
    in_table = False
    gap = True
    page: int | None = 1 if "\f" in text else None
    rows = _barred(text.split("\n"))
    breaks = _blank_line_breaks(rows)
    unmarked = [strip_strong(raw) for raw in rows]
    words = is_one_word_per_line([Line(raw.strip(), None) for raw in rows if raw.strip()])
    number = width = 0
    while number < len(rows):
        raw = rows[number]
        foot = signature_lines(rows, number) or letterhead_lines(rows, number)
        number += 1
        if foot is not None:
            yield from _flush(lines)
            for column in foot:
                yield [
                    Line(
                        " ".join(strip_markup(part, breaks=" ").split()),
                        index + 1,
                        page,
                        read_label(part) is not None,
                    )
                    for part, index in column
                ]
            number = max(index for column in foot for _, index in column) + 1
            gap, in_table = True, False
            continue
        held = (not words and flattened_table(unmarked, number - 1, table + 1, page)) or spaced_table(
            rows, number - 1, table + 1, page
        )
        if held is not None:
            yield from _flush(lines)
            yield from held[0]
            table = held[0][-1].table
            number = held[1]
            if page is not None:
                page = held[0][-1].page
            gap, in_table = True, False
            continue
        if "\f" in raw and page is not None:
            page += raw.count("\f")
            raw = raw.replace("\f", " ")
            gap = True
        if not raw.strip() or _FURNITURE.match(raw):
            gap = True
            continue
        if _HTML_TABLE.search(raw):
            start = number
            while "</table" not in raw.lower() and number < len(rows):
                raw += "\n" + rows[number]
                number += 1
            yield from _flush(lines)
            table += 1
            in_table = False
            for html_cells, offset in html_table_rows(raw):
                yield RawRow(html_cells, table, start + offset, page)
            gap = True
            continue
        if _PIPE_RULE.match(raw) and in_table:
            continue
        if in_table and width:
            raw, number = _whole_row(rows, raw, number, width)
        head = _group_head(rows, raw, number, width) if in_table and width and not gap else None
        if head is not None:
            yield RawRow(head, table, number, page)
            continue
        cells_text = _table_cells(raw) if len(columns := split_letterhead(raw, number)) == 1 else None
        if cells_text is not None:
            yield from _flush(lines)
            if not in_table or _starts_table(rows, number) or (gap and breaks):
                table += 1
            if not in_table:
                width = raw.count("\t") if "|" not in raw else 0
            in_table = True
            cells = tuple(RawCell(strip_markup(cell)) for cell in cells_text)
            yield RawRow(cells, table, number, page)
            gap = False
            continue
        gap = gap or in_table
        in_table = False
        if "|" in raw and _LETTERHEAD.search(raw):
            columns = raw.split("|")
        for part in columns:
            text = " ".join(strip_markup(part, breaks=" ").split())
            if text:
                indent = len(raw) - len(raw.lstrip()) if len(columns) == 1 else 0
                lines.append(Line(text, number, page, gap, is_bold_line(part), indent))
                gap = False
    yield from _flush(lines)


#: lines one cell of a tab-separated row may take
_TALLEST = 15


def _whole_row(rows: list[str], raw: str, number: int, width: int) -> tuple[str, int]:
    """A tab-separated row whose cells hold line breaks, up to the line that completes it."""
    if not re.match(r"\s*(?:\d{1,3}(?:\.\d+)*|[IVX]{1,5}|[a-zđ])[.)]?\t", raw):
        return raw, number
    joined, at = raw, number
    while joined.count("\t") < width and at < len(rows) and at - number < _TALLEST:
        line = rows[at]
        if joined.count("\t") + line.count("\t") > width or re.match(r"\s*(?:\d{1,3}|[IVX]{1,5})\.?\t", line):
            break
        joined, at = f"{joined}\n{line}", at + 1
    return (joined, at) if joined.count("\t") == width else (raw, number)


#: what heads the rows below it in a table: "I. Chuẩn bị", "HỌC KỲ I", "Tháng 9/2025"
_GROUP = re.compile(r"(?:[IVX]{1,5}|[A-HĐ])\s*[.)/-]\s*\S.*")


def _group_head(rows: list[str], raw: str, number: int, width: int) -> tuple[RawCell, ...] | None:
    """The cells of a row that heads a group of a tab-separated table, printed without the tabs of its blank cells:
    "A", "Tháng 4" over "1", "In tờ gấp", …
    """
    if raw.count("\t") > 1 or number >= len(rows) or rows[number].count("\t") != width:
        return None
    first, _, rest = (part.strip() for part in raw.partition("\t"))
    if rest:
        if not re.fullmatch(r"(?:[IVX]{1,5}|[A-HĐ])[.)]?", first):
            return None
        return RawCell(first), RawCell(rest, span=width)
    capitals = first.isupper() and " " in first
    if len(first) > 80 or not (capitals or _GROUP.fullmatch(first) or TIME_ALONE.fullmatch(first)):
        return None
    return (RawCell(first, span=width + 1),)


def _flush(lines: list[Line]) -> Iterator[list[Line]]:
    if lines:
        yield list(lines)
        lines.clear()


def _blank_line_breaks(rows: list[str]) -> bool:
    """Does a blank line between table rows mean a page break? Not when most rows stand apart."""
    table_rows = [i for i, raw in enumerate(rows) if _table_cells(raw) is not None]
    apart = sum(1 for i in table_rows if i and not rows[i - 1].strip())
    return apart <= len(table_rows) * 0.4


def _starts_table(rows: list[str], number: int) -> bool:
    """A Markdown rule under this row makes it the header of a new table (or of the next page's part)."""
    return number < len(rows) and bool(_PIPE_RULE.match(rows[number]))


def _barred(rows: list[str]) -> list[str]:
    """Rows of a table without outer bars ("TT | Nội dung | Chủ trì") with them: two lines and more, below each
    other, that hold the same number of bars."""
    bars = [
        raw.count("|") if "|" in raw and not raw.lstrip().startswith("|") and not _LETTERHEAD.search(raw) else 0
        for raw in rows
    ]
    return [
        f"| {raw.strip()} |"
        if bars[at] >= 2 and bars[at] in (bars[at - 1] if at else 0, bars[at + 1] if at + 1 < len(rows) else 0)
        else raw
        for at, raw in enumerate(rows)
    ]


def _table_cells(raw: str) -> list[str] | None:
    """The cells of a pipe row or a row of three or more tab-separated fields; None for other lines."""
    if _PIPE_ROW.match(raw):
        return [cell.replace("\\|", "|").strip() for cell in _BAR.split(raw.strip())[1:-1]]
    if raw.count("\t") >= 2:
        return [cell.strip() for cell in raw.rstrip("\n").split("\t")]
    return None
