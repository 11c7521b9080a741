"""Vietnamese dictionary order, as keys that compare by code point.

CLDR `vi`: first the letters (a ă â b c d đ e ê …), then the tones (ngang < huyền < hỏi < ngã < sắc < nặng),
then lower before upper case. Numbers sort by value, so that "Trường số 2" comes before "Trường số 10". The
keys are ASCII and may be stored: in PostgreSQL give the column `db_collation="C"`.
"""

from __future__ import annotations

import re
import unicodedata

from .forms import clean, fold_char
from .letters import ALPHABET, SPLIT

# Each letter of the alphabet gets one ASCII character from "A" on, in order; digits keep theirs (they come
# before).
_CODE = {letter: chr(0x41 + index) for index, letter in enumerate(ALPHABET)}
_DIGITS = re.compile(r"\d+")
_NOT_WORD = re.compile(r"[^0-9A-a]+")  # ALPHABET has 33 letters: "A" … "a"

assert _CODE[ALPHABET[-1]] == "a"  # the range in _NOT_WORD


def _of(char: str) -> str:
    lower = char.lower()
    vowel = SPLIT.get(lower, (lower, 0))[0]
    if vowel in _CODE:
        return _CODE[vowel]
    if char.isdecimal():
        return str(unicodedata.digit(char))
    return "".join(_CODE.get(part, part if part.isascii() and part.isdigit() else " ") for part in fold_char(char))


class _Primary(dict[int, str]):
    def __missing__(self, code: int) -> str:
        value = self[code] = _of(chr(code))
        return value


class _Tone(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        tone = SPLIT.get(char, ("", 0))[1]
        value = self[code] = str(tone) * len(_PRIMARY_TABLE[code].replace(" ", "")) if char.isalpha() else ""
        return value


_PRIMARY_TABLE = _Primary()
_TONE_TABLE = _Tone()


def _levels(text: str) -> tuple[str, str]:
    primary = _NOT_WORD.sub(" ", text.translate(_PRIMARY_TABLE)).strip()
    if any(char.isdigit() for char in primary):
        primary = _DIGITS.sub(_padded, primary)
    return primary, text.translate(_TONE_TABLE).rstrip("0")


def _padded(digits: re.Match[str]) -> str:
    """Length first, then the digits: "2" → "12", "10" → "210"; up to 9 digits compare by value."""
    number = digits[0].lstrip("0") or "0"
    return f"{min(len(number), 9)}{number}"


def sort_key(text: str) -> str:
    """Key for Vietnamese dictionary order: `sorted(names, key=sort_key)`. Punctuation and spacing count as a
    space."""
    text = clean(text)
    primary, tone = _levels(text)
    return f"{primary}\x01{tone}\x01{_case(text)}"


def _case(text: str) -> str:
    return "".join("1" if char.isupper() else "0" for char in text).rstrip("0")


def person_key(name: str) -> str:
    """Key for lists of persons: tên (last word), then họ (first), then đệm (between): An, Bình, Đạt …"""
    parts = clean(name).split(" ")
    given, family, middle = parts[-1], parts[0] if len(parts) > 1 else "", " ".join(parts[1:-1])
    levels = (level for part in (given, family, middle) for level in _levels(part))
    return "\x01".join(levels) + "\x01" + _case(" ".join(parts))
