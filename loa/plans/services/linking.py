"""A signed plan that was read is tied to the plan above it carries out, line by line as a person confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound
from loa.plans import events
from loa.plans.models import Plan, TaskProgress
from loa.plans.rules import PlanStatus
from loa.plans.selectors.cascade import Duty, duties_for
from loa.plans.selectors.linking import plans_above
from loa.plans.services.common import lock_plan, require_manage


def _linkable(plan: Plan) -> Plan:
    plan = lock_plan(plan.pk)
    if plan.status != PlanStatus.ISSUED:
        raise Conflict(_("Chỉ gắn được kế hoạch đang thực hiện với kế hoạch cấp trên."), code="plans.not_in_force")
    if plan.drawn_up:
        raise Conflict(
            _("Kế hoạch này soạn từ kế hoạch cấp trên nên đã gắn sẵn, không đổi được."), code="plans.drawn_up"
        )
    return plan


def link_plan(
    *,
    actor: Any,
    plan: Plan,
    parent: Plan,
    topics: Mapping[int, int],
    tasks: Mapping[int, str],
    directives: Mapping[int, str] | None = None,
) -> Plan:
    """Say that a plan carries out one above, and which of its topics, tasks and directives carry out which there.

    `topics`: ours → theirs; `tasks`: ours → key of a duty (`Duty.key`); `directives`: ours → key of a directive of
    theirs. What is not named carries out nothing; doing it again puts the new answer in place of the old. Changes
    above decided since it was signed wait from now on, and its stories count there. Raises Refused,
    Conflict, NotFound (no such plan above), InvalidInput.
    """
    require_manage(actor, plan)
    with transaction.atomic():
        plan = _linkable(plan)
        found = plans_above(plan).filter(pk=parent.pk).first()
        if found is None:
            raise NotFound(
                _("Không có kế hoạch cấp trên này, hoặc kế hoạch không còn thực hiện."), code="plans.not_found"
            )
        parent = found
        duties = {duty.key: duty for duty in duties_for(parent, plan.unit)}
        _forget(plan)
        _write_topics(plan, parent, topics)
        _write_tasks(plan, tasks, duties)
        _write_directives(plan, directives or {}, duties)
        now = clock.now()
        plan.parent_plan, plan.linked_at = parent, now
        plan.derived_at = min(now, clock.start_of(plan.signed_on)) if plan.signed_on else now
        plan.save(update_fields=["parent_plan", "linked_at", "derived_at"])
        log(
            "plans.plan.linked",
            actor=actor,
            obj=plan,
            unit_id=plan.unit_id,
            parent=parent.pk,
            plan=str(parent),
            topics=len(topics),
            tasks=len(tasks),
            directives=len(directives or {}),
        )
        _count_again(parent)
    return plan


def unlink_plan(*, actor: Any, plan: Plan) -> Plan:
    """Take back what `link_plan` said. Raises Refused, Conflict (drawn up from it, or not tied)."""
    require_manage(actor, plan)
    with transaction.atomic():
        plan = _linkable(plan)
        parent = plan.parent_plan
        if parent is None:
            raise Conflict(_("Kế hoạch này chưa gắn với kế hoạch cấp trên nào."), code="plans.not_linked")
        _forget(plan)
        plan.parent_plan = plan.linked_at = plan.derived_at = None
        plan.save(update_fields=["parent_plan", "linked_at", "derived_at"])
        log("plans.plan.unlinked", actor=actor, obj=plan, unit_id=plan.unit_id, plan=str(parent))
    return plan


def _forget(plan: Plan) -> None:
    plan.topics.exclude(source=None).update(source=None)
    plan.directives.exclude(source=None).update(source=None)
    plan.tasks.exclude(source_task=None, source_directive=None).update(source_task=None, source_directive=None)


def _write_topics(plan: Plan, parent: Plan, topics: Mapping[int, int]) -> None:
    ours = {topic.pk: topic for topic in plan.topics.filter(pk__in=topics)}
    theirs = set(parent.topics.filter(pk__in=topics.values()).values_list("pk", flat=True))
    for pk, other in topics.items():
        if pk not in ours or other not in theirs:
            raise InvalidInput(_("Nội dung đã chọn không thuộc kế hoạch này."), code="plans.topic", field="topic")
        ours[pk].source_id = other
        ours[pk].save(update_fields=["source"])


def _write_tasks(plan: Plan, tasks: Mapping[int, str], duties: Mapping[str, Duty]) -> None:
    ours = {task.pk: task for task in plan.tasks.select_for_update(of=("self",)).filter(pk__in=tasks)}
    worked = set(TaskProgress.objects.filter(task__in=ours).values_list("task", flat=True))
    for pk, key in tasks.items():
        duty = duties.get(key)
        if pk not in ours or duty is None:
            raise InvalidInput(_("Việc đã chọn không thuộc hai kế hoạch này."), code="plans.task", field="task")
        if duty.task is not None and pk in worked:
            raise InvalidInput(
                _("Nhiệm vụ “%s” đã có tiến độ ghi ở đây nên không gắn với nhiệm vụ cấp trên được.") % ours[pk],
                code="plans.task.worked_on",
                field="task",
            )
        ours[pk].source_task, ours[pk].source_directive = duty.task, duty.directive
        ours[pk].save(update_fields=["source_task", "source_directive"])


def _write_directives(plan: Plan, directives: Mapping[int, str], duties: Mapping[str, Duty]) -> None:
    ours = {one.pk: one for one in plan.directives.filter(pk__in=directives)}
    for pk, key in directives.items():
        duty = duties.get(key)
        if pk not in ours or duty is None or duty.directive is None:
            raise InvalidInput(
                _("Chỉ tiêu đã chọn không thuộc hai kế hoạch này."), code="plans.directive", field="directive"
            )
        ours[pk].source = duty.directive
        ours[pk].save(update_fields=["source"])


def _count_again(plan: Plan | None) -> None:
    """Stories under the plan below now count for this one, and for those it carries out itself."""
    while plan is not None:
        events.emit(events.directives_in_force, plan=plan)
        plan = plan.parent_plan
