"""Search over everything a person may see: a registry of finders, one per kind of thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from loa.console.urls_soft import url
from loa.core.registry import Registry
from loa.lib.vi import fold
from loa.org.access import units_where
from loa.org.models import Unit

#: letters of the shortest query that is looked up
SHORTEST = 2
#: hits shown of each kind
MOST = 8


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Finder:
    """Looks one kind of thing up: `find(user, folded query, limit)`, scoped to what the person may see."""

    label: Any
    icon: str
    find: Callable[[Any, str, int], list[Hit]]


finders: Registry[Finder] = Registry("search")


@dataclass(frozen=True)
class Group:
    """Hits of one kind."""

    label: Any
    icon: str
    hits: list[Hit]


def find(user: Any, query: str) -> list[Group]:
    """Hits by kind, kinds without hits left out. One query a kind, however much is found."""
    folded = fold(query)
    groups = []
    for finder in finders:
        hits = finder.find(user, folded, MOST)
        if hits:
            groups.append(Group(finder.label, finder.icon, hits))
    return groups


def _units(user: Any, folded: str, limit: int) -> list[Hit]:
    """Units whose name holds every word of the query, beginnings first."""
    found = units_where(user, "progress.read").filter(closed_on=None)
    for word in folded.split():
        found = found.filter(folded__contains=word)
    rows: list[Unit] = list(found.select_related("parent").order_by("sort_key")[: limit * 4])
    rows.sort(key=lambda unit: (not unit.folded.startswith(folded), unit.sort_key))
    return [
        Hit(unit.name, url("org:unit", unit.pk), unit.parent.short_name if unit.parent else "")
        for unit in rows[:limit]
    ]


finders.register("units", Finder(_("Đơn vị"), "units", _units), order=30)
