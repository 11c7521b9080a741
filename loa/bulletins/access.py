"""From a person to a list, a bulletin or its letters: 404 before 403."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.bulletins.models import Bulletin, Delivery, MailingList
from loa.core.errors import NotFound, Refused
from loa.org.access import can, units_where

_NO_LIST = "bulletins.list.missing"
_NO_BULLETIN = "bulletins.bulletin.missing"


def lists_readable(user: Any) -> QuerySet[MailingList]:
    """Lists of units where the person writes, approves or manages bulletins."""
    return MailingList.objects.filter(unit__in=units_where(user, "bulletin.read"))


def sees_bulletins(user: Any) -> bool:
    """Whether the spine shows the entry."""
    return can(user, "bulletin.read")


def list_for_read(user: Any, pk: int) -> MailingList:
    """The list, or NotFound."""
    found = lists_readable(user).select_related("unit", "topic").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Không tìm thấy danh sách nhận tin này trong phạm vi của ông/bà."), code=_NO_LIST)
    return found


def list_for_manage(user: Any, pk: int, *, lock: bool = False) -> MailingList:
    """The list to change: NotFound, or Refused when only to be read."""
    found = list_for_read(user, pk)
    require_manage(user, found.unit_id)
    if lock:
        MailingList.objects.select_for_update().get(pk=found.pk)
    return found


def require_manage(user: Any, unit_id: int) -> None:
    """Refused unless the person manages lists of that unit."""
    if not can(user, "bulletin.manage", unit_id):
        raise Refused(
            _("Chỉ đầu mối truyền thông, trưởng đơn vị hoặc trưởng Ban Biên tập được quản lý danh sách nhận tin."),
            code="bulletin.manage",
        )


def bulletins_readable(user: Any) -> QuerySet[Bulletin]:
    """Bulletins of the lists the person may read."""
    return Bulletin.objects.filter(mailing_list__unit__in=units_where(user, "bulletin.read"))


def bulletin_for_read(user: Any, pk: int) -> Bulletin:
    """The bulletin, or NotFound."""
    found = (
        bulletins_readable(user)
        .select_related("mailing_list__unit", "mailing_list__topic", "created_by", "approved_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound(_("Không tìm thấy bản tin này trong phạm vi của ông/bà."), code=_NO_BULLETIN)
    return found


def _locked(bulletin: Bulletin) -> Bulletin:
    return (
        Bulletin.objects.select_for_update(of=("self",)).select_related("mailing_list__unit").get(pk=bulletin.pk)
    )


def bulletin_for_edit(user: Any, pk: int) -> Bulletin:
    """The bulletin, locked, to write in."""
    found = bulletin_for_read(user, pk)
    if not can(user, "bulletin.edit", found.mailing_list.unit_id):
        raise Refused(_("Ông/bà xem được bản tin này nhưng không soạn được."), code="bulletin.edit")
    return _locked(found)


def may_approve(user: Any, bulletin: Bulletin) -> bool:
    """Whether the person may approve: has the right and has no hand in it."""
    return (
        can(user, "bulletin.approve", bulletin.mailing_list.unit_id)
        and not bulletin.hands.filter(pk=user.pk).exists()
    )


def bulletin_for_approve(user: Any, pk: int) -> Bulletin:
    """The bulletin, locked, to approve: nobody approves what they wrote in."""
    found = bulletin_for_read(user, pk)
    if not can(user, "bulletin.approve", found.mailing_list.unit_id):
        raise Refused(
            _("Chỉ trưởng Ban Biên tập hoặc trưởng đơn vị được duyệt gửi bản tin."), code="bulletin.approve"
        )
    if found.hands.filter(pk=user.pk).exists():
        raise Refused(
            _("Ông/bà đã soạn hoặc sửa bản tin này nên cần một người khác duyệt."), code="bulletin.approve.own"
        )
    return _locked(found)


def bulletin_for_control(user: Any, pk: int) -> Bulletin:
    """The bulletin, locked, to hold, resume or cancel: any editor of the list, any approver."""
    found = bulletin_for_read(user, pk)
    unit_id = found.mailing_list.unit_id
    if not (can(user, "bulletin.approve", unit_id) or can(user, "bulletin.manage", unit_id)):
        raise Refused(_("Ông/bà xem được bản tin này nhưng không điều khiển việc gửi."), code="bulletin.control")
    return _locked(found)


def may_share(user: Any, bulletin: Bulletin) -> bool:
    """Whether the person may put it on the unit's pages."""
    return can(user, "channel.publish", bulletin.mailing_list.unit_id)


def bulletin_for_share(user: Any, pk: int, *, lock: bool = False) -> Bulletin:
    """The bulletin, for who publishes on the unit's pages. Raises NotFound, Refused."""
    found = bulletin_for_read(user, pk)
    if not may_share(user, found):
        raise Refused(_("Chỉ Ban Biên tập của đơn vị mới đưa bản tin lên kênh."), code="channel.publish")
    return _locked(found) if lock else found


def letters_of(bulletin: Bulletin) -> QuerySet[Delivery]:
    """The ledger of a bulletin that was found by one of the functions above."""
    return Delivery.objects.filter(bulletin=bulletin)
