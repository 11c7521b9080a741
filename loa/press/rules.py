"""States of a press release and of its letters, who is meant by a topic, tries again: tables. No Django here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """Where a release stands. Read to people as `models.STATE_LABELS`."""

    DRAFT = "draft"
    WAITING = "waiting"  # for the spokesperson or another second person
    APPROVED = "approved"  # frozen; waits for its hour
    RELEASED = "released"  # letters go out or have gone
    REPLACED = "replaced"  # a corrected release took its place
    WITHDRAWN = "withdrawn"  # taken back: the press was told
    CANCELLED = "cancelled"  # never left


MOVES: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.WAITING, State.CANCELLED),
    State.WAITING: (State.DRAFT, State.APPROVED, State.CANCELLED),
    State.APPROVED: (State.DRAFT, State.RELEASED, State.CANCELLED),
    State.RELEASED: (State.REPLACED, State.WITHDRAWN),
    # with the edition that took its place
    State.REPLACED: (State.WITHDRAWN,),
    State.WITHDRAWN: (),
    State.CANCELLED: (),
}
#: in these nothing has left, so that it may simply be called off
STOPPABLE = (State.DRAFT, State.WAITING, State.APPROVED)


class Letter(StrEnum):
    """Where one letter stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"  # a process holds it
    SENT = "sent"  # the mail server has taken it
    FAILED = "failed"
    SKIPPED = "skipped"


class Why(StrEnum):
    """Why a letter failed or was skipped."""

    NONE = ""
    REFUSED = "refused"
    GAVE_UP = "gave_up"
    UNKNOWN = "unknown"  # handed over, no answer seen: a person decides
    LEFT = "left"  # asked not to be written to any more, before it went
    WITHDRAWN = "withdrawn"  # the release was taken back before it went
    FILES = "files"  # a file that belongs to it cannot be read any more


class What(StrEnum):
    """What a letter tells."""

    RELEASE = "release"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


#: minutes until the next try after a temporary refusal
BACK_OFF = (2, 10, 30, 60, 120)
#: attachments of one letter together: what most newspapers' mail servers take, after base64
MOST_ATTACHED = 14 * 1024 * 1024
MOST_FILES, MOST_PHOTOS = 10, 20
#: a release may be scheduled, or held under embargo, so far ahead
FURTHEST = dt.timedelta(days=60)


def next_try(attempts: int) -> dt.timedelta | None:
    """Time until a letter is tried again after so many tries; None: it has failed."""
    return dt.timedelta(minutes=BACK_OFF[attempts - 1]) if 0 < attempts <= len(BACK_OFF) else None


def wants(followed: Iterable[int], beats: Iterable[int]) -> bool:
    """Whether somebody who follows these topics is meant by a release on those.

    Who chose none follows all; a release without a topic is for everybody.
    """
    chosen, about = set(followed), set(beats)
    return not chosen or not about or bool(chosen & about)


def letter_due(now: dt.datetime, embargo: dt.datetime | None, *, keeps_embargo: bool) -> dt.datetime:
    """When a letter may go: at once to those who promised to keep an embargo, to all others when it ends."""
    return now if embargo is None or keeps_embargo else max(now, embargo)


def is_public(state: str, embargo: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether anybody may read it: released, and its embargo is over."""
    return state in (State.RELEASED, State.REPLACED) and (embargo is None or embargo <= now)
