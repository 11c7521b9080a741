"""Vietnamese syllables: is this one, and on which vowel does its tone mark stand.

Two placements are in use (both correct, both met in official papers): the classic one (hòa, thủy, khỏe),
which laws and agencies print, and the one of QĐ 1989/QĐ-BGDĐT (25/05/2018) for textbooks (hoà, thuỷ, khoẻ).
They differ in open syllables in oa, oe, uy only. Names and cited titles must never be rewritten: use `tones`
for keys and for new text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from .forms import repair, same_i
from .letters import JOIN, SPLIT, TONED

Style = Literal["old", "new"]

_list = str.split  # tables written as words are easier to read and to check

_VOWEL = "aăâeêioôơuưy"
_CODA = "ch|ng|nh|c|m|n|p|t"
_PARSE = re.compile(
    rf"(qu(?=[{_VOWEL}])|gi(?=[{_VOWEL}])|ngh|ng|nh|ch|gh|kh|ph|th|tr|[bcdđghklmnpqrstvx])?"
    rf"([{_VOWEL}]{{1,3}})({_CODA})?"
)

#: vowel cluster → index of the vowel that carries the mark; oa, oe, uy open depend on the style
_FIRST = _list("ai ao au ay âu ây eo êu ia iu oi ôi ơi ua ui ưa ưi ưu")
_SECOND = _list("iê yê uô ươ uê uơ uâ oă oo ôô iêu yêu uôi ươi ươu uây uêu oai oay oao oeo uyu uya oau")
_THIRD = ["uyê"]
_GLIDE = ("oa", "oe", "uy")
_CARRIER = {
    **dict.fromkeys(_VOWEL, 0),
    **dict.fromkeys(_FIRST, 0),
    **dict.fromkeys(_SECOND, 1),
    **dict.fromkeys(_THIRD, 2),
}

#: rhymes that exist, for telling Vietnamese from what only looks like it (used to recover old encodings)
RHYMES = frozenset(
    _list(
        """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
        e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
        i ich im in inh ip it iu ia iêc iêm iên iêng iêp iêt iêu y yêm yên yêng yêt yêu yt yn ynh ych
        o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo
        oet oong ooc ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
        u uc ui um un ung up ut ua uôc uôi uôm uôn uông uôt uân uâng uât uây uê uêch uênh uêu uơ
        uy uya uych uyn uynh uyt uyu uyên uyêt uyp
        ư ưc ưi ưm ưn ưng ưt ưu ưa ươc ươi ươm ươn ương ươp ươt ươu"""
    )
)


def split(word: str) -> tuple[str, str, str, int] | None:
    """(initial, vowels, coda, tone) of a lower-case NFC syllable, tone marks taken off; None when it is none.

    Only a word with at most one tone mark is a syllable. `qu` and `gi` count as initials before another vowel.
    """
    tone = 0
    letters = []
    for char in word:
        vowel, mark = SPLIT.get(char, (char, 0))
        if mark:
            if tone:
                return None
            tone = mark
        letters.append(vowel)
    found = _PARSE.fullmatch("".join(letters))
    return None if found is None else (found[1] or "", found[2], found[3] or "", tone)


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Whether a word (any case, NFC) is a well-formed Vietnamese syllable, the mark standing in either style."""
    word = word.lower()
    parts = split(word)
    if parts is None:
        return False
    initial, vowels, coda, tone = parts
    rhyme = vowels + coda
    if initial == "gi" and rhyme in ("êc", "êm", "êng", "êt", "ên"):
        rhyme = "i" + rhyme
    if rhyme not in RHYMES or initial == "q":
        return False
    if coda in ("c", "ch", "p", "t") and tone not in (4, 5):  # stopped syllables know sắc and nặng only
        return False
    return word in (place(word, "old"), place(word, "new"))


def place(word: str, style: Style = "old") -> str:
    """One word with its tone mark on the right vowel; unchanged when it is no syllable or has not just one
    mark."""
    lower = word.lower()
    if len(lower) != len(word):  # a letter that changes length with its case is none of ours
        return word
    parts = split(lower)
    if parts is None or not parts[3]:
        return word
    initial, vowels, coda, tone = parts
    if vowels in _GLIDE:
        carrier = 1 if coda or style == "new" else 0
    elif vowels in _CARRIER:
        carrier = _CARRIER[vowels]
    else:
        return word
    at = len(initial) + carrier
    if SPLIT.get(word[at], ("", 0))[1] == tone:
        return word
    letters = [SPLIT.get(char, (char, 0))[0] for char in word]
    letters[at] = JOIN[letters[at], tone]
    return "".join(letters)


_VOWELS_BOTH = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
_TONES = "".join(sorted(TONED))
#: a word with a toned vowel beside another vowel: only there can the mark stand wrong; a whole word, no end of one
_PAIR = re.compile(
    rf"(?<![^\W_])[^\W{_VOWELS_BOTH}{_TONES}]*(?:[{_VOWELS_BOTH}]+[{_TONES}]|[{_TONES}][{_VOWELS_BOTH}])[^\W_]*"
)


class _Placed(dict[str, str]):
    """What stands between two spaces → the same with its mark in place: a text is a walk through this table.

    Forgets everything when it grows past any real vocabulary; keeps no overlong pieces.
    """

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, piece: str) -> str:
        placed = _PAIR.sub(lambda found: place(found[0], self.style), piece)
        if len(piece) <= 40:
            if len(self) > 60_000:
                self.clear()
            self[piece] = placed
        return placed


_PLACED = {"old": _Placed("old"), "new": _Placed("new")}


def tones(text: str, style: Style = "old") -> str:
    """The text in `repair` form with every tone mark on the right vowel: "hoà bình" → "hòa bình", "qúa" → "quá".

    Only well-formed syllables with exactly one mark are touched; spelling is not corrected. `style` "old" writes
    hòa, thủy (as laws do), "new" hoà, thuỷ (textbooks). For keys and for new text, never for names or citations.
    """
    if text.isascii():
        return text
    return " ".join(map(_PLACED[style].__getitem__, repair(text).split(" ")))


def exact_key(text: str) -> str:
    """The key that keeps accents: lower case, one tone placement, i for y where they sound the same."""
    if text.isascii():
        lower = text.lower()
    else:
        lower = tones(unicodedata.normalize("NFC", text).lower(), "old")
    return same_i(lower)
