"""Reads of plans, always scoped by unit; the number of queries never depends on the number of rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from loa.core import clock
from loa.lib.vi import fold
from loa.org.access import in_force
from loa.org.models import Unit, UnitClass, UnitLink, UnitVersion
from loa.plans.models import Directive, Finding, Plan, PlanDocument, Task, TaskUnit, Topic
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.plans.rules import audience as audiences
from loa.plans.rules.audience import ClassRule
from loa.plans.rules.periods import falling_due
from loa.plans.selectors.succession import forebears, last_heirs
from loa.plans.texts import audience_words

#: plans whose directives are owed; a closed plan's are still shown in reports of its year
IN_FORCE = (PlanStatus.ISSUED, PlanStatus.CLOSED)


def in_life(day: dt.date, prefix: str = "") -> Q:
    """Tasks that hold on a day: not added later, not cancelled by then."""
    begun = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": day})
    left = Q(**{f"{prefix}cancelled_on": None}) | Q(**{f"{prefix}cancelled_on__gt": day})
    return begun & left


def class_rules() -> dict[str, ClassRule]:
    """Every class of units by its code. One query."""
    return {
        row.code: ClassRule(row.code, row.label, frozenset(row.kinds), row.depth)
        for row in UnitClass.objects.all()
    }


def census(unit_id: int, day: dt.date | None = None) -> dict[tuple[int, str], int]:
    """How many units stand below `unit_id` on a day, by (depth, kind). One query."""
    day = day or clock.today()
    rows = (
        UnitLink.objects.filter(in_force(day), above=unit_id, depth__gte=1)
        .filter(in_force(day, "below__versions__"))
        .values_list("depth", "below__versions__kind")
        .annotate(n=Count("below", distinct=True))
    )
    return {(depth, kind): n for depth, kind, n in rows}


def places(unit_id: int, units: Iterable[int], day: dt.date | None = None) -> dict[int, tuple[int, str]]:
    """(depth below `unit_id`, kind) of single units on a day. One query."""
    day = day or clock.today()
    wanted = set(units)
    if not wanted:
        return {}
    rows = (
        UnitLink.objects.filter(in_force(day), above=unit_id, below__in=wanted)
        .filter(in_force(day, "below__versions__"))
        .values_list("below", "depth", "below__versions__kind")
    )
    return {below: (depth, kind) for below, depth, kind in rows}


def units_meant(plan_unit_id: int, *meant: Mapping[str, Any], day: dt.date | None = None) -> QuerySet[Unit]:
    """The units that one of these audiences means on a day: a queryset, however many there are."""
    day = day or clock.today()
    parts = [audiences.normal(audience) for audience in meant]
    rules = class_rules() if any(part["classes"] for part in parts) else {}
    condition = Q(pk__in=[])
    carried = last_heirs({pk for part in parts for pk in part["units"]}, day)
    for part in parts:
        by_name = Q(pk__in=[*part["units"], *(carried[pk] for pk in part["units"] if pk in carried)])
        for code in part["classes"]:
            rule = rules.get(code)
            if rule is None:
                continue
            links = UnitLink.objects.filter(in_force(day), above=plan_unit_id)
            links = links.filter(depth=rule.depth) if rule.depth is not None else links.filter(depth__gte=1)
            if part.get("under"):
                branch = UnitLink.objects.filter(in_force(day), above__in=part["under"])
                links = links.filter(below__in=branch.values("below"))
            versions = UnitVersion.objects.filter(in_force(day), kind__in=list(rule.kinds))
            by_name |= Q(pk__in=links.values("below")) & Q(pk__in=versions.values("unit"))
        condition |= by_name & ~Q(pk__in=part["except"])
    alive = Q(founded_on__lte=day) & (Q(closed_on=None) | Q(closed_on__gt=day))
    return Unit.objects.filter(alive).filter(condition)


def directives_in_force(unit: Unit | int, day: dt.date | None = None) -> list[Directive]:
    """Directives of issued plans that mean this unit on a day, not cancelled by then. Four queries."""
    unit_id = unit if isinstance(unit, int) else unit.pk
    day = day or clock.today()
    above = dict(
        UnitLink.objects.filter(in_force(day), below=unit_id).values_list("above", "depth"),
    )
    kind = UnitVersion.objects.filter(in_force(day), unit=unit_id).values_list("kind", flat=True).first()
    if kind is None:
        return []
    rules = class_rules()
    rows = (
        directives_of_plans(day)
        .filter(plan__unit__in=above)
        .select_related("plan", "plan__unit", "topic")
        .order_by("starts_on", "pk")
    )
    return [
        row
        for row in rows
        if audiences.includes(
            row.audience,
            unit_id=unit_id,
            kind=kind,
            depth=above[row.plan.unit_id],
            classes=rules,
            above=above,
        )
    ]


def directives_of_plans(day: dt.date) -> QuerySet[Directive]:
    """Directives of issued plans that run on `day`: the versions in force then, not cancelled by then."""
    return Directive.objects.filter(
        version_on(day), plan__status__in=IN_FORCE, starts_on__lte=day, ends_on__gte=day
    )


def version_on(day: dt.date) -> Q:
    """Versions of directives that hold on a day: begun by then, neither superseded nor cancelled."""
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return begun & (Q(valid_to=None) | Q(valid_to__gt=day))


def topics_of(plan: Plan | int) -> QuerySet[Topic]:
    """Topics of a plan in its own order, each with its parent."""
    return Topic.objects.filter(plan=plan).select_related("parent").order_by("position")


def open_topics(unit: Unit | int, day: dt.date | None = None) -> QuerySet[Topic]:
    """Topics of the plans that bind a unit on a day: what a story can be about."""
    unit_id = unit if isinstance(unit, int) else unit.pk
    day = day or clock.today()
    above = UnitLink.objects.filter(in_force(day), below=unit_id).values("above")
    return (
        Topic.objects.filter(
            plan__unit__in=above, plan__status=PlanStatus.ISSUED, plan__starts_on__lte=day, plan__ends_on__gte=day
        )
        .select_related("parent", "plan", "plan__unit")
        .order_by("-plan__starts_on", "plan_id", "position")
    )


def tasks_for_unit(
    unit: Unit | int, day: dt.date | None = None, *, running: tuple[dt.date, dt.date] | None = None
) -> list[Task]:
    """Tasks of plans running on a day that the unit leads or supports, itself, as one of a class, or carrying on
    for a unit that was merged, split or closed. Five queries.

    `running`: of plans that run on any day of that span instead (a calendar that shows two years). Each carries
    `role_of_unit`: "lead" or "support".
    """
    unit_id = unit if isinstance(unit, int) else unit.pk
    day = day or clock.today()
    above = dict(UnitLink.objects.filter(in_force(day), below=unit_id).values_list("above", "depth"))
    kind = UnitVersion.objects.filter(in_force(day), unit=unit_id).values_list("kind", flat=True).first()
    if kind is None:
        return []
    mine = [rule.code for rule in class_rules().values() if kind in rule.kinds]
    before = forebears([unit_id], day).get(unit_id, set())
    first, last = running or (day, day)
    meant = Q(unit=unit_id) | Q(unit_class__code__in=mine)
    roles = (
        TaskUnit.objects.filter(
            (meant & Q(task__plan__unit__in=above))
            | Q(unit__in=before)
            # Given at a reorganisation, of the former unit's own plan.
            | Q(unit=unit_id, task__progress__moved_to=unit_id)
        )
        .filter(
            in_life(day, "task__"),
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gt=day),
            task__plan__status__in=IN_FORCE,
            task__plan__starts_on__lte=last,
            task__plan__ends_on__gte=first,
        )
        # What is only taken over from above is worked on there: it stands once in the list.
        .exclude(task__plan__unit=unit_id, task__source_task__isnull=False, unit=unit_id)
        .select_related("unit_class", "task", "task__topic", "task__plan")
        .order_by("task__plan_id", "task__position", "pk")
    )
    tasks: dict[int, Task] = {}
    for row in roles:
        if row.unit_class is not None and row.unit_id is None:
            depth, wanted = above[row.task.plan.unit_id], row.unit_class.depth
            if depth < 1 or (wanted is not None and depth != wanted):
                continue
        task = tasks.setdefault(row.task_id, row.task)
        if getattr(task, "role_of_unit", None) != TaskUnit.Role.LEAD:
            task.role_of_unit = row.role  # type: ignore[attr-defined]
    return list(tasks.values())


@dataclass(frozen=True)
class Binding:
    """A plan that binds a unit: its own or one of a unit above."""

    plan: Plan
    #: whether it is in force on the day and not closed
    runs: bool
    #: directives that are owed under it; none where it only hands on what was asked above
    asks: int


def plans_binding(unit: Unit | int, day: dt.date | None = None) -> list[Binding]:
    """Plans in force or closed of the unit and of those above it, the one to be looked at first in front: it runs
    on the day, and asks the most; of equals the nearest unit's. One query, at most twenty plans."""
    unit_id = unit if isinstance(unit, int) else unit.pk
    day = day or clock.today()
    above = UnitLink.objects.filter(in_force(day), below=unit_id)
    runs = When(status=PlanStatus.ISSUED, starts_on__lte=day, ends_on__gte=day, then=1)
    found = (
        Plan.objects.filter(unit__in=above.values("above"), status__in=IN_FORCE)
        .annotate(
            runs=Case(runs, default=0),
            asks=Count("directives", filter=Q(directives__valid_to=None)),
            distance=Subquery(above.filter(above=OuterRef("unit")).values("depth")[:1]),
        )
        .select_related("unit")
        .order_by("-runs", "-asks", "distance", "-starts_on", "-pk")
    )
    return [Binding(plan, bool(plan.runs), plan.asks) for plan in found[:20]]


def leading_plan(unit: Unit | int, day: dt.date | None = None) -> Plan | None:
    """The plan that runs on a day and asks the most of the unit and those below. One query."""
    first = next(iter(plans_binding(unit, day)), None)
    return first.plan if first and first.runs else None


@dataclass(frozen=True)
class Tally:
    """How far the checking of one kind of findings is."""

    kind: str
    total: int
    decided: int
    confirmed: int


@dataclass(frozen=True)
class Progress:
    """How far the checking of a plan is. `unsure`: open questions; `warned`: undecided with a warning."""

    total: int
    decided: int
    confirmed: int
    unsure: int
    warned: int
    by_kind: dict[str, Tally]

    @property
    def left(self) -> int:
        """How many findings still wait for a decision."""
        return self.total - self.decided


def progress_of(plan: Plan | int) -> Progress:
    """Counts for the checking screen. One query."""
    return progress_of_many([plan if isinstance(plan, int) else plan.pk]).get(
        plan if isinstance(plan, int) else plan.pk, Progress(0, 0, 0, 0, 0, {})
    )


def progress_of_many(plans: Iterable[int]) -> dict[int, Progress]:
    """Counts for many plans at once. One query."""
    proposed = Q(state=FindingState.PROPOSED)
    rows = (
        Finding.objects.filter(plan__in=list(plans))
        .order_by()
        .values("plan", "kind")
        .annotate(
            total=Count("pk"),
            waiting=Count("pk", filter=proposed),
            confirmed=Count("pk", filter=Q(state=FindingState.CONFIRMED)),
            unsure=Count("pk", filter=proposed & Q(question__isnull=False)),
            warned=Count("pk", filter=proposed & Q(warning__isnull=False)),
        )
    )
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row["plan"]].append(row)
    return {
        pk: Progress(
            total=sum(r["total"] for r in group),
            decided=sum(r["total"] - r["waiting"] for r in group),
            confirmed=sum(r["confirmed"] for r in group),
            unsure=sum(r["unsure"] for r in group),
            warned=sum(r["warned"] for r in group),
            by_kind={
                r["kind"]: Tally(r["kind"], r["total"], r["total"] - r["waiting"], r["confirmed"])
                for r in sorted(group, key=lambda r: list(FindingKind).index(FindingKind(r["kind"])))
            },
        )
        for pk, group in grouped.items()
    }


def progress_from(findings: Iterable[Finding]) -> Progress:
    """The same counts from findings at hand. No query."""
    rows = list(findings)
    waiting = [row for row in rows if row.state == FindingState.PROPOSED]
    by_kind = {}
    for kind in FindingKind:
        mine = [row for row in rows if row.kind == kind]
        if mine:
            decided = [row for row in mine if row.state != FindingState.PROPOSED]
            confirmed = [row for row in mine if row.state == FindingState.CONFIRMED]
            by_kind[kind.value] = Tally(kind.value, len(mine), len(decided), len(confirmed))
    return Progress(
        total=len(rows),
        decided=len(rows) - len(waiting),
        confirmed=sum(1 for row in rows if row.state == FindingState.CONFIRMED),
        unsure=sum(1 for row in waiting if row.question),
        warned=sum(1 for row in waiting if row.warning),
        by_kind=by_kind,
    )


def findings_of(plan: Plan) -> list[Finding]:
    """All findings of a plan in their order. One query."""
    return list(Finding.objects.filter(plan=plan).select_related("decided_by").order_by("position"))


def current_document(plan: Plan) -> PlanDocument | None:
    """The newest file of the plan (the one being read, or read last), without its text."""
    return plan.documents.defer("text", "blocks", "reading").order_by("-pk").first()


def read_document_of(plan: Plan) -> PlanDocument | None:
    """The file whose text the findings point into, with its text and blocks."""
    return plan.documents.filter(state=PlanDocument.State.READ).defer("reading").order_by("-pk").first()


def same_file(unit_id: int, sha256: str) -> PlanDocument | None:
    """A file of the same bytes already given for a plan of this unit."""
    return (
        PlanDocument.objects.filter(plan__unit=unit_id, sha256=sha256)
        .select_related("plan")
        .defer("text", "blocks", "reading")
        .order_by("-pk")
        .first()
    )


@dataclass(frozen=True)
class Consequence:
    """What a directive means in numbers: units, pieces of work per unit over the plan, and in all."""

    units: int
    per_period: int
    periods: int

    @property
    def each_period(self) -> int:
        """Pieces of work of all units in one period."""
        return self.units * self.per_period

    @property
    def in_all(self) -> int:
        """Pieces of work of all units over the whole time."""
        return self.units * self.per_period * self.periods


class Counter:
    """Counts audiences against real units: four queries however many audiences are counted."""

    def __init__(self, plan: Plan, audiences_ahead: Iterable[Mapping[str, Any] | None] = ()) -> None:
        day = count_day(plan)
        self.plan = plan
        self.day = day
        self.classes = class_rules()
        self.census = census(plan.unit_id, day)
        singles: set[int] = set()
        for audience in audiences_ahead:
            part = audiences.normal(audience)
            singles.update(part["units"], part["except"], part.get("under", ()))
        self.places = places(plan.unit_id, singles, day)
        self.names = dict(Unit.objects.filter(pk__in=singles).values_list("pk", "short_name")) if singles else {}

    def words(self, audience: Mapping[str, Any] | None) -> str:
        """ "Các trường THPT; Văn phòng Sở": classes, and the units announced when the counter was made."""
        part = audiences.normal(audience)
        names = [self.classes[code].label for code in part["classes"] if code in self.classes]
        named = [self.names[pk] for pk in part["units"] if pk in self.names]
        return audience_words(
            names,
            named,
            [self.names[pk] for pk in part.get("under", ()) if pk in self.names],
            [self.names[pk] for pk in part["except"] if pk in self.names],
        )

    def units(self, audience: Mapping[str, Any] | None) -> int:
        """How many units are meant."""
        part = audiences.normal(audience)
        if part.get("under"):
            return units_meant(self.plan.unit_id, part, day=self.day).count()
        unknown = set(part["units"] + part["except"]) - set(self.places)
        if unknown:
            self.places.update(places(self.plan.unit_id, unknown, self.day))
        return audiences.count(part, census=self.census, classes=self.classes, places=self.places)

    def consequence(self, audience: Mapping[str, Any] | None, count: int = 1, period: str = "") -> Consequence:
        """Units and pieces of work that come of it, over the plan's time."""
        starts_on, ends_on = self.plan.starts_on, self.plan.ends_on
        periods = falling_due(period, starts_on, ends_on) if starts_on and ends_on else 1
        return Consequence(self.units(audience), count, periods)


def count_day(plan: Plan) -> dt.date:
    """The day on which units are counted: today, held within the plan's time."""
    day = clock.today()
    if plan.starts_on and day < plan.starts_on:
        # A plan for next year: today's units are the best that is known.
        return day
    if plan.ends_on and day > plan.ends_on:
        return plan.ends_on
    return day


def plan_list(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Plans for the list: newest time first, with their unit and how many directives are in force."""
    return (
        plans.select_related("unit")
        .annotate(
            directive_count=Count("directives", filter=Q(directives__valid_to=None), distinct=True),
            when=Coalesce("starts_on", "created_at__date"),
        )
        .order_by("-when", "-pk")
    )


def plans_with(plans: QuerySet[Plan], query: str) -> QuerySet[Plan]:
    """Those whose unit's name holds every word of `query`, accents or none."""
    for word in fold(query).split():
        plans = plans.filter(unit__folded__contains=word)
    return plans


def plan_tree(plan: Plan) -> list[Topic]:
    """First-level topics with `.subtopics` and `.task_list` filled. Three queries."""
    tasks = Task.objects.prefetch_related(
        Prefetch("units", TaskUnit.objects.filter(valid_to=None).select_related("unit", "unit_class"))
    ).filter(plan=plan, standing=False)
    by_topic: dict[int | None, list[Task]] = defaultdict(list)
    for task in tasks:
        by_topic[task.topic_id].append(task)
    tops: list[Topic] = []
    known: dict[int, Topic] = {}
    for topic in topics_of(plan):
        topic.task_list = by_topic.get(topic.pk, [])  # type: ignore[attr-defined]
        topic.subtopics = []  # type: ignore[attr-defined]
        known[topic.pk] = topic
        if topic.parent_id and topic.parent_id in known:
            known[topic.parent_id].subtopics.append(topic)  # type: ignore[attr-defined]
        else:
            tops.append(topic)
    return tops
