"""Writes: stopping and going on, for a branch or for everybody."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels.models import Hold
from loa.core import clock
from loa.core.errors import InvalidInput, Refused
from loa.lib import vi
from loa.org import access


@transaction.atomic
def hold_begin(*, actor: Any, unit_id: int | None, reason: str) -> Hold:
    """Stop everything of a unit and below it; without a unit, everything. Reading back goes on."""
    if unit_id is None:
        if not access.units_where(actor, "channel.hold").filter(parent=None).exists():
            raise Refused(_("Chỉ lãnh đạo, trưởng Ban Biên tập hoặc quản trị của Sở dừng được mọi lịch đăng."))
    else:
        access.require(actor, "channel.hold", unit_id, _("Bạn không dừng được lịch đăng của đơn vị này."))
    reason = vi.clean(reason)
    if not reason:
        raise InvalidInput(_("Hãy ghi lý do dừng để người khác biết."), field="reason")
    hold = Hold.objects.select_for_update().filter(unit=unit_id, ended_at=None).first()
    if hold is not None:
        return hold
    hold = Hold.objects.create(unit_id=unit_id, reason=reason[:300], begun_by=actor, begun_at=clock.now())
    log("channels.hold.begun", actor=actor, obj=hold, unit_id=unit_id)
    return hold


@transaction.atomic
def hold_end(*, actor: Any, hold_id: int) -> None:
    """Lift a hold; what waited goes out in its order."""
    hold = Hold.objects.select_for_update().filter(pk=hold_id, ended_at=None).first()
    if hold is None:
        return
    if hold.unit_id is None:
        if not access.units_where(actor, "channel.hold").filter(parent=None).exists():
            raise Refused(_("Chỉ lãnh đạo, trưởng Ban Biên tập hoặc quản trị của Sở cho đăng tiếp được."))
    else:
        access.require(actor, "channel.hold", hold.unit_id, _("Bạn không cho đăng tiếp ở đơn vị này được."))
    hold.ended_by, hold.ended_at = actor, clock.now()
    hold.save(update_fields=["ended_by", "ended_at"])
    log("channels.hold.ended", actor=actor, obj=hold, unit_id=hold.unit_id)
