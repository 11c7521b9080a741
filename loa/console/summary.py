"""The figures of a plan at a desk: who is late, how far each commune is, what is due, which topics are empty.

Counting many units takes a moment (reporting.selectors.board), and every officer opens home many times a day: the
summary, plain values only, is kept for a minute. What is shown depends on the unit at the top, not on the person:
one summary serves all who share a desk.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from loa.core import clock
from loa.org.models import Unit
from loa.plans.models import Plan
from loa.reporting.rules import DONE, State, days_late
from loa.reporting.selectors import open_plans
from loa.reporting.selectors.board import Board, Row, board, by_child, coverage

KEEP_SECONDS = 60
AHEAD = dt.timedelta(days=14)
#: months shown on a phone: the present one, two before and one after
NEAR_BEFORE, NEAR_AFTER = 2, 1


@dataclass(frozen=True)
class LateUnit:
    """A unit that is late, with what it is longest late with."""

    unit_id: int
    name: str
    task: str
    days: int


@dataclass(frozen=True)
class Share:
    """How far the units under one commune (or one unit directly below the top) are."""

    unit_id: int
    name: str
    owed: int
    done: int
    rate: int


@dataclass(frozen=True)
class Due:
    """Something that falls due within two weeks."""

    day: dt.date
    title: str
    done: int
    total: int
    plan_directive: int


@dataclass
class Summary:
    """All figures of one plan under one unit at one day."""

    plan_id: int
    plan_title: str
    plan_number: str
    day: dt.date
    at: dt.datetime
    units: int = 0
    late: int = 0
    behind: int = 0
    rate: int = 100
    late_units: list[LateUnit] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    more_shares: int = 0
    dues: list[Due] = field(default_factory=list)
    matrix: list[dict[str, Any]] = field(default_factory=list)
    #: topics asked for this month of which nothing was published, as "name (0/2)"
    empty_topics: list[str] = field(default_factory=list)


def current_plan(top: Unit, day: dt.date | None = None) -> Plan | None:
    """The plan in force that binds this unit: its own before those of units above it."""
    plans = list(open_plans(top, day).order_by("-starts_on", "-pk")[:5])
    return next((plan for plan in plans if plan.unit_id == top.pk), plans[0] if plans else None)


def summary(plan: Plan, top: Unit) -> Summary:
    """The figures, at most a minute old."""
    day = clock.today()
    key = f"console.summary:{plan.pk}:{top.pk}:{day.isoformat()}"
    found: Summary | None = cache.get(key)
    if found is None:
        found = compute(plan, top, day)
        cache.set(key, found, KEEP_SECONDS)
    return found


def compute(plan: Plan, top: Unit, day: dt.date) -> Summary:
    """Count everything afresh."""
    result = board(plan, top=top, day=day)
    late = result.late
    shares = by_child(result, top)
    found = Summary(
        plan_id=plan.pk,
        plan_title=plan.title,
        plan_number=plan.number,
        day=day,
        at=clock.now(),
        units=len(result.rows),
        late=len(late),
        behind=len(result.behind),
        rate=result.rate,
        late_units=sorted((_longest(result, row, day) for row in late), key=lambda unit: (-unit.days, unit.name))[
            :3
        ],
        shares=[Share(g.unit_id, g.name, g.owed, g.done, g.rate) for g in shares[:8]],
        more_shares=max(len(shares) - 8, 0),
        dues=_dues(result, day),
    )
    _cover(found, plan, top, day)
    return found


def _longest(result: Board, row: Row, day: dt.date) -> LateUnit:
    """What this late unit is longest late with."""
    worst, task = -1, ""
    for column, cell in zip(result.columns, row.cells, strict=True):
        if cell is not None and cell.state is State.OVERDUE:
            days = days_late(cell.slot, day)
            if days > worst:
                worst, task = days, column.directive.title
    return LateUnit(row.unit_id, row.name, task, max(worst, 0))


def _dues(result: Board, day: dt.date) -> list[Due]:
    """What falls due from today on within two weeks, with how many units are done."""
    found = []
    for index, column in enumerate(result.columns):
        if not day <= column.slot.due <= day + AHEAD:
            continue
        cells = [
            cell
            for row in result.rows
            if (cell := row.cells[index]) is not None and cell.slot.start == column.slot.start
        ]
        if not cells:
            continue  # owed by the unit at the top itself, not by those below
        done = sum(cell.state in DONE for cell in cells)
        found.append(Due(column.slot.due, column.directive.title, done, len(cells), column.directive.pk))
    found.sort(key=lambda due: (due.day, due.title))
    return found[:8]


def _cover(found: Summary, plan: Plan, top: Unit, day: dt.date) -> None:
    """Rows of the coverage matrix, and which topics of this month are still empty.

    The plan's targets are those of the unit that issued it: a commune sees its stories, not the Sở's gaps.
    """
    own = top.pk == plan.unit_id
    for number, line in enumerate(coverage(plan, top=top, day=day), 1):
        here = next((index for index, month in enumerate(line.months) if month.now), len(line.months) - 1)
        found.matrix.append(
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
                        "far": not here - NEAR_BEFORE <= index <= here + NEAR_AFTER,
                        "month": month.month.month,
                    }
                    for index, month in enumerate(line.months)
                ],
            }
        )
        now = line.months[here] if line.months else None
        if own and now is not None and now.now and now.target and not now.count:
            found.empty_topics.append(_("%(name)s (0/%(target)s)") % {"name": line.topic, "target": now.target})
