"""What the layer above tells: where pages of the public stand, and pictures that may be shown in a letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from loa.bulletins.models import Bulletin
from loa.core.registry import Registry


@dataclass(frozen=True)
class Cover:
    """A picture of a public story: absolute address, words for those who do not see it, size in pixels."""

    url: str
    alt: str
    width: int
    height: int


#: (story ids) → {story id: Cover}; a fixed number of queries
covers: Registry[Callable[[Sequence[int]], Mapping[int, Cover]]] = Registry("bulletin_covers")
#: (unit id) → absolute address of the unit's site without a slash at its end
homes: Registry[Callable[[int], str]] = Registry("bulletin_homes")


def covers_of(story_ids: Sequence[int]) -> dict[int, Cover]:
    """The picture of each story that has one."""
    found: dict[int, Cover] = {}
    for source in covers:
        found.update(source(story_ids))
    return found


def home_of(unit_id: int) -> str:
    """Where the unit's public pages begin."""
    for source in homes:
        return source(unit_id)
    return settings.BASE_URL.rstrip("/")


def page_of(bulletin: Bulletin) -> str:
    """Where an issue is read on the web."""
    path = reverse("portal:bulletin", args=[f"ban-tin-{bulletin.pk}"])
    return home_of(bulletin.mailing_list.unit_id) + path


def link(path: str, *, base: str = "") -> str:
    """An absolute address of a public page."""
    return f"{base or settings.BASE_URL.rstrip('/')}{path}"


__all__: Sequence[Any] = ["Cover", "covers", "covers_of", "home_of", "homes", "link", "page_of"]
