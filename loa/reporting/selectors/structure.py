"""Whose work a board or a report counts once units were merged, split, closed or moved.

`THEN` (as it was): what a unit published counts for those it stood under on that day; a unit that ended since
keeps its past. `NOW` (as it is): the units that stand below today count with their whole past, and with that of
the units they carry on for. Both are computed from the tree in time; nothing is stored twice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from loa.core import clock
from loa.newsroom.models import Story
from loa.org.access import in_force
from loa.org.models import Unit, UnitEvent, UnitLink
from loa.plans.selectors.succession import forebears

THEN, NOW = "then", "now"

_KINDS = (UnitEvent.Kind.MERGE, UnitEvent.Kind.SPLIT, UnitEvent.Kind.CLOSE, UnitEvent.Kind.REPARENT)


def reorganised(top: Unit, first: dt.date, last: dt.date) -> bool:
    """Whether `THEN` and `NOW` can differ for `top` in those days: one query."""
    links = UnitLink.objects.filter(above=top, valid_from__lte=last).filter(
        Q(valid_to=None) | Q(valid_to__gt=first)
    )
    touched = links.values("below")
    return (
        UnitEvent.objects.filter(kind__in=_KINDS, effective_on__gt=first, effective_on__lte=last)
        .filter(Q(predecessors__in=touched) | Q(successors__in=touched))
        .exists()
    )


def bodies(units: Iterable[int], structure: str) -> dict[int, tuple[int, ...]]:
    """unit → the units that are counted for it: itself first, with `NOW` those it carries on for too."""
    units = list(units)
    gone = forebears(units) if structure == NOW else {}
    return {unit: (unit, *sorted(gone.get(unit, ()))) for unit in units}


def published(first: dt.date, last: dt.date) -> QuerySet[Story]:
    """Stories published on those days that still stand."""
    return Story.objects.filter(between("published_at", first, last), live=True)


def between(field: str, first: dt.date, last: dt.date) -> Q:
    """Moments of `field` on the days from `first` to `last`."""
    return Q(**{f"{field}__gte": clock.start_of(first), f"{field}__lt": clock.end_of(last)})


def stories_of(unit: Unit, first: dt.date, last: dt.date, structure: str = THEN) -> QuerySet[Story]:
    """What the unit itself published, oldest first."""
    whose = bodies([unit.pk], structure)[unit.pk]
    return published(first, last).filter(unit__in=whose).order_by("published_at", "pk")


def stories_below(
    unit: Unit, first: dt.date, last: dt.date, structure: str = THEN, *, itself: bool = False
) -> QuerySet[Story]:
    """Stories of the units below `unit`; with `itself`, its own too."""
    standing = UnitLink.objects.filter(in_force(last), above=unit, depth__gte=1).values("below")
    if structure == NOW:
        below = set(standing.values_list("below", flat=True))
        gone = forebears(below | {unit.pk})
        whose = Q(unit__in=standing)
        past = set().union(*(gone.get(one, set()) for one in below))
        if past:
            whose |= Q(unit__in=past)
        mine = {unit.pk, *gone.get(unit.pk, set())}
    else:
        whose = Q(unit__in=standing) & ~_before_it_came(unit, first, last) | _before_it_left(unit, first, last)
        mine = {unit.pk}
    if itself:
        whose |= Q(unit__in=mine)
    return published(first, last).filter(whose)


def _before_it_left(top: Unit, first: dt.date, last: dt.date) -> Q:
    """What units that ended or moved away in those days had published below `top`. One query."""
    left = UnitLink.objects.filter(above=top, depth__gte=1, valid_to__gt=first, valid_to__lte=last)
    spans: dict[tuple[dt.date, dt.date], list[int]] = defaultdict(list)
    for unit, began, ended in left.values_list("below", "valid_from", "valid_to"):
        if ended is not None:
            spans[max(began, first), ended - dt.timedelta(days=1)].append(unit)
    whose = Q(pk__in=())
    for (began, ended), units in spans.items():
        whose |= Q(unit__in=units) & between("published_at", began, ended)
    return whose


def _before_it_came(top: Unit, first: dt.date, last: dt.date) -> Q:
    """What units that were moved below `top` in those days had published elsewhere. One query."""
    came = UnitLink.objects.filter(above=top, depth__gte=1, valid_from__gt=first, valid_from__lte=last)
    moved: dict[dt.date, list[int]] = defaultdict(list)
    for unit, began in came.filter(below__founded_on__lt=F("valid_from")).values_list("below", "valid_from"):
        moved[began].append(unit)
    whose = Q(pk__in=())
    for began, units in moved.items():
        whose |= Q(unit__in=units, published_at__lt=clock.start_of(began))
    return whose
