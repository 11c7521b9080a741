"""What a new story can answer: a registry, because what a unit owes is computed above this domain (reporting).

A source is a callable `(user, units) → list[Answer]`, `units` a list of unit ids the person may write for.
Each is asked when somebody opens a new story; keep to a few queries whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loa.core.registry import Registry


@dataclass(frozen=True)
class Answer:
    """One line of "đơn vị còn nợ": choosing it fills the topic (and task) of the story."""

    unit_id: int
    #: "Mỗi tháng 2 tin, bài về phòng, chống đuối nước"
    title: str
    #: "Còn nợ 1 trong 2 bài, hạn 30/11/2026"
    note: str = ""
    topic_id: int | None = None
    task_id: int | None = None
    #: genres that count; empty: all
    genres: tuple[str, ...] = ()
    #: late or nearly so: shown first, in flame
    urgent: bool = False


Source = Callable[[Any, Iterable[int]], list[Answer]]

owed: Registry[Source] = Registry("story_answers")


def owed_answers(user: Any, units: Iterable[int]) -> list[Answer]:
    """What the person's units still owe, most urgent first."""
    unit_ids = list(units)
    found = [answer for source in owed for answer in source(user, unit_ids)]
    return sorted(found, key=lambda answer: not answer.urgent)


#: (unit id) → name of the unit's own public site, empty when it has none; the portal registers its own
own_sites: Registry[Callable[[int], str]] = Registry("story_own_sites")


def own_site_of(unit_id: int) -> str:
    """The name of the unit's own site, which is not the Sở's portal; empty when it has none."""
    return next((name for source in own_sites if (name := source(unit_id))), "")


#: (story) → sentences about what the story counts for ("Chỉ tiêu tháng 11: 1/2; đăng bài này là đủ")
counts_for: Registry[Callable[[Any], Iterable[str]]] = Registry("story_counts_for")

#: (stories) → {story id: its one public address, absolute}; for lists: a fixed number of queries for any number.
#: A story that stands nowhere is left out.
public_addresses: Registry[Callable[[Sequence[Any]], Mapping[int, str]]] = Registry("story_public_addresses")


def addresses_of(stories: Sequence[Any]) -> dict[int, str]:
    """{story id: its one public address}; of several sources that know a story the first one counts."""
    found: dict[int, str] = {}
    for source in public_addresses:
        found = {**source(stories), **found}
    return found


#: (user, story) → what other rooms do with a public story, as (label, url of a staff page), for that person
beside: Registry[Callable[[Any, Any], Iterable[tuple[str, str]]]] = Registry("beside a public story")

#: (story) → public addresses as (label, url); the portal registers its own
public_links: Registry[Callable[[Any], Iterable[tuple[str, str]]]] = Registry("story_public_links")
