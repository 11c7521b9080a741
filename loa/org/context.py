"""Whose desk it is: the unit named in the top bar, and the person's roles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from loa.core import clock
from loa.org.access import memberships
from loa.org.models import Membership
from loa.org.rules import Role

#: the role that names the desk when a person holds several: the more is decided there, the earlier
DESK_ORDER = [
    Role.LEADER,
    Role.CHIEF_EDITOR,
    Role.FOCAL,
    Role.EDITOR,
    Role.SPOKESPERSON,
    Role.ADMIN,
    Role.UNIT_LEAD,
    Role.INSPECTOR,
    Role.CONTRIBUTOR,
]


def desk(user: Any) -> list[Membership]:
    """The person's memberships of today with their units, the one that names the desk first; read once."""
    day = clock.today()
    cached = getattr(user, "_loa_desk", None)
    if cached is None or cached[0] != day:
        held = list(memberships(user, day).select_related("unit"))
        held.sort(key=lambda m: (DESK_ORDER.index(Role(m.role)), m.unit.sort_key))
        cached = (day, held)
        user._loa_desk = cached
    return cached[1]


def frame(request: HttpRequest) -> dict[str, Any]:
    """`home_unit`, `home_title`, `home_roles`, computed when a template asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"home_unit": None, "home_title": "", "home_roles": []}
    return {
        "home_unit": SimpleLazyObject(lambda: desk(user)[0].unit if desk(user) else None),
        "home_title": SimpleLazyObject(
            lambda: (desk(user)[0].title or desk(user)[0].get_role_display()) if desk(user) else ""
        ),
        "home_roles": SimpleLazyObject(
            lambda: [f"{m.title or m.get_role_display()} · {m.unit.short_name}" for m in desk(user)]
        ),
    }
