"""When a broadcast may go, and what is left of what its receivers may get. Pure; dates are passed in.

Zalo delivers broadcasts from 06:00 to 21:59; a person receives one a day and, depending on the package, one to six
a month, however many are sent. What cannot be read back is never sent twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loa.channels.zalo.targets import overlap

OPENS, CLOSES = dt.time(6, 0), dt.time(22, 0)
#: the first minute we use in the morning, and over how many minutes broadcasts are spread
FIRST, SPREAD = dt.time(6, 5), 10
MOST_ARTICLES = 5
#: a person receives so many a day
PER_DAY = 1


def window(local: dt.datetime, dice: float) -> dt.datetime | None:
    """When the next window begins, spread by `dice` in 0…1; None within it."""
    now = local.time().replace(tzinfo=None)
    if OPENS <= now < CLOSES:
        return None
    day = local.date() + dt.timedelta(days=1 if now >= CLOSES else 0)
    opens = dt.datetime.combine(day, FIRST, tzinfo=local.tzinfo)
    return opens + dt.timedelta(seconds=int(dice * SPREAD * 60))


@dataclass(frozen=True)
class Earlier:
    """A broadcast that went or will go: its local day, and whom it is aimed at."""

    day: dt.date
    target: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Forecast:
    """What a broadcast would find. `followers`: 0 when not known."""

    day: dt.date
    followers: int
    month_cap: int
    used_today: int
    used_month: int
    #: codes of what speaks against it: "today", "month", "unverified"
    against: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many more a receiver may get in the month, this one not counted."""
        return max(self.month_cap - self.used_month, 0)


def forecast(
    day: dt.date,
    target: Mapping[str, Sequence[str]],
    earlier: Sequence[Earlier],
    *,
    followers: int,
    month_cap: int,
    verified: bool | None,
) -> Forecast:
    """What is left on `day` for those meant by `target`, if every one of `earlier` arrived."""
    meant = [one for one in earlier if overlap(one.target, target)]
    today = sum(one.day == day for one in meant)
    month = sum((one.day.year, one.day.month) == (day.year, day.month) for one in meant)
    against = []
    if verified is False:
        against.append("unverified")
    if today >= PER_DAY:
        against.append("today")
    if month >= month_cap:
        against.append("month")
    return Forecast(day, followers, month_cap, today, month, against)
