"""Who is meant: audiences of directives as classes of units and single units. Pure; the counts are passed in.

An audience is `{"classes": [codes], "units": [ids], "except": [ids]}`. A class is a set of kinds of units at
a depth below the issuing unit (None: any depth, 1: directly below it). With `"under": [ids]` the classes mean only
units that stand at or below one of those ("các trường của xã X"); the key is absent when there are none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: (depth below the issuing unit, kind) → how many units
Census = Mapping[tuple[int, str], int]


@dataclass(frozen=True)
class ClassRule:
    """What makes a unit belong to a class."""

    code: str
    label: str
    kinds: frozenset[str]
    depth: int | None

    def holds(self, depth: int, kind: str) -> bool:
        """Whether a unit of `kind`, `depth` steps below the issuing unit, belongs."""
        return kind in self.kinds and depth >= 1 and (self.depth is None or depth == self.depth)


def empty(audience: Mapping[str, Any] | None) -> bool:
    """Whether nobody is meant."""
    return not audience or not (audience.get("classes") or audience.get("units"))


def normal(audience: Mapping[str, Any] | None) -> dict[str, list]:
    """The audience with every key, sorted, without repetitions."""
    audience = audience or {}
    found = {
        "classes": sorted(set(audience.get("classes") or [])),
        "units": sorted({int(pk) for pk in audience.get("units") or []}),
        "except": sorted({int(pk) for pk in audience.get("except") or []}),
    }
    if branches(audience):
        found["under"] = branches(audience)
    return found


def branches(audience: Mapping[str, Any] | None) -> list[int]:
    """The units to whose branches the classes are limited; empty: everywhere below the issuing unit."""
    return sorted({int(pk) for pk in (audience or {}).get("under") or []})


def joined(audiences: Iterable[Mapping[str, Any] | None]) -> dict[str, list]:
    """The audience that means all meant by one of `audiences`; branches stay only where all are limited."""
    audiences = list(audiences)
    limited = [branches(one) for one in audiences if one and one.get("classes")]
    classes: set[str] = set()
    units: set[int] = set()
    excepted: set[int] = set()
    for audience in audiences:
        part = normal(audience)
        classes.update(part["classes"])
        units.update(part["units"])
        excepted.update(part["except"])
    found: dict[str, list] = {
        "classes": sorted(classes),
        "units": sorted(units),
        "except": sorted(excepted - units),
    }
    if limited and all(limited):
        found["under"] = sorted(set().union(*limited))
    return found


def includes(
    audience: Mapping[str, Any],
    *,
    unit_id: int,
    kind: str,
    depth: int,
    classes: Mapping[str, ClassRule],
    above: Collection[int] = (),
) -> bool:
    """Whether a unit of `kind`, `depth` steps below the issuing unit, is meant. `above`: it and all above it."""
    if unit_id in (audience.get("except") or []):
        return False
    if unit_id in (audience.get("units") or []):
        return True
    under = branches(audience)
    if under and not any(pk in above for pk in under):
        return False
    rules = (classes.get(code) for code in audience.get("classes") or [])
    return any(rule is not None and rule.holds(depth, kind) for rule in rules)


def count(
    audience: Mapping[str, Any],
    *,
    census: Census,
    classes: Mapping[str, ClassRule],
    places: Mapping[int, tuple[int, str]],
) -> int:
    """How many units are meant. `places`: (depth, kind) of each unit named singly; unknown ones count nothing."""
    rules = [classes[code] for code in audience.get("classes") or [] if code in classes]

    def by_class(place: tuple[int, str]) -> bool:
        return any(rule.holds(*place) for rule in rules)

    total = sum(number for place, number in census.items() if by_class(place))
    excepted = set(audience.get("except") or [])
    for pk in set(audience.get("units") or []) - excepted:
        if pk in places and not by_class(places[pk]):
            total += 1
    total -= sum(1 for pk in excepted if pk in places and by_class(places[pk]))
    return total
