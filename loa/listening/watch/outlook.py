"""What comes: the next four weeks of each topic; and who is asked what."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from loa.core import clock
from loa.lib.nlp.seasons import LEAST, LEVEL_OF, Week, forecast
from loa.listening import access
from loa.listening.figures.read import told, topic_keys
from loa.listening.models import Item, ItemTopic, ItemUnit
from loa.listening.rules import PRIVATE, SourceKind, asks
from loa.listening.search import find, marks
from loa.listening.selectors import StreamFilter, scope_of
from loa.listening.themes import topic_names

#: weeks that are looked back on: three years and the weeks around
WEEKS_BACK = 3 * 52 + 4
ASKED_DAYS, ASKED_MOST = 30, 400


@dataclass(frozen=True)
class Outlook:
    """A topic: its last weeks, what is expected, in which direction it goes."""

    code: str
    name: str
    last: list[int]
    weeks: list[Week]
    #: expected mean of the next four weeks beside that of the last four
    change: float

    @property
    def seasonal(self) -> bool:
        """Whether anything says how much is usual at this time of the year; else the level of now is kept."""
        return any(week.known for week in self.weeks)

    @property
    def total(self) -> float:
        """Items expected in the four weeks."""
        return round(sum(week.expected for week in self.weeks))

    @property
    def between(self) -> tuple[int, int]:
        """In eight cases of ten so many in all four weeks: weeks stray by themselves, not all the same way."""
        up = sqrt(sum((week.high - week.expected) ** 2 for week in self.weeks))
        down = sqrt(sum((week.expected - week.low) ** 2 for week in self.weeks))
        return max(round(self.total - down), 0), round(self.total + up)


@dataclass(frozen=True)
class Coming:
    """What is expected, the loudest first, and from how many whole weeks that is known."""

    topics: list[Outlook]
    weeks: int

    @property
    def early(self) -> bool:
        """Too few weeks to say anything."""
        return self.weeks < LEAST


def outlooks(user: Any) -> Coming:
    """Every topic as far as the person may read. Three queries, four where others hear of their units."""
    today = clock.today()
    monday = today - dt.timedelta(days=today.weekday())
    first = monday - dt.timedelta(weeks=WEEKS_BACK)
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    begun = WEEKS_BACK
    for about, day, *tones in told(user, topic_keys(), first, monday - dt.timedelta(days=1)):
        week = (day - first).days // 7
        counts[about[2:]][week] += sum(tones)
        begun = min(begun, week)
    names = topic_names()
    found = []
    for code, weeks in counts.items():
        series = [weeks[at] for at in range(begun, WEEKS_BACK)]
        # The week that is running is half told: the four after it.
        coming = forecast(code, series, first + dt.timedelta(weeks=begun), ahead=5)[1:]
        if not coming or sum(week.expected for week in coming) < 0.5:
            continue
        before = sum(series[-4:])
        after = sum(week.expected for week in coming)
        change = (after + 1) / (before + 1)
        found.append(Outlook(code, names.get(code, code), series[-LEVEL_OF:], coming, change))
    return Coming(sorted(found, key=lambda one: (-one.total, one.code)), WEEKS_BACK - begun)


@dataclass(frozen=True)
class Asked:
    """Questions on one topic, put to or about one unit."""

    unit: int | None
    unit_name: str
    topic: str
    topic_name: str
    n: int
    last: dt.datetime


@dataclass(frozen=True)
class Questions:
    """What people asked: groups, the most asked first. `since`: only the newest were read, back to that moment."""

    groups: list[Asked]
    since: dt.datetime | None = None


def asked(user: Any) -> Questions:
    """Questions people asked in the last month, by unit and topic. Eight queries at most.

    Of what private persons say alone: a headline that asks is no citizen's question, nor is the title of a film.
    """
    since = clock.now() - dt.timedelta(days=ASKED_DAYS)
    scope = scope_of(user, StreamFilter())
    if scope is None:  # more units than the index can be asked for
        rows = access.items_for(user).filter(relevant=True, published_at__gte=since, outlet__in=PRIVATE)
        texts = rows.order_by("-published_at").values_list("pk", "title", "text")[: ASKED_MOST * 10]
        keys = [pk for pk, title, text in texts if asks(f"{title}\n{text}")][:ASKED_MOST]
        cut = len(texts) == ASKED_MOST * 10 or len(keys) == ASKED_MOST
    else:
        people = tuple(marks.outlet(code) for code in sorted(PRIVATE))
        wanted = replace(scope, groups=(*scope.groups, (marks.ASKING,), people), since=since)
        keys = find(None, wanted, limit=ASKED_MOST + 1)
        cut = len(keys) > ASKED_MOST
        keys = keys[:ASKED_MOST]
    items = dict(Item.objects.filter(pk__in=keys).order_by("-published_at").values_list("pk", "published_at"))
    films = Item.objects.filter(pk__in=keys, source__kind=SourceKind.YOUTUBE).values_list("pk", flat=True)
    when = {pk: items[pk] for pk in items.keys() - set(films)}
    units: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    for item, meant, name in ItemUnit.objects.filter(item__in=when).values_list(
        "item", "unit", "unit__short_name"
    ):
        units[item].append((meant, name))
    topics: dict[int, list[str]] = defaultdict(list)
    for item, code in ItemTopic.objects.filter(item__in=when).order_by("-score").values_list("item", "code"):
        topics[item].append(code)
    names = topic_names()
    counts: Counter[tuple[int | None, str, str]] = Counter()
    last: dict[tuple[int | None, str, str], dt.datetime] = {}
    for item, at in when.items():
        for unit, name in units.get(item, [(None, "")]):
            key = (unit, name, topics[item][0] if topics.get(item) else "")
            counts[key] += 1
            last[key] = max(last.get(key, at), at)
    listed = [
        Asked(unit, name, code, names.get(code, ""), n, last[unit, name, code])
        for (unit, name, code), n in counts.items()
        if unit is not None or code
    ]
    groups = sorted(listed, key=lambda row: (-row.n, row.unit_name, row.topic))[:40]
    return Questions(groups, min(items.values(), default=None) if cut else None)
