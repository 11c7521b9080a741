"""Files given as proof or attachment: what is taken, and how it is told apart from what only calls itself so."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _

from loa.core.errors import InvalidInput

MAX_FILE = 20 * 1024 * 1024
#: signatures of the files taken; the name alone is not believed
FILE_KINDS = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
}
ACCEPT = ",".join(FILE_KINDS)


def checked_file(file: Any, *, field: str = "file") -> str:
    """The sha256 of an acceptable file, which is left at its beginning; raises InvalidInput otherwise."""
    name = (file.name or "").lower()
    suffix = name[name.rfind(".") :] if "." in name else ""
    if suffix not in FILE_KINDS:
        raise InvalidInput(_("Loa nhận tệp PDF, ảnh (JPG, PNG), Word hoặc Excel. Hãy chọn tệp khác."), field=field)
    if (file.size or 0) > MAX_FILE:
        raise InvalidInput(_("Tệp lớn hơn 20 MB. Hãy giảm dung lượng hoặc gửi đường dẫn."), field=field)
    head = file.read(16)
    file.seek(0)
    if not head.startswith(FILE_KINDS[suffix]):
        raise InvalidInput(_("Nội dung tệp không đúng với đuôi “%s”. Hãy kiểm tra lại tệp.") % suffix, field=field)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
