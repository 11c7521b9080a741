"""UnitLink, the tree in time flattened: kept in step with the versions, for whole subtrees at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import connection, transaction

from loa.org.models import UnitLink, UnitVersion

#: ids in one IN (…): below the limits of both databases
CHUNK = 5_000
FOREVER = dt.date.max

#: from, before, parent
Span = tuple[dt.date, dt.date, int | None]


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """`ids` in lists of at most `size`."""
    row: list[int] = []
    for one in ids:
        row.append(one)
        if len(row) == size:
            yield row
            row = []
    if row:
        yield row


def lock_tree() -> None:
    """Let one reorganisation at a time change the tree: two moves checked side by side could make a ring.

    SQLite needs nothing, its transactions are IMMEDIATE.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x10A_0A6])


def ever_below(tops: Iterable[int], start: dt.date | None = None) -> set[int]:
    """Units that stand at or below one of `tops` on some day from `start` on (at any time)."""
    found: set[int] = set()
    for some in chunks(sorted(set(tops))):
        links = UnitLink.objects.filter(above__in=some)
        if start is not None:
            links = links.exclude(valid_to__lte=start)
        found.update(links.values_list("below", flat=True))
    return found


@transaction.atomic
def rebuild_links(units: Iterable[int] | None = None) -> int:
    """Bring the links above `units` (None: of all) in step with the versions. Returns how many rows changed.

    `units` must hold every unit below those whose parent changed. The links of the others are taken as right. Runs
    in a fixed number of statements per 5,000 units; only rows that differ are written.
    """
    if units is None:
        wanted = set(UnitVersion.objects.values_list("unit", flat=True).distinct())
        wanted.update(UnitLink.objects.values_list("below", flat=True).distinct())
    else:
        wanted = set(units)
    spans = _spans(wanted)
    # Parents outside the subtree, and all above them: their own versions, read level by level.
    missing = {parent for rows in spans.values() for _a, _b, parent in rows if parent} - spans.keys()
    while missing:
        more = _spans(missing)
        spans.update(more)
        for lost in missing - more.keys():
            spans[lost] = []
        missing = {parent for rows in more.values() for _a, _b, parent in rows if parent} - spans.keys()
    changed = 0
    for some in chunks(sorted(wanted)):
        changed += _write(some, spans)
    return changed


def _spans(units: set[int]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    for some in chunks(sorted(units)):
        rows = UnitVersion.objects.filter(unit__in=some).order_by("unit", "valid_from")
        for unit, start, end, parent in rows.values_list("unit", "valid_from", "valid_to", "parent"):
            spans = found[unit]
            if spans and spans[-1][1] == start and spans[-1][2] == parent:
                spans[-1] = (spans[-1][0], end or FOREVER, parent)
            else:
                spans.append((start, end or FOREVER, parent))
    return dict(found)


def _above(unit: int, spans: dict[int, list[Span]]) -> list[tuple[int, int, dt.date, dt.date]]:
    """(above, depth, from, before) of one unit over all its life, itself included."""
    found: list[tuple[int, int, dt.date, dt.date]] = []
    # An explicit stack: (unit standing there, depth, from, before).
    waiting = [(unit, 0, dt.date.min, FOREVER)]
    while waiting:
        at, depth, start, end = waiting.pop()
        if depth > 50:
            raise RuntimeError(f"The tree above unit {unit} is a ring")
        for a, b, parent in spans.get(at, ()):
            low, high = max(a, start), min(b, end)
            if low >= high:
                continue
            found.append((at, depth, low, high))
            if parent is not None:
                waiting.append((parent, depth + 1, low, high))
    found.sort()
    joined: list[tuple[int, int, dt.date, dt.date]] = []
    for row in found:
        if joined and joined[-1][:2] == row[:2] and joined[-1][3] == row[2]:
            joined[-1] = (*row[:2], joined[-1][2], row[3])
        else:
            joined.append(row)
    return joined


def _write(units: list[int], spans: dict[int, list[Span]]) -> int:
    new: dict[tuple[int, int, dt.date], tuple[int, dt.date | None]] = {}
    for unit in units:
        for above, depth, start, end in _above(unit, spans):
            new[above, unit, start] = (depth, None if end == FOREVER else end)
    stale: list[int] = []
    altered: dict[tuple[int, dt.date | None], list[int]] = defaultdict(list)
    for link in UnitLink.objects.filter(below__in=units):
        key = (link.above_id, link.below_id, link.valid_from)
        wanted = new.pop(key, None)
        if wanted is None:
            stale.append(link.pk)
        elif wanted != (link.depth, link.valid_to):
            altered[wanted].append(link.pk)
    for some in chunks(stale):
        UnitLink.objects.filter(pk__in=some).delete()
    for (depth, valid_to), pks in altered.items():  # mostly one: all links of a subtree end on one day
        for some in chunks(pks):
            UnitLink.objects.filter(pk__in=some).update(depth=depth, valid_to=valid_to)
    UnitLink.objects.bulk_create(
        [
            UnitLink(above_id=above, below_id=below, depth=depth, valid_from=start, valid_to=end)
            for (above, below, start), (depth, end) in new.items()
        ],
        batch_size=2_000,
    )
    return len(stale) + sum(map(len, altered.values())) + len(new)
