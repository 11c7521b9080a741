"""Writes: putting a post in the queue, deciding what is unknown, accounts, holds."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices
from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.drafts import Draft, as_jpeg
from loa.channels.kinds import kind_of, kinds
from loa.channels.models import ChannelAccount, ChannelSecret, Delivery, Health, Hold, Post, PostPicture
from loa.channels.rules import MOVES, STOPPABLE, Intent, Outcome, Result, Status
from loa.channels.sending import DoorError, Talk
from loa.channels.vault import seal
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.transitions import Transitions
from loa.lib import vi
from loa.org import access
from loa.org.models import Unit

TABLE = Transitions("channels.delivery", MOVES)
FARTHEST = dt.timedelta(days=366)


# — posts ————————————————————————————————————————————————————————————————————————
@transaction.atomic
def post_queue(
    *,
    actor: Any,
    account_id: int,
    draft: Draft,
    key: str,
    at: dt.datetime | None = None,
    changes: Mapping[str, str] | None = None,
    urgent: bool = False,
) -> Delivery:
    """Freeze `draft` for one account and queue it for `at` (None: now). The same `key` again gives the same row.

    `changes`: words rewritten for this channel. Raises NotFound, Refused, InvalidInput.
    """
    account = doors.account_for(actor, account_id, "channel.publish", lock=True)
    known = Delivery.objects.filter(post__key=key, account=account, intent=Intent.PUBLISH).first()
    if known is not None:
        return known
    now = clock.now()
    if at is not None and at > now + FARTHEST:
        raise InvalidInput(_("Chỉ hẹn được trong vòng một năm."), field="at")
    if at is not None and at < now - dt.timedelta(minutes=5):
        raise InvalidInput(_("Giờ hẹn đã qua. Hãy chọn giờ khác, hoặc đăng ngay."), field="at")
    if not account.active or not ChannelSecret.objects.filter(account=account).exists():
        raise Conflict(_("%(name)s chưa được kết nối nên chưa đăng được.") % {"name": account})
    kind = kind_of(account)
    payload = kind.fit(draft, {name: vi.clean_lines(text) for name, text in (changes or {}).items()})
    if not payload.get("text"):
        raise InvalidInput(_("Hãy viết lời đăng cho %(name)s.") % {"name": account}, field="text")
    if kind.code == "zalo" and not draft.pictures:
        raise InvalidInput(_("Zalo cần ít nhất một ảnh làm ảnh bìa."), field="pictures")
    post = Post.objects.create(
        source=draft.source,
        source_id=draft.source_id,
        unit_id=draft.unit_id,
        title=draft.title[:200],
        payload=payload,
        key=key,
        created_by=actor,
    )
    for position, picture in enumerate(draft.pictures[: kind.most_pictures]):
        raw, width, height = as_jpeg(picture.open(), width=kind.picture_width, most=kind.picture_bytes)
        row = PostPicture(
            post=post,
            position=position,
            alt=picture.alt[:300],
            caption=picture.caption[:300],
            width=width,
            height=height,
            key=secrets.token_urlsafe(18),
        )
        row.file.save("anh.jpg", ContentFile(raw), save=False)
        row.save()
    return _queue(post, account, Intent.PUBLISH, actor, at or now, urgent=urgent)


def _queue(
    post: Post, account: ChannelAccount, intent: Intent, actor: Any, at: dt.datetime, **fields: Any
) -> Delivery:
    row, created = Delivery.objects.get_or_create(
        post=post,
        account=account,
        intent=intent,
        defaults={"due_at": at, "next_at": at, "created_by": actor, **fields},
    )
    if created:
        log(
            "channels.post.queued",
            actor=actor,
            obj=row,
            unit_id=account.unit_id,
            intent=str(intent),
            at=at.isoformat(),
        )
    return row


@transaction.atomic
def source_withdraw(*, actor: Any, source: str, source_id: int) -> int:
    """Something was taken down: call off what waits, and take down what is out. Returns how many rows changed.

    Called by the upper domain in the transaction of its own deed, which has asked for the right to do it.
    """
    rows = Delivery.objects.select_for_update(of=("self",)).filter(
        post__source=source, post__source_id=source_id, intent=Intent.PUBLISH
    )
    changed = 0
    for row in rows.select_related("post", "account"):
        if row.status in STOPPABLE:
            _move(row, Status.CANCELLED, code="withdrawn")
            changed += 1
        elif row.status == Status.SENT and Intent.WITHDRAW in kind_of(row.account).intents:
            _queue(
                row.post,
                row.account,
                Intent.WITHDRAW,
                actor,
                clock.now(),
                external_id=row.external_id,
                permalink=row.permalink,
                urgent=True,
            )
            changed += 1
        elif row.status not in (Status.CANCELLED, Status.SENT):
            # Under way or unknown: marked, so that it is taken down as soon as it is known to be out.
            row.steps = {**row.steps, "withdraw": True}
            row.save(update_fields=["steps"])
            changed += 1
    return changed


def after_sent(row: Delivery) -> None:
    """A post that was withdrawn while it was under way is taken down now that it is known to be out."""
    if row.intent == Intent.PUBLISH and row.steps.get("withdraw"):
        _queue(row.post, row.account, Intent.WITHDRAW, None, clock.now(), external_id=row.external_id, urgent=True)


def _move(row: Delivery, target: Status, *, code: str = "", **fields: Any) -> None:
    TABLE.require(row.status, target, _("Lần đăng này vừa đổi trạng thái. Hãy tải lại trang để xem."))
    row.status, row.code = target, code
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    for name in ("unknown", "failed"):
        cancel_notices(code=f"channels.delivery.{name}", key=f"delivery-{row.pk}")


@transaction.atomic
def delivery_cancel(*, actor: Any, delivery_id: int) -> Delivery:
    """Call off what has surely not been sent."""
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if row.status not in STOPPABLE:
        raise Conflict(_("Bài đã hoặc đang được gửi nên không huỷ được nữa. Hãy tải lại trang."))
    _move(row, Status.CANCELLED)
    log("channels.delivery.cancelled", actor=actor, obj=row, unit_id=row.account.unit_id)
    return row


@transaction.atomic
def delivery_retry(*, actor: Any, delivery_id: int) -> Delivery:
    """Send again what failed or waits for its next try: now."""
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if row.status not in (Status.FAILED, Status.RETRY):
        raise Conflict(_("Chỉ thử lại được bài bị lỗi. Hãy tải lại trang để xem trạng thái mới."))
    if row.status == Status.RETRY:
        row.next_at = clock.now()
        row.save(update_fields=["next_at"])
    else:
        _move(row, Status.RETRY, tries=0, checks=0, next_at=clock.now(), called_at=None)
    ChannelAccount.objects.filter(pk=row.account_id, failures=0).update(paused_until=None)
    log("channels.delivery.retried", actor=actor, obj=row, unit_id=row.account.unit_id)
    return row


@transaction.atomic
def delivery_decide(*, actor: Any, delivery_id: int, answer: str, permalink: str = "") -> Delivery:
    """A person looked at the channel: "there" (with its address), "absent" (send it again), "drop".

    Raises InvalidInput, Conflict.
    """
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if row.status != Status.UNKNOWN:
        raise Conflict(_("Kết quả của lần đăng này đã rõ. Hãy tải lại trang."))
    if answer == "there":
        permalink = permalink.strip()
        if permalink and not permalink.startswith(("https://", "http://")):
            raise InvalidInput(_("Đường dẫn phải bắt đầu bằng https://."), field="permalink")
        _move(row, Status.SENT, code="by_hand", permalink=permalink[:500], sent_at=clock.now())
        after_sent(row)
    elif answer == "absent":
        _move(row, Status.RETRY, checks=0, next_at=clock.now(), called_at=None)
    elif answer == "drop":
        _move(row, Status.CANCELLED)
    else:
        raise InvalidInput(_("Hãy chọn một trong ba câu trả lời."), field="answer")
    log("channels.delivery.decided", actor=actor, obj=row, unit_id=row.account.unit_id, answer=answer)
    return row


# — accounts —————————————————————————————————————————————————————————————————————
FIELDS = (
    "name", "external_id", "url", "decision_number", "decided_on", "owner", "first_admin", "second_admin",
    "verified", "expires_on", "quiet_from", "quiet_to", "active",
)  # fmt: skip


@transaction.atomic
def account_save(
    *, actor: Any, account_id: int | None, unit_id: int, kind: str, fields: Mapping[str, Any]
) -> ChannelAccount:
    """Enter a page or OA into the register, or change its entry. Its unit and kind stay as they are."""
    if account_id is None:
        access.require(actor, "channel.manage", unit_id, _("Bạn chưa được giao quản lý trang của đơn vị này."))
        if kind not in kinds():
            raise InvalidInput(_("Hãy chọn kênh có trong danh sách."), field="kind")
        account = ChannelAccount(unit=Unit.objects.get(pk=unit_id), kind=kind)
    else:
        account = doors.account_for(actor, account_id, "channel.manage", lock=True)
    for name in FIELDS:
        if name in fields:
            setattr(account, name, fields[name])
    account.name, account.external_id = vi.clean(account.name), account.external_id.strip()
    if not account.name or not account.external_id:
        raise InvalidInput(_("Hãy ghi tên và mã của trang."), field="name")
    twin = ChannelAccount.objects.filter(kind=account.kind, external_id=account.external_id).exclude(pk=account.pk)
    if twin.exists():
        raise InvalidInput(_("Trang có mã này đã có trong danh sách."), field="external_id")
    account.save()
    code = "channels.account.created" if account_id is None else "channels.account.changed"
    log(code, actor=actor, obj=account, unit_id=account.unit_id)
    return account


@transaction.atomic
def account_connect(*, actor: Any, account_id: int, secret: Mapping[str, str]) -> ChannelAccount:
    """Keep new tokens of an account, sealed. Empty fields leave what is stored; its history stays."""
    account = doors.account_for(actor, account_id, "channel.manage", lock=True)
    given = {name: text.strip() for name, text in secret.items() if text and text.strip()}
    if not given.get("access_token"):
        raise InvalidInput(_("Hãy dán mã truy cập của trang."), field="access_token")
    before = Talk(account).secret() if ChannelSecret.objects.filter(account=account).exists() else {}
    ChannelSecret.objects.update_or_create(
        account=account,
        defaults={"sealed": seal({**before, **given}), "expires_at": None, "lease_owner": "", "lease_until": None},
    )
    account.health, account.health_code, account.health_detail = Health.UNCHECKED, "", ""
    account.failures, account.paused_until = 0, None
    account.save()
    cancel_notices(code="channels.account.broken", key=f"account-{account.pk}")
    log("channels.account.connected", actor=actor, obj=account, unit_id=account.unit_id)
    return account


def account_check(*, account: ChannelAccount) -> Outcome:
    """Ask the channel whether the account can be used, and write that down."""
    from loa.channels import notices

    try:
        outcome = kind_of(account).transport.health(Talk(account))
    except DoorError as error:
        outcome = Outcome(Result.UNKNOWN, f"door_{error.code}", error.detail)
    broken = outcome.result in (Result.ACCOUNT, Result.REFUSED)
    with transaction.atomic():
        row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
        was = row.health
        row.checked_at = clock.now()
        if broken:
            row.health, row.health_code, row.health_detail = Health.BROKEN, outcome.code, outcome.detail[:400]
        elif outcome.result == Result.SENT:
            row.health, row.health_code, row.health_detail = Health.GOOD, "", ""
        row.save(update_fields=["checked_at", "health", "health_code", "health_detail"])
        if broken and was != Health.BROKEN:
            notices.broken(row)
    return outcome


def check_accounts() -> int:
    """Check what was not checked for a day, and what has to send within the next half hour. Returns how many."""
    now = clock.now()
    soon = Delivery.objects.filter(
        status=Status.PENDING, due_at__gt=now, due_at__lte=now + dt.timedelta(minutes=30)
    ).values("account")
    rows = ChannelAccount.objects.filter(active=True, secret__isnull=False)
    stale = rows.filter(checked_at=None) | rows.filter(checked_at__lt=now - dt.timedelta(days=1))
    ahead = rows.filter(pk__in=soon, checked_at__lt=now - dt.timedelta(minutes=30))
    wanted: Iterable[int] = {*stale.values_list("pk", flat=True), *ahead.values_list("pk", flat=True)}
    for account in ChannelAccount.objects.filter(pk__in=wanted):
        account_check(account=account)
    return len(list(wanted))


# — holds ————————————————————————————————————————————————————————————————————————
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
