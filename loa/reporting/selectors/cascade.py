"""The coverage matrix of a plan: units directly below × what it asks of them, and what their plans do about it.

The number of queries is fixed; what a unit is asked follows from where it stands, worked out once for all units
that stand alike.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from loa.core import clock
from loa.lib.calendar import Period, period_of
from loa.lib.vi import fold
from loa.newsroom.models import Story
from loa.org.access import in_force
from loa.org.models import Unit, UnitLink
from loa.plans.models import Directive, Plan, Task, TaskProgress, TaskUnit, Topic
from loa.plans.rules.slots import slots
from loa.plans.rules.tasks import TaskState
from loa.plans.rules.timeframes import within as done_within
from loa.plans.selectors import class_rules, count_day, in_life
from loa.plans.selectors.cascade import ALIVE, Place, audiences_now, current_directives, meant, singles_of
from loa.plans.selectors.changes import roles_on, terms_of
from loa.plans.selectors.families import counted, lineages
from loa.plans.selectors.succession import last_heirs
from loa.plans.selectors.tasks import with_units


@dataclass(frozen=True)
class Asked:
    """One column: a directive or a task of the plan above."""

    directive: Directive | None
    task: Task | None

    @property
    def title(self) -> str:
        return self.directive.title if self.directive is not None else self.task.content  # type: ignore[union-attr]

    @property
    def key(self) -> str:
        return f"d{self.directive.pk}" if self.directive is not None else f"t{self.task.pk}"  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Cover:
    """One unit × one duty that concerns it."""

    #: "own": it owes itself, "below": units below it owe, "lead", "support"
    how: str
    tasks: int = 0
    done: int = 0

    @property
    def state(self) -> str:
        """none, open, done."""
        if not self.tasks:
            return "none"
        return "done" if self.done >= self.tasks else "open"


@dataclass(slots=True)
class ChildRow:
    """One unit directly below, its plan, and a cell for each column (None: not asked)."""

    unit_id: int
    name: str
    folded: str
    sort_key: str
    plan: Plan | None
    cells: list[Cover | None]
    pending: int = 0

    @property
    def asked(self) -> int:
        return sum(cell is not None for cell in self.cells)

    @property
    def covered(self) -> int:
        return sum(cell is not None and cell.tasks > 0 for cell in self.cells)

    @property
    def missing(self) -> int:
        return self.asked - self.covered

    @property
    def rate(self) -> int:
        """Share of what is asked that its plan answers, in percent; without a plan, none of it."""
        if self.plan is None:
            return 0
        return 100 * self.covered // self.asked if self.asked else 100


@dataclass(frozen=True)
class TopicCover:
    """A topic above: how many plans below have a task on it due in the quarter, how many stories came out."""

    topic: Topic
    plans: int
    stories: int

    @property
    def empty(self) -> bool:
        return not self.plans and not self.stories


@dataclass
class Matrix:
    """The whole matrix: plans with gaps first, units without a plan last."""

    plan: Plan
    day: dt.date
    columns: list[Asked]
    rows: list[ChildRow] = field(default_factory=list)
    topics: list[TopicCover] = field(default_factory=list)
    quarter: str = ""

    @property
    def without_plan(self) -> list[ChildRow]:
        return [row for row in self.rows if row.plan is None]

    @property
    def with_gaps(self) -> list[ChildRow]:
        return [row for row in self.rows if row.plan is not None and row.missing]

    @property
    def complete(self) -> list[ChildRow]:
        return [row for row in self.rows if row.plan is not None and not row.missing]

    def uncovered(self) -> list[tuple[Asked, int, int]]:
        """(duty, units that answer it, units asked) of duties that some plan below leaves out, worst first."""
        found = []
        for index, column in enumerate(self.columns):
            cells = [row.cells[index] for row in self.rows if row.plan is not None]
            asked = [cell for cell in cells if cell is not None]
            covered = sum(cell.tasks > 0 for cell in asked)
            if covered < len(asked):
                found.append((column, covered, len(asked)))
        return sorted(found, key=lambda item: item[1] / item[2])


def _children(top: int, day: dt.date) -> tuple[list[tuple[int, str, str, str]], dict[int, Place]]:
    """Units directly below with their places. Two queries."""
    direct = UnitLink.objects.filter(in_force(day), above=top, depth=1)
    rows = list(
        Unit.objects.filter(pk__in=direct.values("below"))
        .filter(in_force(day, "versions__"))
        .values_list("pk", "short_name", "folded", "sort_key", "versions__kind")
    )
    below: dict[int, set[tuple[int, str]]] = defaultdict(set)
    kinds = (
        UnitLink.objects.filter(in_force(day), in_force(day, "below__versions__"), depth__gte=1)
        .filter(above__in=direct.values("below"))
        .values_list("above", "depth", "below__versions__kind")
        .distinct()
    )
    for above, depth, kind in kinds.order_by():
        below[above].add((depth + 1, kind))
    places = {
        pk: Place(pk, kind, 1, frozenset((pk, top)), frozenset(below[pk]))
        for pk, _name, _folded, _key, kind in rows
    }
    return [(pk, name, folded, key) for pk, name, folded, key, _kind in rows], places


def _given(tasks: list[Task], places: Mapping[int, Place], day: dt.date) -> dict[int, dict[int, str]]:
    """task → child → "lead" or "support": named, or of a class named."""
    classes = class_rules()
    by_kind: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, place in places.items():
        by_kind[place.depth, place.kind].append(pk)
    roles = {task.pk: roles_on(task, day) for task in tasks}
    gone = {one.unit_id for several in roles.values() for one in several if one.unit_id} - set(places)
    carried = last_heirs(gone, day)
    found: dict[int, dict[int, str]] = {}
    for task in tasks:
        given: dict[int, str] = {}
        # The lead last: it outweighs support.
        for role in sorted(roles[task.pk], key=lambda one: one.role == TaskUnit.Role.LEAD):
            if role.unit_id:
                unit = carried.get(role.unit_id, role.unit_id)
                if unit in places:
                    given[unit] = role.role
            elif role.unit_class is not None and role.unit_class.code in classes:
                rule = classes[role.unit_class.code]
                for (depth, kind), members in by_kind.items():
                    if rule.holds(depth, kind):
                        given.update(dict.fromkeys(members, role.role))
        found[task.pk] = given
    return found


def matrix(plan: Plan, *, day: dt.date | None = None) -> Matrix:
    """Units directly below the plan's unit × what it asks of them. About fourteen queries, however many units."""
    day = day or count_day(plan)
    children, places = _children(plan.unit_id, day)
    directives = current_directives(plan, day)
    tasks = list(
        with_units(plan.tasks.filter(in_life(max(day, plan.starts_on or day)), standing=False)).order_by(
            "position"
        )
    )
    given = _given(tasks, places, day)
    tasks = [task for task in tasks if given[task.pk]]
    columns = [Asked(one, None) for one in directives] + [Asked(None, one) for one in tasks]
    asked_of = audiences_now(directives, day)
    classes, singles = class_rules(), singles_of(asked_of.values(), day)

    below: dict[int, Plan] = {}
    for one in plan.plans_below.filter(status__in=ALIVE).order_by("pk"):
        below[one.unit_id] = one
    quarter = period_of(day, "quarter")
    answered, on_topics = _answers(plan, below, directives, quarter)

    result = Matrix(plan, day, columns)
    alike: dict[tuple[object, ...], list[str]] = {}
    named = {pk for part in asked_of.values() for key in ("units", "except", "under") for pk in part.get(key, ())}
    touched = {pk for one in named for pk in singles.get(one, {one})} | named
    for pk, name, folded, key in children:
        place = places[pk]
        # Units of one kind with the same kinds below are asked the same, unless one of them is named.
        sort = (place.kind, place.below) if pk not in touched else (pk,)
        if sort not in alike:
            alike[sort] = [meant(asked_of[one.pk], place, classes, singles) for one in directives]
        cells: list[Cover | None] = []
        for directive, how in zip(directives, alike[sort], strict=True):
            counts = answered.get((pk, f"d{directive.line_id_of}"), (0, 0))
            cells.append(Cover(how, *counts) if how else None)
        for task in tasks:
            role = given[task.pk].get(pk)
            cells.append(Cover(role, *answered.get((pk, f"t{task.pk}"), (0, 0))) if role else None)
        row = ChildRow(pk, name, folded, key, below.get(pk), cells)
        if row.asked or row.plan is not None:
            result.rows.append(row)
    # Gaps first, then what is complete; units without a plan have nothing to compare and are counted above.
    result.rows.sort(key=lambda row: (row.plan is None, row.rate, row.sort_key))
    _topics(result, on_topics, quarter)
    return result


def _answers(
    plan: Plan, below: Mapping[int, Plan], directives: list[Directive], quarter: Period
) -> tuple[dict[tuple[int, str], tuple[int, int]], set[tuple[int, int]]]:
    """(unit, duty) → (tasks and directives that answer it, tasks done); and (topic, plan) of the tasks below that
    are due in the quarter. Four queries. A directive below is never done before its time is over."""
    unit_of = {one.pk: unit for unit, one in below.items()}
    lines = {one.pk: one.line_id_of for one in Directive.objects.filter(plan=plan).only("pk", "line")}
    rows = list(
        Task.objects.filter(plan__in=unit_of, cancelled_on=None).values_list(
            "pk", "plan", "source_task", "source_directive", "topic", "starts_on", "due_on", "timeframe"
        )
    )
    falls_due = {one.line_id_of: _falls_due(one, quarter) for one in directives if one.period}
    done = set(
        TaskProgress.objects.filter(
            task__plan__in=[plan.pk, *unit_of], state=TaskState.DONE, moved_on=None
        ).values_list("task", "unit")
    )
    finished = {task for task, _unit in done}
    counted: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    topics: set[tuple[int, int]] = set()
    for pk, plan_id, source_task, source_directive, topic, starts_on, due_on, timeframe in rows:
        unit = unit_of[plan_id]
        if topic:
            # What is owed every period has the year's last day, and is to be done in each.
            runs = falls_due.get(lines.get(source_directive, 0))
            if runs is None:
                runs = done_within(
                    quarter.start, quarter.end, starts_on=starts_on, due_on=due_on, timeframe=timeframe
                )
            if runs:
                topics.add((topic, plan_id))
        if source_task:
            key = f"t{source_task}"
            # What is only taken over is worked on in the plan above.
            ready = (source_task, unit) in done or pk in finished
        elif source_directive:
            key, ready = f"d{lines.get(source_directive, source_directive)}", pk in finished
        else:
            continue
        cell = counted[unit, key]
        cell[0] += 1
        cell[1] += ready
    kept = Directive.objects.filter(valid_to=None, plan__in=unit_of, source__plan=plan).select_related("source")
    for directive in kept:
        if directive.source is not None:
            counted[unit_of[directive.plan_id], f"d{directive.source.line_id_of}"][0] += 1
    return {key: (tasks, ready) for key, (tasks, ready) in counted.items()}, topics


def _falls_due(directive: Directive, quarter: Period) -> bool:
    """Whether one of its periods ends in the quarter."""
    return any(quarter.start <= slot.end <= quarter.end for slot in slots(terms_of(directive)))


def _topics(result: Matrix, on_topics: set[tuple[int, int]], quarter: Period) -> None:
    """Which topics of the plan are covered in the quarter of the day. Three queries."""
    result.quarter = quarter.label
    topics = list(result.plan.topics.all())
    tops = [topic.pk for topic in topics if topic.parent_id is None]
    lines = lineages(topic for topic, _plan in on_topics)
    plans: dict[int, set[int]] = defaultdict(set)
    for topic, plan_id in on_topics:
        for above in lines[topic]:
            plans[above].add(plan_id)
    span = (clock.start_of(quarter.start), clock.end_of(quarter.end))
    rows = Story.objects.filter(live=True, published_at__gte=span[0], published_at__lt=span[1])
    told = counted(tops, rows, [span], at="published_at")
    result.topics = [
        TopicCover(topic, len(plans[topic.pk]), told[topic.pk][0]) for topic in topics if topic.parent_id is None
    ]


def chosen(
    result: Matrix, *, shown: str = "", query: str = "", kind: str = ""
) -> tuple[list[ChildRow], list[int]]:
    """Rows that match, and the columns that concern one of them. `shown`: none, gaps, complete."""
    rows = {"none": result.without_plan, "gaps": result.with_gaps, "complete": result.complete}.get(
        shown, result.rows
    )
    words = fold(query).split()
    rows = [row for row in rows if all(word in row.folded for word in words)]
    columns = [
        index
        for index, column in enumerate(result.columns)
        if (kind != "directive" or column.directive is not None)
        and (kind != "task" or column.task is not None)
        and any(row.cells[index] is not None for row in rows)
    ]
    return rows, columns
