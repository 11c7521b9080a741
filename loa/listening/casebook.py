"""A case read whole: who wrote first, how it went on, which schools, which papers, what else it may belong to."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from loa.core import clock
from loa.listening import access
from loa.listening.models import Case, Item, ItemTopic, ItemUnit, counts_in_case
from loa.listening.rules import CaseState, Tone
from loa.org import access as rights

#: so many items of a case are shown; more is a case for the stream
SHOWN = 300
#: cases of so many days before and after may be the same
NEAR = dt.timedelta(days=21)


@dataclass
class Line:
    """An item with those who passed its words on."""

    item: Item
    copies: list[Item] = field(default_factory=list)


@dataclass
class Story:
    """What the page of a case shows."""

    lines: list[Line]
    first: Item | None
    outlets: list[tuple[str, int]]
    tones: dict[str, int]
    units: list[tuple[int, str, int]]
    topics: list[tuple[str, int]]
    #: label of a span of time → items by tone in the order of Tone
    volume: list[tuple[str, tuple[int, ...]]]
    #: items that the person may not read, or beyond those asked for
    hidden: int


def story_of(user: Any, case: Case, *, most: int = SHOWN) -> Story:
    """The first `most` items of it. Four queries however large the case is."""
    told = access.items_for(user).filter(counts_in_case(), case=case)
    rows = list(told.select_related("source").order_by("published_at", "pk")[:most])
    lines: dict[int, Line] = {}
    for item in rows:
        leader = lines.get(item.copy_of_id) if item.copy_of_id else None
        if leader is None:
            lines[item.pk] = Line(item)
        else:
            leader.copies.append(item)
    keys = [item.pk for item in rows]
    units: Counter[tuple[int, str]] = Counter()
    for pk, name in ItemUnit.objects.filter(item__in=keys).values_list("unit", "unit__short_name"):
        units[pk, name] += 1
    topics = Counter(ItemTopic.objects.filter(item__in=keys).values_list("code", flat=True))
    outlets = Counter(item.outlet_name for item in rows)
    return Story(
        lines=list(lines.values()),
        first=rows[0] if rows else None,
        outlets=_ranked(outlets),
        tones=dict(Counter(item.tone for item in rows)),
        units=[(pk, name, n) for (pk, name), n in sorted(units.items(), key=lambda pair: (-pair[1], pair[0]))],
        topics=_ranked(topics),
        volume=volume([(item.published_at, item.tone) for item in rows]),
        hidden=max(case.size - len(rows), 0),
    )


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def volume(moments: Sequence[tuple[dt.datetime, str]]) -> list[tuple[str, tuple[int, ...]]]:
    """Items by tone, in hours when all lies within two days, in days up to a month, else in weeks; no gaps."""
    if not moments:
        return []
    local = [(clock.local(at), tone) for at, tone in moments]
    first, last = min(at for at, _tone in local), max(at for at, _tone in local)
    if last - first <= dt.timedelta(hours=48):
        step, start, pattern = dt.timedelta(hours=1), first.replace(minute=0, second=0, microsecond=0), "%Hh"
    elif last - first <= dt.timedelta(days=31):
        step, start, pattern = (
            dt.timedelta(days=1),
            first.replace(hour=0, minute=0, second=0, microsecond=0),
            "%d/%m",
        )
    else:
        start = (first - dt.timedelta(days=first.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
        step, pattern = dt.timedelta(days=7), "%d/%m"
    counts: Counter[tuple[int, str]] = Counter(((at - start) // step, tone) for at, tone in local)
    return [
        ((start + n * step).strftime(pattern), tuple(counts[n, tone] for tone in Tone))
        for n in range((last - start) // step + 1)
    ]


def cases_for(user: Any) -> QuerySet[Case]:
    """Cases of which the person may read something, the last first."""
    reach = access.reach_of(user)
    if not reach.beyond:
        return Case.objects.filter(unit__in=reach.heard)
    units = rights.units_where(user, access.READ).values("pk")
    told = ItemUnit.objects.filter(counts_in_case("item__"), unit__in=units, item__case__isnull=False)
    return Case.objects.filter(Q(unit__in=reach.heard) | Q(pk__in=told.values("item__case")))


def list_of(user: Any, *, state: str = "", text: str = "") -> QuerySet[Case]:
    """Cases for the list: the open ones when no state is asked for."""
    rows = cases_for(user).filter(size__gte=2).select_related("decided_by")
    if state in set(CaseState):
        rows = rows.filter(state=state)
    elif state != "tat-ca":
        rows = rows.filter(state__in=(CaseState.NEW, CaseState.WATCH))
    if text:
        rows = rows.filter(title__icontains=text)
    return rows.order_by("-last_at", "-pk")


def open_count(user: Any) -> int:
    """Cases nobody has looked at yet."""
    return cases_for(user).filter(size__gte=2, state=CaseState.NEW).count()


def perhaps_same(user: Any, case: Case, limit: int = 5) -> list[Case]:
    """Cases of the same days with a school or topic in common, for merging: of those the person may decide on."""
    if not rights.can(user, access.MANAGE, case.unit_id):
        return []
    items = Item.objects.filter(counts_in_case(), case=case)
    units = ItemUnit.objects.filter(item__in=items).values("unit")
    topics = ItemTopic.objects.filter(item__in=items).values("code")
    others = Item.objects.filter(
        Q(units__unit__in=units) | Q(topics__code__in=topics),
        case__isnull=False,
        relevant=True,
        unit=case.unit_id,
        published_at__gte=case.first_at - NEAR,
        published_at__lte=case.last_at + NEAR,
    ).exclude(case=case)
    return list(Case.objects.filter(pk__in=others.values("case")).order_by("-size", "-last_at")[:limit])
