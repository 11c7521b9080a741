"""When a unit ends: its open tasks go on at its first successor, with what was said and proved.

Who leads a task is not rewritten: `selectors.succession` computes from the events of org who carries on. Only work
that somebody has begun, and the unit's own plan, have rows to hand over.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from loa.audit.services import log
from loa.core import clock
from loa.org import events
from loa.org.models import Membership, Unit, UnitEvent
from loa.plans.models import Task, TaskNote, TaskProgress, TaskUnit
from loa.plans.rules import PlanStatus
from loa.plans.rules.tasks import CLOSED


def task_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """For the preview of a reorganisation: open tasks that would move. Two queries."""
    led = TaskUnit.objects.filter(
        unit__in=unit_ids,
        role=TaskUnit.Role.LEAD,
        valid_to=None,
        task__plan__status=PlanStatus.ISSUED,
        task__cancelled_on=None,
    )
    begun = TaskProgress.objects.filter(unit__in=unit_ids, moved_to=None, task__plan__status=PlanStatus.ISSUED)
    tasks = set(led.values_list("task", "unit")) | set(begun.values_list("task", "unit"))
    tasks -= set(begun.filter(state__in=CLOSED).values_list("task", "unit"))
    return [
        events.Stake(
            lazy("nhiệm vụ chưa xong"),
            len(tasks),
            lazy("đơn vị tiếp nhận làm tiếp; tiến độ, ghi chú và minh chứng đi theo"),
        )
    ]


def tasks_moved(event: UnitEvent) -> None:
    """Listener of org: hand open work of units that ended to their first successor, in its transaction."""
    for unit in events.ended_by(event):
        successor = (
            UnitEvent.successors.through.objects.filter(unitevent=event).exclude(unit=unit).order_by("pk").first()
        )
        if successor is not None:
            _hand_over(unit, successor.unit, event)


def _hand_over(unit: Unit, heir: Unit, event: UnitEvent) -> None:
    own = Task.objects.filter(
        plan__unit=unit, plan__status=PlanStatus.ISSUED, cancelled_on=None, units__unit=unit,
        units__role=TaskUnit.Role.LEAD, units__valid_to=None,
    ).exclude(progress__unit=unit)  # fmt: skip
    TaskProgress.objects.bulk_create([TaskProgress(task=task, unit=unit) for task in own.distinct()])
    rows = TaskProgress.objects.select_for_update(of=("self",)).filter(
        Q(task__plan__status=PlanStatus.ISSUED), unit=unit, moved_to=None
    )
    people = set(Membership.objects.filter(unit=heir, valid_to=None).values_list("user", flat=True))
    for row in rows.exclude(state__in=CLOSED).select_related("task"):
        there, made = TaskProgress.objects.get_or_create(
            task=row.task,
            unit=heir,
            defaults={
                "state": row.state,
                "percent": row.percent,
                "owner_id": row.owner_id if row.owner_id in people else None,
            },
        )
        TaskNote.objects.create(
            task=row.task,
            unit=heir,
            text=_("Tiếp nhận từ %(unit)s, từ ngày %(day)s.")
            % {"unit": unit.name, "day": event.effective_on.strftime("%d/%m/%Y")},
            state=there.state if made else "",
            percent=there.percent if made else None,
            at=clock.start_of(event.effective_on),
        )
        row.moved_to, row.moved_on = heir, event.effective_on
        row.save(update_fields=["moved_to", "moved_on"])
        log(
            "plans.task.moved",
            actor=None,
            obj=row.task,
            unit_id=heir.pk,
            plan=row.task.plan_id,
            old=unit.name,
            new=heir.name,
        )
