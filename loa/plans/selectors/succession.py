"""Who carries on for units that were merged, split or closed: computed from the events of org, never stored."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F

from loa.core import clock
from loa.org.models import UnitEvent

_ENDS = (UnitEvent.Kind.MERGE, UnitEvent.Kind.SPLIT, UnitEvent.Kind.CLOSE)


def _ended(day: dt.date):
    """Events by which a unit ended up to `day`: through-table rows of (event, unit that ended)."""
    return UnitEvent.predecessors.through.objects.filter(
        unitevent__kind__in=_ENDS,
        unitevent__effective_on__lte=day,
        unit__closed_on=F("unitevent__effective_on"),
    )


def _first_successors(events: Iterable[int]) -> dict[int, int]:
    """event id → the unit that carries on: of several, the one entered first."""
    found: dict[int, int] = {}
    rows = UnitEvent.successors.through.objects.filter(unitevent__in=list(events))
    for event, unit in rows.order_by("pk").values_list("unitevent", "unit"):
        found.setdefault(event, unit)
    return found


def forebears(units: Iterable[int], day: dt.date | None = None) -> dict[int, set[int]]:
    """unit → the ended units whose open work it carries on at `day`, over several reorganisations.

    Two queries a generation; none of them when there was no reorganisation.
    """
    day = day or clock.today()
    found: dict[int, set[int]] = defaultdict(set)
    heads = {unit: {unit} for unit in units}
    wanted = set(heads)
    for _generation in range(10):
        if not wanted:
            break
        events = list(
            UnitEvent.successors.through.objects.filter(unit__in=wanted, unitevent__kind__in=_ENDS)
            .filter(unitevent__effective_on__lte=day)
            .values_list("unitevent", flat=True)
        )
        if not events:
            break
        heir = _first_successors(events)
        rows = _ended(day).filter(unitevent__in=events).values_list("unitevent", "unit")
        step: dict[int, set[int]] = defaultdict(set)
        for event, gone in rows:
            step[heir[event]].add(gone)
        wanted = set()
        for unit, reached in heads.items():
            new = set().union(*(step.get(one, set()) for one in reached)) - found[unit]
            found[unit] |= new
            heads[unit] = new
            wanted |= new
    return {unit: gone for unit, gone in found.items() if gone}


def heirs(units: Iterable[int], day: dt.date | None = None) -> dict[int, list[tuple[int, dt.date]]]:
    """ended unit → (the unit that carries on, since when), over several reorganisations in order, up to `day`.

    Two queries a generation.
    """
    day = day or clock.today()
    found: dict[int, list[tuple[int, dt.date]]] = defaultdict(list)
    at = {unit: unit for unit in units}
    for _generation in range(10):
        wanted = set(at.values())
        if not wanted:
            break
        rows = list(
            _ended(day).filter(unit__in=wanted).values_list("unitevent", "unit", "unitevent__effective_on")
        )
        if not rows:
            break
        heir = _first_successors(event for event, _unit, _on in rows)
        step = {gone: (heir[event], on) for event, gone, on in rows if event in heir}
        moved = {}
        for unit, now in at.items():
            if now in step and step[now][0] != unit:
                successor, on = step[now]
                found[unit].append((successor, on))
                moved[unit] = successor
        at = moved
    return dict(found)


def last_heirs(units: Iterable[int], day: dt.date | None = None) -> dict[int, int]:
    """ended unit → the unit that carries on for it at `day`: the last of its `heirs`, by as many queries."""
    return {unit: steps[-1][0] for unit, steps in heirs(units, day).items()}
