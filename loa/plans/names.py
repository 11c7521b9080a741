"""Names of units as plans print them → audiences, or choices where it is not sure (loa.org.matching)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from loa.org.matching import Candidate, Resolution, catalogue
from loa.org.models import Unit
from loa.plans.rules import audience as audiences


@dataclass(frozen=True)
class Choice:
    """One reading of a name."""

    label: str
    audience: dict[str, list]


@dataclass(frozen=True)
class Resolved:
    """What a printed name means: one sure audience, or choices for a person (maybe none)."""

    name: str
    audience: dict[str, list] | None
    choices: tuple[Choice, ...] = ()


def resolve(names: Iterable[str], unit: Unit, day: dt.date) -> dict[str, Resolved]:
    """Each name read as units at or below `unit` and classes of them on `day`. One catalogue for all names."""
    names = set(names)
    if not names:
        return {}
    known = catalogue(unit.pk, day)
    return {name: _read(name, known.resolve(name)) for name in names}


def _read(name: str, parts: list[Resolution]) -> Resolved:
    sure = [part.best for part in parts if part.sure]
    unsure = [part for part in parts if not part.sure]
    settled = audiences.joined(_audience(best) for best in sure if best is not None)
    if parts and not unsure:
        return Resolved(name, settled)
    choices = tuple(
        Choice(candidate.label, audiences.joined([settled, _audience(candidate)]))
        for candidate in (unsure[0].candidates if unsure else ())
    )
    return Resolved(name, None, choices)


def _audience(candidate: Candidate) -> dict[str, list]:
    return {
        "classes": [candidate.class_code] if candidate.class_code else [],
        "units": [candidate.unit_id] if candidate.unit_id else [],
        "except": [],
    }
