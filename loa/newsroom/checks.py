"""Publish checks: what Loa looks over in a story before a person does.

A check is a function `story → list[Finding]`, registered in `ready()` by this domain or by one above it
(compliance registers its own). Checks must not write, and not call out. The author and the editor see the same
findings. A blocking finding stops publishing until it is mended; a warning never stops anything. A photo without
consent is neither: it is held back, and the story goes on (`Level.HOLD`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from loa.core.registry import Registry

if TYPE_CHECKING:
    from loa.newsroom.models import Story


class Level(StrEnum):
    """How grave a finding is."""

    BLOCK = "block"  # must be mended before publishing
    HOLD = "hold"  # this part (a photo) is held back; the story itself goes on
    WARN = "warn"  # worth a look
    OK = "ok"  # looked at and found good: said once, so that a person need not look again


@dataclass(frozen=True)
class Finding:
    """One thing a check says of a story, in words a person can act on."""

    level: Level
    #: stable, greppable, e.g. "newsroom.title.long"
    code: str
    #: a lazy or plain Vietnamese sentence
    text: Any
    #: what to do, a second sentence; may be empty
    hint: Any = ""
    #: field of the story it speaks of ("title", "lead", "body", "photo"), for the link to it
    field: str = ""
    #: the words it speaks of, as they stand in the text
    quote: str = ""
    #: id of the StoryPhoto it speaks of
    photo_id: int | None = None
    icon: str = "alert"


Check = Callable[["Story"], Iterable[Finding]]

publish_checks: Registry[Check] = Registry("publish_checks")


def run_checks(story: Story) -> list[Finding]:
    """Findings of every registered check on the story as it is in memory, gravest first."""
    order = {Level.BLOCK: 0, Level.HOLD: 1, Level.WARN: 2, Level.OK: 3}
    found = [finding for check in publish_checks for finding in check(story)]
    return sorted(found, key=lambda finding: order[finding.level])


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop publishing."""
    return [finding for finding in findings if finding.level == Level.BLOCK]
