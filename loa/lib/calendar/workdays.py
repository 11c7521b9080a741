"""Working days in Việt Nam, and how long there is until a deadline, in words.

Public holidays come from the `holidays` package (Bộ luật Lao động 2019, Điều 112; days off moved to a
weekday, swapped days as announced; Tết and Giỗ Tổ by the calendar at UTC+7). From 2026 24/11, Ngày Văn hóa
Việt Nam, is a day off (NQ 80-NQ/TW, 07/01/2026). What a province decides on its own is passed in: {date:
True = a working day, False = off}.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache

import holidays

from .words import day_words

#: Việt Nam has had one time zone without summer time since 1976
VIETNAM = dt.timezone(dt.timedelta(hours=7), "Asia/Ho_Chi_Minh")
CULTURE_DAY = (11, 24)
CULTURE_DAY_SINCE = 2026
_DAY = dt.timedelta(days=1)

Overrides = Mapping[dt.date, bool]

#: where the days a province sets come from when a caller passes none; see `set_overrides`
_provider: Callable[[], Overrides] | None = None


def set_overrides(provider: Callable[[], Overrides] | None) -> None:
    """Name the source of the days that a province sets on its own; asked at every count, so it must be quick."""
    global _provider
    _provider = provider


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[dict[dt.date, str], frozenset[dt.date]]:
    known = holidays.country_holidays("VN", years=year, language="vi")
    names = {day: name for day, name in known.items() if day.year == year}
    if year >= CULTURE_DAY_SINCE:
        names.setdefault(dt.date(year, *CULTURE_DAY), "Ngày Văn hóa Việt Nam")
    return names, frozenset(day for day in known.weekend_workdays if day.year == year)


def local_day(moment: dt.date | dt.datetime) -> dt.date:
    """The day in Việt Nam; an aware datetime is converted, a naive one is taken as local."""
    if isinstance(moment, dt.datetime):
        return (moment.astimezone(VIETNAM) if moment.tzinfo else moment).date()
    return moment


def holiday_name(day: dt.date) -> str | None:
    """The name of the public holiday on that day, None on any other."""
    return _year(day.year)[0].get(day)


def is_working_day(day: dt.date, overrides: Overrides | None = None) -> bool:
    """Monday to Friday without holidays, Saturdays swapped for a day off, and what `overrides` say."""
    if overrides is None and _provider is not None:
        overrides = _provider()
    if overrides and day in overrides:
        return overrides[day]
    off, worked = _year(day.year)
    if day in off:
        return False
    return day.weekday() < 5 or day in worked


def next_working_day(day: dt.date, overrides: Overrides | None = None) -> dt.date:
    """The day itself when it is a working day, or the next that is."""
    while not is_working_day(day, overrides):
        day += _DAY
    return day


def add_working_days(start: dt.date | dt.datetime, count: int, overrides: Overrides | None = None) -> dt.date:
    """The working day `count` working days after (before, when negative) `start`, which itself does not count.

    0 gives the first working day from `start` on.
    """
    day = local_day(start)
    if count == 0:
        return next_working_day(day, overrides)
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, overrides)
    return day


def working_days_between(
    after: dt.date | dt.datetime, until: dt.date | dt.datetime, overrides: Overrides | None = None
) -> int:
    """Working days after `after` up to and with `until`; 0 when `until` is not later."""
    day, last = local_day(after), local_day(until)
    count = 0
    while day < last:
        day += _DAY
        count += is_working_day(day, overrides)
    return count


def working_days_left(
    now: dt.date | dt.datetime, due: dt.date | dt.datetime, overrides: Overrides | None = None
) -> int:
    """Working days from tomorrow to the deadline; 0 on the day itself; negative: working days since the
    deadline."""
    today, deadline = local_day(now), local_day(due)
    if deadline >= today:
        return working_days_between(today, deadline, overrides)
    return -max(1, working_days_between(deadline, today, overrides))


def due_words(now: dt.date | dt.datetime, due: dt.date | dt.datetime, overrides: Overrides | None = None) -> str:
    """How a deadline stands: "còn 2 ngày làm việc", "hạn hôm nay", "trễ 3 ngày".

    Time left is told in working days (that is what one has), further off than three weeks and time passed in
    days of the calendar.
    """
    today, deadline = local_day(now), local_day(due)
    if deadline < today:
        return f"trễ {(today - deadline).days} ngày"
    if isinstance(now, dt.datetime) and isinstance(due, dt.datetime) and deadline == today and due < now:
        return "vừa quá hạn"
    if deadline == today:
        return "hạn hôm nay"
    left = working_days_between(today, deadline, overrides)
    if left == 0:
        return f"hạn {day_words(deadline)}"
    if left > 15:
        return f"còn {(deadline - today).days} ngày"
    return f"còn {left} ngày làm việc"
