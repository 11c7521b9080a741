"""When somebody is reminded of something: pure arithmetic on days and hours of Việt Nam. No Django here.

A *cause* is something that asks for a deed: a task, a duty, a report to sign, a story to approve or review. It has
a day it is due, or only the day since which it waits. From it and from what a person wishes follows the *moment*:
"three days before", "on the day", "late for the second week". A moment of a cause is told to a person once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from loa.lib.calendar import is_working_day

DAY = dt.timedelta(days=1)
#: days before which one may choose
BEFORE = (14, 7, 3, 1)
#: every how many days what is late is told again; 0: never
LATE_EVERY = (0, 1, 3, 7)
#: the farthest a cause can be told ahead
HORIZON = max(BEFORE) * DAY


class CauseKind(StrEnum):
    """What a person can be reminded of."""

    TASK = "task"  # nhiệm vụ
    DUTY = "duty"  # chỉ tiêu, thời hạn, việc định kỳ
    REPORT = "report"  # báo cáo chờ ký
    APPROVAL = "approval"  # bài chờ đơn vị duyệt
    REVIEW = "review"  # bài chờ Ban Biên tập
    OFFICE = "office"  # lời nhắc của cơ quan cấp trên: always told, once


#: kinds a person may do without
OPTIONAL = (CauseKind.TASK, CauseKind.DUTY, CauseKind.REPORT, CauseKind.APPROVAL, CauseKind.REVIEW)


@dataclass(frozen=True)
class Cause:
    """Something that asks for a deed of one person, as it stands now."""

    kind: CauseKind
    #: names the thing for ever: "task:12:5"
    key: str
    title: str
    url: str
    unit: str = ""
    note: str = ""
    due: dt.date | None = None
    #: waits since (what has no due day), or could first be done (what has one)
    since: dt.date | None = None

    @property
    def anchor(self) -> dt.date:
        """The day its moments are counted from; another anchor, another cause: what was moved is told anew."""
        day = self.due or self.since
        if day is None:
            raise ValueError(f"{self.key} has neither a due day nor a beginning")
        return day

    def late(self, today: dt.date) -> bool:
        """Whether its day has passed."""
        return self.due is not None and self.due < today

    def prefix(self) -> str:
        """What all its moments begin with."""
        return f"{self.anchor:%Y%m%d}:"


@dataclass(frozen=True)
class Wish:
    """How a person wants to be reminded. Hours are hours of Việt Nam."""

    muted: frozenset[str] = frozenset()
    before: tuple[int, ...] = (7, 1)
    on_day: bool = True
    late_every: int = 7
    at: dt.time = dt.time(7, 0)
    quiet_from: dt.time = dt.time(20, 0)
    quiet_to: dt.time = dt.time(6, 30)
    workdays_only: bool = True
    weekly: bool = True
    #: 0 Monday … 6 Sunday
    weekly_on: int = 0


def moment(cause: Cause, wish: Wish, today: dt.date) -> str | None:
    """The moment a cause has reached on a day, None when there is nothing to say.

    What fell on a day without reminders is caught up with on the next: the moment holds until the following one.

    >>> task = Cause(CauseKind.TASK, "task:1:1", "Học bạ số", "/", due=dt.date(2026, 11, 20))
    >>> [moment(task, Wish(), dt.date(2026, 11, day)) for day in (10, 13, 16, 19, 20, 21, 28)]
    [None, '20261120:before-7', '20261120:before-7', '20261120:before-1', '20261120:day', '20261120:late-0', \
'20261120:late-1']
    """
    if cause.kind in wish.muted:
        return None
    if cause.kind == CauseKind.OFFICE:
        return cause.prefix() + "once"
    if cause.due is None:
        days = (today - cause.anchor).days
        if days < 1:  # it was told when it came
            return None
        number = (days - 1) // wish.late_every if wish.late_every else 0
        return cause.prefix() + f"wait-{number}"
    left = (cause.due - today).days
    if left < 0:
        return cause.prefix() + f"late-{(-left - 1) // wish.late_every}" if wish.late_every else None
    if left == 0:
        return cause.prefix() + "day" if wish.on_day else None
    # Of a duty of every week one is not told seven days before: it had not begun.
    reached = [
        days
        for days in wish.before
        if left <= days and (cause.since is None or cause.due - days * DAY >= cause.since)
    ]
    return cause.prefix() + f"before-{min(reached)}" if reached else None


def week_of(day: dt.date) -> str:
    """The name of a week's summary: "2026-W48"."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def weekly_due(wish: Wish, day: dt.date) -> bool:
    """Whether the summary of the week is told on a day: the one chosen, or the first after it with reminders.

    >>> [weekly_due(Wish(weekly_on=6), dt.date(2026, 11, day)) for day in (22, 23, 24)]  # Sunday is passed over
    [False, True, False]
    """
    if not wish.weekly:
        return False
    chosen = day - ((day.weekday() - wish.weekly_on) % 7) * DAY
    while not sends_on(wish, chosen):
        chosen += DAY
    return chosen == day


def is_quiet(wish: Wish, at: dt.time) -> bool:
    """Whether an hour lies in the quiet ones, which may pass midnight. Equal ends: none are quiet.

    >>> [is_quiet(Wish(), dt.time(hour)) for hour in (5, 7, 19, 20, 23)]
    [True, False, False, True, True]
    """
    start, end = wish.quiet_from, wish.quiet_to
    if start == end:
        return False
    if start < end:
        return start <= at < end
    return at >= start or at < end


def hour_of(wish: Wish) -> dt.time:
    """The hour at which the day's reminders go out: the one chosen, or the end of the quiet hours it lies in."""
    return wish.quiet_to if is_quiet(wish, wish.at) else wish.at


def sends_on(wish: Wish, day: dt.date) -> bool:
    """Whether anything is sent on a day."""
    return not wish.workdays_only or is_working_day(day)


def next_at(wish: Wish, after: dt.datetime) -> dt.datetime:
    """The next moment after `after` (aware, read in Việt Nam) at which reminders go out."""
    day = after.date()
    while True:
        at = dt.datetime.combine(day, hour_of(wish), tzinfo=after.tzinfo)
        if at > after and sends_on(wish, day):
            return at
        day += DAY


def quiet_until(wish: Wish, now: dt.datetime) -> dt.datetime | None:
    """The end of the quiet hours that `now` lies in; None outside them."""
    if not is_quiet(wish, now.time()):
        return None
    end = dt.datetime.combine(now.date(), wish.quiet_to, tzinfo=now.tzinfo)
    return end if end > now else end + DAY
