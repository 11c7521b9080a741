"""Tasks in life: what a unit has to do and how far it is, who works on one task. Constant query counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Prefetch, QuerySet

from loa.accounts.models import User
from loa.core import clock
from loa.org.access import in_force
from loa.org.models import Membership, Unit
from loa.plans import events
from loa.plans.models import Task, TaskEvidence, TaskNote, TaskProgress, TaskUnit
from loa.plans.rules import PlanStatus
from loa.plans.rules.tasks import CLOSED, SOON, TaskState, is_late, urgency
from loa.plans.selectors import census, class_rules, in_life, tasks_for_unit, units_meant
from loa.plans.selectors.changes import roles_on, undone
from loa.plans.selectors.succession import forebears


@dataclass(frozen=True)
class Share:
    """One unit's work on one task at a day; computed, with or without a row behind it."""

    task: Task
    unit_id: int
    role: str
    state: str
    percent: int
    owner: User | None
    due_on: dt.date | None
    day: dt.date
    done_on: dt.date | None = None

    @property
    def late(self) -> bool:
        return is_late(self.state, self.due_on, self.day)

    @property
    def soon(self) -> bool:
        return (
            self.due_on is not None
            and not self.late
            and self.state not in CLOSED
            and self.due_on - self.day <= SOON
        )

    @property
    def days_left(self) -> int | None:
        """Calendar days to the last day in time; negative when it has passed."""
        return (self.due_on - self.day).days if self.due_on else None

    @property
    def urgency(self) -> tuple[int, int]:
        if self.role != TaskUnit.Role.LEAD:
            return 7, 0
        return urgency(self.state, self.task.starts_on, self.due_on, self.day)


def _states_on(tasks: Collection[int], units: Collection[int], day: dt.date) -> dict[tuple[int, int], TaskNote]:
    """(task, unit) → the last word that moved it up to the end of a past day. One query."""
    rows = TaskNote.objects.filter(task__in=tasks, unit__in=units, at__lt=clock.end_of(day)).exclude(state="")
    return {(row.task_id, row.unit_id): row for row in rows.order_by("at", "pk")}


def shares_of(tasks: Sequence[tuple[Task, str]], unit: Unit, *, day: dt.date | None = None) -> list[Share]:
    """The unit's work on these (task, role), worst first. Two queries; a past day is answered as it was then."""
    today = clock.today()
    day = day or today
    numbers = [task.pk for task, _role in tasks]
    found: dict[int, TaskProgress] = {
        row.task_id: row
        for row in TaskProgress.objects.filter(unit=unit, task__in=numbers).select_related("owner")
    }
    then = _states_on(numbers, [unit.pk], day) if day < today else {}
    if day < today:
        undone([task for task, _role in tasks], day)
    shares = []
    for task, role in tasks:
        row = found.get(task.pk)
        state, percent = (row.state, row.percent) if row else (TaskState.TODO.value, 0)
        done_on = row.done_on if row else None
        if day < today:
            note = then.get((task.pk, unit.pk))
            state, percent = (note.state, note.percent or 0) if note else (TaskState.TODO.value, 0)
            done_on = None
        shares.append(
            Share(task, unit.pk, role, state, percent, row.owner if row else None, task.due_on, day, done_on)
        )
    return sorted(shares, key=lambda share: (share.urgency, share.task.position))


def unit_shares(unit: Unit, *, day: dt.date | None = None) -> list[Share]:
    """Everything the unit leads or supports under plans running on a day, worst first."""
    tasks = tasks_for_unit(unit, day)
    return shares_of([(task, task.role_of_unit) for task in tasks], unit, day=day)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Tally:
    """Counts over the figures above a list of shares the unit leads."""

    all: int
    late: int
    soon: int
    open: int
    done: int


def tally(shares: Iterable[Share]) -> Tally:
    """How many of the shares stand where."""
    own = [share for share in shares if share.role == TaskUnit.Role.LEAD]
    return Tally(
        all=len(own),
        late=sum(share.late for share in own),
        soon=sum(share.soon for share in own),
        open=sum(share.state not in CLOSED for share in own),
        done=sum(share.state == TaskState.DONE for share in own),
    )


def lead_units(task: Task, *, day: dt.date | None = None) -> QuerySet[Unit]:
    """Units that answer for the task on a day: named, members of a class named, or carrying on for one named."""
    day = day or clock.today()
    roles = roles_on(task, day, TaskUnit.Role.LEAD)
    named = [role.unit_id for role in roles if role.unit_id]
    audience = {
        "units": named,
        "classes": [role.unit_class.code for role in roles if role.unit_id is None and role.unit_class],
    }
    return units_meant(task.plan.unit_id, audience, day=day)


def with_units(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Tasks with their plan, topic, and who leads and supports: three queries."""
    return tasks.select_related("plan__unit", "topic").prefetch_related(
        Prefetch("units", TaskUnit.objects.select_related("unit", "unit_class"))
    )


class Named(NamedTuple):
    """As much of a unit as a list of thousands needs."""

    pk: int
    name: str
    short_name: str
    sort_key: str


def task_shares(task: Task, units: QuerySet[Unit], *, day: dt.date | None = None) -> list[tuple[Share, Named]]:
    """The work of every lead unit among `units` on one task, worst first. Two or three queries."""
    today = clock.today()
    day = day or today
    wanted = {row[0]: Named(*row) for row in units.values_list("pk", "name", "short_name", "sort_key")}
    found = {row.unit_id: row for row in task.progress.filter(unit__in=units.values("pk")).select_related("owner")}
    if day < today:
        undone([task], day)
    then = _states_on([task.pk], list(found), day) if day < today else {}
    shares = []
    for pk, unit in wanted.items():
        row = found.get(pk)
        state, percent = (row.state, row.percent) if row else (TaskState.TODO.value, 0)
        if day < today:
            note = then.get((task.pk, pk))
            state, percent = (note.state, note.percent or 0) if note else (TaskState.TODO.value, 0)
        share = Share(task, pk, TaskUnit.Role.LEAD, state, percent, row.owner if row else None, task.due_on, day)
        shares.append((share, unit))
    return sorted(shares, key=lambda pair: (pair[0].urgency, pair[1].sort_key))


def by_state(shares: Iterable[tuple[Share, Named]]) -> dict[str, int]:
    """How many units stand where, and how many are late."""
    counted: Counter[str] = Counter()
    for share, _unit in shares:
        counted[share.state] += 1
        counted["late"] += share.late
    return dict(counted)


def _with_forebears(task: Task, unit: Unit) -> set[int]:
    """The unit, those it carries on for, and those whose work on this task was given to it."""
    found = {unit.pk} | forebears([unit.pk]).get(unit.pk, set())
    moved = dict(task.progress.exclude(moved_to=None).values_list("unit", "moved_to"))
    for _generation in range(len(moved)):
        found |= {old for old, new in moved.items() if new in found}
    return found


def notes_of(task: Task, unit: Unit) -> QuerySet[TaskNote]:
    """Words on the unit's work, newest first, those of the units it carries on for included."""
    return TaskNote.objects.filter(task=task, unit__in=_with_forebears(task, unit)).select_related("by", "unit")


@dataclass(frozen=True)
class Proof:
    """One proof of a task as it is shown."""

    evidence: TaskEvidence
    title: str
    url: str
    gone: bool


def proofs_of(task: Task, unit: Unit) -> list[Proof]:
    """Proofs of the unit's work, newest first; stories and reports by their present title and address."""
    rows = list(
        TaskEvidence.objects.filter(
            task=task, unit__in=_with_forebears(task, unit), removed_at=None
        ).select_related("added_by", "unit")
    )
    shown: dict[tuple[str, int], tuple[str, str]] = {}
    for kind in [name for name, _entry in events.task_proofs.items()]:
        numbers = [row.ref for row in rows if row.kind == kind and row.ref]
        if numbers:
            described = events.task_proofs[kind].describe(numbers)
            shown |= {(kind, number): what for number, what in described.items()}
    found = []
    for row in rows:
        if row.ref is None:
            found.append(Proof(row, row.title, row.url, gone=False))
            continue
        title, url = shown.get((row.kind, row.ref), (row.title, ""))
        found.append(Proof(row, title, url, gone=(row.kind, row.ref) not in shown))
    return found


def people_of(unit: Unit) -> QuerySet[User]:
    """People who hold a role in the unit today: who may see to a task."""
    held = Membership.objects.filter(in_force(clock.today()), unit=unit)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("full_name", "pk")


@dataclass(frozen=True)
class Given:
    """A task of a plan as its office sees it: how many units lead it, and how far they are."""

    task: Task
    who: str
    units: int
    done: int
    late: int
    begun: int
    due_on: dt.date | None

    @property
    def rate(self) -> int:
        """Share of the lead units that are done, in percent."""
        return 100 * self.done // self.units if self.units else 0

    @property
    def open(self) -> bool:
        return self.done < self.units


def given_tasks(unit: Unit, *, day: dt.date | None = None) -> list[Given]:
    """Tasks that the plans of `unit` in force give to units, worst first; six queries, however many units."""
    day = day or clock.today()
    rows = with_units(
        Task.objects.filter(
            in_life(day), plan__unit=unit, plan__status=PlanStatus.ISSUED, plan__starts_on__lte=day,
            plan__ends_on__gte=day, standing=False,
        )
    ).order_by("plan_id", "position")  # fmt: skip
    tasks = list(rows)
    classes, members = class_rules(), census(unit.pk, day)
    counted: dict[int, dict[str, int]] = {task.pk: {} for task in tasks}
    work = TaskProgress.objects.filter(task__in=counted, moved_on=None).values_list("task", "state")
    for number, state, n in work.annotate(n=Count("pk")).order_by():
        counted[number][state] = n
    found = []
    for task in tasks:
        leads = roles_on(task, day, TaskUnit.Role.LEAD)
        named = {role.unit_id for role in leads if role.unit_id}
        if named == {unit.pk} and len(leads) == 1:
            continue  # its own work stands in its own list
        meant = [role.unit_class.code for role in leads if role.unit_id is None and role.unit_class]
        units = len(named) + sum(
            n for (depth, kind), n in members.items() if any(classes[code].holds(depth, kind) for code in meant)
        )
        states = counted[task.pk]
        done, released = states.get(TaskState.DONE, 0), states.get(TaskState.CANCELLED, 0)
        units = max(units - released, done)
        passed = task.due_on is not None and task.due_on < day
        words = "; ".join(str(role.unit or role.unit_class or role.as_printed) for role in leads)
        found.append(
            Given(
                task, words, units, done, units - done if passed else 0,
                states.get(TaskState.DOING, 0) + states.get(TaskState.WAITING, 0), task.due_on,
            )
        )  # fmt: skip
    return sorted(
        found,
        key=lambda one: (not one.late, not one.open, one.due_on or dt.date.max, one.task.position),
    )
