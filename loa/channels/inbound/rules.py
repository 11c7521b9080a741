"""What arrives from a channel, who signed it, when it is too old; what we do with it. No Django here."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: an event older than this is a replay or of no use: what was missed is fetched by asking (`polling`)
STALE = dt.timedelta(hours=48)
#: events are kept so long: longer than they can be sent again, so that a repeated one is known
KEPT_DAYS = 7
#: most bytes of one delivery of events, and most events in it
MOST_BYTES = {"facebook": 2_000_000, "zalo": 256_000}
MOST_EVENTS = 1000
#: tries of one event before it is given up
MOST_TRIES = 8


class Count(StrEnum):
    """What became of what came to the door."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"
    FORGED = "forged"
    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    STALE = "stale"
    UNKNOWN = "unknown"  # of a page we do not know
    IGNORED = "ignored"  # of a kind we make nothing of
    LATE = "late"  # overtaken by a newer event: changed nothing


@dataclass(frozen=True)
class Arrived:
    """One event as it came. `account`: the channel's id of the page or OA; `key`: the same event has the same."""

    account: str
    key: str
    name: str
    at: dt.datetime
    body: dict[str, Any]


@dataclass(frozen=True)
class Words:
    """What one event says, in words that are the same for every channel.

    `what`: "comment", "message", "follow"; `verb`: add, edit, remove, hide, unhide. `thread`: the comment at the
    top of its branch, or the person of a chat. `place`: the post a comment stands under. `author`: the id of the
    person at the channel. `ours`: said by the page itself.
    """

    what: str
    verb: str
    external_id: str
    thread: str
    at: dt.datetime
    author: str = ""
    name: str = ""
    text: str = ""
    place: str = ""
    parent: str = ""
    link: str = ""
    ours: bool = False
    #: not shown to anybody before one of us has read it
    held: bool = False
    #: of the post it stands under, when the channel tells; what Loa posted has its own
    title: str = ""
    #: [{"kind": "image", "url": …, "name": …}]
    files: tuple[dict[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Kept:
    """What an upper domain keeps of one thing said, without its words.

    `standing`: "shown", "held" (waits to be read), "hidden" or "gone". `changed`: when that was last known.
    """

    thread: str
    at: dt.datetime
    changed: dt.datetime
    standing: str
    #: the post it stands under
    place: str = ""


def identity(*parts: object) -> str:
    """A key made of what an event is known by."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def moment(value: object) -> dt.datetime | None:
    """Seconds or milliseconds since 1970, as a number or a text; None for anything else."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    if number > 1e11:
        number /= 1000
    if not 0 < number < 4e9:
        return None
    return dt.datetime.fromtimestamp(number, dt.UTC)


def hub_signed(raw: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Facebook and WebSub: `sha256=<hex HMAC of the raw bytes>` under one of the secrets."""
    given = header.removeprefix("sha256=").strip().lower()
    good = False
    for secret in secrets:
        made = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        good |= hmac.compare_digest(made.encode(), given.encode())
    return good


def zalo_signed(raw: bytes, header: str, firsts: Iterable[str], timestamp: str, secrets: Iterable[str]) -> str:
    """Zalo: `mac=<hex of sha256(first + raw + timestamp + secret)>`. Which variant matched, or an empty text.

    Sources disagree whether `first` is the app's or the OA's id and which secret is meant: all given are tried.
    """
    given = header.strip().removeprefix("mac=").strip().lower().encode()
    matched = ""
    firsts = list(firsts)
    for number, secret in enumerate(secrets):
        for place, first in enumerate(firsts):
            made = hashlib.sha256(first.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()
            if hmac.compare_digest(made.encode(), given):
                matched = f"{'app' if place == 0 else 'oa'}/{'oa-secret' if number == 0 else 'app-secret'}"
    return matched


class Verb(StrEnum):
    """What we do on a channel with what was said."""

    REPLY = "reply"  # below a comment, in public
    PRIVATE = "private"  # to the writer of a comment alone, once
    MESSAGE = "message"  # in a chat
    HIDE = "hide"
    UNHIDE = "unhide"  # also: show for the first time what was held
    DELETE = "delete"
    TAG = "tag"
    UNTAG = "untag"


#: doing these twice is doing them once: a lost answer is simply asked for again
REPEATABLE = frozenset({Verb.HIDE, Verb.UNHIDE, Verb.DELETE, Verb.TAG, Verb.UNTAG})
#: these say something, and are never said twice
SAYING = frozenset({Verb.REPLY, Verb.PRIVATE, Verb.MESSAGE})
