"""From a text as people type it to two views of the same length: with accents, and without.

Everything downstream matches phrases in the folded view and asks the accented one whether they are meant:
"lam thu" in an unaccented text is lạm thu, in "làm thủ tục" it is not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from loa.lib.vi import fold, tones

DATA = Path(__file__).parent / "data"
#: no comment is longer; of an article the beginning says what it is about
MOST = 4000

#: words, punctuation that ends a thought, signs that say how somebody feels
_TOKEN = re.compile(r"[^\W_]+|[.,!?;:…]+|[☹-☻❤️😀-🙏🤐-🧐]|[:=;][)(dDpP]+|:v\b|\^\^|<3|=\)+|:\)+|:\(+")
_URL = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+|#(?=\w)|@\w+")
#: letters of a word set apart by signs to slip past a filter: "n.g.u", "l.ừ.a đ.ả.o"; of two: `_PAIR`
_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_][.\-_*·]){2,}[^\W\d_](?!\w)")
#: two letters of words that mean one thing alone: "đ.m", "v.l". Asked before letters are made small: "Đ.M" in
#: capitals is a child whose name a paper does not print. Begins with the sign, for which a search is quick.
_PAIR = re.compile(r"[.\-*·_](?:(?<=[Đđ].)m|(?<=[Vv].)l)(?<![\w.\-*·_]..[ml])(?![.\-*·_]?\w)")
#: by blanks, or by both: "đ ồ n g u"
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][.\-_*·\s]){2,}[^\W\d_](?!\w)")
#: how whatever one of the two finds goes on behind its first letter: asked for first, since it is found quickly
_APART = re.compile(r"[.\-_*·\s]\w[.\-_*·\s]\w(?!\w)")
#: a letter with a mark, of Latin script: its writer uses accents
_MARKED = re.compile("[à-öø-ÿă-ɏ\u1ea0-\u1ef9]")
_LONG = re.compile(r"(\w)\1{2,}")
_GOOD = frozenset("❤😀😁😂😃😄😅😆😉😊😍😘🥰🙏👍💯👏")
_BAD = frozenset("😠😡🤬😤😭😢😞😒🤮👎💩☹")

GOOD, BAD = "vuimặt", "buồnmặt"


@cache
def teencode() -> dict[str, str]:
    """As typed → as meant."""
    return dict(line.split("\t", 1) for line in read_lines("teencode.tsv"))


def read_lines(name: str) -> list[str]:
    """Lines of a data file, without notes."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


class Prepared(NamedTuple):
    """The two views, padded with a space at both ends; equal in length, character by character."""

    accented: str
    folded: str
    #: whether its writer uses accents: then a phrase counts only with its own
    has_accents: bool


class _Known(dict[str, str]):
    """What stands between two blanks → its words in one of the views, a blank before each; filled as met.

    People use the same ten thousand words, and the same few signs behind them: nearly every text is looked up.
    """

    MOST = 100_000

    def __init__(self, *, folded: bool) -> None:
        super().__init__()
        self._folded = folded

    def __missing__(self, typed: str) -> str:
        words = "".join(" " + _as_word(token) for token in _TOKEN.findall(typed))
        # A letter outside Vietnamese that folds into several, or into none: keep the views in step.
        words = "".join(char if len(fold(char)) == 1 else " " for char in words)
        if len(self) >= self.MOST:
            self.clear()
        found = self[typed] = fold(words) if self._folded else words
        return found


_accented, _folded = _Known(folded=False), _Known(folded=True)


def _canonical(token: str) -> str:
    word = _LONG.sub(r"\1", token)
    word = teencode().get(word, word)
    return " ".join(tones(part) for part in word.split()) if not word.isascii() else word


def prepare(text: str) -> Prepared:
    """Lower case, NFC, one tone placement, no addresses; teencode and set-apart letters read, signs as words."""
    text = text[:MOST]
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _PAIR.sub(_closed, text).lower()
    if "://" in text or "www." in text or "@" in text or "#" in text:
        text = _URL.sub(" ", text)
    if _APART.search(text):
        text = _SPACED.sub(_joined, _DOTTED.sub(_joined, text))
    has_accents = _MARKED.search(text) is not None  # as typed: "khong" is read as "không" all the same
    typed = text.split()
    accented = ("".join(map(_accented.__getitem__, typed)) or " ") + " "
    folded = ("".join(map(_folded.__getitem__, typed)) or " ") + " "
    return Prepared(accented, folded, has_accents)


def _as_word(token: str) -> str:
    first = token[0]
    if first.isalnum():
        return _canonical(token)
    if first in _GOOD or token.startswith((":)", "=)", ":d", "^^", "<3", ";)")):
        return GOOD
    if first in _BAD or token.startswith(":("):
        return BAD
    if first in ".!?…":
        return "."
    if first in ",;:":
        return ","
    return ","


def _joined(found: re.Match[str]) -> str:
    letters = re.sub(r"[.\-_*·\s]", "", found[0])
    # "a. b. c" and initials are no evasion: they have no vowel and consonant that make a word
    return letters if len(letters) <= 12 else found[0]


def _closed(found: re.Match[str]) -> str:
    return found[0][1:]
