"""The slots of a directive: the periods in which it is owed, each with the day it is due. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from loa.lib.calendar import Kind, Period, periods_between
from loa.plans.rules.states import DirectiveKind


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
    #: 1…31: that day of the period's last month, of a week 1 (Monday) … 7; negative: so many days after its end;
    #: None: its last day
    due_day: int | None = None
    #: of a version of an amended directive: the first day it holds, and the first it no longer does. It owns the
    #: slots that had neither ended nor come due before `since`, and have ended or come due before `until`.
    since: dt.date | None = None
    until: dt.date | None = None
    #: of such a version: the day on which the period running at `since` was due until then; None: none was running
    running_due: dt.date | None = None


@dataclass(frozen=True)
class Slot:
    """One period of a directive: `start` and `end` inclusive, `due` the last day in time."""

    start: dt.date
    end: dt.date
    due: dt.date
    label: str


def _due(period: Period, due_day: int | None) -> dt.date:
    if due_day is None:
        return period.end
    if due_day < 0:
        return period.end - dt.timedelta(days=due_day)
    if period.kind == "week":
        return period.start + dt.timedelta(days=min(due_day, 7) - 1)
    month_end = period.end
    return month_end.replace(day=min(due_day, month_end.day))


def _due_in(terms: Terms, period: Period) -> dt.date:
    """The day a period is due. Of the one that ran when the version began, the day it had until then holds where
    that day had come already, and where the new one had: nobody is made late for a day that was past."""
    due, held = _due(period, terms.due_day), terms.running_due
    if terms.since is None or held is None or not period.start < terms.since <= period.end:
        return due
    return held if min(held, due) < terms.since else due


def running_due(former: Terms, day: dt.date) -> dt.date | None:
    """The day on which the period that runs on `day`, begun before it, is due; None where one begins then."""
    if former.kind == DirectiveKind.DEADLINE or not former.period:
        return None
    for period in periods_between(day, day, cast(Kind, former.period)):
        if period.start < day:
            return _due_in(former, period)
    return None


@lru_cache(maxsize=4096)
def slots(terms: Terms) -> tuple[Slot, ...]:
    """Every slot of a directive, in order. A period that only partly lies in its dates is a slot when at least
    half of it does: "mỗi quý" of a plan in force from 20 January asks for quarter I, from 1 March it does not.
    Nor is one due before the first day: "thứ Ba hằng tuần" asked for on a Thursday begins a week later.

    Of an amended directive every period belongs to one version: what had ended or come due before the day of the
    amendment stays with the former.
    """
    if terms.kind == DirectiveKind.DEADLINE or not terms.period:
        if terms.until is not None:
            return ()  # moved as a whole to the next version, or cancelled
        due = terms.due_on or terms.ends_on
        return (Slot(terms.starts_on, max(due, terms.starts_on), due, ""),)
    found = []
    for period in periods_between(terms.starts_on, terms.ends_on, cast(Kind, terms.period)):
        first, last = max(period.start, terms.starts_on), min(period.end, terms.ends_on)
        inside, whole = (last - first).days + 1, (period.end - period.start).days + 1
        due = _due_in(terms, period)
        closed = min(period.end, due)
        if terms.since is not None and closed < terms.since:
            continue
        if terms.until is not None and closed >= terms.until:
            continue
        if inside * 2 >= whole and due >= terms.starts_on:
            found.append(Slot(period.start, period.end, due, period.label))
    return tuple(found)


def slot_of(terms: Terms, day: dt.date) -> Slot | None:
    """The slot for which something dated `day` counts, or None."""
    for slot in slots(terms):
        if slot.start <= day <= slot.end:
            return slot
    if terms.kind == DirectiveKind.DEADLINE and slots(terms) and day > slots(terms)[0].end:
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
