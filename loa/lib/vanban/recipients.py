"""Nơi nhận: who receives the document, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Document
from .labels import strip_bullet
from .model import Recipient
from .outline import RECIPIENTS, SIGNATURE
from .source.model import ROW

_OPENING = re.compile(r"^N[ơo]i\s+nhận\s*:?\s*", re.I)
#: a recipient printed beside or below the signature
_LATE = re.compile(r"^[-–]\s*\S.*[;.,]$")
_ARCHIVE = re.compile(r"^Lưu\b", re.I)
#: several recipients on one line: "- Bộ GD&ĐT; - UBND tỉnh;"
_INLINE = re.compile(r"(?<=[;,.])\s+[-–+]\s*(?=\S)")

#: purpose ← words in brackets or after "để". Examples in the comments.
PURPOSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("report", re.compile(r"b\s?/\s?c|báo cáo", re.I)),  # (để b/c), (b/cáo)
    ("coordinate", re.compile(r"p\s?/\s?h|phối hợp|ph/h", re.I)),  # (đề nghị p/h)
    ("direct", re.compile(r"chỉ đạo|c\s?/\s?(?:đ|đạo)\b", re.I)),  # (chỉ đạo)
    ("implement", re.compile(r"t\s?/\s?h|th\s?/\s?h|thực hiện|triển khai", re.I)),  # (t/h), (th/hiện)
)
_NOTE = re.compile(r"\s*\((?P<note>[^()]*)\)\s*$")
_NOTE_WORDS = re.compile(
    r"(?:,\s*|\s+)(?P<note>(?:để|đề nghị)\s+(?:b/c|báo cáo|p/h|phối hợp|chỉ đạo|t/h|thực hiện|biết)[^()]*)$",
    re.I,
)


def read_recipients(doc: Document) -> list[Recipient]:
    """Every line of the list, "Lưu" included, in order."""
    found: list[Recipient] = []
    for text, at, inline in _lines(doc):
        start = 0
        for piece in _split(text, inline):
            begin = text.index(piece, start)
            start = begin + len(piece)
            recipient = _recipient(doc, piece, at + begin)
            if recipient:
                found.append(recipient)
    return found


def _lines(doc: Document) -> Iterator[tuple[str, int, bool]]:
    """Lines after "Nơi nhận" up to the signature; the flag: it stands on the line of "Nơi nhận" itself."""
    begun = False
    column: tuple[int | None, int] | None = None
    for block in doc.source.blocks:
        zone = doc.outline.zone(block)
        if zone not in (RECIPIENTS, SIGNATURE):
            if begun:
                return
            continue
        parts: list[tuple[str, int]] = []
        if block.kind == ROW:
            for index, cell in enumerate(block.cells):
                if _OPENING.match(cell.text):
                    column = (block.table, index)
                if column == (block.table, index):
                    at = cell.start
                    for line in cell.text.split("\n"):
                        parts.append((line, at))
                        at += len(line) + 1
        elif zone == RECIPIENTS or (begun and _LATE.match(block.text)):
            parts.append((block.text, block.start))
        for text, at in parts:
            opening = _OPENING.match(text)
            if opening:
                begun = True
                text, at = text[opening.end() :], at + opening.end()
            if begun and text.strip():
                yield text, at, opening is not None


def _split(text: str, inline: bool) -> list[str]:
    pieces = _INLINE.split(text)
    if inline:  # "Nơi nhận: Sở GDĐT (b/c); các tổ (t/h); Lưu: VT."
        pieces = [part for piece in pieces for part in piece.split(";")]
    return [piece.strip() for piece in pieces if piece.strip()]


def _recipient(doc: Document, text: str, at: int) -> Recipient | None:
    body, cut = strip_bullet(text.strip())
    cut += len(text) - len(text.lstrip())
    name = body.strip().rstrip(";.,: ").strip()
    if len(name) < 2 or name.isdigit():
        return None
    span = doc.span(at + cut, at + cut + len(body))
    if _ARCHIVE.match(name):
        return Recipient(span=span, name=name, purpose="archive")
    purpose = None
    note = _NOTE.search(name) or _NOTE_WORDS.search(name)
    if note:
        for code, pattern in PURPOSES:
            if pattern.search(note["note"]):
                purpose = code
                name = name[: note.start()].rstrip(" ,;")
                break
    return Recipient(span=span, name=name, purpose=purpose)
