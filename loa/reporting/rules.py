"""What a unit owes and whether it is done: pure arithmetic on dates. No Django here.

A directive (quota, deadline, recurring duty) is cut into *slots*: the periods in which it is owed, each with the
day it is due. What a unit owes in a slot follows from the days it lived in it; the state follows from how many
proofs there are and when they came. Nothing here is stored: asked again tomorrow, it is computed again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from loa.plans.rules import DirectiveKind
from loa.plans.rules.links import fingerprint_of_url
from loa.plans.rules.slots import Slot, Terms, current_slot, slot_of, slots

__all__ = [
    "DONE",
    "Life",
    "Slot",
    "Standing",
    "State",
    "Terms",
    "current_slot",
    "days_late",
    "fingerprint_of_url",
    "owed",
    "owed_by_parts",
    "slot_of",
    "slots",
    "state",
]

ONE_DAY = dt.timedelta(days=1)


class State(StrEnum):
    """Where one obligation stands."""

    NOT_OWED = "not_owed"  # không phải làm
    PENDING = "pending"  # chưa đến hạn, chưa có gì
    DOING = "doing"  # chưa đến hạn, đã có một phần
    MET = "met"  # đạt
    LATE = "late"  # đạt nhưng trễ hạn
    OVERDUE = "overdue"  # quá hạn, còn thiếu


#: states that count as done, and those that ask for action now
DONE = frozenset({State.MET, State.LATE})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit owes in one slot, the proofs there are (`total`, of them `in_time`), and where that stands."""

    slot: Slot
    owed: int
    total: int
    in_time: int
    state: State

    @property
    def missing(self) -> int:
        """How many are still owed."""
        return max(self.owed - self.total, 0)

    @property
    def surplus(self) -> int:
        """How many more than owed."""
        return max(self.total - self.owed, 0)


@dataclass(frozen=True)
class Life:
    """The days in which a unit belonged to a directive's audience; `end` is the first day it no longer does."""

    unit_id: int
    start: dt.date
    end: dt.date | None = None

    def days_in(self, first: dt.date, last: dt.date) -> int:
        """How many days of [first, last] the unit was there."""
        start = max(self.start, first)
        end = last if self.end is None else min(self.end - ONE_DAY, last)
        return max((end - start).days + 1, 0)

    def holds_on(self, day: dt.date) -> bool:
        """Whether the unit was there on `day`."""
        return self.start <= day and (self.end is None or day < self.end)


def owed(terms: Terms, slot: Slot, lives: Iterable[Life]) -> int:
    """How many a unit owes in `slot`, given the spans in which it was in the audience.

    A quota is pro-rated by days and rounded half up: of "4 bài/quý" a school founded in mid-quarter owes 2.
    A deadline or a recurring duty is owed whole by whoever is there on the day it is due.
    """
    spans = list(lives)
    if terms.kind != DirectiveKind.QUOTA:
        return terms.count if any(life.holds_on(min(slot.due, slot.end)) for life in spans) else 0
    whole = (slot.end - slot.start).days + 1
    there = min(sum(life.days_in(slot.start, slot.end) for life in spans), whole)
    return (2 * terms.count * there + whole) // (2 * whole)


def owed_by_parts(parts: Iterable[tuple[int, dt.date, dt.date, Iterable[Life]]], slot: Slot) -> int:
    """How many of a quota a unit owes in a slot in which the quota changed.

    `parts`: (number, first day, last day, spans of the unit) of each version that held in the slot. By days,
    rounded half up over the whole: 4 a quarter made 6 from its middle gives 5, a school that joined then owes 3.
    """
    whole = (slot.end - slot.start).days + 1
    total = 0
    for count, first, last, lives in parts:
        first, last = max(first, slot.start), min(last, slot.end)
        length = max((last - first).days + 1, 0)
        total += count * min(sum(life.days_in(first, last) for life in lives), length)
    return (2 * total + whole) // (2 * whole)


def state(*, owed: int, total: int, in_time: int, slot: Slot, today: dt.date) -> State:
    """Where the obligation stands: `total` proofs so far, `in_time` of them dated up to the due day."""
    if owed <= 0:
        return State.NOT_OWED
    if in_time >= owed:
        return State.MET
    if total >= owed:
        return State.LATE
    if today > slot.due:
        return State.OVERDUE
    return State.DOING if total else State.PENDING


def days_late(slot: Slot, today: dt.date) -> int:
    """Calendar days since the due day; 0 while there is time."""
    return max((today - slot.due).days, 0)
