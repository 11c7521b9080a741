"""What was heard in the last days, as new items are laid beside it; kept in memory from one batch to the next.

Reading three thousand items anew for every batch costs six times what the batch itself does. What is kept is laid
beside the rows before it is used: an item that is gone, was taken out of its case or moved to another by anybody
makes it be read anew; what other workers wrote meanwhile is added.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from loa.core import clock
from loa.lib.nlp import Leaders
from loa.lib.nlp.stories import Article, Stories, article
from loa.lib.nlp.text import prepare
from loa.listening.models import Case, Item, ItemTopic, ItemUnit
from loa.listening.rules import CaseState

#: what came before is looked at: so many items, of so many days
AMONG, WITHIN = 3000, dt.timedelta(days=14)
#: with so many it is read anew, so that it stays small and old items go
MOST = AMONG * 3 // 2


@dataclass
class Known:
    """What of an item decides whether another may belong to it, beside its words."""

    at: dt.datetime
    units: frozenset[int]
    case: int | None = None
    #: tells the item from another that got its number
    key: str = ""

    def goes_with(self, other: Known) -> bool:
        """Within the same days, and not about another school."""
        near = abs(self.at - other.at) <= WITHIN
        return near and (not self.units or not other.units or bool(self.units & other.units))


@dataclass
class Nearby:
    """Leaders and stories among the items of some days, and what is known of each item."""

    leaders: Leaders = field(default_factory=Leaders)
    stories: Stories = field(default_factory=Stories)
    known: dict[int, Known] = field(default_factory=dict)

    def put(self, keys: Sequence[int]) -> None:
        """Add items that are analysed, the oldest first. Three queries."""
        fields = ("pk", "title", "text", "published_at", "case", "key")
        found = list(Item.objects.filter(pk__in=keys).order_by("published_at", "pk").values_list(*fields))
        units: dict[int, set[int]] = defaultdict(set)
        for item_id, unit in ItemUnit.objects.filter(item__in=keys).values_list("item", "unit"):
            units[item_id].add(unit)
        topics: dict[int, set[str]] = defaultdict(set)
        for item_id, code in ItemTopic.objects.filter(item__in=keys).values_list("item", "code"):
            topics[item_id].add(code)
        for pk, _title, _text, at, case, key in found:
            self.known[pk] = Known(at, frozenset(units[pk]), case, key)
        self.leaders.join_all(
            (
                (str(pk), prepare(f"{title}. {text}" if title else text).folded)
                for pk, title, text, _at, _case, _key in found
            ),
            fits=lambda name, leader: self.known[int(name)].goes_with(self.known[int(leader)]),
        )
        for pk, title, text, at, case, _key in found:
            one = told(pk, title, text, at, units[pk], topics[pk])
            self.stories.put(one, f"c{case}" if case else one.name)


def told(pk: int, title: str, text: str, at: dt.datetime, units: Iterable[int], topics: Iterable[str]) -> Article:
    """An item as the stories compare it."""
    body = prepare(text[:500]) if text else None
    head = prepare(title) if title else body
    return article(f"i{pk}", head or prepare(""), body if title else None, at, units=units, topics=topics)


_kept: dict[int, Nearby] = {}


def take(unit_id: int, first: dt.datetime, last: dt.datetime, but: Sequence[int]) -> Nearby:
    """The relevant items around these moments and those of cases that were set aside, without those of `but` (the
    batch itself).

    What is kept is taken out: give it `back` when the batch went well. Four queries when nothing changed.
    """
    rows: list[int] = []
    for part in _window(unit_id):
        window = part.filter(published_at__gte=first - WITHIN, published_at__lte=last + WITHIN)
        keys = window.exclude(pk__in=but).order_by("-published_at", "-pk").values_list("pk", flat=True)
        rows += keys[: AMONG - len(rows)]
    kept = _kept.pop(unit_id, None)
    if kept is None or first < _recent() or not _as_it_was(unit_id, kept):
        kept = Nearby()
    missing = [pk for pk in rows if pk not in kept.known]
    if len(kept.known) + len(missing) > MOST:
        kept, missing = Nearby(), rows
    if missing:
        kept.put(missing)
    return kept


def back(unit_id: int, nearby: Nearby, first: dt.datetime) -> None:
    """Keep it for the next batch; what an archive was laid beside is not kept."""
    if first >= _recent():
        _kept[unit_id] = nearby


def forget() -> None:
    """Keep nothing."""
    _kept.clear()


def _recent() -> dt.datetime:
    """What was published since then is news: it is laid beside what is kept."""
    return clock.now() - WITHIN


def _window(unit_id: int) -> tuple[QuerySet[Item], ...]:
    """What new items are laid beside. Apart: together no index answers both."""
    rows = Item.objects.filter(unit=unit_id, forgotten=False)
    aside = Case.objects.filter(unit=unit_id, state=CaseState.IRRELEVANT)
    return rows.filter(relevant=True), rows.filter(relevant=False, case__in=aside)


def _as_it_was(unit_id: int, kept: Nearby) -> bool:
    """Whether every item that is kept still is what it was, in the same case. Two queries."""
    oldest = min((one.at for one in kept.known.values()), default=clock.now())
    now: dict[int, list[object]] = {}
    for part in _window(unit_id):
        rows = part.filter(published_at__gte=oldest).values_list("pk", "key", "case", "published_at")
        now |= {pk: rest for pk, *rest in rows.iterator(chunk_size=5000)}
    return all(now.get(pk) == [one.key, one.case, one.at] for pk, one in kept.known.items())
