"""Names of the provinces, as they are called since 01/07/2025 and were before, to tell our news from others'.

Source: Nghị quyết 202/2025/QH15 on the arrangement of provinces (63 became 34).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from loa.lib.nlp.text import read_lines
from loa.lib.vi import fold


@cache
def provinces() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Each province: its names and those that went into it, and the phrases by which each is recognised.

    A name that is a word of its own ("hòa bình", "cao bằng") counts only behind a word that says that a place is
    meant.
    """
    found = []
    for line in read_lines("provinces.tsv"):
        names, plain, guarded = (part.split("|") if part else [] for part in (line + "\t\t").split("\t")[:3])
        phrases = [*plain, *(f"{word} {name}" for name in guarded for word in ("tỉnh", "ở", "tại", "thành phố"))]
        found.append((tuple(names), tuple(phrases)))
    return tuple(found)


def elsewhere(home: Iterable[str]) -> tuple[str, ...]:
    """Phrases that name another province than ours; `home`: what ours is called, now or before.

    None when nothing says which ours is.
    """
    ours = {fold(name.lower()) for name in home}
    if not ours:
        return ()
    return tuple(
        phrase
        for names, phrases in provinces()
        if not ours & {fold(name) for name in names}
        for phrase in phrases
        if fold(phrase) not in ours
    )
