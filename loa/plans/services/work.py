"""Work on tasks: state, percent, who sees to it, words and proofs; each with the actor, all audited."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loa.accounts.models import User
from loa.accounts.services import notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.transitions import Transitions
from loa.core.uploads import checked_file
from loa.lib.vi import clean
from loa.org.access import users_who_can
from loa.org.models import Unit
from loa.plans import access, events, texts
from loa.plans.models import Task, TaskEvidence, TaskNote, TaskProgress
from loa.plans.rules import PlanStatus
from loa.plans.rules.links import fingerprint_of_url
from loa.plans.rules.tasks import NEEDS_REASON, TASK_MOVES, TaskState, percent_after
from loa.plans.selectors.tasks import lead_units, people_of
from loa.plans.services.common import require_not_given

WORK = Transitions("plans.task", {str(state): moves for state, moves in TASK_MOVES.items()})
MOST_LETTERS = 2000


def _lock(task: Task, unit: Unit) -> tuple[Task, TaskProgress]:
    """The task, locked, and the unit's row, unsaved when nobody has written yet. Raises Conflict, InvalidInput."""
    task = Task.objects.select_for_update(of=("self",)).select_related("plan__unit").get(pk=task.pk)
    if task.plan.status != PlanStatus.ISSUED:
        raise Conflict(_("Kế hoạch này không còn thực hiện nên nhiệm vụ chỉ xem được."), code="plans.task.closed")
    if task.cancelled_on is not None and task.cancelled_on <= clock.today():
        raise Conflict(
            _("Nhiệm vụ này đã hủy từ %s, không cập nhật nữa.") % texts.day(task.cancelled_on),
            code="plans.task.cancelled",
        )
    if not lead_units(task).filter(pk=unit.pk).exists():
        raise InvalidInput(
            _("%s không chủ trì nhiệm vụ này.") % unit.short_name, code="plans.task.not_lead", field="unit"
        )
    row = TaskProgress.objects.select_for_update(of=("self",)).filter(task=task, unit=unit).first()
    return task, row or TaskProgress(task=task, unit=unit)


def _words(text: str) -> str:
    text = clean(text)
    if len(text) > MOST_LETTERS:
        raise InvalidInput(
            _("Ghi chú dài quá %s chữ cái. Hãy viết gọn, hoặc đính tệp.") % texts.number(MOST_LETTERS),
            field="text",
        )
    return text


def task_update(
    *, actor: Any, task: Task, unit: Unit, state: str, percent: int | None = None, text: str = ""
) -> TaskProgress:
    """Say where the unit stands with the task: a state of the table, a percent, a word with it.

    "Hủy" is said, and taken back, by the office of the plan alone; it and "chờ" need a reason. Raises Refused,
    Conflict (a move that is not in the table, a plan or task that is over), InvalidInput.
    """
    office = access.may_issue(actor, task.plan)
    works = access.may_work(actor, task, unit.pk)
    if not (office or works):
        raise Refused(
            _("Chỉ trưởng đơn vị, đầu mối và người phụ trách của %s cập nhật được nhiệm vụ này.")
            % unit.short_name,
            code="task.work",
        )
    if state not in tuple(TaskState):
        raise InvalidInput(_("Hãy chọn tình trạng trong danh sách."), field="state")
    text = _words(text)
    with transaction.atomic():
        task, row = _lock(task, unit)
        before, target = row.state, TaskState(state)
        releasing = TaskState.CANCELLED in (before, target)
        if not (office if releasing else works):
            raise Refused(
                _("Chỉ cơ quan ban hành kế hoạch được cho đơn vị thôi làm, hoặc giao lại nhiệm vụ này.")
                if releasing
                else _("Cơ quan ban hành xem được tiến độ, còn cập nhật là việc của %s.") % unit.short_name,
                code="task.work",
            )
        if target == TaskState.CANCELLED:
            require_not_given(task)
        if target != before:
            WORK.require(
                before,
                target,
                _("Nhiệm vụ đang “%(now)s”, không chuyển sang “%(to)s” được. Hãy tải lại trang.")
                % {"now": texts.TASK_STATE[TaskState(before)], "to": texts.TASK_STATE[target]},
            )
            if target in NEEDS_REASON and not text:
                raise InvalidInput(
                    _("Hãy ghi rõ đang chờ gì, chờ ai.") if target == TaskState.WAITING else _("Hãy ghi lý do."),
                    code="plans.task.reason",
                    field="text",
                )
        elif releasing:
            raise Conflict(_("Đơn vị đã được cho thôi làm nhiệm vụ này."), code="plans.task.cancelled")
        percent_before, row.percent = row.percent, percent_after(target, percent, row.percent)
        if target == before and row.percent == percent_before and not text:
            return row
        row.state, row.updated_by, row.updated_at = target, actor, clock.now()
        row.done_on = (row.done_on or clock.today()) if target == TaskState.DONE else None
        row.save()
        TaskNote.objects.create(
            task=task, unit=unit, text=text, state=target, percent=row.percent, by=actor, at=clock.now()
        )
        log(
            "plans.task.updated",
            actor=actor,
            obj=task,
            unit_id=unit.pk,
            plan=task.plan_id,
            before=before,
            after=str(target),
            percent=row.percent,
        )
        if releasing:
            notify(
                users=[user for user in users_who_can("task.work", unit.pk) if user.pk != actor.pk],
                code="plans.task.released" if target == TaskState.CANCELLED else "plans.task.given_back",
                key=f"task:{task.pk}:{unit.pk}:{row.state}",
                url=texts.share_url(task, unit.pk),
                task=str(task),
                reason=text,
            )
    return row


def task_assign(*, actor: Any, task: Task, unit: Unit, owner: User | None) -> TaskProgress:
    """Say who in the unit sees to the task (None: nobody). Raises Refused, InvalidInput, Conflict."""
    if not access.may_assign(actor, unit.pk):
        raise Refused(
            _("Chỉ trưởng đơn vị và đầu mối của %s phân công được người phụ trách.") % unit.short_name,
            code="task.work",
        )
    if owner is not None and not people_of(unit).filter(pk=owner.pk).exists():
        raise InvalidInput(
            _("%(who)s không làm việc ở %(unit)s.") % {"who": owner, "unit": unit.short_name}, field="owner"
        )
    with transaction.atomic():
        task, row = _lock(task, unit)
        before = row.owner_id
        if before == (owner.pk if owner else None):
            return row
        row.owner, row.updated_by, row.updated_at = owner, actor, clock.now()
        row.save()
        log(
            "plans.task.assigned",
            actor=actor,
            obj=task,
            unit_id=unit.pk,
            plan=task.plan_id,
            owner=str(owner) if owner else "",
        )
        if owner is not None and owner.pk != actor.pk:
            notify(
                users=[owner],
                code="plans.task.assigned",
                key=f"task:{task.pk}:{unit.pk}",
                url=texts.share_url(task, unit.pk),
                task=str(task),
                due=texts.due_phrase(task.due_on),
            )
    return row


def task_note(*, actor: Any, task: Task, unit: Unit, text: str) -> TaskNote:
    """Write a word on the unit's work; the plan's office may too. Raises Refused, InvalidInput, Conflict."""
    if not (access.may_work(actor, task, unit.pk) or access.may_issue(actor, task.plan)):
        raise Refused(_("Tài khoản này chỉ xem được nhiệm vụ của %s.") % unit.short_name, code="task.work")
    text = _words(text)
    if not text:
        raise InvalidInput(_("Hãy viết ghi chú."), field="text")
    with transaction.atomic():
        task, _row = _lock(task, unit)
        note = TaskNote.objects.create(task=task, unit=unit, text=text, by=actor, at=clock.now())
        log("plans.task.noted", actor=actor, obj=task, unit_id=unit.pk, plan=task.plan_id)
    return note


def task_prove(
    *,
    actor: Any,
    task: Task,
    unit: Unit,
    kind: str,
    title: str = "",
    url: str = "",
    file: Any = None,
    ref: int | None = None,
) -> TaskEvidence:
    """Add a proof: a link, a file, or a story or report of the unit. Raises Refused, InvalidInput, Conflict."""
    if not access.may_work(actor, task, unit.pk):
        raise Refused(
            _("Chỉ trưởng đơn vị, đầu mối và người phụ trách của %s thêm được minh chứng.") % unit.short_name,
            code="task.work",
        )
    title = clean(title)[:300]
    source = events.task_proofs.get(kind)
    if kind == TaskEvidence.Kind.LINK:
        if not url:
            raise InvalidInput(_("Hãy dán đường dẫn."), field="url")
        mark = f"url:{fingerprint_of_url(url)}"
        title = title or url[:300]
    elif kind == TaskEvidence.Kind.FILE:
        if file is None:
            raise InvalidInput(_("Hãy chọn tệp minh chứng."), field="file")
        mark = f"file:{checked_file(file)}"
        title = title or str(file.name)[:300]
    elif source is not None:
        offered = dict(source.choices(unit.pk))
        if ref is None or ref not in offered:
            raise InvalidInput(_("Hãy chọn một mục trong danh sách của đơn vị."), field="ref")
        mark, title = f"{kind}:{ref}", offered[ref][:300]
    else:
        raise InvalidInput(_("Hãy chọn loại minh chứng."), field="kind")
    if len(mark) > 120:
        mark = f"url:{hashlib.sha256(mark.encode()).hexdigest()}"
    with transaction.atomic():
        task, _row = _lock(task, unit)
        try:
            with transaction.atomic():
                evidence = TaskEvidence.objects.create(
                    task=task,
                    unit=unit,
                    kind=kind,
                    title=title,
                    url=url if kind == TaskEvidence.Kind.LINK else "",
                    file=file if kind == TaskEvidence.Kind.FILE else "",
                    ref=ref if source is not None else None,
                    fingerprint=mark,
                    added_by=actor,
                )
        except IntegrityError:
            raise Conflict(_("Minh chứng này đã có ở nhiệm vụ rồi."), code="plans.task.double") from None
        log("plans.task.proved", actor=actor, obj=task, unit_id=unit.pk, plan=task.plan_id, kind=kind)
    return evidence


def task_unprove(*, actor: Any, evidence: TaskEvidence) -> None:
    """Take a proof back; the row stays for the log. Raises Refused, Conflict."""
    if not access.may_work(actor, evidence.task, evidence.unit_id):
        raise Refused(_("Tài khoản này không bỏ được minh chứng của đơn vị khác."), code="task.work")
    with transaction.atomic():
        row = TaskEvidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
        if row.removed_at is not None:
            raise Conflict(_("Minh chứng này đã được bỏ."), code="plans.task.removed")
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        log(
            "plans.task.unproved",
            actor=actor,
            obj=evidence.task,
            unit_id=row.unit_id,
            plan=evidence.task.plan_id,
            title=row.title,
        )
