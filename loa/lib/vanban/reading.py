"""One document, read: opens the source, lays out its sections, and lets each rule look once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from . import errors
from .channels import find_channels
from .citations import find_named_laws, find_references
from .dates import period_of
from .deadlines import find_deadlines
from .document import Document
from .header import read_header
from .model import Reading, SectionFound
from .often_days import with_days
from .outline import outline
from .quotas import find_quotas
from .recipients import read_recipients
from .recurring import find_recurring
from .roles import find_audiences, find_roles
from .signer import read_signer
from .source import Source, open_source
from .source.legible import legible
from .tables import read_tables
from .warnings import Found, find_warnings

Progress = Callable[[str, float], None]


def _silent(step: str, fraction: float) -> None:
    """Default progress callback: tells no one."""


def read_document(
    path_or_bytes: str | os.PathLike[str] | bytes,
    filename: str | None = None,
    *,
    progress: Progress = _silent,
) -> Reading:
    """Read one official document.

    `path_or_bytes` is a path or the content itself; with content, `filename` names it in messages.
    `progress(step, fraction)` is told in Vietnamese what is being done, fraction from 0 to 1.
    Raises a subclass of `errors.DocumentError` whose `message` is a Vietnamese sentence.
    """
    if isinstance(path_or_bytes, bytes):
        data, name = path_or_bytes, filename or "tệp"
    else:
        path = Path(path_or_bytes)
        name = filename or path.name
        try:
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            raise errors.FileMissing(name=name) from error
    progress("Mở tệp", 0.0)
    source = open_source(data, name, lambda step, fraction: progress(step, 0.7 * fraction))
    return read_source(source, progress=progress)


def read_source(source: Source, *, progress: Progress = _silent) -> Reading:
    """Read an opened source."""
    progress("Tìm các đề mục", 0.7)
    clear = legible(source)
    doc = Document(clear, outline(clear))
    header = read_header(doc)
    doc.period = period_of(header.title or "")
    if doc.period.to_dict() is None and header.date:
        doc.period = period_of(f"năm {header.date.iso[:4]}")
        printed_period = None
    else:
        printed_period = doc.period.to_dict()
    doc.issued = header.date.iso if header.date else None
    progress("Tìm căn cứ và văn bản được dẫn", 0.75)
    references = find_references(doc, header.number)
    laws = find_named_laws(doc)
    progress("Đọc bảng phân công", 0.8)
    tables = read_tables(doc)
    progress("Tìm chỉ tiêu, thời hạn, việc định kỳ", 0.86)
    quotas = with_days(doc, find_quotas(doc))
    deadlines = find_deadlines(doc, quotas)
    recurring = find_recurring(doc, quotas)
    recipients = read_recipients(doc)
    progress("Soát lại", 0.96)
    warnings = find_warnings(doc, Found(header, references, deadlines, quotas, recipients))
    reading = Reading(
        source=source,
        doc_type=header.doc_type,
        number=header.number,
        number_as_printed=header.number_as_printed,
        place=header.place,
        date=header.date,
        title=header.title,
        issuer=header.issuer,
        period=printed_period,
        signer=read_signer(doc),
        legal_refs=tuple(references),
        named_laws=tuple(laws),
        deadlines=tuple(deadlines),
        quotas=tuple(quotas),
        recurring=tuple(recurring),
        channels=tuple(find_channels(doc)),
        unit_roles=tuple(find_roles(doc)),
        audiences=tuple(find_audiences(doc)),
        tables=tuple(tables),
        recipients=tuple(recipients),
        sections=tuple(
            SectionFound(span=doc.span(s.start, s.end), level=s.level, label=s.label, title=s.title)
            for s in doc.outline.sections
        ),
        warnings=tuple(warnings),
    )
    progress("Xong", 1.0)
    return reading
