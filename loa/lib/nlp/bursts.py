"""More is said than usual: counts by the hour against their own habit and the rhythm of the week.

What is expected of a series in an hour is its own level (a mean that forgets by half in ten days, never taught by
a burst) times the rhythm all series share (hour of the week). Counts scatter more than chance alone: negative
binomial, the scatter estimated from the series themselves. An hour, or three together, is a spike when so many or
more are so improbable, and at least a floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HOURS = 168
#: hours in which the level forgets by half
HALF = 240.0
#: how improbable an hour is that begins a spike; one that goes on with it
BEGINS, GOES_ON = 1e-5, 1e-2
#: fewer items are no spike, however quiet it is otherwise
FLOOR = 3
#: a spike is over after so many usual hours; it is told of anew when its items have grown by this factor
CALM, GROWN = 6, 2.0
#: hours seen before a level is trusted
WARM_UP = 336
#: scatter, while too little is known to estimate it; the smaller the wilder
SCATTER, SCATTER_RANGE = 3.0, (0.8, 30.0)


@dataclass(frozen=True, slots=True)
class Spike:
    """One stretch of unusual hours of a series; hours count from the first of the counts.

    `told`: the hours at which somebody is to be told: when it begins, and when its items have doubled since.
    """

    series: int
    begin: int
    end: int
    items: int
    expected: float
    #: the least probability of its hours, as −log10
    strength: float
    peak: int
    told: tuple[int, ...]
    #: the last hour that would have begun a spike of its own: what trickles in after it makes nobody look again
    loud: int


def rhythm(counts: np.ndarray, first: int) -> np.ndarray:
    """How much of a week's items come in each of its 168 hours, mean 1. `first`: hour of the week of the first
    column (0 = Monday, midnight)."""
    hours = (np.arange(counts.shape[1]) + first) % HOURS
    # A series that bursts is one voice of many: each counts by its share, not by its items.
    means = counts.mean(axis=1, keepdims=True)
    shares = np.minimum(counts / np.maximum(means, 0.05), 20.0).sum(axis=0)
    summed = np.bincount(hours, weights=shares, minlength=HOURS)
    seen = np.maximum(np.bincount(hours, minlength=HOURS), 1)
    level = summed / seen
    smooth = 0.5 * level + 0.25 * (np.roll(level, 1) + np.roll(level, -1))
    daily = smooth.reshape(7, 24).mean(axis=0)
    # With few items the hours of single days say little: lean on the mean day.
    weight = summed.sum() / (summed.sum() + 2000.0)
    mixed = weight * smooth + (1 - weight) * np.tile(daily, 7)
    whole = mixed.mean()
    return np.maximum(mixed / whole, 0.08) if whole > 0 else np.ones(HOURS)


def expected(counts: np.ndarray, first: int, shape: np.ndarray | None = None) -> np.ndarray:
    """What is expected of each series in each hour, from the hours before it alone."""
    series, hours = counts.shape
    shape = rhythm(counts, first) if shape is None else shape
    usual = shape[(np.arange(hours) + first) % HOURS]
    found = np.empty((series, hours))
    level = np.full(series, 0.05)
    slow = 1 - 0.5 ** (1 / HALF)
    for hour in range(hours):
        mean = level * usual[hour]
        found[:, hour] = mean
        cap = mean + 3 * np.sqrt(mean + mean * mean / SCATTER) + 1
        taught = np.minimum(counts[:, hour], cap) / usual[hour]
        # A quiet hour of the night teaches less about the level than a loud one of the day.
        pace = max(slow, 1 / (hour + 2)) * min(usual[hour], 1.5)
        level += pace * (taught - level)
        np.maximum(level, 0.004, out=level)
    return found


def scatter(counts: np.ndarray, means: np.ndarray) -> float:
    """The size of the negative binomial: variance = mean + mean² / size; by moments, without the wildest hours."""
    from_hour = min(WARM_UP, counts.shape[1] // 2)
    n, mean = counts[:, from_hour:], means[:, from_hour:]
    usual = n <= mean + 6 * np.sqrt(mean + mean * mean / SCATTER) + 2
    more = ((n - mean) ** 2 - mean)[usual].sum()
    square = (mean**2)[usual].sum()
    if more <= 0 or square < 50:
        return SCATTER
    return float(np.clip(square / more, *SCATTER_RANGE))


def grown(items: int, told: int) -> bool:
    """Whether a spike of so many items is to be told of anew, when people were last told of `told` of them."""
    return items >= GROWN * told and items >= told + FLOOR


def tail(n: np.ndarray, mean: np.ndarray, size: np.ndarray | float) -> np.ndarray:
    """P(N ≥ n) of a negative binomial with this mean and size."""
    n, mean = np.asarray(n, dtype=float), np.asarray(mean, dtype=float)
    size = np.broadcast_to(np.asarray(size, dtype=float), n.shape)
    share = mean / (mean + size)
    # Sum of the terms from n on; each is the one before times (k + size) / (k + 1) · share.
    log_term = np.array(
        [_log_term(a, b, c) for a, b, c in zip(n.ravel(), mean.ravel(), size.ravel(), strict=True)]
    )
    term = np.exp(log_term).reshape(n.shape)
    total = term.copy()
    k = n.copy()
    for _ in range(400):
        term = term * (k + size) / (k + 1) * share
        total += term
        k += 1
        if not (term > total * 1e-6).any():
            break
    return np.minimum(total, 1.0)


def _log_term(n: float, mean: float, size: float) -> float:
    from math import lgamma, log

    return (
        lgamma(n + size) - lgamma(size) - lgamma(n + 1)
        + size * log(size / (size + mean)) + (n * log(mean / (size + mean)) if n else 0.0)
    )  # fmt: skip


def probabilities(counts: np.ndarray, means: np.ndarray, size: float) -> np.ndarray:
    """Of each hour, the lesser of: so many or more in it, in it and the two before. 1 where nothing stands out."""
    found = np.ones(counts.shape)
    for width in (1, 3):
        n, mean, square = counts.astype(float), means, means**2
        if width > 1:
            n, mean, square = (_running(one, width) for one in (n, mean, square))
        # Less than twice what is expected is never improbable enough; the few that remain are computed.
        look = (n >= FLOOR) & (n > 2 * mean)
        if look.any():
            sizes = mean[look] ** 2 / np.maximum(square[look] / size, 1e-12)
            found[look] = np.minimum(found[look], tail(n[look], mean[look], sizes))
    return found


def _running(table: np.ndarray, width: int) -> np.ndarray:
    total = table.copy()
    for back in range(1, width):
        total[:, back:] += table[:, :-back]
    return total


def spikes(
    counts: np.ndarray,
    first: int,
    *,
    warm_up: int = WARM_UP,
    begins: float = BEGINS,
    size: float | None = None,
    shape: np.ndarray | None = None,
) -> list[Spike]:
    """The spikes of each series after `warm_up` hours, in order of series and time.

    `size`, `shape`: scatter and rhythm, where they are known; else they are taken from the counts.
    """
    counts = np.asarray(counts)
    means = expected(counts, first, shape)
    size = scatter(counts, means) if size is None else size
    improbable = probabilities(counts, means, size)
    improbable[:, :warm_up] = 1.0
    found: list[Spike] = []
    for series in np.flatnonzero((improbable < begins).any(axis=1)).tolist():
        found += _stretches(series, counts[series], means[series], improbable[series], begins)
    return found


def _stretches(
    series: int, counts: np.ndarray, means: np.ndarray, improbable: np.ndarray, begins: float
) -> list[Spike]:
    found: list[Spike] = []
    hours = len(counts)
    hour = 0
    while hour < hours:
        if improbable[hour] >= begins:
            hour += 1
            continue
        begin = hour
        while begin > 0 and begin > hour - 2 and counts[begin - 1] > 2 * means[begin - 1] + 1:
            begin -= 1  # three hours together were a spike: it began before
        end, loud, told, said = hour, hour, [hour], int(counts[begin : hour + 1].sum())
        at = hour + 1
        while at < hours and at - end <= CALM:
            if improbable[at] < GOES_ON:
                end = at
                if improbable[at] < begins:
                    loud = at
                    if grown(so_far := int(counts[begin : at + 1].sum()), said):
                        told.append(at)
                        said = so_far
            at += 1
        stretch = slice(begin, end + 1)
        found.append(
            Spike(
                series=series,
                begin=begin,
                end=end,
                items=int(counts[stretch].sum()),
                expected=float(means[stretch].sum()),
                strength=float(-np.log10(max(improbable[stretch].min(), 1e-30))),
                peak=int(counts[stretch].max()),
                told=tuple(told),
                loud=loud,
            )
        )
        hour = end + CALM + 1
    return found
