"""Entries of a calendar, computed from what plans, stories and offices say; a fixed number of queries a unit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.agenda import access
from loa.agenda.models import CalendarDay, Event
from loa.agenda.rules import DayKind, Entry, EntryKind
from loa.core import clock
from loa.lib.calendar import holiday_name, sector_days
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.access import in_force, units_where
from loa.org.models import Unit, UnitLink
from loa.plans.models import Directive, Task
from loa.plans.rules import DirectiveKind, PlanStatus
from loa.plans.selectors import in_life, tasks_for_unit
from loa.plans.selectors.tasks import shares_of
from loa.reporting.models import Evidence
from loa.reporting.rules import DONE, State, state
from loa.reporting.selectors.lines import lines_of
from loa.reporting.selectors.obligations import lives_of

DAY = dt.timedelta(days=1)
#: of one page, the nearest: ten a day of a month for stories, and what a whole authority meets for
MOST_STORIES, MOST_EVENTS = 300, 500


def entries(user: Any, unit: Unit, first: dt.date, last: dt.date) -> list[Entry]:
    """Everything of one unit between two days that the person may see, in order.

    What the unit owes and leads, stories with an hour, appointments of the unit, of those above and those below,
    days off and days of the sector. The number of queries depends on the plans, never on the number of units.
    """
    found = [
        *dues(unit, first, last),
        *tasks(unit, first, last),
        *stories(user, unit, first, last),
        *events(user, unit, first, last),
        *days(unit, first, last),
    ]
    return sorted(found, key=lambda entry: entry.order)


def coming(user: Any, unit: Unit, first: dt.date, last: dt.date, *, most: int) -> tuple[list[Entry], int]:
    """What comes up for a home page, and how many entries more: open tasks, stories with an hour, appointments,
    days off and days of the sector. Without what falls due: a home tells that with its figures. Up to 18 queries.
    """
    found = [
        *(entry for entry in tasks(unit, first, last) if entry.state != "done"),
        *stories(user, unit, first, last),
        *events(user, unit, first, last),
        *days(unit, first, last),
    ]
    found.sort(key=lambda entry: (max(entry.on, first), *entry.order[1:]))
    return found[:most], max(len(found) - most, 0)


def dues(unit: Unit, first: dt.date, last: dt.date) -> list[Entry]:
    """What falls due: the unit's own share of quotas, deadlines and recurring duties; and, of plans the unit
    has issued itself, the days on which the units below owe something."""
    today = clock.today()
    above = UnitLink.objects.filter(in_force(today), below=unit).values("above")
    directives = Directive.objects.filter(
        plan__unit__in=above,
        plan__status__in=(PlanStatus.ISSUED, PlanStatus.CLOSED),
        plan__starts_on__lte=last,
        plan__ends_on__gte=first,
    ).select_related("plan__unit")
    wanted = [
        stretch
        for one in lines_of(directives, today)
        for stretch in one.stretches()
        if first <= stretch.slot.due <= last
    ]
    versions = {version.pk: version for stretch in wanted for version in stretch.versions}
    lives = lives_of(list(versions.values()), only=[unit.pk])
    owing = [(stretch, stretch.share(lives, unit.pk)) for stretch in wanted]
    proofs: dict[tuple[int, dt.date], list[dt.date]] = defaultdict(list)
    rows = Evidence.objects.filter(
        unit=unit, refused_at=None, directive__in={stretch.line for stretch, share in owing if share}
    )
    for line, start, on in rows.values_list("directive", "slot", "on"):
        proofs[line, start].append(on)
    found = []
    for stretch, share in owing:
        directive, slot = stretch.directive, stretch.slot
        if share:
            dates = proofs[stretch.line, slot.start]
            in_time = sum(on <= slot.due for on in dates)
            stands = state(owed=share, total=len(dates), in_time=in_time, slot=slot, today=today)
            url = reverse("reporting:unit", args=[unit.pk])
            counts = {"done": len(dates), "owed": share}
            note = _("đã có %(done)d/%(owed)d") % counts if directive.kind == DirectiveKind.QUOTA else ""
            word = "done" if stands in DONE else "late" if stands is State.OVERDUE else "open"
        elif directive.plan.unit_id == unit.pk:
            board = reverse("reporting:progress")
            url = f"{board}?don-vi={unit.pk}&ke-hoach={directive.plan_id}&viec={directive.pk}"
            note, word = _("hạn của các đơn vị"), ""
        else:
            continue
        found.append(
            Entry(
                uid=f"due-{stretch.line}-{slot.start:%Y%m%d}-{unit.pk}",
                kind=EntryKind.DUE,
                title=f"{directive.title} ({slot.label})" if slot.label else directive.title,
                on=slot.due,
                until=slot.due,
                url=url,
                note=note,
                state=word,
            )
        )
    return found


def tasks(unit: Unit, first: dt.date, last: dt.date) -> list[Entry]:
    """Tasks with a last day: those the unit leads or supports; of its own plans also what others lead."""
    today = clock.today()
    day = min(max(today, first), last)
    mine = [task for task in tasks_for_unit(unit, day, running=(first, last)) if _within(task, first, last)]
    shares = shares_of([(task, task.role_of_unit) for task in mine], unit)  # type: ignore[attr-defined]
    found = [
        Entry(
            uid=f"task-{share.task.pk}-{unit.pk}",
            kind=EntryKind.TASK,
            title=share.task.content.split("\n")[0][:160],
            on=share.task.due_on or first,
            until=share.task.due_on or first,
            url=reverse("tasks:share", args=[share.task.pk, unit.pk]),
            note=_("chủ trì") if share.role == "lead" else _("phối hợp"),
            state="late" if share.late else "done" if share.state in ("done", "cancelled") else "open",
        )
        for share in shares
    ]
    # What is only taken over from above stands there already, as the unit's own.
    others = Task.objects.filter(
        in_life(clock.today()),
        plan__unit=unit,
        plan__status__in=(PlanStatus.ISSUED, PlanStatus.CLOSED),
        due_on__range=(first, last),
        source_task=None,
    ).exclude(pk__in=[task.pk for task in mine])
    found += [
        Entry(
            uid=f"task-{task.pk}-{unit.pk}",
            kind=EntryKind.TASK,
            title=task.content.split("\n")[0][:160],
            on=task.due_on,
            until=task.due_on,
            url=reverse("tasks:task", args=[task.pk]),
            note=_("đơn vị khác chủ trì"),
        )
        for task in others
        if task.due_on
    ]
    return found


def _within(task: Task, first: dt.date, last: dt.date) -> bool:
    return task.due_on is not None and first <= task.due_on <= last


def stories(user: Any, unit: Unit, first: dt.date, last: dt.date) -> list[Entry]:
    """Stories with an hour of publication, as far as the person may read drafts."""
    below = UnitLink.objects.filter(in_force(clock.today()), above=unit).values("below")
    rows = Story.objects.filter(
        stage=Stage.SCHEDULED,
        go_live_at__gte=clock.start_of(first),
        go_live_at__lt=clock.end_of(last),
        unit__in=below,
    ).filter(unit__in=units_where(user, "story.read_drafts").values("pk"))
    found = []
    rows = rows.select_related("unit").only("title", "go_live_at", "unit__short_name").order_by("go_live_at", "pk")
    for story in rows[:MOST_STORIES]:
        day = clock.local(story.go_live_at).date()
        found.append(
            Entry(
                uid=f"story-{story.pk}",
                kind=EntryKind.STORY,
                title=str(story),
                on=day,
                until=day,
                at=story.go_live_at,
                url=reverse("newsroom:story", args=[story.pk]),
                note=_("hẹn giờ đăng · %s") % story.unit.short_name,
            )
        )
    return found


def events(user: Any, unit: Unit, first: dt.date, last: dt.date) -> list[Entry]:
    """Appointments of the unit, of those above it and of those below."""
    today = clock.today()
    links = UnitLink.objects.filter(in_force(today))
    near = Q(unit__in=links.filter(below=unit).values("above")) | Q(
        unit__in=links.filter(above=unit).values("below")
    )
    rows = access.events_for(user).filter(near, on__lte=last, until__gte=first).select_related("unit")
    return [event_entry(event) for event in rows.order_by("on", "pk")[:MOST_EVENTS]]


def event_entry(event: Event) -> Entry:
    """One appointment."""
    return Entry(
        uid=f"event-{event.pk}",
        kind=EntryKind.EVENT,
        title=event.title,
        on=event.on,
        until=event.until,
        at=event.starts_at,
        ends=event.ends_at,
        url=reverse("agenda:event", args=[event.pk]),
        note=event.unit.short_name,
        place=event.place,
        revision=event.revision,
    )


def days(unit: Unit, first: dt.date, last: dt.date) -> list[Entry]:
    """Public holidays, days of the sector, and what the unit and those above it have set."""
    found = [_set_day(row) for row in access.days_for([unit.pk]).filter(on__lte=last, until__gte=first)]
    worked = {day for entry in found if entry.state == "work" for day in _each(entry.on, entry.until)}
    named = set()
    day = first
    while day <= last:
        name = holiday_name(day)
        if name and day not in worked:
            named.add(day)
            found.append(Entry(f"holiday-{day:%Y%m%d}", EntryKind.DAY, _holiday(name), day, day, off=True))
        day += DAY
    for start, sector in sector_days(first, last):
        if start in named and sector.kind == "holiday":
            continue  # the law's own name stands there already
        until = start + (sector.length - 1) * DAY
        if sector.length > 7:
            until = start  # a month of action stands on its first day, not on thirty
        years = sector.anniversary(start.year)
        found.append(
            Entry(
                f"sector-{sector.code}-{start.year}",
                EntryKind.DAY,
                sector.name,
                start,
                until,
                note=_("%d năm") % years if years and years % 5 == 0 else "",
            )
        )
    return found


def _holiday(name: str) -> str:
    """ "Tết Nguyên đán (bù)": the word of the calendar for a day off moved to a weekday, told plainly."""
    return name.replace("(nghỉ bù)", _("(nghỉ bù)"))


def _set_day(row: CalendarDay) -> Entry:
    return Entry(
        uid=f"day-{row.pk}",
        kind=EntryKind.DAY,
        title=row.title,
        on=row.on,
        until=row.until,
        note=row.basis,
        off=row.kind == DayKind.OFF,
        state="work" if row.kind == DayKind.WORK else "",
    )


def _each(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    while first <= last:
        yield first
        first += DAY
