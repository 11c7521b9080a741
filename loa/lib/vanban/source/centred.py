"""Tables that print the number of a row in its middle, and a cell merged over rows in theirs."""

from __future__ import annotations

from itertools import pairwise

from .dealing import begins_cell
from .gutters import Line, opens

_INFINITE = 1e9
#: (first line of a row, column) → the lines of the whole cell
Held = dict[tuple[int, int], tuple[int, int]]


def is_centred(lines: list[Line], anchors: list[int], content: int) -> bool:
    """Do numbers stand in the middle of their rows? Their lines go on in mid-sentence, or words stand above."""
    if not anchors:
        return False
    middle = [
        at
        for at in anchors
        if not lines[at].wide
        and any(lines[at].cells[1:])
        and (not lines[at].cells[content] or lines[at].cells[content][:1].islower())
    ]
    first = [cell for cell in lines[0].cells[1:] if cell]
    above = anchors[0] > 0 and not lines[0].wide and bool(first) and all(opens(cell) for cell in first)
    begun = any(_begun_above(lines, at, set(anchors), content) for at in middle)
    return (bool(middle) and (begun or len(middle) >= len(anchors) * 0.3)) or above


def _begun_above(lines: list[Line], at: int, anchors: set[int], content: int) -> bool:
    """Does a text begin above its number and go on beside it or below?"""
    on = lines[at].cells[content] or next(
        (
            lines[other].cells[content]
            for other in range(at + 1, min(len(lines), at + 4))
            if other not in anchors and lines[other].cells[content]
        ),
        "",
    )
    if not on[:1].islower():
        return False
    for other in range(at - 1, -1, -1):
        if other in anchors or lines[other].wide:
            return False
        if lines[other].cells[content]:
            return opens(lines[other].cells[content])
    return False


def centred(lines: list[Line], anchors: list[int], content: int) -> list[int]:
    """Where rows begin when each number stands in the middle of its row: of all ways to part the lines, the one
    that leaves as many lines above each number as below, and no sentence torn."""

    def torn(at: int) -> float:
        if at == 0 or lines[at].wide or lines[at - 1].wide:
            return 0.0
        text = lines[at].cells[content]
        before = lines[at - 1].cells[content]
        others = [cell for column, cell in enumerate(lines[at].cells) if column not in (0, content) and cell]
        anew = bool(others) and all(opens(cell) for cell in others)
        here = 0.0 if opens(text) else 3.0 if text else 0.2 if anew else 1.5
        # words of another column that go on from the line above: two rows share a cell, or one is torn
        shared = sum(
            1.2
            for column, cell in enumerate(lines[at].cells)
            if column not in (0, content) and cell and not opens(cell) and lines[at - 1].cells[column]
        )
        return here + shared + (2.0 if before.endswith((",", " và")) else 0.0)

    # best[start] = (cost of everything before, starts so far)
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for number, anchor in enumerate(anchors):
        last = number + 1 == len(anchors)
        after = len(lines) if last else anchors[number + 1]
        following: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, starts) in best.items():
            if start > anchor:
                continue
            for end in [len(lines)] if last else range(anchor + 1, after + 1):
                uneven = 0.0 if lines[anchor].wide else abs((anchor - start) - (end - 1 - anchor))
                if lines[anchor].wide and (start < anchor or end > anchor + 2):
                    uneven = 4.0
                total = cost + uneven * 0.7 + (0.0 if last else torn(end))
                if end not in following or total < following[end][0]:
                    following[end] = (total, [*starts, start])
        best = following
    return min(best.values())[1] if best else anchors


def spread(
    lines: list[Line], parts: list[tuple[int, int]], content: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells merged over several rows: (first line of a row, column) → the lines of the whole cell.

    Of all ways to join neighbouring rows the one that leaves each cell in the middle of its rows, and none torn.
    """
    held: Held = {}
    for group in _groups(lines, parts, content):
        for column in range(1, len(lines[0].cells)):
            if column == content:
                continue
            for first, last in _joined(lines, group, column):
                if last > first:
                    for begin, _ in group[first : last + 1]:
                        held[begin, column] = (group[first][0], group[last][1])
    return held


def _groups(lines: list[Line], parts: list[tuple[int, int]], content: int) -> list[list[tuple[int, int]]]:
    """Rows between headings: a heading has words in its contents alone."""
    groups: list[list[tuple[int, int]]] = [[]]
    for begin, end in parts:
        if begin == end:
            continue
        filled = {column for line in lines[begin:end] for column, cell in enumerate(line.cells) if cell}
        if lines[begin].wide or filled <= {0, content}:
            groups.append([])
        else:
            groups[-1].append((begin, end))
    return [group for group in groups if len(group) > 1]


def _joined(lines: list[Line], group: list[tuple[int, int]], column: int) -> list[tuple[int, int]]:
    """The rows of each cell of a column, first and last."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for last in range(len(group)):
        options = [(best[first][0] + _cost(lines, group, first, last, column), first) for first in range(last + 1)]
        best.append(min(options))
    out: list[tuple[int, int]] = []
    at = len(group)
    while at:
        first = best[at][1]
        out.append((first, at - 1))
        at = first
    return out[::-1]


def _cost(lines: list[Line], group: list[tuple[int, int]], first: int, last: int, column: int) -> float:
    begin, end = group[first][0], group[last][1]
    places = [at for at in range(begin, end) if lines[at].cells[column]]
    if not places:
        return 0.9 if first == last else _INFINITE
    texts = [lines[at].cells[column] for at in places]
    cost = 0.5 * abs((places[0] + places[-1]) - (begin + end - 1)) / 2 + 0.7 * (last - first)
    if not opens(texts[0]):
        cost += 0.3 if texts[0][0].isdigit() else 4.0
    elif not begins_cell(texts[0]):
        cost += 0.5
    if texts[-1].endswith((",", ";", " và")):
        cost += 1.0
    for before, text in pairwise(texts):
        listed = before.endswith((",", ";")) or before.count("(") > before.count(")")
        if (opens(text) or text[0].isdigit()) and not listed and first != last:
            cost += 1.5 if begins_cell(text) else 0.4
    return cost
