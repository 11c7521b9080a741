"""What is to be expected in the next weeks: the present level, last years' course, the school year.

A week's share of its year is taken from the years before, where there are any, and from a table of the school year
(`data/season.tsv`) where there are none; the more years, the less the table counts.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt

from loa.lib.nlp.text import read_lines

#: weeks from which the present level is taken; fewer than LEAST are no habit
LEVEL_OF, LEAST = 8, 6
#: how many years the table of the school year is worth
TABLE_IS_WORTH = 0.7
#: eight of ten weeks are expected within the range
RANGE = 1.28
YEAR = 52


@dataclass(frozen=True)
class Week:
    """One week to come: its Monday, what is expected, and the range of eight weeks in ten."""

    monday: dt.date
    expected: float
    low: int
    high: int
    #: beside the yearly mean: 2 where twice as much is usual at this time
    season: float
    #: whether a year before or the school year says so; else it is 1 and the present level is kept
    known: bool = True


@cache
def school_year() -> dict[str, tuple[float, ...]]:
    """Topic → twelve shares, mean 1."""
    found = {}
    for line in read_lines("season.tsv"):
        code, *shares = line.split("\t")
        values = [float(share) for share in shares]
        mean = sum(values) / 12
        found[code] = tuple(value / mean for value in values)
    return found


def _table(code: str, monday: dt.date) -> float:
    months = school_year().get(code)
    if months is None:
        return 1.0
    return statistics.fmean(months[(monday + dt.timedelta(days=day)).month - 1] for day in range(7))


def _years(counts: Sequence[int], first: dt.date, monday: dt.date) -> list[float]:
    """How much was said around the week of `monday` in each known year before, beside the mean of that year."""
    at = (monday - first).days // 7
    found = []
    for back in (YEAR, 2 * YEAR, 3 * YEAR):
        middle = at - back
        # A year is known when the weeks around this one are, and half a year beside them.
        if middle - 1 < 0 or middle + 2 > len(counts):
            continue
        around = counts[middle - 1 : middle + 2]
        span = counts[max(middle - 26, 0) : middle + 26]
        if len(span) < 26 or not any(span):
            continue
        mean = statistics.fmean(span)
        # Few items say little: they are mixed with as many of a usual week.
        found.append((sum(around) + 3 * min(mean, 2.0)) / (3 * mean + 3 * min(mean, 2.0)))
    return found


def season(code: str, counts: Sequence[int], first: dt.date, monday: dt.date) -> float:
    """How much is usual in the week of `monday` beside the mean of its year, from `counts` of the weeks from
    `first` on."""
    years = _years(counts, first, monday)
    return (sum(years) + TABLE_IS_WORTH * _table(code, monday)) / (len(years) + TABLE_IS_WORTH)


def season_known(code: str, counts: Sequence[int], first: dt.date, monday: dt.date) -> bool:
    """Whether `season` knows anything: a topic the office made itself has no row in the table."""
    return code in school_year() or bool(_years(counts, first, monday))


def forecast(code: str, counts: Sequence[int], first: dt.date, *, ahead: int = 4) -> list[Week]:
    """The next `ahead` weeks of a topic after whole weeks of `counts`, the first beginning on the Monday `first`.

    Empty while there are too few weeks.
    """
    if len(counts) < LEAST:
        return []
    mondays = [first + dt.timedelta(weeks=at) for at in range(len(counts) + ahead)]
    usual = [season(code, counts, first, monday) for monday in mondays[-(LEVEL_OF + ahead) :]]
    last = list(counts[-LEVEL_OF:])
    before = usual[: len(usual) - ahead][-len(last) :]
    levels = [count / max(share, 0.2) for count, share in zip(last, before, strict=True)]
    # Neither a burst nor a week of holidays is the level: the mean without the greatest and the least.
    level = statistics.fmean(sorted(levels)[1:-1]) if len(levels) > 4 else statistics.fmean(levels)
    # The scatter beyond chance, of weeks around their level.
    square = statistics.fmean((one - level) ** 2 for one in levels)
    wild = min(max(square - level, 0.0) / level**2, 1.0) if level else 0.0
    found = []
    for monday, share in zip(mondays[-ahead:], usual[-ahead:], strict=True):
        mean = level * share
        spread = RANGE * sqrt(mean + wild * mean * mean)
        low, high = max(int(mean - spread), 0), int(mean + spread + 0.999)
        known = season_known(code, counts, first, monday)
        found.append(Week(monday, round(mean, 1), low, high, round(share, 2), known))
    return found
