"""The spine of the staff frame: domains register their entry in `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loa.core.registry import Registry

#: places in the phone's bar; with more entries than that the last place opens the rest
PHONE_PLACES = 5
#: places on the spine at a desk, so that it fits a window 650 px high; the last opens the rest
DESK_PLACES = 10


def _anyone(user: Any) -> bool:
    return True


def _nothing(user: Any) -> int:
    return 0


@dataclass(frozen=True)
class NavItem:
    """One entry of the spine (desk) and of the bar (phone)."""

    label: Any  # a lazy gettext string
    icon: str  # id of a symbol in loa/icons.html, without "i-"
    url_name: str
    #: who sees it
    visible: Callable[[Any], bool] = _anyone
    #: how many things wait there (0 hides the number)
    count: Callable[[Any], int] = _nothing
    #: whether that number asks for action (flame) or only informs
    urgent: bool = False
    #: among the (at most five) entries of the phone's bar
    phone: bool = False
    #: url names (prefixes) under which the entry is the current one
    prefixes: tuple[str, ...] = ()
    #: entries of one group stand together on the spine, a hairline parts groups
    group: int = 1


nav: Registry[NavItem] = Registry("navigation")
