"""From a plan above to the plans below: what concerns a unit, what its plan does about it, what still waits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from loa.core import clock
from loa.org.access import in_force
from loa.org.models import Unit, UnitLink, UnitVersion
from loa.plans import texts
from loa.plans.models import Acceptance, Change, Directive, Plan, Task, TaskUnit
from loa.plans.rules import PlanStatus
from loa.plans.rules import audience as audiences
from loa.plans.rules.audience import ClassRule
from loa.plans.rules.changes import ChangeKind
from loa.plans.selectors import class_rules, count_day, tasks_for_unit, version_on
from loa.plans.selectors.changes import roles_on
from loa.plans.selectors.succession import last_heirs

#: a plan drawn up below counts from its draft on
ALIVE = (PlanStatus.DRAFTING, PlanStatus.ISSUED, PlanStatus.CLOSED)


@dataclass(frozen=True)
class Duty:
    """Something a plan above asks of a unit: a task it leads or supports, or a directive."""

    task: Task | None
    directive: Directive | None
    #: "lead", "support"; of a directive "own" (it owes itself) or "below" (units below it owe)
    role: str

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"t{self.task.pk}" if self.task is not None else f"d{self.directive.pk}"  # type: ignore[union-attr]

    @property
    def title(self) -> str:
        return self.task.content if self.task is not None else self.directive.title  # type: ignore[union-attr]

    @property
    def words(self) -> str:
        """How much and when."""
        if self.directive is not None:
            return texts.directive_words(self.directive)
        assert self.task is not None
        return self.task.timeframe or texts.due_phrase(self.task.due_on)


@dataclass(frozen=True)
class Place:
    """Where a unit stands below the issuing unit, and which kinds stand below itself, with their depths."""

    unit_id: int
    kind: str
    depth: int
    #: the unit and all above it
    above: frozenset[int]
    #: (depth below the issuing unit, kind) of the units below this one
    below: frozenset[tuple[int, str]]
    below_ids: frozenset[int] = frozenset()


def meant(
    audience: Mapping[str, Any], place: Place, classes: Mapping[str, ClassRule], singles: Mapping[int, set[int]]
) -> str:
    """ "own", "below" or "" : whether an audience means the unit, or some unit below it.

    `singles`: unit named → it and all above it.
    """
    if audiences.includes(
        audience, unit_id=place.unit_id, kind=place.kind, depth=place.depth, classes=classes, above=place.above
    ):
        return "own"
    if any(place.unit_id in singles.get(pk, ()) for pk in audience.get("units") or []):
        return "below"
    under = audiences.branches(audience)
    if under and not any(pk in place.above or place.unit_id in singles.get(pk, ()) for pk in under):
        return ""
    rules = [classes[code] for code in audience.get("classes") or [] if code in classes]
    return "below" if any(rule.holds(depth, kind) for rule in rules for depth, kind in place.below) else ""


def places_of(top: int, units: Iterable[int], day: dt.date) -> dict[int, Place]:
    """The places of some units below `top`. Three queries, however many units."""
    wanted = list(units)
    links = UnitLink.objects.filter(in_force(day), below__in=wanted)
    above: dict[int, set[int]] = defaultdict(set)
    depth: dict[int, int] = {}
    for low, high, steps in links.values_list("below", "above", "depth"):
        above[low].add(high)
        if high == top:
            depth[low] = steps
    kinds = dict(UnitVersion.objects.filter(in_force(day), unit__in=wanted).values_list("unit", "kind"))
    below: dict[int, set[tuple[int, str]]] = defaultdict(set)
    rows = (
        UnitLink.objects.filter(in_force(day), in_force(day, "below__versions__"), above__in=wanted, depth__gte=1)
        .values_list("above", "depth", "below__versions__kind")
        .distinct()
    )
    for high, steps, kind in rows:
        if high in depth:
            below[high].add((depth[high] + steps, kind))
    return {
        pk: Place(pk, kinds.get(pk, ""), depth[pk], frozenset(above[pk]), frozenset(below[pk]))
        for pk in wanted
        if pk in depth
    }


def audiences_now(directives: Iterable[Directive], day: dt.date) -> dict[int, dict[str, list]]:
    """directive → its audience, with the units that carry on for those named that were merged, split or closed."""
    parts = {directive.pk: audiences.normal(directive.audience) for directive in directives}
    _add_heirs(parts.values(), day)
    return parts


def _add_heirs(parts: Iterable[dict[str, list]], day: dt.date) -> None:
    parts = list(parts)
    carried = last_heirs({pk for part in parts for pk in part["units"]}, day)
    for part in parts:
        part["units"] += [carried[pk] for pk in part["units"] if pk in carried]


def singles_of(parts: Iterable[Mapping[str, Any]], day: dt.date) -> dict[int, set[int]]:
    """unit named in an audience → it and all above it. One query, none without such units."""
    named: set[int] = set()
    for part in parts:
        named.update(part.get("units") or [], part.get("under") or [])
    found: dict[int, set[int]] = defaultdict(set)
    if named:
        for low, high in UnitLink.objects.filter(in_force(day), below__in=named).values_list("below", "above"):
            found[low].add(high)
    return found


def current_directives(plan: Plan, day: dt.date | None = None) -> list[Directive]:
    """The directives of a plan in force on a day (today, held within the plan's time). One query."""
    day = day or count_day(plan)
    rows = plan.directives.filter(version_on(max(day, plan.starts_on or day)), ends_on__gte=day)
    return list(rows.select_related("topic", "source").order_by("kind", "pk"))


def keeps(line: int) -> Q:
    """Directives of a signed plan that keep some version of a directive above."""
    return Q(source=line) | Q(source__line=line)


def duties_for(plan: Plan, unit: Unit, day: dt.date | None = None) -> list[Duty]:
    """What a plan above asks of a unit, in the order of the plan. A fixed number of queries."""
    day = day or count_day(plan)
    asked = max(day, plan.starts_on or day)
    found = [
        Duty(task, None, str(task.role_of_unit))  # type: ignore[attr-defined]
        for task in tasks_for_unit(unit, asked)
        if task.plan_id == plan.pk
    ]
    directives = current_directives(plan, day)
    place = places_of(plan.unit_id, [unit.pk], day).get(unit.pk)
    if place is None:
        return found
    asked_of = audiences_now(directives, day)
    classes, singles = class_rules(), singles_of(asked_of.values(), day)
    for directive in directives:
        how = meant(asked_of[directive.pk], place, classes, singles)
        if how:
            found.append(Duty(None, directive, how))
    return found


def plans_to_derive_from(unit: Unit) -> QuerySet[Plan]:
    """Plans in force of units above from which the unit has drawn up none yet, the nearest unit's first."""
    day = clock.today()
    above = UnitLink.objects.filter(in_force(day), below=unit, depth__gte=1).values("above")
    drawn = Plan.objects.filter(unit=unit, status__in=ALIVE).exclude(parent_plan=None).values("parent_plan")
    return (
        Plan.objects.filter(unit__in=above, status=PlanStatus.ISSUED, ends_on__gte=day)
        .exclude(pk__in=drawn)
        .select_related("unit")
        .order_by("-starts_on", "-pk")
    )


def own_tasks(plan: Plan) -> list[Task]:
    """Tasks of a plan with their units and what they carry out, inherited ones first. Two queries."""
    units = TaskUnit.objects.filter(valid_to=None).select_related("unit", "unit_class")
    return list(
        plan.tasks.filter(standing=False)
        .select_related("topic", "source_task", "source_directive")
        .prefetch_related(Prefetch("units", units))
        .order_by("position")
    )


# — changes above, and who has taken them over ————————————————————————————————————————


def plans_below(plan: Plan) -> QuerySet[Plan]:
    """Plans drawn up from this one that are alive."""
    return plan.plans_below.filter(status__in=(PlanStatus.DRAFTING, PlanStatus.ISSUED)).select_related("unit")


def concerned(plan: Plan, changes: Iterable[Change], plans: Iterable[Plan]) -> dict[int, set[int]]:
    """change → those of `plans`, drawn up from `plan`, that it concerns: they carry out what is changed, or what
    is asked before or after means their unit or one below it. At most ten queries, however many of either.
    """
    changes = [change for change in changes if change.decided_at is not None]
    plans = [below for below in plans if below.derived_at is not None]
    found: dict[int, set[int]] = {change.pk: set() for change in changes}
    if not changes or not plans:
        return found
    day = clock.today()
    carried = _carried_out(plans)
    leads = _meant_by_tasks([change.task_id for change in changes if change.subject == "task" and change.task_id])
    parts = {change.pk: _audiences(change, leads) for change in changes}
    _add_heirs((part for several in parts.values() for part in several), day)
    places = places_of(plan.unit_id, {below.unit_id for below in plans}, day)
    classes = class_rules()
    singles = singles_of([part for several in parts.values() for part in several], day)
    for change in changes:
        carrying = carried.get(_carried_key(change), set())
        reach = ("own",) if change.subject == "task" else ("own", "below")
        for below in plans:
            place = places.get(below.unit_id)
            if _said_already(below, change):
                continue
            if below.pk in carrying or (
                place and any(meant(part, place, classes, singles) in reach for part in parts[change.pk])
            ):
                found[change.pk].add(below.pk)
    return found


def _said_already(below: Plan, change: Change) -> bool:
    """Whether the plan below was made when the change was known: one drawn up in Loa says what is in force on its
    day, so a change decided then but taking effect later is news to it; a signed one says what was decided."""
    if below.derived_at is None or change.decided_at is None:
        return True
    known = change.decided_at if below.linked_at is not None else change.applied_at
    return known is not None and below.derived_at > known


def _carried_key(change: Change) -> tuple[str, int | None]:
    """What a task below that carries out the changed thing points at."""
    if change.subject == "task":
        return "task", change.task_id
    return "directive", change.directive.line_id_of if change.directive is not None else None


def _carried_out(plans: Iterable[Plan]) -> dict[tuple[str, int | None], set[int]]:
    """What is carried out by open tasks and directives of these plans → the plans. Two queries."""
    rows = Task.objects.filter(plan__in=[below.pk for below in plans], cancelled_on=None).exclude(
        source_task=None, source_directive=None
    )
    found: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    for plan, task, directive, line in rows.values_list(
        "plan", "source_task", "source_directive", "source_directive__line"
    ):
        if task:
            found["task", task].add(plan)
        if directive:
            found["directive", line or directive].add(plan)
    own = Directive.objects.filter(plan__in=[below.pk for below in plans], valid_to=None).exclude(source=None)
    for plan, source, line in own.values_list("plan", "source", "source__line"):
        found["directive", line or source].add(plan)
    return found


def _meant_by_tasks(tasks: Iterable[int]) -> dict[int, dict[str, list[Any]]]:
    """task → whom its roles in force mean. One query."""
    found: dict[int, dict[str, list[Any]]] = {}
    for role in TaskUnit.objects.filter(task__in=tasks, valid_to=None).select_related("unit_class"):
        part = found.setdefault(role.task_id, {"units": [], "classes": []})
        if role.unit_id:
            part["units"].append(role.unit_id)
        elif role.unit_class is not None:
            part["classes"].append(role.unit_class.code)
    return found


def _audiences(change: Change, leads: Mapping[int, dict[str, list[Any]]]) -> list[dict[str, list[Any]]]:
    """Whom a change means: of a task only where who does it is new; of a directive before and after."""
    if change.subject == "task":
        new = change.kind == "add" or "lead" in change.after or "support" in change.after
        part = leads.get(change.task_id or 0)
        return [audiences.normal(part)] if new and part else []
    if change.directive is None:
        return []
    told = (values.get("audience") for values in (change.before, change.after))
    return [audiences.normal(one) for one in (change.directive.audience, *told) if one]


def applied_changes(plan: Plan) -> list[Change]:
    """Changes of a plan that have taken effect, oldest first. One query.

    A line of its history that says only that a change above is known, by which nothing changed, is none.
    """
    rows = plan.changes.filter(applied_at__isnull=False).exclude(kind=ChangeKind.ALTER, before={}, after={})
    return list(rows.select_related("task", "directive", "amendment", "plan").order_by("effective_on", "pk"))


def pending_changes(plan: Plan) -> list[Change]:
    """Changes of the plan above that concern this plan and were not taken over yet, oldest first. At most twelve
    queries."""
    if plan.parent_plan is None or plan.status not in (PlanStatus.DRAFTING, PlanStatus.ISSUED):
        return []
    done = set(Acceptance.objects.filter(plan=plan).values_list("change", flat=True))
    open_ = [change for change in applied_changes(plan.parent_plan) if change.pk not in done]
    meant_by = concerned(plan.parent_plan, open_, [plan])
    return [change for change in open_ if meant_by.get(change.pk)]


@dataclass(frozen=True)
class Waiting:
    """One plan below, and which changes of an amendment it has taken over or not."""

    plan: Plan
    accepted: int
    pending: int


def acceptance_of(plan: Plan, changes: Iterable[Change]) -> list[Waiting]:
    """For some changes of `plan`: each plan below that they concern, those still waiting first. At most twelve
    queries, however many changes and plans."""
    changes = [change for change in changes if change.applied_at is not None]
    plans = list(plans_below(plan))
    if not plans or not changes:
        return []
    done = set(Acceptance.objects.filter(change__in=changes).values_list("change", "plan"))
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for number, reached in concerned(plan, changes, plans).items():
        for pk in reached:
            counted[pk][(number, pk) not in done] += 1
    rows = [Waiting(one, *counted[one.pk]) for one in plans if one.pk in counted]
    return sorted(rows, key=lambda row: (not row.pending, row.plan.unit.sort_key))


def lead_words(task: Task) -> str:
    """Who leads a task, in words; its `units` are prefetched."""
    rows = roles_on(task, clock.today(), TaskUnit.Role.LEAD)
    return "; ".join(str(row.unit or row.unit_class or row.as_printed) for row in rows)
