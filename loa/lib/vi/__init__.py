"""Vietnamese text: normal form, folding, sorting."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u3000]+")
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])


def nfc(text: str) -> str:
    """Unicode NFC, the form that is stored and sent (TCVN 6909:2001)."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without any diacritic, đ included: the key for search and comparison."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    stripped = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
    return stripped.replace("đ", "d")


def clean(text: str) -> str:
    """NFC, without invisible characters, white space folded to single spaces, ends trimmed."""
    return _SPACES.sub(" ", nfc(text).translate(_INVISIBLE)).strip()
