"""Search of a site: public stories by loa.core.fts, schools by the directory.

The index only says which stories match; what is shown is read anew from public stories, so that an index that
lags behind can never show a draft or a withdrawn story.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from loa.core import clock, fts
from loa.lib.vi import Query, parse_query, snippet
from loa.newsroom.body import plain
from loa.newsroom.models import Story
from loa.plans.selectors.families import heads
from loa.portal.marks import marked_spans
from loa.portal.place import Place
from loa.portal.selectors import directory, stories
from loa.portal.selectors.stories import Card

PER_PAGE = 15
#: kind of the index's entries: stories as the public sees them
KIND = "public_story"
#: `site_id` of entries that stand on the main portal
ON_MAIN_PORTAL = 1
#: characters of a body that are looked through for the snippet
LOOKED_AT = 12_000
#: schools shown above the stories
SCHOOLS = 4


@dataclass(frozen=True)
class Wanted:
    """What the reader asks for."""

    text: str
    time: str = ""
    topic_id: int | None = None
    page: int = 1


@dataclass(frozen=True)
class Result:
    """One story found, with the piece of it that shows why."""

    card: Card
    snippet: SafeString


@dataclass
class FoundHere:
    """What one page of results shows."""

    query: Query
    relaxed: bool = False
    count: int = 0
    more_than: bool = False
    next_page: bool = False
    results: list[Result] = field(default_factory=list)
    schools: list[Any] = field(default_factory=list)
    school_count: int = 0
    times: list[tuple[str, str]] = field(default_factory=list)
    themes: list[tuple[int | str, str]] = field(default_factory=list)


def times() -> list[tuple[str, str]]:
    """(value, words) of the times one can choose."""
    year = clock.today().year
    return [
        ("", _("Mọi lúc")),
        ("30", _("30 ngày qua")),
        (str(year), _("Năm %(year)s") % {"year": year}),
        (str(year - 1), _("Năm %(year)s") % {"year": year - 1}),
    ]


def _span(time: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    if time == "30":
        return clock.now() - dt.timedelta(days=30), None
    if len(time) == 4 and time.isascii() and time.isdigit() and time >= "2000":
        return clock.start_of(dt.date(int(time), 1, 1)), clock.end_of(dt.date(int(time), 12, 31))
    return None, None


def find(place: Place, wanted: Wanted) -> FoundHere:
    """Search the site. A query without letters or digits finds nothing."""
    query = parse_query(wanted.text)
    if not query:
        return FoundHere(query)
    since, until = _span(wanted.time)
    topics = None
    if wanted.topic_id:
        topics = sorted(heads([wanted.topic_id]))
    found = fts.search(
        query,
        kinds=[KIND],
        sites=[ON_MAIN_PORTAL] if place.is_main else None,
        units=None if place.is_main else [place.site.unit_id],
        topics=topics,
        public=True,
        since=since,
        until=until,
        limit=PER_PAGE,
        offset=(wanted.page - 1) * PER_PAGE,
    )
    themes = stories.themes_plain(place)
    here = FoundHere(
        query=found.query,
        relaxed=found.relaxed,
        count=found.count,
        more_than=found.more,
        next_page=found.more or found.count > wanted.page * PER_PAGE,
        results=_results(place, found.ids, found.query),
        times=times(),
        themes=[("", _("Tất cả chủ đề")), *themes] if themes else [],
    )
    if place.is_main and wanted.page == 1:
        schools = directory.schools(wanted.text)
        here.schools, _more = directory.school_rows(schools, place, 0, SCHOOLS)
        here.school_count = schools.order_by().count() if here.schools else 0
    return here


def _results(place: Place, ids: list[int], query: Query) -> list[Result]:
    cards = {card.id: card for card in stories.cards(stories.at(place).filter(pk__in=ids), place, covers=False)}
    bodies = dict(Story.objects.filter(pk__in=list(cards)).values_list("pk", "body"))
    results = []
    for pk in ids:
        card = cards.get(pk)
        if card is not None:
            text = f"{card.lead} {plain(bodies[pk][:LOOKED_AT])}"
            results.append(Result(card, marked_spans(*snippet(text, query, 220))))
    return results


def entry_of(story: Story) -> fts.Entry:
    """A public story as the index knows it. The unit's name is part of it: people look for their school."""
    words = (story.lead, plain(story.body), story.unit.name, story.byline)
    return fts.Entry(
        kind=KIND,
        object_id=story.pk,
        title=story.title,
        body=" ".join(part for part in words if part),
        unit_id=story.unit_id,
        site_id=ON_MAIN_PORTAL if story.on_main_portal else None,
        topic_id=story.topic_id,
        public=True,
        at=story.published_at or clock.now(),
    )


def entries() -> Iterator[fts.Entry]:
    """Every public story, to make the index anew."""
    for story in stories.public().select_related("unit").iterator(chunk_size=500):
        yield entry_of(story)
