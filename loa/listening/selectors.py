"""Reads of listening: the stream and its filters, sources and their health. Constant numbers of queries."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from loa.core import clock
from loa.core.heard import Talk, talks_of
from loa.lib.learn.command import installed_store
from loa.lib.learn.store import Kept as ModelKept
from loa.lib.vi import clean
from loa.lib.vi.boolean import MOST_LETTERS, Boolean, parse
from loa.listening import access, themes
from loa.listening.models import (
    Correction,
    Fetch,
    Follow,
    Host,
    Item,
    ItemTopic,
    ItemUnit,
    SavedSearch,
    Source,
    Theme,
)
from loa.listening.rules import LEARNT, UNSURE, Harm, Outlet, SourceKind, Tone, key_of, sitemaps_in
from loa.listening.search import Scope, find, marks
from loa.org import access as rights
from loa.org.selectors import below
from loa.plans.models import Topic
from loa.plans.rules import PlanStatus

PER_PAGE = 30
#: units that one question to the index names at most
MOST_UNITS = 600
_TOPIC = re.compile(r"[a-z0-9-]{1,40}")
#: nobody turns further than so many pages; a search or a shorter time finds it sooner
MOST_PAGES = 100


@dataclass(frozen=True)
class StreamFilter:
    """What of the stream is wanted; odd values are left out by `from_params`."""

    text: str = ""
    tone: str = ""
    harm: str = ""
    outlet: str = ""
    topic: str = ""
    unit: int | None = None
    #: a branch: a unit with all below it
    region: int | None = None
    source: int | None = None
    #: also what is not about education here
    all: bool = False
    #: accents of the words count for nothing, whatever was typed
    relaxed: bool = False
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def from_params(cls, params: Any) -> StreamFilter:
        """From the parameters of an address (Vietnamese names)."""

        def among(name: str, values: Any) -> str:
            value = params.get(name, "")
            return value if value in set(values) else ""

        def day(name: str) -> dt.date | None:
            try:
                return dt.date.fromisoformat(params.get(name, ""))
            except ValueError:
                return None

        def whole(name: str) -> int | None:
            value = params.get(name, "")
            return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None

        text = clean(params.get("q", ""))[:MOST_LETTERS]
        return cls(
            text=text,
            tone=among("sac-thai", Tone),
            harm=among("doc-hai", Harm),
            outlet=among("kenh", Outlet),
            topic=params.get("chu-de", "") if _TOPIC.fullmatch(params.get("chu-de", "")) else "",
            unit=whole("don-vi"),
            region=whole("vung"),
            source=whole("nguon"),
            all=bool(params.get("tat-ca")),
            relaxed=bool(text and params.get("bo-dau")),
            since=day("tu"),
            until=day("den"),
        )

    def params(self) -> dict[str, str]:
        """The parameters again, without what is not wanted: `from_params(wanted.params()) == wanted`."""
        named = {
            "q": self.text, "bo-dau": "1" if self.relaxed else "",
            "sac-thai": self.tone, "doc-hai": self.harm, "kenh": self.outlet, "chu-de": self.topic,
            "don-vi": self.unit, "vung": self.region, "nguon": self.source, "tat-ca": "1" if self.all else "",
            "tu": self.since and self.since.isoformat(), "den": self.until and self.until.isoformat(),
        }  # fmt: skip
        return {name: str(value) for name, value in named.items() if value}

    @property
    def narrow(self) -> bool:
        """Whether anything but the plain stream is asked for."""
        return self != StreamFilter()

    @property
    def marked(self) -> bool:
        """Whether words or marks narrow it; time alone, and what is not about education, do not."""
        return bool(self.text) or any(
            (self.tone, self.harm, self.outlet, self.topic, self.unit, self.region, self.source)
        )

    @property
    def query(self) -> Boolean | None:
        """The words, read. Raises QueryError."""
        found = parse(self.text) if self.text else None
        return found.relaxed() if found is not None and self.relaxed else found


@dataclass
class Page:
    """One page of the stream; `more`: there is another."""

    items: list[Item]
    number: int
    more: bool = False
    query: Boolean | None = None
    units: dict[int, list[ItemUnit]] = field(default_factory=dict)
    topics: dict[int, list[str]] = field(default_factory=dict)
    #: conversations the reader may open
    talks: dict[int, Talk] = field(default_factory=dict)


def scope_of(user: Any, wanted: StreamFilter) -> Scope | None:
    """What of the index the person may see and wants to; None when the index cannot say (units past counting)."""
    reach = access.reach_of(user)
    groups: list[tuple[str, ...]] = []
    if reach.beyond:
        own = access.own_units(user, MOST_UNITS + 1)
        if len(own) > MOST_UNITS:
            return None
        groups.append((*map(marks.listener, reach.heard), *map(marks.about, own)))
    elif not wanted.marked:
        # Where one office listens for all, everything in the index is its own: a mark in every entry narrows
        # nothing.
        groups.append(tuple(map(marks.listener, reach.heard)))
    for value, mark in (
        (wanted.tone, marks.tone), (wanted.harm, marks.harm), (wanted.outlet, marks.outlet),
        (wanted.topic, marks.topic), (wanted.unit, marks.about), (wanted.source, marks.source),
    ):  # fmt: skip
        if value:
            groups.append((mark(value),))  # type: ignore[arg-type]
    if wanted.region:
        below_it = list(below(wanted.region).values_list("pk", flat=True)[: MOST_UNITS + 1])
        if len(below_it) > MOST_UNITS:
            return None
        groups.append(tuple(marks.about(pk) for pk in below_it))
    return Scope(
        tuple(groups),
        () if wanted.all else (marks.ELSEWHERE,),
        clock.start_of(wanted.since) if wanted.since else None,
        clock.end_of(wanted.until) if wanted.until else None,
    )


def stream(user: Any, wanted: StreamFilter) -> QuerySet[Item]:
    """Items the person may read that match, newest first, by their rows alone (without the words of a query)."""
    items = access.items_for(user)
    if not wanted.all:
        items = items.filter(relevant=True)
    for name in ("tone", "harm", "outlet"):
        if value := getattr(wanted, name):
            items = items.filter(**{name: value})
    if wanted.source:
        items = items.filter(source=wanted.source)
    if wanted.topic:
        items = items.filter(Exists(ItemTopic.objects.filter(item=OuterRef("pk"), code=wanted.topic)))
    if wanted.unit:
        items = items.filter(Exists(ItemUnit.objects.filter(item=OuterRef("pk"), unit=wanted.unit)))
    if wanted.region:
        inside = below(wanted.region).values("pk")
        items = items.filter(Exists(ItemUnit.objects.filter(item=OuterRef("pk"), unit__in=inside)))
    if wanted.since:
        items = items.filter(published_at__gte=clock.start_of(wanted.since))
    if wanted.until:
        items = items.filter(published_at__lt=clock.end_of(wanted.until))
    return items.order_by("-published_at", "-pk")


def found(
    user: Any,
    wanted: StreamFilter,
    *,
    limit: int,
    offset: int = 0,
    without: tuple[str, ...] = (),
) -> list[int]:
    """Ids of items the person may read that match, newest first; none from an outlet of the sorts `without`.
    Raises QueryError for a query that cannot be read.
    """
    query = wanted.query
    scope = scope_of(user, wanted)
    if scope is not None:
        scope = replace(scope, without=(*scope.without, *map(marks.outlet, without)))
        return find(query, scope, limit=limit, offset=offset)
    keys = stream(user, wanted).exclude(outlet__in=without).values_list("pk", flat=True)
    if query is None:
        return list(keys[offset : offset + limit])
    # More units than the index can be asked for: what the words find, then what of it may be read.
    among = find(query, Scope(without=() if wanted.all else (marks.ELSEWHERE,)), limit=MOST_PAGES * PER_PAGE)
    return list(keys.filter(pk__in=among)[offset : offset + limit])


def page(user: Any, wanted: StreamFilter, number: int, *, per_page: int = PER_PAGE) -> Page:
    """Page `number` (from 1) of the stream, in few queries however long it is. Raises QueryError."""
    number = max(1, min(number, MOST_PAGES))
    keys = found(user, wanted, limit=per_page + 1, offset=(number - 1) * per_page)
    page = Page(rows_of(keys[:per_page]), number, len(keys) > per_page and number < MOST_PAGES, wanted.query)
    return dressed(page, user)


def rows_of(keys: list[int]) -> list[Item]:
    """The items of these ids, in this order: one query."""
    rows = Item.objects.filter(pk__in=keys).select_related("source", "case").in_bulk()
    return [rows[pk] for pk in keys if pk in rows]


def dressed(page: Page, user: Any = None) -> Page:
    """The page with units and topics of its items, and with conversations `user` may read: two queries, and a few
    when something of it was said to us.
    """
    shown = [item.pk for item in page.items]
    for link in ItemUnit.objects.filter(item__in=shown).select_related("unit").order_by("-score"):
        page.units.setdefault(link.item_id, []).append(link)
    for item_id, code in ItemTopic.objects.filter(item__in=shown).order_by("-score").values_list("item", "code"):
        page.topics.setdefault(item_id, []).append(code)
    if user is not None:
        page.talks = talks_in(user, page.items)
    return page


def talks_in(user: Any, items: Iterable[Item]) -> dict[int, Talk]:
    """Item → the conversation it was said in, where the person may read that."""
    refs = {item.pk: item.talk for item in items if item.talk}
    found = talks_of(user, refs.values())
    return {pk: found[ref] for pk, ref in refs.items() if ref in found}


def said_to_us(keys: Sequence[str]) -> QuerySet[Item]:
    """What is kept of these things said to us, whichever unit heard them: that one may have ended, its page be its
    heir's.
    """
    wanted = [key_of("", key) for key in keys]
    return Item.objects.filter(key__in=wanted, outlet=Outlet.OWN, source__kind=SourceKind.OURS, forgotten=False)


def kept_at(user: Any, keys: Sequence[str]) -> str | None:
    """The page of the first of these things said to us that is kept and that the person may read."""
    known = dict(said_to_us(keys).values_list("key", "pk"))
    first = next((known[one] for key in keys if (one := key_of("", key)) in known), None)
    if first is None or not access.may_read(user) or not access.items_for(user).filter(pk=first).exists():
        return None
    return reverse("listening:item", args=[first])


@dataclass(frozen=True)
class Kept:
    """A saved search as its reader sees it."""

    search: SavedSearch
    fresh: int
    notify: bool
    mail: bool
    mine: bool


def kept(user: Any) -> list[Kept]:
    """The person's saved searches and those shared with them, with how many items are new. Two queries."""
    rows = list(access.searches_for(user).select_related("owner", "unit"))
    follows = {row.search_id: row for row in Follow.objects.filter(user=user, search__in=rows)}
    found = []
    for search in rows:
        follow = follows.get(search.pk)
        found.append(
            Kept(
                search,
                follow.fresh if follow else 0,
                bool(follow and follow.notify),
                bool(follow and follow.mail),
                search.owner_id == user.pk,
            )
        )
    return found


def found_without_accents(user: Any, wanted: StreamFilter) -> bool:
    """Whether a query that found nothing as typed would find something with accents ignored."""
    query = wanted.query
    return bool(query and query.accented and found(user, replace(wanted, relaxed=True), limit=1))


# — what to judge next ——————————————————————————————————————————————————————————————————

#: the queue is drawn from the newest unsure items of so many days
QUEUE_DAYS, QUEUE_OF, QUEUE = 60, 400, 10


def unsure(user: Any, limit: int = QUEUE) -> list[Item]:
    """Items whose tone is nearest to being another and that nobody judged yet, the least sure first; words that
    were passed on once. Three queries.
    """
    judged = Correction.objects.filter(item=OuterRef("pk"), field="tone")
    rows = Item.objects.filter(
        unit__in=rights.units_where(user, access.MANAGE).filter(sources__isnull=False).values("pk"),
        relevant=True,
        forgotten=False,
        margin__lt=UNSURE,
        published_at__gte=clock.now() - dt.timedelta(days=QUEUE_DAYS),
    )
    newest = rows.filter(~Exists(judged), copy_of=None).order_by("-published_at").values_list("pk", "margin")
    chosen = sorted(newest[:QUEUE_OF], key=lambda row: row[1] or 0.0)[:limit]
    return rows_of([pk for pk, _margin in chosen])


def judged_items(task: str) -> QuerySet[Correction, int]:
    """Ids of the items whose words are still there and of which people said something a task learns from."""
    return _said(task).values_list("item", flat=True)


def _said(task: str) -> QuerySet[Correction]:
    fields = [LEARNT.get(task, task)]
    if task == "relevant":
        fields.append("tone")
    return Correction.objects.filter(field__in=fields, item__forgotten=False)


def judged(task: str) -> dict[int, str]:
    """Item → the class people gave it last, as the trainer calls it. One query.

    Who judged the tone of an item, "không về giáo dục" being offered beside, and left it among what is about
    education, said that too: else the trainer would meet those alone that are not.
    """
    last: dict[int, str] = {}
    implied: dict[int, str] = {}
    rows = _said(task).order_by("item", "-at", "-pk")
    for item, part, now, relevant in rows.values_list("item", "field", "now", "item__relevant"):
        if task != "relevant":
            last.setdefault(item, str(now))
        elif part == "relevant":
            last.setdefault(item, "yes" if now else "no")
        elif relevant:
            implied[item] = "yes"
    return {**implied, **last}


@dataclass(frozen=True)
class Lesson:
    """One question a model answers: what people said so far, which models there are, which is in use."""

    task: str
    #: (class, how many items people gave it)
    labels: list[tuple[str, int]]
    models: list[ModelKept]
    live: int | None

    @property
    def total(self) -> int:
        return sum(n for _label, n in self.labels)


def lessons() -> list[Lesson]:
    """How far Loa has been taught. One query a question."""
    store = installed_store()
    found = []
    for task in LEARNT:
        labels = Counter(judged(task).values()).most_common()
        found.append(Lesson(task, labels, store.all(task)[-8:][::-1], store.live_number(task)))
    return found


# — themes of plans ———————————————————————————————————————————————————————————————————————


def _themes_of_plans(user: Any) -> QuerySet[Topic]:
    """Themes of the issued plans, in force or to come, of units whose listening the person keeps."""
    return Topic.objects.filter(
        plan__unit__in=rights.units_where(user, access.MANAGE).filter(sources__isnull=False).values("pk"),
        plan__status=PlanStatus.ISSUED,
        plan__ends_on__gte=clock.today(),
    ).select_related("plan")


def unfollowed(rows: QuerySet[Topic]) -> QuerySet[Topic]:
    """Of these themes those that no topic of the office was made from or is called like."""
    made = Theme.objects.filter(plan_topic__isnull=False).values("plan_topic")
    return rows.exclude(pk__in=made).exclude(title__in=list(themes.topic_names().values()))


def plan_themes(user: Any, limit: int = 40) -> list[Topic]:
    """Those that are not followed yet. One query."""
    return list(unfollowed(_themes_of_plans(user)).order_by("plan", "position")[:limit])


def plan_theme(user: Any, pk: str) -> Topic | None:
    """One of them; None for odd ids."""
    return _themes_of_plans(user).filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 12 else None


def suggested(theme: Topic) -> list[str]:
    """Phrases to begin with: the parts of its title that are two words or more, none longer than six."""
    parts = re.split(r"[,;:()–/]|\bvà\b|\bvề\b", str(theme).lower())
    phrases = [clean(part).strip(" .") for part in parts]
    return [phrase for phrase in dict.fromkeys(phrases) if 1 <= phrase.count(" ") <= 5]


# — sources ————————————————————————————————————————————————————————————————————————————


def sources(user: Any) -> list[Source]:
    """The person's sources: alarms first, then those that fail, then by name."""
    rows = access.sources_for(user).select_related("unit")
    return sorted(rows, key=lambda row: (not row.active, row.silent_since is None, not row.failures, row.name))


def silent_count(user: Any) -> int:
    """Sources of the person's that have fallen silent, for the spine."""
    if not access.may_read(user):
        return 0
    return access.sources_for(user).filter(active=True, silent_since__isnull=False).count()


def fetches_of(source: Source, limit: int = 20) -> list[Fetch]:
    """The last looks at a source, newest first."""
    return list(source.fetches.all()[:limit])


def sitemaps_of(source: Source) -> tuple[str, ...]:
    """Sitemaps that the robots.txt of a source's host names, as it was read last."""
    name = urlsplit(source.url).netloc.lower()
    robots = Host.objects.filter(name=name).values_list("robots", flat=True).first()
    return sitemaps_in(robots or "", source.url)


def per_day(source: Source, days: int = 30) -> list[tuple[dt.date, int]]:
    """Items of a source on each of the last `days` days, zeros too."""
    first = clock.today() - dt.timedelta(days=days - 1)
    rows = Item.objects.filter(source=source, published_at__gte=clock.start_of(first))
    # An address that gave no article is known, and nothing else.
    moments = rows.exclude(title="", text="", forgotten=False).values_list("published_at", flat=True)
    counts: dict[dt.date, int] = {}
    for moment in moments.iterator():
        day = clock.local(moment).date()
        counts[day] = counts.get(day, 0) + 1
    return [(day, counts.get(day, 0)) for day in (first + dt.timedelta(days=n) for n in range(days))]
