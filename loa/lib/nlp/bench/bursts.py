"""`loa bench bursts`: 5,000 invented series of six weeks by the hour, 1,000 bursts put in after three weeks.

A series has a level of its own, the rhythm of the week, and scatters (gamma, size 3). A burst adds 2 to 20 items
an hour for 3 to 12 hours. Found: told of while it lasts or within two hours. False: told of anything else.
Baseline: more than four deviations above the mean of the last seven days, and at least four items.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from loa.lib.nlp import bursts

SERIES, WEEKS, BURSTS, WARM = 5000, 6, 1000, 3


@dataclass(frozen=True)
class Invented:
    """Counts by the hour, and the bursts that were put in: series, first hour, hours."""

    counts: np.ndarray
    bursts: list[tuple[int, int, int]]


def invented(series: int = SERIES, put_in: int = BURSTS, *, size: float = 3.0, seed: int = 2026) -> Invented:
    """The synthetic set; the same seed gives the same."""
    rng = np.random.default_rng(seed)
    hours = WEEKS * bursts.HOURS
    day = 0.15 + np.exp(-(((np.arange(24) - 10) / 3.5) ** 2)) + 1.2 * np.exp(-(((np.arange(24) - 20) / 2.5) ** 2))
    week = np.outer([1.1, 1.1, 1.05, 1.05, 1.0, 0.8, 0.9], day).ravel()
    week /= week.mean()
    level = np.exp(rng.normal(np.log(0.15), 1.0, series)).clip(0.01, 4)
    means = level[:, None] * week[np.arange(hours) % bursts.HOURS]
    counts = rng.poisson(means * rng.gamma(size, 1 / size, means.shape))
    found = []
    for number in rng.choice(series, put_in, replace=False).tolist():
        length = int(rng.integers(3, 13))
        first = int(rng.integers(WARM * bursts.HOURS, hours - length - 2))
        more = rng.uniform(2, 20)
        counts[number, first : first + length] += rng.poisson(more, length)
        found.append((number, first, length))
    return Invented(counts, found)


def score(made: Invented, told: list[tuple[int, int]]) -> tuple[float, float, float]:
    """(recall, false alerts a thousand series and week, median hours until told) of (series, hour) told of."""
    when: dict[int, list[int]] = {}
    for series, hour in told:
        when.setdefault(series, []).append(hour)
    found, late, right = 0, [], set()
    for series, first, length in made.bursts:
        hits = [hour for hour in when.get(series, []) if first - 1 <= hour <= first + length + 2]
        if hits:
            found += 1
            late.append(max(min(hits) - first, 0))
            right |= {(series, hour) for hour in hits}
    weeks = WEEKS - WARM
    false = len(set(told) - right) / (made.counts.shape[0] / 1000) / weeks
    return found / len(made.bursts), false, float(np.median(late)) if late else 0.0


def run(out: Callable[..., None]) -> None:
    """Print recall, false alerts, delay and speed."""
    made = invented()
    start = time.process_time()
    told = [
        (spike.series, hour)
        for spike in bursts.spikes(made.counts, 0, warm_up=WARM * bursts.HOURS)
        for hour in spike.told
    ]
    spent = time.process_time() - start
    recall, false, late = score(made, told)
    base_recall, base_false, base_late = score(made, _deviations(made.counts))
    out("recall (bar .93)", f"{recall:.3f}", "4 deviations", f"{base_recall:.3f}")
    out("false alerts a 1,000 series and week (bar 2)", f"{false:.2f}", "4 deviations", f"{base_false:.0f}")
    out("median hours until told (bar 1)", f"{late:.0f}", "4 deviations", f"{base_late:.0f}")
    out("series × hours a second", f"{made.counts.size / spent:,.0f}")
    for size in (1.5, 8.0):
        other = invented(size=size, seed=7)
        told = [(s.series, h) for s in bursts.spikes(other.counts, 0, warm_up=WARM * bursts.HOURS) for h in s.told]
        recall, false, _late = score(other, told)
        out(f"scatter of size {size:g}: recall", f"{recall:.3f}", "false alerts", f"{false:.2f}")


def _deviations(counts: np.ndarray) -> list[tuple[int, int]]:
    told = []
    for hour in range(WARM * bursts.HOURS, counts.shape[1]):
        past = counts[:, hour - 168 : hour]
        over = (counts[:, hour] >= 4) & (counts[:, hour] > past.mean(axis=1) + 4 * past.std(axis=1))
        told += [(int(series), hour) for series in np.flatnonzero(over)]
    return told
