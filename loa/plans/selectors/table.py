"""The tasks of a plan as lines of a table. Ten queries, however many tasks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vi import fold
from loa.plans import access, texts
from loa.plans.models import Plan, Task, TaskNote, TaskProgress, TaskUnit, Topic
from loa.plans.names import resolve
from loa.plans.rules import PlanStatus
from loa.plans.rules.tasks import TaskState
from loa.plans.selectors import Counter as Audience
from loa.plans.selectors.changes import roles_on, task_values
from loa.plans.selectors.succession import last_heirs
from loa.plans.selectors.tasks import with_units
from loa.plans.tables.tasks import Setting, TaskRow


def topic_words(topic: Topic) -> str:
    """ "2.1 An toàn trường học": how a topic stands in a cell."""
    return f"{topic.number} {topic}".strip()


def task_rows(user: Any, plan: Plan) -> list[TaskRow]:
    """Every task of the plan as the person may see it, in its order; how far others are is told only to those who
    may see it."""
    day = clock.today()
    tasks = list(with_units(plan.tasks.order_by("position", "pk")).select_related("source_directive"))
    lone = {task.pk: lead for task in tasks if (lead := _lone_lead(task, day)) is not None}
    carried = last_heirs(set(lone.values()), day)
    lone = {task: carried.get(lead, lead) for task, lead in lone.items()}
    seen = access.shares_visible(user, plan).filter(pk__in=set(lone.values()))
    units = {unit.pk: unit for unit in seen}
    work = {
        (row.task_id, row.unit_id): row
        for row in TaskProgress.objects.filter(task__plan=plan, unit__in=units, moved_to=None)
    }
    notes: dict[tuple[int, int], str] = {}
    for note in TaskNote.objects.filter(task__plan=plan, unit__in=units).exclude(text="").order_by("at", "pk"):
        notes[note.task_id, note.unit_id] = note.text
    many = _many(plan) if access.may_issue(user, plan) or access.may_manage(user, plan) else {}
    live = plan.status in (PlanStatus.ISSUED, PlanStatus.CLOSED)
    rows = []
    for task in tasks:
        values = task_values(task)
        unit = units.get(lone.get(task.pk, 0)) if live and not task.standing else None
        row = work.get((task.pk, unit.pk)) if unit is not None else None
        state = (row.state if row else TaskState.TODO.value) if unit is not None else ""
        if unit is None and live and task.pk not in lone:
            state = many.get(task.pk, "")
        rows.append(
            TaskRow(
                pk=task.pk,
                content=task.content,
                number=task.number,
                topic=topic_words(task.topic) if task.topic else "",
                lead=values["lead"],
                support=values["support"],
                product=task.product,
                timeframe=task.timeframe,
                starts_on=task.starts_on,
                due_on=task.due_on,
                measure=texts.directive_words(task.source_directive) if task.source_directive else "",
                state=state,
                percent=(row.percent if row else 0) if unit is not None else None,
                note=notes.get((task.pk, unit.pk), "") if unit is not None else "",
                unit=unit.pk if unit is not None else None,
                unit_name=unit.short_name if unit is not None else "",
                given=task.given,
                fixed=_fixed(task, draft=plan.status == PlanStatus.DRAFTING),
                latest=task.latest_day,
                cancelled_on=task.cancelled_on,
            )
        )
    return rows


def _fixed(task: Task, *, draft: bool) -> tuple[str, ...]:
    """Columns of a task that stay as the plan above gave it; of a taken-over task in force all of them."""
    if task.source_task_id is not None:
        return (*task.fixed_fields, "number") if draft else (*task.fixed_fields, "number", "lead", "support")
    return task.fixed_fields


def _lone_lead(task: Task, day: dt.date) -> int | None:
    """The one unit that leads a task; None when a class or several do."""
    leads = roles_on(task, max(day, task.valid_from or day), TaskUnit.Role.LEAD)
    if len(leads) == 1 and leads[0].unit_id:
        return leads[0].unit_id
    return None


def _many(plan: Plan) -> dict[int, str]:
    """task → "Xong: 12 đơn vị; Đang làm: 3 đơn vị" from the work that was written down. One query."""
    rows = TaskProgress.objects.filter(task__plan=plan, moved_to=None).values_list("task", "state")
    told: dict[int, Counter[str]] = {}
    for task, state, n in rows.annotate(n=Count("pk")).order_by():
        told.setdefault(task, Counter())[state] = n
    order = (TaskState.DONE, TaskState.DOING, TaskState.WAITING)
    return {
        task: "; ".join(
            _("%(state)s: %(n)s đơn vị") % {"state": texts.TASK_STATE[one], "n": counted[one]}
            for one in order
            if counted[one]
        )
        for task, counted in told.items()
    }


def setting_of(user: Any, plan: Plan) -> Setting:
    """What lines of a table given back are held against."""
    topics: dict[str, int] = {}
    for topic in plan.topics.order_by("-position"):
        # Its number with its name first of all; the name alone when it is typed by hand.
        for words in (topic.title, topic.short_title, topic_words(topic)):
            if words:
                topics[fold(words)] = topic.pk
    shown = {fold(topic_words(topic)): topic.pk for topic in plan.topics.all()}
    return Setting(
        draft=plan.status == PlanStatus.DRAFTING,
        topics=topics | shown,
        names=lambda names: resolve(names, plan.unit, clock.today()),
        works=lambda row: row.unit is not None and access.may_work(user, Task(pk=row.pk, plan=plan), row.unit),
    )


def duty_lines(plan: Plan) -> list[list[Any]]:
    """Quotas, deadlines and recurring duties in force, for the sheet beside the tasks."""
    rows = list(plan.directives.filter(valid_to=None).select_related("topic").order_by("pk"))
    counter = Audience(plan, [row.audience for row in rows])
    return [
        [
            row.title,
            texts.directive_words(row),
            counter.words(row.audience) or row.who,
            counter.units(row.audience),
        ]
        for row in rows
    ]
