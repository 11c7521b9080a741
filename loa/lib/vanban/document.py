"""The document as the rules see it: source, outline, period, and the spans already claimed by citations."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from .clues import folded
from .dates import Period
from .letters import UP
from .model import Span
from .outline import APPENDIX, BODY, OPENING, Outline
from .source.model import ROW, Block, Source

#: The mark comes first, and what may not stand before it is looked at from behind it: so `re` runs from mark to
#: mark, where it would otherwise look back from every letter.
_SENTENCE_END = re.compile(
    r"[.!?…](?<![A-ZĐ]\..)(?<!TP.)(?<!\bTS.)(?<!ThS.)(?=\s+[\"“(]?[" + UP + r"\d\-+])",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A cell of a task table that may say how much is to be made: where it stands, its column, whose row it is."""

    start: int
    end: int
    heading: str
    what: str
    who: str | None
    #: the words above the table say that its counts are minimums
    least: bool = False
    #: what the column counts, where neither it nor the title tells over which time
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Words that were understood and are not counted; a warning of this code tells the officer."""

    code: str
    start: int
    end: int


@dataclass(slots=True)
class Document:
    """Context of one reading. `citations` are the spans of legal references with their dates (sorted)."""

    source: Source
    outline: Outline
    period: Period = field(default_factory=Period)
    issued: str | None = None
    citations: list[tuple[int, int]] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    #: filled by the rules as they look
    remarks: list[Remark] = field(default_factory=list)
    #: section → who is in charge of it, filled when first asked for
    in_charge: dict[int, str | None] = field(default_factory=dict)

    _folded: dict[int, str] = field(default_factory=dict)

    def folded(self, block: Block) -> str:
        """The text of a block as clues are looked for, folded once for all rules."""
        words = self._folded.get(block.index)
        if words is None:
            words = self._folded[block.index] = folded(block.text)
        return words

    def span(self, start: int, end: int) -> Span:
        """A span trimmed of white space, with its quote and place."""
        text = self.source.text
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        line, page = self.source.place(start)
        return Span(start, end, self.source.quote(start, end), line, page)

    def prose(self) -> Iterator[Block]:
        """Paragraphs and notes that can hold duties: opening, body and text of appendices, without tables."""
        for block in self.source.blocks:
            if block.kind != ROW and self.outline.zone(block) in (OPENING, BODY, APPENDIX):
                yield block

    def is_cited(self, start: int, end: int) -> bool:
        """Does the span overlap a citation (whose date is no deadline)?"""
        index = bisect_right(self.citations, (end, 0)) - 1
        while index >= 0 and index > bisect_right(self.citations, (end, 0)) - 4:
            if self.citations[index][0] < end and self.citations[index][1] > start:
                return True
            index -= 1
        return False


#: characters a sentence can reach to either side; longer ones are cut there
_REACH = 1200


def sentence_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the sentence around text[start:end]."""
    left = max(0, start - _REACH)
    limit = min(len(text), end + _REACH)
    for match in _SENTENCE_END.finditer(text, left, limit):
        if match.end() > start:
            break
        left = match.end()
    right = _SENTENCE_END.search(text, end, limit)
    return left, right.start() if right else limit


def clause_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the clause around text[start:end]: up to the nearest ";" or sentence end outside brackets."""
    left, right = sentence_bounds(text, start, end)
    if ";" in text[left:start]:
        before = _semicolon(text, range(start - 1, left - 1, -1), ")", "(")
        left = left if before is None else before + 1
    if ";" in text[end:right]:
        behind = _semicolon(text, range(end, right), "(", ")")
        right = right if behind is None else behind
    while left < start and text[left] in " \n\t":
        left += 1
    while right > end and text[right - 1] in " \n\t.":
        right -= 1
    return left, right


def _semicolon(text: str, places: range, opening: str, closing: str) -> int | None:
    """The first ";" outside brackets on the way through `places`; backwards, ")" opens a bracket."""
    depth = 0
    for index in places:
        char = text[index]
        if char == opening:
            depth += 1
        elif char == closing:
            depth -= 1
        elif char == ";" and depth <= 0:
            return index
    return None


#: a name in quotation marks: “Mỗi tuần một cuốn sách hay”
_QUOTED = re.compile(r"“[^“”\n]{3,90}”|\"[^\"\n]{3,90}\"")


def in_quotes(text: str, start: int, end: int) -> bool:
    """Does text[start:end] stand inside a name in quotation marks?"""
    return any(
        match.start() <= start and end <= match.end()
        for match in _QUOTED.finditer(text, max(0, start - 100), min(len(text), end + 100))
    )
