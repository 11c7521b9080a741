"""Tables given in: read and kept for a look, then written as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import clean
from loa.org.models import Unit
from loa.plans.access import require_legal_edit
from loa.plans.models import Amendment, Plan, TableImport, Task
from loa.plans.rules import PlanStatus
from loa.plans.rules.legal import COLUMNS
from loa.plans.selectors.table import setting_of, task_rows
from loa.plans.services.amendments import add_to_amendment, amendment_start, change_task
from loa.plans.services.cascade import own_task_drop, own_task_put
from loa.plans.services.common import lock_plan, require_issue, require_manage
from loa.plans.services.legal import legal_import
from loa.plans.services.work import task_update
from loa.plans.tables import legal, tasks
from loa.plans.tables.lines import read_lines


def legal_table_read(*, actor: Any, data: bytes, filename: str) -> TableImport:
    """Read a table of legal documents and keep its lines; nothing of the register changes. Raises Refused,
    InvalidInput."""
    require_legal_edit(actor)
    lines, remarks = read_lines(data, filename, columns=COLUMNS, required=legal.REQUIRED, most=legal.MOST)
    return TableImport.objects.create(
        kind=TableImport.Kind.LEGAL,
        filename=clean(filename)[:200],
        rows=[line.as_json() for line in lines],
        remarks=remarks,
        created_by=actor,
    )


def legal_table_apply(*, actor: Any, batch: TableImport) -> TableImport:
    """Write what the preview shows now. Raises Refused, Conflict (written before), InvalidInput (wrong line)."""
    require_legal_edit(actor)
    with transaction.atomic():
        batch = TableImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.applied_at is not None:
            raise Conflict(_("Bảng này đã được ghi rồi."), code="plans.table.applied")
        steps = legal.compare(batch.rows)
        wrong = sum(1 for step in steps if step.errors)
        if wrong:
            raise InvalidInput(
                _("Còn %s dòng sai. Sửa trong tệp rồi nhập lại; chưa có gì được ghi.") % wrong,
                code="plans.table.wrong",
            )
        wanted = [step.values for step in steps if step.deed in (legal.NEW, legal.CHANGED)]
        added, changed = legal_import(actor=actor, rows=wanted)
        batch.result = {"added": added, "changed": changed, "same": len(steps) - len(wanted)}
        batch.applied_at = clock.now()
        batch.save(update_fields=["result", "applied_at"])
    return batch


# — tasks of a plan ———————————————————————————————————————————————————————————————————


def _require_tasks(actor: Any, plan: Plan) -> None:
    """A draft is changed by who manages it, a plan in force only by an amendment of who issues it."""
    if plan.status == PlanStatus.DRAFTING:
        require_manage(actor, plan)
    else:
        require_issue(actor, plan)
    if plan.status not in (PlanStatus.DRAFTING, PlanStatus.ISSUED):
        raise Conflict(
            _("Bảng nhiệm vụ chỉ nhập được vào kế hoạch đang soạn hoặc đang thực hiện."), code="plans.table.closed"
        )


def task_table_read(*, actor: Any, plan: Plan, data: bytes, filename: str) -> TableImport:
    """Read a table of tasks and keep its lines; nothing of the plan changes. Raises Refused, Conflict,
    InvalidInput."""
    _require_tasks(actor, plan)
    lines, remarks = read_lines(
        data, filename, columns=tasks.COLUMNS, required=tasks.REQUIRED, most=tasks.MOST, quiet=tasks.QUIET
    )
    return TableImport.objects.create(
        kind=TableImport.Kind.TASKS,
        plan=plan,
        filename=clean(filename)[:200],
        rows=[line.as_json() for line in lines],
        remarks=remarks,
        created_by=actor,
    )


def compare_tasks(actor: Any, batch: TableImport, *, yields: bool = False) -> tasks.Comparison:
    """What the table would do to the plan now; `yields`: what was edited on both sides stays as Loa has it."""
    assert batch.plan is not None
    setting = replace(setting_of(actor, batch.plan), yields=yields)
    return tasks.compare(batch.rows, task_rows(actor, batch.plan), setting)


def task_table_apply(
    *,
    actor: Any,
    batch: TableImport,
    amendment: Amendment | None = None,
    head: Mapping[str, Any] | None = None,
    drop: bool = False,
    clashes: str = "",
) -> TableImport:
    """Write what the preview shows now: into a draft at once; of a plan in force, what is told of progress at once
    and what differs from the signed text as changes of `amendment`, a draft, or of a new one with `head`.

    `drop`: tasks that are no longer in the table are taken out (of a draft) or cancelled (by the amendment); what
    was given from above stays. `clashes`: of cells edited in the table and meanwhile in Loa, what holds: "loa" or
    "file". `result["amendment"]` names the amendment.

    Raises Refused, Conflict (written before, not to be changed), InvalidInput (wrong line, no amendment, clashes
    nobody decided on).
    """
    assert batch.plan is not None
    _require_tasks(actor, batch.plan)
    with transaction.atomic():
        batch = TableImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.applied_at is not None or batch.plan is None:
            raise Conflict(_("Bảng này đã được ghi rồi."), code="plans.table.applied")
        batch.plan = plan = lock_plan(batch.plan.pk)
        found = compare_tasks(actor, batch, yields=clashes == "loa")
        wrong = sum(1 for step in found.steps if step.errors)
        if wrong:
            raise InvalidInput(
                _("Còn %s dòng sai. Sửa trong tệp rồi nhập lại; chưa có gì được ghi.") % wrong,
                code="plans.table.wrong",
            )
        if clashes != "file" and any(step.clashes for step in found.steps):
            raise InvalidInput(
                _("Có ô vừa sửa trong tệp vừa đổi trên Loa. Hãy chọn giữ bên nào; chưa có gì được ghi."),
                code="plans.table.clash",
                field="clashes",
            )
        gone = [row.pk for row in found.gone if not row.given and row.cancelled_on is None] if drop else []
        if plan.status == PlanStatus.DRAFTING:
            _into_draft(actor, plan, found.steps, gone)
        else:
            amendment = _into_force(actor, plan, found.steps, gone, amendment, head)
        counts = tasks.counted(found.steps)
        batch.result = {
            "added": counts[tasks.NEW],
            "changed": counts[tasks.CHANGED],
            "same": counts[tasks.SAME],
            "gone": len(gone),
            "amendment": amendment.pk if amendment is not None else None,
        }
        batch.applied_at = clock.now()
        batch.save(update_fields=["result", "applied_at"])
        log(
            "plans.tasks.imported",
            actor=actor,
            obj=plan,
            unit_id=plan.unit_id,
            added=counts[tasks.NEW],
            changed=counts[tasks.CHANGED],
            gone=len(gone),
        )
    return batch


def _into_draft(actor: Any, plan: Plan, steps: Iterable[tasks.Step], gone: list[int]) -> None:
    for step in steps:
        if step.deed not in (tasks.NEW, tasks.CHANGED):
            continue
        task = Task.objects.get(pk=step.task or 0) if step.task else None
        own_task_put(actor=actor, plan=plan, task=task, values=step.values, partly=True)
    for pk in gone:
        own_task_drop(actor=actor, task=Task.objects.select_related("plan__unit").get(pk=pk))


def _into_force(
    actor: Any,
    plan: Plan,
    steps: Iterable[tasks.Step],
    gone: list[int],
    amendment: Amendment | None,
    head: Mapping[str, Any] | None,
) -> Amendment | None:
    written = [step for step in steps if step.values and step.deed in (tasks.NEW, tasks.CHANGED)]
    if not (written or gone):
        amendment = None
    elif amendment is None and head is not None:
        amendment = amendment_start(actor=actor, plan=plan, values=head)
    if (written or gone) and amendment is None:
        raise InvalidInput(
            _("Kế hoạch đang thực hiện chỉ thay đổi bằng văn bản điều chỉnh. Hãy chọn hoặc soạn một văn bản."),
            code="plans.table.amendment",
            field="amendment",
        )
    if amendment is not None and amendment.plan_id != plan.pk:
        raise Refused(_("Văn bản điều chỉnh này của kế hoạch khác."), code="plans.amendment.other")
    for step in written:
        assert amendment is not None
        if step.deed == tasks.NEW:
            add_to_amendment(actor=actor, amendment=amendment, kind="task", values=step.values)
        else:
            change_task(
                actor=actor, amendment=amendment, task=Task.objects.get(pk=step.task or 0), values=step.values
            )
    for pk in gone:
        assert amendment is not None
        change_task(actor=actor, amendment=amendment, task=Task.objects.get(pk=pk), values=None)
    rows = {row.pk: row for row in task_rows(actor, plan)}
    for step in steps:
        if step.work and step.task:
            row = rows[step.task]
            task_update(
                actor=actor,
                task=Task.objects.select_related("plan__unit").get(pk=step.task),
                unit=Unit.objects.get(pk=row.unit or 0),
                **step.work,
            )
    return amendment
