"""New items find their case: words passed on join their leader, articles of one event the story of the event."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from loa.lib.nlp import Leaders
from loa.lib.nlp.stories import Article, Stories, article
from loa.lib.nlp.text import prepare
from loa.lib.nlp.topics import topic_names
from loa.listening.models import Case, Item, ItemTopic, ItemUnit
from loa.listening.rules import PRIVATE, Tone

#: what came before is looked at: so many items, of so many days
AMONG, WITHIN = 3000, dt.timedelta(days=14)


@dataclass(frozen=True)
class New:
    """An item that was just analysed and is relevant: its folded words, the units and topics it means."""

    item: Item
    folded: str
    units: frozenset[int]
    topics: frozenset[str]


@dataclass
class _Known:
    """What of an item decides whether another may belong to it, beside its words."""

    at: dt.datetime
    units: frozenset[int]
    case: int | None = None

    def goes_with(self, other: _Known) -> bool:
        """Within the same days, and not about another school."""
        near = abs(self.at - other.at) <= WITHIN
        return near and (not self.units or not other.units or bool(self.units & other.units))


def gather(unit_id: int, new: Sequence[New]) -> set[int]:
    """Give items their case and what they are a copy of; saves cases, not the items. Returns cases to count anew.

    In the caller's transaction; a constant number of queries, and one or two for every case that begins.
    """
    if not new:
        return set()
    leaders, stories, known = _before(unit_id, [one.item for one in new])
    rows = {one.item.pk: one.item for one in new}
    touched: set[int] = set()
    for one in new:
        item = one.item
        this = known[item.pk] = _Known(item.published_at, one.units)

        def fits(leader: str, this: _Known = this) -> bool:
            return this.goes_with(known[int(leader)])

        told = _article(item.pk, item.title, item.text, item.published_at, one.units, one.topics)
        leader = int(leaders.join(str(item.pk), one.folded, fits=fits))
        if leader != item.pk:
            item.copy_of_id = leader
            case = _case_of(leader, unit_id, known, rows)
            stories.put(told, f"c{case}")
        else:
            story = stories.join(told)
            if story == told.name:
                continue
            case = int(story[1:]) if story[0] == "c" else _case_of(int(story[1:]), unit_id, known, rows)
        item.case_id = this.case = case
        touched.add(case)
    return touched


def _article(
    pk: int, title: str, text: str, at: dt.datetime, units: Iterable[int], topics: Iterable[str]
) -> Article:
    body = prepare(text[:500]) if text else None
    head = prepare(title) if title else body
    return article(f"i{pk}", head or prepare(""), body if title else None, at, units=units, topics=topics)


def _before(unit_id: int, items: Sequence[Item]) -> tuple[Leaders, Stories, dict[int, _Known]]:
    """Leaders and stories among the relevant items of the days around these, and what is known of each."""
    first, last = items[0].published_at, items[-1].published_at
    rows = Item.objects.filter(
        unit=unit_id,
        relevant=True,
        forgotten=False,
        published_at__gte=first - WITHIN,
        published_at__lte=last + WITHIN,
    ).exclude(pk__in=[item.pk for item in items])
    values = rows.order_by("-published_at", "-pk").values_list("pk", "title", "text", "published_at", "case")
    found = list(values[:AMONG])[::-1]
    keys = [row[0] for row in found]
    meant: dict[int, set[int]] = defaultdict(set)
    for item_id, unit in ItemUnit.objects.filter(item__in=keys).values_list("item", "unit"):
        meant[item_id].add(unit)
    about: dict[int, set[str]] = defaultdict(set)
    for item_id, code in ItemTopic.objects.filter(item__in=keys).values_list("item", "code"):
        about[item_id].add(code)
    known = {pk: _Known(at, frozenset(meant[pk]), case) for pk, _title, _text, at, case in found}
    leaders, stories = Leaders(), Stories()
    leaders.join_all(
        (
            (str(pk), prepare(f"{title}. {text}" if title else text).folded)
            for pk, title, text, _at, _case in found
        ),
        fits=lambda name, leader: known[int(name)].goes_with(known[int(leader)]),
    )
    for pk, title, text, at, case in found:
        one = _article(pk, title, text, at, meant[pk], about[pk])
        stories.put(one, f"c{case}" if case else one.name)
    return leaders, stories, known


def _case_of(first: int, unit_id: int, known: dict[int, _Known], rows: dict[int, Item]) -> int:
    """The case of an item; made, with the item in it, when there is none yet."""
    this = known[first]
    if this.case:
        return this.case
    item = rows.get(first) or Item.objects.get(pk=first)
    case = Case.objects.create(
        unit_id=unit_id,
        first_at=item.published_at,
        last_at=item.published_at,
    )
    item.case_id = this.case = case.pk
    if first not in rows:
        Item.objects.filter(pk=first).update(case=case)
    return case.pk


def count_cases(cases: Iterable[int]) -> None:
    """Count cases anew from their items; one that was never decided on and has none left goes."""
    keys = sorted(set(cases))
    if not keys:
        return
    found: dict[int, list[tuple[dt.datetime, str, str]]] = defaultdict(list)
    told: dict[int, tuple[dt.datetime, str]] = {}
    rows_of = Item.objects.filter(case__in=keys)
    for key, at, outlet, name, tone, title in rows_of.values_list(
        "case", "published_at", "outlet", "outlet_name", "tone", "title"
    ):
        found[key].append((at, name, tone))
        # A case is called as the first paper calls it; never in the words of a private person.
        if title and outlet not in PRIVATE and (key not in told or at < told[key][0]):
            told[key] = at, title
    unnamed = _names([key for key in keys if key not in told])
    # In one order, so that two who count the same cases never wait for each other.
    for case in Case.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        rows = found[case.pk]
        if not rows and case.decided_at is None:
            case.delete()
            continue
        case.size = len(rows)
        case.title = (told[case.pk][1] if case.pk in told else unnamed[case.pk])[:400]
        case.outlets = len({name for _at, name, _tone in rows})
        case.negative = sum(tone == Tone.NEG for _at, _name, tone in rows)
        if rows:
            case.first_at = min(at for at, _name, _tone in rows)
            case.last_at = max(at for at, _name, _tone in rows)
        case.save(update_fields=["title", "size", "outlets", "negative", "first_at", "last_at"])


def _names(cases: list[int]) -> dict[int, str]:
    """What to call cases of which no paper has written yet: the topic and the unit most of their items mean."""
    if not cases:
        return {}
    topics: dict[int, Counter[str]] = defaultdict(Counter)
    units: dict[int, Counter[str]] = defaultdict(Counter)
    for key, code in ItemTopic.objects.filter(item__case__in=cases).values_list("item__case", "code"):
        topics[key or 0][code] += 1
    for key, unit in ItemUnit.objects.filter(item__case__in=cases).values_list("item__case", "unit__short_name"):
        units[key or 0][unit] += 1
    names = topic_names()
    found = {}
    for key in cases:
        about = [names.get(code, code) for code, _n in topics[key].most_common(1)]
        about += [unit for unit, _n in units[key].most_common(1)]
        found[key] = ": ".join(
            [_("Phản ánh của người dân"), ", ".join(about)] if about else [_("Phản ánh của người dân")]
        )
    return found
