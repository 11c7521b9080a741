"""What was said to us: who receives it (inbox, portal) hands it to whoever listens; neither knows the other.

A listener registers in `ready()`; it is called in the transaction that keeps the words, and bears the same twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
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


heard: Registry[Callable[[Heard], object]] = Registry("listeners to what is said to us")


def hand_over(one: Heard) -> None:
    """Let everybody who listens have it."""
    for listener in heard:
        listener(one)
