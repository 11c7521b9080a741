"""Figures over time, for those who may read them.

Who listens for a unit reads the tallies of all it hears; others count the items that mean their own units.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Sum

from loa.core import clock
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


def daily(user: Any, about: About, first: dt.date, last: dt.date) -> Days:
    """Day by day, as far as the person may read. Two queries."""
    found = Days(first, last)
    heard = access.hearing_units(user)
    if heard:
        rows: Any = (
            Tally.objects.filter(unit__in=heard, about__in=about.keys, day__gte=first, day__lte=last)
            .values_list("day", "outlet", "tone")
            .annotate(total=Sum("n"))
        )
    else:
        rows = ((clock.local(at).date(), outlet, tone, 1) for at, outlet, tone in _own(user, about, first, last))
    for day, outlet, tone, n in rows:
        if day in found.days:
            found.days[day].add(tone, n)
            found.outlets[outlet] += n
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
    days = daily(user, EVERYTHING, today - dt.timedelta(days=13), today)
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
        rows: Any = (
            # A half-open range of names, so that the unique index serves it.
            Tally.objects.filter(
                unit__in=heard, day__gte=first, day__lte=last, about__gte=kind, about__lt=kind + "~"
            )
            .values_list("about", "tone")
            .annotate(total=Sum("n"))
        )
        for about, tone, n in rows:
            found.setdefault(about[len(kind) :], Tones()).add(tone, n)
        return found
    items = access.items_for(user).filter(
        relevant=True, published_at__gte=clock.start_of(first), published_at__lt=clock.end_of(last)
    )
    for key, tone in own(items.values("pk")):
        found.setdefault(str(key), Tones()).add(tone, 1)
    return found


def outlets_of(user: Any, about: About, first: dt.date, last: dt.date, limit: int = 10) -> list[tuple[str, int]]:
    """Who wrote most, by the name of the paper or page. Reads the newest items only (`MOST_READ`)."""
    return _newest(user, about, first, last, "outlet_name").most_common(limit)


#: so many items are read to say who wrote, and what goes with what; past this a sample of the newest says it as
#: well
MOST_READ = 3000


def _newest(user: Any, about: About, first: dt.date, last: dt.date, name: str) -> Counter[Any]:
    return Counter(_newest_items(user, about, first, last).values_list(name, flat=True)[:MOST_READ])


def _newest_items(user: Any, about: About, first: dt.date, last: dt.date) -> Any:
    since, until = clock.start_of(first), clock.end_of(last)
    if about.topic:
        links: Any = ItemTopic.objects.filter(code=about.topic, at__gte=since, at__lt=until).order_by("-at")
    elif about.units:
        links = ItemUnit.objects.filter(unit__in=about.units, at__gte=since, at__lt=until).order_by("-at")
    else:
        return (
            access.items_for(user)
            .filter(relevant=True, published_at__gte=since, published_at__lt=until)
            .order_by("-published_at")
        )
    keys = list(links.values_list("item", flat=True)[:MOST_READ])
    return access.items_for(user).filter(relevant=True, pk__in=keys).order_by("-published_at")


def beside(user: Any, about: About, first: dt.date, last: dt.date) -> tuple[Counter[str], Counter[int]]:
    """Which topics and which units stand in the newest items about this. Five queries."""
    keys: Sequence[int] = list(_newest_items(user, about, first, last).values_list("pk", flat=True)[:MOST_READ])
    topics: Counter[str] = Counter(ItemTopic.objects.filter(item__in=keys).values_list("code", flat=True))
    units: Counter[int] = Counter(ItemUnit.objects.filter(item__in=keys).values_list("unit", flat=True))
    return topics, units
