"""Old encodings of Vietnamese, told apart and turned into Unicode.

What reaches us is not bytes but text: the bytes of a TCVN3 (ABC) or VNI font read as Windows-1252, as word
processors and PDF readers hand them over ("Céng hßa x· héi"), VIQR typed in plain ASCII ("Co^.ng ho`a"),
UTF-8 read as Windows-1252 ("Viá»‡t Nam"), Windows-1258 and VISCII likewise. Detection asks which reading
turns the words into well-formed Vietnamese syllables. TCVN3 has no accented capitals: they come from the
font (.VnTimeH), so use `encoding_of_font` where the font is known.

Recover before `clean`: in TCVN3 the soft hyphen is the letter ư.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .letters import JOIN, VIETNAMESE_ONLY
from .syllable import is_syllable

# Letters in the order a ă â e ê i o ô ơ u ư y, tones ngang huyền hỏi ngã sắc nặng; byte values of TCVN
# 5712:1993 VN3.
_TCVN3_ROWS = {
    "a": "a\xb5\xb6\xb7\xb8\xb9", "ă": "\xa8\xbb\xbc\xbd\xbe\xc6", "â": "\xa9\xc7\xc8\xc9\xca\xcb",
    "e": "e\xcc\xce\xcf\xd0\xd1", "ê": "\xaa\xd2\xd3\xd4\xd5\xd6", "i": "i\xd7\xd8\xdc\xdd\xde",
    "o": "o\xdf\xe1\xe2\xe3\xe4", "ô": "\xab\xe5\xe6\xe7\xe8\xe9", "ơ": "\xac\xea\xeb\xec\xed\xee",
    "u": "u\xef\xf1\xf2\xf3\xf4", "ư": "\xad\xf5\xf6\xf7\xf8\xf9", "y": "y\xfa\xfb\xfc\xfd\xfe",
}  # fmt: skip
_TCVN3_MORE = {
    "đ": "\xae",
    "Ă": "\xa1",
    "Â": "\xa2",
    "Ê": "\xa3",
    "Ô": "\xa4",
    "Ơ": "\xa5",
    "Ư": "\xa6",
    "Đ": "\xa7",
}
# VNI writes the vowel and then one character for hat and tone together.
_VNI_MARKS = {
    "a": ("", "ø", "û", "õ", "ù", "ï"), "ă": ("ê", "è", "ú", "ü", "é", "ë"), "â": ("â", "à", "å", "ã", "á", "ä"),
    "e": ("", "ø", "û", "õ", "ù", "ï"), "ê": ("â", "à", "å", "ã", "á", "ä"),
    "o": ("", "ø", "û", "õ", "ù", "ï"), "ô": ("â", "à", "å", "ã", "á", "ä"), "ơ": ("", "ø", "û", "õ", "ù", "ï"),
    "u": ("", "ø", "û", "õ", "ù", "ï"), "ư": ("", "ø", "û", "õ", "ù", "ï"), "y": ("", "ø", "û", "õ", "ù", None),
}  # fmt: skip
_VNI_BASE = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "ô", "ư": "ö"}
_VNI_WHOLE = {"đ": "ñ", "Đ": "Ñ", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "í": "í", "ị": "ò", "ỵ": "î"}
_VISCII = {
    0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ",
    **dict(zip(range(0x80, 0x100),
        "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
        strict=True)),
}  # fmt: skip

# Windows-1252 shows bytes 80–9F as other characters; the C1 controls stand for the bytes without one.
_CP1252 = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}
_TO_BYTE = {char: byte for byte, char in _CP1252.items() if char != "\ufffd"}


def _tcvn3_table() -> dict[int, str]:
    table = {ord(old): JOIN[vowel, tone] for vowel, row in _TCVN3_ROWS.items() for tone, old in enumerate(row)}
    return table | {ord(old): letter for letter, old in _TCVN3_MORE.items()}


def _vni_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for vowel, marks in _VNI_MARKS.items():
        for tone, mark in enumerate(marks):
            if mark is None:
                continue
            base = _VNI_BASE.get(vowel, vowel)
            new = JOIN[vowel, tone]
            table[base + mark] = new
            table[base.upper() + mark.upper()] = new.upper()
            if mark:
                table.setdefault(base.upper() + mark, new.upper())
    for new, old in _VNI_WHOLE.items():
        table[old] = new
        table[old.upper()] = new.upper()
    return {old: new for old, new in table.items() if old != new or old in "ìíÌÍ"}


_TCVN3 = _tcvn3_table()
_VNI = _vni_table()
_VNI_FIND = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_VISCII_TEXT = {ord(_CP1252.get(byte, chr(byte))) if _CP1252.get(byte) != "\ufffd" else byte: char
                for byte, char in _VISCII.items()}  # fmt: skip
_CP1258 = {0xC3: "Ă", 0xE3: "ă", 0xD0: "Đ", 0xF0: "đ", 0xD5: "Ơ", 0xF5: "ơ", 0xDD: "Ư", 0xFD: "ư", 0xFE: "₫",
           0xCC: "\u0300", 0xD2: "\u0309", 0xDE: "\u0303", 0xEC: "\u0301", 0xF2: "\u0323"}  # fmt: skip

_VIQR_VOWEL = re.compile(r"\\([(^+`'?~.dD])|([dD])([dD])|([aeiouyAEIOUY])([(^+*]?)([`'?~.]?)")
_VIQR_HATS = {("a", "("): "ă", ("a", "^"): "â", ("e", "^"): "ê", ("o", "^"): "ô", ("o", "+"): "ơ", ("o", "*"): "ơ",
              ("u", "+"): "ư", ("u", "*"): "ư"}  # fmt: skip
_VIQR_TONES = {"": 0, "`": 1, "?": 2, "~": 3, "'": 4, ".": 5}
_VIQR_WORD = re.compile(r"[A-Za-z(^+*`'?~.\\]+")


def _viqr_char(found: re.Match[str]) -> str:
    if found[1]:
        return found[1]
    if found[2]:
        return "Đ" if found[2] == "D" else "đ"
    vowel, hat, tone = found[4], found[5], found[6]
    letter = _VIQR_HATS.get((vowel.lower(), hat), None if hat else vowel.lower())
    if letter is None:
        return found[0]
    new = JOIN[letter, _VIQR_TONES[tone]]
    return new.upper() if vowel.isupper() else new


def _viqr(text: str) -> str:
    """Word by word: a mark after the last letter of a word is punctuation when the word is none with it
    ("Ha Noi." keeps its full stop only if a space or the end follows and the tone would spoil the syllable)."""

    def word(found: re.Match[str]) -> str:
        raw = found[0]
        for keep in range(3):
            body, rest = (raw[: len(raw) - keep], raw[len(raw) - keep :]) if keep else (raw, "")
            if keep and rest.strip("?.'`~") != "":
                break
            new = _VIQR_VOWEL.sub(_viqr_char, body)
            if is_syllable(new) and not (keep == 0 and raw[-1] in ".?'" and _spoils(raw)):
                return new + rest
        return _VIQR_VOWEL.sub(_viqr_char, raw) if re.search(r"[aeouy][\^+(*]|dd|DD|\\", raw) else raw

    return _VIQR_WORD.sub(word, text)


def _spoils(raw: str) -> bool:
    """Whether the mark at the end is a stop rather than a tone: the word has no other sign of VIQR in it."""
    return raw[-1] == "." and raw[:-1].isalpha() and "dd" not in raw.lower()


def _tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _vni(text: str) -> str:
    return _VNI_FIND.sub(lambda found: _VNI[found[0]], unicodedata.normalize("NFC", text))


def _viscii(text: str) -> str:
    return text.translate(_VISCII_TEXT)


def _cp1258(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_CP1258))


_UTF8_RUN = re.compile("[\u0080-\u00ff" + "".join(_TO_BYTE) + "]+")


def _utf8_run(found: re.Match[str]) -> str:
    raw = bytes(_TO_BYTE.get(char, ord(char) & 0xFF) for char in found[0])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


def _mojibake(text: str) -> str:
    return unicodedata.normalize("NFC", _UTF8_RUN.sub(_utf8_run, text))


#: code → how to read it; the order decides between equals
ENCODINGS: dict[str, Callable[[str], str]] = {
    "utf8-as-cp1252": _mojibake,
    "tcvn3": _tcvn3,
    "vni": _vni,
    "viqr": _viqr,
    "cp1258": _cp1258,
    "viscii": _viscii,
}

#: code → the name an officer knows
ENCODING_NAMES = {
    "utf8-as-cp1252": "UTF-8 bị đọc nhầm",
    "tcvn3": "TCVN3 (ABC)",
    "vni": "VNI",
    "viqr": "VIQR",
    "cp1258": "Windows-1258",
    "viscii": "VISCII",
}

_WORD = re.compile(r"[^\W\d_]+")
_OLD_WORD = re.compile("[A-Za-z\u0080-\u00ff\u0152-\u0192\u02c6\u02dc\u2013-\u2122]+")


def decode(text: str, encoding: str, *, capitals: bool = False) -> str:
    """Read a text in a known old encoding; `capitals` for fonts that show lower case as capitals (.VnTimeH).

    Raises KeyError for an encoding that is not in ENCODINGS.
    """
    new = unicodedata.normalize("NFC", ENCODINGS[encoding](text))
    return new.upper() if capitals else new


def encoding_of_font(font: str | None) -> tuple[str, bool] | None:
    """(encoding, capitals) of text set in this font, None for a Unicode font: ".VnTimeH" → ("tcvn3", True)."""
    name = (font or "").strip().lower()
    if name.startswith(".vn"):
        return "tcvn3", name.endswith("h")
    if name.startswith(("vni-", "vni ")):
        return "vni", False
    return None


def _quality(text: str) -> tuple[int, int]:
    """(words with Vietnamese letters that are syllables, words with other-than-ASCII letters that are not)."""
    good = bad = 0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        if is_syllable(word):
            good += len(word) > 1 and not VIETNAMESE_ONLY.isdisjoint(word)
        else:
            bad += 1
    return good, bad + sum(char in "\u00ad¸·µ¹¶»¼½¾¨©ª«¬®§£¤¥¦¡" for char in text)


def recover(text: str) -> tuple[str, str | None]:
    """(text in Unicode NFC, the old encoding it was in or None).

    A text that already reads as Vietnamese, or as something else, comes back in NFC with None. When only
    some lines are in the old encoding (documents with mixed fonts), only those change. Takes `text` uncleaned.
    """
    plain = unicodedata.normalize("NFC", text)
    if text.isascii():
        return _recover_viqr(text)
    if len(text) > 20_000:  # the beginning and the middle tell the encoding
        sample = text[:10_000] + "\n" + text[len(text) // 2 : len(text) // 2 + 10_000]
    else:
        sample = text
    best, best_gain = None, 0
    good, bad = _quality(unicodedata.normalize("NFC", sample))
    if not bad:
        return plain, None
    for code, read in ENCODINGS.items():
        if code == "viqr":
            continue
        new_good, new_bad = _quality(_by_line(sample, read))
        gain = (new_good - good) + (bad - new_bad)
        if new_good > good and new_bad <= bad and gain > max(best_gain, 2):
            best, best_gain = code, gain
    if best is None:  # one odd word alone may be a name or a slip
        return plain, None
    changed = unicodedata.normalize("NFC", _by_line(text, ENCODINGS[best]))
    return (changed, best) if changed != plain else (plain, None)


def _by_line(text: str, read: Callable[[str], str]) -> str:
    """Apply a reading to the lines that it makes better."""
    lines = re.split(r"(\n)", text)
    return "".join(_better(line, read) if line and line != "\n" else line for line in lines)


# No old encoding shows these letters when it is read as Windows-1252: a line that has one is Unicode, its odd
# words are misspelt ("tôt") and must not be "recovered" (tôt → tụt).
_UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")


def _better(line: str, read: Callable[[str], str]) -> str:
    if line.isascii() or _UNICODE_ONLY.search(line):
        return line
    new = read(line)
    good, bad = _quality(unicodedata.normalize("NFC", line))
    new_good, new_bad = _quality(new)
    return new if new_good - new_bad > good - bad else line


_VIQR_SIGN = re.compile(r"[aeou][\^+(*]|(?<![a-z])dd[aeiouy]|[aeiouy][`~](?![\w`])|[aeiouy]['?.](?=[a-z])", re.I)


def _recover_viqr(text: str) -> tuple[str, str | None]:
    """Plain ASCII: VIQR when several words carry its signs and become syllables, and hardly any is spoilt."""
    if len(_VIQR_SIGN.findall(text)) < 2:
        return text, None
    new = _viqr(text)
    good, bad = _quality(new)
    return (new, "viqr") if good >= 2 and bad * 5 <= good else (text, None)
