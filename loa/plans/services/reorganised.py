"""When a unit ends or is split: its open tasks go on at a successor, with what was said and proved.

Who leads a task is not rewritten for the first successor: `selectors.succession` computes from the events of org
who carries on. Where somebody chose another successor, the task or directive is changed like by an amendment, from
the day of the event on, so that past days stay as they were and the plan's history says it. Work that somebody has
begun, and the unit's own plan, have rows to hand over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from loa.audit.services import log
from loa.core import clock
from loa.org import events
from loa.org.models import Membership, Unit, UnitEvent, UnitLink
from loa.plans import texts
from loa.plans.models import Change, Directive, Task, TaskNote, TaskProgress, TaskUnit
from loa.plans.rules import PlanStatus
from loa.plans.rules import audience as audiences
from loa.plans.rules.changes import ChangeKind
from loa.plans.rules.tasks import CLOSED
from loa.plans.selectors.changes import task_values
from loa.plans.services.apply import apply_change
from loa.plans.services.common import lock_plan

#: keys of what a split gives to one of several successors
TASK, DUTY = "task:", "duty:"


def _open_tasks(unit_ids: Sequence[int]) -> set[tuple[int, int]]:
    """(task, unit): tasks led by name, or begun, and not closed. Three queries."""
    led = TaskUnit.objects.filter(
        unit__in=unit_ids,
        role=TaskUnit.Role.LEAD,
        valid_to=None,
        task__plan__status=PlanStatus.ISSUED,
        task__cancelled_on=None,
    )
    begun = TaskProgress.objects.filter(unit__in=unit_ids, moved_to=None, task__plan__status=PlanStatus.ISSUED)
    tasks = set(led.values_list("task", "unit")) | set(begun.values_list("task", "unit"))
    return tasks - set(begun.filter(state__in=CLOSED).values_list("task", "unit"))


def _named_duties(unit_ids: Sequence[int]) -> list[Directive]:
    """Directives in force of plans above that name one of the units, not only its class. One query."""
    above = UnitLink.objects.filter(below__in=unit_ids, valid_to=None).values("above")
    rows = Directive.objects.filter(
        plan__unit__in=above, plan__status=PlanStatus.ISSUED, plan__ends_on__gte=clock.today(), valid_to=None
    ).select_related("plan")
    wanted = set(unit_ids)
    return [row for row in rows.order_by("pk") if wanted & set(audiences.normal(row.audience)["units"])]


def task_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """For the preview of a reorganisation: open tasks and duties that would move. Four queries."""
    return [
        events.Stake(
            lazy("nhiệm vụ chưa xong"),
            len(_open_tasks(unit_ids)),
            lazy("đơn vị tiếp nhận làm tiếp; tiến độ, ghi chú và minh chứng đi theo"),
        ),
        events.Stake(
            lazy("chỉ tiêu, thời hạn giao đích danh"),
            len(_named_duties(unit_ids)),
            lazy("đơn vị tiếp nhận làm tiếp; phần trước ngày này giữ nguyên"),
        ),
    ]


def plan_wards(unit_ids: Sequence[int]) -> list[events.Ward]:
    """Open tasks and duties laid on the units by name, for the choice of who gets which. Six queries."""
    pairs = _open_tasks(unit_ids)
    tasks = Task.objects.filter(pk__in={task for task, _unit in pairs}).select_related("topic", "plan__unit")
    work = {
        row.task_id: row
        for row in TaskProgress.objects.filter(
            unit__in=unit_ids, moved_to=None, owner__isnull=False
        ).select_related("owner")
    }
    found = []
    for task in tasks.order_by("due_on", "plan_id", "position"):
        row = work.get(task.pk)
        owner = row.owner if row is not None else None
        found.append(
            events.Ward(
                f"{TASK}{task.pk}",
                task.content.split("\n")[0][:160],
                _("%(plan)s · %(due)s")
                % {"plan": task.plan.unit.short_name, "due": texts.due_phrase(task.due_on)},
                f"{task.content} {task.product} {task.topic.title if task.topic else ''}",
                owner.pk if owner is not None else None,
                str(owner) if owner is not None else "",
            )
        )
    for duty in _named_duties(unit_ids):
        found.append(
            events.Ward(
                f"{DUTY}{duty.line_id_of}", duty.title, texts.directive_words(duty), f"{duty.title} {duty.who}"
            )
        )
    return found


def tasks_moved(event: UnitEvent) -> None:
    """Listener of org, in its transaction: give what was chosen, hand over what was begun."""
    given = events.chosen(event)
    ended = events.ended_by(event)
    for unit in event.predecessors.order_by("pk"):
        first = (
            UnitEvent.successors.through.objects.filter(unitevent=event).exclude(unit=unit).order_by("pk").first()
        )
        heir = first.unit if first is not None and unit in ended else None
        for key, chosen in given.items():
            if chosen != heir and chosen != unit:
                _give(key, unit, chosen, event)
        if heir is not None or given:
            _hand_over(unit, heir, {key: one for key, one in given.items() if one != unit}, event)


def _give(key: str, unit: Unit, heir: Unit, event: UnitEvent) -> None:
    """Make a successor that was chosen answer for a task or directive from the day of the event on."""
    number = int(key.split(":")[1])
    subject: Task | Directive | None
    if key.startswith(TASK):
        subject = Task.objects.filter(pk=number, plan__status=PlanStatus.ISSUED).first()
    elif key.startswith(DUTY):
        lines = Q(pk=number) | Q(line=number)
        subject = Directive.objects.filter(lines, valid_to=None, plan__status=PlanStatus.ISSUED).first()
    else:
        return
    if subject is None:
        return
    plan = lock_plan(subject.plan_id)
    if isinstance(subject, Task):
        was: dict[str, Any] = {"lead": task_values(subject)["lead"]}
        now: dict[str, Any] = {"lead": [_with_heir(role, unit, heir) for role in was["lead"]]}
    else:
        was = {"audience": audiences.normal(subject.audience)}
        now = {"audience": _swapped(was["audience"], unit, heir)}
    if was == now:
        return  # asked of it as one of a class: its successors are asked the same way
    change = Change.objects.create(
        plan=plan,
        kind=ChangeKind.ALTER,
        subject="task" if isinstance(subject, Task) else "directive",
        task=subject if isinstance(subject, Task) else None,
        directive=subject if isinstance(subject, Directive) else None,
        before=was,
        after=now,
        effective_on=event.effective_on,
        reason=_reason(unit, event),
        created_by=event.created_by,
        decided_at=clock.now(),
    )
    change.plan = plan
    apply_change(change, event.created_by)


def _reason(unit: Unit, event: UnitEvent) -> str:
    words = _("%(unit)s chia tách theo %(decision)s.") if event.decision else _("%(unit)s chia tách.")
    return (words % {"unit": unit.name, "decision": event.decision})[:500]


def _swapped(audience: Mapping[str, Any] | None, unit: Unit, heir: Unit) -> dict[str, Any]:
    part: dict[str, Any] = audiences.normal(audience)
    if unit.pk not in part["units"]:
        return part
    return part | {"units": list(dict.fromkeys(heir.pk if pk == unit.pk else pk for pk in part["units"]))}


def _with_heir(role: Mapping[str, Any], unit: Unit, heir: Unit) -> dict[str, Any]:
    before = audiences.normal(role.get("audience"))
    if unit.pk not in before["units"]:
        return dict(role)
    alone = before["units"] == [unit.pk] and not before["classes"]
    printed = heir.short_name if alone else role.get("as_printed")
    return {**role, "as_printed": printed, "audience": audiences.normal(_swapped(before, unit, heir))}


def _hand_over(unit: Unit, first: Unit | None, given: Mapping[str, Unit], event: UnitEvent) -> None:
    """Move begun work to the successor chosen for its task, else to the first; with none it stays."""
    where = {int(key.removeprefix(TASK)): heir for key, heir in given.items() if key.startswith(TASK)}
    own = Task.objects.filter(
        plan__unit=unit, plan__status=PlanStatus.ISSUED, cancelled_on=None,
        units__unit__in=[unit, *where.values()], units__role=TaskUnit.Role.LEAD, units__valid_to=None,
    ).exclude(progress__unit=unit)  # fmt: skip
    if first is None:
        own = own.filter(pk__in=where)
    TaskProgress.objects.bulk_create([TaskProgress(task=task, unit=unit) for task in own.distinct()])
    rows = TaskProgress.objects.select_for_update(of=("self",)).filter(
        Q(task__plan__status=PlanStatus.ISSUED), unit=unit, moved_to=None
    )
    people: dict[int, set[int]] = {}
    for row in rows.exclude(state__in=CLOSED).select_related("task"):
        heir = where.get(row.task_id, first)
        if heir is None:
            continue
        if heir.pk not in people:
            people[heir.pk] = set(
                Membership.objects.filter(unit=heir, valid_to=None).values_list("user", flat=True)
            )
        _hand_one_over(row, unit, heir, people[heir.pk], event)


def _hand_one_over(row: TaskProgress, unit: Unit, heir: Unit, people: set[int], event: UnitEvent) -> None:
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
