"""Benchmarks: each prints its figure beside a named baseline measured in the same run.

A domain registers its own in `ready()`: `benches.register("org", "loa.org.bench")`, a module with
`run(out)`; `out(name, value, baseline_name, baseline_value)` prints one line.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from loa.core.registry import Registry

#: name → dotted path of a module with `run(out)`
benches: Registry[str] = Registry("benches")


def times(
    function: Callable[[], Any], *, runs: int = 15, warm: int = 2, watch: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Seconds of each run by `watch` (or time.process_time), after `warm` runs that are not counted."""
    for _ in range(warm):
        function()
    found = []
    for _ in range(runs):
        start = watch()
        function()
        found.append(watch() - start)
    return found


def p95(values: list[float]) -> float:
    """The 95th percentile of a few runs (the worst but one of twenty)."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)
