"""Files and pictures made for one person: named, kept by no cache on the way, never guessed at by a browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from loa.core.errors import NotFound

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: ending → what a browser is told; a file of any other ending goes out as bytes
KINDS = {
    ".pdf": "application/pdf",
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}
BYTES = "application/octet-stream"


def guarded(response: HttpResponseBase) -> None:
    """What holds for every answer of this module, and for those that write as they go (a long .csv)."""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"


def made(data: bytes | str, name: str, *, inline: bool = False) -> HttpResponse:
    """A document written just now, to be saved as `name`, whose ending says what it is; `inline`: to be seen."""
    response = HttpResponse(data, content_type=KINDS.get(PurePosixPath(name).suffix, BYTES))
    # Django gives None for an inline file without a name; ours have one.
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    guarded(response)
    return response


def stored(file: Any, name: str, *, inline: bool = False) -> FileResponse:
    """A kept file (a FieldFile) as `name`, which without an ending takes that of the file.

    `inline`: a browser may show it; else it is saved. Nothing in it runs either way. Raises NotFound when the
    store has lost the file.
    """
    if not PurePosixPath(name).suffix:
        name += PurePosixPath(file.name or "").suffix.lower()
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise NotFound(_("Không tìm thấy tệp trong kho lưu."), code="core.file_gone") from error
    kind = KINDS.get(PurePosixPath(name).suffix.lower(), BYTES)
    response = FileResponse(content, as_attachment=not inline, filename=name, content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    guarded(response)
    return response


def page_picture(pages: Sequence[bytes], number: int) -> HttpResponse:
    """The picture of printed page `number`, from 1. Raises NotFound."""
    if not 1 <= number <= len(pages):
        raise NotFound(_("Văn bản không có trang này."), code="core.page")
    response = HttpResponse(pages[number - 1], content_type="image/png")
    guarded(response)
    return response
