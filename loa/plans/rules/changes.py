"""Amendments of a plan in force: kinds of changes, what may change, how the running period is shared. Pure.

What holds when a quota changes from day E on:

- periods that ended before E stay as they were;
- of the running period a unit owes, by days, a share of the old number up to E and of the new one from E on,
  rounded half up: 4 a quarter made 6 from the middle gives 5;
- when the kind of period changes (month → quarter), the running period stays wholly as it was and the new kind
  begins after it;
- a deadline moves as a whole; of a recurring duty the running period follows the new rule;
- cancelled: nothing of the running period is owed any more, debts of earlier periods stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


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


def first_day(kind_of_period_changes: bool, effective_on: dt.date, running_end: dt.date | None) -> dt.date:
    """First day of the new version: the day it takes effect, or the day after the running period when the kind of
    period changes."""
    if kind_of_period_changes and running_end is not None:
        return max(running_end + dt.timedelta(days=1), effective_on)
    return effective_on
