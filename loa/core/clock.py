"""The one clock. Stored in UTC, read in Việt Nam. Tests move it with `clock.frozen(...)`."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
#: days one can reckon with: the first and last of the calendar have no moment in UTC, the last no morrow either
_FIRST, _LAST = dt.date(2, 1, 1), dt.date(9998, 12, 31)
_frozen: ContextVar[dt.datetime | None] = ContextVar("frozen", default=None)


def now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return _frozen.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The date on the wall in Việt Nam."""
    return local(now()).date()


def local(moment: dt.datetime) -> dt.datetime:
    """`moment` as read in Việt Nam."""
    return moment.astimezone(VIETNAM)


def start_of(day: dt.date) -> dt.datetime:
    """Midnight in Việt Nam at which `day` begins; a day at an end of the calendar is held within it."""
    return dt.datetime.combine(min(max(day, _FIRST), _LAST), dt.time.min, tzinfo=VIETNAM)


def end_of(day: dt.date) -> dt.datetime:
    """Midnight in Việt Nam at which `day` is over (the first moment of the next day)."""
    return start_of(min(day, _LAST) + dt.timedelta(days=1))


@contextlib.contextmanager
def frozen(moment: dt.datetime | dt.date | str) -> Iterator[dt.datetime]:
    """Hold the clock at `moment` (a date means 09:00 of that day in Việt Nam)."""
    if isinstance(moment, str):
        moment = dt.datetime.fromisoformat(moment) if "T" in moment else dt.date.fromisoformat(moment)
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(9), tzinfo=VIETNAM)
    token = _frozen.set(moment.astimezone(dt.UTC))
    try:
        yield moment
    finally:
        _frozen.reset(token)
