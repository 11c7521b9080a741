"""Names of units as plans print them → units and classes of units, with a choice where it is not sure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from loa.lib.vi import fold
from loa.org.models import Unit, UnitAlias, UnitClass


@dataclass(frozen=True)
class Choice:
    """One reading of a name."""

    label: str
    audience: dict[str, list]


@dataclass(frozen=True)
class Resolved:
    """What a printed name means: one sure audience, or choices for a person."""

    name: str
    audience: dict[str, list] | None
    choices: tuple[Choice, ...] = ()


def resolve(names: Iterable[str], unit: Unit, day: dt.date) -> dict[str, Resolved]:
    """Each name, read as a unit at or below `unit`, or a class of units below it, on `day`."""
    wanted = {name: fold(" ".join(name.split())) for name in names}
    classes = list(UnitClass.objects.all())
    found: dict[str, Resolved] = {}
    keys = set(wanted.values())
    units: dict[str, list[Unit]] = {}
    below = Unit.objects.filter(links_up__above=unit)
    for one in below.filter(folded__in=keys):
        units.setdefault(one.folded, []).append(one)
    for alias in UnitAlias.objects.filter(folded__in=keys, unit__in=below).select_related("unit"):
        units.setdefault(alias.folded, []).append(alias.unit)
    for name, key in wanted.items():
        by_class = [row for row in classes if key in row.phrases]
        readings = [Choice(str(row.label), _class(row.code)) for row in by_class]
        readings += [Choice(str(one), _unit(one.pk)) for one in {u.pk: u for u in units.get(key, [])}.values()]
        if len(readings) == 1:
            found[name] = Resolved(name, readings[0].audience)
        else:
            found[name] = Resolved(name, None, tuple(readings))
    return found


def _class(code: str) -> dict[str, list[Any]]:
    return {"classes": [code], "units": [], "except": []}


def _unit(pk: int) -> dict[str, list[Any]]:
    return {"classes": [], "units": [pk], "except": []}
