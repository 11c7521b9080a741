"""Writes: putting a post in the queue, calling it off, deciding what is unknown."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import access as doors
from loa.channels import notices, selectors
from loa.channels.drafts import Draft, as_jpeg
from loa.channels.kinds import Kind, kind_of
from loa.channels.models import ChannelAccount, ChannelSecret, Delivery, Post, PostPicture, Video
from loa.channels.rules import MOVES, STOPPABLE, Intent, Status, answers
from loa.channels.services import links
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import Conflict, InvalidInput
from loa.core.transitions import Transitions
from loa.lib import vi

TABLE = Transitions("channels.delivery", MOVES)
#: a post due sooner asks for the check of its page itself
SHORT_LEAD = dt.timedelta(minutes=15)
FARTHEST = dt.timedelta(days=366)


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
    video_id: int | None = None,
    form: str = "video",
    hand_over: bool = False,
    seen: int | None = None,
) -> Delivery:
    """Freeze `draft` for one account and queue it for `at` (None: now). The same `key` again gives the same row.

    `changes`: words rewritten for this channel; `video_id`: a film in place of the pictures, in one of the kind's
    forms; `hand_over`: given to the channel now, which keeps the hour; `seen`: the newest post of the same thing
    on that page the person knew of (0: none). Raises NotFound, Refused, InvalidInput; Conflict when there is a
    newer one.
    """
    account = doors.account_for(actor, account_id, "channel.publish", lock=True)
    known = Delivery.objects.filter(post__key=key, account=account, intent=Intent.PUBLISH).first()
    if known is not None:
        return known
    newest = selectors.newest_of_source(draft.source, draft.source_id, [account.pk]).get(account.pk)
    if seen is not None and newest is not None and newest.pk > seen:
        who = newest.created_by or _("Người khác")
        raise Conflict(
            _("%(who)s vừa đưa bài này lên %(name)s. Hãy xem lại; vẫn muốn đăng thêm lần nữa thì bấm lại.")
            % {"who": who, "name": account},
            code="channels.post.again",
        )
    now = clock.now()
    if at is not None and at > now + FARTHEST:
        raise InvalidInput(_("Chỉ hẹn được trong vòng một năm."), field="at")
    if at is not None and at < now - dt.timedelta(minutes=5):
        raise InvalidInput(_("Giờ hẹn đã qua. Hãy chọn giờ khác, hoặc đăng ngay."), field="at")
    if not account.active or not ChannelSecret.objects.filter(account=account).exists():
        raise Conflict(_("%(name)s chưa được kết nối nên chưa đăng được.") % {"name": account})
    kind = kind_of(account)
    draft = links.remember(draft.for_kind(kind), account)
    words = {name: _own_link(vi.clean_lines(text), draft) for name, text in (changes or {}).items()}
    payload = kind.fit(draft, words)
    if not payload.get("text"):
        raise InvalidInput(_("Hãy viết lời đăng cho %(name)s.") % {"name": account}, field="text")
    video = doors.video_for(actor, video_id) if video_id else None
    if video is not None:
        film_fits(kind, video, form)
        draft = replace(draft, pictures=[])
        payload |= {"form": form, "link": ""}
    if kind.needs_film and video is None:
        raise InvalidInput(
            _("%(name)s chỉ nhận phim. Hãy chọn một phim, hoặc bỏ chọn kênh này.") % {"name": kind.label},
            field="video",
        )
    if hand_over:
        payload["scheduled_for"] = _handed_over(kind, at)
    if kind.needs_picture and not draft.pictures:
        raise InvalidInput(_("%(name)s cần ít nhất một ảnh làm ảnh bìa.") % {"name": kind.label}, field="pictures")
    own = payload["text"] != kind.fit(draft, {})["text"]
    post = freeze(draft, kind, payload, key=key, actor=actor, own_words=own, video=video)
    due = now if hand_over else at or now
    if now < due <= now + SHORT_LEAD:
        # The timetable comes by every ten minutes: too late for this one.
        enqueue_after_commit(import_string("loa.channels.tasks.check_ahead"), account.pk)
    return queue(post, account, Intent.PUBLISH, actor, due, urgent=urgent or draft.urgent or hand_over)


def _own_link(text: str, draft: Draft) -> str:
    """Words a person wrote or pasted, with the account's own address in place of the page's."""
    return text.replace(draft.page, draft.link) if draft.page else text


#: a channel that keeps hours takes them from 10 minutes to 29 days ahead; we are a little stricter
SOONEST, LATEST = dt.timedelta(minutes=15), dt.timedelta(days=28)


def _handed_over(kind: Kind, at: dt.datetime | None) -> int:
    """The hour in seconds, for a channel that keeps it itself."""
    if not kind.keeps_hours:
        raise InvalidInput(_("%(name)s không giữ lịch hộ được. Hãy để Loa giữ lịch.") % {"name": kind.label})
    if at is None or not SOONEST <= at - clock.now() <= LATEST:
        raise InvalidInput(
            _("Giao %(name)s giữ lịch thì giờ đăng phải sau ít nhất 15 phút và trong 28 ngày tới.")
            % {"name": kind.label},
            field="at",
        )
    return int(at.timestamp())


def film_fits(kind: Kind, video: Video, form: str) -> None:
    """Raises InvalidInput, with what is wrong, when this channel does not take the film in that form."""
    limits = kind.films.get(form)
    if limits is None:
        raise InvalidInput(_("%(name)s không nhận phim ở dạng này.") % {"name": kind.label}, field="video")
    shape = video.width / video.height
    words = {"form": limits.label, "longest": _long(limits.longest), "shortest": _long(limits.shortest)}
    if not limits.shortest <= video.seconds <= limits.longest:
        raise InvalidInput(_("%(form)s phải dài từ %(shortest)s đến %(longest)s.") % words, field="video")
    if video.size > limits.most_bytes:
        raise InvalidInput(_("Phim quá nặng so với mức kênh nhận. Hãy nén rồi tải lại."), field="video")
    if not limits.narrowest * 0.97 <= shape <= limits.widest * 1.03 or video.height < limits.least_height:
        raise InvalidInput(
            _("%(form)s không nhận khung hình này. Reel cần phim dọc 9:16, cao từ 960 điểm ảnh.") % words,
            field="video",
        )


def _long(seconds: float) -> str:
    if seconds >= 3600:
        return _("%(n)d giờ") % {"n": seconds // 3600}
    return _("%(n)d giây") % {"n": seconds}


def freeze(
    draft: Draft,
    kind: Kind,
    payload: dict[str, Any],
    *,
    key: str,
    actor: Any,
    own_words: bool = False,
    video: Video | None = None,
) -> Post:
    """A post with its own copy of the pictures, as the channel wants them."""
    post = Post.objects.create(
        source=draft.source,
        source_id=draft.source_id,
        unit_id=draft.unit_id,
        title=draft.title[:200],
        payload=payload,
        own_words=own_words,
        video=video,
        key=key,
        created_by=actor,
    )
    for position, picture in enumerate(draft.pictures[: kind.most_pictures]):
        raw, width, height = as_jpeg(picture.open(), width=kind.picture_width, most=kind.picture_bytes)
        row = PostPicture(
            post=post,
            position=position,
            ref=picture.ref,
            alt=picture.alt[:300],
            caption=picture.caption[:300],
            width=width,
            height=height,
            key=secrets.token_urlsafe(18),
        )
        row.file.save("anh.jpg", ContentFile(raw), save=False)
        row.save()
    return post


def queue(
    post: Post, account: ChannelAccount, intent: Intent, actor: Any, at: dt.datetime, **fields: Any
) -> Delivery:
    """The row that sends `post`; asked twice, the same row."""
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


def take_down(row: Delivery, actor: Any) -> Delivery:
    """Queue the taking down of what a delivery put on the channel; where its API cannot, a person's to-do."""
    made = queue(
        row.post,
        row.account,
        Intent.WITHDRAW,
        actor,
        clock.now(),
        external_id=row.external_id,
        permalink=row.permalink,
        follows=row,
        urgent=True,
    )
    if made.status in (Status.CANCELLED, Status.FAILED):
        made = _ask_anew(made, row, actor)
    by_hand(made, _barred(row, Intent.WITHDRAW))
    wake(made.account_id)
    return made


def _ask_anew(made: Delivery, row: Delivery, actor: Any) -> Delivery:
    """A withdrawal of `row` that was called off or given up is wanted after all: the same row begins once more."""
    made = Delivery.objects.select_for_update(of=("self",)).select_related("post", "account").get(pk=made.pk)
    if made.status not in (Status.CANCELLED, Status.FAILED):
        return made
    now = clock.now()
    move(
        made, Status.PENDING, due_at=now, next_at=now, created_by=actor, external_id=row.external_id,
        permalink=row.permalink, tries=0, checks=0, called_at=None, steps={}, detail="",
    )  # fmt: skip
    unit_id = made.account.unit_id
    log("channels.post.queued", actor=actor, obj=made, unit_id=unit_id, intent=made.intent, again=True)
    return made


def wake(account_id: int) -> None:
    """An account that waits for the next try of a post waits no more; a rest its channel asked for goes on."""
    tries = Delivery.objects.filter(account=OuterRef("pk"), next_at=OuterRef("paused_until"))
    resting = ChannelAccount.objects.filter(Exists(tries), pk=account_id)
    ChannelAccount.objects.filter(pk__in=list(resting.values_list("pk", flat=True))).update(paused_until=None)


def change(row: Delivery, post: Post, actor: Any, *, ask: str = "") -> Delivery:
    """Queue the changing of what `row` put on the channel into `post`; where its API cannot, a person's to-do.

    `ask`: a code for which a person must read the words first.
    """
    made = queue(
        post,
        row.account,
        Intent.UPDATE,
        actor,
        clock.now(),
        external_id=row.external_id,
        permalink=row.permalink,
        follows=row,
    )
    by_hand(made, _barred(row, Intent.UPDATE) or ask)
    wake(made.account_id)
    return made


def _barred(row: Delivery, intent: Intent) -> str:
    """Why the channel cannot be asked to do this with what `row` put there; empty when it can."""
    kind = kind_of(row.account)
    if not row.account.active:
        return "page_retired" if kind.recalls else "no_recall"
    if intent not in kind.intents:
        return "no_api" if kind.recalls else "no_recall"
    return "" if row.external_id else "no_id"


def forget_receiver(row: Delivery) -> None:
    """A message that went out: the number and what was written into the blanks are not needed any more."""
    post = Post.objects.select_for_update().get(pk=row.post_id)
    post.payload = {**post.payload, "to": "", "data": {}}
    post.save(update_fields=["payload"])


def by_hand(row: Delivery, code: str) -> None:
    """A row nobody has touched yet becomes a to-do, for the reason `code`; empty: it does not."""
    if code and row.status == Status.PENDING:
        TABLE.require(row.status, Status.TODO, "")
        row.status, row.code = Status.TODO, code
        row.save(update_fields=["status", "code"])
        notices.todo(row)


def reached(row: Delivery) -> int:
    """How many people have a delivery that is not whole; 0 where it stands on a page, or does not."""
    count = kind_of(row.account).reached
    return count(row) if count is not None and row.intent == Intent.PUBLISH else 0


def told_some(row: Delivery, actor: Any) -> bool:
    """A withdrawn delivery that was stopped on its way: if some people have it, a person tells them (a to-do).

    Returns whether that is new.
    """
    if not reached(row):
        return False
    asked = Delivery.objects.filter(follows=row, intent=Intent.WITHDRAW).exclude(status=Status.CANCELLED).exists()
    take_down(row, actor)
    return not asked


def overtaken(row: Delivery, actor: Any = None) -> bool:
    """Settle a row that is surely not out and whose story was withdrawn or corrected meanwhile: it is not sent.

    What was corrected goes out in its place with its new words, once; of two corrections the later one stands.
    The row is locked. Returns whether so.
    """
    if row.intent == Intent.UPDATE and _newer_correction(row):
        _over(row, "superseded", actor)
        return True
    if row.withdraw_wanted:
        _over(row, "withdrawn", actor)
        if row.intent == Intent.BROADCAST:
            notices.stopped(row.broadcast, row.post.title)
        told_some(row, None)
        return True
    wanted = row.update_wanted
    if wanted is None:
        return False
    _over(row, "superseded", actor)
    if "unseen" in wanted.payload and not reached(row):
        # Nobody has read the wrong words: no correction stands below the right ones.
        wanted.payload["text"] = wanted.payload.pop("unseen")
        wanted.save(update_fields=["payload"])
    if not wanted.pictures.exists():
        same_pictures(row.post.pictures.filter(gone=False), wanted)
    made = queue(wanted, row.account, Intent.PUBLISH, row.created_by, row.due_at, urgent=row.urgent)
    by_hand(made, _to_read(wanted))
    return True


def _over(row: Delivery, code: str, actor: Any) -> None:
    move(row, Status.CANCELLED, code=code)
    log("channels.delivery.cancelled", actor=actor, obj=row, unit_id=row.account.unit_id, why=code)


def _newer_correction(row: Delivery) -> bool:
    later = Delivery.objects.filter(follows=row.follows_id, intent=Intent.UPDATE, pk__gt=row.pk)
    return later.exclude(status__in=(Status.CANCELLED, Status.FAILED)).exists()


def still_failed(row: Delivery, code: str, detail: str) -> None:
    """A row nobody has touched yet that takes the place of one that failed: a person says when it is tried."""
    TABLE.require(row.status, Status.FAILED, "")
    row.status, row.code, row.detail = Status.FAILED, code, detail
    row.save(update_fields=["status", "code", "detail"])
    notices.failed(row)


def same_pictures(pictures: Iterable[PostPicture], post: Post) -> None:
    """Give `post` the same files under names of their own: a frozen picture is never changed."""
    for picture in pictures:
        picture.pk, picture.post = None, post
        picture.key = f"{picture.key[:24]}{post.pk}"[:40]
        picture.save()


def after_sent(row: Delivery) -> None:
    """What was asked for while `row` was under way is done now that it is known to be out. The row is locked."""
    if row.intent == Intent.WITHDRAW and row.follows_id and kind_of(row.account).recalls:
        Delivery.objects.filter(pk=row.follows_id, gone_at=None).update(gone_at=clock.now())
    if row.intent == Intent.TEMPLATE:
        forget_receiver(row)
    if row.intent != Intent.PUBLISH:
        return
    if row.withdraw_wanted:
        take_down(row, None)
    elif row.update_wanted is not None:
        wanted = row.update_wanted
        change(row, wanted, wanted.created_by, ask=_to_read(wanted))


def _to_read(post: Post) -> str:
    """Words a person wrote for the page, put beside a correction by us: a person reads them first."""
    return "own_words" if post.own_words and post.key.startswith("fix:") else ""


def move(row: Delivery, target: Status, *, code: str = "", **fields: Any) -> None:
    """Another state by a person's deed; the notices that asked for it are taken back."""
    TABLE.require(row.status, target, _("Lần đăng này vừa đổi trạng thái. Hãy tải lại trang để xem."))
    row.status, row.code = target, code
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    notices.settled(row)


@transaction.atomic
def delivery_cancel(*, actor: Any, delivery_id: int) -> Delivery:
    """Call off what has surely not been sent."""
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if row.status not in STOPPABLE:
        raise Conflict(_("Bài đã hoặc đang được gửi nên không huỷ được nữa. Hãy tải lại trang."))
    move(row, Status.CANCELLED)
    log("channels.delivery.cancelled", actor=actor, obj=row, unit_id=row.account.unit_id)
    return row


@transaction.atomic
def delivery_retry(*, actor: Any, delivery_id: int) -> Delivery:
    """Send again what failed or waits for its next try: now. What was withdrawn meanwhile is cancelled instead."""
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if row.status not in (Status.FAILED, Status.RETRY):
        raise Conflict(_("Chỉ thử lại được bài bị lỗi. Hãy tải lại trang để xem trạng thái mới."))
    _in_use(row)
    if overtaken(row, actor):
        return row
    if row.intent == Intent.BROADCAST:
        import_string("loa.channels.services.broadcasts.again")(row, actor)
    wake(row.account_id)
    if row.status == Status.RETRY:
        row.next_at = clock.now()
        row.save(update_fields=["next_at"])
    else:
        move(row, Status.RETRY, tries=0, checks=0, next_at=clock.now(), called_at=None)
    log("channels.delivery.retried", actor=actor, obj=row, unit_id=row.account.unit_id)
    return row


def _in_use(row: Delivery) -> None:
    """Raises Conflict where nothing is sent any more."""
    if not row.account.active:
        raise Conflict(
            _("Trang đã ngừng dùng nên không gửi được. Hãy “Dùng lại” và kết nối trang, hoặc chọn cách khác.")
        )


def seen_there(row: Delivery, permalink: str) -> None:
    """A person says that it is done; `permalink`: the post's address on the channel, if they gave it."""
    move(row, Status.SENT, code="by_hand", permalink=address(permalink) or row.permalink, sent_at=clock.now())
    after_sent(row)


@transaction.atomic
def delivery_decide(*, actor: Any, delivery_id: int, answer: str, permalink: str = "") -> Delivery:
    """A person looked at the channel: one of `rules.answers` (done, with its address; again), or "drop".

    Raises InvalidInput, Conflict.
    """
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if row.status != Status.UNKNOWN:
        raise Conflict(_("Kết quả của lần đăng này đã rõ. Hãy tải lại trang."))
    done, again = answers(row.intent)
    if answer == done:
        seen_there(row, permalink)
    elif answer == again and overtaken(row, actor):
        pass
    elif answer == again:
        _in_use(row)
        if row.intent == Intent.BROADCAST:
            import_string("loa.channels.services.broadcasts.again")(row, actor)
        move(row, Status.RETRY, checks=0, next_at=clock.now(), called_at=None)
    elif answer == "drop":
        move(row, Status.CANCELLED)
        if row.withdraw_wanted:
            told_some(row, actor)
        elif row.update_wanted is not None and reached(row):
            change(row, row.update_wanted, actor)
    else:
        raise InvalidInput(_("Hãy chọn một trong ba câu trả lời."), field="answer")
    log("channels.delivery.decided", actor=actor, obj=row, unit_id=row.account.unit_id, answer=answer)
    return row


def address(text: str) -> str:
    """An address at the channel as a person typed it; raises InvalidInput."""
    text = text.strip()
    if text and not text.startswith(("https://", "http://")):
        raise InvalidInput(_("Đường dẫn phải bắt đầu bằng https://."), field="permalink")
    return text[:500]
