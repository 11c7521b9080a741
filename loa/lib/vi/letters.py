"""The Vietnamese alphabet as tables: letters, their order, tones. Everything else in `lib.vi` is built on it.

Sources: alphabet and tone order as in the collation rules of CLDR for `vi`; letters in their precomposed form
(TCVN 6909:2001, Unicode NFC).
"""

from __future__ import annotations

import unicodedata

#: letters in dictionary order; f j w z stand where they are written in foreign words
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
VOWELS = "aăâeêioôơuưy"

#: tone marks in dictionary order; the index in TONES is the tone's number, 0 = ngang (level, unmarked)
TONE_NAMES = ("ngang", "huyền", "hỏi", "ngã", "sắc", "nặng")
TONE_MARKS = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def _tables() -> tuple[dict[str, tuple[str, int]], dict[tuple[str, int], str]]:
    split: dict[str, tuple[str, int]] = {}
    joined: dict[tuple[str, int], str] = {}
    for vowel in VOWELS + VOWELS.upper():
        for tone, mark in enumerate(TONE_MARKS):
            letter = unicodedata.normalize("NFC", vowel + mark)
            split[letter] = (vowel, tone)
            joined[vowel, tone] = letter
    return split, joined


#: "ệ" → ("ê", 5); only vowels, both cases
SPLIT, JOIN = _tables()

#: every vowel with a tone mark, both cases
TONED = frozenset(letter for letter, (_, tone) in SPLIT.items() if tone)

#: translate table that takes the tone off and keeps the letter: "ệ" → "ê"
WITHOUT_TONE = {ord(letter): vowel for letter, (vowel, tone) in SPLIT.items() if tone}

#: letters that are written like đ/Đ but are others: eth (Icelandic) and d with tail (African)
D_LOOKALIKES = {0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ", 0x0256: "đ"}

#: letters that only Vietnamese uses among languages seen here: a sign that a text is Vietnamese
VIETNAMESE_ONLY = frozenset("ăâđêôơưĂÂĐÊÔƠƯ") | TONED
