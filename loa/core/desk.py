"""What waits for a decision on a person's home: domains register a source, the console shows the most urgent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from loa.core.registry import Registry


@dataclass(frozen=True)
class Line:
    """One of the things that wait: what, where it belongs, how it stands."""

    title: str
    url: str = ""
    note: str = ""
    #: "act", "wait", … with its words; empty: no chip
    state: str = ""
    state_text: str = ""


@dataclass(frozen=True)
class Link:
    """A way on; with `post` it is a button that sends a form."""

    label: str
    url: str


@dataclass(frozen=True)
class Decision:
    """Something that waits for this person, with its number, the first few lines and where to go."""

    title: str
    count: int
    note: str = ""
    #: the number stands in flame: somebody is late
    urgent: bool = False
    lines: list[Line] = field(default_factory=list)
    #: first: what to do now (also the page's one solid button when this decision is the most urgent)
    links: list[Link] = field(default_factory=list)
    #: words of the solid button, e.g. "Duyệt bài đang quá hạn"; empty: the first link's label
    call: str = ""
    chart: SafeString | None = None
    #: stories are set in the reading face
    serif: bool = False


Source = Callable[[Any], Decision | None]

#: (user) → what waits for them, or None; a source costs a few queries whatever the number of rows
decisions: Registry[Source] = Registry("decisions")
