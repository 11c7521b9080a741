"""Who may do what, where: the one place that turns memberships into rights.

Every other domain asks here: `can(user, "story.review", unit_id)`, `units_where(user, "story.review")`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import NotFound, Refused
from loa.org.models import Membership, PeopleImport, Unit, UnitLink
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


def own_first(user: Any, unit: str = "pk") -> Case:
    """An order for lists that are cut: 0 for rows of units the person works for, 1 for the thousands below them.

    `unit` is the field that leads to the unit.
    """
    return Case(When(**{f"{unit}__in": {held for held, _role in roles(user)}}, then=0), default=1)


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


def people_who_can(ability: str, unit_ids: Iterable[int]) -> dict[int, list[Any]]:
    """unit → the people of `users_who_can`, for many units at once: at most three queries."""
    from django.contrib.auth import get_user_model

    day, wanted = clock.today(), set(unit_ids)
    found: dict[int, set[int]] = {unit: set() for unit in wanted}
    held = Membership.objects.filter(in_force(day), user__is_active=True)
    own = held.filter(unit__in=wanted, role__in=roles_for(ability, below=False))
    for unit, user in own.values_list("unit_id", "user_id"):
        found[unit].add(user)
    reaching = roles_for(ability, below=True)
    if reaching:
        rows = UnitLink.objects.filter(
            in_force(day),
            # all of one membership: in one call, or the joins part
            in_force(day, "above__memberships__"),
            above__memberships__role__in=reaching,
            above__memberships__user__is_active=True,
            below__in=wanted,
        )
        for unit, user in rows.values_list("below_id", "above__memberships__user_id"):
            found[unit].add(user)
    people = get_user_model().objects.in_bulk({user for users in found.values() for user in users})
    return {unit: [people[user] for user in sorted(users)] for unit, users in found.items()}


# — units themselves ————————————————————————————————————————————————————————————————————


def units_readable(user: Any) -> QuerySet[Unit]:
    """Units the person may look up: at or below those where they hold a role, closed and coming ones included.

    A closed unit is seen by those who were above it on its last day, a coming one by those above its first.
    """
    tops = [unit for unit, _role in roles(user)] if getattr(user, "is_authenticated", False) else []
    if not tops:
        return Unit.objects.none()
    today = clock.today()
    links = UnitLink.objects.filter(above__in=tops).filter(
        in_force(today) | Q(valid_to=F("below__closed_on")) | Q(valid_from=F("below__founded_on"))
    )
    reachable = links.exclude(
        # Founded here but standing elsewhere today: no longer theirs.
        Q(valid_to__isnull=False, valid_to__lte=today)
        & ~(Q(below__closed_on__isnull=False) & Q(valid_to=F("below__closed_on")))
    )
    return Unit.objects.filter(pk__in=reachable.values("below"))


def unit_for_read(user: Any, pk: int) -> Unit:
    """The unit, or NotFound when there is none or it is not theirs."""
    unit = units_readable(user).filter(pk=pk).select_related("parent").first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này trong phạm vi của bạn."), code="org.unit.missing")
    return unit


def can_manage(user: Any, unit: Unit, ability: str = "unit.manage") -> bool:
    """Whether the person may change that unit; a coming unit is managed from above before its first day."""
    if can(user, ability, unit.pk):
        return True
    if unit.founded_on <= clock.today():
        return False
    held = roles(user) if getattr(user, "is_authenticated", False) else []
    tops = {top for top, role in held if role in roles_for(ability, below=True)}
    return bool(
        tops and UnitLink.objects.filter(in_force(unit.founded_on), above__in=tops, below=unit.pk).exists()
    )


def unit_for_manage(user: Any, pk: int, ability: str = "unit.manage") -> Unit:
    """The unit to change: NotFound when it is not theirs to see, Refused when not theirs to change."""
    unit = unit_for_read(user, pk)
    if not can_manage(user, unit, ability):
        raise Refused(_("Chỉ quản trị của đơn vị này hoặc của cơ quan cấp trên mới được thay đổi."), code=ability)
    return unit


def membership_for_manage(user: Any, pk: int) -> Membership:
    """A role to end: NotFound before Refused."""
    row = Membership.objects.select_related("unit", "user").filter(pk=pk).first()
    if row is None:
        raise NotFound(_("Không tìm thấy phân công này."), code="org.member.missing")
    unit_for_manage(user, row.unit_id, "member.manage")
    return row


def people_import_for_manage(user: Any, pk: int) -> PeopleImport:
    """An import of people; NotFound unless the person manages people where it belongs."""
    batch = PeopleImport.objects.select_related("top", "created_by").filter(pk=pk).first()
    if batch is None or not can_manage(user, batch.top, "member.manage"):
        raise NotFound(_("Không tìm thấy lần nhập này."), code="org.people.missing")
    return batch


def people_in_care(user: Any, people: Collection[int]) -> set[int]:
    """Of these people those whose accounts are theirs to invite or reset: every unit where they have, or will
    have, a role lies in their care. Two queries; who has no role any more is left out."""
    held = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gt=clock.today()), user__in=people)
    managed = units_where(user, "member.manage").values("pk")
    outside = set(held.exclude(unit__in=managed).values_list("user", flat=True))
    return set(held.filter(unit__in=managed).values_list("user", flat=True)) - outside


def can_manage_person(user: Any, person: Any) -> bool:
    """Whether the person's account is theirs to reset or close: every unit where the person has, or will have, a
    role lies in their care. Else the administrator of a commune could take over the account of a director who
    also sits in a board there."""
    today = clock.today()
    held = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), user=person)
    units = set(held.values_list("unit", flat=True))
    if not units:
        # Nobody's any more: whoever manages a unit where the last role was held.
        last = Membership.objects.filter(user=person).order_by("-valid_to").first()
        return last is not None and can(user, "member.manage", last.unit_id)
    return units_where(user, "member.manage").filter(pk__in=units).count() == len(units)
