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
from loa.plans.selectors import class_rules, count_day, tasks_for_unit, units_meant, version_on
from loa.plans.selectors.changes import roles_on

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


def singles_of(directives: Iterable[Directive], day: dt.date) -> dict[int, set[int]]:
    """unit named in an audience → it and all above it. One query, none without such units."""
    named: set[int] = set()
    for directive in directives:
        named.update(directive.audience.get("units") or [], directive.audience.get("under") or [])
    found: dict[int, set[int]] = defaultdict(set)
    if named:
        for low, high in UnitLink.objects.filter(in_force(day), below__in=named).values_list("below", "above"):
            found[low].add(high)
    return found


def current_directives(plan: Plan, day: dt.date | None = None) -> list[Directive]:
    """The directives of a plan in force on a day (today, held within the plan's time). One query."""
    day = day or count_day(plan)
    rows = plan.directives.filter(version_on(max(day, plan.starts_on or day)), ends_on__gte=day)
    return list(rows.select_related("topic").order_by("kind", "pk"))


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
    classes, singles = class_rules(), singles_of(directives, day)
    for directive in directives:
        how = meant(directive.audience, place, classes, singles)
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


def concerned(change: Change, plans: list[Plan]) -> set[int]:
    """Ids of those plans below (`plans`) that a change concerns. At most three queries."""
    known = {plan.pk for plan in plans if plan.derived_at is not None and change.decided_at is not None
             and plan.derived_at <= change.decided_at}  # fmt: skip
    if not known:
        return set()
    units = {plan.unit_id: plan.pk for plan in plans if plan.pk in known}
    found: set[int] = set()
    if change.subject == "task" and change.task_id:
        carried = Task.objects.filter(source_task=change.task_id, plan__in=known, cancelled_on=None)
        found |= set(carried.values_list("plan", flat=True))
        if change.kind == "add" or "lead" in change.after or "support" in change.after:
            meant_now = {"units": [], "classes": []}  # type: dict[str, list]
            for role in TaskUnit.objects.filter(task=change.task_id, valid_to=None).select_related("unit_class"):
                if role.unit_id:
                    meant_now["units"].append(role.unit_id)
                elif role.unit_class is not None:
                    meant_now["classes"].append(role.unit_class.code)
            rows = units_meant(change.plan.unit_id, meant_now).filter(pk__in=units)
            found |= {units[pk] for pk in rows.values_list("pk", flat=True)}
    elif change.directive is not None:
        line = change.directive.line_id_of
        carried = Task.objects.filter(
            Q(source_directive=line) | Q(source_directive__line=line), plan__in=known, cancelled_on=None
        )
        found |= set(carried.values_list("plan", flat=True))
        parts = [
            change.directive.audience,
            *(p["audience"] for p in (change.before, change.after) if p.get("audience")),
        ]
        rows = units_meant(change.plan.unit_id, *parts)
        above = UnitLink.objects.filter(in_force(clock.today()), above__in=units, below__in=rows.values("pk"))
        found |= {units[pk] for pk in above.values_list("above", flat=True).distinct()}
    return found


def applied_changes(plan: Plan) -> list[Change]:
    """Changes of a plan that have taken effect, oldest first. One query."""
    rows = plan.changes.filter(applied_at__isnull=False)
    return list(rows.select_related("task", "directive", "amendment", "plan").order_by("effective_on", "pk"))


def pending_changes(plan: Plan) -> list[Change]:
    """Changes of the plan above that concern this plan and were not taken over yet, oldest first."""
    if plan.parent_plan is None or plan.status not in (PlanStatus.DRAFTING, PlanStatus.ISSUED):
        return []
    done = set(Acceptance.objects.filter(plan=plan).values_list("change", flat=True))
    return [
        change
        for change in applied_changes(plan.parent_plan)
        if change.pk not in done and plan.pk in concerned(change, [plan])
    ]


@dataclass(frozen=True)
class Waiting:
    """One plan below, and which changes of an amendment it has taken over or not."""

    plan: Plan
    accepted: int
    pending: int


def acceptance_of(plan: Plan, changes: Iterable[Change]) -> list[Waiting]:
    """For some changes of `plan`: each plan below that they concern, those still waiting first."""
    changes = [change for change in changes if change.applied_at is not None]
    plans = list(plans_below(plan))
    if not plans or not changes:
        return []
    done = set(Acceptance.objects.filter(change__in=changes).values_list("change", "plan"))
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for change in changes:
        for pk in concerned(change, plans):
            counted[pk][(change.pk, pk) not in done] += 1
    rows = [Waiting(one, *counted[one.pk]) for one in plans if one.pk in counted]
    return sorted(rows, key=lambda row: (not row.pending, row.plan.unit.sort_key))


def lead_words(task: Task) -> str:
    """Who leads a task, in words; its `units` are prefetched."""
    rows = roles_on(task, clock.today(), TaskUnit.Role.LEAD)
    return "; ".join(str(row.unit or row.unit_class or row.as_printed) for row in rows)
