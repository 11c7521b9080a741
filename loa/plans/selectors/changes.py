"""What was changed in a plan: its history, what a task was on a past day, words need no query more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from loa.org.models import Unit, UnitClass
from loa.plans.models import Amendment, Change, Directive, Plan, Task, TaskUnit
from loa.plans.rules import audience as audiences
from loa.plans.rules.changes import ChangeKind
from loa.plans.rules.directives import day_from
from loa.plans.rules.slots import Terms
from loa.plans.texts import audience_words


def terms_of(directive: Directive, day: dt.date | None = None) -> Terms:
    """What of a directive matters for its periods; `day`: as it was known then (None: with all that is)."""
    until = directive.valid_to
    return Terms(
        pk=directive.pk,
        kind=directive.kind,
        count=directive.count,
        period=directive.period,
        starts_on=directive.starts_on,
        ends_on=directive.ends_on,
        due_on=directive.due_on,
        due_day=directive.due_day,
        since=directive.valid_from,
        until=until if until is not None and (day is None or until <= day) else None,
        running_due=directive.running_due,
    )


def roles_on(task: Task, day: dt.date, role: str = "") -> list[TaskUnit]:
    """Who leads or supports the task on a day, from its prefetched `units`."""
    return [
        row
        for row in task.units.all()
        if (not role or row.role == role)
        and (row.valid_from is None or row.valid_from <= day)
        and (row.valid_to is None or row.valid_to > day)
    ]


def task_values(task: Task, day: dt.date | None = None) -> dict[str, Any]:
    """The fields an amendment may change, as JSON keeps them. One query unless `units` are prefetched."""
    day = day or dt.date.max - dt.timedelta(days=1)
    values: dict[str, Any] = {
        "content": task.content,
        "product": task.product,
        "timeframe": task.timeframe,
        "starts_on": task.starts_on.isoformat() if task.starts_on else None,
        "due_on": task.due_on.isoformat() if task.due_on else None,
    }
    for part in TaskUnit.Role.values:
        by_print: dict[str, dict[str, list]] = {}
        for row in roles_on(task, day, part):
            printed = row.as_printed or str(row.unit or row.unit_class or "")
            into = by_print.setdefault(printed, {"classes": [], "units": []})
            if row.unit_id:
                into["units"].append(row.unit_id)
            elif row.unit_class is not None:
                into["classes"].append(row.unit_class.code)
        values[part] = [
            {"as_printed": printed, "audience": audiences.normal(meant)} for printed, meant in by_print.items()
        ]
    return values


def undone(tasks: Iterable[Task], day: dt.date) -> None:
    """Set the fields of `tasks` (not saved) back to what they were at the end of a past day. One query."""
    rows = {task.pk: task for task in tasks}
    later = Change.objects.filter(
        task__in=rows, kind=ChangeKind.ALTER, applied_at__isnull=False, effective_on__gt=day
    ).order_by("-effective_on", "-pk")
    for change in later:
        task = rows[change.task_id]  # type: ignore[index]
        for name, value in change.before.items():
            if name in ("content", "product", "timeframe"):
                setattr(task, name, value or "")
            elif name in ("starts_on", "due_on"):
                setattr(task, name, day_from(value))


def amendment_text(amendment: Amendment) -> str:
    """What an amendment says in words, a line each: for the linter, and for who cites what. One query."""
    said = [amendment.title, amendment.reason]
    for after in amendment.changes.order_by("pk").values_list("after", flat=True):
        said += [str(after[name]) for name in ("title", "content", "product", "timeframe") if after.get(name)]
    return "\n".join(said)


def amendments_of(plan: Plan) -> QuerySet[Amendment]:
    """Amendments of a plan, newest first, with how many changes each makes."""
    return plan.amendments.select_related("created_by", "issued_by").annotate(n=Count("changes"))


def changes_of(plan: Plan) -> QuerySet[Change]:
    """Everything decided in the plan's life, newest first: by amendments, by hand, following the plan above."""
    return (
        Change.objects.filter(plan=plan, decided_at__isnull=False)
        .select_related("task", "directive", "amendment", "created_by")
        .order_by("-effective_on", "-pk")
    )


def history_of(thing: Task | Directive) -> list[Change]:
    """What was decided on one task, or on one directive through all its versions, oldest first. One query."""
    if isinstance(thing, Task):
        about = Q(task=thing)
    else:
        number = thing.line_id_of
        about = Q(directive=number) | Q(directive__line=number)
    rows = Change.objects.filter(about, decided_at__isnull=False).select_related("amendment", "created_by")
    return list(rows.select_related("task", "directive", "amendment", "created_by").order_by("effective_on", "pk"))


class Names:
    """Names of the classes and units that some changes speak of: two queries for all of them."""

    def __init__(self, audiences_ahead: Iterable[dict[str, Any] | None]) -> None:
        wanted: set[int] = set()
        for audience in audiences_ahead:
            part = audiences.normal(audience)
            wanted.update(part["units"], part["except"], part.get("under", ()))
        self.classes = {one.code: one.label for one in UnitClass.objects.all()}
        self.units = dict(Unit.objects.filter(pk__in=wanted).values_list("pk", "short_name")) if wanted else {}

    def audience(self, audience: dict[str, Any] | None) -> str:
        """An audience in words."""
        part = audiences.normal(audience)

        def names(key: str) -> list[Any]:
            return [self.units[pk] for pk in part.get(key, ()) if pk in self.units]

        classes = [self.classes[code] for code in part["classes"] if code in self.classes]
        return audience_words(classes, names("units"), names("under"), names("except"))

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Names:
        """For the audiences of these changes."""
        return cls(part.get("audience") for change in changes for part in (change.before, change.after) if part)
