"""What asks for a deed of each of some people, as it stands now; as many questions for a hundred as for one.

The number of queries depends on the plans (their audiences and due days), never on people, units or rows.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.access import in_force
from loa.org.models import Membership, UnitLink, UnitVersion
from loa.org.rules import Role, roles_for
from loa.plans.models import Directive, Plan, Task, TaskProgress, TaskUnit
from loa.plans.rules import PlanStatus
from loa.plans.rules.tasks import CLOSED, TaskState
from loa.plans.selectors import class_rules, in_life
from loa.plans.selectors.succession import forebears
from loa.reminders.models import Nudge
from loa.reminders.rules import DAY, HORIZON, Cause, CauseKind
from loa.reporting.models import Report
from loa.reporting.rules import DONE, State, state
from loa.reporting.selectors.lines import Stretch, lines_of
from loa.reporting.selectors.obligations import lives_of, tallies

#: what is late longer than that is no longer told: the board and the homes still show it
LATE_FOR = 120 * DAY
#: how long an office's own reminder waits for the next digest
NUDGE_FOR = 14 * DAY
TITLE = 140


@dataclass
class Seats:
    """Who of some people sits where today: read once, asked many times."""

    #: unit → role → people
    held: dict[int, dict[Role, set[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    names: dict[int, str] = field(default_factory=dict)

    def who(self, ability: str, unit: int) -> set[int]:
        """People who have the ability at the unit by a role held there."""
        roles = roles_for(ability, below=False)
        return {user for role, users in self.held.get(unit, {}).items() if role in roles for user in users}

    def units(self, ability: str) -> list[int]:
        """Units where some of them have it by a role held there."""
        return [unit for unit in self.held if self.who(ability, unit)]

    def tops(self, ability: str) -> dict[int, set[int]]:
        """Units where some of them hold a role that reaches below."""
        roles = roles_for(ability, below=True)
        found = {
            unit: {user for role, users in by_role.items() if role in roles for user in users}
            for unit, by_role in self.held.items()
        }
        return {unit: users for unit, users in found.items() if users}


def seats_of(users: Collection[int], day: dt.date) -> Seats:
    """One query."""
    rows = Membership.objects.filter(in_force(day), user__in=users, user__is_active=True)
    seats = Seats()
    for user, unit, role, name in rows.values_list("user", "unit", "role", "unit__short_name"):
        seats.held[unit][Role(role)].add(user)
        seats.names[unit] = name
    return seats


def causes_of(users: Collection[int], day: dt.date | None = None) -> dict[int, list[Cause]]:
    """user → what asks for a deed of theirs, what is late first, then by day."""
    day = day or clock.today()
    seats = seats_of(users, day)
    found: dict[int, list[Cause]] = {user: [] for user in users}
    late: set[tuple[int, int]] = set()
    sources = (_tasks(seats, day), _duties(seats, day, late), _reports(seats), _approvals(seats))
    for source in (*sources, _reviews(seats, day)):
        for who, cause in source:
            for user in who:
                if user in found:
                    found[user].append(cause)
    for who, cause in _nudges(seats, day, late):
        for user in who:
            found[user].append(cause)
    for causes in found.values():
        causes.sort(key=lambda cause: (cause.kind != CauseKind.OFFICE, cause.anchor, cause.key))
    return found


Found = Iterable[tuple[set[int], Cause]]


def _tasks(seats: Seats, day: dt.date) -> Found:
    """Tasks a unit leads, for who sees to it, or else for everyone who may work on it."""
    units = list(seats.held)
    if not units:
        return
    leads = _leads(units, day)
    work = {
        (row.task_id, row.unit_id): row
        for row in TaskProgress.objects.filter(task__in={task for task, _unit in leads}, unit__in=units)
    }
    owners = {row.owner_id for row in work.values() if row.owner_id}
    at_work = set(
        Membership.objects.filter(in_force(day), user__in=owners, unit__in=units).values_list("user", "unit")
    )
    for (number, unit), task in leads.items():
        progress = work.get((number, unit))
        if progress and (TaskState(progress.state) in CLOSED or progress.moved_on is not None):
            continue
        owner = progress.owner_id if progress else None
        # In somebody's hands it is theirs alone, whether or not they are among those asked for; unless they left.
        who = {owner} if owner and (owner, unit) in at_work else seats.who("task.work", unit)
        yield (
            who,
            Cause(
                CauseKind.TASK,
                f"task:{number}:{unit}",
                task.content.split("\n")[0][:TITLE],
                f"/lam-viec/nhiem-vu/{number}/{unit}/",
                seats.names[unit],
                due=task.due_on,
                since=task.starts_on,
            ),
        )


def _leads(units: list[int], day: dt.date) -> dict[tuple[int, int], Task]:
    """(task, unit) → the task, for each that one of the units leads and that is due about now."""
    meant = _Meant(units, day)
    asked = Q(unit__in=meant.named) | Q(unit=None, unit_class__isnull=False, task__plan__unit__in=meant.tops)
    rows = (
        TaskUnit.objects.filter(
            in_life(day, "task__"),
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gt=day),
            asked,
            role=TaskUnit.Role.LEAD,
            task__standing=False,
            task__due_on__gte=day - LATE_FOR,
            task__due_on__lte=day + HORIZON,
            task__plan__status=PlanStatus.ISSUED,
            task__plan__starts_on__lte=day,
            task__plan__ends_on__gte=day,
        )
        # What is only taken over from above is worked on there: it is reminded of once.
        .exclude(task__source_task__isnull=False, unit=F("task__plan__unit"))
        .select_related("task", "task__plan", "unit_class")
        .order_by("task_id", "pk")
    )
    return {(row.task_id, unit): row.task for row in rows for unit in meant.by(row)}


class _Meant:
    """Which of some units a line of a task means: by name, by a unit they came after, or by their class."""

    def __init__(self, units: list[int], day: dt.date) -> None:
        #: unit → unit above (or itself) → how far
        self._above: dict[int, dict[int, int]] = defaultdict(dict)
        links = UnitLink.objects.filter(in_force(day), below__in=units)
        for below, top, depth in links.values_list("below", "above", "depth"):
            self._above[below][top] = depth
        versions = UnitVersion.objects.filter(in_force(day), unit__in=units)
        self._kinds = dict(versions.values_list("unit", "kind"))
        self._classes = class_rules()
        #: unit that is no more → those that carry on its work
        self._heirs: dict[int, set[int]] = defaultdict(set)
        for unit, gone in forebears(units, day).items():
            for one in gone:
                self._heirs[one].add(unit)
        self.named = {*units, *self._heirs}
        self.tops = {top for by_top in self._above.values() for top in by_top}

    def by(self, row: TaskUnit) -> set[int]:
        if row.unit_id is not None:
            return ({row.unit_id} & self._above.keys()) | self._heirs.get(row.unit_id, set())
        rule = self._classes.get(row.unit_class.code) if row.unit_class else None
        if rule is None:
            return set()
        top = row.task.plan.unit_id
        return {
            unit
            for unit, depths in self._above.items()
            if top in depths and rule.holds(depths[top], self._kinds.get(unit, ""))
        }


def _duties(seats: Seats, day: dt.date, late: set[tuple[int, int]]) -> Found:
    """Quotas, deadlines and recurring duties a unit has not met yet, in the slots begun by now.

    Notes in `late` which (plan, unit) has something overdue.
    """
    units = seats.units("evidence.add")
    if not units:
        return
    tops = UnitLink.objects.filter(in_force(day), below__in=units).values("above")
    plans = Plan.objects.filter(status=PlanStatus.ISSUED, starts_on__lte=day, ends_on__gte=day, unit__in=tops)
    directives = Directive.objects.filter(plan__in=plans).select_related("plan__unit").order_by("pk")
    lines = lines_of(directives, day)
    lives = lives_of([version for line in lines for version in line.versions], only=units, day=day)
    wanted: list[Stretch] = [
        stretch
        for line in lines
        for stretch in line.stretches()
        if stretch.slot.start <= day and day - LATE_FOR <= stretch.slot.due <= day + HORIZON
        if stretch.slot.due < day or stretch.directive.valid_to is None or stretch.directive.valid_to > day
    ]
    counted = tallies([(stretch.line, stretch.slot) for stretch in wanted], units=units)
    for stretch in wanted:
        slot, directive = stretch.slot, stretch.directive
        for unit in units:
            owed = stretch.share(lives, unit)
            total, in_time = counted.get((stretch.line, slot.start, unit), (0, 0))
            stands = state(owed=owed, total=total, in_time=in_time, slot=slot, today=day)
            if stands in DONE or stands == State.NOT_OWED:
                continue
            if stands == State.OVERDUE:
                late.add((directive.plan_id, unit))
            note = ""
            if owed > 1 or total:
                note = _("đã có %(total)s/%(owed)s %(noun)s") % {
                    "total": total,
                    "owed": owed,
                    "noun": directive.noun or _("việc"),
                }
            yield (
                seats.who("evidence.add", unit),
                Cause(
                    CauseKind.DUTY,
                    f"duty:{stretch.line}:{unit}:{slot.start:%Y%m%d}",
                    (f"{directive.title} ({slot.label})" if slot.label else directive.title)[:TITLE],
                    f"/lam-viec/tien-do/don-vi/{unit}/",
                    seats.names[unit],
                    note,
                    due=slot.due,
                    since=slot.start,
                ),
            )


def _reports(seats: Seats) -> Found:
    """Reports that wait for a signature."""
    units = seats.units("report.approve")
    if not units:
        return
    rows = (
        Report.objects.alias(office=Coalesce("keeper", "unit"))
        .filter(status=Report.Status.SUBMITTED, office__in=units, submitted_at__isnull=False)
        .order_by("submitted_at", "pk")
    )
    for report in rows.only("title", "unit", "keeper", "submitted_at"):
        if report.submitted_at is None:
            continue
        yield (
            seats.who("report.approve", report.office_id),
            Cause(
                CauseKind.REPORT,
                f"report:{report.pk}",
                report.title[:TITLE],
                f"/lam-viec/bao-cao/{report.pk}/",
                seats.names[report.office_id],
                since=clock.local(report.submitted_at).date(),
            ),
        )


def _writers(stories: Iterable[Story]) -> dict[int, set[int]]:
    """story → who wrote in it: none of them decides on it. One query."""
    found = {story.pk: {story.author_id} for story in stories}
    through = Story.writers.through.objects.filter(story_id__in=found)
    for story, user in through.values_list("story_id", "user_id"):
        found[story].add(user)
    return found


def _approvals(seats: Seats) -> Found:
    """Stories that wait for the approval of the unit."""
    units = seats.units("story.approve_unit")
    if not units:
        return
    rows = list(
        Story.objects.filter(stage=Stage.UNIT_REVIEW, unit__in=units)
        .only("title", "unit", "author", "stage_since")
        .order_by("stage_since", "pk")
    )
    wrote = _writers(rows)
    for story in rows:
        yield (
            seats.who("story.approve_unit", story.unit_id) - wrote[story.pk],
            Cause(
                CauseKind.APPROVAL,
                f"approval:{story.pk}",
                (story.title or _("(chưa có tiêu đề)"))[:TITLE],
                f"/lam-viec/tin-bai/{story.pk}/duyet/",
                seats.names[story.unit_id],
                since=clock.local(story.stage_since).date(),
            ),
        )


def _reviews(seats: Seats, day: dt.date) -> Found:
    """Stories whose review by the editorial board falls due; one in somebody's hands is theirs alone."""
    tops = seats.tops("story.review")
    if not tops:
        return
    rows = list(
        Story.objects.filter(stage=Stage.BOARD_REVIEW, board_due_at__lt=clock.end_of(day + HORIZON))
        .only("title", "unit", "unit__short_name", "author", "board_due_at", "stage_since", "locked", "locked_by")
        .select_related("unit")
        .order_by("board_due_at", "pk")[:1000]
    )
    wrote = _writers(rows)
    over: dict[int, set[int]] = defaultdict(set)
    links = UnitLink.objects.filter(in_force(day), above__in=tops, below__in={story.unit_id for story in rows})
    for unit, top in links.values_list("below", "above"):
        over[unit] |= tops[top]
    for story in rows:
        if story.board_due_at is None:
            continue
        who = over.get(story.unit_id, set()) - wrote[story.pk]
        if story.locked and story.locked_by_id:
            who &= {story.locked_by_id}
        yield (
            who,
            Cause(
                CauseKind.REVIEW,
                f"review:{story.pk}",
                (story.title or _("(chưa có tiêu đề)"))[:TITLE],
                f"/lam-viec/tin-bai/{story.pk}/bien-tap/",
                story.unit.short_name,
                due=clock.local(story.board_due_at).date(),
                since=clock.local(story.stage_since).date(),
            ),
        )


def _nudges(seats: Seats, day: dt.date, late: set[tuple[int, int]]) -> Found:
    """Reminders by an office, as long as the unit is late under that plan."""
    if not late:
        return
    rows = Nudge.objects.filter(
        plan__in={plan for plan, _unit in late}, unit__in={unit for _plan, unit in late}, day__gt=day - NUDGE_FOR
    ).select_related("plan__unit")
    # Of several the newest: its text is the one that holds.
    newest = {(nudge.plan_id, nudge.unit_id): nudge for nudge in rows.order_by("day", "pk")}
    for place, nudge in newest.items():
        if place not in late:
            continue
        yield (
            seats.who("evidence.add", nudge.unit_id),
            Cause(
                CauseKind.OFFICE,
                f"office:{nudge.plan_id}:{nudge.unit_id}",
                _("%(office)s nhắc %(unit)s về việc quá hạn")
                % {"office": nudge.plan.unit.short_name, "unit": seats.names[nudge.unit_id]},
                f"/lam-viec/tien-do/don-vi/{nudge.unit_id}/",
                seats.names[nudge.unit_id],
                nudge.text,
                since=nudge.day,
            ),
        )
