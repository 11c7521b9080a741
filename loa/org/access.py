"""Who may do what, where: the one place that turns memberships into rights.

Every other domain asks here: `can(user, "story.review", unit_id)`, `units_where(user, "story.review")`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from loa.core import clock
from loa.core.errors import Refused
from loa.org.models import Membership, Unit, UnitLink
from loa.org.rules import Role, roles_for


def in_force(day: dt.date, prefix: str = "") -> Q:
    """Rows with valid_from/valid_to that hold on `day`."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day})
    )


def memberships(user: Any, day: dt.date | None = None) -> QuerySet[Membership]:
    """The person's roles in force on `day` (today)."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Membership.objects.none()
    return Membership.objects.filter(in_force(day or clock.today()), user=user)


def roles(user: Any) -> list[tuple[int, Role]]:
    """(unit id, role) of the person today, read once per request and kept on the user object."""
    day = clock.today()
    cached = getattr(user, "_loa_roles", None)
    if cached is None or cached[0] != day:
        cached = (
            day,
            [(unit_id, Role(role)) for unit_id, role in memberships(user, day).values_list("unit_id", "role")],
        )
        user._loa_roles = cached
    return cached[1]


def has_role(user: Any, *wanted: Role) -> bool:
    """Whether the person holds one of `wanted` anywhere today."""
    return any(role in wanted for _unit, role in roles(user))


def units_where(user: Any, ability: str) -> QuerySet[Unit]:
    """Units on which the person has `ability` today: one indexed query, made to be used as a subquery."""
    held = roles(user)
    own = [unit for unit, role in held if role in roles_for(ability, below=False)]
    tops = [unit for unit, role in held if role in roles_for(ability, below=True)]
    if not own and not tops:
        return Unit.objects.none()
    condition = Q(pk__in=own)
    if tops:
        links = UnitLink.objects.filter(in_force(clock.today()), above__in=tops)
        condition |= Q(pk__in=links.values("below"))
    return Unit.objects.filter(condition)


def can(user: Any, ability: str, unit_id: int | None = None) -> bool:
    """Whether the person has `ability` on that unit today (without a unit: on any)."""
    held = roles(user) if getattr(user, "is_authenticated", False) else []
    own = {unit for unit, role in held if role in roles_for(ability, below=False)}
    tops = {unit for unit, role in held if role in roles_for(ability, below=True)}
    if unit_id is None:
        return bool(own or tops)
    if unit_id in own:
        return True
    return bool(tops and UnitLink.objects.filter(in_force(clock.today()), above__in=tops, below=unit_id).exists())


def require(user: Any, ability: str, unit_id: int | None, message: str) -> None:
    """Raise Refused with `message` unless `can(...)`."""
    if not can(user, ability, unit_id):
        raise Refused(message, code=ability)


def users_who_can(ability: str, unit_id: int) -> QuerySet[Any]:
    """People who have `ability` on that unit today: whom to notify, whom to ask."""
    from django.contrib.auth import get_user_model

    day = clock.today()
    above = UnitLink.objects.filter(in_force(day), below=unit_id).values("above")
    held = Membership.objects.filter(in_force(day)).filter(
        Q(unit_id=unit_id, role__in=roles_for(ability, below=False))
        | Q(unit__in=above, role__in=roles_for(ability, below=True))
    )
    return get_user_model().objects.filter(is_active=True, pk__in=held.values("user"))
