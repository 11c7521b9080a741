"""Forms of one text: stored (NFC), cleaned, without tones, without any accent.

Three keys serve search and comparison: the exact one (`exact_key`), the tone-insensitive one (`toneless`) and the
accent-free one (`fold`, `search_key`). All take NFD, NFC and mixed input and answer the same for each.
"""

from __future__ import annotations

import re
import unicodedata

from .letters import ALPHABET, D_LOOKALIKES, JOIN, SPLIT, WITHOUT_TONE

#: characters that take no room: zero-width space and joiners, word joiner, BOM, soft hyphen, direction marks,
#: variation selectors' text forms are kept (they belong to emoji)
INVISIBLE = frozenset([0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
                       *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF])  # fmt: skip

_CONTROL = dict.fromkeys((*range(9), *range(14, 28), *range(127, 133), *range(134, 160)))
_CLEAN = {**_CONTROL, **dict.fromkeys(INVISIBLE), **D_LOOKALIKES}
_TO_CLEAN = re.compile("[" + "".join(map(re.escape, map(chr, _CLEAN))) + "]")
_NEWLINES = re.compile(r"\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")

# A tone typed before the letter's own hat ("á" + combining circumflex) is no canonical equivalent of "ấ":
# NFC leaves two characters. Put them together, as every reader does.
_HATS = {"\u0302": {"a": "â", "e": "ê", "o": "ô"}, "\u0306": {"a": "ă"}, "\u031b": {"o": "ơ", "u": "ư"}}
_LATE_HAT = re.compile("([aeouAEOU" + "".join(ch for ch, (v, t) in SPLIT.items() if t and v in "aeouAEOU")
                       + "])([\u0302\u0306\u031b])")  # fmt: skip

_CYRILLIC = dict(zip("аеорсухіјѕкмтвнАЕОРСУХІЈЅКМТВН", "aeopcyxijskmtbhAEOPCYXIJSKMTBH", strict=True))
_GREEK = dict(zip("οανικρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavikptuxABEZHIKMNOPTYX", strict=True))
_LOOKALIKES = {ord(k): v for k, v in {**_CYRILLIC, **_GREEK}.items()}
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u04ff]")
_WORD = re.compile(r"\w+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1ea0-\u1eff]")


def nfc(text: str) -> str:
    """Unicode NFC, the form that is stored and sent (TCVN 6909:2001)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _late_hat(found: re.Match[str]) -> str:
    vowel, tone = SPLIT[found[1]]
    hatted = _HATS[found[2]].get(vowel.lower())
    if hatted is None:
        return found[0]
    return JOIN[hatted.upper() if vowel.isupper() else hatted, tone]


def _latinise(found: re.Match[str]) -> str:
    """A word that mixes Latin with Cyrillic or Greek letters was typed to deceive, or by a wrong keyboard."""
    word = found[0]
    if _FOREIGN.search(word) and _LATIN.search(word):
        return word.translate(_LOOKALIKES)
    return word


def repair(text: str) -> str:
    """NFC with what no reader can see put right: invisible and control characters, Ð and Ɖ for Đ, letters of
    other alphabets inside a Latin word, a hat typed after its tone. White space stays as it is.

    A text in TCVN3 must go through `recover` first: there the soft hyphen is the letter ư.
    """
    if text.isascii():
        return text.translate(_CONTROL) if not text.isprintable() else text
    text = unicodedata.normalize("NFC", text)
    if _TO_CLEAN.search(text):
        text = unicodedata.normalize("NFC", text.translate(_CLEAN))
    if "\u0302" in text or "\u0306" in text or "\u031b" in text:
        text = unicodedata.normalize("NFC", _LATE_HAT.sub(_late_hat, text))
    if _FOREIGN.search(text):
        text = unicodedata.normalize("NFC", _WORD.sub(_latinise, text))
    return text


def clean(text: str) -> str:
    """One line: `repair`, white space (NBSP too) folded to single spaces, ends trimmed."""
    return " ".join(repair(text).split())


def clean_lines(text: str) -> str:
    """Like `clean` line by line: line breaks are kept as \\n, at most one empty line in a row."""
    lines = [" ".join(line.split()) for line in _NEWLINES.sub("\n", repair(text)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


class _FoldTable(dict[int, str | None]):
    """code point → folded text, filled on demand (there are at most as many entries as Unicode has letters)."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        value: str | None
        if char in ("đ", "Đ") or code in D_LOOKALIKES:
            value = "d"
        elif code in INVISIBLE or unicodedata.combining(char):
            value = None
        elif char.isspace():
            value = char if code < 0x80 else ("\n" if code in (0x85, 0x2028, 0x2029) else " ")
        elif unicodedata.category(char) == "Cs":  # half a surrogate pair from a broken file: keep
            value = char
        else:
            wide = unicodedata.normalize("NFKD", char)
            kept = wide if wide.strip().isalnum() or unicodedata.normalize("NFC", wide) == char else char
            kept = unicodedata.normalize("NFKD", kept.casefold()) if kept is wide else kept.casefold()
            value = "".join(_STROKES.get(ch, ch) for ch in kept if not unicodedata.combining(ch)) or None
        self[code] = value
        return value


_STROKES = {"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "þ": "th"}
_FOLD = _FoldTable()


def _warm() -> None:
    for vowel, tone in JOIN:
        _FOLD[ord(JOIN[vowel, tone])]
    for letter in ALPHABET + ALPHABET.upper():
        _FOLD[ord(letter)]


_warm()


def fold(text: str) -> str:
    """Lower case without any diacritic, đ included: the key for search and comparison.

    White space and punctuation stay, NBSP becomes a space, invisible characters go. NFD gives the same as NFC.
    `fold(fold(x)) == fold(x)`.
    """
    if text.isascii():
        return text.lower()
    return text.translate(_FOLD)


def fold_char(char: str) -> str:
    """`fold` of one character: "" for a combining mark, several letters for a ligature."""
    return _FOLD[ord(char)] or ""


def toneless(text: str) -> str:
    """Lower case without tone marks, letters kept: "Trường" → "trương". The middle key between exact and
    folded."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).lower().translate(WITHOUT_TONE)


# y and i sound alike after a consonant at the end of a word (kỹ/kĩ, Mỹ/Mĩ, quy/qui) but not after a vowel
# (tay/tai, thuý/thúi). After q the u belongs to the consonant.
_Y_END = re.compile(r"[yỳỷỹýỵ](?:(?<=[bcdđghklmnprstvx].)|(?<=qu.))(?![^\W\d_])")
_I_FOR_Y = {"y": "i", "ỳ": "ì", "ỷ": "ỉ", "ỹ": "ĩ", "ý": "í", "ỵ": "ị"}


def same_i(text: str) -> str:
    """In lower-case NFC text write i for y where they sound the same: "kỹ" → "kĩ", "ky" → "ki"; "tay" stays."""
    return _Y_END.sub(lambda found: _I_FOR_Y[found[0]], text)


def search_key(text: str) -> str:
    """`fold`, with i and y the same where they sound the same: "kỹ năng" and "kĩ năng" both → "ki nang"."""
    return same_i(fold(text))
