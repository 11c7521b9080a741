"""Words of a page into lines, columns and table cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from .markup import SUPERSCRIPTS
from .model import RawCell, glue
from .pdfpage import Page, Rules, Word

#: an automatic number stands far from its words, at a tab stop: "2.      Các phòng thuộc Sở"
_LABEL_ALONE = re.compile(r"^(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2})*|[A-Za-zđĐ])[.)/]?$|^[-–+•·*]$")
#: points within which two coordinates are the same line
_NEAR = 3.0


@dataclass(slots=True)
class TextLine:
    """One printed line. `opens` = a paragraph begins here, by its place on the page."""

    words: list[Word]
    page: int
    opens: bool = False
    column: bool = False

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def top(self) -> float:
        return max(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return min(word.bottom for word in self.words)

    @property
    def middle(self) -> float:
        main = max(self.words, key=lambda word: len(word.text))
        return main.middle

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)

    @property
    def text(self) -> str:
        return join_words(self.words)


@dataclass(slots=True)
class Grid:
    """A ruled table on one page: column edges left to right, row edges top to bottom, and its cells."""

    xs: list[float]
    ys: list[float]
    page: int
    rows: list[list[GridCell]] = field(default_factory=list)


@dataclass(slots=True)
class GridCell:
    text: str
    span: int
    merged: bool


def join_words(words: list[Word]) -> str:
    """Words of one line; a raised mark sticks to the word before it, pieces without a gap are one word."""
    out = ""
    before: Word | None = None
    for word in words:
        if before is not None:
            gap = word.left - before.right
            if gap > max(before.size, 5.0) * 0.16 or gap < -max(before.size, 5.0):
                out += " "
        out += word.text
        before = word
    return out


def group_lines(words: list[Word], page: int) -> list[TextLine]:
    """Words that share a baseline, top to bottom, left to right."""
    lines: list[TextLine] = []
    anchors: list[Word] = []  # of each line its first word of the largest size
    for word in sorted(words, key=lambda w: (-w.base, w.left)):
        for at in range(len(lines) - 1, max(-1, len(lines) - 4), -1):
            anchor = anchors[at]
            apart, size = abs(anchor.base - word.base), max(word.size, anchor.size)
            if apart <= 0.45 * size or (
                apart <= 0.62 * size and (_is_mark(word, anchor) or _is_mark(anchor, word))
            ):
                lines[at].words.append(word)
                if word.size > anchor.size:
                    anchors[at] = word
                break
        else:
            lines.append(TextLine([word], page))
            anchors.append(word)
    for line in lines:
        line.words.sort(key=lambda w: w.left)
        _raise_marks(line)
    return lines


def _is_mark(word: Word, beside: Word) -> bool:
    """A small digit, perhaps raised: the mark of a footnote."""
    return word.size < beside.size * 0.8 and len(word.text) <= 2 and all(c.isdigit() for c in word.text)


def _raise_marks(line: TextLine) -> None:
    """Small raised digits are footnote marks: "2045" + small "1" → "2045¹"."""
    sizes = [word.size for word in line.words]
    if min(sizes) >= max(sizes) * 0.8:
        return  # of one size, as most lines are
    anchor = max(line.words, key=lambda w: (w.size, len(w.text)))
    for word in line.words:
        if _is_mark(word, anchor) and word.base > anchor.base + 0.8:
            word.text = word.text.translate(SUPERSCRIPTS)


def split_at_gaps(line: TextLine, gap: float) -> list[list[Word]]:
    """Runs of words of one line that stand far apart: the two columns of a letterhead."""
    runs = [[line.words[0]]]
    for before, word in zip(line.words, line.words[1:], strict=False):
        if word.left - before.right > gap:
            runs.append([word])
        else:
            runs[-1].append(word)
    return runs


def columns(lines: list[TextLine], page: Page) -> list[TextLine]:
    """Two-column stretches (letterhead, Nơi nhận beside the signature) read left column first."""
    out: list[TextLine] = []
    index = 0
    while index < len(lines):
        runs = split_at_gaps(lines[index], max(22.0, lines[index].size * 1.9))
        if len(runs) != 2 or _LABEL_ALONE.match(join_words(runs[0])):
            out.append(lines[index])
            index += 1
            continue
        low, high = runs[0][-1].right, runs[1][0].left
        left, right = [TextLine(runs[0], page.number)], [TextLine(runs[1], page.number)]
        end = index + 1
        while end < len(lines):
            line = lines[end]
            parts = _by_gutter(line, low, high)
            if parts is None:
                break
            if lines[end - 1].bottom - line.top > 90:
                break
            a, b = parts
            if a:
                left.append(TextLine(a, page.number))
                low = max(low, a[-1].right) if a[-1].right < high else low
            if b:
                right.append(TextLine(b, page.number))
                high = min(high, b[0].left) if b[0].left > low else high
            end += 1
        for line in (*left, *right):
            line.column = True
            line.opens = True
        out.extend(left)
        out.extend(right)
        index = end
    return out


def _by_gutter(line: TextLine, low: float, high: float) -> tuple[list[Word], list[Word]] | None:
    """The words left and right of the gutter; None when the line runs across it."""
    runs = split_at_gaps(line, 14.0)
    left: list[Word] = []
    right: list[Word] = []
    for run in runs:
        if run[0].left >= low - 2 and run[0].left > (low + high) / 2 - 40:
            right.extend(run)
        elif run[-1].right <= high + 2:
            left.extend(run)
        else:
            at = _closest_break(run, low, high)
            if at is None:
                return None
            left.extend(run[:at])
            right.extend(run[at:])
    return left, right


def _closest_break(run: list[Word], low: float, high: float) -> int | None:
    """Where the right column begins in a line whose columns almost touch: at the right column's own edge."""
    for index in range(1, len(run)):
        gap = run[index].left - run[index - 1].right
        at_edge = abs(run[index].left - high) < 4 and run[index - 1].right > low
        if at_edge and gap > run[index].size * 0.2 and run[index].text[:1].isupper():
            return index
    return None


# ---- ruled tables --------------------------------------------------------------------------------------


def find_grids(page: Page) -> list[Grid]:
    """Tables drawn with rules: at least two columns and one row."""
    grids: list[Grid] = []
    for vertical, horizontal in _components(page.rules):
        xs = _cluster([v[0] for v in vertical])
        ys = sorted(_cluster([h[0] for h in horizontal]), reverse=True)
        if len(xs) < 3 or len(ys) < 2:
            continue
        if xs[-1] - xs[0] < 120:
            continue
        grid = Grid(xs, ys, page.number)
        _fill(grid, page, vertical, horizontal)
        if grid.rows:
            grids.append(grid)
    return sorted(grids, key=lambda g: -g.ys[0])


def _components(
    rules: Rules,
) -> list[tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]]:
    """Rules that touch each other, stacked tables apart: bands of y covered by vertical rules."""
    bands: list[list[float]] = []
    for _, low, high in sorted(rules.vertical, key=lambda v: v[1]):
        if bands and low <= bands[-1][1] + _NEAR:
            bands[-1][1] = max(bands[-1][1], high)
        else:
            bands.append([low, high])
    out = []
    for low, high in bands:
        vertical = [v for v in rules.vertical if v[1] >= low - _NEAR and v[2] <= high + _NEAR]
        x_low, x_high = min(v[0] for v in vertical), max(v[0] for v in vertical)
        horizontal = [
            h
            for h in rules.horizontal
            if low - _NEAR <= h[0] <= high + _NEAR and h[2] > x_low - _NEAR and h[1] < x_high + _NEAR
        ]
        out.append((vertical, horizontal))
    return out


def _cluster(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


def _covered(pieces: list[tuple[float, float, float]], at: float, low: float, high: float) -> bool:
    """Does a rule near `at` run over the middle of low…high?"""
    middle = (low + high) / 2
    return any(abs(p[0] - at) <= _NEAR and p[1] - 1 <= middle <= p[2] + 1 for p in pieces)


def _fill(
    grid: Grid,
    page: Page,
    vertical: list[tuple[float, float, float]],
    horizontal: list[tuple[float, float, float]],
) -> None:
    """Cells with their text; a missing rule between two boxes makes them one cell."""
    xs, ys = grid.xs, grid.ys
    n_columns, n_rows = len(xs) - 1, len(ys) - 1
    boxes: list[list[list[Word]]] = [[[] for _ in range(n_columns)] for _ in range(n_rows)]
    rising = [-y for y in ys]
    inside: set[int] = set()
    for number, word in enumerate(page.words):
        x, y = (word.left + word.right) / 2, word.middle
        if not (xs[0] - 1 <= x <= xs[-1] + 1 and ys[-1] - 1 <= y <= ys[0] + 1):
            continue
        column = min(max(bisect_right(xs, x) - 1, 0), n_columns - 1)
        row = min(max(bisect_right(rising, -y) - 1, 0), n_rows - 1)
        boxes[row][column].append(word)
        inside.add(number)
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    spans: dict[tuple[int, int], int] = {}
    for row in range(n_rows):
        column = 0
        while column < n_columns:
            span = 1
            while column + span < n_columns and not _covered(vertical, xs[column + span], ys[row + 1], ys[row]):
                span += 1
            top_open = row > 0 and not any(
                _covered(horizontal, ys[row], xs[c], xs[c + 1]) for c in range(column, column + span)
            )
            if top_open and (row - 1, column) in owner:
                owner[(row, column)] = owner[(row - 1, column)]
            else:
                owner[(row, column)] = (row, column)
            spans[(row, column)] = span
            column += span
    texts: dict[tuple[int, int], list[Word]] = {}
    for (row, column), home in owner.items():
        for c in range(column, column + spans[(row, column)]):
            texts.setdefault(home, []).extend(boxes[row][c])
    for row in range(n_rows):
        cells: list[GridCell] = []
        column = 0
        while column < n_columns:
            span = spans[(row, column)]
            home = owner[(row, column)]
            if home == (row, column):
                width = xs[column + span] - xs[column]
                cells.append(
                    GridCell(_cell_text(texts.get(home, []), page.number, xs[column] + width), span, False)
                )
            else:
                cells.append(GridCell("", span, True))
            column += span
        grid.rows.append(cells)
    page.words = [word for number, word in enumerate(page.words) if number not in inside]


def _cell_text(words: list[Word], page: int, right_edge: float) -> str:
    """Lines of a cell; a line break stays only where the cell's author made one."""
    lines = group_lines(words, page)
    out: list[str] = []
    before: TextLine | None = None
    for line in lines:
        text = line.text
        first = line.words[0]
        own = before is None or (
            before.right + (first.right - first.left) + first.size * 0.3 < right_edge - 14 or text[:1] in "-+•"
        )
        if own or not out:
            out.append(text)
        else:
            out[-1] = out[-1] + glue(out[-1]) + text
        before = line
    return "\n".join(out)


def raw_cells(cells: list[GridCell]) -> tuple[RawCell, ...]:
    return tuple(RawCell(cell.text, cell.merged, cell.span) for cell in cells)
