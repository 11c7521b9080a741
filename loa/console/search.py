"""Search over everything a person may see: a registry of finders, one per kind of thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from loa.console.urls_soft import url
from loa.core.registry import Registry
from loa.lib.vi import fold
from loa.newsroom.selectors import StoryFilter, all_stories
from loa.org.access import units_where
from loa.org.models import Unit
from loa.plans.access import plans_for

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
        Hit(
            unit.name,
            url("org:unit", unit.pk) or url("reporting:unit", unit.pk),
            unit.parent.short_name if unit.parent else "",
        )
        for unit in rows[:limit]
    ]


def _stories(user: Any, folded: str, limit: int) -> list[Hit]:
    """Stories whose title holds every word, the last touched first; drafts only where they may be read."""
    return [
        Hit(
            story.title or str(_("(chưa có tiêu đề)")),
            url("newsroom:story", story.pk),
            f"{story.unit.short_name} · {story.get_stage_display()}",
        )
        for story in all_stories(user, StoryFilter(text=folded))[:limit]
    ]


def _plans(user: Any, folded: str, limit: int) -> list[Hit]:
    """Plans by words of their title, number and unit, the newest first. A plan of every school is some thousands
    of short texts: read as bare values and folded here, until enough are found."""
    words = folded.split()
    hits: list[Hit] = []
    rows = plans_for(user).order_by("-starts_on", "-pk").values_list("pk", "title", "number", "unit__short_name")
    for pk, title, number, unit in rows.iterator(chunk_size=1_000):
        text = fold(f"{title} {number} {unit}")
        if all(word in text for word in words):
            hits.append(
                Hit(
                    title or str(_("Kế hoạch chưa đọc")),
                    url("plans:plan", pk),
                    " · ".join(part for part in (number, unit) if part),
                )
            )
            if len(hits) == limit:
                break
    return hits


finders.register("stories", Finder(_("Tin bài"), "story", _stories), order=10)
finders.register("plans", Finder(_("Kế hoạch"), "plan", _plans), order=20)
finders.register("units", Finder(_("Đơn vị"), "units", _units), order=30)
