"""Numbers in words: "105" ↔ "một trăm linh năm"."""

from __future__ import annotations

from .forms import clean, fold

_UNITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"))


def _below_thousand(value: int, *, full: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    said = [_UNITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 0:
        if ones:
            said += (["linh"] if said else []) + [_UNITS[ones]]
    elif tens == 1:
        said += ["mười"] + ([] if not ones else ["lăm" if ones == 5 else _UNITS[ones]])
    else:
        said += [_UNITS[tens], "mươi"]
        if ones:
            said.append({1: "mốt", 4: "tư", 5: "lăm"}.get(ones, _UNITS[ones]))
    return said


def number_words(value: int) -> str:
    """A whole number in words: 21 → "hai mươi mốt", 1_005 → "một nghìn không trăm linh năm"."""
    if value < 0:
        return "âm " + number_words(-value)
    if value == 0:
        return _UNITS[0]
    said: list[str] = []
    billions, rest = divmod(value, 10**9)
    if billions:
        said += [number_words(billions), "tỷ"]
    for scale, name in _SCALES[1:]:
        part, rest = divmod(rest, scale)
        if part:
            said += [*_below_thousand(part, full=bool(said)), name]
    if rest:
        said += _below_thousand(rest, full=bool(said))
    return " ".join(said)


_SPOKEN = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6,
           "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9}  # fmt: skip
_SCALE_OF = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_TENS, _TEN, _HUNDRED, _ZERO = "mươi", "mười", "trăm", ("linh", "lẻ")
_WORDS = {*_SPOKEN, *_SCALE_OF, _TENS, _TEN, _HUNDRED, *_ZERO}
_UNFOLDED = {fold(word): word for word in sorted(_WORDS - {"mốt", "tỉ", "mươi", "bẩy"})}


def parse_number_words(text: str) -> int | None:
    """The number a text says in words, None when it says none: "hai mươi mốt" → 21, "trăm" → None.

    Accents count when the text has any ("ba" is 3, "bà" is not); a text without accents is read as such.
    """
    spoken = clean(text).lower().split(" ")
    if all(word.isascii() for word in spoken):
        spoken = [_UNFOLDED.get(word, word) for word in spoken]
    total = group = 0
    digit: int | None = None
    seen = False
    for word in spoken:
        if word in _SPOKEN:
            if digit is not None:
                return None
            digit, seen = _SPOKEN[word], True
        elif word == _TENS or (word == _TEN and digit is not None):
            if not digit:
                return None
            group, digit = group + 10 * digit, None
        elif word == _TEN:
            group, seen = group + 10, True
        elif word == _HUNDRED and digit is not None:
            group, digit = group + 100 * digit, None
        elif word in _ZERO and digit is None and seen:
            continue
        elif word in _SCALE_OF and seen:
            group += digit or 0
            scale = _SCALE_OF[word]
            total = (total + group) * scale if scale == 10**9 else total + group * scale
            group, digit = 0, None
        else:
            return None
    return total + group + (digit or 0) if seen else None
