"""What was said to us: who receives it (inbox, portal) hands it to whoever listens; neither knows the other.

A listener registers in `ready()`; it is called in the transaction that keeps the words, and bears the same twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    #: where it can be read, if in public
    url: str = ""


#: (unit, keys) whose words their writer took back, or had erased: whoever keeps a copy forgets them too
gone: Registry[Callable[[int, Sequence[str]], object]] = Registry("what its writer took back")
heard: Registry[Callable[[Heard], object]] = Registry("listeners to what is said to us")


def hand_over(one: Heard) -> None:
    """Let everybody who listens have it."""
    for listener in heard:
        listener(one)


def hand_back(unit_id: int, keys: Sequence[str]) -> None:
    """Let everybody who heard it forget its words."""
    if keys:
        for listener in gone:
            listener(unit_id, keys)
