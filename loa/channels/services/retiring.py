"""Writes: a page that is used no more, used again, or handed to the unit that carries on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.accounts.models import Notice
from loa.accounts.services import cancel_notices
from loa.audit.services import log
from loa.channels import access as doors
from loa.channels import notices
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.channels.models import Broadcast, ChannelAccount, ChannelSecret, Delivery, Health, Hold, Live, Video
from loa.channels.rules import STOPPABLE, UNDER_WAY, Intent, LiveState, Status
from loa.channels.selectors import kept_by_channels
from loa.channels.services.posts import forget_receiver, move
from loa.core import clock
from loa.core.errors import Conflict
from loa.org import events
from loa.org.models import Unit, UnitEvent

#: its outcome is not known yet, and asking takes the tokens
ASKABLE = (Status.SENDING, Status.CHECKING, Status.PROCESSING)


@transaction.atomic
def account_retire(*, actor: Any, account_id: int) -> ChannelAccount:
    """The page is used no more: its tokens go, what waits is called off, all that was done stays to be read.

    Raises NotFound, Refused; Conflict while something is under way or kept by the channel for its hour, unless the
    page is broken, so that nothing can be asked or taken back anyway.
    """
    doors.account_for(actor, account_id, "channel.manage")
    # First the rows, then their account, as everybody else.
    unsettled = Delivery.objects.filter(account=account_id, status__in=(*STOPPABLE, *UNDER_WAY))
    list(unsettled.select_for_update().values_list("pk", flat=True))
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
    wanted = Q(intent=Intent.WITHDRAW) | Q(withdraw_wanted=True)
    rows = Delivery.objects.filter(wanted, account=account, status__in=(*STOPPABLE, *UNDER_WAY))
    if count := rows.count():
        raise Conflict(
            _(
                "%(n)d bài phải gỡ khỏi trang mà chưa gỡ xong. Ở mục Kênh, hãy gỡ (hoặc ghi đã gỡ bằng tay), trả "
                "lời lần chưa rõ, hoặc bấm “Thôi không gỡ”; rồi bấm lại."
            )
            % {"n": count}
        )


def _nothing_hangs(account: ChannelAccount) -> None:
    rows = Delivery.objects.filter(account=account)
    open_ones = rows.filter(status__in=ASKABLE).count()
    open_ones += Action.objects.filter(account=account, status__in=ASKABLE).count()
    if open_ones:
        raise Conflict(
            _("%(n)d việc trên trang đang gửi, chưa rõ kết quả. Hãy đợi vài phút rồi bấm lại.") % {"n": open_ones}
        )
    if Live.objects.filter(account=account, state=LiveState.LIVE).exists():
        raise Conflict(_("Trang đang phát trực tiếp. Hãy kết thúc buổi phát rồi bấm lại."))
    if kept := kept_by_channels(rows):
        raise Conflict(
            _("%(n)d bài đã giao cho kênh hẹn giờ và vẫn sẽ lên. Hãy gỡ các bài đó rồi bấm lại.")
            % {"n": len(kept)}
        )


def _call_off(account: ChannelAccount, actor: Any) -> None:
    hers: Counter[Any] = Counter()
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("post", "account", "created_by")
    for row in rows.filter(account=account, status__in=ASKABLE):
        # Nothing can be asked any more: what became of it only a person can find out.
        move(row, Status.UNKNOWN, code="page_retired_unknown")
    for row in rows.filter(account=account, status__in=STOPPABLE):
        move(row, Status.CANCELLED, code="retired")
        hers[row.created_by] += 1
        if row.intent == Intent.TEMPLATE:
            forget_receiver(row)
        log("channels.delivery.cancelled", actor=actor, obj=row, unit_id=account.unit_id, why="retired")
    waiting = Action.objects.select_for_update().filter(account=account)
    for action in waiting.filter(status__in=(Status.PENDING, Status.RETRY)):
        acting.drop(action, "retired")
    for person, count in hers.items():
        if person is not None and person != actor:
            notices.retired(account, person, count)
    asked = Broadcast.objects.select_for_update(of=("self",)).select_related("account", "asked_by")
    for broadcast in asked.filter(account=account, state=Broadcast.State.ASKED):
        broadcast.state, broadcast.decided_at = Broadcast.State.DROPPED, clock.now()
        broadcast.reason = _("OA đã ngừng dùng trên Loa.")
        broadcast.save(update_fields=["state", "decided_at", "reason"])
        log("channels.broadcast.dropped", actor=actor, obj=broadcast, unit_id=account.unit_id, why="retired")
        notices.broadcast_retired(broadcast)
    for live in Live.objects.select_for_update().filter(
        account=account, state__in=(LiveState.NEW, LiveState.READY)
    ):
        live.state = LiveState.DROPPED
        live.save(update_fields=["state"])
        log("channels.live.dropped", actor=actor, obj=live, unit_id=account.unit_id, why="retired")


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
        if films := Video.objects.filter(unit=unit).update(unit=heirs[0]):
            log("channels.video.moved", actor=None, unit_id=heirs[0].pk, before=unit.pk, count=films)
        _holds_moved(unit, heirs[0])
        for account in ChannelAccount.objects.select_for_update().filter(unit=unit):
            account.unit = heirs[0]
            account.save(update_fields=["unit"])
            log("channels.account.moved", actor=None, obj=account, unit_id=heirs[0].pk, before=unit.pk)


def _holds_moved(unit: Unit, heir: Unit) -> None:
    """A hold goes on for the pages it stopped: over the unit that has them now, until somebody lifts it."""
    for hold in Hold.objects.select_for_update().filter(unit=unit, ended_at=None):
        if not Hold.objects.filter(unit=heir, ended_at=None).exists():
            kept = Hold.objects.create(
                unit=heir, reason=hold.reason, begun_by=hold.begun_by, begun_at=hold.begun_at
            )
            log("channels.hold.begun", actor=None, obj=kept, unit_id=heir.pk, before=unit.pk)
        hold.ended_at = clock.now()
        hold.save(update_fields=["ended_at"])
        log("channels.hold.ended", actor=None, obj=hold, unit_id=unit.pk, heir=heir.pk)


def page_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """What a reorganisation moves of the units. One query."""
    count = ChannelAccount.objects.filter(unit__in=unit_ids, active=True).count()
    note = _("Sang đơn vị tiếp nhận cùng kết nối và lịch sử; trang nào thôi dùng thì bấm “Ngừng dùng trang này”.")
    return [events.Stake(_("trang, OA"), count, note)]
