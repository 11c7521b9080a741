"""The conversation of something that was heard, for who listens: how it stands, who answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from loa.core.heard import Talk
from loa.feedback import access
from loa.feedback.models import Thread
from loa.feedback.models.inbox import STATE_LABELS
from loa.feedback.rules import State

WAITS = (State.OPEN, State.ELSEWHERE)


def talks(user: Any, refs: Sequence[str]) -> dict[str, Talk]:
    """ "thread-remark" → the conversation, of those that are in the person's inbox. Two queries and the rights."""
    numbers = {ref: _numbers(ref) for ref in refs}
    wanted = {number[0] for number in numbers.values() if number}
    rows = access.threads_for(user).select_related("unit", "assigned").in_bulk(list(wanted)) if wanted else {}
    theirs = set(access.threads_for(user, access.ANSWER).filter(pk__in=rows).values_list("pk", flat=True))
    return {
        ref: _talk(rows[number[0]], number[1], may_answer=number[0] in theirs)
        for ref, number in numbers.items()
        if number and number[0] in rows
    }


def _numbers(ref: str) -> tuple[int, int] | None:
    thread, sep, remark = ref.partition("-")
    whole = all(part.isascii() and part.isdigit() and len(part) < 19 for part in (thread, remark))
    return (int(thread), int(remark)) if sep and whole else None


def _talk(thread: Thread, remark: int, *, may_answer: bool) -> Talk:
    waits = thread.state in WAITS
    state, chip = str(STATE_LABELS[State(thread.state)]), "wait" if waits else "plain"
    answered = thread.answered_at is not None and (
        thread.last_in_at is None or thread.answered_at >= thread.last_in_at
    )
    if thread.state == State.DONE:
        state, chip = (_("Đã trả lời"), "done") if answered else (_("Đã xong, không trả lời"), "plain")
    elif thread.state == State.OPEN and thread.urgent:
        state, chip = _("Cần trả lời gấp"), "act"
    return Talk(
        url=f"{reverse('feedback:thread', args=[thread.pk])}#loi-{remark}",
        state=state,
        chip=chip,
        waits=waits,
        may_answer=may_answer,
        unit=thread.unit.short_name,
        who=str(thread.assigned) if thread.assigned else "",
        title=thread.title,
        due_at=thread.due_at if waits else None,
        answered_at=thread.answered_at if answered else None,
    )
