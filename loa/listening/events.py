"""Doors of listening for domains above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from loa.core.registry import Registry
from loa.listening.models import Case, Item, Spike, counts_in_case
from loa.listening.watch.detect import items_of
from loa.listening.watch.texts import name_of


@dataclass(frozen=True)
class Matter:
    """What may become a hot issue: a case, or a spike without one that most of it belongs to."""

    unit_id: int
    #: tells one from another: "case:7", "spike:3"
    key: str
    title: str
    items: QuerySet[Item]
    case: Case | None = None
    spike: Spike | None = None
    #: 1…3, as of an alert
    level: int = 1


def matter_of_case(case: Case, *, level: int = 1) -> Matter:
    """A case with all its items but those that a person said are not about education."""
    items = Item.objects.filter(counts_in_case(), case=case)
    return Matter(case.unit_id, f"case:{case.pk}", case.title, items, case=case, level=level)


def matter_of_spike(spike: Spike, *, level: int = 1) -> Matter:
    """A spike: the case that most of it belongs to, else its own items."""
    if spike.case is not None:
        return matter_of_case(spike.case, level=level)
    # Of the items once more: a join over topics or units may give one twice.
    items = Item.objects.filter(pk__in=items_of(spike).values("pk"))
    return Matter(spike.unit_id, f"spike:{spike.pk}", name_of(spike.about), items, spike=spike, level=level)


@dataclass(frozen=True)
class Handover:
    """Something one tap makes of a matter: `label` on the button, `may` (actor, matter) whether it is offered,
    `make` (actor, matter) makes it, with everything attached, and returns its address.
    """

    label: Any
    may: Callable[[Any, Matter], bool]
    make: Callable[[Any, Matter], str]


#: whoever deals with hot issues registers here; while nobody does, no button is shown
handovers: Registry[Handover] = Registry("listening_handovers")
