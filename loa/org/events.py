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
from loa.org.models import UnitEvent

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


def tell(event: UnitEvent) -> None:
    """Tell every listener, in order."""
    for listener in listeners:
        listener(event)


def stakes_of(unit_ids: Sequence[int]) -> list[Stake]:
    """What the units hold in all domains, nothing left out but zeros."""
    return [stake for ask in stakes for stake in ask(unit_ids) if stake.count]
