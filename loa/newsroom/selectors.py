"""Reads of the newsroom: always scoped by unit, the same few queries whatever the number of stories.

Lists are plain querysets of stories with `unit` and `author` joined; `page_of` cuts one page out of them without
counting the rest. Counts for home and the spine: `queue_counts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat

from loa.audit.models import LogEntry
from loa.core import clock
from loa.lib import vi
from loa.newsroom.access import visible_stories
from loa.newsroom.models import Story, StoryPhoto, StoryVersion
from loa.newsroom.rules import PUBLISHABLE, REVIEWING, Stage, VersionKind, road_marks
from loa.org import access
from loa.org.models import Unit
from loa.org.rules import roles_for

PER_PAGE = 30
#: what a row of a list shows; never the body
LIST_FIELDS = ("body", "lead", "folded", "withdrawn_reason", "correction")


def _rows(stories: QuerySet[Story]) -> QuerySet[Story]:
    return stories.select_related("unit", "author", "locked_by", "topic").defer(*LIST_FIELDS)


def my_stories(user: Any) -> QuerySet[Story]:
    """Stories the person writes, the last touched first."""
    return _rows(Story.objects.filter(author=user)).order_by("-edited_at")


def unit_stories(user: Any) -> QuerySet[Story]:
    """Stories of the units for which the person writes, drafts of colleagues too."""
    units = access.units_where(user, "story.write").values("pk")
    return _rows(Story.objects.filter(unit__in=units)).order_by("-edited_at")


def writing_units(user: Any) -> list[Unit]:
    """Units for which the person may write, in Vietnamese order."""
    return list(access.units_where(user, "story.write").order_by("sort_key"))


def lead_inbox(user: Any) -> QuerySet[Story]:
    """Stories that wait for this person's approval as a lead of the unit, urgent notices and then the longest
    waiting first.

    Without those they wrote in: nobody approves their own.
    """
    units = access.units_where(user, "story.approve_unit").values("pk")
    waiting = Story.objects.filter(stage=Stage.UNIT_REVIEW, unit__in=units)
    return _rows(_not_own(waiting, user)).order_by("-urgent", "stage_since", "pk")


def _not_own(stories: QuerySet[Story], user: Any) -> QuerySet[Story]:
    own = Story.writers.through.objects.filter(user_id=user.pk).values("story_id")
    return stories.exclude(author=user).exclude(pk__in=own)


@dataclass(frozen=True)
class QueueFilter:
    """What the board's queue is narrowed to; empty means all."""

    unit: int | None = None
    topic: int | None = None
    genre: str = ""
    #: "mine": claimed by me, "free": claimed by nobody, "late": past due
    holder: str = ""


def board_queue(user: Any, filters: QueueFilter | None = None) -> QuerySet[Story]:
    """Stories that wait for the editorial board, the most urgent (due first) on top.

    Own stories are in it: they are seen, with a word that somebody else decides on them.
    """
    filters = filters or QueueFilter()
    units = access.units_where(user, "story.review").values("pk")
    stories = Story.objects.filter(stage=Stage.BOARD_REVIEW, unit__in=units)
    if filters.unit:
        stories = stories.filter(unit=filters.unit)
    if filters.topic:
        stories = stories.filter(topic=filters.topic)
    if filters.genre:
        stories = stories.filter(genre=filters.genre)
    if filters.holder == "mine":
        stories = stories.filter(locked=True, locked_by=user)
    elif filters.holder == "free":
        stories = stories.filter(locked=False)
    elif filters.holder == "late":
        stories = stories.filter(board_due_at__lt=clock.now())
    return _rows(stories).order_by(F("board_due_at").asc(nulls_last=True), "pk")


def next_in_queue(user: Any, story: Story) -> Story | None:
    """The story after this one in the board's queue that the person may decide on and nobody else holds."""
    free = Q(locked=False) | Q(locked_by=user)
    return _not_own(board_queue(user), user).filter(free).exclude(pk=story.pk).first()


def scheduled(user: Any) -> QuerySet[Story]:
    """Stories with an hour of publishing, the nearest first."""
    units = access.units_where(user, "story.review").values("pk")
    return _rows(Story.objects.filter(stage=Stage.SCHEDULED, unit__in=units)).order_by("go_live_at")


@dataclass(frozen=True)
class StoryFilter:
    """What the list of all stories is narrowed to; empty means all."""

    text: str = ""
    stage: str = ""
    genre: str = ""
    unit: int | None = None
    topic: int | None = None
    mine: bool = False


def all_stories(user: Any, filters: StoryFilter | None = None) -> QuerySet[Story]:
    """Every story the person may read inside Loa, the last touched first."""
    filters = filters or StoryFilter()
    if filters.mine:
        stories = Story.objects.filter(author=user)
    elif _reaches_far(user) and not filters.unit:
        stories = _looked_through(user)
        if filters.stage:
            stories = stories.alias(at_stage=Concat("stage", Value(""))).filter(at_stage=filters.stage)
    else:
        stories = visible_stories(user)
    if filters.stage and "at_stage" not in stories.query.annotations:
        stories = stories.filter(stage=filters.stage)
    if filters.genre:
        stories = stories.filter(genre=filters.genre)
    if filters.unit:
        stories = stories.filter(unit=filters.unit)
    if filters.topic:
        stories = stories.filter(topic=filters.topic)
    for word in vi.fold(filters.text).split():
        stories = stories.filter(folded__contains=word)
    return _rows(stories).order_by("-edited_at", "-pk")


def _reaches_far(user: Any) -> bool:
    """Whether the person reads drafts of whole branches of the tree (the board), not of a unit or two."""
    return any(role in roles_for("story.read_drafts", below=True) for _unit, role in access.roles(user))


def _looked_through(user: Any) -> QuerySet[Story]:
    """The stories of `visible_stories`, asked for in a way that makes the database walk along the newest.

    Nearly all stories are visible to a person of the board. Gathering them unit by unit and sorting 100,000 rows
    takes half a second; walking the index by time and testing each unit takes milliseconds. The sum (and the
    joined stage above) hides the column from the planner, which would gather.
    """
    units = access.units_where(user, "story.read_drafts").values("pk")
    hidden = ExpressionWrapper(F("unit_id") + 0, output_field=BigIntegerField())
    return Story.objects.alias(of_unit=hidden).filter(Q(author=user) | Q(of_unit__in=units))


@dataclass(frozen=True)
class Page:
    """One page of a list; the whole is never counted."""

    items: list[Story]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1


def page_of(stories: QuerySet[Story], number: int, per_page: int = PER_PAGE) -> Page:
    """Page `number` (from 1) of a list, in two queries however long the list is: which, then their rows."""
    number = max(1, min(number, 10_000))
    start = (number - 1) * per_page
    keys = list(stories.values_list("pk", flat=True)[start : start + per_page + 1])
    rows = _rows(Story.objects.filter(pk__in=keys[:per_page])).in_bulk()
    return Page([rows[pk] for pk in keys[:per_page] if pk in rows], number, len(keys) > per_page)


def queue_counts(user: Any) -> dict[str, int]:
    """How many stories wait where, for home and the spine; five short queries at most, kept on the user.

    lead: wait for this person's approval · board: wait for the board · board_late: of them past due ·
    board_mine: of them claimed by this person · returned: sent back to this person · drafts: begun by them ·
    waiting: sent by them and on the way.
    """
    known: dict[str, int] | None = getattr(user, "_loa_queue_counts", None)
    if known is not None:
        return known
    counts = dict.fromkeys(("lead", "board", "board_late", "board_mine", "returned", "drafts", "waiting"), 0)
    if access.can(user, "story.approve_unit"):
        counts["lead"] = lead_inbox(user).order_by().count()
    if access.can(user, "story.review"):
        board = Story.objects.filter(
            stage=Stage.BOARD_REVIEW, unit__in=access.units_where(user, "story.review").values("pk")
        ).aggregate(
            board=Count("pk"),
            board_late=Count("pk", filter=Q(board_due_at__lt=clock.now())),
            board_mine=Count("pk", filter=Q(locked_by=user.pk)),
        )
        counts.update(board)
    own = Story.objects.filter(author=user).exclude(stage__in=[Stage.PUBLISHED, Stage.WITHDRAWN])
    for stage, number in own.values_list("stage").annotate(number=Count("pk")).order_by():
        key = {Stage.RETURNED: "returned", Stage.DRAFT: "drafts"}.get(Stage(stage), "waiting")
        counts[key] += number
    user._loa_queue_counts = counts
    return counts


def sees_stories(user: Any) -> bool:
    """Whether the newsroom is among the person's rooms."""
    return access.can(user, "story.read_drafts") or access.can(user, "story.write")


def waiting_for(user: Any) -> int:
    """How many stories ask this person to do something now."""
    counts = queue_counts(user)
    return counts["lead"] + counts["returned"] + counts["board"]


# — one story ————————————————————————————————————————————————————————————————————
def photos_of(story: Story) -> list[StoryPhoto]:
    """Photos of the story in their order, pictures and renditions joined."""
    return list(story.photos.select_related("image").prefetch_related("image__renditions").order_by("sort_order"))


def public_photos() -> Prefetch:
    """For lists of public stories: `prefetch_related(public_photos())` gives `story.shown_photos`.

    Only photos whose people agreed and that have an alternative text; the first is the cover.
    """
    shown = (
        StoryPhoto.objects.filter(consent__in=[str(c) for c in PUBLISHABLE])
        .exclude(alt="")
        .select_related("image")
        .prefetch_related("image__renditions")
        .order_by("sort_order")
    )
    return Prefetch("photos", queryset=shown, to_attr="shown_photos")


def versions_of(story: Story, user: Any) -> list[StoryVersion]:
    """Kept versions, the newest first; somebody's unmerged copy only to those who may write or review."""
    versions = story.versions.select_related("user").order_by("-number")
    return [v for v in versions if v.kind != VersionKind.CONFLICT or v.user_id == user.pk or _edits(user, story)]


def _edits(user: Any, story: Story) -> bool:
    return story.author_id == user.pk or any(
        access.can(user, ability, story.unit_id) for ability in ("story.edit_unit", "story.review")
    )


def text_of(version: StoryVersion) -> dict[str, str]:
    """Title, lead, body … as that version holds them."""
    content = version.revision.content
    return {name: content.get(name) or "" for name in ("title", "lead", "body", "byline", "genre")}


@dataclass(frozen=True)
class Step:
    """One thing that happened on the road of a story, for the journey page."""

    code: str
    at: Any
    who: str
    #: reason, hour …: data of the audit log
    data: dict[str, Any]


@dataclass(frozen=True)
class Station:
    """One station of the road: write, unit, board, publish."""

    name: str
    #: "done", "now", "todo"
    state: str
    steps: list[Step]


#: code of the deed → the station under which it stands
_STATION_OF = {
    "newsroom.story.created": "write",
    "newsroom.story.submitted": "write",
    "newsroom.story.recalled": "write",
    "newsroom.story.approved_unit": "unit",
    "newsroom.story.unit_passed": "unit",
    "newsroom.story.returned_unit": "unit",
    "newsroom.story.returned_board": "board",
    "newsroom.story.claimed": "board",
    "newsroom.story.board_edited": "board",
    "newsroom.story.scheduled": "publish",
    "newsroom.story.unscheduled": "publish",
    "newsroom.story.published": "publish",
    "newsroom.story.corrected": "publish",
    "newsroom.story.withdrawn": "publish",
    "newsroom.story.reopened": "board",
}


def story_road(story: Story) -> list[Station]:
    """The stations with what happened at each, from the audit log: one query."""
    entries = LogEntry.objects.filter(
        object_type=Story._meta.label, object_id=story.pk, action__in=_STATION_OF
    ).order_by("at", "pk")
    steps: dict[str, list[Step]] = {}
    for entry in entries:
        step = Step(entry.action.removeprefix("newsroom.story."), entry.at, entry.actor_name, entry.data)
        steps.setdefault(_STATION_OF[entry.action], []).append(step)
    return [Station(name, state, steps.get(name, [])) for name, state in road_marks(story.stage, story.stations)]


def holders(story: Story) -> list[Any]:
    """Who must act now: the author, the leads who may approve, the editor who claimed it (or the board: [])."""
    if story.stage == Stage.UNIT_REVIEW:
        return list(story.unit_deciders()[:5])
    if story.stage in REVIEWING:
        return [story.locked_by] if story.locked_by else []
    if story.stage in (Stage.DRAFT, Stage.RETURNED):
        return [story.author]
    return []
