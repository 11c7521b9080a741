"""Official documents out: one model, two writers (.docx and .pdf) that print the same page.

document = OfficialDocument(type_code="BC", …)
data = write_docx(document)
data = write_pdf(document)
"""

from __future__ import annotations

import datetime as dt

from .codes import (
    BLANK,
    TYPE_NAMES,
    blank_date_text,
    date_text,
    number_text,
    point_label,
    roman,
    symbol,
    upper,
)
from .docx import to_docx
from .layout import lay_out
from .lint import Finding, lint_docx
from .measures import Style
from .model import (
    Appendix,
    Article,
    Block,
    Clause,
    Dash,
    OfficialDocument,
    Para,
    Part,
    Point,
    Row,
    Run,
    Section,
    Signature,
    Table,
    Text,
)
from .pdf import to_pages, to_pdf


def write_docx(
    document: OfficialDocument, style: Style | None = None, *, made_at: dt.datetime | None = None
) -> bytes:
    """The document as .docx. Raises ValueError, in words, for a document that cannot be printed."""
    return to_docx(lay_out(document, style), made_at=made_at)


def write_pdf(
    document: OfficialDocument, style: Style | None = None, *, made_at: dt.datetime | None = None
) -> bytes:
    """The document as .pdf. Raises ValueError, in words, for a document that cannot be printed."""
    return to_pdf(lay_out(document, style), made_at=made_at)


def write_pages(document: OfficialDocument, style: Style | None = None, *, ppi: int = 110) -> list[bytes]:
    """Pictures (PNG) of the printed pages. Raises ValueError for a document that cannot be printed."""
    return to_pages(lay_out(document, style), ppi=ppi)


__all__ = [
    "BLANK",
    "TYPE_NAMES",
    "Appendix",
    "Article",
    "Block",
    "Clause",
    "Dash",
    "Finding",
    "OfficialDocument",
    "Para",
    "Part",
    "Point",
    "Row",
    "Run",
    "Section",
    "Signature",
    "Style",
    "Table",
    "Text",
    "blank_date_text",
    "date_text",
    "lay_out",
    "lint_docx",
    "number_text",
    "point_label",
    "roman",
    "symbol",
    "upper",
    "write_docx",
    "write_pages",
    "write_pdf",
]
