"""What a file really is, by its first bytes; the name only helps to word the error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

from loa.lib.vanban import errors

from .legacy import decode_text
from .model import Source
from .plain import read_plain

#: bytes; a signed plan with its appendix is under 5 MB, a scanned one under 60
MAX_BYTES = 80 * 1024 * 1024
#: characters of one document: about 1,000 pages; the rules are linear, this bounds the worst case
MAX_CHARACTERS = 3_000_000
#: bytes of a plain text file
MAX_TEXT_BYTES = 12 * 1024 * 1024

Progress = Callable[[str, float], None]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY_NAMES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"GIF8", "ảnh GIF"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gz"),
    (b"MZ", "chương trình Windows"),
)
_TEXT_EXTENSIONS = {".txt", ".md", ".markdown", ".text", ""}


def _nothing(step: str, fraction: float) -> None:
    """Default progress callback: tells no one."""


def open_source(data: bytes, filename: str, progress: Progress = _nothing) -> Source:
    """Read `data` into a `Source`.

    Raises a `DocumentError` subclass with a Vietnamese sentence for everything that cannot be read.
    """
    name = PurePath(filename).name or "tệp"
    extension = PurePath(filename).suffix.lower()
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise errors.EmptyFile(name=name)
    if len(data) > MAX_BYTES:
        raise errors.TooLarge(name=name, size_mb=len(data) / 2**20, limit_mb=MAX_BYTES / 2**20)
    source = _read_by_content(data, name, extension, progress)
    if len(source.text) > MAX_CHARACTERS:
        raise errors.TooMuchText(name=name, limit=MAX_CHARACTERS)
    if not source.text.strip():
        raise errors.EmptyFile(name=name)
    return source


def _read_by_content(data: bytes, name: str, extension: str, progress: Progress) -> Source:
    if b"%PDF-" in data[:1024]:
        _expect(extension, {".pdf"}, name, "PDF")
        from .pdf import read_pdf

        return read_pdf(data, name, progress)
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _read_zip(data, name, extension, progress)
    if data.startswith(_OLE):
        return _refuse_ole(data, name, extension)
    if data.startswith(b"{\\rtf"):
        raise errors.WrongExtension(name=name, extension=extension or "lạ", actual="văn bản RTF")
    for magic, actual in _BINARY_NAMES:
        if data.startswith(magic):
            raise errors.WrongExtension(name=name, extension=extension or "lạ", actual=actual)
    return _read_text(data, name, extension)


def _expect(extension: str, allowed: set[str], name: str, actual: str) -> None:
    """Content wins over the name, except when the name claims another office format."""
    if extension and extension not in allowed and extension in {".docx", ".pdf", ".xlsx", ".doc", ".txt", ".md"}:
        raise errors.WrongExtension(name=name, extension=extension, actual=actual)


def _read_zip(data: bytes, name: str, extension: str, progress: Progress) -> Source:
    from .package import open_package

    package = open_package(data, name, extension)
    if package.has("word/document.xml"):
        _expect(extension, {".docx", ".docm"}, name, "văn bản Word (.docx)")
        from .docx import read_docx

        return read_docx(package, name, progress)
    if package.has("xl/workbook.xml"):
        _expect(extension, {".xlsx", ".xlsm"}, name, "bảng tính Excel (.xlsx)")
        from .xlsx import read_xlsx

        return read_xlsx(data, name, progress)
    if extension == ".docx":
        raise errors.BrokenDocx(name=name)
    if extension == ".xlsx":
        raise errors.BrokenXlsx(name=name)
    raise errors.UnknownFormat(name=name)


def _refuse_ole(data: bytes, name: str, extension: str) -> Source:
    """Compound files: an encrypted .docx/.xlsx, or Word and Excel of the last century."""
    if "EncryptedPackage".encode("utf-16-le") in data[: 4 * 2**20]:
        raise errors.EncryptedOffice(name=name)
    if extension in (".xls", ".xlsx") or "Workbook".encode("utf-16-le") in data[: 4 * 2**20]:
        raise errors.OldExcel(name=name)
    raise errors.OldWord(name=name)


def _read_text(data: bytes, name: str, extension: str) -> Source:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if re.match(rb"<(?:!doctype html|html|head|body|meta|\?xml)", head):
        raise errors.WrongExtension(name=name, extension=extension or "lạ", actual="trang web (HTML)")
    if extension == ".docx":
        raise errors.BrokenDocx(name=name)
    if extension == ".pdf":
        raise errors.BrokenPdf(name=name)
    if extension == ".xlsx":
        raise errors.BrokenXlsx(name=name)
    if extension not in _TEXT_EXTENSIONS:
        raise errors.UnknownFormat(name=name)
    if len(data) > MAX_TEXT_BYTES:
        raise errors.TooLarge(name=name, size_mb=len(data) / 2**20, limit_mb=MAX_TEXT_BYTES / 2**20)
    text, repairs = decode_text(data, name)
    return read_plain(text, format="md" if extension in (".md", ".markdown") else "txt", repairs=repairs)
