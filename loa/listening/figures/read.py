"""Figures over time, for those who may read them.

Who listens for a unit reads the tallies of all it hears; others count the items that mean their own units.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Sum

from loa.core import clock
from loa.lib.nlp.topics import topic_names
from loa.listening import access
from loa.listening.figures.write import meant, topic
from loa.listening.models import ItemTopic, ItemUnit, Tally
from loa.listening.rules import Tone


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
        if tone in set(Tone):
            setattr(self, tone, getattr(self, tone) + n)


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
            month = months.setdefault(day.replace(day=1), Tones())
            for tone in Tone:
                month.add(tone, getattr(tones, tone))
        return list(months.items())


def summed(parts: Iterable[Tones]) -> Tones:
    """Several together."""
    whole = Tones()
    for part in parts:
        for tone in Tone:
            whole.add(tone, getattr(part, tone))
    return whole


def daily(user: Any, about: About, first: dt.date, last: dt.date, *, outlets: bool = True) -> Days:
    """Day by day, as far as the person may read; with `outlets` also how many from which sort. Three queries."""
    found = Days(first, last)
    heard = access.hearing_units(user)
    if not heard:
        for at, outlet, tone in _own(user, about, first, last):
            found.days[clock.local(at).date()].add(tone, 1)
            found.outlets[outlet] += 1
        return found
    # Summed in the database: a year has a hundred times as many tallies as it has days.
    tallies = Tally.objects.filter(unit__in=heard, about__in=about.keys, day__gte=first, day__lte=last)
    for day, tone, n in tallies.values_list("day", "tone").annotate(total=Sum("n")):
        found.days[day].add(tone, n)
    if outlets:
        found.outlets.update(dict(tallies.values_list("outlet").annotate(total=Sum("n"))))
    return found


def _own(user: Any, about: About, first: dt.date, last: dt.date) -> Any:
    items = access.items_for(user).filter(
        relevant=True, published_at__gte=clock.start_of(first), published_at__lt=clock.end_of(last)
    )
    if about.topic:
        items = items.filter(Exists(ItemTopic.objects.filter(item=OuterRef("pk"), code=about.topic)))
    if about.units:
        items = items.filter(Exists(ItemUnit.objects.filter(item=OuterRef("pk"), unit__in=about.units)))
    return items.values_list("published_at", "outlet", "tone")


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
    """Every topic in a stretch of time. Two queries."""
    return _by(user, first, last, "t:", lambda items: _topics_of(items))


def by_unit(user: Any, first: dt.date, last: dt.date) -> dict[int, Tones]:
    """Every unit that was meant in a stretch of time. Two queries."""
    return {int(key): tones for key, tones in _by(user, first, last, "v:", lambda items: _units_of(items)).items()}


def _topics_of(items: Any) -> Any:
    return ItemTopic.objects.filter(item__in=items).values_list("code", "item__tone")


def _units_of(items: Any) -> Any:
    return ItemUnit.objects.filter(item__in=items).values_list("unit", "item__tone")


def _by(user: Any, first: dt.date, last: dt.date, kind: str, own: Any) -> dict[str, Tones]:
    found: dict[str, Tones] = {}
    heard = access.hearing_units(user)
    if heard:
        mine = Tally.objects.filter(unit__in=heard, day__gte=first, day__lte=last)
        if kind == "t:":
            # Named one by one: the few topics are found in the index at once, among thousands of units.
            mine = mine.filter(about__in=[topic(code) for code in topic_names()])
        else:
            mine = mine.filter(about__gte=kind, about__lt=kind + "~")
        rows: Any = mine.values_list("about", "tone").annotate(total=Sum("n"))
        for about, tone, n in rows:
            found.setdefault(about[len(kind) :], Tones()).add(tone, n)
        return found
    items = access.items_for(user).filter(
        relevant=True, published_at__gte=clock.start_of(first), published_at__lt=clock.end_of(last)
    )
    for key, tone in own(items.values("pk")):
        found.setdefault(str(key), Tones()).add(tone, 1)
    return found


#: so many items are read to say who wrote, and what goes with what; past this a sample of the newest says it as
#: well
MOST_READ = 1000


@dataclass(frozen=True)
class Company:
    """What stands around the newest items about something: who wrote them, which topics and units they name."""

    outlets: Counter[str]
    topics: Counter[str]
    units: Counter[int]


def company(user: Any, about: About, first: dt.date, last: dt.date) -> Company:
    """Who wrote of it, and what goes with it, from the newest `MOST_READ` items. Five queries."""
    since, until = clock.start_of(first), clock.end_of(last)
    items = access.items_for(user).filter(relevant=True)
    if about.topic or about.units:
        links: Any = ItemTopic.objects.filter(code=about.topic)
        if about.units:
            links = ItemUnit.objects.filter(unit__in=about.units)
        newest = links.filter(at__gte=since, at__lt=until).order_by("-at").values_list("item", flat=True)
        items = items.filter(pk__in=list(newest[:MOST_READ]))
    else:
        items = items.filter(published_at__gte=since, published_at__lt=until).order_by("-published_at")
    read = dict(items.values_list("pk", "outlet_name")[:MOST_READ])
    return Company(
        Counter(read.values()),
        Counter(ItemTopic.objects.filter(item__in=read).values_list("code", flat=True)),
        Counter(ItemUnit.objects.filter(item__in=read).values_list("unit", flat=True)),
    )
