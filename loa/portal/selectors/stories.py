"""Public stories. Nothing here can see a draft: every query begins at `public()`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from loa.core import clock
from loa.newsroom.models import GENRE_LABELS, Story, StoryPhoto
from loa.newsroom.rules import PUBLISHABLE, Genre, Stage
from loa.org.rules import SCHOOLS
from loa.plans.models import Plan, Topic
from loa.plans.rules import PlanStatus
from loa.plans.selectors.families import heads, within
from loa.portal.place import Place
from loa.portal.rules import art_for

#: `live=True` becomes a bare `WHERE live`, for which SQLite uses no index; `live IN (true)` it takes as `=`
YES = (True,)

#: how far back the sections of a home page look
RECENT = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that may be shown; `version` changes with the file."""

    photo_id: int
    version: str
    alt: str
    caption: str
    credit: str
    after: int
    width: int
    height: int


@dataclass(slots=True)
class Card:
    """What a list shows of a story."""

    id: int
    title: str
    lead: str
    genre: str
    genre_label: Any
    url: str
    date: dt.datetime
    unit_id: int
    unit_name: str
    unit_url: str
    topic_id: int | None
    topic: str
    topic_url: str
    art: str
    #: of a notice: the last day it holds, and whether everybody must see it at once
    until: dt.date | None = None
    urgent: bool = False
    cover: Picture | None = field(default=None)

    @property
    def past(self) -> bool:
        """A notice whose last day is over."""
        return self.until is not None and self.until < clock.today()


def public() -> QuerySet[Story]:
    """Stories that anybody may read now."""
    return Story.objects.filter(live__in=YES, published_at__lte=clock.now())


def at(place: Place) -> QuerySet[Story]:
    """Public stories of a site, newest first: on the main portal those meant for it, else the unit's own."""
    stories = (
        public().filter(on_main_portal__in=YES) if place.is_main else public().filter(unit_id=place.site.unit_id)
    )
    return stories.order_by("-published_at", "-pk")


def news(place: Place) -> QuerySet[Story]:
    """What is news at a site: its stories without notices, which have lists of their own."""
    return at(place).exclude(genre=Genre.NOTICE)


def listed(stories: QuerySet[Story]) -> QuerySet[Story]:
    """Without notices that are over: they keep their page and leave the lists."""
    return stories.filter(Q(valid_until=None) | Q(valid_until__gte=clock.today()))


def last_ended(place: Place) -> dt.datetime | None:
    """When a notice that stood here was last over: lists changed at that moment too."""
    found = at(place).order_by().filter(live=True, genre=Genre.NOTICE, valid_until__lt=clock.today())
    day: dt.date | None = found.aggregate(day=Max("valid_until"))["day"]
    return clock.end_of(day) if day else None


def from_schools(stories: QuerySet[Story]) -> QuerySet[Story]:
    """Those of schools."""
    return stories.filter(unit__kind__in=[kind.value for kind in SCHOOLS])


def recent(stories: QuerySet[Story]) -> QuerySet[Story]:
    """Those of the last year: keeps the sections of a home page from searching through everything."""
    return stories.filter(published_at__gte=clock.now() - RECENT)


def was_public(pk: int) -> bool:
    """Whether that story was once public and is no more (410 rather than 404)."""
    once = Q(stage=Stage.WITHDRAWN) | Q(first_published_at__isnull=False)
    return Story.objects.filter(once, pk=pk, live=False).exists()


def last_withdrawn(place: Place) -> dt.datetime | None:
    """When a story that stood here was last taken down: lists changed at that moment too."""
    found = Story.objects.filter(stage=Stage.WITHDRAWN)
    found = found.filter(on_main_portal=True) if place.is_main else found.filter(unit_id=place.site.unit_id)
    moment: dt.datetime | None = found.aggregate(moment=Max("stage_since"))["moment"]
    return moment


_FIELDS = (
    "pk",
    "title",
    "slug",
    "lead",
    "genre",
    "valid_until",
    "urgent",
    "published_at",
    "unit_id",
    "unit__short_name",
    "unit__slug",
    "unit__site__slug",
    "unit__site__host",
    "unit__site__active",
    "unit__site__is_main",
    "topic_id",
    "topic__title",
    "topic__short_title",
)


def cards(stories: QuerySet[Story], place: Place, *, covers: bool = True) -> list[Card]:
    """The stories as a list shows them: two queries, whatever their number."""
    found = [_card(row, place) for row in stories.values(*_FIELDS)]
    if covers and found:
        photos = pictures(card.id for card in found)
        for card in found:
            card.cover = cover_of(photos.get(card.id, []))
    return found


def _card(row: dict[str, Any], place: Place) -> Card:
    topic = row["topic__short_title"] or row["topic__title"] or ""
    return Card(
        id=row["pk"],
        title=row["title"],
        lead=row["lead"],
        genre=row["genre"],
        genre_label=GENRE_LABELS.get(row["genre"], ""),
        url=place.story_url(row["pk"], row["slug"], row["title"]),
        date=row["published_at"],
        unit_id=row["unit_id"],
        unit_name=row["unit__short_name"],
        unit_url=unit_url(
            place,
            row["unit_id"],
            row["unit__slug"],
            row["unit__site__slug"] if row["unit__site__active"] and not row["unit__site__is_main"] else None,
            row["unit__site__host"],
        ),
        topic_id=row["topic_id"],
        topic=topic,
        topic_url=place.topic_url(row["topic_id"], topic) if row["topic_id"] else "",
        art=art_for(row["pk"], row["title"], topic),
        until=row["valid_until"],
        urgent=row["urgent"],
    )


def unit_url(place: Place, unit_id: int, unit_slug: str, site_slug: str | None, host: str | None) -> str:
    """Where a unit is found: its own site, else its page on the main portal."""
    if site_slug:
        return place.site_root(site_slug, host) + "/"
    return place.main_url("unit", f"{unit_slug}-{unit_id}")


def pictures(story_ids: Iterable[int]) -> dict[int, list[Picture]]:
    """Photos that may be shown, by story: consent given and described, in the author's order."""
    rows = (
        publishable_photos()
        .filter(story_id__in=list(story_ids))
        .order_by("sort_order", "pk")
        .values_list(
            "story_id", "pk", "alt", "caption", "source", "after",
            "image__width", "image__height", "image__file_hash", "image__credit",
        )
    )  # fmt: skip
    found: dict[int, list[Picture]] = defaultdict(list)
    for story_id, pk, alt, caption, source, after, width, height, file_hash, credit in rows:
        if alt.strip():
            version = (file_hash or "0")[:8]
            found[story_id].append(Picture(pk, version, alt, caption, source or credit, after, width, height))
    return found


def publishable_photos() -> QuerySet[StoryPhoto]:
    """Photos of public stories whose consent is given and that are described in words."""
    return StoryPhoto.objects.filter(
        consent__in=[consent.value for consent in PUBLISHABLE],
        # plainly: photos are found by their story's key, not by walking the index of all stories
        story__live=True,
        story__published_at__lte=clock.now(),
    ).exclude(alt="")


def cover_of(photos: list[Picture]) -> Picture | None:
    """The photo that stands for a story: the first at its top, else the first."""
    return next((photo for photo in photos if photo.after == 0), photos[0] if photos else None)


def _topic_rows(plan: Plan) -> QuerySet[Topic, dict[str, Any]]:
    fields = ("pk", "parent_id", "title", "short_title")
    return Topic.objects.filter(plan=plan).order_by("position", "pk").values(*fields)


def families(plan: Plan | None) -> dict[int, int]:
    """Topic, of the plan or a copy below → the topic of the plan's upper level it belongs to, maybe itself."""
    tops = [row["pk"] for row in _topic_rows(plan) if row["parent_id"] is None] if plan else []
    return {pk: min(of) for pk, of in heads(tops).items()}


@dataclass(frozen=True)
class Theme:
    """A topic of the plan of the year, with how many stories it has here."""

    id: int
    number: int
    title: str
    url: str
    count: int


def plan_of_year(place: Place) -> Plan | None:
    """The plan of the main portal's unit whose topics lead: of those that run today the one with most of them. A
    campaign of a month, with a topic or none, does not take the year's off the front page."""
    day = clock.today()
    return (
        Plan.objects.filter(
            unit_id=place.main.unit_id, status=PlanStatus.ISSUED, starts_on__lte=day, ends_on__gte=day
        )
        .annotate(width=Count("topics"))
        .order_by("-width", "-starts_on", "-pk")
        .first()
    )


def themes(place: Place, plan: Plan | None, *, limit: int = 24) -> list[Theme]:
    """The topics of the plan (upper level), stories of their parts and of plans below counted in: four queries."""
    if plan is None:
        return []
    tops = [row for row in _topic_rows(plan) if row["parent_id"] is None]
    family = families(plan)
    counts: dict[int, int] = defaultdict(int)
    below = within(row["pk"] for row in tops)
    counted = at(place).order_by().filter(topic_id__in=below).values_list("topic_id").annotate(n=Count("pk"))
    for topic_id, count in counted:
        counts[family[topic_id]] += count
    tops = tops[:limit]
    return [
        Theme(
            row["pk"],
            number,
            row["short_title"] or row["title"],
            place.topic_url(row["pk"], row["short_title"] or row["title"]),
            counts[row["pk"]],
        )
        for number, row in enumerate(tops, 1)
    ]


def on_topic(stories: QuerySet[Story], topic: Topic) -> QuerySet[Story]:
    """Those on the topic, on one of its parts, or on what plans below took over from it."""
    return stories.filter(topic_id__in=within([topic.pk]))


def first_day(place: Place) -> dt.date | None:
    """Day of the oldest public story here."""
    oldest = at(place).order_by("published_at").values_list("published_at", flat=True).first()
    return clock.local(oldest).date() if oldest else None


def in_month(stories: QuerySet[Story], year: int, month: int) -> QuerySet[Story]:
    """Those published in that month, as read in Việt Nam."""
    start = dt.date(year, month, 1)
    end = dt.date(year + month // 12, month % 12 + 1, 1)
    return stories.filter(published_at__gte=clock.start_of(start), published_at__lt=clock.start_of(end))


#: the genres that are looked at rather than read
VISUAL = (Genre.PHOTO, Genre.VIDEO, Genre.INFOGRAPHIC)


#: plans whose topics anybody may know
PUBLIC_PLANS = (PlanStatus.ISSUED, PlanStatus.CLOSED)


def themes_plain(place: Place) -> list[tuple[int, str]]:
    """(id, words) of the topics of the year, without counting their stories."""
    plan = plan_of_year(place)
    if plan is None:
        return []
    rows = Topic.objects.filter(plan=plan, parent=None).order_by("position", "pk")
    return [(pk, short or title) for pk, short, title in rows.values_list("pk", "short_title", "title")]
