"""What an amendment changes in the rows, on the day it takes effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from loa.audit.services import log
from loa.core import clock
from loa.plans import events
from loa.plans.models import Change, Directive, Plan, Task, TaskUnit, Topic
from loa.plans.rules import DirectiveKind, FindingKind, PlanStatus, Proof
from loa.plans.rules.changes import ChangeKind, boundary
from loa.plans.rules.directives import DirectiveSpec, day_from, directive_of, due_day_in, genres_of
from loa.plans.rules.slots import running_due
from loa.plans.selectors.changes import terms_of
from loa.plans.services.common import lock_plan, queue
from loa.plans.services.issue import roles_of, write_directive


def apply_change(change: Change, actor: Any) -> None:
    """Write a decided change into the rows, once, inside the caller's transaction with the plan locked."""
    if change.subject == "task":
        _apply_to_task(change)
    else:
        _apply_to_directive(change, actor)
    change.applied_at = clock.now()
    change.save(update_fields=["applied_at", "task", "directive"])
    log(
        f"plans.change.{change.kind}",
        actor=actor,
        obj=change.task or change.directive,
        unit_id=change.plan.unit_id,
        plan=change.plan_id,
        on=change.effective_on.isoformat(),
        reason=change.reason,
    )


def _classes() -> dict[str, Any]:
    from loa.org.models import UnitClass

    return {one.code: one for one in UnitClass.objects.all()}


def _apply_to_task(change: Change) -> None:
    day, after = change.effective_on, change.after
    if change.kind == ChangeKind.ADD:
        plan = change.plan
        last = plan.tasks.order_by("-position").values_list("position", flat=True).first() or 0
        topic = Topic.objects.filter(plan=plan, pk=after["topic"]).first() if after.get("topic") else None
        task = Task.objects.create(
            plan=plan,
            topic=topic,
            number=str(after.get("number") or "")[:20],
            content=str(after["content"]),
            product=str(after.get("product") or "")[:300],
            timeframe=str(after.get("timeframe") or "")[:200],
            starts_on=day_from(after.get("starts_on")),
            due_on=day_from(after.get("due_on")),
            position=last + 1,
            valid_from=day,
        )
        classes = _classes()
        for part in ("lead", "support"):
            _write_roles(task, part, after.get(part) or [], classes, since=None)
        change.task = task
        return
    assert change.task_id is not None
    task = Task.objects.select_for_update(of=("self",)).get(pk=change.task_id)
    if change.kind == ChangeKind.CANCEL:
        task.cancelled_on, task.cancel_reason = day, change.reason
        task.save(update_fields=["cancelled_on", "cancel_reason"])
    else:
        for name in ("content", "product", "timeframe"):
            if name in after:
                setattr(task, name, str(after[name] or ""))
        for name in ("starts_on", "due_on"):
            if name in after:
                setattr(task, name, day_from(after[name]))
        task.save()
        classes = _classes() if "lead" in after or "support" in after else {}
        for part in ("lead", "support"):
            if part in after:
                task.units.filter(role=part, valid_to=None).update(valid_to=day)
                _write_roles(task, part, after[part] or [], classes, since=day)
    change.task = task


def _write_roles(
    task: Task, part: str, printed: Sequence[dict[str, Any]], classes: dict[str, Any], *, since: dt.date | None
) -> None:
    rows: list[TaskUnit] = []
    for one in printed:
        rows += roles_of(task, TaskUnit.Role(part), one.get("as_printed") or "", one.get("audience"), classes)
    for row in rows:
        row.valid_from = since
    TaskUnit.objects.bulk_create(rows)


def _apply_to_directive(change: Change, actor: Any) -> None:
    day, after, plan = change.effective_on, change.after, change.plan
    if change.kind == ChangeKind.ADD:
        spec = directive_of(FindingKind(after["kind"]), after)
        assert isinstance(spec, DirectiveSpec)
        made = write_directive(plan, spec, actor=actor, finding=None, starts_on=day)
        if after.get("topic"):
            made.topic = Topic.objects.filter(plan=plan, pk=after["topic"]).first()
        made.valid_from = day
        made.save(update_fields=["topic", "valid_from"])
        change.directive = made
        return
    assert change.directive_id is not None
    former = Directive.objects.select_for_update(of=("self",)).get(pk=change.directive_id)
    if former.valid_to is not None:
        # Amended again before this one took effect: what is in force last is changed.
        former = Directive.objects.select_for_update(of=("self",)).filter(
            line=former.line_id_of, valid_to=None
        ).first() or former  # fmt: skip
    if change.kind == ChangeKind.CANCEL:
        if former.cancelled_at is None:
            former.valid_to = max(day, former.valid_from or day)
            former.cancelled_at, former.cancelled_by = clock.now(), actor
            former.cancel_reason = change.reason[:300]
            former.save(update_fields=["valid_to", "cancelled_at", "cancelled_by", "cancel_reason"])
        events.emit(events.directive_amended, former=former, successor=None)
        return
    values = {
        field.attname: getattr(former, field.attname)
        for field in Directive._meta.concrete_fields
        if not field.primary_key
    }
    successor = Directive(**values)
    for name, value in after.items():
        setattr(successor, name, day_from(value) if name == "due_on" else value)
    if "noun" in after:  # what counts follows the word; what was counted stays
        successor.genres = genres_of(successor.noun, Proof(successor.proof))
    successor.due_day = due_day_in(successor.period, successor.due_day)
    first = boundary(terms_of(former), successor.period, day)
    if successor.kind == DirectiveKind.DEADLINE:
        assert successor.due_on is not None
        successor.starts_on = min(former.starts_on, successor.due_on)
        successor.ends_on = max(plan.ends_on or successor.due_on, successor.due_on)
    successor.valid_from, successor.valid_to = first, None
    same = successor.period == former.period
    successor.running_due = running_due(terms_of(former), first) if same else None
    successor.line_id, successor.supersedes = former.line_id_of, former
    successor.created_by, successor.created_at = actor, clock.now()
    former.valid_to = first
    former.save(update_fields=["valid_to"])
    successor.save()
    events.emit(events.directive_amended, former=former, successor=successor)


def tell_of_changes(plan: Plan, changes: Sequence[Change]) -> None:
    """Tell, after the commit, the units that changed directives mean; count anew what now counts."""
    for change in changes:
        if change.subject == "directive":
            queue("tell_change", change.pk, 0)
        else:
            queue("tell_task_change", change.pk)
    if any(change.applied_at and change.subject == "directive" for change in changes):
        events.emit(events.directives_in_force, plan=plan)


def apply_due_changes() -> int:
    """Apply decided changes whose day has come, plan by plan. Returns how many. One query on most days."""
    done = 0
    waiting = Change.objects.filter(applied_at=None, decided_at__isnull=False, effective_on__lte=clock.today())
    for plan_id in list(waiting.order_by().values_list("plan", flat=True).distinct()):
        with transaction.atomic():
            plan = lock_plan(plan_id)
            if plan.status not in (PlanStatus.ISSUED, PlanStatus.CLOSED):
                continue
            rows = list(waiting.filter(plan=plan).select_for_update(of=("self",)).order_by("effective_on", "pk"))
            for change in rows:
                change.plan = plan
                apply_change(change, None)
                done += 1
            if any(change.subject == "directive" for change in rows):
                events.emit(events.directives_in_force, plan=plan)
    return done
