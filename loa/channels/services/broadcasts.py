"""Writes: broadcasts to an OA's followers, behind a second person. One bad broadcast uses up everybody's day."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.channels import access as doors
from loa.channels import notices, selectors
from loa.channels.kinds import kind_of
from loa.channels.models import Broadcast, BroadcastArticle, ChannelAccount, Delivery, Post
from loa.channels.rules import STOPPABLE, UNDER_WAY, Intent, Status
from loa.channels.services.posts import FARTHEST, move, queue
from loa.channels.zalo import targets
from loa.channels.zalo.broadcast import MOST_ARTICLES, Forecast, window
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib import vi
from loa.org import access

AGAINST = {
    "unverified": gettext_lazy("OA chưa được Zalo xác thực nên không gửi truyền thông được."),
    "today": gettext_lazy("Hôm đó những người này đã có một tin; mỗi người chỉ nhận một tin một ngày."),
    "month": gettext_lazy("Những người này đã nhận đủ số tin của tháng theo gói OA."),
}


def _articles(actor: Any, deliveries: Sequence[int]) -> list[Delivery]:
    """The articles in their order, all of one OA and all out; raises InvalidInput."""
    if not 1 <= len(deliveries) <= MOST_ARTICLES or len(set(deliveries)) != len(deliveries):
        raise InvalidInput(_("Hãy chọn từ 1 đến %(n)d bài.") % {"n": MOST_ARTICLES}, field="article")
    rows = [doors.delivery_for(actor, pk, "channel.publish") for pk in deliveries]
    if len({row.account_id for row in rows}) != 1:
        raise InvalidInput(_("Các bài phải cùng một OA."), field="article")
    if Intent.BROADCAST not in kind_of(rows[0].account).intents:
        raise InvalidInput(_("Kênh này không gửi truyền thông được."), field="article")
    _still_out(rows)
    return rows


def _still_out(rows: Sequence[Delivery]) -> None:
    for row in rows:
        if row.intent != Intent.PUBLISH or row.status != Status.SENT or row.gone_at or not row.external_id:
            raise Conflict(_("Bài “%(title)s” không còn trên OA nên không gửi được.") % {"title": row.post})


@transaction.atomic
def broadcast_ask(
    *,
    actor: Any,
    deliveries: Sequence[int],
    target: Mapping[str, Sequence[str]],
    at: dt.datetime | None,
    note: str,
    key: str,
) -> Broadcast:
    """Ask for a broadcast; nothing is sent. The same `key` gives the same row. Raises InvalidInput, Conflict."""
    known = Broadcast.objects.filter(key=key, asked_by=actor).first()
    if known is not None:
        return known
    if not 16 <= len(key) <= 40:
        raise InvalidInput(_("Trang này đã mở quá lâu. Hãy tải lại rồi gửi."))
    rows = _articles(actor, deliveries)
    note, now = vi.clean(note), clock.now()
    if not note:
        raise InvalidInput(_("Hãy ghi lý do gửi để người duyệt quyết định."), field="note")
    if at is not None and not now - dt.timedelta(minutes=5) <= at <= now + FARTHEST:
        raise InvalidInput(_("Giờ gửi đã qua hoặc quá xa. Hãy chọn giờ khác."), field="at")
    account = rows[0].account
    row = Broadcast.objects.create(
        account=account,
        target=targets.clean(target),
        at=in_window(at or now),
        note=note[:300],
        key=key,
        asked_by=actor,
        asked_at=now,
    )
    BroadcastArticle.objects.bulk_create(
        BroadcastArticle(broadcast=row, delivery=one, position=position) for position, one in enumerate(rows)
    )
    log("channels.broadcast.asked", actor=actor, obj=row, unit_id=account.unit_id, articles=list(deliveries))
    others = [user for user in access.users_who_can("channel.publish", account.unit_id) if user.pk != actor.pk]
    notify(
        users=others,
        code="channels.broadcast.asked",
        key=f"broadcast-{row.pk}",
        url=reverse("channels:broadcast", args=[row.pk]),
        who=str(actor),
        account=str(account),
    )
    return row


def in_window(at: dt.datetime) -> dt.datetime:
    """`at`, or the next morning when Zalo takes none at that hour."""
    return window(clock.local(at), random.random()) or at  # noqa: S311 - spreads load


@transaction.atomic
def broadcast_approve(*, actor: Any, broadcast_id: int) -> Broadcast:
    """Approve it as a second person: it is queued. Raises Refused (one's own), Conflict (nothing left, gone)."""
    row = doors.broadcast_for(actor, broadcast_id, lock=True)
    # One at a time for an OA: two that are approved at once would both find the day free.
    account = ChannelAccount.objects.select_for_update().get(pk=row.account_id)
    _open(row)
    if row.asked_by_id == actor.pk:
        raise Refused(_("Người đề nghị không tự duyệt. Hãy nhờ biên tập viên khác."))
    rows = [item.delivery for item in row.items.select_related("delivery__post", "delivery__account")]
    _still_out(rows)
    now = clock.now()
    at = in_window(max(row.at, now))
    found = selectors.broadcast_forecast(account, row.target, clock.local(at).date(), without=row.pk)
    if found.against:
        raise Conflict(str(AGAINST[found.against[0]]), code=f"channels.broadcast.{found.against[0]}")
    post = Post.objects.create(
        source="channels.broadcast",
        source_id=row.pk,
        unit_id=account.unit_id,
        title=(rows[0].post.title if len(rows) == 1 else _("%(n)d bài truyền thông") % {"n": len(rows)})[:200],
        payload={
            "text": row.note,
            "title": rows[0].post.title,
            "articles": [one.external_id for one in rows],
            "titles": [one.post.title for one in rows],
            "target": row.target,
        },
        key=f"broadcast:{row.pk}",
        created_by=row.asked_by,
    )
    row.delivery = queue(post, account, Intent.BROADCAST, actor, at)
    row.state, row.decided_by, row.decided_at, row.at = Broadcast.State.APPROVED, actor, now, at
    row.forecast = shown(found)
    row.save()
    log("channels.broadcast.approved", actor=actor, obj=row, unit_id=account.unit_id)
    _told(row, "approved", note=row.note)
    return row


def again(row: Delivery, actor: Any) -> None:
    """A broadcast that is not out is to be sent after all: by a second person, within today's quotas, as at first.

    In the caller's transaction, its delivery locked. Raises Refused (one's own), Conflict (no quota left).
    """
    one = Broadcast.objects.select_for_update().get(delivery=row)
    account = ChannelAccount.objects.select_for_update().get(pk=row.account_id)
    if one.asked_by_id == actor.pk:
        raise Refused(_("Người đề nghị không tự cho gửi lại. Hãy nhờ biên tập viên khác."))
    at = in_window(clock.now())
    found = selectors.broadcast_forecast(account, one.target, clock.local(at).date(), without=one.pk)
    if found.against:
        raise Conflict(str(AGAINST[found.against[0]]), code=f"channels.broadcast.{found.against[0]}")
    one.at, one.decided_by, one.decided_at, one.forecast = at, actor, clock.now(), shown(found)
    one.save(update_fields=["at", "decided_by", "decided_at", "forecast"])


def shown(found: Forecast) -> dict[str, Any]:
    """A forecast as it is kept."""
    return {
        "followers": found.followers,
        "month_cap": found.month_cap,
        "used_today": found.used_today,
        "used_month": found.used_month,
    }


def _open(row: Broadcast) -> None:
    if row.state != Broadcast.State.ASKED:
        raise Conflict(_("Đề nghị này đã được quyết định. Hãy tải lại trang."))


def _told(row: Broadcast, code: str, **data: str) -> None:
    cancel_notices(code="channels.broadcast.asked", key=f"broadcast-{row.pk}")
    notify(
        users=[row.asked_by],
        code=f"channels.broadcast.{code}",
        key=f"broadcast-{row.pk}",
        url=reverse("channels:broadcast", args=[row.pk]),
        account=str(row.account),
        **data,
    )


def stop_with(article: Delivery, actor: Any) -> int:
    """An article leaves the OA: broadcasts of it that are not out are not sent. Returns how many.

    One under way is marked, so that it is not sent again. Called in the transaction that takes the article down.
    """
    # First deliveries, then their broadcasts, as `again` does.
    mine = Delivery.objects.filter(broadcast__items__delivery=article).order_by("pk")
    list(mine.select_for_update(of=("self",)).values_list("pk", flat=True))
    rows = Broadcast.objects.select_for_update(of=("self",)).filter(
        items__delivery=article, state__in=(Broadcast.State.ASKED, Broadcast.State.APPROVED)
    )
    stopped = 0
    for row in rows.select_related("account", "asked_by", "decided_by"):
        if row.state == Broadcast.State.ASKED:
            row.state, row.decided_at = Broadcast.State.DROPPED, clock.now()
            row.reason = _("Bài “%(title)s” đã gỡ.") % {"title": article.post}
            row.save(update_fields=["state", "decided_at", "reason"])
        else:
            sent = Delivery.objects.select_for_update().filter(broadcast=row).first()
            if sent is None or sent.status not in (*STOPPABLE, *UNDER_WAY):
                continue
            if sent.status in UNDER_WAY:
                sent.withdraw_wanted = True
                sent.save(update_fields=["withdraw_wanted"])
                continue
            move(sent, Status.CANCELLED, code="withdrawn")
        stopped += 1
        log("channels.broadcast.stopped", actor=actor, obj=row, unit_id=row.account.unit_id, article=article.pk)
        notices.stopped(row, str(article.post))
    return stopped


@transaction.atomic
def broadcast_decline(*, actor: Any, broadcast_id: int, reason: str) -> Broadcast:
    """Say no, with a reason; who asked may take it back themselves."""
    row = doors.broadcast_for(actor, broadcast_id, lock=True)
    _open(row)
    own = row.asked_by_id == actor.pk
    reason = vi.clean(reason)
    if not reason and not own:
        raise InvalidInput(_("Hãy ghi lý do để người đề nghị biết."), field="reason")
    row.state = Broadcast.State.DROPPED if own else Broadcast.State.DECLINED
    row.decided_by, row.decided_at, row.reason = actor, clock.now(), reason[:300]
    row.save()
    code = "channels.broadcast.dropped" if own else "channels.broadcast.declined"
    log(code, actor=actor, obj=row, unit_id=row.account.unit_id, reason=row.reason)
    cancel_notices(code="channels.broadcast.asked", key=f"broadcast-{row.pk}")
    if not own:
        _told(row, "declined", reason=row.reason)
    return row
