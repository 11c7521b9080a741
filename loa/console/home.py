"""What the two homes show: the office's decisions and figures, the school's notebook of what is owed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.agenda import access as calendar_access
from loa.agenda.rules import Entry
from loa.agenda.selectors import coming
from loa.console.decisions import waiting_for
from loa.console.desk import overseen, working_unit
from loa.console.summary import summary
from loa.console.urls_soft import url
from loa.core import clock
from loa.lib.calendar import day_words, due_words, holiday_name, sector_days
from loa.newsroom.models import STAGE_LABELS, Story
from loa.newsroom.rules import Genre, Stage, road_marks
from loa.newsroom.selectors import my_stories, queue_counts, unit_stories
from loa.org.access import can
from loa.org.models import Unit
from loa.plans.rules import DirectiveKind, Proof
from loa.plans.selectors import leading_plan, open_topics
from loa.plans.selectors.families import lineages, within
from loa.reporting.rules import State
from loa.reporting.selectors import Obligation, unit_owing
from loa.reporting.selectors.obligations import evidence_for

#: decisions beside each other on the front of the office's home
FRONT = 3
#: stories with their road
STORIES = 4
#: leaves of what is due
LEAVES = 5
#: entries of what comes up, and how many days ahead they are looked for
COMING, AHEAD = 7, dt.timedelta(days=14)
#: lines of the notebook before it says how many more there are
NOTEBOOK_LINES = 8
NUMBERS = [
    gettext_lazy("không"),
    gettext_lazy("một"),
    gettext_lazy("hai"),
    gettext_lazy("ba"),
    gettext_lazy("bốn"),
    gettext_lazy("năm"),
    gettext_lazy("sáu"),
    gettext_lazy("bảy"),
    gettext_lazy("tám"),
    gettext_lazy("chín"),
    gettext_lazy("mười"),
]
STATIONS = {
    "write": gettext_lazy("Viết"),
    "unit": gettext_lazy("Đơn vị"),
    "board": gettext_lazy("Biên tập"),
    "publish": gettext_lazy("Đăng"),
}
#: stage → class of the chip, icon
STAGE_CHIPS = {
    Stage.DRAFT: ("ink", "pen"),
    Stage.RETURNED: ("act", "undo"),
    Stage.UNIT_REVIEW: ("go", "clock"),
    Stage.BOARD_REVIEW: ("go", "clock"),
    Stage.SCHEDULED: ("go", "cal"),
    Stage.PUBLISHED: ("done", "check"),
    Stage.WITHDRAWN: ("plain", "stop"),
}
UNDER_WAY = (Stage.UNIT_REVIEW, Stage.BOARD_REVIEW, Stage.SCHEDULED)


def today_line(today: dt.date) -> str:
    """ "Thứ Sáu, 20/11/2026 · Ngày Nhà giáo Việt Nam"."""
    words = day_words(today)
    line = words[0].upper() + words[1:]
    named = [day.name for first, day in sector_days(today, today) if day.length == 1 and first == today]
    return f"{line} · {named[0]}" if named else line


@dataclass(frozen=True)
class Coming:
    """Something of the calendar on a home: `day` is today for what is under way."""

    day: dt.date
    entry: Entry
    words: str


def coming_up(user: Any, unit: Unit | None, today: dt.date) -> dict[str, Any]:
    """What the calendar holds for the next two weeks, and the way to the rest of it."""
    if unit is None:
        return {"coming": [], "coming_more": 0, "calendar": ""}
    found, more = coming(user, unit, today, today + AHEAD, most=COMING)
    own = calendar_access.own_unit(user)
    address = url("agenda:month")
    return {
        "coming": [Coming(max(entry.on, today), entry, _coming_words(entry, today)) for entry in found],
        "coming_more": more,
        "calendar": address if own is not None and own.pk == unit.pk else f"{address}?don-vi={unit.pk}",
    }


def _coming_words(entry: Entry, today: dt.date) -> str:
    """ "14:00–16:00 · Hội trường Sở · Văn phòng Sở"; of what runs for days, until when."""
    parts = []
    if entry.at is not None:
        hour = clock.local(entry.at).strftime("%H:%M")
        parts.append(f"{hour}–{clock.local(entry.ends):%H:%M}" if entry.ends else hour)
    if entry.until > entry.on:
        parts.append(_("đến %s") % entry.until.strftime("%d/%m"))
    parts += [part for part in (entry.place, entry.note) if part]
    if entry.off:
        parts.append(_("nghỉ"))
    return " · ".join(parts)


# — the office ————————————————————————————————————————————————————————————————
def office(user: Any) -> dict[str, Any]:
    """Decisions first, then the figures of the plan in force."""
    today = clock.today()
    waiting = [decision for decision in waiting_for(user) if decision.count]
    top = overseen(user) or working_unit(user)
    plan = leading_plan(top) if top else None
    figures = summary(plan, top) if plan and top else None
    number = len(waiting)
    return {
        "decisions": waiting[:FRONT],
        "more_decisions": waiting[FRONT:],
        "number": number,
        "number_words": str(NUMBERS[number]) if number < len(NUMBERS) else str(number),
        "today_line": today_line(today),
        "week": today.isocalendar().week,
        "plan": plan,
        "figures": figures,
        "top": top,
        "until": today + AHEAD,
        "today": today,
        **coming_up(user, top, today),
        "urls": {
            "progress": url("reporting:progress"),
            "topics": url("reporting:topics"),
            "plan": url("plans:plan", plan.pk) if plan else "",
            "new_plan": url("plans:new") if can(user, "plan.manage") else "",
        },
    }


# — a school ——————————————————————————————————————————————————————————————————
@dataclass(frozen=True)
class NoteLine:
    """One ruled line: a story that counts, one on its way, or an empty one."""

    title: str
    state: str  # "done", "go", "owed"
    words: str
    url: str = ""


@dataclass(frozen=True)
class Notebook:
    """What is owed of one quota, line by line."""

    obligation: Obligation
    heading: str
    lines: list[NoteLine]
    more: int
    #: lines still empty, stories being approved taken as written
    missing: int
    under_way: int
    empty_topics: int


@dataclass(frozen=True)
class DueLeaf:
    """Something that falls due, on the leaf of a calendar."""

    day: dt.date
    title: str
    words: str
    hot: bool
    url: str


@dataclass(frozen=True)
class RoadStory:
    """A story with its road."""

    story: Story
    marks: list[tuple[str, str, bool]]  # class, word, whether it stands here
    chip: str
    icon: str
    label: str
    note: str
    url: str


def school(user: Any) -> dict[str, Any]:
    """The notebook of what is owed, what falls due, the stories on their way."""
    today = clock.today()
    unit = working_unit(user)
    counts = queue_counts(user)
    writes = can(user, "story.write")
    context: dict[str, Any] = {
        "today_line": today_line(today),
        "unit": unit,
        "counts": counts,
        "writes": writes,
        "urls": {
            "new": url("newsroom:new") if writes else "",
            "stories": url("newsroom:stories"),
            "inbox": url("newsroom:inbox"),
            "reports": url("reports:index"),
            "unit": url("reporting:unit", unit.pk) if unit else "",
        },
        "waiting": [d for d in waiting_for(user) if d.count],
    }
    if unit is None:
        return context
    owing = unit_owing(unit)
    quota = _quota_of_now(owing.obligations, today)
    # What was sent back is waited for, however long ago it was touched.
    waited = Case(When(stage=Stage.RETURNED, then=0), default=1)
    touched = (my_stories(user) if writes else unit_stories(user)).order_by(waited, "-edited_at")[:STORIES]
    context.update(
        notebook=_notebook(unit, quota) if quota else None,
        due=_leaves(unit, [*owing.overdue, *owing.open], today),
        holiday=_holiday(today, today + AHEAD),
        **coming_up(user, unit, today),
        stories=[_road(story) for story in touched],
        owing=owing,
    )
    return context


def _quota_of_now(obligations: list[Obligation], today: dt.date) -> Obligation | None:
    """The quota of stories one works on now, one with something missing first; else the oldest debt."""
    quotas = [
        item
        for item in obligations
        if item.directive.kind == DirectiveKind.QUOTA and item.directive.proof == Proof.STORY
    ]
    running = [item for item in quotas if item.slot.start <= today <= item.slot.end]
    running.sort(key=lambda item: (not item.missing, item.slot.due, item.directive.pk))
    return (running or quotas or [None])[0]  # type: ignore[list-item]


def _notebook(unit: Unit, item: Obligation) -> Notebook:
    """Counted stories, those on their way, then the empty lines in flame."""
    lines = [
        NoteLine(
            proof.title,
            "done",
            _("Đã đăng"),
            url("newsroom:story", proof.story_id) if proof.story_id else "",
        )
        for proof in evidence_for(unit, item.directive, item.slot).filter(refused_at=None)
    ]
    under_way = _under_way(unit, item, max(item.owed - len(lines), 0))
    lines += [
        NoteLine(story.title or _("(chưa có tiêu đề)"), "go", _("Đang duyệt"), url("newsroom:story", story.pk))
        for story in under_way
    ]
    missing = max(item.owed - len(lines), 0)
    due = item.slot.due.strftime("%d/%m")
    overdue = item.state is State.OVERDUE
    lines += [
        NoteLine(_("Dòng này còn trống"), "owed", (_("Quá hạn %(d)s") if overdue else _("Hạn %(d)s")) % {"d": due})
    ] * missing
    label = item.slot.label or item.directive.title
    return Notebook(
        obligation=item,
        heading=label[:1].upper() + label[1:],
        lines=lines[:NOTEBOOK_LINES],
        more=max(len(lines) - NOTEBOOK_LINES, 0),
        missing=missing,
        under_way=len(under_way),
        empty_topics=_empty_topics(unit, item) if missing else 0,
    )


def _under_way(unit: Unit, item: Obligation, most: int) -> list[Story]:
    """Stories of the unit that are being approved and would count here: the `most` that wait longest."""
    stories = Story.objects.filter(unit=unit, stage__in=UNDER_WAY).only("pk", "title", "genre", "topic")
    if item.directive.genres:
        stories = stories.filter(genre__in=item.directive.genres)
    else:
        stories = stories.exclude(genre=Genre.NOTICE)
    if item.directive.topic_id:
        stories = stories.filter(topic__in=within([item.directive.topic_id]))
    return list(stories.order_by("stage_since", "pk")[:most])


def _empty_topics(unit: Unit, item: Obligation) -> int:
    """Topics of the plan without a story of this unit in the period, on them or on a copy of them."""
    written = Story.objects.filter(unit=unit, created_at__gte=clock.start_of(item.slot.start)).exclude(topic=None)
    told: set[int] = set().union(*lineages(written.values_list("topic", flat=True).distinct()).values())
    return open_topics(unit).filter(plan=item.directive.plan_id, parent=None).exclude(pk__in=told).count()


def _leaves(unit: Unit, items: list[Obligation], today: dt.date) -> list[DueLeaf]:
    """What is late, one leaf per duty however many periods of it are owed, then what falls due next."""
    late: dict[int, list[Obligation]] = {}
    for item in items:
        if item.missing and item.state is State.OVERDUE:
            late.setdefault(item.directive.pk, []).append(item)
    leaves = []
    for debts in late.values():
        oldest = min(debts, key=lambda item: item.slot.due)
        leaf = _leaf(unit, oldest, today)
        if len(debts) > 1:
            words = _("nợ %(n)s kỳ, lâu nhất %(late)s") % {
                "n": len(debts),
                "late": due_words(today, oldest.slot.due),
            }
            leaf = replace(leaf, words=words, url=url("reporting:unit", unit.pk) or leaf.url)
        leaves.append(leaf)
    leaves.sort(key=lambda leaf: leaf.day, reverse=True)
    coming = sorted(
        (item for item in items if item.missing and item.state is not State.OVERDUE),
        key=lambda item: (item.slot.due, item.directive.pk),
    )
    return leaves[:3] + [_leaf(unit, item, today) for item in coming[: LEAVES - len(leaves[:3])]]


def _leaf(unit: Unit, item: Obligation, today: dt.date) -> DueLeaf:
    """Where to go to meet an obligation, and how long one has."""
    target: str = {
        str(Proof.STORY): url("newsroom:new"),
        str(Proof.REPORT): url("reports:index"),
    }.get(item.directive.proof, "")
    share = ""
    if item.owed > 1:
        share = _("%(done)s/%(owed)s %(noun)s, ") % {
            "done": item.total,
            "owed": item.owed,
            "noun": item.directive.noun,
        }
    return DueLeaf(
        day=item.slot.due,
        title=item.directive.title,
        words=share + due_words(today, item.slot.due),
        hot=item.state is State.OVERDUE or (item.slot.due - today).days <= 2,
        url=target or url("reporting:unit", unit.pk),
    )


def _holiday(first: dt.date, last: dt.date) -> str:
    """ "thứ Ba, 24/11/2026 (Ngày Văn hóa Việt Nam)": the first day off on a working day in between, or ""."""
    day = first
    while day <= last:
        name = holiday_name(day)
        if name and day.weekday() < 5:
            return f"{day_words(day)} ({name})"
        day += dt.timedelta(days=1)
    return ""


def _road(story: Story) -> RoadStory:
    """The stations, the chip and where a tap leads."""
    stage = Stage(story.stage)
    marks = []
    states = dict(road_marks(stage, story.stations))
    here = next((s for s in states if states[s] == "now"), "publish")
    for station in states:
        css = {"done": "d", "now": "p" if station == "write" else "n", "todo": ""}[states[station]]
        marks.append((css, str(STATIONS[station]), station == here))
    chip, icon = STAGE_CHIPS[stage]
    note = ""
    if stage is Stage.PUBLISHED and story.published_at:
        note = clock.local(story.published_at).strftime("%d/%m/%Y")
    elif stage is Stage.BOARD_REVIEW and story.board_due_at:
        note = _("hẹn %(on)s") % {"on": clock.local(story.board_due_at).strftime("%H:%M %d/%m")}
    elif stage in (Stage.DRAFT, Stage.RETURNED):
        note = _("lưu lúc %(at)s") % {"at": clock.local(story.edited_at).strftime("%H:%M %d/%m")}
    view = "newsroom:write" if stage in (Stage.DRAFT, Stage.RETURNED) else "newsroom:story"
    return RoadStory(
        story, marks, chip, icon, str(STAGE_LABELS[stage]), note, url(view, story.pk) or url("newsroom:stories")
    )
