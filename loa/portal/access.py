"""Who may set up a site: the only way from a request to one."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.core.errors import NotFound, Refused
from loa.org.access import can, has_role, roles, units_where
from loa.org.models import Unit
from loa.org.rules import Role
from loa.portal.models import MemberSite

#: in the unit itself: those who answer for what it says
SITE_ROLES = frozenset({Role.UNIT_LEAD, Role.FOCAL, Role.CHIEF_EDITOR})


def has_sites(user: Any) -> bool:
    """Whether sites are this person's business at all; no query beyond the roles read once."""
    return has_role(user, *SITE_ROLES, Role.ADMIN)


def may_edit(user: Any, unit_id: int) -> bool:
    """Whether the person may set up the site of that unit."""
    if not getattr(user, "is_authenticated", False):
        return False
    own = any(unit == unit_id and role in SITE_ROLES for unit, role in roles(user))
    return own or can(user, "unit.manage", unit_id)


def own_sites(user: Any) -> QuerySet[MemberSite]:
    """Sites of the units the person answers for."""
    if not getattr(user, "is_authenticated", False):
        return MemberSite.objects.none()
    units = [unit for unit, role in roles(user) if role in SITE_ROLES]
    return MemberSite.objects.filter(unit_id__in=units).select_related("unit").order_by("-is_main", "name")


def editable_sites(user: Any) -> QuerySet[MemberSite]:
    """Every site the person may set up."""
    own = own_sites(user)
    managed = units_where(user, "unit.manage")
    return (own | MemberSite.objects.filter(unit__in=managed).select_related("unit")).order_by("-is_main", "name")


def site_to_edit(user: Any, unit_id: int) -> MemberSite:
    """The site of that unit. Raises NotFound when there is none, or not for this person."""
    site = MemberSite.objects.filter(unit_id=unit_id).select_related("unit").first()
    if site is None or not may_edit(user, unit_id):
        raise NotFound(_("Không có trang này, hoặc trang không thuộc đơn vị của ông/bà."))
    return site


def site_for_update(user: Any, unit_id: int) -> MemberSite:
    """`site_to_edit`, locked until the transaction ends."""
    site_to_edit(user, unit_id)
    rows = MemberSite.objects.filter(unit_id=unit_id).select_related("unit")
    if connection.features.has_select_for_update_of:
        return rows.select_for_update(of=("self",)).get()
    return rows.get()


def require_open(user: Any, unit: Unit) -> None:
    """Raise Refused unless the person may open the unit's site (None: the system may)."""
    if user is not None and not can(user, "unit.manage", unit.pk):
        raise Refused(_("Chỉ quản trị viên mở được trang của đơn vị."), code="portal.site_open")
