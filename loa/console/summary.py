"""The figures of a plan at a desk: who is late, how far each commune is, what is due, which topics are empty.

Counting 5,000 units takes a second or two (reporting.selectors.board) and every officer opens home many times a
day: the figures lie in `Figures` as plain values and are shown as they are, with their hour; once older than a
minute, a job computes them afresh behind the page. They depend on the unit at the top, not on the person.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.console.models import Figures
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.org.models import Unit
from loa.plans.models import Plan
from loa.reporting.rules import DONE, State, days_late
from loa.reporting.selectors.board import Board, Row, board, by_child, coverage, coverage_rows

#: younger figures are shown without a second thought
FRESH = dt.timedelta(seconds=60)
#: figures computed longer ago than this are not shown any more: the page waits for new ones
OLDEST = dt.timedelta(hours=26)
#: one computes at a time; a claim that was not kept is forgotten after this
CLAIM = dt.timedelta(minutes=2)
#: desks at which nobody sat for this long are not kept up to date over night
SEEN = dt.timedelta(days=7)
AHEAD = dt.timedelta(days=14)


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
    #: topics of which nothing was published this month; "name (0/2)" where the plan asks for a number
    empty_topics: list[str] = field(default_factory=list)


def summary(plan: Plan, top: Unit) -> Summary:
    """The figures as they lie there; the first time of a desk they are computed while the page waits."""
    now, today = clock.now(), clock.today()
    row = Figures.objects.filter(unit=top, plan=plan).first()
    if row is None or now - row.computed_at > OLDEST:
        return refresh(plan, top)
    if row.day != today or now - row.computed_at > FRESH:
        _ask_for_new(row)
    return _read(row.data)


def _ask_for_new(row: Figures) -> None:
    """Put a refresh in the queue, once however many people look."""
    from loa.console.tasks import refresh_figures

    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    if Figures.objects.filter(free, pk=row.pk).update(claimed_at=now, seen_at=now):
        enqueue_after_commit(refresh_figures, row.pk)


def refresh(plan: Plan, top: Unit) -> Summary:
    """Compute the figures and lay them down for everybody."""
    found = compute(plan, top, clock.today())
    values = {
        "day": found.day,
        "data": _write(found),
        "computed_at": found.at,
        "claimed_at": None,
    }
    if not Figures.objects.filter(unit=top, plan=plan).update(**values):
        try:
            with transaction.atomic():
                Figures.objects.create(unit=top, plan=plan, **values)
        except IntegrityError:
            pass  # somebody else laid down theirs in the same moment: as good as ours
    return found


def refresh_all() -> int:
    """Bring the figures of yesterday's desks to today, before the office opens. Returns how many."""
    now = clock.now()
    Figures.objects.filter(seen_at__lt=now - SEEN).delete()
    rows = list(Figures.objects.exclude(day=clock.today()).select_related("plan", "unit"))
    for row in rows:
        refresh(row.plan, row.unit)
    return len(rows)


def _write(found: Summary) -> Any:
    """Plain values as JSON keeps them."""
    return json.loads(json.dumps(asdict(found), cls=DjangoJSONEncoder))


def _read(data: dict[str, Any]) -> Summary:
    """The summary out of what `_write` made."""
    values = dict(data)
    values["day"] = dt.date.fromisoformat(values["day"])
    values["at"] = dt.datetime.fromisoformat(values["at"])
    values["late_units"] = [LateUnit(**unit) for unit in values["late_units"]]
    values["shares"] = [Share(**share) for share in values["shares"]]
    values["dues"] = [Due(**{**due, "day": dt.date.fromisoformat(due["day"])}) for due in values["dues"]]
    return Summary(**values)


def compute(plan: Plan, top: Unit, day: dt.date) -> Summary:
    """Count everything; changes nothing."""
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
    """Rows of the coverage matrix, and which topics of this month the unit that issued the plan left empty."""
    own = top.pk == plan.unit_id
    lines = coverage(plan, top=top, day=day)
    found.matrix = coverage_rows(lines, own=own)
    for line in lines if own else ():
        now = line.present
        if now is not None and not now.count:
            short = _("%(name)s (0/%(target)s)") % {"name": line.topic, "target": now.target}
            found.empty_topics.append(short if now.target else str(line.topic))
