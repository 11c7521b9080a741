"""Counting: called by the services of listening, in the transaction of their own change."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from loa.core import clock
from loa.listening.figures.model import Tally, ToneSum
from loa.listening.rules import Tone

_TABLE, _SUMS = Tally._meta.db_table, ToneSum._meta.db_table
#: columns of `ToneSum`
_COLUMNS = (Tone.POS, Tone.NEU, Tone.NEG)
#: (hearing unit, about, day, outlet, tone) → how many more
Change = Counter[tuple[int, str, dt.date, str, str]]


def topic(code: str) -> str:
    """What a tally calls a topic."""
    return f"t:{code}"


def meant(unit_id: int) -> str:
    """What a tally calls a unit that is meant."""
    return f"v:{unit_id}"


def note(
    change: Change, *, unit_id: int, at: dt.datetime, outlet: str, tone: str, topics: Iterable[str],
    units: Iterable[int], n: int = 1,
) -> None:  # fmt: skip
    """Note one relevant item (`n` -1: one less) in `change`."""
    day = clock.local(at).date()
    for about in ("", *map(topic, topics), *map(meant, units)):
        change[unit_id, about, day, outlet, tone] += n


def stretch(about: str, day: dt.date) -> dt.date:
    """The first day of the stretch by which `ToneSum` adds this up: the month for a unit, else the day itself."""
    return day.replace(day=1) if about.startswith("v:") else day


def add(change: Change) -> None:
    """Write the changes down: one statement for every hundred and fifty figures, which adds and never reads
    first.
    """
    rows = sorted((key, n) for key, n in change.items() if n)
    sums: dict[tuple[int, str, dt.date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (unit_id, about, day, _outlet, tone), n in rows:
        if tone in _COLUMNS:
            sums[unit_id, about, stretch(about, day)][_COLUMNS.index(Tone(tone))] += n
    _upsert(_TABLE, ("unit_id", "about", "day", "outlet", "tone"), ("n",), [(*key, n) for key, n in rows])
    changed = sorted((*key, *tones) for key, tones in sums.items() if any(tones))
    _upsert(_SUMS, ("unit_id", "about", "first"), tuple(map(str, _COLUMNS)), changed)


def _upsert(table: str, keys: tuple[str, ...], counts: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Add to `counts` of the rows with these keys; rows that are not there yet begin at 0."""
    names = ", ".join((*keys, *counts))
    holes = f"({', '.join(['%s'] * (len(keys) + len(counts)))})"
    more = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in counts)
    # ruff: noqa: S608 (names are constants, values are parameters)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), 150):
            part = rows[start : start + 150]
            cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES {', '.join([holes] * len(part))}"
                f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {more}",
                [value for row in part for value in row],
            )


@transaction.atomic
def recount(unit_id: int) -> int:
    """Count what a unit hears anew from its items; returns the number of figures. For an installation that had
    none, and for the test that the running count is right.
    """
    from loa.listening.models import Item, ItemTopic, ItemUnit

    change: Change = Counter()
    items = Item.objects.filter(unit=unit_id, relevant=True)
    for at, outlet, tone in items.values_list("published_at", "outlet", "tone").iterator():
        note(change, unit_id=unit_id, at=at, outlet=outlet, tone=tone, topics=(), units=())
    heard = {"item__unit": unit_id, "item__relevant": True}
    fields = ("item__published_at", "item__outlet", "item__tone")
    for at, outlet, tone, code in ItemTopic.objects.filter(**heard).values_list(*fields, "code").iterator():
        change[unit_id, topic(code), clock.local(at).date(), outlet, tone] += 1
    for at, outlet, tone, pk in ItemUnit.objects.filter(**heard).values_list(*fields, "unit").iterator():
        change[unit_id, meant(pk), clock.local(at).date(), outlet, tone] += 1
    Tally.objects.filter(unit=unit_id).delete()
    ToneSum.objects.filter(unit=unit_id).delete()
    add(change)
    return len(change)
