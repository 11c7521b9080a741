"""Which unit a line of a table means: by its code, else by its name, with the commune to tell like names apart.

Rights hang on the answer: only an exact name is taken as read, all else is asked, an abbreviation too ("Tân" might
be short for "Tân An"). What an authority abbreviates stands among the other names of its units.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from loa.lib.vi import clean, fold
from loa.org import matching
from loa.org.access import in_force
from loa.org.importers.people_values import commune_key
from loa.org.models import Unit, UnitLink, UnitVersion
from loa.org.naming import words_of
from loa.org.rules import Kind
from loa.org.selectors import below

MOST_OFFERED = 12


@dataclass(frozen=True)
class Place:
    """What a line's unit was understood as: a unit, or some to choose from, or none with the reason."""

    unit: Unit | None = None
    offered: tuple[Unit, ...] = ()
    error: str = ""
    warning: str = ""
    #: under which the choice of a person is kept; "" when there is nothing to choose
    key: str = ""


@dataclass
class Places:
    """All units at and below one, as they may be written. Made once for a table, asked for every line."""

    top: Unit
    day: dt.date
    choices: Mapping[str, int]
    units: dict[int, Unit] = field(default_factory=dict)
    _codes: dict[str, Unit] = field(default_factory=dict)
    #: unit → keys of the communes it stands in: its own name, place, those above
    _communes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _names: matching.Catalogue = field(default_factory=matching.Catalogue)
    #: name without "Trường", as lists print it ("THCS Sơn Thượng") → units
    _bare: dict[tuple[str, ...], set[int]] = field(default_factory=lambda: defaultdict(set))
    _asked: dict[tuple[str, str, str], Place] = field(default_factory=dict)

    def find(self, code: str, name: str, commune: str) -> Place:
        """The unit a line means. Each different text is thought about once."""
        asked = (code, name, commune)
        if asked not in self._asked:
            self._asked[asked] = self._find(*asked)
        return self._asked[asked]

    def _find(self, code: str, name: str, commune: str) -> Place:
        if code:
            unit = self._codes.get(fold(code))
            if unit is None:
                return Place(
                    error=_("Không tìm thấy đơn vị có mã %(code)s trong phạm vi %(top)s.")
                    % {"code": code, "top": self.top.short_name}
                )
            warning = ""
            if name and unit.pk not in self._names.named(name) and unit.pk not in self._bare.get(_bare(name), ()):
                warning = _("Mã %(code)s là của %(unit)s.") % {"code": code, "unit": unit.name}
            return Place(unit, warning=warning)
        if not name:
            return Place(error=_("Thiếu đơn vị: ghi mã hoặc tên."))
        if unit := self._codes.get(fold(name)):
            return Place(unit)
        key = f"{fold(clean(name))}|{commune_key(commune)}"
        chosen = self.units.get(int(self.choices.get(key) or 0))
        if chosen is not None:
            return Place(chosen, key=key)
        return self._by_name(name, commune, key)

    def _by_name(self, name: str, commune: str, key: str) -> Place:
        exact = self._names.named(name) or sorted(self._bare.get(_bare(name), ()))
        here = self._in_commune(exact, commune)
        if len(here) == 1:
            return Place(self.units[here[0]])
        if len(here) > 1:
            return self._offer(here, name, key)
        like = [c.unit_id for c in self._names.match(name).candidates if c.unit_id is not None]
        near = self._in_commune(like, commune)
        offered = near or exact or like
        if offered:
            return self._offer(offered, name, key)
        if commune:
            return Place(
                error=_("Không tìm thấy đơn vị “%(name)s” ở %(commune)s trong phạm vi %(top)s. Hãy ghi mã đơn vị.")
                % {"name": name, "commune": commune, "top": self.top.short_name}
            )
        return Place(
            error=_("Không tìm thấy đơn vị “%(name)s” trong phạm vi %(top)s. Hãy ghi mã đơn vị.")
            % {"name": name, "top": self.top.short_name}
        )

    def _in_commune(self, ids: list[int], commune: str) -> list[int]:
        if not commune:
            return ids
        wanted = commune_key(commune)
        return [pk for pk in ids if wanted in self._communes[pk]]

    def _offer(self, ids: list[int], name: str, key: str) -> Place:
        return Place(offered=tuple(self.units[pk] for pk in ids[:MOST_OFFERED]), key=key)


def _bare(text: str) -> tuple[str, ...]:
    words = words_of(text)
    return words[1:] if words[:1] == ("truong",) and len(words) > 2 else words


def places(top: Unit, day: dt.date, choices: Mapping[str, int]) -> Places:
    """What is known at and below `top` on `day`. Seven queries, however many units."""
    known = Places(top, day, choices)
    rows = list(Unit.objects.filter(pk__in=below(top, day).values("pk")).select_related("parent"))
    known.units = {unit.pk: unit for unit in rows}
    known._codes = {fold(unit.code): unit for unit in rows if unit.code}
    known._names = matching.catalogue(top.pk, day)
    for unit in rows:
        for text in (unit.name, unit.short_name):
            known._bare[_bare(text)].add(unit.pk)
    inside = below(top, day).values("pk")
    of_code: dict[str, str] = {}
    versions = list(
        UnitVersion.objects.filter(in_force(day), unit__in=inside).values_list("unit", "commune_code", "place")
    )
    for pk, code, _place in versions:
        if code and known.units[pk].kind == Kind.UBND_XA:
            of_code[code] = commune_key(known.units[pk].name)
    for pk, code, place in versions:
        keys = {commune_key(known.units[pk].name), code, of_code.get(code, "")}
        if place:
            keys.add(commune_key(place))
        known._communes[pk] |= keys - {""}
    links = UnitLink.objects.filter(in_force(day), depth__gte=1, below__in=inside, above__in=inside)
    for above, under in links.exclude(above=top).values_list("above", "below"):
        known._communes[under].add(commune_key(known.units[above].name))
    return known
