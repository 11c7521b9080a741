"""Notices to whoever may do something at each of many units, in a few statements however many those are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loa.accounts.models import Notice
from loa.accounts.services import tell
from loa.org.access import people_who_can


@dataclass(frozen=True)
class Telling:
    """What the people of one unit are told: see `loa.accounts.models.Notice`."""

    key: str
    url: str
    data: dict[str, Any] = field(default_factory=dict)


def tell_units(ability: str, told: Mapping[int, Telling], *, code: str, again_when_read: bool = True) -> int:
    """Tell those who have `ability` at each unit (its id → what they are told). Returns how many notices were new.

    `again_when_read` off: not even when they have read what they were told under the same key.
    """
    people = people_who_can(ability, told)
    return tell(
        (
            Notice(user=user, code=code, key=what.key, url=what.url, data=what.data)
            for unit, what in told.items()
            for user in people[unit]
        ),
        again_when_read=again_when_read,
    )
