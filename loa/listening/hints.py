"""What people's corrections say of a topic's phrases: which may be added, which misled. The office decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from loa.lib.nlp import prepare
from loa.listening.models import Correction, Item

#: corrections and other items that are read at most; phrases that are shown at most
MOST, BESIDE, SHOWN = 1000, 300, 6
#: a phrase stands in so many of the items that were added, and how much oftener there than elsewhere
LEAST, OFTENER = 2, 4
#: no phrase begins or ends with one of these
_JOINTS = frozenset(
    [
        *("ở", "của", "và", "là", "các", "những", "cho", "với", "tại", "về", "vì", "nên", "mà", "thì", "có", "đã"),
        *("đang", "sẽ", "không", "cũng", "rất", "quá", "này", "đó", "từ", "đến", "trong", "một", "để", "được"),
    ]
)


@dataclass(frozen=True)
class Hints:
    """Phrases with the number of items they stand in."""

    #: of items to which people gave the topic
    added: int = 0
    add: list[tuple[str, int]] = field(default_factory=list)
    drop: list[tuple[str, int]] = field(default_factory=list)


def hints(code: str, phrases: Sequence[str]) -> Hints:
    """Of the topic `code` with its `phrases`. Two queries; one when nobody gave it to an item."""
    first: dict[int, set[str]] = {}
    last: dict[int, set[str]] = {}
    words: dict[int, str] = {}
    rows = Correction.objects.filter(field="topics", item__forgotten=False).order_by("-at", "-pk")
    for item, was, now, title, text in rows.values_list("item", "was", "now", "item__title", "item__text")[:MOST]:
        first[item] = set(was)  # the earliest comes last
        last.setdefault(item, set(now))
        words[item] = f"{title}. {text}"
    given = {_spaced(words[item]) for item in last if code in last[item] - first[item]}
    taken = {_spaced(words[item]) for item in last if code in first[item] - last[item]}
    misled = Counter(phrase for text in taken for phrase in phrases if f" {phrase} " in text)
    return Hints(
        len(given),
        _telling(code, given, phrases) if len(given) >= LEAST else [],
        [(phrase, n) for phrase, n in misled.most_common(SHOWN) if n >= LEAST],
    )


def _spaced(text: str) -> str:
    return prepare(text).accented


def _telling(code: str, given: set[str], phrases: Sequence[str]) -> list[tuple[str, int]]:
    """Runs of two to four words of the items given the topic that other items seldom have."""
    found = Counter(run for text in given for run in _runs(text))
    often = {run: n for run, n in found.items() if n >= LEAST and not any(phrase in run for phrase in phrases)}
    others = Item.objects.filter(relevant=True, forgotten=False).exclude(topics__code=code)
    beside = [_spaced(f"{title}. {text}") for title, text in others.values_list("title", "text")[:BESIDE]]
    elsewhere = Counter(run for text in beside for run in _runs(text) if run in often)
    share = len(beside) / len(given)
    telling = {run: n for run, n in often.items() if elsewhere[run] * OFTENER <= n * share}
    ranked = sorted(telling, key=lambda run: (-telling[run], -len(run), run))
    kept: list[str] = []
    for run in ranked:  # of "dạy bơi" and "lớp dạy bơi", as often, the longer says the same
        if not any(f" {run} " in f" {other} " and telling[other] == telling[run] for other in kept):
            kept.append(run)
    return [(run, telling[run]) for run in kept[:SHOWN]]


def _runs(text: str) -> set[str]:
    found = set()
    for part in text.replace(",", ".").split("."):
        words = part.split()
        for size in (2, 3, 4):
            for at in range(len(words) - size + 1):
                run = words[at : at + size]
                if run[0] not in _JOINTS and run[-1] not in _JOINTS and all(word.isalpha() for word in run):
                    found.add(" ".join(run))
    return found
