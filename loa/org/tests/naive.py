"""The tree read the slow and plain way, from the versions alone: what the closure is compared with."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict

from loa.org.models import Unit, UnitLink, UnitVersion


def parents_on(day: dt.date) -> dict[int, int | None]:
    """unit → parent of the units that live on `day`."""
    rows = UnitVersion.objects.filter(valid_from__lte=day).exclude(valid_to__lte=day)
    return dict(rows.values_list("unit", "parent"))


def naive_depths(day: dt.date) -> dict[tuple[int, int], int]:
    """(above, below) → steps, by walking up from every unit."""
    parents = parents_on(day)
    found = {}
    for unit in parents:
        at: int | None = unit
        depth = 0
        while at is not None and at in parents:
            found[at, unit] = depth
            at, depth = parents[at], depth + 1
            assert depth < 100, "a ring"
    return found


def naive_below(top: int, day: dt.date) -> set[int]:
    """Units at and below `top` on `day`."""
    return {below for above, below in naive_depths(day) if above == top}


def closure_depths(day: dt.date) -> dict[tuple[int, int], int]:
    """The same from the links."""
    links = UnitLink.objects.filter(valid_from__lte=day).exclude(valid_to__lte=day)
    rows = list(links.values_list("above", "below", "depth"))
    found = {(above, below): depth for above, below, depth in rows}
    assert len(found) == len(rows), "two links say the same day"
    return found


def check_history() -> None:
    """Versions without gap or overlap; every parent lives as long as it is above; links as the versions say."""
    units = {unit.pk: unit for unit in Unit.objects.all()}
    spans = defaultdict(list)
    days = {dt.date(1999, 1, 1), dt.date(2099, 1, 1)}
    for version in UnitVersion.objects.order_by("unit", "valid_from"):
        spans[version.unit_id].append(version)
        days.add(version.valid_from)
        days.add(version.valid_from - dt.timedelta(days=1))
        if version.parent_id:
            parent = units[version.parent_id]
            assert parent.founded_on <= version.valid_from, version
            if parent.closed_on:
                assert version.valid_to is not None, version
                assert version.valid_to <= parent.closed_on, version
    for pk, unit in units.items():
        rows = spans[pk]
        assert rows[0].valid_from == unit.founded_on
        assert rows[-1].valid_to == unit.closed_on
        for one, two in itertools.pairwise(rows):
            assert one.valid_to == two.valid_from
    for day in days:
        assert closure_depths(day) == naive_depths(day), day
