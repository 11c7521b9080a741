"""Levels, moves, hours and floods of alerts: tables and pure functions."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum, StrEnum

from loa.core.transitions import Transitions


class Level(IntEnum):
    """How much hurry there is."""

    NOTE = 1  # more is said than usual
    ACT = 2  # and much of it against us
    URGENT = 3  # and fast, or of what touches children's safety


class AlertState(StrEnum):
    """Who has it in hand."""

    OPEN = "open"
    ESCALATED = "escalated"  # nobody took it in time: the leaders were told
    TAKEN = "taken"
    CLOSED = "closed"


ALERT_MOVES = Transitions(
    "listening.alert",
    {
        AlertState.OPEN: (AlertState.TAKEN, AlertState.CLOSED, AlertState.ESCALATED),
        AlertState.ESCALATED: (AlertState.TAKEN, AlertState.CLOSED, AlertState.OPEN),
        # it became urgent in somebody's hands: the clock runs again
        AlertState.TAKEN: (AlertState.CLOSED, AlertState.OPEN),
        AlertState.CLOSED: (AlertState.TAKEN, AlertState.OPEN),
    },
)


class MailState(StrEnum):
    """What became of the mail to one person about one alert."""

    NONE = "none"  # not wished for, or no address
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    LATER = "later"  # certainly not taken; tried again
    REFUSED = "refused"
    UNKNOWN = "unknown"  # perhaps taken: never sent again
    DROPPED = "dropped"  # somebody took the alert before the mail went
    GONE = "gone"  # the person sees to it no more


#: Zalo lets an OA write to a person for so long after their last message
ZALO_WINDOW = dt.timedelta(days=7)
#: topics that touch children's safety: a spike of them is never a mere note
GRAVE = frozenset({"bao-luc", "an-toan", "ban-tru"})
#: share of unfriendly items from which a spike asks for a deed, and from which it is urgent
ACT_FROM, URGENT_FROM = 0.4, 0.6
#: probability (−log10) and items from which an unfriendly spike is urgent
URGENT_STRENGTH, URGENT_ITEMS = 8.0, 8

#: after so long without anybody taking it, the leaders are told
ESCALATES = {Level.URGENT: dt.timedelta(minutes=30), Level.ACT: dt.timedelta(hours=4)}
#: an alert nobody touched is old after so long: the spike is history
OLD = dt.timedelta(days=3)

#: hours in which no mail goes out, unless a person chose others; urgent ones wait too, the bell shows them
QUIET_FROM, QUIET_TO = dt.time(21, 0), dt.time(6, 30)
#: so many mails an hour go one by one; what comes above is gathered in one mail at the end of the hour
FLOOD, FLOOD_SPAN = 3, dt.timedelta(hours=1)

#: a letter the relay does not take now is tried again after so long, twice as long, …, at last every hour
RETRY, RETRY_MOST = dt.timedelta(minutes=5), dt.timedelta(hours=1)
#: a letter of a digest is tried so often: the last time nearly a day after the first
DIGEST_TRIES = 27


def retry_after(tries: int) -> dt.timedelta:
    """How long to wait after so many tries."""
    return min(RETRY * 2 ** min(tries - 1, 10), RETRY_MOST)


def level_of(*, topics: frozenset[str], items: int, negative: int, strength: float) -> Level:
    """How much hurry a spike has: its items, the unfriendly ones among them, how improbable it is (−log10)."""
    share = negative / items if items else 0.0
    grave = bool(topics & GRAVE)
    fast = strength >= URGENT_STRENGTH and items >= URGENT_ITEMS
    if share >= URGENT_FROM and (fast or (grave and items >= 5)):
        return Level.URGENT
    if share >= ACT_FROM or (grave and share > 0.2):
        return Level.ACT
    return Level.NOTE


def usual_words(expected: float) -> str:
    """What is usual, after "thường lệ": "chưa đến 1", "khoảng 3"."""
    return "chưa đến 1" if expected < 0.75 else f"khoảng {round(expected)}"


def after_quiet(at: dt.datetime, quiet_from: dt.time, quiet_to: dt.time) -> dt.datetime:
    """The first moment from `at` (local time) on that lies outside the quiet hours."""
    if quiet_from == quiet_to:
        return at
    now = at.timetz().replace(tzinfo=None)
    over_midnight = quiet_from > quiet_to
    quiet = (now >= quiet_from or now < quiet_to) if over_midnight else quiet_from <= now < quiet_to
    if not quiet:
        return at
    end = at.replace(hour=quiet_to.hour, minute=quiet_to.minute, second=0, microsecond=0)
    return end if end > at else end + dt.timedelta(days=1)
