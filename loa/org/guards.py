"""What accounts must know of roles: whose password is worth stealing, whose account must stay open."""

from __future__ import annotations

from typing import Any

from loa.core import clock
from loa.org.access import has_role, in_force
from loa.org.models import Membership
from loa.org.rules import Role

#: roles that publish, give rights, or speak for the authority
STAFF = (Role.ADMIN, Role.EDITOR, Role.CHIEF_EDITOR, Role.SPOKESPERSON)


def is_staff(user: Any) -> bool:
    """Whether the person holds one of these roles today."""
    return has_role(user, *STAFF)


def last_administrators() -> set[int]:
    """Of every top unit the administrator who logged in last: without them nobody could open an account again."""
    rows = (
        Membership.objects.filter(
            in_force(clock.today()), role=Role.ADMIN, unit__parent=None, user__is_active=True
        )
        .order_by("unit", "-user__last_login", "user")
        .values_list("unit", "user")
    )
    kept: dict[int, int] = {}
    for unit, user in rows:
        kept.setdefault(unit, user)
    return set(kept.values())
