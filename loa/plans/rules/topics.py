"""Topics of a plan: the content section and the headings of the table are two printings of one list. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loa.lib.vi import fold

#: words that say nothing about the theme
_EMPTY = frozenset(
    re.split(" ", "va ve cac cua trong cong tac thong tin tuyen truyen cho den tu nam theo duoc voi")
)


@dataclass(frozen=True)
class Candidate:
    """One topic: its number as printed ("2.1") and its title."""

    number: str
    title: str


def words_of(title: str) -> frozenset[str]:
    """Folded words of a title that carry meaning."""
    return frozenset(word for word in re.findall(r"[a-z0-9]+", fold(title)) if word not in _EMPTY)


def likeness(one: str, other: str) -> float:
    """0–1: share of meaning words two titles have in common, measured on the shorter one."""
    left, right = words_of(one), words_of(other)
    if not left or not right:
        return 0.0
    return len(left & right) / min(len(left), len(right))


def best_match(number: str, title: str, topics: Sequence[Candidate], *, least: float = 0.5) -> int | None:
    """Index of the topic meant by a line of the table, or None.

    Titles decide, the number breaks ties: plans renumber themes between text and table (3.3 there is 3.4 here),
    but the first number of both must agree, if both have one.
    """
    best: tuple[float, int] | None = None
    head = number.split(".")[0] if number else ""
    for index, topic in enumerate(topics):
        if head and topic.number and topic.number.split(".")[0] != head:
            continue
        score = likeness(title, topic.title)
        if number and topic.number == number:
            score += 0.3
        if topic.number and number and topic.number.count(".") == number.count("."):
            score += 0.05
        if best is None or score > best[0]:
            best = (score, index)
    return best[1] if best is not None and best[0] >= least else None


def parent_number(number: str) -> str:
    """ "2.1" → "2"; "" for a first-level number."""
    return number.rpartition(".")[0]


def short_title(title: str, limit: int = 60) -> str:
    """A name short enough for chips: cut at the first separator, then at a word."""
    head = re.split(r"[;:(]", title.strip(), maxsplit=1)[0].strip(" ,.-")
    if len(head) <= limit:
        return head
    cut = head[: limit + 1].rsplit(" ", 1)[0].rstrip(" ,;-")
    return f"{cut}…"
