"""Writes: what is out is corrected or taken down with what it was made from, or by a person on its page.

Where the channel's API cannot do it, or a person must read the words first, the row is a to-do (`Status.TODO`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.drafts import Draft
from loa.channels.kinds import kind_of
from loa.channels.models import Delivery, Health, Post, PostPicture
from loa.channels.rules import MENDING, STOPPABLE, UNDER_WAY, Intent, Status, fitted
from loa.channels.services import broadcasts, links
from loa.channels.services.posts import (
    by_hand,
    change,
    freeze,
    move,
    queue,
    reached,
    same_pictures,
    seen_there,
    still_failed,
    take_down,
    told_some,
)
from loa.core import clock
from loa.core.after import after_commit
from loa.core.errors import Conflict, InvalidInput
from loa.lib import vi


def _published(source: str, source_id: int) -> list[Delivery]:
    rows = Delivery.objects.select_for_update(of=("self",)).filter(
        post__source=source, post__source_id=source_id, intent=Intent.PUBLISH
    )
    return list(rows.select_related("post", "account").order_by("pk"))


# — taken down ———————————————————————————————————————————————————————————————————
@transaction.atomic
def source_withdraw(*, actor: Any, source: str, source_id: int) -> int:
    """Something was taken down: call off what waits, and take down what is out. Returns how many rows changed.

    Called by the upper domain in the transaction of its own deed, which has asked for the right to do it.
    """
    return sum(withdraw_row(row, actor) for row in _published(source, source_id))


def withdraw_row(row: Delivery, actor: Any) -> bool:
    """Call off, take down, or mark one delivery that published. Returns whether anything changed."""
    _leaves(row, actor)
    if row.status in STOPPABLE:
        move(row, Status.CANCELLED, code="withdrawn")
        told_some(row, actor)
    elif row.status == Status.SENT and row.gone_at is None:
        take_down(row, actor)
    elif row.status in UNDER_WAY:
        # Taken down as soon as it is known to be out.
        row.withdraw_wanted = True
        row.save(update_fields=["withdraw_wanted"])
    else:
        return told_some(row, actor)
    return True


def _leaves(row: Delivery, actor: Any) -> None:
    """What was to be made of a post that is taken down is not made any more."""
    _supersede(row, "withdrawn")
    broadcasts.stop_with(row, actor)


def _supersede(row: Delivery, code: str) -> None:
    """Corrections of `row` that are not out yet are not sent any more."""
    for older in Delivery.objects.select_for_update(of=("self",)).filter(
        follows=row, intent=Intent.UPDATE, status__in=STOPPABLE
    ):
        move(older, Status.CANCELLED, code=code)


@transaction.atomic
def post_take_down(*, actor: Any, delivery_id: int, reason: str) -> Delivery:
    """Take one post off one page, the story stays. Raises InvalidInput, Conflict."""
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    reason = vi.clean_lines(reason)
    if not reason:
        raise InvalidInput(_("Hãy ghi lý do gỡ; lý do được lưu trong nhật ký."), field="reason")
    if row.intent != Intent.PUBLISH or row.status != Status.SENT or row.gone_at:
        raise Conflict(_("Bài không còn trên kênh, hoặc chưa lên. Hãy tải lại trang."))
    _leaves(row, actor)
    made = take_down(row, actor)
    log("channels.post.taken_down", actor=actor, obj=row, unit_id=row.account.unit_id, reason=reason)
    return made


# — corrected ————————————————————————————————————————————————————————————————————
@transaction.atomic
def source_correct(*, actor: Any, draft: Draft, note: str, version: int) -> int:
    """What was published is corrected: change it on every page it is on. Returns how many rows changed.

    `note`: the correction as readers see it; `version` of the text: the same one again changes nothing. Words a
    person wrote for a page are not replaced: the row asks a person. Called like `source_withdraw`.
    """
    return sum(_correct(row, draft, note, version, actor) for row in _published(draft.source, draft.source_id))


def _correct(row: Delivery, draft: Draft, note: str, version: int, actor: Any) -> bool:
    some = reached(row)
    # Called off by a person on its way: who has it has the wrong words.
    left = row.status == Status.CANCELLED and not (some and not row.code)
    if row.gone_at or row.withdraw_wanted or left:
        return False
    key = f"fix:{row.pk}:{version}"
    if Post.objects.filter(key=key).exists() or _is_version(row.post, version):
        return False
    kind, own = kind_of(row.account), row.post.own_words
    waits = row.status in STOPPABLE
    words = {"text": row.post.payload["text"]} if own else {}
    draft = links.remember(draft, row.account)
    payload = kind.fit(replace(draft, pictures=draft.pictures if row.post.pictures.exists() else []), words)
    if row.post.video_id:
        payload |= {"form": row.post.payload.get("form", "video"), "link": ""}
    if "scheduled_for" in row.post.payload:
        payload["scheduled_for"] = row.post.payload["scheduled_for"]
    hidden = waits or float(row.post.payload.get("scheduled_for") or 0) > clock.now().timestamp()
    if some or not hidden:
        if row.status in UNDER_WAY:
            payload["unseen"] = payload["text"]
        # What readers have seen is corrected in the open.
        payload["text"] = corrected(payload["text"], note, kind.limits["text"])
        if kind.reached is not None:
            # May be sent as a message of its own, in the letters and the order of this kind.
            payload |= kind.fit(draft, {"text": payload["text"]})
    # The pictures that were chosen for this page, as far as they may still be shown.
    shown = set(row.post.pictures.filter(gone=False).values_list("ref", flat=True))
    kept = draft.picked(shown) or draft.bare(kind)
    if (kind.needs_picture and not kept) or (kind.needs_film and row.post.video_id is None):
        return withdraw_row(row, actor)
    fresh = replace(draft, pictures=kept if kind.whole_updates or waits else [])
    post = freeze(fresh, kind, payload, key=key, actor=actor, own_words=own, video=row.post.video)
    if waits:
        failed = (row.code, row.detail) if row.status == Status.FAILED else None
        move(row, Status.CANCELLED, code="superseded")
        made = queue(post, row.account, Intent.PUBLISH, row.created_by, row.due_at, urgent=row.urgent)
        if own:
            by_hand(made, "own_words")
        elif failed:
            still_failed(made, *failed)
        return True
    _update(row, post, actor, ask="own_words" if own else "")
    return True


def _is_version(post: Post, version: int) -> bool:
    """Whether it was made for that version already, in place of one that never went out."""
    return post.key.startswith("fix:") and post.key.endswith(f":{version}")


def corrected(text: str, note: str, limit: int) -> str:
    """`text` with the dated correction below it, within the channel's limit: the note stays whole."""
    day = clock.local(clock.now()).strftime("%d/%m/%Y")
    line = fitted(
        _("Đính chính %(day)s: %(note)s") % {"day": day, "note": " ".join(note.split("\n")[0].split())}, 180
    )
    return f"{fitted(text, max(limit - len(line) - 2, 40))}\n\n{line}"


def _update(row: Delivery, post: Post, actor: Any, *, ask: str = "") -> Delivery | None:
    """Change what `row` put on the channel into `post`; what is under way is changed once it is out."""
    _supersede(row, "superseded")
    if row.status in UNDER_WAY:
        row.update_wanted = post
        row.save(update_fields=["update_wanted"])
        return None
    return change(row, post, actor, ask=ask)


@transaction.atomic
def post_edit(*, actor: Any, delivery_id: int, text: str, key: str) -> Delivery:
    """Change the words of a post that is out. The same `key` again gives the same row. Raises InvalidInput."""
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    known = Delivery.objects.filter(post__key=f"edit:{row.pk}:{key}", intent=Intent.UPDATE).first()
    if known is not None:
        return known
    if row.intent != Intent.PUBLISH or row.status != Status.SENT or row.gone_at:
        raise Conflict(_("Bài không còn trên kênh, hoặc chưa lên. Hãy tải lại trang."))
    kind = kind_of(row.account)
    text = vi.clean_lines(text)
    if not text or len(text) > kind.limits["text"]:
        raise InvalidInput(_("Lời đăng cần từ 1 đến %(n)d ký tự.") % {"n": kind.limits["text"]}, field="text")
    now_out = latest(row)
    if not 16 <= len(key) <= 40:
        raise InvalidInput(_("Trang này đã mở quá lâu. Hãy tải lại rồi gửi."))
    post = Post.objects.create(
        source=row.post.source,
        source_id=row.post.source_id,
        unit_id=row.post.unit_id,
        title=row.post.title,
        payload={**now_out.payload, "text": text},
        own_words=True,
        video=row.post.video,
        key=f"edit:{row.pk}:{key}",
        created_by=actor,
    )
    if kind.whole_updates:
        same_pictures(now_out.pictures.filter(gone=False), post)
    made = _update(row, post, actor)
    assert made is not None
    log("channels.post.edited", actor=actor, obj=row, unit_id=row.account.unit_id)
    return made


def latest(row: Delivery) -> Post:
    """The post as the channel has it now: the last correction that went out, else the first words."""
    done = Delivery.objects.filter(follows=row, intent=Intent.UPDATE, status=Status.SENT).select_related("post")
    last = done.order_by("-sent_at", "-pk").first()
    return last.post if last else row.post


@transaction.atomic
def delivery_by_hand(*, actor: Any, delivery_id: int) -> Delivery:
    """A person changed or took down on the channel what Loa could not, as `may_be_by_hand`. Raises Conflict."""
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if not may_be_by_hand(row):
        raise Conflict(_("Việc này Loa đang làm, hoặc đã xong. Hãy tải lại trang."))
    move(row, Status.TODO, code="by_hand")
    seen_there(row, "")
    log("channels.delivery.reviewed", actor=actor, obj=row, unit_id=row.account.unit_id, answer="done")
    return row


def may_be_by_hand(row: Delivery) -> bool:
    """Whether Loa cannot go on by itself with what mends a post: its page is broken, or it has given up."""
    stands = (Status.PENDING, Status.RETRY, Status.CHECKING, Status.PROCESSING)
    broken = row.account.health == Health.BROKEN or not row.account.active
    return row.intent in MENDING and (row.status == Status.FAILED or (broken and row.status in stands))


@transaction.atomic
def delivery_review(*, actor: Any, delivery_id: int, answer: str, text: str = "", permalink: str = "") -> Delivery:
    """A person's answer to a to-do: "done" (by hand, on the channel), "send" (with these words), "drop".

    Raises InvalidInput, Conflict.
    """
    row = doors.delivery_for(actor, delivery_id, "channel.publish", lock=True)
    if row.status != Status.TODO:
        raise Conflict(_("Việc này đã xong hoặc đã bỏ. Hãy tải lại trang."))
    if answer == "done":
        seen_there(row, permalink)
    elif answer == "drop":
        move(row, Status.CANCELLED)
    elif answer == "send" and row.code == "own_words":
        limit = kind_of(row.account).limits["text"]
        text = vi.clean_lines(text)
        if not text or len(text) > limit:
            raise InvalidInput(_("Lời đăng cần từ 1 đến %(n)d ký tự.") % {"n": limit}, field="text")
        # Nobody has approved these words before: they are frozen from here on.
        Post.objects.filter(pk=row.post_id).update(payload={**row.post.payload, "text": text})
        move(row, Status.RETRY, next_at=max(row.due_at, clock.now()))
    else:
        raise InvalidInput(_("Hãy chọn một câu trả lời."), field="answer")
    log("channels.delivery.reviewed", actor=actor, obj=row, unit_id=row.account.unit_id, answer=answer)
    return row


# — a picture that may not be shown any more —————————————————————————————————————
@transaction.atomic
def source_picture_gone(*, actor: Any, draft: Draft, ref: int, version: str) -> int:
    """Consent to a picture was taken back: it leaves what waits and what is out. Returns how many posts had it.

    `draft`: without it. Where a channel needs a picture and none is left, the post is taken down. Called like
    `source_withdraw`.
    """
    pictures = PostPicture.objects.filter(
        post__source=draft.source, post__source_id=draft.source_id, ref=ref, gone=False
    )
    posts = set(pictures.values_list("post_id", flat=True))
    for picture in pictures:
        # No address of it may go on working.
        after_commit(picture.file.storage.delete, picture.file.name)
    pictures.update(gone=True)
    for row in _published(draft.source, draft.source_id):
        if row.post_id in posts and not row.gone_at and row.status != Status.CANCELLED:
            _without(row, draft, version, actor)
    return len(posts)


def _without(row: Delivery, draft: Draft, version: str, actor: Any) -> None:
    kind = kind_of(row.account)
    left = row.post.pictures.filter(gone=False).exists()
    if kind.needs_picture and not left and (row.status in STOPPABLE or not draft.bare(kind)):
        withdraw_row(row, actor)
        return
    if row.status in STOPPABLE:
        return  # sent without it
    now_out = latest(row)
    key = f"photo:{row.pk}:{version}"
    if Post.objects.filter(key=key).exists():
        return
    if kind.whole_updates:
        shown = set(now_out.pictures.filter(gone=False).values_list("ref", flat=True))
        draft = replace(draft, pictures=draft.picked(shown) or draft.bare(kind), title=row.post.title)
    else:
        draft = replace(draft, pictures=[], title=row.post.title)
    post = freeze(draft, kind, dict(now_out.payload), key=key, actor=actor, own_words=row.post.own_words)
    _update(row, post, actor)
