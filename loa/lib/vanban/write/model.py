"""What an official document says; how it looks is decided by `layout`.

An `OfficialDocument` holds only words. Numbering (I, 1, a), the leading zeros, capitals, the
closing "./." and every measure come from Nghị định 30/2020/NĐ-CP and are added when it is laid out,
so the same document always prints the same way, as .docx and as .pdf.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with its own look; `url` makes it a link (its text must read on paper too)."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str = ""


Text: TypeAlias = "str | Sequence[Run]"


@dataclass(frozen=True, slots=True)
class Part:
    """Phần I + title in capitals, both centred."""

    title: str


@dataclass(frozen=True, slots=True)
class Section:
    """I. TITLE — mục."""

    title: str


@dataclass(frozen=True, slots=True)
class Clause:
    """1. — khoản. With `title` the heading is bold and stands alone; otherwise `text` follows the number."""

    text: Text = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """a) — điểm, numbered by the Vietnamese alphabet."""

    text: Text


@dataclass(frozen=True, slots=True)
class Dash:
    """- gạch đầu dòng."""

    text: Text


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph without a number."""

    text: Text


@dataclass(frozen=True, slots=True)
class Article:
    """Điều 1. — numbered through the whole document."""

    text: Text = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; a heading row is bold, and with a single cell it spans the table."""

    cells: Sequence[Text]
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with ruled cells whose header row is repeated on every page.

    `widths` are shares (any unit, only their proportion counts); left out, they follow the content.
    `aligns` holds one of left, center, right, justify per column; left out, short columns are centred.
    """

    columns: Sequence[str]
    rows: Sequence[Row | Sequence[Text]]
    title: str = ""
    widths: Sequence[float] = ()
    aligns: Sequence[Literal["left", "center", "right", "justify"]] = ()


Block: TypeAlias = Part | Section | Clause | Point | Dash | Para | Article | Table


@dataclass(frozen=True, slots=True)
class Appendix:
    """Phụ lục: its own page count, and lying pages when a wide table needs them."""

    title: str
    body: Sequence[Block]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: lines such as ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), then the name without academic titles."""

    authority: Sequence[str]
    name: str = ""


@dataclass(frozen=True, slots=True)
class OfficialDocument:
    """An administrative document. Fields follow the cells (ô số) of Phụ lục I.

    `type_code` is a key of `codes.TYPE_NAMES`, or "" for a công văn, whose `subject` is printed as "V/v".
    `number` and `date` are None until the document is registered and signed; `year` and `month` are then
    printed if known. `paper` fills the "Kèm theo …" line of appendices, which the decree leaves blank in
    an electronic document.
    """

    issuer: str
    symbol: str
    place: str
    subject: str
    body: Sequence[Block]
    signature: Signature
    parent: str = ""
    type_code: str = ""
    number: int | None = None
    date: dt.date | None = None
    year: int | None = None
    month: int | None = None
    addressees: Sequence[str] = ()
    bases: Sequence[str] = ()
    recipients: Sequence[str] = ()
    archive: str = "VT"
    drafter: str = ""
    copies: int | None = None
    secrecy: Literal["", "MẬT", "TỐI MẬT", "TUYỆT MẬT"] = ""
    urgency: Literal["", "KHẨN", "THƯỢNG KHẨN", "HỎA TỐC"] = ""
    circulation: Literal["", "XEM XONG TRẢ LẠI", "LƯU HÀNH NỘI BỘ"] = ""
    contact: str = ""
    appendices: Sequence[Appendix] = field(default=())
    paper: bool = False
