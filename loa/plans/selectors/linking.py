"""A signed plan that was read, not drawn up in Loa: which plan above it carries out, and which line which."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db.models import OuterRef, QuerySet, Subquery

from loa.core import clock
from loa.org.access import in_force
from loa.org.models import UnitLink
from loa.plans.models import Directive, Plan, Task, TaskProgress, Topic
from loa.plans.rules import PlanStatus
from loa.plans.rules.legal import legal_key
from loa.plans.rules.likeness import matches
from loa.plans.selectors.cascade import ALIVE, Duty, current_directives, duties_for

#: "Ít nhất 02 bài/quý: " in front of a title
_COUNTED = re.compile(r"^(?:Ít nhất )?\d+ [^:]+: ")


def plans_above(plan: Plan) -> QuerySet[Plan]:
    """Plans in force of units above whose time this plan shares, the nearest unit's first; none that another plan
    of the unit carries out already."""
    return _beside(plan).exclude(pk__in=_siblings(plan).values("parent_plan"))


def carried_by(plan: Plan) -> list[Plan]:
    """Other plans of the unit that carry out what this one could, each with the plan above. One query."""
    found = _siblings(plan).filter(parent_plan__in=_beside(plan).values("pk"))
    return list(found.select_related("parent_plan__unit").order_by("pk"))


def _siblings(plan: Plan) -> QuerySet[Plan]:
    """Other living plans of the unit that carry out one above."""
    return Plan.objects.filter(unit=plan.unit_id, status__in=ALIVE).exclude(parent_plan=None).exclude(pk=plan.pk)


def _beside(plan: Plan) -> QuerySet[Plan]:
    above = UnitLink.objects.filter(in_force(clock.today()), below=plan.unit_id, depth__gte=1)
    found = Plan.objects.filter(unit__in=above.values("above"), status=PlanStatus.ISSUED)
    if plan.starts_on and plan.ends_on:
        found = found.filter(starts_on__lte=plan.ends_on, ends_on__gte=plan.starts_on)
    distance = Subquery(above.filter(above=OuterRef("unit")).values("depth")[:1])
    return found.annotate(distance=distance).select_related("unit").order_by("distance", "-starts_on", "-pk")


def suggested_parent(plan: Plan, above: list[Plan]) -> Plan | None:
    """Which of the plans above it carries out: the one its bases cite, by number and day; else the only one there
    is. Two cited, or several and none cited: nobody is guessed. One query, none without plans above."""
    if not above:
        return None
    cited = {
        (legal_key(number), day)
        for number, day in plan.bases.values_list("number", "signed_on")
        if number and legal_key(number)
    }
    named = [one for one in above if _is_cited(one, cited)]
    if named:
        return named[0] if len(named) == 1 else None
    return above[0] if len(above) == 1 else None


def _is_cited(plan: Plan, cited: set[tuple[str, str]]) -> bool:
    key = legal_key(plan.number) if plan.number else ""
    day = plan.signed_on.isoformat() if plan.signed_on else ""
    return any(key == number and (not when or not day or when == day) for number, when in cited)


@dataclass(frozen=True)
class Likely:
    """What one plan's lines would carry out of another's: sure guesses, to be confirmed by a person."""

    topics: list[Topic]
    tasks: list[Task]
    directives: list[Directive]
    their_topics: list[Topic]
    duties: list[Duty]
    #: our topic → theirs, our task → key of their duty, our directive → key of their directive
    topic_of: dict[int, int] = field(default_factory=dict)
    duty_of: dict[int, str] = field(default_factory=dict)
    directive_of: dict[int, str] = field(default_factory=dict)
    #: tasks on which work was told here: they carry out a duty, but are not handed over to the plan above
    worked_on: frozenset[int] = frozenset()


def likely(plan: Plan, parent: Plan) -> Likely:
    """Both plans' lines, and which of ours surely says what one of theirs says. A fixed number of queries."""
    topics, theirs = list(plan.topics.order_by("position")), list(parent.topics.order_by("position"))
    tasks = list(plan.tasks.filter(standing=False, cancelled_on=None).order_by("position"))
    directives = current_directives(plan)
    duties = duties_for(parent, plan.unit)
    worked = frozenset(TaskProgress.objects.filter(task__plan=plan).values_list("task", flat=True))
    given = {duty.key: duty.title for duty in duties if duty.task is not None}
    asked = {duty.key: duty.title for duty in duties if duty.directive is not None}
    content = {task.pk: task.content for task in tasks}
    # A line that says a task of theirs and a quota too is about the task.
    duty_of = matches(content, asked) | matches(
        {pk: text for pk, text in content.items() if pk not in worked}, given
    )
    kept = {topic.pk: topic.source_id for topic in topics if topic.source_id in {one.pk for one in theirs}}
    return Likely(
        topics=topics,
        tasks=tasks,
        directives=directives,
        their_topics=theirs,
        duties=duties,
        topic_of=matches({t.pk: t.title for t in topics}, {t.pk: t.title for t in theirs})
        | {pk: source for pk, source in kept.items() if source},
        duty_of=duty_of | _kept(tasks, duties),
        directive_of=matches(
            {one.pk: _about(one.title) for one in directives}, {key: _about(title) for key, title in asked.items()}
        )
        | _kept_directives(directives, duties),
        worked_on=worked,
    )


def _about(title: str) -> str:
    """What a duty is about, without how much of it: numbers differ where two plans ask for the same.

    >>> _about("Ít nhất 02 bài/quý: gương người tốt, việc tốt")
    'gương người tốt, việc tốt'
    """
    return _COUNTED.sub("", title)


def _kept_directives(directives: list[Directive], duties: list[Duty]) -> dict[int, str]:
    by_line = {duty.directive.line_id_of: duty.key for duty in duties if duty.directive is not None}
    return {
        one.pk: by_line[one.source.line_id_of]
        for one in directives
        if one.source is not None and one.source.line_id_of in by_line
    }


def _kept(tasks: list[Task], duties: list[Duty]) -> dict[int, str]:
    """What was confirmed before stays as it was."""
    by_task = {duty.task.pk: duty.key for duty in duties if duty.task is not None}
    by_line = {duty.directive.line_id_of: duty.key for duty in duties if duty.directive is not None}
    found = {}
    for task in tasks:
        key = by_task.get(task.source_task_id or 0)
        if task.source_directive is not None:
            key = by_line.get(task.source_directive.line_id_of)
        if key:
            found[task.pk] = key
    return found
