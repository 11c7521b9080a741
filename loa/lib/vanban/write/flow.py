"""The laid-out document: what both writers draw, one element after the other.

Lengths are millimetres, sizes and vertical gaps points. Space always stands before an element, never
after it, so that no writer has to know whether two gaps add up or swallow each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Align: TypeAlias = Literal["left", "center", "right", "justify"]


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one look."""

    text: str
    size_pt: float
    bold: bool = False
    italic: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Par:
    """One paragraph. `role` names the paragraph style; `level` (1–3) makes it a heading of the outline."""

    spans: tuple[Span, ...]
    role: str = "body"
    align: Align = "justify"
    first_mm: float = 0
    left_mm: float = 0
    before_pt: float = 0
    line: float = 1.0
    keep_next: bool = False
    level: int = 0
    kind: Literal["par"] = "par"


@dataclass(frozen=True, slots=True)
class Rule:
    """A solid line, centred in what holds it."""

    length_mm: float
    height_pt: float = 4
    weight_pt: float = 0.75
    keep_next: bool = True
    kind: Literal["rule"] = "rule"


@dataclass(frozen=True, slots=True)
class Mark:
    """A framed word: urgency, secrecy, circulation."""

    text: str
    size_pt: float
    width_mm: float
    height_mm: float
    colour: str
    before_pt: float = 6
    kind: Literal["mark"] = "mark"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table without rules whose rows never break over a page."""

    widths_mm: tuple[float, ...]
    rows: tuple[tuple[tuple[Par | Rule | Mark, ...], ...], ...]
    role: Literal["header", "signature"]
    before_pt: float = 0
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a ruled table."""

    spans: tuple[Span, ...]
    align: Align
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class DataTable:
    """A ruled table; `header` is repeated on each page, rows never break."""

    widths_mm: tuple[float, ...]
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    before_pt: float = 6
    kind: Literal["table"] = "table"


Element: TypeAlias = Par | Rule | Mark | Grid | DataTable


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pages counted together: the main text, or one appendix."""

    elements: tuple[Element, ...]
    landscape: bool = False
    contact: Par | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole document, ready to draw."""

    title: str
    author: str
    sheets: tuple[Sheet, ...]
    #: Page margins and the size of the page number: top, bottom, left, right (mm), number (pt; 0: no numbers).
    top_mm: float
    bottom_mm: float
    left_mm: float
    right_mm: float
    page_number_pt: float
