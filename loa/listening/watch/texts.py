"""What a spike is of, in words."""

from __future__ import annotations

from collections.abc import Iterable

from loa.listening.themes import topic_names
from loa.org.models import Unit


def names_of(abouts: Iterable[str]) -> dict[str, str]:
    """ "t:code" and "v:pk" → the topic's or unit's name. One query at most."""
    wanted = set(abouts)
    units = {int(one[2:]) for one in wanted if one.startswith("v:")}
    names = (
        {f"v:{pk}": name for pk, name in Unit.objects.filter(pk__in=units).values_list("pk", "short_name")}
        if units
        else {}
    )
    topics = topic_names()
    return {one: names.get(one) or topics.get(one[2:], one[2:]) for one in wanted}


def name_of(about: str) -> str:
    """The name of one."""
    return names_of([about])[about]
