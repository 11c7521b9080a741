"""What the services of plans share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.core.after import enqueue_after_commit
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.transitions import Transitions
from loa.org.access import can
from loa.plans import texts
from loa.plans.models import Plan, Task
from loa.plans.rules import FINDING_MOVES, PLAN_MOVES, PlanStatus

PLAN = Transitions("plans.plan", {str(state): moves for state, moves in PLAN_MOVES.items()})
FINDING = Transitions("plans.finding", {str(state): moves for state, moves in FINDING_MOVES.items()})


def queue(job: str, *args: Any) -> None:
    """Put a job of loa.plans.tasks in the queue after the commit; by name, as tasks stand above services."""
    enqueue_after_commit(import_string(f"loa.plans.tasks.{job}"), *args)


def lock_plan(pk: int) -> Plan:
    """The plan's row, locked until the transaction ends."""
    return Plan.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)


def require_manage(actor: Any, plan: Plan) -> None:
    """Raise Refused unless the actor may check and change the plan."""
    if not can(actor, "plan.manage", plan.unit_id):
        raise Refused(_("Tài khoản này không được sửa kế hoạch của %s.") % plan.unit, code="plan.manage")


def require_issue(actor: Any, plan: Plan) -> None:
    """Raise Refused unless the actor may issue the plan."""
    if not can(actor, "plan.issue", plan.unit_id):
        raise Refused(_("Tài khoản này không được ban hành kế hoạch của %s.") % plan.unit, code="plan.issue")


def require_checking(plan: Plan) -> None:
    """Raise Conflict unless the plan is being checked."""
    if plan.status == PlanStatus.CHECKING:
        return
    if plan.status in (PlanStatus.ISSUED, PlanStatus.CLOSED):
        raise Conflict(
            _(
                "Kế hoạch đã ban hành nên bản đọc không sửa được nữa. "
                "Cần thay đổi thì giao thêm hoặc hủy chỉ tiêu."
            ),
            code="plans.issued",
        )
    raise Conflict(
        _("Loa đang đọc lại tệp của kế hoạch này. Chờ đọc xong rồi làm tiếp."), code="plans.not_checking"
    )


def require_not_given(task: Task) -> None:
    """Raise Conflict when the task carries out what the plan above asks: only that plan can take it back."""
    if task.given:
        raise Conflict(
            _("Nhiệm vụ này do cấp trên giao nên không bỏ được. Khi cấp trên hủy, Loa báo để đơn vị tiếp nhận."),
            code="plans.task.inherited",
        )


def checked_due(task: Task, day: dt.date | None) -> dt.date | None:
    """The last day of a task: as given, of a duty from above at the latest the day it is due there. Raises
    InvalidInput."""
    latest = task.latest_day
    if latest is None:
        return day
    if day is not None and day > latest:
        raise InvalidInput(
            _("Cấp trên giao hạn %s. Đơn vị chỉ đặt được ngày sớm hơn.") % texts.day(latest),
            field="due_on",
            code="plans.task.later",
        )
    return day or latest
