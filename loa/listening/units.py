"""The units of this installation as the matcher knows them: names, former names, places now and before."""

from __future__ import annotations

import re
from collections import defaultdict

from loa.lib.nlp import School
from loa.org.models import Unit, UnitAlias, UnitVersion
from loa.org.rules import Kind

#: kinds that people write about by name
_MEANT = [
    kind for kind in Kind if kind not in (Kind.SO, Kind.VAN_PHONG, Kind.PHONG_SO, Kind.UBND_XA)
]  # fmt: skip


#: what stands before the name of a province in the name of its Sở
_OF = re.compile(r"^.*?(?:tỉnh|thành phố|tp\.)\s+|^sở (?:giáo dục và đào tạo|gd&đt|gdđt)\s+", re.IGNORECASE)


def home_names() -> tuple[str, ...]:
    """What the province is called: from the Sở and the places of its versions. Two queries."""
    names = {
        _OF.sub("", name).strip() for name in Unit.objects.filter(kind=Kind.SO).values_list("name", flat=True)
    }
    names |= set(UnitVersion.objects.filter(unit__kind=Kind.SO).exclude(place="").values_list("place", flat=True))
    return tuple(sorted(name for name in names if name))


def schools() -> list[School]:
    """Every unit that is alive and written about by name. Four queries."""
    rows = list(Unit.objects.filter(closed_on=None, kind__in=_MEANT).values_list("pk", "name", "parent__name"))
    aliases: dict[int, list[str]] = defaultdict(list)
    for unit, text in UnitAlias.objects.values_list("unit", "text"):
        aliases[unit].append(text)
    places: dict[int, set[str]] = defaultdict(set)
    for unit, name, place in UnitVersion.objects.values_list("unit", "name", "place"):
        aliases[unit].append(name)
        if place:
            places[unit].add(place)
    found = []
    for pk, name, parent in rows:
        where = set(places[pk])
        if parent:
            where.add(parent.replace("Ủy ban nhân dân ", ""))
        others = tuple(sorted({alias for alias in aliases[pk] if alias != name}))
        found.append(School(pk, name, tuple(sorted(where)), others))
    return found
