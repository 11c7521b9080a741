"""Clocks that run out, and words that are forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.accounts.models import Notice
from loa.accounts.services import notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.heard import hand_back
from loa.feedback import access as doors
from loa.feedback.access import ANSWER, DECIDE
from loa.feedback.hooks import tell_words_gone
from loa.feedback.models import Draft, Remark, Ruling, Speaker, Thread
from loa.feedback.rules import KEEP_DAYS, SOON, Side, Stage, State, What
from loa.feedback.services.hearing import heard_key
from loa.feedback.services.moderation import deciders
from loa.feedback.services.wording import ruling_url, thread_url
from loa.lib import vi
from loa.org import access as rights


def remind() -> int:
    """Tell those who answer and those who decide what is due soon and what is late, each once. Returns how many
    threads and rulings."""
    return _remind_threads() + _remind_rulings()


def _remind_rulings() -> int:
    now, told = clock.now(), 0
    waiting = Ruling.objects.filter(stage__in=(Stage.PROPOSED, Stage.APPEALED))
    for level, code, rows in (
        (2, "late", waiting.filter(due_at__lte=now, reminded__lt=2)),
        (1, "soon", waiting.filter(due_at__gt=now, due_at__lte=now + SOON, reminded__lt=1)),
    ):
        for pk in rows.order_by("due_at").values_list("pk", flat=True)[:500]:
            with transaction.atomic():
                if not rows.filter(pk=pk).update(reminded=level):
                    continue
                ruling = Ruling.objects.select_related("remark__thread", "proposed_by").get(pk=pk)
                # Who asked cannot decide, but can go and ask somebody.
                also = [ruling.proposed_by] if level == 2 and ruling.stage == Stage.PROPOSED else []
                notify(
                    users=[*deciders(ruling), *also],
                    code=f"feedback.ruling.{code}",
                    key=f"ruling-{pk}",
                    url=ruling_url(ruling),
                    deed=str(ruling.get_deed_display()).lower(),
                    stage=str(ruling.get_stage_display()).lower(),
                )
                told += 1
    return told


def _remind_threads() -> int:
    now, told = clock.now(), 0
    running = Thread.objects.filter(state__in=(State.OPEN, State.ELSEWHERE), due_at__isnull=False)
    for level, code, rows in (
        (2, "late", running.filter(due_at__lte=now, reminded__lt=2)),
        (1, "soon", running.filter(due_at__gt=now, due_at__lte=now + SOON, reminded__lt=1)),
    ):
        for pk in rows.order_by("due_at").values_list("pk", flat=True)[:500]:
            with transaction.atomic():
                # Claimed by the update: with several workers each is told once.
                if not rows.filter(pk=pk).update(reminded=level):
                    continue
                thread = Thread.objects.select_related("assigned").get(pk=pk)
                notify(
                    users=_people(thread, late=level == 2),
                    code=f"feedback.thread.{code}",
                    key=f"thread-{pk}",
                    url=thread_url(thread),
                    words=thread.excerpt[:120],
                )
                told += 1
    return told


def _people(thread: Thread, *, late: bool) -> list[Any]:
    """Who has it; when it is late, also those who decide for the unit."""
    if thread.assigned is None:
        return list(rights.users_who_can(ANSWER, thread.unit_id))
    if not late:
        return [thread.assigned]
    return [thread.assigned, *rights.users_who_can(DECIDE, thread.unit_id)]


def forget(limit: int = 2000) -> int:
    """Words older than allowed go, figures stay; evidence has its own date. Returns how many threads."""
    old = clock.now() - dt.timedelta(days=KEEP_DAYS)
    rows = Thread.objects.filter(forgotten=False, last_at__lt=old).exclude(
        Q(state=State.OPEN) | Q(remarks__rulings__stage__in=[Stage.PROPOSED, Stage.APPEALED])
    )
    count = 0
    for pk in list(rows.values_list("pk", flat=True).distinct()[:limit]):
        with transaction.atomic():
            thread = Thread.objects.select_for_update(of=("self",)).select_related("account").get(pk=pk)
            said = thread.remarks.filter(side=Side.IN).exclude(external_id="")
            tell_words_gone(thread.account, list(said.values_list("external_id", flat=True)))
            # Actions carry our own words and the person's id in the channel.
            for remark in Remark.objects.filter(thread=thread, action__isnull=False).select_related("action"):
                if remark.action is not None:
                    remark.action.payload = {}
                    remark.action.save(update_fields=["payload"])
            thread.remarks.exclude(side=Side.NOTE).update(masked="", sealed="", files=[])
            thread.remarks.filter(side=Side.NOTE).update(masked="")
            _hush_notices(thread)
            thread.excerpt, thread.forgotten = "", True
            thread.save(update_fields=["excerpt", "forgotten"])
            count += 1
    _forget_people(old)
    Ruling.objects.filter(evidence_until__lt=clock.today()).exclude(evidence="").update(evidence="")
    return count


def _hush_notices(thread: Thread) -> None:
    """Notices about the thread say no more what was said in it."""
    remarks = [f"remark-{pk}" for pk in thread.remarks.values_list("pk", flat=True)]
    rows = Notice.objects.filter(code__startswith="feedback.", key__in=[f"thread-{thread.pk}", *remarks])
    rows.update(data={"words": "…", "actor": "…", "reason": "…"})


@transaction.atomic
def person_erase(*, actor: Any, thread_id: int, reason: str) -> int:
    """A person asks that what they wrote be erased (Law 91/2025/QH15): words and id go at once, figures stay.

    Evidence of a ruling keeps its own date. Returns how many remarks. Raises NotFound, Refused, InvalidInput,
    Conflict.
    """
    thread = doors.thread_for(actor, thread_id, DECIDE, lock=True)
    reason = vi.clean_lines(reason)[:300]
    if not reason:
        raise InvalidInput(_("Hãy ghi người này yêu cầu khi nào, bằng cách nào."), field="reason")
    person = thread.speaker
    if person is None or person.external_id.startswith("x-"):
        raise Conflict(_("Lời của người này đã được xoá."))
    said = Remark.objects.filter(speaker=person)
    if said.filter(rulings__stage__in=[Stage.PROPOSED, Stage.APPEALED]).exists():
        raise Conflict(
            _("Có một đề nghị kiểm duyệt hoặc khiếu nại chưa xong về lời của người này. Hãy quyết định trước.")
        )
    chats = Thread.objects.filter(speaker=person, what=What.MESSAGE)
    # What we answered in private speaks of the person too.
    answers = Remark.objects.filter(thread__in=chats, action__isnull=False).select_related("action")
    for remark in answers:
        if remark.action is not None:
            remark.action.payload = {}
            remark.action.save(update_fields=["payload"])
    for one in Thread.objects.filter(Q(speaker=person) | Q(remarks__speaker=person)).distinct():
        _hush_notices(one)
    rows = list(said.select_related("account"))
    tell_words_gone(thread.account, [row.external_id for row in rows if row.external_id])
    hand_back([heard_key(row) for row in rows])
    count = said.update(masked="", sealed="", files=[])
    Remark.objects.filter(thread__in=chats).update(masked="", sealed="", files=[])
    Draft.objects.filter(thread__in=chats).delete()
    Thread.objects.filter(speaker=person).update(excerpt="", state=State.DONE, due_at=None, urgent=False)
    chats.update(key=f"x-{person.pk}", forgotten=True)
    Speaker.objects.filter(pk=person.pk).update(external_id=f"x-{person.pk}")
    log("feedback.person.erased", actor=actor, obj=person, unit_id=thread.unit_id, reason=reason, remarks=count)
    return count


def _forget_people(old: dt.datetime) -> None:
    """A person all of whose threads are forgotten keeps only the code."""
    gone = Speaker.objects.filter(first_at__lt=old).exclude(external_id__startswith="x-")
    gone = gone.exclude(pk__in=Thread.objects.filter(forgotten=False, speaker__isnull=False).values("speaker"))
    gone = gone.exclude(
        pk__in=Remark.objects.filter(thread__forgotten=False, speaker__isnull=False).values("speaker")
    )
    for speaker in gone[:2000]:
        Speaker.objects.filter(pk=speaker.pk).update(external_id=f"x-{speaker.pk}")
        Thread.objects.filter(speaker=speaker, what="message").update(key=f"x-{speaker.pk}")
