"""The units of this installation as the matcher knows them: names, former names, places now and before."""

from __future__ import annotations

import re
from collections import defaultdict

from loa.core import clock
from loa.lib.nlp import School
from loa.lib.vi import fold
from loa.org.models import Unit, UnitAlias, UnitEvent, UnitVersion
from loa.org.rules import Kind
from loa.org.selectors import units_at

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
    """Every unit that lives today and is written about by name. Five queries."""
    today = clock.today()
    rows = list(units_at(today).filter(kind__in=_MEANT).values_list("pk", "name", "parent__name"))
    lent = _still_borne()
    aliases: dict[int, list[str]] = defaultdict(list)
    for unit, text, folded in UnitAlias.objects.values_list("unit", "text", "folded"):
        if folded not in lent.get(unit, ()):
            aliases[unit].append(text)
    places: dict[int, set[str]] = defaultdict(set)
    begun = UnitVersion.objects.filter(valid_from__lte=today)
    for unit, name, place in begun.values_list("unit", "name", "place"):
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


def _still_borne() -> dict[int, set[str]]:
    """successor → names, folded, of units that will be merged into it on a day to come. One query.

    They are among its other names from when that is entered; until the day they mean the unit that bears them.
    """
    coming = UnitEvent.objects.filter(kind=UnitEvent.Kind.MERGE, effective_on__gt=clock.today())
    found: dict[int, set[str]] = defaultdict(set)
    rows = coming.values_list("successors", "predecessors__name", "predecessors__short_name")
    for successor, *names in rows:
        found[successor].update(fold(name) for name in names if name)
    return found
