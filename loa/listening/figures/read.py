"""Figures over time, for those who may read them.

Who listens for a unit reads the tallies of all it hears; what others hear of a person's units is counted item by
item and added: no item is among both.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models import Sum as Total

from loa.core import clock
from loa.listening import access
from loa.listening.figures.write import meant, topic
from loa.listening.models import Item, ItemTopic, ItemUnit, Tally, ToneSum
from loa.listening.rules import Tone
from loa.listening.themes import topic_names

DAY = dt.timedelta(days=1)
#: about, day, pos, neu, neg
Sum = tuple[str, dt.date, int, int, int]


@dataclass(frozen=True)
class About:
    """Of what: everything, a topic, units (one, or a branch)."""

    topic: str = ""
    units: tuple[int, ...] = ()

    @property
    def keys(self) -> list[str]:
        """As tallies call it."""
        if self.topic:
            return [topic(self.topic)]
        return [meant(pk) for pk in self.units] if self.units else [""]


EVERYTHING = About()


_TONES = frozenset(Tone)


@dataclass
class Tones:
    """How many, by tone."""

    pos: int = 0
    neu: int = 0
    neg: int = 0

    @property
    def total(self) -> int:
        return self.pos + self.neu + self.neg

    @property
    def negative_share(self) -> float:
        """Of a hundred; 0 when there is nothing."""
        return 100 * self.neg / self.total if self.total else 0.0

    def add(self, tone: str, n: int) -> None:
        """Count `n` more."""
        if tone in _TONES:
            setattr(self, tone, getattr(self, tone) + n)

    def plus(self, pos: int, neu: int, neg: int) -> None:
        """Count so many more of each."""
        self.pos += pos
        self.neu += neu
        self.neg += neg


@dataclass
class Days:
    """Figures of each day from `first` to `last`, none left out."""

    first: dt.date
    last: dt.date
    days: dict[dt.date, Tones] = field(default_factory=dict)
    outlets: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for number in range((self.last - self.first).days + 1):
            self.days[self.first + dt.timedelta(days=number)] = Tones()

    @property
    def whole(self) -> Tones:
        """The whole time together."""
        return summed(self.days.values())

    def between(self, first: dt.date, last: dt.date) -> Tones:
        """From one day to another, both counted."""
        return summed(tones for day, tones in self.days.items() if first <= day <= last)

    def grouped(self, days: int) -> list[tuple[dt.date, Tones]]:
        """Stretches of so many days, the last one ending on the last day."""
        listed = list(self.days.items())
        start = len(listed) % days
        parts = [listed[:start]] if start else []
        parts += [listed[at : at + days] for at in range(start, len(listed), days)]
        return [(part[0][0], summed(tones for _day, tones in part)) for part in parts]

    def by_month(self) -> list[tuple[dt.date, Tones]]:
        """Calendar months, named by their first day."""
        months: dict[dt.date, Tones] = {}
        for day, tones in self.days.items():
            months.setdefault(day.replace(day=1), Tones()).plus(tones.pos, tones.neu, tones.neg)
        return list(months.items())


def summed(parts: Iterable[Tones]) -> Tones:
    """Several together."""
    whole = Tones()
    for part in parts:
        whole.plus(part.pos, part.neu, part.neg)
    return whole


def sums(heard: Sequence[int], abouts: Sequence[str], first: dt.date, last: dt.date) -> Iterable[Sum]:
    """(about, day, pos, neu, neg) of everything and of topics, as these units hear it. One query."""
    rows = ToneSum.objects.filter(unit__in=heard, about__in=abouts, first__gte=first, first__lte=last)
    return rows.values_list("about", "first", "pos", "neu", "neg")


def topic_keys() -> list[str]:
    """Every topic as tallies call it: named one by one, the few are found at once among thousands of units."""
    return [topic(code) for code in topic_names()]


def told(user: Any, abouts: Sequence[str], first: dt.date, last: dt.date) -> Iterator[Sum]:
    """(about, day, pos, neu, neg) of everything ("") and of topics, as far as the person may read. Two queries;
    four where others hear too.
    """
    reach = access.reach_of(user)
    if reach.heard:
        yield from sums(reach.heard, abouts, first, last)
    if not reach.beyond:
        return
    counts: Counter[tuple[str, dt.date, str]] = Counter()
    items = _beyond(user, reach, first, last)
    if "" in abouts:
        for at, tone in items.values_list("published_at", "tone"):
            counts["", clock.local(at).date(), tone] += 1
    codes = [about[2:] for about in abouts if about]
    if codes:
        links = ItemTopic.objects.filter(item__in=items.values("pk"), code__in=codes)
        for code, at, tone in links.values_list("code", "item__published_at", "item__tone"):
            counts[topic(code), clock.local(at).date(), tone] += 1
    for (about, day, tone), n in counts.items():
        tones = Tones()
        tones.add(tone, n)
        yield about, day, tones.pos, tones.neu, tones.neg


def daily(user: Any, about: About, first: dt.date, last: dt.date, *, outlets: bool = True) -> Days:
    """Day by day, as far as the person may read; with `outlets` also how many from which sort. Four queries."""
    found = Days(first, last)
    reach = access.reach_of(user)
    if reach.heard:
        tallies = Tally.objects.filter(unit__in=reach.heard, about__in=about.keys, day__gte=first, day__lte=last)
        if about.units:
            # Summed in the database: a year has a hundred times as many tallies as it has days.
            for day, tone, n in tallies.values_list("day", "tone").annotate(total=Total("n")):
                found.days[day].add(tone, n)
        else:
            for _about, day, *tones in sums(reach.heard, about.keys, first, last):
                found.days[day].plus(*tones)
        if outlets:
            found.outlets.update(dict(tallies.values_list("outlet").annotate(total=Total("n"))))
    if reach.beyond:
        items = narrowed(_beyond(user, reach, first, last), about)
        for at, outlet, tone in items.values_list("published_at", "outlet", "tone"):
            found.days[clock.local(at).date()].add(tone, 1)
            found.outlets[outlet] += 1
    return found


def narrowed(items: QuerySet[Item], about: About) -> QuerySet[Item]:
    """Of these items those about that."""
    if about.topic:
        items = items.filter(Exists(ItemTopic.objects.filter(item=OuterRef("pk"), code=about.topic)))
    if about.units:
        items = items.filter(Exists(ItemUnit.objects.filter(item=OuterRef("pk"), unit__in=about.units)))
    return items


def _beyond(user: Any, reach: access.Reach, first: dt.date, last: dt.date) -> QuerySet[Item]:
    """What others hear of the person's units, from one day to another."""
    # Not by `published_at` too, which the links repeat: SQLite would walk all that was published then.
    return access.items_beyond(user, reach, clock.start_of(first), clock.end_of(last)).filter(relevant=True)


@dataclass(frozen=True)
class Week:
    """Items of the last seven days (today is one) beside the seven before, by tone."""

    total: int
    before: int
    pos: int
    neu: int
    neg: int


def week(user: Any) -> Week:
    """The last seven days in figures."""
    today = clock.today()
    days = daily(user, EVERYTHING, today - dt.timedelta(days=13), today, outlets=False)
    now = days.between(today - dt.timedelta(days=6), today)
    return Week(now.total, days.whole.total - now.total, now.pos, now.neu, now.neg)


def by_topic(user: Any, first: dt.date, last: dt.date) -> dict[str, Tones]:
    """Every topic in a stretch of time. Three queries."""
    found: dict[str, Tones] = {}
    for about, _day, *tones in told(user, topic_keys(), first, last):
        found.setdefault(about[2:], Tones()).plus(*tones)
    return found


def by_unit(user: Any, first: dt.date, last: dt.date, *, only: Sequence[int] | None = None) -> dict[int, Tones]:
    """Every unit (or those of `only`) that was meant in a stretch of time. Three queries; five when whole
    months lie in it.
    """
    reach = access.reach_of(user)
    found: dict[int, Tones] = {}
    if reach.heard:
        _of_units(found, reach.heard, first, last, only)
    if reach.beyond:
        links = ItemUnit.objects.filter(item__in=_beyond(user, reach, first, last).values("pk"))
        if only is not None:
            links = links.filter(unit__in=only)
        for pk, tone in links.values_list("unit", "item__tone"):
            found.setdefault(pk, Tones()).add(tone, 1)
    return found


def _of_units(
    found: dict[int, Tones], heard: Sequence[int], first: dt.date, last: dt.date, only: Sequence[int] | None
) -> None:
    """Add to `found` what these units hear of every unit, or of those of `only`."""
    wanted = Q(about__gte="v:", about__lt="v:~") if only is None else Q(about__in=[meant(pk) for pk in only])
    months = whole_months(first, last)
    if months:
        begin, end = months
        rows = ToneSum.objects.filter(wanted, unit__in=heard, first__gte=begin, first__lt=end)
        totals = (
            rows.values_list("about").annotate(pos=Total("pos"), neu=Total("neu"), neg=Total("neg")).order_by()
        )
        for about, *tones in totals:
            found.setdefault(int(about[2:]), Tones()).plus(*tones)
        edges = [(first, begin - DAY), (end, last)]
    else:
        edges = [(first, last)]
    for start, stop in edges:
        if start <= stop:
            mine = Tally.objects.filter(wanted, unit__in=heard, day__gte=start, day__lte=stop)
            # Added up here: sorting thirty thousand rows to group them takes SQLite longer than handing them over.
            counts: Counter[tuple[str, str]] = Counter()
            for about, tone, n in mine.order_by().values_list("about", "tone", "n").iterator(chunk_size=5000):
                counts[about, tone] += n
            for (about, tone), n in counts.items():
                found.setdefault(int(about[2:]), Tones()).add(tone, n)


def whole_months(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date] | None:
    """The calendar months that lie wholly within two days: their first day, and the first day after them."""
    begin = first if first.day == 1 else _next_month(first)
    end = (last + DAY).replace(day=1)
    return (begin, end) if begin < end else None


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1)


#: so many items are read to say who wrote, and what goes with what; where there are more, the newest, and the page
#: says so
MOST_READ = 1000


@dataclass(frozen=True)
class Company:
    """What stands around the items about something: who wrote them, which topics and units they name."""

    outlets: Counter[str]
    topics: Counter[str]
    units: Counter[int]
    #: so many were read, where these are the newest of more; 0: all were
    newest: int = 0


def company(user: Any, about: About, first: dt.date, last: dt.date) -> Company:
    """Who wrote of it, and what goes with it, from the newest `MOST_READ` items. Six queries."""
    keys = _newest(user, about, first, last)
    rows = Item.objects.filter(pk__in=keys[:MOST_READ], relevant=True)
    read = dict(rows.values_list("pk", "outlet_name"))
    return Company(
        Counter(read.values()),
        Counter(ItemTopic.objects.filter(item__in=read).values_list("code", flat=True)),
        Counter(ItemUnit.objects.filter(item__in=read).values_list("unit", flat=True)),
        newest=len(read) if len(keys) > MOST_READ else 0,
    )


def _newest(user: Any, about: About, first: dt.date, last: dt.date) -> list[int]:
    """The newest items about something that the person may read: one more than are read, when there are."""
    since, until = clock.start_of(first), clock.end_of(last)
    reach = access.reach_of(user)
    found: list[tuple[dt.datetime, int]] = []
    if reach.heard and (about.topic or about.units):
        links: Any = ItemTopic.objects.filter(code=about.topic)
        if about.units:
            # An item that names two of them is one item.
            links = ItemUnit.objects.filter(unit__in=about.units).distinct()
        if reach.beyond:
            links = links.filter(item__unit__in=reach.heard)
        links = links.filter(at__gte=since, at__lt=until).order_by("-at")
        found += links.values_list("at", "item")[: MOST_READ + 1]
    elif reach.heard:
        items = Item.objects.filter(reach.items, relevant=True, published_at__gte=since, published_at__lt=until)
        found += items.order_by("-published_at").values_list("published_at", "pk")[: MOST_READ + 1]
    if reach.beyond:
        items = narrowed(_beyond(user, reach, first, last), about).order_by("-published_at")
        found += items.values_list("published_at", "pk")[: MOST_READ + 1]
    return [pk for _at, pk in sorted(found, reverse=True)[: MOST_READ + 1]]
