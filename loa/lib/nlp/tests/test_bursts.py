"""Spikes on invented series: found, not invented, told of once and again when they double."""

from __future__ import annotations

import numpy as np
import pytest

from loa.lib.nlp import bursts
from loa.lib.nlp.bench.bursts import WARM, invented, score

WEEK = bursts.HOURS


def test_bursts_are_found_and_hardly_any_invented():
    made = invented(series=700, put_in=140)
    told = [(one.series, hour) for one in bursts.spikes(made.counts, 0, warm_up=WARM * WEEK) for hour in one.told]
    recall, false, late = score(made, told)
    assert recall >= 0.93
    assert false <= 2
    assert late <= 1


@pytest.mark.parametrize(
    ("n", "mean", "size", "right"),
    # scipy.stats.nbinom(size, size / (size + mean)).sf(n - 1)
    [
        (3, 0.5, 3.0, 0.023264116142083676),
        (10, 2.0, 3.0, 0.0028101836800000003),
        (25, 0.5, 0.8, 2.083477299900212e-11),
        (0, 1.0, 2.0, 1.0),
    ],
)
def test_the_tail_is_that_of_the_negative_binomial(n, mean, size, right):
    assert bursts.tail(np.array([n]), np.array([mean]), size)[0] == pytest.approx(right, rel=1e-4)


def _series(extra=None):
    counts = np.tile(([0] * 7 + [1] * 2 + [0] * 9 + [1] * 2 + [0] * 4) * 7, 6).astype(int)
    for hour, more in (extra or {}).items():
        counts[hour] += more
    return counts[None, :]


def test_the_usual_evening_is_no_spike_and_a_loud_one_is():
    assert bursts.spikes(_series(), 0) == []
    at = 5 * WEEK + 44
    [spike] = bursts.spikes(_series({at: 9, at + 1: 8}), 0)
    assert (spike.begin, spike.items, spike.told) == (at, 17, (at,))
    assert spike.loud == at + 3  # hours are judged three together too
    assert spike.expected < 5


def test_it_is_told_of_again_only_when_its_items_have_doubled():
    at = 5 * WEEK + 44
    # 9 an hour, the usual one above them in two: 10, 20, 38, 75 items so far
    [flat] = bursts.spikes(_series({at + n: 9 for n in range(8)}), 0)
    assert flat.told == (at, at + 1, at + 3, at + 7)
    assert flat.end >= at + 7
    [grown] = bursts.spikes(_series({at: 9, at + 3: 30}), 0)
    assert grown.told == (at, at + 3)
    [ebbing] = bursts.spikes(_series({at: 30, at + 1: 12, at + 2: 9}), 0)
    assert ebbing.told == (at,)


@pytest.mark.parametrize(("items", "told", "again"), [(6, 3, True), (5, 3, False), (3, 1, False), (4, 1, True)])
def test_what_is_grown(items, told, again):
    assert bursts.grown(items, told) is again


def test_two_items_are_no_spike_however_quiet_it_is():
    counts = np.zeros((1, 6 * WEEK), dtype=int)
    counts[0, 900] = 2
    assert bursts.spikes(counts, 0) == []
    assert bursts.spikes(np.zeros((3, 6 * WEEK), dtype=int), 5) == []


def test_nothing_is_told_before_the_habit_is_known():
    at = 2 * WEEK - 10
    assert bursts.spikes(_series({at: 40}), 0) == []
