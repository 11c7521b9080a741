"""How the upper domains hear of reorganisations, in the transaction that brings them into effect.

    from loa.org import events
    events.listeners.register("reporting", move_open_duties)     # in ready()

A listener gets the `UnitEvent` once, on the day it takes effect (at once for a past or present date, else by the
daily job). Rights and scopes need no listener: they follow the dates of versions, links and memberships.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loa.core.registry import Registry
from loa.org.models import Unit, UnitEvent

#: called with the event; raise an AppError to refuse the reorganisation
listeners: Registry[Callable[[UnitEvent], None]] = Registry("unit events")


@dataclass(frozen=True)
class Stake:
    """Something of a unit that a reorganisation moves, for the preview: "12 tin, bài đang viết"."""

    label: Any
    count: int
    #: what will become of it
    note: Any = ""


#: called with ids of units; answers what they hold, in a fixed number of queries
stakes: Registry[Callable[[Sequence[int]], list[Stake]]] = Registry("unit stakes")


@dataclass(frozen=True)
class Ward:
    """One thing of a unit that a reorganisation gives to one successor: an open task, a duty laid on it by name.

    `text`: all its words, for the rule that guesses the successor; `owner`: who sees to it in the unit.
    """

    key: str
    label: str
    note: Any = ""
    text: str = ""
    owner: int | None = None
    owner_name: str = ""


#: called with ids of units; answers what of theirs can be given to one of several successors
wards: Registry[Callable[[Sequence[int]], list[Ward]]] = Registry("unit wards")


def wards_of(unit_ids: Sequence[int]) -> list[Ward]:
    """What of the units can be given to one of several successors, in all domains."""
    return [ward for ask in wards for ward in ask(unit_ids)] if unit_ids else []


def chosen(event: UnitEvent) -> dict[str, Unit]:
    """key of a ward → the successor somebody chose for it. One query."""
    units = Unit.objects.in_bulk(list(event.choices.values())) if event.choices else {}
    return {key: units[pk] for key, pk in event.choices.items() if pk in units}


def ended_by(event: UnitEvent) -> list[Unit]:
    """The units that live no longer since the event (a split may leave its unit alive)."""
    return list(event.predecessors.filter(closed_on=event.effective_on).order_by("pk"))


def heirs_of(event: UnitEvent, unit: Unit) -> list[Unit]:
    """Who carries on the open work of a unit that ended: its successors as they were entered, else the one above.

    Empty only for the highest unit of all.
    """
    rows = UnitEvent.successors.through.objects.filter(unitevent=event).exclude(unit=unit).order_by("pk")
    heirs = [row.unit for row in rows.select_related("unit")]
    above = unit.versions.order_by("-valid_from").first()
    return heirs or ([above.parent] if above is not None and above.parent is not None else [])


def tell(event: UnitEvent) -> None:
    """Tell every listener, in order."""
    for listener in listeners:
        listener(event)


def stakes_of(unit_ids: Sequence[int]) -> list[Stake]:
    """What the units hold in all domains, nothing left out but zeros."""
    return [stake for ask in stakes for stake in ask(unit_ids) if stake.count]
