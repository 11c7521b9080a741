"""Reads of listening: the stream and its filters, sources and their health. Constant numbers of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from loa.core import clock
from loa.lib.learn.command import installed_store
from loa.listening import access
from loa.listening.models import Fetch, Item, ItemTopic, ItemUnit, Source
from loa.listening.rules import Harm, Outlet, Tone

PER_PAGE = 30
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
    source: int | None = None
    #: also what is not about education here
    all: bool = False
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
            return int(value) if value.isdigit() and len(value) < 12 else None

        return cls(
            text=params.get("q", "").strip()[:400],
            tone=among("sac-thai", Tone),
            harm=among("doc-hai", Harm),
            outlet=among("kenh", Outlet),
            topic=params.get("chu-de", "")[:40],
            unit=whole("don-vi"),
            source=whole("nguon"),
            all=bool(params.get("tat-ca")),
            since=day("tu"),
            until=day("den"),
        )

    @property
    def narrow(self) -> bool:
        """Whether anything but the plain stream is asked for."""
        return self != StreamFilter()


@dataclass
class Page:
    """One page of the stream; `more`: there is another."""

    items: list[Item]
    number: int
    more: bool = False
    units: dict[int, list[ItemUnit]] = field(default_factory=dict)
    topics: dict[int, list[str]] = field(default_factory=dict)


def stream(user: Any, wanted: StreamFilter) -> QuerySet[Item]:
    """Items the person may read that match, newest first (without the text search: see `search`)."""
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
    if wanted.since:
        items = items.filter(published_at__gte=clock.start_of(wanted.since))
    if wanted.until:
        items = items.filter(published_at__lt=clock.end_of(wanted.until))
    return items.order_by("-published_at", "-pk")


def page_of(items: QuerySet[Item], number: int, per_page: int = PER_PAGE) -> Page:
    """Page `number` (from 1), in four queries however long the stream is: which, their rows, units, topics."""
    number = max(1, min(number, MOST_PAGES))
    start = (number - 1) * per_page
    keys = list(items.values_list("pk", flat=True)[start : start + per_page + 1])
    shown = keys[:per_page]
    rows = Item.objects.filter(pk__in=shown).select_related("source", "case").in_bulk()
    page = Page([rows[pk] for pk in shown if pk in rows], number, len(keys) > per_page and number < MOST_PAGES)
    for link in ItemUnit.objects.filter(item__in=shown).select_related("unit").order_by("-score"):
        page.units.setdefault(link.item_id, []).append(link)
    for item_id, code in ItemTopic.objects.filter(item__in=shown).order_by("-score").values_list("item", "code"):
        page.topics.setdefault(item_id, []).append(code)
    return page


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


def per_day(source: Source, days: int = 30) -> list[tuple[dt.date, int]]:
    """Items of a source on each of the last `days` days, zeros too."""
    first = clock.today() - dt.timedelta(days=days - 1)
    moments = Item.objects.filter(source=source, published_at__gte=clock.start_of(first)).values_list(
        "published_at", flat=True
    )
    counts: dict[dt.date, int] = {}
    for moment in moments.iterator():
        day = clock.local(moment).date()
        counts[day] = counts.get(day, 0) + 1
    return [(day, counts.get(day, 0)) for day in (first + dt.timedelta(days=n) for n in range(days))]


# — figures and reasons —————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Week:
    """Items of the last seven days beside the seven before, by tone."""

    total: int
    before: int
    pos: int
    neu: int
    neg: int


def week(user: Any) -> Week:
    """The last seven days in figures: one query."""
    now = clock.now()
    seven = now - dt.timedelta(days=7)
    rows = access.items_for(user).filter(relevant=True, published_at__gte=now - dt.timedelta(days=14))
    found = rows.aggregate(
        before=Count("pk", filter=Q(published_at__lt=seven)),
        total=Count("pk", filter=Q(published_at__gte=seven)),
        pos=Count("pk", filter=Q(published_at__gte=seven, tone=Tone.POS)),
        neu=Count("pk", filter=Q(published_at__gte=seven, tone=Tone.NEU)),
        neg=Count("pk", filter=Q(published_at__gte=seven, tone=Tone.NEG)),
    )
    return Week(**found)


def reasons(item: Item) -> list[tuple[str, list[Any]]]:
    """The words that counted, by what they counted for; computed when somebody looks."""
    if item.forgotten or item.analysed_at is None:
        return []
    from loa.lib.nlp.analyse import Analyser
    from loa.lib.nlp.topics import topic_names

    names = {f"topic:{code}": name for code, name in topic_names().items()}
    words = {"tone": "Sắc thái", "harm": "Độc hại", "unit": "Đơn vị"}
    grouped: dict[str, list[Any]] = {}
    store = installed_store()
    engine = _plain_analyser(Analyser, tuple((task, store.live_number(task)) for task in store.tasks()))
    found = engine.analyse(f"{item.title}. {item.text}" if item.title else item.text)
    for reason in found.reasons:
        grouped.setdefault(words.get(reason.field) or names.get(reason.field, reason.field), []).append(reason)
    return list(grouped.items())


@lru_cache(maxsize=1)
def _plain_analyser(make: Any, live: tuple[object, ...]) -> Any:
    return make(models=installed_store().in_use())
