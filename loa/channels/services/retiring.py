"""Writes: a page that is used no more, used again, or handed to the unit that carries on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.models import Notice
from loa.accounts.services import cancel_notices
from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.channels.models import Broadcast, ChannelAccount, ChannelSecret, Delivery, Health, Live, Video
from loa.channels.rules import STOPPABLE, Intent, LiveState, Status, kept_hour
from loa.channels.services.posts import forget_receiver, move
from loa.core import clock
from loa.core.errors import Conflict
from loa.org import events
from loa.org.models import UnitEvent

#: its outcome is not known yet, and asking takes the tokens
UNDER_WAY = (Status.SENDING, Status.CHECKING, Status.PROCESSING)


@transaction.atomic
def account_retire(*, actor: Any, account_id: int) -> ChannelAccount:
    """The page is used no more: its tokens go, what waits is called off, all that was done stays to be read.

    Raises NotFound, Refused; Conflict while something is under way or kept by the channel for its hour, unless the
    page is broken, so that nothing can be asked or taken back anyway.
    """
    account = doors.account_for(actor, account_id, "channel.manage", lock=True)
    if not account.active:
        raise Conflict(_("Trang này đã ngừng dùng."))
    reachable = account.health != Health.BROKEN and ChannelSecret.objects.filter(account=account).exists()
    _nothing_left_to_take_down(account)
    if reachable:
        _nothing_hangs(account)
    _call_off(account, actor)
    ChannelSecret.objects.filter(account=account).delete()
    account.active = False
    account.health, account.health_code, account.health_detail = Health.UNCHECKED, "", ""
    account.failures, account.paused_until = 0, None
    account.save()
    cancel_notices(code="channels.account.broken", key=f"account-{account.pk}")
    ending = Notice.objects.filter(code="channels.account.ending", key__startswith=f"account-{account.pk}-")
    ending.filter(read_at=None, cancelled_at=None).update(cancelled_at=clock.now())
    log("channels.account.retired", actor=actor, obj=account, unit_id=account.unit_id)
    return account


def _nothing_left_to_take_down(account: ChannelAccount) -> None:
    count = Delivery.objects.filter(account=account, intent=Intent.WITHDRAW, status__in=STOPPABLE).count()
    if count:
        raise Conflict(
            _("%(n)d bài phải gỡ khỏi trang mà chưa gỡ xong. Hãy gỡ, hoặc huỷ việc gỡ, rồi bấm lại.")
            % {"n": count}
        )


def _nothing_hangs(account: ChannelAccount) -> None:
    rows = Delivery.objects.filter(account=account)
    open_ones = rows.filter(status__in=UNDER_WAY).count()
    open_ones += Action.objects.filter(account=account, status__in=UNDER_WAY).count()
    if open_ones:
        raise Conflict(
            _("%(n)d việc trên trang đang gửi, chưa rõ kết quả. Hãy đợi vài phút rồi bấm lại.") % {"n": open_ones}
        )
    if Live.objects.filter(account=account, state=LiveState.LIVE).exists():
        raise Conflict(_("Trang đang phát trực tiếp. Hãy kết thúc buổi phát rồi bấm lại."))
    sent = rows.filter(intent=Intent.PUBLISH, status=Status.SENT, gone_at=None, due_at__gt=clock.now())
    hours = [kept_hour(row.post.payload) for row in sent.select_related("post")]
    kept = sum(1 for hour in hours if hour is not None and hour > clock.now())
    if kept:
        raise Conflict(
            _("%(n)d bài đã giao cho kênh hẹn giờ và vẫn sẽ lên. Hãy gỡ các bài đó rồi bấm lại.") % {"n": kept}
        )


def _call_off(account: ChannelAccount, actor: Any) -> None:
    for row in Delivery.objects.select_for_update().filter(account=account, status__in=STOPPABLE):
        move(row, Status.CANCELLED, code="retired")
        if row.intent == Intent.TEMPLATE:
            forget_receiver(row)
        log("channels.delivery.cancelled", actor=actor, obj=row, unit_id=account.unit_id, why="retired")
    waiting = Action.objects.select_for_update().filter(account=account)
    for action in waiting.filter(status__in=(Status.PENDING, Status.RETRY)):
        acting.drop(action, "retired")
    asked = Broadcast.objects.filter(account=account, state=Broadcast.State.ASKED)
    asked.update(state=Broadcast.State.DROPPED)
    lives = Live.objects.filter(account=account, state__in=(LiveState.NEW, LiveState.READY))
    lives.update(state=LiveState.DROPPED)


@transaction.atomic
def account_reuse(*, actor: Any, account_id: int) -> ChannelAccount:
    """Use the page again. It is connected anew afterwards: its tokens went. Raises NotFound, Refused, Conflict."""
    account = doors.account_for(actor, account_id, "channel.manage", lock=True)
    if account.active:
        raise Conflict(_("Trang này đang dùng."))
    account.active = True
    account.save(update_fields=["active"])
    log("channels.account.reused", actor=actor, obj=account, unit_id=account.unit_id)
    return account


def pages_moved(event: UnitEvent) -> None:
    """A unit ended: its pages, with all their history, and its films are the first heir's, to go on or to retire.

    Listens to `loa.org.events`.
    """
    for unit in events.ended_by(event):
        heirs = events.heirs_of(event, unit)
        if not heirs:
            continue
        Video.objects.filter(unit=unit).update(unit=heirs[0])
        for account in ChannelAccount.objects.select_for_update().filter(unit=unit):
            account.unit = heirs[0]
            account.save(update_fields=["unit"])
            log("channels.account.moved", actor=None, obj=account, unit_id=heirs[0].pk, before=unit.pk)


def page_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """What a reorganisation moves of the units. One query."""
    count = ChannelAccount.objects.filter(unit__in=unit_ids, active=True).count()
    note = _("Sang đơn vị tiếp nhận cùng kết nối và lịch sử; trang nào thôi dùng thì bấm “Ngừng dùng trang này”.")
    return [events.Stake(_("trang, OA"), count, note)]
