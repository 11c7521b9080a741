"""The board: many units against one plan at one day. Everything is counted in SQL, joined in memory once.

The number of queries depends on the plan (its directives and due days), never on the number of units or proofs.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Max

from loa.core import clock
from loa.lib.vi import fold
from loa.newsroom.models import Story
from loa.org.access import in_force
from loa.org.models import Unit, UnitClass, UnitEvent, UnitLink, UnitVersion
from loa.plans.models import Directive, Plan, Topic
from loa.plans.selectors.families import counted
from loa.reporting.models import Evidence
from loa.reporting.rules import DONE, Life, Slot, Standing, State, state
from loa.reporting.selectors.lines import Stretch, lines_of
from loa.reporting.selectors.obligations import lives_of, tallies
from loa.reporting.selectors.structure import NOW, THEN, bodies

#: months of the coverage matrix shown on a phone: the present one, two before and one after
NEAR_BEFORE, NEAR_AFTER = 2, 1
#: one unit × one directive at the day of the board
Cell = Standing


@dataclass(slots=True)
class Row:
    """One unit: its cells in the order of the columns (None: the directive does not concern it)."""

    unit_id: int
    name: str
    kind: str
    parent_id: int | None
    folded: str
    cells: list[Cell | None]
    owed: int = 0
    done: int = 0
    overdue: int = 0
    due_soon: int = 0

    @property
    def rate(self) -> int:
        """Share done in percent; a unit that owes nothing is complete."""
        return 100 * self.done // self.owed if self.owed else 100


@dataclass(frozen=True)
class Column:
    """One directive and the slot one works on at the day of the board; cancelled, only what is left of debts."""

    stretch: Stretch
    ended: bool = False

    @property
    def directive(self) -> Directive:
        return self.stretch.directive

    @property
    def slot(self) -> Slot:
        return self.stretch.slot


@dataclass
class Board:
    """Rows worst first, and the totals above them."""

    plan: Plan
    day: dt.date
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    #: `THEN`: units as they stood on `day`; `NOW`: as they stand today, with those they carry on for
    structure: str = THEN

    @property
    def tree_day(self) -> dt.date:
        """The day whose tree the rows are."""
        return clock.today() if self.structure == NOW else self.day

    @property
    def late(self) -> list[Row]:
        return [row for row in self.rows if row.overdue]

    @property
    def behind(self) -> list[Row]:
        """Not late, but something due within two weeks is missing."""
        return [row for row in self.rows if not row.overdue and row.due_soon]

    @property
    def on_track(self) -> list[Row]:
        return [row for row in self.rows if not row.overdue and not row.due_soon]

    @property
    def rate(self) -> int:
        """Share done over all rows, in percent."""
        total = sum(row.owed for row in self.rows)
        return 100 * sum(min(row.done, row.owed) for row in self.rows) // total if total else 100


SOON = dt.timedelta(days=14)

#: whole boards of this process, by what they were counted from: the same state of the data gives the same board
_kept: dict[tuple[object, ...], Board] = {}
_MOST_KEPT = 8
_kept_coverage: dict[tuple[object, ...], list[TopicLine]] = {}


#: who belongs to the audiences of a plan, by the state of the units: proofs come all day, units twice a year
_kept_lives: dict[tuple[object, ...], dict[int, dict[int, list[Life]]]] = {}


def forget_boards() -> None:
    """Drop what is kept (between tests, whose databases begin anew)."""
    _kept.clear()
    _kept_coverage.clear()
    _kept_lives.clear()


def _state_of_units() -> tuple[object, ...]:
    """Changes whenever units, their places or their classes do (events: a version may end without a new one)."""
    versions = UnitVersion.objects.aggregate(last=Max("pk"), n=Count("pk"))
    links = UnitLink.objects.aggregate(last=Max("pk"))
    events = UnitEvent.objects.aggregate(last=Max("pk"), n=Count("pk"))
    classes = UnitClass.objects.aggregate(last=Max("pk"), n=Count("pk"))
    return (*versions.values(), *links.values(), *events.values(), *classes.values())


def _state_of_data(plan: Plan) -> tuple[object, ...]:
    """Changes whenever a board of `plan` could: proofs made or refused, directives, units. Six small queries."""
    proofs = Evidence.objects.aggregate(last=Max("pk"), refused=Max("refused_at"))
    directives = plan.directives.aggregate(
        n=Count("pk"), last=Max("pk"), gone=Max("cancelled_at"), ends=Max("valid_to")
    )
    return (*proofs.values(), *directives.values(), *_state_of_units())


def _lives_of_all(plan: Plan, directives: list[Directive], day: dt.date) -> dict[int, dict[int, list[Life]]]:
    """Who belongs to the audience of each directive and when, kept while the units stay the same."""
    terms = tuple((d.pk, repr(sorted(d.audience.items())), d.starts_on, d.ends_on) for d in directives)
    key = (plan.pk, terms, day if day < clock.today() else None, _state_of_units())
    if key not in _kept_lives:
        if len(_kept_lives) >= _MOST_KEPT:
            _kept_lives.pop(next(iter(_kept_lives)))
        _kept_lives[key] = lives_of(directives, day=day)
    return _kept_lives[key]


def whole_board(plan: Plan, *, top: Unit, day: dt.date, structure: str = THEN) -> Board:
    """The board without filters; counted once for one state of the data, then kept by this process."""
    key = (plan.pk, top.pk, day, structure, clock.today() if structure == NOW else None, *_state_of_data(plan))
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = board(plan, top=top, day=day, structure=structure)
    return _kept[key]


def filtered(result: Board, *, query: str = "", kind: str = "") -> Board:
    """The rows of a board that match, without counting anew; `query` without diacritics."""
    words = fold(query).split()
    rows = [
        row for row in result.rows if (not kind or row.kind == kind) and all(word in row.folded for word in words)
    ]
    return replace(result, rows=rows)


#: proofs of whom none is known: all, in time
_NOTHING = (0, 0)
#: up to so many units are named in the queries; beyond that everything under the plan is read
FEW = 500


def board(
    plan: Plan,
    *,
    top: Unit,
    day: dt.date | None = None,
    query: str = "",
    kind: str = "",
    directive: int | None = None,
    structure: str = THEN,
) -> Board:
    """Every unit below `top` that owes something under `plan` at `day`.

    `query` is matched without diacritics; `kind` and `directive` narrow rows and columns. With `NOW` the cells
    of a unit are the sum of its own and of those it carries on for.
    """
    day = day or clock.today()
    directives = list(
        plan.directives.filter(starts_on__lte=day)
        .select_related("plan__unit", "topic")
        .order_by("kind", "starts_on", "pk")
    )
    columns: list[Column] = []
    before: dict[int, Stretch] = {}
    for line in lines_of(directives, day):
        if directive and all(version.pk != directive for version in line.versions):
            continue
        begun = [stretch for stretch in line.stretches() if stretch.slot.start <= day]
        if not begun:
            continue
        columns.append(Column(begun[-1], ended=line.ended))
        if len(begun) > 1:
            before[line.number] = begun[-2]
    units = _units(top, clock.today() if structure == NOW else day, query=query, kind=kind)
    counted_for = bodies((unit_id for unit_id, *_rest in units), structure)
    # A commune with forty schools must not wait for the five thousand of the Sở.
    few = [body for those in counted_for.values() for body in those] if len(units) <= FEW else None
    shown = [column.stretch for column in columns] + list(before.values())
    versions = list({version.pk: version for stretch in shown for version in stretch.versions}.values())
    lives = _lives_of_all(plan, versions, day) if few is None else lives_of(versions, only=few, day=day)
    counted = tallies([(stretch.line, stretch.slot) for stretch in shown], units=few, day=day)

    # Column by column: most directives concern few of the units, and all others are passed over without a look.
    rows = {
        unit_id: Row(unit_id, name, unit_kind, parent_id, folded, [])
        for unit_id, name, unit_kind, parent_id, folded in units
    }
    cells = [
        _column(column, before.get(column.stretch.line), _Counts(lives, counted, counted_for, day), rows)
        for column in columns
    ]
    result = Board(plan=plan, day=day, columns=columns, structure=structure)
    for unit_id, row in rows.items():
        row.cells = [those.get(unit_id) for those in cells]
        if any(row.cells):
            result.rows.append(row)
    result.rows.sort(key=lambda row: (row.rate, -row.overdue))
    return result


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the cells of a board are counted from."""

    lives: dict[int, dict[int, list[Life]]]
    #: (line, slot start, unit) → (proofs, proofs in time)
    proofs: dict[tuple[int, dt.date, int], tuple[int, int]]
    #: unit → the units counted for it, itself first
    bodies: dict[int, tuple[int, ...]]
    day: dt.date


def _column(column: Column, last: Stretch | None, counts: _Counts, rows: dict[int, Row]) -> dict[int, Cell]:
    """Unit → cell of one column, for those it concerns; the figures of their rows go up by what they owe.

    A debt of the slot before (`last`) is shown in place of a present one that is not overdue itself.
    """
    cells = _cells(column.stretch, counts)
    if column.ended:
        cells = {unit: cell for unit, cell in cells.items() if cell.state is State.OVERDUE}
    if last is not None:
        for unit, debt in _cells(last, counts).items():
            if debt.state is not State.OVERDUE:
                continue
            cell = cells.get(unit)
            if cell is None or cell.state is not State.OVERDUE:
                if cell is not None:
                    _add(rows[unit], cell, counts.day)
                cells[unit] = debt
    for unit, cell in cells.items():
        _add(rows[unit], cell, counts.day)
    return cells


def _add(row: Row, cell: Cell, day: dt.date) -> None:
    row.owed += cell.owed
    row.done += min(cell.total, cell.owed)
    if cell.state is State.OVERDUE:
        row.overdue += 1
    elif cell.state not in DONE and cell.slot.due - day <= SOON:
        row.due_soon += 1


def _cells(stretch: Stretch, counts: _Counts) -> dict[int, Cell]:
    """Unit → what it and those counted for it owe together in the slot, and what they did; who owes nothing is
    left out. Thousands owe and did the same: they share one cell."""
    line, start, proofs = stretch.line, stretch.slot.start, counts.proofs
    shares = _shares(stretch, counts.lives)
    cells: dict[int, Cell] = {}
    alike: dict[tuple[int, int, int], Cell] = {}
    for unit, whose in _concerned(shares, counts.bodies):
        if len(whose) == 1:
            share = shares[unit]
            total, in_time = proofs.get((line, start, unit), _NOTHING)
        else:
            share = sum(shares.get(body, 0) for body in whose)
            done = [proofs.get((line, start, body), _NOTHING) for body in whose]
            total, in_time = sum(one for one, _ in done), sum(one for _, one in done)
        if not share:
            continue
        cell = alike.get((share, total, in_time))
        if cell is None:
            standing = state(owed=share, total=total, in_time=in_time, slot=stretch.slot, today=counts.day)
            cell = alike[share, total, in_time] = Cell(stretch.slot, share, total, in_time, standing)
        cells[unit] = cell
    return cells


def _concerned(
    shares: dict[int, int], bodies: dict[int, tuple[int, ...]]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The units of the board of which some body is in the audience, with their bodies."""
    for unit, whose in bodies.items():
        if unit in shares or (len(whose) > 1 and not shares.keys().isdisjoint(whose)):
            yield unit, whose


def _shares(stretch: Stretch, lives: dict[int, dict[int, list[Life]]]) -> dict[int, int]:
    """Body → how many it owes in the slot, for all in its audience."""
    first, last = stretch.slot.start, stretch.slot.end
    audiences = [lives[version.pk] for version in stretch.versions]
    if len(audiences) == 1:
        return {
            unit: stretch.terms.count if _all_through(spans, first, last) else stretch.share(lives, unit)
            for unit, spans in audiences[0].items()
        }
    whole: int | None = None
    shares: dict[int, int] = {}
    for unit in set().union(*audiences):
        if not all(_all_through(audience.get(unit), first, last) for audience in audiences):
            shares[unit] = stretch.share(lives, unit)
            continue
        if whole is None:
            whole = stretch.share(lives, unit)
        shares[unit] = whole
    return shares


def _all_through(spans: list[Life] | None, first: dt.date, last: dt.date) -> bool:
    """Whether the unit was there all those days without a break: of nearly every unit answered at a glance."""
    if not spans:
        return False
    life = spans[0]
    return life.start <= first and (life.end is None or life.end > last)


def _units(top: Unit, day: dt.date, *, query: str, kind: str) -> list[tuple[int, str, str, int | None, str]]:
    """(id, name, kind, parent, folded name) of the units below `top` on `day`, in Vietnamese order."""
    links = UnitLink.objects.filter(in_force(day), above=top)
    rows = Unit.objects.filter(pk__in=links.values("below"))
    if kind:
        rows = rows.filter(kind=kind)
    for word in fold(query).split():
        rows = rows.filter(folded__contains=word)
    return list(rows.order_by("sort_key").values_list("pk", "short_name", "kind", "parent_id", "folded"))


@dataclass(slots=True)
class Group:
    """A unit directly below the top and all that hangs on it."""

    unit_id: int
    name: str
    owed: int = 0
    done: int = 0
    units: int = 0
    late: int = 0

    @property
    def rate(self) -> int:
        return 100 * self.done // self.owed if self.owed else 100


def by_child(result: Board, top: Unit) -> list[Group]:
    """The board summed up over the units directly below `top`, lowest rate first; two queries."""
    standing = UnitLink.objects.filter(in_force(result.tree_day))
    children = dict(standing.filter(above=top, depth=1).values_list("below", "below__short_name"))
    links = standing.filter(above__in=children).values_list("below", "above")
    group_of = dict(links)
    groups: dict[int, Group] = {}
    for row in result.rows:
        child = group_of.get(row.unit_id)
        if child is None:
            continue
        group = groups.setdefault(child, Group(child, children[child]))
        group.owed += row.owed
        group.done += min(row.done, row.owed)
        group.units += 1
        group.late += bool(row.overdue)
    return sorted(groups.values(), key=lambda group: (group.rate, -group.late, group.name))


@dataclass(frozen=True)
class MonthCount:
    """Stories of one topic in one month; `target` when the plan sets one for it."""

    month: dt.date
    count: int
    target: int
    past: bool
    now: bool


@dataclass
class TopicLine:
    """One line of the coverage matrix."""

    topic: Topic
    months: list[MonthCount]

    @property
    def total(self) -> int:
        return sum(month.count for month in self.months)

    @property
    def target(self) -> int:
        return sum(month.target for month in self.months)

    @property
    def present(self) -> MonthCount | None:
        return next((month for month in self.months if month.now), None)


def months_of(plan: Plan) -> list[dt.date]:
    """First days of the months of the plan's period."""
    if plan.starts_on is None or plan.ends_on is None:
        return []
    month, months = plan.starts_on.replace(day=1), []
    while month <= plan.ends_on:
        months.append(month)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return months


def coverage(plan: Plan, *, top: Unit, day: dt.date | None = None) -> list[TopicLine]:
    """Published stories by topic and month under `top`: a few queries, counted in SQL.

    A story on a sub-topic counts for the topic above it; one on a copy in a plan below counts like the original.
    """
    day = day or clock.today()
    months = months_of(plan)
    topics = list(plan.topics.all())
    links = UnitLink.objects.filter(in_force(day), above=top)
    tops = [topic.pk for topic in topics if topic.parent_id is None]
    rows = Story.objects.filter(live=True)
    if top.pk != plan.unit_id:
        rows = rows.filter(unit__in=links.values("below"))
    told = counted(tops, rows, _edges(months), at="published_at")
    targets = _targets(plan, months)
    this_month = day.replace(day=1)
    return [
        TopicLine(
            topic,
            [
                MonthCount(
                    month,
                    told[topic.pk][index],
                    targets.get(topic.pk, {}).get(month, 0),
                    past=month < this_month,
                    now=month == this_month,
                )
                for index, month in enumerate(months)
            ],
        )
        for topic in topics
        if topic.parent_id is None
    ]


def coverage_rows(lines: list[TopicLine], *, own: bool) -> list[dict[str, Any]]:
    """Lines of the matrix as every page draws them (`loa/matrix.html`, whose cells say what is a gap).

    `own`: for the unit that issued the plan; its targets are nobody else's, so others see stories, not gaps.
    """
    rows = []
    for number, line in enumerate(lines, 1):
        here = next((index for index, month in enumerate(line.months) if month.now), len(line.months) - 1)
        rows.append(
            {
                "number": line.topic.number or number,
                "name": str(line.topic),
                "done": line.total,
                "target": line.target if own else 0,
                "cells": [
                    {
                        "done": month.count,
                        "target": month.target if own else 0,
                        "future": not month.past and not month.now,
                        "now": month.now,
                        "watch": own and month.now,
                        "far": not here - NEAR_BEFORE <= index <= here + NEAR_AFTER,
                        "month": month.month.month,
                    }
                    for index, month in enumerate(line.months)
                ],
            }
        )
    return rows


def coverage_of_the_minute(plan: Plan, *, top: Unit) -> list[TopicLine]:
    """`coverage` today, at most a minute old: counting 100,000 stories by month takes a quarter of a second."""
    now = clock.now()
    key = (plan.pk, top.pk, clock.today(), int(now.timestamp()) // 60)
    if key not in _kept_coverage:
        if len(_kept_coverage) >= _MOST_KEPT:
            _kept_coverage.clear()
        _kept_coverage[key] = coverage(plan, top=top)
    return _kept_coverage[key]


def _edges(months: list[dt.date]) -> list[tuple[dt.datetime, dt.datetime]]:
    following = [(month + dt.timedelta(days=32)).replace(day=1) for month in months]
    return [(clock.start_of(start), clock.start_of(end)) for start, end in zip(months, following, strict=True)]


def _targets(plan: Plan, months: list[dt.date]) -> dict[int, dict[dt.date, int]]:
    """Targets per topic and month, from quotas that name a topic; longer periods are spread over their months."""
    per_month = {"month": 1, "quarter": 3, "semester": 5, "year": 12, "school_year": 9}
    targets: dict[int, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    quotas = plan.directives.filter(valid_to=None, kind="quota").exclude(topic=None)
    for directive in quotas:
        share = -(-directive.count // per_month.get(directive.period, 1))
        for month in months:
            if directive.starts_on.replace(day=1) <= month <= directive.ends_on:
                targets[directive.topic_id][month] += share  # type: ignore[index]
    return targets
