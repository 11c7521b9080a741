"""How long one batch of people takes, against asking for each of them alone. Run by `loa bench reminders`.

Build the large Sở first (docs/bench.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from loa.accounts.models import User
from loa.core.bench import median, p95, times
from loa.org.models import Membership
from loa.reminders.selectors import causes_of
from loa.reminders.services.prepare import BATCH

#: people asked for one by one for the baseline
SINGLE = 10


class _Counter:
    asked = 0

    def __call__(self, execute: Callable[..., Any], *rest: Any) -> Any:
        self.asked += 1
        return execute(*rest)


def run(out: Callable[..., Any]) -> None:
    """Print the figures of a batch, of one person, and of everybody."""
    people = list(Membership.objects.order_by("pk").values_list("user", flat=True).distinct())
    batch = people[:BATCH]
    counter = _Counter()
    with connection.execute_wrapper(counter):
        found = causes_of(batch)
    spent = times(lambda: causes_of(batch), runs=10, warm=1)
    alone = times(lambda: [causes_of([user]) for user in batch[:SINGLE]], runs=3, warm=1)
    each = median(alone) / SINGLE
    out(
        f"causes of {len(batch)} people",
        f"{p95(spent) * 1000:.0f} ms p95, {counter.asked} queries, {sum(map(len, found.values()))} causes",
        "each alone",
        f"{each * 1000 * len(batch):.0f} ms",
        f"{each * len(batch) / median(spent):.1f} ×",
    )
    writer = User.objects.filter(username="men").values_list("pk", flat=True).first() or batch[0]
    one = times(lambda: causes_of([writer]), runs=15)
    out(
        "causes of one person",
        f"{p95(one) * 1000:.0f} ms p95",
        "a batch, per person",
        f"{median(spent) * 1000 / max(len(batch), 1):.1f} ms",
    )
    started = time.perf_counter()
    for at in range(0, len(people), BATCH):
        causes_of(people[at : at + BATCH])
    out("causes of everybody", f"{time.perf_counter() - started:.1f} s", "people", f"{len(people)}")
