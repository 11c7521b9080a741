"""Words of private persons: a code in place of the name, numbers and addresses taken out (Law 91/2025/QH15)."""

from __future__ import annotations

import hashlib
import hmac
import re


def pseudonym(secret: str, name: str) -> str:
    """A code for a private author: the same within this installation, of no use outside it.

    Only whether two texts are by one hand can be told from it, never who. Empty stays empty.
    """
    if not name.strip():
        return ""
    return hmac.new(secret.encode(), name.strip().casefold().encode(), hashlib.sha256).hexdigest()[:16]


_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){9}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")


def masked(text: str) -> str:
    """The text without telephone numbers, e-mail addresses and citizen numbers of whoever wrote it."""
    text = _MAIL.sub("[thư điện tử]", text)
    text = _PHONE.sub("[số điện thoại]", text)
    return _ID.sub("[số định danh]", text)
