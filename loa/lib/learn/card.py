"""How well a model does on texts it has not seen: per class, without accents, with the doubt of a small sample."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: a resampling of the same size, this often; the 2.5 % and 97.5 % points are shown
DRAWS = 400


@dataclass(frozen=True)
class ClassScore:
    """Of one class: how many there are, how many of those called so are, how many of those that are were found."""

    label: str
    count: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Card:
    """All shares are 0…1. `ece`: mean gap between claimed and real share of right answers."""

    count: int
    accuracy: float
    weighted_f1: float
    macro_f1: float
    classes: tuple[ClassScore, ...]
    #: weighted and macro F1 of the same texts typed without accents
    stripped_weighted_f1: float
    stripped_macro_f1: float
    #: 95 % of resampled test sets lie within
    macro_range: tuple[float, float]
    weighted_range: tuple[float, float]
    ece: float

    def as_dict(self) -> dict[str, Any]:
        """For the head of the model file."""
        return {
            "count": self.count,
            "accuracy": round(self.accuracy, 4),
            "weighted_f1": round(self.weighted_f1, 4),
            "macro_f1": round(self.macro_f1, 4),
            "classes": [
                {"label": one.label, "count": one.count, "precision": round(one.precision, 4),
                 "recall": round(one.recall, 4), "f1": round(one.f1, 4)} for one in self.classes
            ],
            "stripped_weighted_f1": round(self.stripped_weighted_f1, 4),
            "stripped_macro_f1": round(self.stripped_macro_f1, 4),
            "macro_range": [round(value, 4) for value in self.macro_range],
            "weighted_range": [round(value, 4) for value in self.weighted_range],
            "ece": round(self.ece, 4),
        }  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """A new model beside the one in use, on the same texts. `better`: macro F1 ahead in 95 of 100 resamplings."""

    gain: float
    gain_range: tuple[float, float]
    better: bool

    def as_dict(self) -> dict[str, Any]:
        """For the head of the model file."""
        return {
            "gain": round(self.gain, 4),
            "gain_range": [round(value, 4) for value in self.gain_range],
            "better": self.better,
        }


def class_scores(truth: Sequence[str], said: Sequence[str]) -> list[ClassScore]:
    """Of every class that occurs in `truth` or `said`, by name."""
    pairs = Counter(zip(truth, said, strict=True))
    return _scores(pairs)


def _scores(pairs: Counter[tuple[str, str]]) -> list[ClassScore]:
    real: Counter[str] = Counter()
    claimed: Counter[str] = Counter()
    for (one, other), count in pairs.items():
        real[one] += count
        claimed[other] += count
    found = []
    for label in sorted(real.keys() | claimed.keys()):
        right = pairs[label, label]
        precision = right / claimed[label] if claimed[label] else 0.0
        recall = right / real[label] if real[label] else 0.0
        f1 = 2 * right / (claimed[label] + real[label])
        found.append(ClassScore(label, real[label], precision, recall, f1))
    return found


def f1s(truth: Sequence[str], said: Sequence[str]) -> tuple[float, float]:
    """(weighted, macro) F1."""
    return _f1s(Counter(zip(truth, said, strict=True)))


def _f1s(pairs: Counter[tuple[str, str]]) -> tuple[float, float]:
    scores = _scores(pairs)
    total = sum(one.count for one in scores)
    if not total:
        return 0.0, 0.0
    return sum(one.f1 * one.count for one in scores) / total, sum(one.f1 for one in scores) / len(scores)


def _range(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return ordered[int(len(ordered) * 0.025)], ordered[min(int(len(ordered) * 0.975), len(ordered) - 1)]


def card(
    truth: Sequence[str],
    said: Sequence[str],
    stripped: Sequence[str],
    sure: Sequence[float],
    *,
    draws: int = DRAWS,
) -> Card:
    """The report card; `sure` is the probability the model gave its own answer."""
    if not truth:
        raise ValueError("a card needs at least one text")
    weighted, macro = f1s(truth, said)
    stripped_weighted, stripped_macro = f1s(truth, stripped)
    pairs = list(zip(truth, said, strict=True))
    dice = random.Random(len(pairs))  # noqa: S311 - the same sample gives the same range
    drawn = [_f1s(Counter(dice.choices(pairs, k=len(pairs)))) for _ in range(draws)]
    bins: dict[int, list[tuple[float, bool]]] = {}
    for (real, claimed), share in zip(pairs, sure, strict=True):
        bins.setdefault(min(int(share * 10), 9), []).append((share, real == claimed))
    gaps = (abs(sum(s for s, _ in one) - sum(r for _, r in one)) for one in bins.values())
    return Card(
        count=len(pairs),
        accuracy=sum(one == other for one, other in pairs) / len(pairs),
        weighted_f1=weighted,
        macro_f1=macro,
        classes=tuple(class_scores(truth, said)),
        stripped_weighted_f1=stripped_weighted,
        stripped_macro_f1=stripped_macro,
        macro_range=_range([one for _, one in drawn]),
        weighted_range=_range([one for one, _ in drawn]),
        ece=sum(gaps) / len(pairs),
    )


def compare(
    truth: Sequence[str],
    new: Sequence[str],
    old: Sequence[str],
    *,
    draws: int = DRAWS,
) -> Comparison:
    """Paired resampling: the same drawn texts for both."""
    rows = list(zip(truth, new, old, strict=True))
    dice = random.Random(len(rows))  # noqa: S311
    gains = []
    for _ in range(draws):
        drawn = dice.choices(rows, k=len(rows))
        mine = _f1s(Counter((real, one) for real, one, _ in drawn))[1]
        theirs = _f1s(Counter((real, other) for real, _, other in drawn))[1]
        gains.append(mine - theirs)
    ordered = sorted(gains)
    return Comparison(
        gain=f1s(truth, new)[1] - f1s(truth, old)[1],
        gain_range=_range(gains),
        better=bool(rows) and ordered[int(draws * 0.05)] > 0,
    )
