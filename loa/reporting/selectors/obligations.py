"""What one unit owes: a handful of queries, whatever the number of units, directives and proofs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import CharField, Count, F, Q, QuerySet
from django.db.models.functions import Cast

from loa.core import clock
from loa.org.models import Unit
from loa.plans.models import Directive, Plan
from loa.plans.rules import PlanStatus
from loa.reporting.models import Evidence
from loa.reporting.rules import DONE, Life, Slot, Standing, State, state
from loa.reporting.selectors.lifespans import audience_lives
from loa.reporting.selectors.lines import Stretch, lines_of


@dataclass(frozen=True, kw_only=True)
class Obligation(Standing):
    """One unit's share of one directive in one slot, with its state today."""

    directive: Directive

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
    directives: Sequence[Directive], *, only: Iterable[int] | None = None, day: dt.date | None = None
) -> dict[int, dict[int, list[Life]]]:
    """directive id → unit id → spans in its audience; asked once per distinct audience, not per directive.

    `only` limits the answer to some units (and the queries). Looked at on a past `day`, what ended
    only afterwards (a unit that was merged later) goes on, as was thought then.
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
            if day is not None and day < clock.today():
                by_audience[key] = {unit: _as_known(spans, day) for unit, spans in by_audience[key].items()}
        result[directive.pk] = by_audience[key]
    return result


def _as_known(spans: list[Life], day: dt.date) -> list[Life]:
    """Spans as they were known on a past day: those begun by then, without an end that came later."""
    return [
        replace(life, end=None) if life.end is not None and life.end > day else life
        for life in spans
        if life.start <= day
    ]


def counted_on(day: dt.date | None) -> Q:
    """Proofs that count, looked at on a day: nothing done later is known on a past day."""
    seen = Q(refused_at=None)
    return seen if day is None or day >= clock.today() else seen & Q(on__lte=day)


def tallies(
    wanted: Iterable[tuple[int, Slot]],
    *,
    units: QuerySet[Unit] | Iterable[int] | None = None,
    day: dt.date | None = None,
) -> dict[tuple[int, dt.date, int], tuple[int, int]]:
    """(line, slot start, unit) → (proofs, proofs in time), as known on `day`.

    Slots that share a due day are counted together; there are as many queries as distinct due days.
    """
    by_due: dict[dt.date, Q] = {}
    for line, slot in wanted:
        condition = Q(directive=line, slot=slot.start)
        by_due[slot.due] = by_due[slot.due] | condition if slot.due in by_due else condition
    found: dict[tuple[int, dt.date, int], tuple[int, int]] = {}
    starts: dict[str, dt.date] = {}
    for due, condition in by_due.items():
        rows = Evidence.objects.filter(condition & counted_on(day))
        if units is not None:
            rows = rows.filter(unit__in=units)
        # The slot as text: tens of thousands of rows share a dozen days, which are read once each.
        counted = rows.values_list("directive", Cast("slot", CharField()), "unit").annotate(
            total=Count("pk"), in_time=Count("pk", filter=Q(on__lte=due))
        )
        for line, text, unit, total, in_time in counted.order_by():
            slot_start = starts.get(text)
            if slot_start is None:
                slot_start = starts[text] = dt.date.fromisoformat(text)
            found[line, slot_start, unit] = (total, in_time)
    return found


def _directives(plans: QuerySet[Plan]) -> list[Directive]:
    return list(
        Directive.objects.filter(plan__in=plans)
        .select_related("plan__unit", "topic")
        .order_by("kind", "starts_on", "pk")
    )


def unit_obligations(unit: Unit, *, plan: Plan | None = None, day: dt.date | None = None) -> list[Obligation]:
    """Everything `unit` owes under the plan(s) in force, in every slot begun by `day`, plus the current ones.

    A past day is answered as it was: amendments, proofs and reorganisations of later days are not known then.
    """
    day = day or clock.today()
    plans = Plan.objects.filter(pk=plan.pk) if plan else open_plans(unit, day)
    lines = lines_of(_directives(plans), day)
    lives = lives_of([version for line in lines for version in line.versions], only=[unit.pk], day=day)
    wanted: list[tuple[Stretch, int]] = []
    for line in lines:
        if not any(lives[version.pk].get(unit.pk) for version in line.versions):
            continue
        for stretch in line.stretches():
            if stretch.slot.start > day:
                break
            wanted.append((stretch, stretch.share(lives, unit.pk)))
    counted = _tally_unit(unit, [stretch.line for stretch, _share in wanted], day)
    return [
        _obligation(
            stretch.directive, stretch.slot, share, counted.get((stretch.line, stretch.slot.start), []), day
        )
        for stretch, share in wanted
        if share
    ]


def _tally_unit(unit: Unit, lines: list[int], day: dt.date) -> dict[tuple[int, dt.date], list[dt.date]]:
    dates: dict[tuple[int, dt.date], list[dt.date]] = defaultdict(list)
    rows = Evidence.objects.filter(counted_on(day), unit=unit, directive__in=set(lines))
    for line, slot, on in rows.values_list("directive", "slot", "on"):
        dates[line, slot].append(on)
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
    return owing_of(unit, unit_obligations(unit, day=day), day)


def owing_of(unit: Unit, everything: list[Obligation], day: dt.date) -> Owing:
    """The same from obligations at hand. No query."""
    present = {}
    for obligation in everything:
        over = obligation.directive.valid_to is not None and obligation.directive.valid_to <= day
        if not over:
            # In order of time: the last one begun is the one to work on.
            present[obligation.directive.line_id_of] = obligation
    shown = [o for o in everything if o.state == State.OVERDUE or present.get(o.directive.line_id_of) is o]
    shown.sort(key=lambda o: (_URGENCY[o.state], o.slot.due, o.directive.pk))
    return Owing(unit=unit, obligations=shown)


def evidence_for(unit: Unit, directive: Directive, slot: Slot) -> QuerySet[Evidence]:
    """The proofs behind one figure, newest first."""
    return (
        Evidence.objects.filter(unit=unit, directive=directive.line_id_of, slot=slot.start)
        .select_related("story", "report", "added_by")
        .order_by(F("refused_at").asc(nulls_first=True), "-on")
    )
