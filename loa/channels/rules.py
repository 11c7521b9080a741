"""States of a delivery, what an answer of a channel means for it, and when it is tried again. No Django here."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Where a delivery stands. Read to people as `models.STATUS_LABELS`."""

    PENDING = "pending"  # waits for its hour
    SENDING = "sending"  # a worker holds it
    PROCESSING = "processing"  # the channel took it and works on it (Zalo articles)
    RETRY = "retry"  # surely not published; tried again at `next_at`
    CHECKING = "checking"  # may be published: read back before anything else
    UNKNOWN = "unknown"  # could not be found out: a person decides
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TODO = "todo"  # a person must do it on the channel, or read it first


MOVES: dict[str, tuple[str, ...]] = {
    Status.PENDING: (Status.SENDING, Status.CANCELLED, Status.FAILED, Status.TODO),
    Status.SENDING: (
        Status.TODO,
        Status.CANCELLED,
        Status.SENT,
        Status.PROCESSING,
        Status.RETRY,
        Status.CHECKING,
        Status.UNKNOWN,
        Status.FAILED,
        Status.PENDING,
    ),
    Status.PROCESSING: (Status.SENDING, Status.CHECKING, Status.UNKNOWN, Status.TODO),
    Status.RETRY: (Status.SENDING, Status.CANCELLED, Status.TODO),
    Status.CHECKING: (Status.SENDING, Status.UNKNOWN, Status.TODO),
    Status.UNKNOWN: (Status.SENT, Status.RETRY, Status.CANCELLED),
    Status.FAILED: (Status.RETRY, Status.CANCELLED, Status.PENDING, Status.TODO),
    Status.TODO: (Status.SENT, Status.RETRY, Status.CANCELLED),
    Status.SENT: (),
    # only what mends a post, when a person asks for it once more (`services.posts.ask_anew`)
    Status.CANCELLED: (Status.PENDING,),
}

#: a worker may take a delivery out of these once its hour has come
CLAIMABLE = (Status.PENDING, Status.RETRY, Status.CHECKING, Status.PROCESSING)
#: in these nothing was surely sent yet, so that it may simply be called off
STOPPABLE = (Status.PENDING, Status.RETRY, Status.FAILED, Status.TODO)
#: something may have been sent, and what became of it is not known yet
UNDER_WAY = (Status.SENDING, Status.PROCESSING, Status.CHECKING, Status.UNKNOWN)
#: a later post to the same account waits for these
IN_THE_WAY = (Status.PENDING, Status.SENDING, Status.RETRY, Status.CHECKING, Status.PROCESSING)


class Intent(StrEnum):
    """What is to happen on the channel."""

    PUBLISH = "publish"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    TEMPLATE = "template"  # one message to one telephone number, by an approved template
    BROADCAST = "broadcast"  # push to followers: behind a person's approval


#: what mends or removes something readers see: neither a hold nor quiet hours keep it back
MENDING = (Intent.WITHDRAW, Intent.UPDATE)


def answers(intent: str) -> tuple[str, str]:
    """What a person found on the channel, as (it is done, it is to be done again).

    A word never means the opposite of what it means for another intent: "there" of a withdrawal asks for it again.
    """
    return {Intent.WITHDRAW: ("gone", "there"), Intent.UPDATE: ("changed", "old")}.get(
        Intent(intent), ("there", "absent")
    )


class LiveState(StrEnum):
    """Where a live broadcast stands."""

    NEW = "new"  # written down, not made on the channel yet (or that is not known)
    READY = "ready"  # the channel has it, nobody sees it
    LIVE = "live"
    ENDED = "ended"
    DROPPED = "dropped"


LIVE_MOVES: dict[str, tuple[str, ...]] = {
    LiveState.NEW: (LiveState.READY, LiveState.DROPPED),
    LiveState.READY: (LiveState.LIVE, LiveState.ENDED, LiveState.DROPPED),
    LiveState.LIVE: (LiveState.ENDED,),
    LiveState.ENDED: (),
    LiveState.DROPPED: (),
}


class Result(StrEnum):
    """What one try came to."""

    SENT = "sent"
    PROCESSING = "processing"  # taken; ask again later
    RETRY = "retry"  # surely nothing happened; again after a while
    UNKNOWN = "unknown"  # it may have happened: look before anything else
    ASK = "ask"  # it may have happened and cannot be looked up: a person
    ABSENT = "absent"  # looked, and it is not there: may be sent (again)
    LATER = "later"  # the channel's own hours or quota: again at a moment
    ACCOUNT = "account"  # the account must be mended by a person first
    REFUSED = "refused"  # this content will never be taken


@dataclass(frozen=True)
class Outcome:
    """One try's outcome. `code`: stable, worded by `texts.reason`; `detail`: the channel's own words.

    `wait`: seconds until the next try (0: the usual back-off). `pause`: seconds for which the account rests.
    """

    result: Result
    code: str = ""
    detail: str = ""
    external_id: str = ""
    permalink: str = ""
    wait: float = 0
    pause: float = 0
    #: not before this moment, in place of `wait`
    until: dt.datetime | None = None
    #: of a health check: what is kept as `ChannelAccount.facts`
    facts: Mapping[str, Any] = field(default_factory=dict)


#: what may be told of a post, in the order of the screens
#: "visits" we count ourselves: how often the post's address was opened
MEASURES = ("reach", "views", "reactions", "comments", "shares", "clicks", "visits")


@dataclass(frozen=True)
class Measured:
    """One number of a post. `value` None: not told, for the reason `code`; it is never taken for 0."""

    name: str
    value: int | None
    code: str = ""


def ask_again(age: dt.timedelta) -> dt.timedelta | None:
    """How long after a look at a post of that age it is looked at again; None: no more."""
    for older, every in ((2, 1), (7, 6), (30, 24)):
        if age < dt.timedelta(days=older):
            return dt.timedelta(hours=every)
    return None


#: tries that surely did nothing, before a delivery is given up
MOST_TRIES = 8
#: read-backs that gave no answer, before a person is asked
MOST_CHECKS = 6
FIRST_WAIT, LONGEST_WAIT = 15.0, 1800.0
#: failures in a row after which the account rests
BREAKER = 5


def back_off(tries: int, dice: float, *, first: float = FIRST_WAIT, longest: float = LONGEST_WAIT) -> float:
    """Seconds to wait after the `tries`-th failure (from 1); `dice` in 0…1 spreads it over 70–130 %."""
    wait = first * 2 ** (min(max(tries, 1), 30) - 1)
    return float(min(wait, longest) * (0.7 + 0.6 * dice))


def breaker_rest(failures: int) -> float:
    """Seconds an account rests after so many failures in a row; 0 below the limit."""
    if failures < BREAKER:
        return 0
    return float(min(30 * 2 ** (failures - BREAKER), 1800))


def quiet_until(
    local: dt.datetime, begins: dt.time | None, ends: dt.time | None, *, urgent: bool = False
) -> dt.datetime | None:
    """When the quiet hours that hold at `local` are over; None outside them. They may pass midnight."""
    if begins is None or ends is None or begins == ends or urgent:
        return None
    now = local.time().replace(tzinfo=None)
    inside = begins <= now < ends if begins < ends else (now >= begins or now < ends)
    if not inside:
        return None
    day = local.date() + dt.timedelta(days=1 if begins > ends and now >= begins else 0)
    return dt.datetime.combine(day, ends, tzinfo=local.tzinfo)


def kept_hour(payload: Mapping[str, Any]) -> dt.datetime | None:
    """The hour a post was given to the channel to keep; None for all others."""
    at = payload.get("scheduled_for")
    return dt.datetime.fromtimestamp(float(at), dt.UTC) if at else None


def same_text(one: str, other: str) -> bool:
    """Whether two texts are one to a reader: channels reflow white space and some send NFD back."""
    return squeeze(one) == squeeze(other)


def squeeze(text: str) -> str:
    """NFC, white space folded."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fitted(text: str, limit: int) -> str:
    """`text` in NFC within `limit` code points, cut at the end of a word, with "…"."""
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    whole_word = text[limit - 1].isspace()
    return (cut[:space] if space > limit * 0.6 and not whole_word else cut).rstrip(" ,;:.–-") + "…"
