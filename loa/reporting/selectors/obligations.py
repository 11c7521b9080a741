"""What one unit owes: a handful of queries, whatever the number of units, directives and proofs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import CharField, Count, F, Q, QuerySet
from django.db.models.functions import Cast

from loa.core import clock
from loa.org.models import Unit
from loa.plans.models import Directive, Plan
from loa.plans.rules import PlanStatus
from loa.reporting.models import Evidence
from loa.reporting.rules import DONE, Life, Slot, State, Terms, current_slot, owed, slots, state
from loa.reporting.selectors.lifespans import audience_lives


def terms_of(directive: Directive) -> Terms:
    """The part of a directive that the arithmetic needs."""
    return Terms(
        pk=directive.pk,
        kind=directive.kind,
        count=directive.count,
        period=directive.period,
        starts_on=directive.starts_on,
        ends_on=directive.ends_on,
        due_on=directive.due_on,
        due_day=directive.due_day,
    )


@dataclass(frozen=True)
class Obligation:
    """One unit's share of one directive in one slot, with its state today."""

    directive: Directive
    slot: Slot
    owed: int
    total: int
    in_time: int
    state: State

    @property
    def missing(self) -> int:
        """How many are still owed."""
        return max(self.owed - self.total, 0)

    @property
    def surplus(self) -> int:
        """How many more than owed."""
        return max(self.total - self.owed, 0)

    @property
    def done(self) -> bool:
        return self.state in DONE


@dataclass
class Owing:
    """All that a unit owes at a day: what is late, what is due, what is done; worst first."""

    unit: Unit
    obligations: list[Obligation] = field(default_factory=list)

    @property
    def overdue(self) -> list[Obligation]:
        return [o for o in self.obligations if o.state == State.OVERDUE]

    @property
    def open(self) -> list[Obligation]:
        return [o for o in self.obligations if o.state in (State.PENDING, State.DOING)]

    @property
    def done(self) -> list[Obligation]:
        return [o for o in self.obligations if o.done]


#: order in which obligations are shown: what asks for action first
_URGENCY = {State.OVERDUE: 0, State.DOING: 1, State.PENDING: 2, State.LATE: 3, State.MET: 4, State.NOT_OWED: 5}


def open_plans(unit: Unit, day: dt.date | None = None) -> QuerySet[Plan]:
    """Issued plans that bind `unit` on `day`: its own and those of the units above it."""
    day = day or clock.today()
    above = unit.links_up.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day).values("above")
    return Plan.objects.filter(status=PlanStatus.ISSUED, starts_on__lte=day, ends_on__gte=day, unit__in=above)


def lives_of(
    directives: Sequence[Directive], *, only: Iterable[int] | None = None
) -> dict[int, dict[int, list[Life]]]:
    """directive id → unit id → spans in its audience; asked once per distinct audience, not per directive.

    `only` limits the answer to some units (then the queries are limited too).
    """
    wanted = None if only is None else list(only)
    by_audience: dict[tuple[int, str, dt.date, dt.date], dict[int, list[Life]]] = {}
    result = {}
    for directive in directives:
        key = (
            directive.plan.unit_id,
            repr(sorted(directive.audience.items())),
            directive.starts_on,
            directive.ends_on,
        )
        if key not in by_audience:
            by_audience[key] = audience_lives(
                directive.plan.unit_id,
                directive.audience,
                start=directive.starts_on,
                end=directive.ends_on,
                only=wanted,
            )
        result[directive.pk] = by_audience[key]
    return result


def tallies(
    wanted: Iterable[tuple[Terms, Slot]], *, units: QuerySet[Unit] | Iterable[int] | None = None
) -> dict[tuple[int, dt.date, int], tuple[int, int]]:
    """(directive, slot start, unit) → (proofs, proofs in time), in one query per due day at most 1 + few.

    Slots that share a due day are counted together; there are as many queries as distinct due days.
    """
    by_due: dict[dt.date, Q] = {}
    for terms, slot in wanted:
        condition = Q(directive=terms.pk, slot=slot.start)
        by_due[slot.due] = by_due[slot.due] | condition if slot.due in by_due else condition
    found: dict[tuple[int, dt.date, int], tuple[int, int]] = {}
    starts: dict[str, dt.date] = {}
    for due, condition in by_due.items():
        rows = Evidence.objects.filter(condition, refused_at=None)
        if units is not None:
            rows = rows.filter(unit__in=units)
        # The slot as text: tens of thousands of rows share a dozen days, which are read once each.
        counted = rows.values_list("directive", Cast("slot", CharField()), "unit").annotate(
            total=Count("pk"), in_time=Count("pk", filter=Q(on__lte=due))
        )
        for directive, text, unit, total, in_time in counted.order_by():
            slot_start = starts.get(text)
            if slot_start is None:
                slot_start = starts[text] = dt.date.fromisoformat(text)
            found[directive, slot_start, unit] = (total, in_time)
    return found


def _directives(plans: QuerySet[Plan], start: dt.date, end: dt.date) -> list[Directive]:
    return list(
        Directive.objects.filter(plan__in=plans, cancelled_at=None, starts_on__lte=end, ends_on__gte=start)
        .select_related("plan__unit", "topic")
        .order_by("kind", "starts_on", "pk")
    )


def unit_obligations(unit: Unit, *, plan: Plan | None = None, day: dt.date | None = None) -> list[Obligation]:
    """Everything `unit` owes under the plan(s) in force, in every slot begun by `day`, plus the current ones."""
    day = day or clock.today()
    plans = Plan.objects.filter(pk=plan.pk) if plan else open_plans(unit, day)
    directives = _directives(plans, dt.date.min, dt.date.max)
    lives = lives_of(directives, only=[unit.pk])
    wanted: list[tuple[Directive, Terms, Slot, int]] = []
    for directive in directives:
        spans = lives[directive.pk].get(unit.pk)
        if not spans:
            continue
        terms = terms_of(directive)
        for slot in slots(terms):
            if slot.start > day:
                break
            wanted.append((directive, terms, slot, owed(terms, slot, spans)))
    counted = _tally_unit(unit, [directive.pk for directive, *_rest in wanted])
    return [
        _obligation(directive, slot, share, counted.get((directive.pk, slot.start), []), day)
        for directive, _terms, slot, share in wanted
        if share
    ]


def _tally_unit(unit: Unit, directives: list[int]) -> dict[tuple[int, dt.date], list[dt.date]]:
    dates: dict[tuple[int, dt.date], list[dt.date]] = defaultdict(list)
    rows = Evidence.objects.filter(unit=unit, directive__in=set(directives), refused_at=None)
    for directive, slot, on in rows.values_list("directive", "slot", "on"):
        dates[directive, slot].append(on)
    return dates


def _obligation(directive: Directive, slot: Slot, share: int, dates: list[dt.date], day: dt.date) -> Obligation:
    in_time = sum(on <= slot.due for on in dates)
    return Obligation(
        directive=directive,
        slot=slot,
        owed=share,
        total=len(dates),
        in_time=in_time,
        state=state(owed=share, total=len(dates), in_time=in_time, slot=slot, today=day),
    )


def unit_owing(unit: Unit, *, day: dt.date | None = None) -> Owing:
    """What a unit's home shows: everything overdue, and the present slot of each directive; worst first."""
    day = day or clock.today()
    everything = unit_obligations(unit, day=day)
    present = {}
    for obligation in everything:
        terms = terms_of(obligation.directive)
        here = current_slot(terms, day)
        if here and here.start == obligation.slot.start:
            present[obligation.directive.pk] = obligation
    shown = [o for o in everything if o.state == State.OVERDUE or present.get(o.directive.pk) is o]
    shown.sort(key=lambda o: (_URGENCY[o.state], o.slot.due, o.directive.pk))
    return Owing(unit=unit, obligations=shown)


def evidence_for(unit: Unit, directive: Directive, slot: Slot) -> QuerySet[Evidence]:
    """The proofs behind one figure, newest first."""
    return (
        Evidence.objects.filter(unit=unit, directive=directive, slot=slot.start)
        .select_related("story", "report", "added_by")
        .order_by(F("refused_at").asc(nulls_first=True), "-on")
    )
