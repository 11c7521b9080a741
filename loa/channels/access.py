"""The only way from a request to an account or a delivery: seen (or 404), then may (or 403)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.channels.kinds import kinds
from loa.channels.models import Broadcast, ChannelAccount, Delivery, Live, MessageTemplate, Video
from loa.core.errors import NotFound, Refused
from loa.org import access


def accounts_for(user: Any, ability: str = "channel.publish") -> QuerySet[ChannelAccount]:
    """Accounts on which the person has `ability`."""
    rows = ChannelAccount.objects.filter(kind__in=kinds())
    return rows.filter(unit__in=access.units_where(user, ability).values("pk"))


def may_see(user: Any, unit_id: int) -> bool:
    """Whether the person works with the channels of that unit."""
    return any(access.can(user, ability, unit_id) for ability in ("channel.publish", "channel.manage"))


def account_for(user: Any, pk: int, ability: str = "", *, lock: bool = False) -> ChannelAccount:
    """The account; raises NotFound, Refused."""
    rows = ChannelAccount.objects.filter(kind__in=kinds()).select_related("unit")
    if lock:
        rows = rows.select_for_update(of=("self",))
    account = rows.filter(pk=pk).first()
    if account is None or not may_see(user, account.unit_id):
        raise NotFound(
            _("Không có trang này, hoặc trang không thuộc đơn vị của bạn."), code="channels.account.404"
        )
    if ability and not access.can(user, ability, account.unit_id):
        raise Refused(_("Việc này dành cho người quản lý trang của đơn vị."), code=ability)
    return account


def delivery_for(user: Any, pk: int, ability: str = "", *, lock: bool = False) -> Delivery:
    """The delivery; raises NotFound, Refused."""
    rows = Delivery.objects.select_related("post", "account__unit", "created_by")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None or not may_see(user, row.account.unit_id):
        raise NotFound(_("Không có lần đăng này, hoặc không thuộc đơn vị của bạn."), code="channels.delivery.404")
    if ability and not access.can(user, ability, row.account.unit_id):
        raise Refused(_("Việc này dành cho biên tập viên của đơn vị."), code=ability)
    return row


def known_pages(kind: str, ids: list[str]) -> dict[str, ChannelAccount]:
    """Which of the channel's ids are in the register: for a person who has just shown that they run them."""
    rows = ChannelAccount.objects.filter(kind=kind, external_id__in=ids).select_related("unit")
    return {row.external_id: row for row in rows}


def broadcast_for(user: Any, pk: int, *, lock: bool = False) -> Broadcast:
    """The broadcast, for who publishes on its OA; raises NotFound, Refused."""
    rows = Broadcast.objects.select_related("account__unit", "asked_by", "decided_by", "delivery")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None or not may_see(user, row.account.unit_id):
        raise NotFound(_("Không có đề nghị này, hoặc không thuộc đơn vị của bạn."), code="channels.broadcast.404")
    if not access.can(user, "channel.publish", row.account.unit_id):
        raise Refused(_("Việc này dành cho biên tập viên của đơn vị."), code="channel.publish")
    return row


def video_for(user: Any, pk: int, *, lock: bool = False) -> Video:
    """A film of a unit the person publishes for; raises NotFound, also when consent to it was taken back."""
    units = access.units_where(user, "channel.publish").values("pk")
    rows = Video.objects.filter(pk=pk, gone_at=None, unit__in=units)
    if lock:
        rows = rows.select_for_update()
    row = rows.first()
    if row is None:
        raise NotFound(_("Không có phim này, hoặc phim đã gỡ."), code="channels.video.404")
    return row


def live_for(user: Any, pk: int, *, lock: bool = False) -> Live:
    """The live broadcast, for who publishes on its page; raises NotFound, Refused."""
    rows = Live.objects.select_related("account__unit", "created_by")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None or not may_see(user, row.account.unit_id):
        raise NotFound(_("Không có buổi phát này, hoặc không thuộc đơn vị của bạn."), code="channels.live.404")
    if not access.can(user, "channel.publish", row.account.unit_id):
        raise Refused(_("Việc này dành cho biên tập viên của đơn vị."), code="channel.publish")
    return row


def template_for(user: Any, pk: int) -> MessageTemplate:
    """The template, for who publishes on its OA; raises NotFound, Refused."""
    row = MessageTemplate.objects.select_related("account__unit").filter(pk=pk).first()
    if row is None or not may_see(user, row.account.unit_id):
        raise NotFound(_("Không có mẫu tin này, hoặc không thuộc đơn vị của bạn."), code="channels.template.404")
    if not access.can(user, "channel.publish", row.account.unit_id):
        raise Refused(_("Việc này dành cho biên tập viên của đơn vị."), code="channel.publish")
    return row
