"""Words, sentences and addresses (slugs) of Vietnamese text."""

from __future__ import annotations

import re

from .forms import fold, repair

_WORD = re.compile(r"[^\W_]+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def words(text: str) -> list[str]:
    """The words as printed (NFC), without punctuation: "THCS Trần-Phú!" → ["THCS", "Trần", "Phú"]."""
    return _WORD.findall(repair(text))


def slugify_vi(text: str, max_length: int = 80) -> str:
    """ASCII address: "Đường đến trường!" → "duong-den-truong"; cut at a word, "" when nothing is left."""
    slug = _NOT_SLUG.sub("-", fold(text)).strip("-")
    if len(slug) <= max_length:
        return slug
    cut = slug[: max_length + 1].rpartition("-")[0]
    return cut or slug[:max_length]


# A full stop after one of these ends no sentence (folded, without the stop).
_list = str.split
_ABBREVIATIONS = frozenset(
    _list("tp tx tt q p ths th ts tskh pgs gs bs ks cn ncs nxb tr vd st sdt dt kg vv ubnd qd nq ct kh bc tb")
    + _list("dr mr mrs ms")
)
_END = re.compile(r"(?:\.{3,}|…|[.!?]+)[\"'”’»)\]]*(?=\s|$)|\n+")
_LAST_WORD = re.compile(r"([^\W_]+)\.$")
_OPENER = re.compile(r"\s*[\"'“‘«(\[–—-]*\s*(\S)")


def sentences(text: str) -> list[str]:
    """Sentences in order, white space trimmed; a line break ends one. "TP. Hòa Bình", "ThS.", "3.500",
    "v.v." do not.

    Nothing is lost but white space between sentences.
    """
    text = repair(text).replace("\r\n", "\n")
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end[0][0] != "\n" and not _ends_sentence(text, start, end):
            continue
        piece = text[start : end.end()].strip()
        if piece:
            found.append(piece)
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    following = _OPENER.match(text, end.end())
    if following is None or "\n" in following[0]:
        return True
    if following[1].islower():  # "v.v. và", "… rồi thôi": the sentence goes on
        return False
    if not end[0].startswith(".") or end[0].startswith(".."):
        return True
    head = text[start : end.start() + 1]
    last = _LAST_WORD.search(head)
    if last is None:
        return True
    word = last[1]
    if len(word) == 1 and (word.isupper() or not head[:-2].strip()):  # initials; "a. Mục tiêu"
        return False
    if word.isdigit() and not head[: -len(word) - 1].strip():  # the number of a heading or list item
        return False
    return not (fold(word) in _ABBREVIATIONS and (word[0].isupper() or fold(word) in ("vd", "tr", "st")))
