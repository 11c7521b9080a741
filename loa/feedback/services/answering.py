"""Answers: checked against the channel's window and against others who answer, queued, and what became of them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.channels.inbound import acting, door
from loa.channels.inbound.models import Action
from loa.channels.inbound.rules import Verb
from loa.channels.models import ChannelAccount, ChannelSecret, private_storage
from loa.channels.rules import Status
from loa.channels.texts import reason
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.uploads import checked_file
from loa.feedback import access as doors
from loa.feedback.models import Canned, Draft, Remark, Ruling, Thread
from loa.feedback.rules import UNDONE, Seen, Side, Stage, State, What, newest
from loa.feedback.rules import heard as heard_of
from loa.feedback.services.hearing import answered, over, sealed_parts, spoken
from loa.feedback.services.wording import thread_url
from loa.lib import vi
from loa.org import access as rights

#: an answer being written is seen by others for so long after the last letter
WRITING = dt.timedelta(minutes=2)
#: codes of answers not sent, because somebody answered or the person wrote since the form was opened
COLLISION, NEWER = "feedback.collision", "feedback.newer"


def talk_of(thread: Thread) -> Any:
    """What can be done on the thread's channel (its `talk` module), or None."""
    return door.modules("talk").get(thread.account.kind)


def own_page(thread: Thread) -> bool:
    """Whether the thread stands on a page of our own (the portal): nothing is connected, what comes is held."""
    return bool(getattr(talk_of(thread), "OWN", False))


def window(thread: Thread, now: dt.datetime) -> tuple[dt.datetime | None, bool]:
    """(until when the person may be written to; None: at any time, whether that costs from now on)."""
    talk = talk_of(thread)
    if talk is None or thread.what != What.MESSAGE or thread.last_in_at is None:
        return None, False
    free = talk.FREE is not None and now > thread.last_in_at + talk.FREE
    return thread.last_in_at + talk.WINDOW, free


def say(
    *,
    thread: Thread,
    side: Side,
    text: str,
    actor: Any,
    private: bool = False,
    target: str = "",
    key: str = "",
    file: str = "",
    file_name: str = "",
    choices: Sequence[tuple[str, str]] = (),
) -> Remark:
    """Queue words to the thread's person and keep them as a remark, in the caller's transaction.

    `choices`: (title, words it stands for), shown as buttons where the chat has them.
    """
    verb = Verb.MESSAGE if thread.what == What.MESSAGE else Verb.PRIVATE if private else Verb.REPLY
    payload: dict[str, Any] = {"text": text}
    if own_page(thread):
        payload["signed"] = thread.unit.name
    if choices and hasattr(talk_of(thread), "CHOICES"):
        payload["choices"] = [list(one) for one in choices]
    if file:
        payload = {"text": "", "file": file, "file_name": file_name}
    action = acting.queue(
        actor=actor,
        account=thread.account,
        verb=verb,
        target=target or thread.key,
        payload=payload,
        key=key or secrets.token_urlsafe(18),
    )
    known = Remark.objects.filter(action=action).first()
    if known is not None:
        return known
    shown, sealed = sealed_parts(text or file_name)
    return Remark.objects.create(
        thread=thread,
        account=thread.account,
        side=side,
        author=actor,
        masked=shown,
        sealed=sealed,
        files=[{"kind": "file", "url": "", "name": file_name}] if file else [],
        at=clock.now(),
        action=action,
        private=private,
    )


@transaction.atomic
def thread_reply(
    *,
    actor: Any,
    thread_id: int,
    text: str,
    turn: int,
    key: str = "",
    private: bool = False,
    heard: str | None = None,
    wait: bool = False,
    later: bool = False,
    file: Any = None,
    canned_id: int | None = None,
) -> Remark:
    """Answer. `turn`: how many answers there were when the form was opened; `heard`: the mark of what the person
    had said then (`heard_mark`; None: there was no form); `wait`: something is still to come; `later`: what the
    person wrote meanwhile is answered later, its clock and its notices go on.

    The same `key` again gives the same answer. Raises NotFound, Refused, InvalidInput, Conflict; the draft stays.
    """
    thread = doors.thread_for(actor, thread_id, doors.ANSWER, lock=True)
    text = vi.clean_lines(text)
    if key:
        known = Remark.objects.filter(action__key=key, thread=thread).first()
        if known is not None:
            return known
    if not text and file is None:
        raise InvalidInput(_("Hãy viết câu trả lời."), field="text")
    _may_say(thread, text, private)
    _met(thread, turn, heard)
    show_held(thread, actor)
    remark: Remark | None = None
    if file is not None:
        remark = _send_file(thread, file, actor, key)
        key = f"{key}-t" if key else ""
    if text:
        remark = say(thread=thread, side=Side.OUT, text=text, actor=actor, private=private, key=key)
    assert remark is not None
    if later and thread.state in (State.OPEN, State.ELSEWHERE):
        spoken(thread, clock.now())
    else:
        answered(thread, clock.now())
        if wait:
            thread.state = State.ELSEWHERE
    if thread.assigned_id is None:
        thread.assigned = actor
    thread.save()
    Draft.objects.filter(thread=thread, user=actor).delete()
    if canned_id:
        from django.db.models import F

        Canned.objects.filter(pk=canned_id, unit__in=(thread.unit_id, thread.home_id)).update(uses=F("uses") + 1)
    log("feedback.thread.answered", actor=actor, obj=thread, unit_id=thread.unit_id, private=private)
    return remark


def heard_mark(thread: Thread) -> str:
    """What the person has said so far, for a form that answers it."""
    return heard_of(Remark.objects.filter(thread=thread, side=Side.IN).values_list("pk", "masked"))


def _met(thread: Thread, turn: int, heard: str | None) -> None:
    """Raise Conflict when somebody answered, or the person wrote, since the form was opened."""
    found, code = [], COLLISION
    if thread.turn != turn:
        last = Remark.objects.filter(thread=thread, side=Side.OUT).select_related("author").order_by("-pk").first()
        who = str(last.author) if last and last.author else _("Một người khác")
        found.append(
            _("%(who)s vừa trả lời cuộc trao đổi này. Hãy đọc câu vừa gửi bên trên; bài viết của bạn vẫn còn.")
            % {"who": who}
        )
    more = _wrote_since(thread, heard)
    if more is not None:
        code = NEWER
        found.append(
            _("Người dân vừa nhắn thêm khi bạn đang viết. Hãy đọc lời mới bên trên; bài viết của bạn vẫn còn.")
            if more
            else _("Người dân vừa sửa hoặc gỡ lời đã viết. Hãy đọc lại bên trên; bài viết của bạn vẫn còn.")
        )
    if found:
        raise Conflict(" ".join(found), code=code)


def _wrote_since(thread: Thread, heard: str | None) -> bool | None:
    """Whether the person wrote more since the page with that mark; False: only rewrote; None: neither."""
    now = heard_mark(thread) if heard is not None else None
    return None if heard is None or now is None or now == heard else newest(now) > newest(heard)


def all_read(thread: Thread, heard: str | None) -> None:
    """Raise Conflict when the person wrote or rewrote since the page with that mark; None: there was no page."""
    more = _wrote_since(thread, heard)
    if more is not None:
        raise Conflict(
            _("Người dân vừa nhắn thêm nên chưa đổi gì. Hãy đọc lời mới bên dưới; nếu vẫn muốn, bấm lần nữa.")
            if more
            else _("Người dân vừa sửa hoặc gỡ lời nên chưa đổi gì. Hãy đọc lại; nếu vẫn muốn, bấm lần nữa."),
            code=NEWER,
        )


def in_use(account: ChannelAccount) -> None:
    """Raise Conflict where nothing is asked of the channel any more."""
    if not account.active:
        raise Conflict(_("%(name)s đã ngừng dùng trên Loa nên không thực hiện được từ đây.") % {"name": account})


def show_held(thread: Thread, actor: Any) -> list[Remark]:
    """What waits in the thread to be shown is shown: an answer to what nobody can read helps nobody.

    Raises Conflict while somebody asks that it be not shown. In the caller's transaction; returns what is shown.
    """
    held = list(Remark.objects.select_related("account").filter(thread=thread, side=Side.IN, seen=Seen.WAITING))
    before = {row.key: row for row in Action.objects.filter(key__in=[f"show-{row.pk}" for row in held])}
    failed = [one for one in before.values() if one.status in UNDONE]
    held = [row for row in held if f"show-{row.pk}" not in before or before[f"show-{row.pk}"] in failed]
    if held and Ruling.objects.filter(remark__in=held, stage=Stage.PROPOSED).exists():
        raise Conflict(
            _(
                "Đang có đề nghị không cho hiện ý kiến này, chờ người thứ hai quyết định. "
                "Trả lời sau khi có quyết định."
            ),
            code="feedback.held",
        )
    if held:
        in_use(held[0].account)
    for remark in held:
        action = acting.queue(
            actor=actor,
            account=remark.account,
            verb=Verb.UNHIDE,
            target=remark.external_id,
            key=f"show-{remark.pk}",
        )
        if action in failed:
            acting.again(action)
        log("feedback.remark.shown", actor=actor, obj=thread, unit_id=thread.unit_id, remark=remark.pk)
    return held


@transaction.atomic
def thread_show(*, actor: Any, thread_id: int, done: bool = False, heard: str | None = None) -> Thread:
    """Read it and let it be shown; `done`: it asks for no answer; `heard`: the mark of what was read.

    Raises NotFound, Refused, Conflict.
    """
    thread = doors.thread_for(actor, thread_id, doors.ANSWER, lock=True)
    all_read(thread, heard)
    if not show_held(thread, actor):
        raise Conflict(_("Ý kiến này đã được xem rồi. Hãy tải lại trang."))
    if done and thread.state != State.DONE:
        over(thread)
        thread.save()
    return thread


def _may_say(thread: Thread, text: str, private: bool) -> None:
    talk = talk_of(thread)
    if talk is None or not thread.account.active:
        raise Conflict(_("Trang này không còn hoạt động trên Loa nên chưa trả lời được từ đây."))
    if not own_page(thread) and not ChannelSecret.objects.filter(account=thread.account).exists():
        raise Conflict(_("%(name)s chưa được kết nối nên chưa trả lời được.") % {"name": thread.account})
    verb = Verb.MESSAGE if thread.what == What.MESSAGE else Verb.PRIVATE if private else Verb.REPLY
    if verb not in talk.VERBS:
        raise Conflict(_("Kênh này không cho trả lời cách này."))
    most = talk.MOST[verb]
    if len(text) > most:
        raise InvalidInput(
            _("Câu trả lời dài %(n)d chữ, kênh chỉ nhận %(most)d. Hãy rút gọn hoặc gửi làm hai lần.")
            % {"n": len(text), "most": most},
            field="text",
        )
    now = clock.now()
    until, _paid = window(thread, now)
    if until is not None and now > until:
        raise Conflict(
            _("Đã quá thời hạn kênh cho nhắn lại người này (%(until)s). Chỉ trả lời được khi họ nhắn lại.")
            % {"until": clock.local(until).strftime("%H:%M %d/%m/%Y")},
            code="feedback.window",
        )
    if private and now > thread.first_at + talk.PRIVATE_WINDOW:
        raise Conflict(_("Facebook chỉ cho nhắn riêng trong 7 ngày từ khi người đó bình luận."))


def _send_file(thread: Thread, file: Any, actor: Any, key: str) -> Remark:
    talk = talk_of(thread)
    kinds = getattr(talk, "FILE_KINDS", ())
    if not kinds or thread.what != What.MESSAGE:
        raise InvalidInput(_("Kênh này không nhận tệp; hãy gửi đường dẫn."), field="file")
    checked_file(file)
    suffix = file.name.rsplit(".", 1)[-1].lower()
    if suffix not in kinds or file.size > talk.FILE_BYTES:
        raise InvalidInput(_("Zalo nhận tệp PDF, Word, CSV đến 5 MB. Hãy chọn tệp khác."), field="file")
    name = private_storage().save(f"feedback/{secrets.token_urlsafe(12)}.{suffix}", ContentFile(file.read()))
    return say(
        thread=thread,
        side=Side.OUT,
        text="",
        actor=actor,
        key=f"{key}-f" if key else "",
        file=name,
        file_name=vi.clean(file.name)[:120],
    )


def draft_save(*, actor: Any, thread_id: int, text: str) -> dt.datetime:
    """Keep an answer being written; an empty one is taken away. Not audited: nothing leaves."""
    thread = doors.thread_for(actor, thread_id, doors.ANSWER)
    now = clock.now()
    if text.strip():
        Draft.objects.update_or_create(thread=thread, user=actor, defaults={"text": text[:8000], "at": now})
    else:
        Draft.objects.filter(thread=thread, user=actor).delete()
    return now


def action_settled(action: Action) -> None:
    """What became of an answer or of hiding: heard from the channels, in their transaction."""
    ruling = Ruling.objects.filter(action=action).select_related("remark").first()
    if ruling is not None or action.verb in (Verb.HIDE, Verb.UNHIDE, Verb.DELETE):
        _ruled(action)
        return
    remark = Remark.objects.select_related("thread", "author").filter(action=action).first()
    if remark is None:
        return
    if action.status == Status.SENT:
        if action.external_id:
            # Its echo may have been heard first.
            Remark.objects.filter(account=action.account_id, external_id=action.external_id).exclude(
                pk=remark.pk
            ).delete()
            remark.external_id = action.external_id
            remark.save(update_fields=["external_id"])
        return
    thread = Thread.objects.select_for_update().get(pk=remark.thread_id)
    if thread.state == State.DONE:
        thread.state = State.OPEN
        thread.due_at = thread.due_at or clock.now() + dt.timedelta(hours=2)
        thread.save()
    code = "unknown" if action.status == Status.UNKNOWN else "failed"
    people = [remark.author] if remark.author else list(rights.users_who_can("inbox.answer", thread.unit_id))
    notify(
        users=people,
        code=f"feedback.answer.{code}",
        key=f"remark-{remark.pk}",
        url=thread_url(thread),
        words=remark.masked[:80],
        reason=str(reason(action.code)),
    )


def _ruled(action: Action) -> None:
    remark = Remark.objects.filter(account=action.account_id, external_id=action.target).first()
    if remark is None:
        return
    if action.status == Status.SENT:
        target = {Verb.HIDE: Seen.HIDDEN, Verb.UNHIDE: Seen.VISIBLE, Verb.DELETE: Seen.DELETED}[Verb(action.verb)]
        refused = remark.seen == Seen.WAITING and target != Seen.VISIBLE
        remark.seen, remark.changed_at = target, clock.now()
        remark.save(update_fields=["seen", "changed_at"])
        if refused:
            _refused(remark)
        return
    notify(
        users=list(rights.users_who_can("inbox.decide", remark.thread.unit_id)),
        code="feedback.ruling.stuck",
        key=f"action-{action.pk}",
        url=thread_url(remark.thread),
        words=remark.masked[:80],
        reason=str(reason(action.code)),
    )


def _refused(remark: Remark) -> None:
    """What was held is not shown: its writer reads why, nobody is left to answer."""
    thread = Thread.objects.select_for_update().get(pk=remark.thread_id)
    if thread.state in (State.OPEN, State.ELSEWHERE):
        over(thread)
        thread.save()


def _answers_all(thread: Thread, remark: Remark) -> bool:
    """Whether an officer's answer, this one or a later one, came after all that was written and rewritten."""
    return thread.answered_at is not None and thread.answered_at >= max(remark.at, thread.last_at)


@transaction.atomic
def answer_decide(*, actor: Any, remark_id: int, there: bool) -> Remark:
    """A person looked at the channel: the answer whose fate was unknown is there, or is to be sent again.

    Also sends again what failed or was called off with its page. The thread that was open for it is done, unless
    the person wrote since. Raises NotFound, Refused, Conflict.
    """
    remark = doors.remark_for(actor, remark_id, doors.ANSWER)
    action = Action.objects.select_for_update().filter(pk=remark.action_id).first() if remark.action_id else None
    if action is None or action.status not in UNDONE:
        raise Conflict(_("Kết quả của câu trả lời này đã rõ. Hãy tải lại trang."))
    if there and action.status == Status.UNKNOWN:
        acting.TABLE.require(action.status, Status.SENT, "")
        action.status, action.done_at, action.code = Status.SENT, clock.now(), "by_hand"
        action.save()
    else:
        in_use(remark.account)
        acting.again(action)
    thread = Thread.objects.select_for_update().get(pk=remark.thread_id)
    if thread.state == State.OPEN and _answers_all(thread, remark):
        over(thread)
        thread.save()
    for code in ("unknown", "failed"):
        cancel_notices(code=f"feedback.answer.{code}", key=f"remark-{remark.pk}")
    log("feedback.answer.decided", actor=actor, obj=thread, unit_id=thread.unit_id, there=there)
    return remark
