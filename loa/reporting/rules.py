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
from functools import lru_cache
from typing import cast

from loa.lib.calendar import Kind, Period, periods_between
from loa.plans.rules import DirectiveKind
from loa.plans.rules.links import fingerprint_of_url as fingerprint_of_url

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


@dataclass(frozen=True)
class Terms:
    """What of a directive matters for the arithmetic."""

    pk: int
    kind: str
    count: int
    #: week, month, quarter, semester, year, school_year; empty for a single deadline
    period: str
    starts_on: dt.date
    ends_on: dt.date
    due_on: dt.date | None = None
    #: 1…31: that day of the period's last month; negative: so many days after its end; None: its last day
    due_day: int | None = None


@dataclass(frozen=True)
class Slot:
    """One period of a directive: `start` and `end` inclusive, `due` the last day in time."""

    start: dt.date
    end: dt.date
    due: dt.date
    label: str


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


def _due(period: Period, due_day: int | None) -> dt.date:
    if due_day is None:
        return period.end
    if due_day < 0:
        return period.end - dt.timedelta(days=due_day)
    month_end = period.end
    return month_end.replace(day=min(due_day, month_end.day))


@lru_cache(maxsize=4096)
def slots(terms: Terms) -> tuple[Slot, ...]:
    """Every slot of a directive, in order. A period that only partly lies in its dates is a slot when at least
    half of it does: "mỗi quý" of a plan in force from 20 January asks for quarter I, from 1 March it does not.
    """
    if terms.kind == DirectiveKind.DEADLINE or not terms.period:
        due = terms.due_on or terms.ends_on
        return (Slot(terms.starts_on, max(due, terms.starts_on), due, ""),)
    found = []
    for period in periods_between(terms.starts_on, terms.ends_on, cast(Kind, terms.period)):
        first, last = max(period.start, terms.starts_on), min(period.end, terms.ends_on)
        inside, whole = (last - first).days + 1, (period.end - period.start).days + 1
        if inside * 2 >= whole:
            found.append(Slot(period.start, period.end, _due(period, terms.due_day), period.label))
    return tuple(found)


def slot_of(terms: Terms, day: dt.date) -> Slot | None:
    """The slot for which something dated `day` counts, or None."""
    for slot in slots(terms):
        if slot.start <= day <= slot.end:
            return slot
    if terms.kind == DirectiveKind.DEADLINE and day > slots(terms)[0].end:
        return slots(terms)[0]  # late, but it is the only thing it can be for
    return None


def current_slot(terms: Terms, day: dt.date) -> Slot | None:
    """The slot one works on at `day`: the one that holds it, else the last one before."""
    before = None
    for slot in slots(terms):
        if slot.start > day:
            break
        before = slot
        if day <= slot.end:
            break
    return before


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
