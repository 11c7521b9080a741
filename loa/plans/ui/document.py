"""The left column: the document as pages, paragraphs and tables, every finding marked on its exact words."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from loa.plans.models import Finding, PlanDocument


@dataclass
class Run:
    """A stretch of text with the same findings on it. `marks`: numbers of findings that begin here."""

    start: int
    text: str
    findings: tuple[int, ...] = ()
    state: str = ""
    begins: tuple[int, ...] = ()

    @property
    def number(self) -> int:
        """The finding a click leads to: the innermost."""
        return self.findings[0] if self.findings else 0

    @property
    def label(self) -> str:
        """Numbers in the margin: "52" or "52–54"."""
        if len(self.begins) > 1:
            return f"{min(self.begins)}–{max(self.begins)}"
        return str(self.begins[0]) if self.begins else ""


@dataclass
class Cell:
    """A cell of a table row."""

    runs: list[Run]
    rowspan: int = 1
    colspan: int = 1


@dataclass
class Part:
    """A paragraph ("p", "title", "h") or a table."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass
class Sheet:
    """A page of the document, or all of it when the file has no pages."""

    page: int | None
    parts: list[Part] = field(default_factory=list)


def state_of(finding: Finding) -> str:
    """How a finding looks on both sides: ok, dismissed, unsure, warned, todo."""
    if finding.state == "confirmed":
        return "ok"
    if finding.state == "dismissed":
        return "off"
    if finding.question:
        return "unsure"
    if finding.warning:
        return "warned"
    return "todo"


class _Marker:
    """Cuts stretches of text at the bounds of findings."""

    def __init__(self, text: str, findings: Iterable[Finding]) -> None:
        self.text = text
        self.spans = sorted(
            ((f.start, f.end, f.position, state_of(f)) for f in findings if f.start is not None and f.end),
            key=lambda span: (span[0], -span[1]),
        )
        self.begun: set[int] = set()

    def runs(self, start: int, end: int) -> list[Run]:
        """The text from `start` to `end`, cut where findings begin and end."""
        here = [span for span in self.spans if span[0] < end and span[1] > start]
        if not here:
            return [Run(start, self.text[start:end])] if end > start else []
        cuts = sorted({start, end, *(min(max(at, start), end) for span in here for at in span[:2])})
        made = []
        for left, right in itertools.pairwise(cuts):
            over = [span for span in here if span[0] <= left and span[1] >= right]
            # The shortest span is the one meant by a click on these words.
            over.sort(key=lambda span: (span[1] - span[0], span[2]))
            begins = tuple(span[2] for span in over if span[2] not in self.begun)
            self.begun.update(begins)
            made.append(
                Run(
                    left,
                    self.text[left:right],
                    tuple(span[2] for span in over),
                    over[0][3] if over else "",
                    tuple(sorted(begins)),
                )
            )
        return made


def sheets_of(document: PlanDocument, findings: Sequence[Finding]) -> list[Sheet]:
    """The document laid out for the screen. No queries."""
    text = document.text
    marker = _Marker(text, findings)
    headings = {f.start for f in findings if f.kind == "topic"}
    sheets: list[Sheet] = []
    for blocks in _grouped(document.blocks):
        page = blocks[0].get("page")
        if not sheets or (page is not None and sheets[-1].page != page):
            sheets.append(Sheet(page))
        if blocks[0].get("kind") == "row":
            sheets[-1].parts.append(Part("table", rows=_rows(blocks, marker)))
            continue
        block = blocks[0]
        words = text[block["start"] : block["end"]]
        kind = "p"
        if len(words) < 160 and words == words.upper() and any(ch.isalpha() for ch in words):
            kind = "h" if words[:4].split(".")[0].strip() in _ROMAN else "title"
        elif any(block["start"] <= at < block["end"] for at in headings if at is not None):
            kind = "h2"
        sheets[-1].parts.append(Part(kind, marker.runs(block["start"], block["end"])))
    return sheets


_ROMAN = frozenset({"I", "II", "III", "IV", "V", "VI", "VII"})


def _grouped(blocks: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Paragraphs one by one, rows of one table together."""
    waiting: list[dict[str, Any]] = []
    for block in blocks:
        row = block.get("kind") == "row"
        if waiting and (not row or waiting[0].get("table") != block.get("table")):
            yield waiting
            waiting = []
        if row:
            waiting.append(block)
        else:
            yield [block]
    if waiting:
        yield waiting


def _rows(blocks: Sequence[dict[str, Any]], marker: _Marker) -> list[list[Cell]]:
    """Rows with merged cells joined downwards; rows without any text left out."""
    rows: list[list[Cell]] = []
    above: dict[int, Cell] = {}
    for block in blocks:
        cells = block.get("cells") or []
        if not any(cell["end"] > cell["start"] for cell in cells):
            continue
        row: list[Cell] = []
        column = 0  # of the grid: a cell merged across takes several
        for cell in cells:
            here, span = column, int(cell.get("span") or 1)
            column += span
            if cell.get("merged") and here in above:
                above[here].rowspan += 1
                continue
            made = Cell(marker.runs(cell["start"], cell["end"]), colspan=span)
            above[here] = made
            row.append(made)
        rows.append(row)
    return rows
