"""What of a task stays as the plan above gave it, whoever writes. Pure."""

from __future__ import annotations

import datetime as dt

#: of a task taken over from above: all but who sees to it here
OF_TASK = ("content", "product", "timeframe", "starts_on", "due_on", "topic")
#: of a task that carries out a quota, deadline or recurring duty: what is asked and how often; the last day may
#: only come earlier, how the unit goes about it is its own
OF_DIRECTIVE = ("content", "timeframe")


def fixed_fields(*, by_task: bool, by_directive: bool, topic: bool = False) -> tuple[str, ...]:
    """Fields that are not written below. `topic`: the directive names one.

    >>> fixed_fields(by_task=False, by_directive=True, topic=True)
    ('content', 'timeframe', 'topic')
    >>> fixed_fields(by_task=False, by_directive=False)
    ()
    """
    if by_task:
        return OF_TASK
    if by_directive:
        return (*OF_DIRECTIVE, "topic") if topic else OF_DIRECTIVE
    return ()


def followed_day(own: dt.date | None, was: dt.date | None, now: dt.date | None) -> dt.date | None:
    """The last day of a task below after what is asked above changed.

    The new one, unless the unit had set itself an earlier day that is still in time.

    >>> day = dt.date
    >>> followed_day(day(2026, 6, 20), day(2026, 6, 30), day(2026, 7, 10))
    datetime.date(2026, 6, 20)
    >>> followed_day(day(2026, 6, 30), day(2026, 6, 30), day(2026, 7, 10))
    datetime.date(2026, 7, 10)
    >>> followed_day(day(2026, 6, 20), day(2026, 6, 30), day(2026, 6, 10))
    datetime.date(2026, 6, 10)
    """
    if own and was and now and own < was and own <= now:
        return own
    return now
