"""Who answers what: assignment, handing to another unit, states, labels, notes, looks at the words as written."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.services import notify
from loa.audit.services import log
from loa.channels.inbound import acting
from loa.channels.inbound.rules import Verb
from loa.channels.vault import opened
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.transitions import set_status
from loa.feedback import access as doors
from loa.feedback.models import Canned, Remark, Tag, Thread
from loa.feedback.rules import MOVES, Seen, Side, State, What
from loa.feedback.services.answering import all_read, talk_of
from loa.feedback.services.hearing import open_for_people, over
from loa.feedback.services.wording import thread_url
from loa.lib import vi
from loa.org import access as rights
from loa.org.models import Unit


def thread_opened(*, actor: Any, thread: Thread) -> None:
    """Write down that somebody looked at what private persons wrote."""
    log("feedback.thread.opened", actor=actor, obj=thread, unit_id=thread.unit_id)


@transaction.atomic
def remark_reveal(*, actor: Any, remark_id: int) -> str:
    """The words as written, with numbers and addresses; the look is written down. Raises NotFound, Refused."""
    remark = doors.remark_for(actor, remark_id, doors.ANSWER)
    log(
        "feedback.remark.revealed", actor=actor, obj=remark.thread, unit_id=remark.thread.unit_id, remark=remark.pk
    )
    return str(opened(remark.sealed)["text"]) if remark.sealed else remark.masked


@transaction.atomic
def thread_assign(*, actor: Any, thread_id: int, user_id: int | None) -> Thread:
    """Give the thread to a person who may answer it; None: to nobody."""
    thread = doors.thread_for(actor, thread_id, doors.ANSWER, lock=True)
    person = get_user_model().objects.filter(pk=user_id, is_active=True).first() if user_id else None
    if user_id and (person is None or not doors.may(person, doors.ANSWER, thread)):
        raise InvalidInput(_("Người này chưa được giao trả lời hộp thư của đơn vị."), field="user")
    thread.assigned = person
    thread.save(update_fields=["assigned"])
    if person is not None and person != actor:
        notify(
            users=[person],
            code="feedback.thread.assigned",
            key=f"thread-{thread.pk}",
            url=thread_url(thread),
            words=thread.excerpt[:120],
            actor=str(actor),
        )
    log("feedback.thread.assigned", actor=actor, obj=thread, unit_id=thread.unit_id, to=str(person or ""))
    return thread


@transaction.atomic
def thread_forward(*, actor: Any, thread_id: int, unit_id: int, note: str = "") -> Thread:
    """Hand the thread to a unit below; the clock goes on. Raises NotFound, Refused, InvalidInput."""
    thread = doors.thread_for(actor, thread_id, doors.ANSWER, lock=True)
    unit = Unit.objects.filter(pk=unit_id, closed_on=None).first()
    reach = rights.units_where(actor, doors.READ)
    if unit is None or not (unit.pk == thread.home_id or reach.filter(pk=unit.pk).exists()):
        raise InvalidInput(_("Hãy chọn đơn vị thuộc phạm vi của bạn."), field="unit")
    if unit.pk == thread.unit_id:
        return thread
    thread.unit, thread.assigned = unit, None
    if thread.state != State.OPEN:
        open_for_people(thread, thread.excerpt, clock.now())
    thread.save()
    note = vi.clean_lines(note)[:1000]
    if note:
        Remark.objects.create(
            thread=thread, account=thread.account, side=Side.NOTE, author=actor, masked=note, at=clock.now()
        )
    notify(
        users=list(rights.users_who_can(doors.ANSWER, unit.pk)),
        code="feedback.thread.forwarded",
        key=f"thread-{thread.pk}",
        url=thread_url(thread),
        words=thread.excerpt[:120],
        actor=str(actor),
    )
    log("feedback.thread.forwarded", actor=actor, obj=thread, unit_id=unit.pk, to=str(unit))
    return thread


@transaction.atomic
def thread_set_state(*, actor: Any, thread_id: int, state: str, heard: str | None = None) -> Thread:
    """Done without an answer, waiting for somebody else, or open again.

    `heard`: the mark of what was read (`heard_mark`), for what ends the wait. Raises NotFound, Refused, Conflict.
    """
    thread = doors.thread_for(actor, thread_id, doors.ANSWER, lock=True)
    if state not in (State.OPEN, State.ELSEWHERE, State.DONE):
        raise InvalidInput(_("Hãy chọn trạng thái có trong danh sách."), field="state")
    if state == State.DONE:
        all_read(thread, heard)
    if state == State.OPEN and thread.state != State.OPEN:
        open_for_people(thread, thread.excerpt, clock.now())
        thread.save()
    else:
        if state == State.DONE and thread.remarks.filter(side=Side.IN, seen=Seen.WAITING).exists():
            raise Conflict(
                _("Ý kiến này đang chờ hiện, không để im được: hãy cho hiện, trả lời, hoặc đề nghị không cho hiện "
                  "theo một căn cứ pháp luật."),
                code="feedback.held",
            )  # fmt: skip
        set_status(thread, state, MOVES, _("Cuộc trao đổi vừa đổi trạng thái. Hãy tải lại trang."), field="state")
        if state == State.DONE:
            over(thread)
            thread.save()
    log("feedback.thread.moved", actor=actor, obj=thread, unit_id=thread.unit_id, state=state)
    return thread


@transaction.atomic
def thread_note(*, actor: Any, thread_id: int, text: str) -> Remark:
    """A note for colleagues; it never leaves."""
    thread = doors.thread_for(actor, thread_id, doors.ANSWER, lock=True)
    text = vi.clean_lines(text)[:2000]
    if not text:
        raise InvalidInput(_("Hãy viết ghi chú."), field="text")
    log("feedback.thread.noted", actor=actor, obj=thread, unit_id=thread.unit_id)
    return Remark.objects.create(
        thread=thread, account=thread.account, side=Side.NOTE, author=actor, masked=text, at=clock.now()
    )


@transaction.atomic
def thread_tag(*, actor: Any, thread_id: int, name: str, on: bool) -> Thread:
    """Put a label on the thread or take it off; for a chat also on the channel where it knows labels."""
    thread = doors.thread_for(actor, thread_id, doors.ANSWER, lock=True)
    name = vi.clean(name)[:40]
    if not name:
        raise InvalidInput(_("Hãy ghi tên nhãn."), field="name")
    if on:
        if thread.tags.count() >= 8:
            raise InvalidInput(_("Một cuộc trao đổi mang tối đa 8 nhãn."), field="name")
        tag, _created = Tag.objects.get_or_create(unit_id=thread.home_id, name=name)
        thread.tags.add(tag)
    else:
        thread.tags.remove(*thread.tags.filter(name=name))
    talk = talk_of(thread)
    if thread.what == What.MESSAGE and talk is not None and Verb.TAG in talk.VERBS:
        acting.queue(
            actor=actor,
            account=thread.account,
            verb=Verb.TAG if on else Verb.UNTAG,
            target=thread.key,
            payload={"tag": name},
        )
    log("feedback.thread.tagged", actor=actor, obj=thread, unit_id=thread.unit_id, tag=name, on=on)
    return thread


@transaction.atomic
def canned_save(
    *, actor: Any, canned_id: int | None, unit_id: int, title: str, text: str, active: bool = True
) -> Canned:
    """Keep an answer the office has ready. Raises NotFound, Refused, InvalidInput."""
    if canned_id is not None:
        row = Canned.objects.select_for_update().filter(pk=canned_id).first()
        if row is None:
            raise InvalidInput(_("Không có câu trả lời mẫu này."))
        unit_id = row.unit_id
    else:
        row = Canned(unit_id=unit_id)
    if not rights.can(actor, doors.MANAGE, unit_id):
        raise Refused(_("Bạn chưa được giao quản lý câu trả lời mẫu của đơn vị này."), code=doors.MANAGE)
    row.title, row.text, row.active = vi.clean(title)[:120], vi.clean_lines(text)[:2000], active
    if not row.title or not row.text:
        raise InvalidInput(_("Hãy ghi tên và nội dung câu trả lời mẫu."), field="title")
    if Canned.objects.filter(unit_id=unit_id, title=row.title).exclude(pk=row.pk).exists():
        raise InvalidInput(_("Đơn vị đã có câu trả lời mẫu cùng tên."), field="title")
    row.save()
    log("feedback.canned.saved", actor=actor, obj=row, unit_id=unit_id)
    return row
