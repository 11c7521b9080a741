"""From a person to a release, an outlet, a contact: 404 before 403."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.core.errors import NotFound, Refused
from loa.org.access import can, units_where
from loa.org.models import Unit
from loa.press.models import Contact, Outlet, Release, Spokesperson
from loa.press.rules import State


def sees_press(user: Any) -> bool:
    """Whether the spine shows the entry."""
    return can(user, "press.read")


def readable(user: Any) -> QuerySet[Release]:
    """Releases of the units where the person works with the press."""
    return Release.objects.filter(unit__in=units_where(user, "press.read"))


def release_for_read(user: Any, pk: int) -> Release:
    """The release, or NotFound."""
    found = (
        readable(user)
        .select_related("unit", "spokesperson", "created_by", "approved_by", "corrects", "story")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound(_("Không tìm thấy thông cáo này trong phạm vi của ông/bà."), code="press.release.missing")
    return found


def _locked(release: Release) -> Release:
    return Release.objects.select_for_update(of=("self",)).select_related("unit").get(pk=release.pk)


def release_for_write(user: Any, pk: int) -> Release:
    """The release, locked, to write in. Raises NotFound, Refused."""
    found = release_for_read(user, pk)
    if not can(user, "press.write", found.unit_id):
        raise Refused(_("Ông/bà xem được thông cáo này nhưng không soạn được."), code="press.write")
    return _locked(found)


def is_public(release: Release) -> bool:
    """Whether its page is open to everybody."""
    return release.state == State.RELEASED and release.announced_at is not None


def may_share(user: Any, release: Release) -> bool:
    """Whether the person may put it on the unit's pages."""
    return can(user, "channel.publish", release.unit_id)


def release_for_share(user: Any, pk: int, *, lock: bool = False) -> Release:
    """The release, for who publishes on the unit's pages. Raises NotFound, Refused."""
    found = release_for_read(user, pk)
    if not may_share(user, found):
        raise Refused(_("Chỉ Ban Biên tập của đơn vị mới đưa thông cáo lên kênh."), code="channel.publish")
    return _locked(found) if lock else found


def may_approve(user: Any, release: Release) -> bool:
    """Whether the person may approve: has the right and has no hand in it."""
    return can(user, "press.approve", release.unit_id) and not release.hands.filter(pk=user.pk).exists()


def release_for_approve(user: Any, pk: int) -> Release:
    """The release, locked, to approve: nobody approves what they wrote in. Raises NotFound, Refused."""
    found = release_for_read(user, pk)
    if not can(user, "press.approve", found.unit_id):
        raise Refused(
            _("Chỉ người phát ngôn, lãnh đạo hoặc trưởng đơn vị được duyệt thông cáo báo chí."),
            code="press.approve",
        )
    if found.hands.filter(pk=user.pk).exists():
        raise Refused(
            _("Ông/bà đã soạn hoặc sửa thông cáo này nên cần một người khác duyệt."), code="press.approve.own"
        )
    return _locked(found)


def release_for_control(user: Any, pk: int) -> Release:
    """The release, locked, to take back, withdraw, decide about letters: approvers and writers."""
    found = release_for_read(user, pk)
    if not (can(user, "press.approve", found.unit_id) or can(user, "press.write", found.unit_id)):
        raise Refused(
            _("Ông/bà xem được thông cáo này nhưng không điều khiển việc phát hành."), code="press.control"
        )
    return _locked(found)


def register_units(user: Any) -> QuerySet[Unit]:
    """Units whose register of the press the person reads."""
    return units_where(user, "press.read")


def require_manage(user: Any, unit_id: int) -> None:
    """Refused unless the person keeps the register of that unit."""
    if not can(user, "press.manage", unit_id):
        raise Refused(
            _("Chỉ đầu mối truyền thông, người phát ngôn hoặc trưởng đơn vị được sửa danh bạ báo chí."),
            code="press.manage",
        )


def outlet_for_read(user: Any, pk: int) -> Outlet:
    """The outlet, or NotFound."""
    found = Outlet.objects.filter(unit__in=register_units(user), pk=pk).select_related("unit").first()
    if found is None:
        raise NotFound(_("Không tìm thấy cơ quan báo chí này trong danh bạ của ông/bà."), code="press.outlet")
    return found


def outlet_for_manage(user: Any, pk: int) -> Outlet:
    """The outlet, locked, to change. Raises NotFound, Refused."""
    found = outlet_for_read(user, pk)
    require_manage(user, found.unit_id)
    return Outlet.objects.select_for_update(of=("self",)).select_related("unit").get(pk=found.pk)


def contact_for_read(user: Any, pk: int) -> Contact:
    """The contact, or NotFound."""
    units = register_units(user)
    found = Contact.objects.filter(outlet__unit__in=units, pk=pk).select_related("outlet").first()
    if found is None:
        raise NotFound(_("Không tìm thấy người liên hệ này trong danh bạ của ông/bà."), code="press.contact")
    return found


def contact_for_manage(user: Any, pk: int) -> Contact:
    """The contact, locked, to change. Raises NotFound, Refused."""
    found = contact_for_read(user, pk)
    require_manage(user, found.outlet.unit_id)
    return Contact.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=found.pk)


def spokesperson_for_read(user: Any, pk: int) -> Spokesperson:
    """The entry, or NotFound."""
    found = Spokesperson.objects.filter(unit__in=register_units(user), pk=pk).first()
    if found is None:
        raise NotFound(_("Không tìm thấy người phát ngôn này."), code="press.spokesperson")
    return found


def spokesperson_for_manage(user: Any, pk: int) -> Spokesperson:
    """The entry, locked, to change. Raises NotFound, Refused."""
    found = spokesperson_for_read(user, pk)
    require_manage(user, found.unit_id)
    return Spokesperson.objects.select_for_update().get(pk=found.pk)
