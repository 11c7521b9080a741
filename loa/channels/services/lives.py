"""Writes: live broadcasts. A person begins and ends them; each deed is written down before the channel is asked.

A lost answer is settled by asking how the broadcast stands (`live_look`), never by guessing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.kinds import LiveTransport, kind_of
from loa.channels.models import ChannelSecret, Live
from loa.channels.rules import LIVE_MOVES, LiveState, Outcome, Result
from loa.channels.sending import DoorError, Talk
from loa.channels.texts import reason
from loa.channels.vault import seal
from loa.core import clock
from loa.core.errors import AppError, Conflict, InvalidInput, Unavailable
from loa.core.transitions import Transitions
from loa.lib import vi

TABLE = Transitions("channels.live", LIVE_MOVES)
#: a broadcast is announced at most so far ahead
FARTHEST = dt.timedelta(days=7)


def _transport(row: Live) -> LiveTransport:
    found = kind_of(row.account).live
    assert found is not None
    return found


def live_make(
    *, actor: Any, account_id: int, title: str, text: str, key: str, starts_at: dt.datetime | None = None
) -> Live:
    """Write a broadcast down and make it on the channel, unseen. The same `key` again gives the same row.

    When the channel does not answer, the row stays NEW and says why; `live_try` asks again.
    """
    with transaction.atomic():
        account = doors.account_for(actor, account_id, "channel.publish")
        known = Live.objects.filter(key=key, created_by=actor).first()
        if known is not None:
            return known
        if kind_of(account).live is None:
            raise InvalidInput(_("Kênh này không phát trực tiếp được từ Loa."), field="account")
        if not ChannelSecret.objects.filter(account=account).exists():
            raise Conflict(_("%(name)s chưa được kết nối nên chưa phát được.") % {"name": account})
        title, text, now = vi.clean(title), vi.clean_lines(text), clock.now()
        if not title:
            raise InvalidInput(_("Hãy ghi tên buổi phát."), field="title")
        if not 16 <= len(key) <= 40:
            raise InvalidInput(_("Trang này đã mở quá lâu. Hãy tải lại rồi gửi."))
        if starts_at is not None and not now + dt.timedelta(minutes=10) <= starts_at <= now + FARTHEST:
            raise InvalidInput(_("Giờ dự kiến phải sau ít nhất 10 phút và trong 7 ngày tới."), field="starts_at")
        row = Live.objects.create(
            account=account,
            unit_id=account.unit_id,
            title=title[:160],
            text=text[:2000],
            starts_at=starts_at,
            key=key,
            created_by=actor,
            created_at=now,
        )
        log("channels.live.made", actor=actor, obj=row, unit_id=account.unit_id)
    return _make(row)


def live_try(*, actor: Any, live_id: int) -> Live:
    """Make it on the channel after all; one that was made without our knowing is seen by nobody."""
    row = doors.live_for(actor, live_id)
    if row.state != LiveState.NEW:
        raise Conflict(_("Buổi phát đã có trên kênh. Hãy tải lại trang."))
    return _make(row)


def _make(row: Live) -> Live:
    try:
        outcome, told = _transport(row).make(Talk(row.account), row)
    except DoorError as error:
        outcome, told = Outcome(Result.UNKNOWN, f"door_{error.code}", error.detail), {}
    with transaction.atomic():
        row = Live.objects.select_for_update(of=("self",)).select_related("account").get(pk=row.pk)
        if row.state != LiveState.NEW:
            return row
        if outcome.result == Result.SENT:
            row.state, row.external_id = LiveState.READY, told["id"]
            row.stream = seal({"url": told.get("stream", "")})
            row.code = row.detail = ""
        else:
            row.code, row.detail = outcome.code[:40], outcome.detail[:400]
        row.save()
    return row


def live_begin(*, actor: Any, live_id: int) -> Live:
    """On the air. Raises Conflict, Unavailable (with what is known)."""
    return _deed(actor, live_id, LiveState.LIVE, "begin")


def live_end(*, actor: Any, live_id: int) -> Live:
    """Off the air; one that never began is removed from the channel."""
    row = doors.live_for(actor, live_id)
    if row.state == LiveState.NEW:
        with transaction.atomic():
            row = doors.live_for(actor, live_id, lock=True)
            _to(row, LiveState.DROPPED)
            log("channels.live.dropped", actor=actor, obj=row, unit_id=row.unit_id)
        return row
    return _deed(actor, live_id, LiveState.ENDED if row.state == LiveState.LIVE else LiveState.DROPPED, "end")


def _to(row: Live, target: LiveState) -> None:
    TABLE.require(row.state, target, _("Buổi phát vừa đổi trạng thái. Hãy tải lại trang."))
    row.state = target
    if target == LiveState.LIVE:
        row.began_at = clock.now()
    elif target in (LiveState.ENDED, LiveState.DROPPED):
        row.ended_at, row.stream = clock.now(), ""
    row.code = row.detail = ""
    row.save()


def _deed(actor: Any, live_id: int, target: LiveState, verb: str) -> Live:
    with transaction.atomic():
        row = doors.live_for(actor, live_id, lock=True)
        TABLE.require(row.state, target, _("Buổi phát vừa đổi trạng thái. Hãy tải lại trang."))
        # Written down before the channel is asked: who did it stands whatever becomes of the answer.
        if verb == "begin":
            log("channels.live.begun", actor=actor, obj=row, unit_id=row.unit_id)
        else:
            log("channels.live.ended", actor=actor, obj=row, unit_id=row.unit_id)
    transport, talk = _transport(row), Talk(row.account)
    try:
        outcome = transport.begin(talk, row) if verb == "begin" else transport.end(talk, row)
    except DoorError as error:
        outcome = Outcome(Result.UNKNOWN, f"door_{error.code}", error.detail)
    if outcome.result == Result.SENT:
        with transaction.atomic():
            row = doors.live_for(actor, live_id, lock=True)
            if row.state != target:
                _to(row, target)
        return live_look(row)
    row = live_look(row)  # the answer was lost, or it is as it was asked for already
    if row.state == target:
        return row
    raise _sorry(outcome)


def _sorry(outcome: Outcome) -> AppError:
    words = {"why": reason(outcome.code)}
    if outcome.result == Result.UNKNOWN:
        return Unavailable(
            _("Kênh không trả lời rõ. Hãy xem trạng thái ở dưới rồi bấm lại nếu cần. %(why)s") % words
        )
    return Conflict(_("Kênh không nhận: %(why)s") % words)


def live_look(row: Live) -> Live:
    """Ask the channel how it stands, and write that down; the row as it was when the channel does not say."""
    if not row.external_id:
        return row
    try:
        outcome, state, told = _transport(row).look(Talk(row.account), row)
    except DoorError:
        return row
    with transaction.atomic():
        row = (
            Live.objects.select_for_update(of=("self",)).select_related("account", "account__unit").get(pk=row.pk)
        )
        if outcome.result == Result.SENT:
            row.permalink = told.get("permalink", "")[:500] or row.permalink
            if state and state != row.state and TABLE.allows(row.state, state):
                _to(row, LiveState(state))  # somebody did it on the channel itself
            row.save()
    row.viewers = told.get("viewers", "")  # type: ignore[attr-defined]
    return row
