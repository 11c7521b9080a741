"""What was said to us: who receives it (inbox, portal) hands it to whoever listens; neither knows the other.

A listener registers in `ready()`; it is called in the transaction that keeps the words, and bears the same twice.
From either side one finds the way to the other: `talks_of`, `found_at`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loa.core.registry import Registry


@dataclass(frozen=True)
class Heard:
    """One comment or message. `text` without telephone numbers and the like; `author`: a code, never a name."""

    unit_id: int
    #: "facebook", "zalo", "portal"
    origin: str
    #: what the place is called: the page, the OA, the site
    place: str
    #: the same words have the same key
    key: str
    text: str
    at: dt.datetime
    author: str = ""
    #: the page it was written under, if in public
    url: str = ""
    #: its conversation, as a resolver of `talks` knows it: "feedback:12-34"; never a number of the channel's
    talk: str = ""
    #: by which the place is known also when it is called otherwise: "channels:12"; never a number of the channel's
    place_key: str = ""


@dataclass(frozen=True)
class Talk:
    """The conversation something was said in, as one person may see it. No word of the writer's, no name."""

    url: str
    #: how it stands, in words, with the colour of `{% chip %}`
    state: str
    chip: str
    #: whether somebody is still to answer, and whether this person may
    waits: bool
    may_answer: bool
    #: who answers: the unit, and of it an officer who has it
    unit: str
    who: str = ""
    #: what it was written under
    title: str = ""
    due_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None


#: keys whose words their writer took back, or had erased: whoever keeps a copy forgets them too. Without the
#: unit: the one that heard them may have ended since
gone: Registry[Callable[[Sequence[str]], object]] = Registry("what its writer took back")
#: (key, words as they are now, without telephone numbers and the like): whoever keeps a copy keeps these instead
changed: Registry[Callable[[str, str], object]] = Registry("what its writer changed")
heard: Registry[Callable[[Heard], object]] = Registry("listeners to what is said to us")
#: by the first part of `Heard.talk`: (person, the rest of each) → those the person may read; a constant number of
#: queries
talks: Registry[Callable[[Any, Sequence[str]], dict[str, Talk]]] = Registry("conversations")
#: (person, keys, newest first) → address of the first that is kept and that the person may read, or None
kept: Registry[Callable[[Any, Sequence[str]], str | None]] = Registry("where what was said is listened to")


def hand_over(one: Heard) -> None:
    """Let everybody who listens have it."""
    for listener in heard:
        listener(one)


def hand_back(keys: Sequence[str]) -> None:
    """Let everybody who heard it forget its words."""
    if keys:
        for listener in gone:
            listener(keys)


def hand_change(key: str, text: str) -> None:
    """Let everybody who heard it have its words as they are now."""
    for listener in changed:
        listener(key, text)


def talks_of(user: Any, refs: Iterable[str]) -> dict[str, Talk]:
    """The conversations of these (`Heard.talk`) that the person may read; the others are left out."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        room, sep, rest = ref.partition(":")
        if sep and room in talks:
            grouped[room].append(rest)
    return {
        f"{room}:{rest}": talk
        for room, known in grouped.items()
        for rest, talk in talks[room](user, known).items()
    }


def found_at(user: Any, keys: Sequence[str]) -> str:
    """Where the first of these can be seen as what was listened to; empty when the person may not."""
    if not keys:
        return ""
    return next((url for find in kept if (url := find(user, keys))), "")
