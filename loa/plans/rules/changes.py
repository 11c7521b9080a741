"""Amendments of a plan in force: kinds of changes, what may change, how the running period is shared. Pure.

What holds when a quota changes from day E on:

- periods that ended, or were due, before E stay as they were: on E nobody is made late for a day that is past, and
  nobody is let off one;
- where the new day of the running period is past on E and the old one still to come, it keeps the old one;
- of the running period a unit owes, by days, a share of the old number up to E and of the new one from E on,
  rounded half up: 4 a quarter made 6 from the middle gives 5;
- when the kind of period changes (month → quarter), the running period stays wholly as it was and the new kind
  begins after it;
- another word for what is counted ("video" for "bài") counts what it names from E on; what was counted stays;
- a deadline moves as a whole; of a recurring duty the running period follows the new rule;
- cancelled: nothing of the running period is owed any more unless it was due before; debts of earlier ones stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from loa.plans.rules.slots import Slot, Terms, running_due, slots
from loa.plans.rules.states import DirectiveKind


class ChangeKind(StrEnum):
    """What an amendment does to one task or directive."""

    ADD = "add"
    ALTER = "alter"
    CANCEL = "cancel"


#: fields of a task and of a directive that an amendment may change
TASK_FIELDS = ("content", "product", "timeframe", "starts_on", "due_on", "lead", "support")
DIRECTIVE_FIELDS = ("title", "count", "noun", "period", "due_on", "due_day", "recipient", "audience")


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs: (as it was, as it is to be), only the fields that do, as JSON values.

    >>> differences({"count": 1, "noun": "bài"}, {"count": 2, "noun": "bài"}, ("count", "noun"))
    ({'count': 1}, {'count': 2})
    """
    was, now = {}, {}
    for name in fields:
        if name not in after:
            continue
        old, new = plain(before.get(name)), plain(after[name])
        if (old or None) != (new or None):
            was[name], now[name] = old, new
    return was, now


def boundary(former: Terms, period: str, effective_on: dt.date) -> dt.date:
    """First day of a version whose kind of period differs: the first start of a new period from `effective_on` on
    that cuts none of the former's periods in two."""
    if former.kind == DirectiveKind.DEADLINE or not former.period or former.period == period:
        return effective_on
    old = slots(former)
    new = slots(replace(former, period=period, since=None, until=None))
    starts = [slot.start for slot in new if slot.start >= effective_on]
    for start in starts:
        if not any(slot.start < start <= slot.end for slot in old):
            return start
    return starts[0] if starts else effective_on


def running_share(former: Terms, count: int, effective_on: dt.date) -> tuple[Slot, int, int, int] | None:
    """(running period, days of it under the old number, days under the new one, owed in all) of a quota whose
    number changes; None when no period is cut in two.

    The figure of a unit that was there all through; reporting computes each unit's own the same way.
    """
    if former.kind != DirectiveKind.QUOTA:
        return None
    for slot in slots(former):
        if slot.start < effective_on <= min(slot.end, slot.due):
            whole = (slot.end - slot.start).days + 1
            old = (effective_on - slot.start).days
            total = former.count * old + count * (whole - old)
            return slot, old, whole - old, (2 * total + whole) // (2 * whole)
    return None


def came_due(former: Terms, effective_on: dt.date) -> Slot | None:
    """The running period, when it was due before an amendment takes effect: it stays wholly as it was."""
    return next((slot for slot in slots(former) if slot.due < effective_on and _runs(slot, effective_on)), None)


def keeps_its_day(former: Terms, due_day: int | None, effective_on: dt.date) -> tuple[Slot, dt.date] | None:
    """(the running period as it was, its new day) when an amendment sets it a day that is past by then: it keeps
    the old one, for this time."""
    held = running_due(former, effective_on)
    before = next((slot for slot in slots(former) if _runs(slot, effective_on)), None)
    if held is None or before is None or before.due < effective_on:
        return None
    bare = replace(former, due_day=due_day, since=None, until=None, running_due=None, starts_on=before.start)
    new = next((slot for slot in slots(bare) if slot.start == before.start), None)
    return (before, new.due) if new is not None and new.due < effective_on else None


def _runs(slot: Slot, day: dt.date) -> bool:
    return slot.start < day <= slot.end
