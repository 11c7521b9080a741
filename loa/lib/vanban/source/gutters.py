"""Where the columns of a table stand that spaces alone hold apart, and which column each word belongs to.

A gutter is a place blank on most lines. Rows printed a little aside have their own: where their cells begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from loa.lib.vanban.letters import UP

SEGMENT = re.compile(r"\S+(?: \S+)*")
NUMBER = re.compile(r"^(?:\d{1,3}(?:\.\d{1,2}){0,3}|[IVX]{1,5}|[A-HĐ]|[a-zđ])[.)]?$")

#: a time that stands for itself between rows: "Tháng 12/2025 - Tháng 01/2026"
_TIME = r"(?:Tháng|Quý|Học kỳ|Đợt|Tuần)\s+(?:\d{1,2}|[IVX]{1,4})(?:/20\d\d)?"
TIME_ALONE = re.compile(
    rf"{_TIME}(?:\s*(?:[-–,]|và|đến)\s*(?:{_TIME}|\d{{1,2}}(?:/20\d\d)?|[IVX]{{1,4}}))*(?:\s+năm\s+20\d\d)?"
)


@dataclass(slots=True)
class Line:
    """A printed line of a table, and its words by column."""

    text: str
    index: int
    page: int | None
    cells: list[str] = field(default_factory=list)
    #: one text over several columns
    wide: bool = False
    #: two cells with a single blank between them, known by how both go on below
    touching: bool = False


def in_columns(lines: list[Line]) -> list[Line]:
    """Lines that show columns: two texts and more, or one short one."""
    return [
        line
        for line in lines
        if len(found := SEGMENT.findall(line.text)) > 2 or max(len(text) for text in found) <= 40
    ]


def _blanks(lines: list[Line]) -> list[float]:
    """The share of lines that are blank at each place."""
    width = max((len(line.text) for line in lines), default=0)
    counts = [0] * width
    for line in lines:
        for place, char in enumerate(line.text):
            if char != " ":
                counts[place] += 1
    return [1 - count / len(lines) for count in counts]


def between(spans: list[tuple[int, int, str]], lines: list[Line]) -> list[int] | None:
    """For each two neighbours the place between their headings that is blank on most lines."""
    several = in_columns(lines)
    if not several:
        return None
    blanks = _blanks(several)
    gutters = []
    for (_, left, _), (right, _, _) in pairwise(spans):
        run = _best_run(blanks, left, right)
        if run is None:
            return None
        gutters.append(run)
    return gutters


def _best_run(blanks: list[float], left: int, right: int) -> int | None:
    """The middle of the widest stretch among the blankest places of left … right."""
    if right <= left:
        return left if right == left else None
    shares = [blanks[place] if place < len(blanks) else 1.0 for place in range(left, right)]
    most = max(shares)
    best: tuple[int, int] | None = None
    begin = None
    for offset, share in enumerate([*shares, -1.0]):
        if share >= most - 1e-9:
            begin = offset if begin is None else begin
        elif begin is not None:
            if best is None or offset - begin > best[1] - best[0]:
                best = (begin, offset)
            begin = None
    assert best is not None
    return left + (best[0] + best[1]) // 2


def laid(lines: list[Line], columns: int) -> list[int] | None:
    """The columns of a page without headings: where the cells of a full row begin, else the widest blanks."""
    rows: list[list[Line]] = []
    for line in lines:
        found = list(SEGMENT.finditer(line.text))
        if NUMBER.match(found[0].group(0)):
            rows.append([])
        if rows and not (len(found) <= 2 and len(found[-1].group(0)) > 40):
            rows[-1].append(line)
    full = [edges for row in rows if row and len(edges := _edges(row)) == columns]
    if full:
        shown = in_columns(lines)
        sets = [[edge - 1 for edge in edges[1:]] for edges in full]
        return min(
            sets,
            key=lambda gutters: sum(_runs_over(m, gutters) for line in shown for m in SEGMENT.finditer(line.text)),
        )
    return _widest(lines, columns)


def _widest(lines: list[Line], columns: int) -> list[int] | None:
    """The columns of a page without headings: its widest places blank on (almost) all lines."""
    several = [line for line in lines if len(SEGMENT.findall(line.text)) > 2]
    shown = in_columns(lines)
    if len(several) < 1 or len(shown) < 2:
        return None
    begin = min(len(line.text) - len(line.text.lstrip()) for line in shown)
    starts = [m.start() for line in shown for m in SEGMENT.finditer(line.text)]
    blanks = _blanks(shown)
    for least in (1.0, 0.97, 0.93, 0.9):
        runs: list[tuple[int, int]] = []
        start = None
        for place in range(begin, len(blanks)):
            if blanks[place] >= least - 1e-9:
                start = place if start is None else start
            elif start is not None:
                # cells begin behind it; words that stand below each other by chance do not
                if sum(1 for edge in starts if edge == place) >= min(2, len(several)):
                    runs.append((place - start, (start + place) // 2))
                start = None
        if len(runs) >= columns - 1 or (least == 0.9 and len(runs) >= 2):
            found = sorted(middle for _, middle in sorted(runs, reverse=True)[: columns - 1])
            # columns that stand empty on this page are the last ones: notes
            return [*found, *(len(blanks) + 1 + more for more in range(columns - 1 - len(found)))]
    return None


def cut(text: str, gutters: list[int]) -> list[str]:
    """Words dealt to the columns their middles stand in."""
    edges = [0, *gutters, max(len(text), gutters[-1]) + 1]
    cells: list[list[str]] = [[] for _ in range(len(edges) - 1)]
    column = 0
    for word in re.finditer(r"\S+", text):
        middle = (word.start() + word.end() - 1) / 2
        runs_on = (
            any(
                word.start() < gutter < word.end() and not (opens(word[0]) and middle >= gutter)
                for gutter in gutters
            )
            and text[max(0, word.start() - 2) : word.start()].strip()
        )
        if not runs_on:  # a word over the gutter that follows another closely stays with it
            column = next(i for i in range(len(edges) - 1) if middle < edges[i + 1])
        cells[column].append(word.group(0))
    return [" ".join(cell) for cell in cells]


def is_wide(text: str, gutters: list[int]) -> bool:
    """Does one text run over several columns, with nothing beside it but a number?"""
    found = list(SEGMENT.finditer(text))
    if len(found) > 2 or (len(found) == 2 and not NUMBER.match(found[0].group(0))):
        return False
    return _runs_over(found[-1], gutters) and (len(gutters) < 2 or found[-1].start() < gutters[1])


def _runs_over(segment: re.Match[str], gutters: list[int]) -> bool:
    return any(segment.start() < gutter - 1 and segment.end() > gutter + 1 for gutter in gutters)


def recut(lines: list[Line], gutters: list[int]) -> None:
    """Rows whose words run over a gutter stand a little aside: their cells begin where their own lines begin."""
    columns = len(gutters) + 1
    rows: list[list[Line]] = []
    for line in lines:
        if line.wide:
            rows.append([])
        elif not rows or NUMBER.match(line.cells[0]) or NUMBER.match(line.text.split()[0]):
            rows.append([line])
        else:
            rows[-1].append(line)
    torn = [row for row in rows if any(_runs_over(m, gutters) for x in row for m in SEGMENT.finditer(x.text))]
    if not torn:
        return
    full = [edges for row in rows if len(edges := _edges(row)) == columns]
    for row in torn:
        edges = _edges(row)
        model = min(full, key=lambda other: _apart(other, edges), default=None)
        settled = edges if len(edges) == columns else _matched(edges, model) if model else None
        if settled:
            for line in row:
                if not line.touching:
                    line.cells = _deal(line.text, settled)


def _edges(row: list[Line]) -> list[int]:
    """Where the cells of a row begin: at least one of its lines has a wide blank before that place."""
    starts = sorted({m.start() for line in row for m in SEGMENT.finditer(line.text)})
    lined = {m.start() for line in row[1:] for m in SEGMENT.finditer(line.text)}
    first = {m.start() for m in SEGMENT.finditer(row[0].text)} if row else set()
    edges: list[int] = []
    for start in starts:
        if edges and start - edges[-1] < 6:
            continue
        if start in first or start in lined:
            edges.append(start)
    return edges


def _apart(one: list[int], other: list[int]) -> float:
    return sum(min(abs(a - b) for b in other) for a in one) if one and other else 1e9


def _matched(edges: list[int], model: list[int]) -> list[int] | None:
    """A row with empty cells: each place where a cell begins is given to the nearest column of a full row."""
    out, last = list(model), -1
    for edge in edges:
        near = min(range(len(model)), key=lambda i: abs(model[i] - edge))
        if near <= last:
            return None
        out[near], last = edge, near
    return out if out == sorted(out) else None


def _deal(text: str, edges: list[int]) -> list[str]:
    """Words dealt by where they begin; a text is cut only where a cell begins."""
    cells: list[list[str]] = [[] for _ in edges]
    for segment in SEGMENT.finditer(text):
        column = max((i for i, edge in enumerate(edges) if edge <= segment.start() + 1), default=0)
        for word in re.finditer(r"\S+", segment.group(0)):
            at = segment.start() + word.start()
            later = [i for i, edge in enumerate(edges) if i > column and abs(edge - at) <= 1]
            if later and (at in edges or opens(word.group(0))):
                column = later[0]
            cells[column].append(word.group(0))
    return [" ".join(cell) for cell in cells]


def opens(text: str) -> bool:
    """Does a text begin a paragraph?"""
    return bool(re.match(rf"[-–+•*]\s|[\"“(]?[{UP}]", text))
