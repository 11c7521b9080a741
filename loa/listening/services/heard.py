"""What follows when items have been analysed or set right: the index, the figures, those who follow a search."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from loa.core import clock
from loa.listening import search
from loa.listening.figures import write as figures
from loa.listening.models import Source
from loa.listening.services.searches import tell_followers

#: older items are told of to nobody
NEW_FOR = dt.timedelta(days=3)


def heard(item_ids: Sequence[int]) -> None:
    """Items were analysed for the first time. In the caller's transaction; a constant number of statements a
    batch.
    """
    fresh = search.put(search.load(item_ids))
    change: figures.Change = Counter()
    _note(change, fresh, 1)
    figures.add(change)
    # What was written long ago (an archive brought in) is new to nobody.
    recent = clock.now() - NEW_FOR
    tell_followers([row for row in fresh if row.at >= recent])


def catch_up() -> int:
    """Index what was analysed before there was an index, and count anew then; returns how many items."""
    total = 0
    while found := search.index_missing():
        total += found
    if total:
        for unit_id in Source.objects.values_list("unit", flat=True).distinct():
            figures.recount(unit_id)
    return total


def renew_index() -> int:
    """Bring the next entries of the index to the form this version writes; returns how many."""
    return search.renew()


def unheard(item_ids: Sequence[int]) -> None:
    """What was said of these items is said no more: they are as before they were analysed. In the caller's
    transaction.
    """
    change: figures.Change = Counter()
    _note(change, search.load(item_ids), -1)
    figures.add(change)
    search.drop(item_ids)


def set_right(was: Sequence[search.Heard]) -> None:
    """A person changed these items' analysis; `was`: as `search.load` gave them before."""
    change: figures.Change = Counter()
    _note(change, was, -1)
    now = search.load([row.pk for row in was])
    _note(change, now, 1)
    figures.add(change)
    search.put(now)


def _note(change: figures.Change, rows: Sequence[search.Heard], n: int) -> None:
    for row in rows:
        if row.relevant:
            figures.note(
                change, unit_id=row.unit_id, at=row.at, outlet=row.outlet, tone=row.tone, topics=row.topics,
                units=row.units, n=n,
            )  # fmt: skip
