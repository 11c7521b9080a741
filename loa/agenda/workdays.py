"""Days off and working Saturdays the highest office has set, for every clock that counts working days."""

from __future__ import annotations

import datetime as dt
import time

from django.db import DatabaseError

from loa.agenda.models import CalendarDay
from loa.agenda.rules import DayKind

#: seconds for which a process keeps what it read
KEPT = 60
_kept: tuple[float, dict[dt.date, bool]] = (0.0, {})


def forget() -> None:
    """Read anew next time."""
    global _kept
    _kept = (0.0, {})


def overrides() -> dict[dt.date, bool]:
    """Day → whether it is worked, as set by units without one above them; at most a minute old."""
    global _kept
    until, days = _kept
    now = time.monotonic()
    if now < until:
        return days
    try:
        rows = list(
            CalendarDay.objects.filter(unit__parent=None)
            .exclude(kind=DayKind.MARK)
            .values_list("kind", "on", "until")
        )
    except DatabaseError:  # before the first migrate, or away for a moment: the law's own days hold
        return days
    found = {
        on + dt.timedelta(days=number): kind == DayKind.WORK
        for kind, on, until_day in rows
        for number in range((until_day - on).days + 1)
    }
    _kept = (now + KEPT, found)
    return found
