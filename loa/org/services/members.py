"""People and their roles in units. All rights come from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.accounts import services as accounts
from loa.accounts.models import User
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import clean
from loa.org import access
from loa.org.models import ROLE_LABELS, Membership, Unit
from loa.org.rules import Role
from loa.org.services.units import require_manage
from loa.org.services.versions import vn


def _label(role: Role | str) -> str:
    return str(ROLE_LABELS[Role(role)])


def held_until(unit: Unit, valid_from: dt.date, valid_to: dt.date | None = None) -> dt.date | None:
    """Until when a role of these dates is held: no longer than the unit lives. Raises InvalidInput when they
    cannot be."""
    if valid_to is not None and valid_to <= valid_from:
        raise InvalidInput(_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    if valid_from < unit.founded_on:
        raise InvalidInput(
            _("%(unit)s thành lập ngày %(day)s; vai trò không thể bắt đầu trước ngày đó.")
            % {"unit": unit.name, "day": vn(unit.founded_on)},
            field="valid_from",
        )
    if unit.closed_on and valid_from >= unit.closed_on:
        raise InvalidInput(
            _("%(unit)s đã kết thúc hoạt động từ %(day)s.") % {"unit": unit.name, "day": vn(unit.closed_on)},
            field="valid_from",
        )
    if unit.closed_on and (valid_to is None or valid_to > unit.closed_on):
        return unit.closed_on
    return valid_to


@transaction.atomic
def membership_grant(
    *,
    actor: Any,
    user: User,
    unit: Unit,
    role: Role | str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    title: str = "",
    decision: str = "",
) -> Membership:
    """Give a person a role in a unit from `valid_from` until before `valid_to` (None: open).

    Raises InvalidInput (dates outside the life of the unit, unknown role), Conflict (held already), Refused.
    """
    require_manage(actor, unit, ability="member.manage")
    # The person's row is the lock: two clicks give one role.
    user = User.objects.select_for_update().get(pk=user.pk)
    if role not in set(Role):
        raise InvalidInput(_("Không có vai trò này. Hãy chọn trong danh sách."), field="role")
    valid_to = held_until(unit, valid_from, valid_to)
    held = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=valid_from), user=user, unit=unit, role=role
    )
    if valid_to is not None:
        held = held.filter(valid_from__lt=valid_to)
    if held.exists():
        raise Conflict(
            _("%(who)s đã giữ vai trò %(role)s ở %(unit)s trong thời gian này.")
            % {"who": user, "role": _label(role), "unit": unit.name},
            field="role",
        )
    row = Membership.objects.create(
        user=user,
        unit=unit,
        role=role,
        title=clean(title)[:120],
        valid_from=valid_from,
        valid_to=valid_to,
        decision=clean(decision)[:120],
    )
    log(
        "org.member.granted",
        actor=actor,
        obj=user,
        unit_id=unit.pk,
        unit=unit.name,
        role=str(role),
        on=valid_from.isoformat(),
        until=valid_to.isoformat() if valid_to else None,
        decision=row.decision,
    )
    return row


@transaction.atomic
def membership_end(*, actor: Any, membership: Membership, on: dt.date, decision: str = "") -> None:
    """End a role: `on` is the first day without it. A role that has not begun by then is taken back altogether.

    Raises Conflict when it has ended already, Refused for the last administrator who could give roles again.
    """
    row = Membership.objects.select_for_update().select_related("unit", "user").get(pk=membership.pk)
    require_manage(actor, row.unit, ability="member.manage")
    if row.valid_to is not None and row.valid_to <= min(on, clock.today()):
        raise Conflict(_("Vai trò này đã kết thúc từ %(day)s.") % {"day": vn(row.valid_to)})
    if row.role == Role.ADMIN and not another_admin(row, on):
        raise Refused(
            _("Đây là quản trị cuối cùng của %(unit)s. Hãy giao quản trị cho người khác trước.")
            % {"unit": row.unit.name},
            code="org.member.last_admin",
        )
    if on <= row.valid_from:
        row.delete()
    else:
        row.valid_to = on
        row.save(update_fields=["valid_to"])
    log(
        "org.member.ended",
        actor=actor,
        obj=row.user,
        unit_id=row.unit_id,
        unit=row.unit.name,
        role=row.role,
        on=on.isoformat(),
        decision=clean(decision)[:120],
    )


def another_admin(row: Membership, on: dt.date, leaving: Collection[int] = ()) -> bool:
    """Whether somebody else who can log in administers the unit, or one above it, on that day; `leaving`:
    memberships that are to end too."""
    above = row.unit.links_up.filter(access.in_force(max(on, row.unit.founded_on))).values("above")
    return (
        Membership.objects.filter(access.in_force(on), role=Role.ADMIN, unit__in=above, user__is_active=True)
        .exclude(pk__in={row.pk, *leaving})
        .exclude(user=row.user_id)
        .exists()
    )


@transaction.atomic
def member_add(
    *,
    actor: Any,
    unit: Unit,
    full_name: str,
    role: Role | str,
    valid_from: dt.date,
    email: str = "",
    phone: str = "",
    username: str = "",
    title: str = "",
    decision: str = "",
) -> tuple[User, str]:
    """Make an account for a new person and give it a first role. Returns the account and its one-time password,
    which is shown once and kept nowhere.
    """
    require_manage(actor, unit, ability="member.manage")
    user, password = accounts.account_create(
        actor=actor, full_name=full_name, email=email, phone=phone, username=username, unit_id=unit.pk
    )
    membership_grant(
        actor=actor, user=user, unit=unit, role=role, valid_from=valid_from, title=title, decision=decision
    )
    return user, password


def _require_person(actor: Any, user: User) -> None:
    if actor is not None and not access.can_manage_person(actor, user):
        raise Refused(
            _("%(who)s còn giữ vai trò ở đơn vị ngoài phạm vi quản trị của bạn. Hãy nhờ quản trị cấp trên.")
            % {"who": user},
            code="org.person",
        )


def _unit_of(user: User) -> int | None:
    return Membership.objects.filter(user=user).order_by("-valid_from").values_list("unit", flat=True).first()


@transaction.atomic
def account_password(*, actor: Any, user: User) -> str:
    """Give a person who lost theirs a one-time password. Returns it; all their sessions end."""
    _require_person(actor, user)
    return accounts.password_renew(actor=actor, user=user, unit_id=_unit_of(user))


@transaction.atomic
def account_second_factor(*, actor: Any, user: User) -> None:
    """Take the second factor off the account of a person who lost it. Not one's own: that asks for a code."""
    _require_person(actor, user)
    if actor is not None and actor.pk == user.pk:
        raise Refused(_("Hãy tự tắt xác thực hai lớp ở trang tài khoản của mình."), code="org.person.self")
    accounts.second_factor_remove(actor=actor, user=user, unit_id=_unit_of(user))


@transaction.atomic
def account_close(*, actor: Any, user: User, reason: str = "") -> None:
    """Let a person log in no more; their sessions end, their work stays."""
    _require_person(actor, user)
    if actor is not None and actor.pk == user.pk:
        raise Refused(
            _("Không thể tự khoá tài khoản của mình. Hãy nhờ một quản trị khác."), code="org.person.self"
        )
    for row in Membership.objects.filter(access.in_force(clock.today()), user=user, role=Role.ADMIN):
        if not another_admin(row, clock.today()):
            raise Refused(
                _("Đây là quản trị cuối cùng của %(unit)s. Hãy giao quản trị cho người khác trước.")
                % {"unit": row.unit.name},
                code="org.member.last_admin",
            )
    accounts.account_disable(actor=actor, user=user, reason=reason, unit_id=_unit_of(user))


@transaction.atomic
def account_open(*, actor: Any, user: User) -> str:
    """Open a closed account again, with a one-time password, which is returned."""
    _require_person(actor, user)
    return accounts.account_enable(actor=actor, user=user, unit_id=_unit_of(user))
