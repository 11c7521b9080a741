"""New items find their case: words passed on join their leader, articles of one event the story of the event."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from loa.listening.models import Case, Item, ItemTopic, ItemUnit, counts_in_case
from loa.listening.rules import PRIVATE, Tone
from loa.listening.services.nearby import Known, back, take, told
from loa.listening.themes import topic_names


@dataclass(frozen=True)
class New:
    """An item that was just analysed and is relevant: its folded words, the units and topics it means."""

    item: Item
    folded: str
    units: frozenset[int]
    topics: frozenset[str]


def gather(unit_id: int, new: Sequence[New]) -> set[int]:
    """Give items their case and what they are a copy of; saves cases, not the items. Returns cases to count anew.

    In the caller's transaction; a constant number of queries, and one or two for every case that begins.
    """
    if not new:
        return set()
    first, last = new[0].item.published_at, new[-1].item.published_at
    rows = {one.item.pk: one.item for one in new}
    nearby = take(unit_id, first, last, list(rows))
    known = nearby.known
    touched: set[int] = set()
    for one in new:
        item = one.item
        this = known[item.pk] = Known(item.published_at, one.units, key=item.key)

        def fits(leader: str, this: Known = this) -> bool:
            return this.goes_with(known[int(leader)])

        article = told(item.pk, item.title, item.text, item.published_at, one.units, one.topics)
        leader = int(nearby.leaders.join(str(item.pk), one.folded, fits=fits))
        if leader != item.pk:
            item.copy_of_id = leader
            case = _case_of(leader, unit_id, known, rows)
            nearby.stories.put(article, f"c{case}")
        else:
            story = nearby.stories.join(article)
            if story == article.name:
                continue
            case = int(story[1:]) if story[0] == "c" else _case_of(int(story[1:]), unit_id, known, rows)
        item.case_id = this.case = case
        touched.add(case)
    back(unit_id, nearby, first)
    return touched


def _case_of(first: int, unit_id: int, known: dict[int, Known], rows: dict[int, Item]) -> int:
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
    lost: dict[int, dt.datetime] = {}
    # What a person said is not about education stays where it was, and counts for nothing.
    rows_of = Item.objects.filter(counts_in_case(), case__in=keys)
    for key, at, outlet, name, tone, title, forgotten in rows_of.values_list(
        "case", "published_at", "outlet", "outlet_name", "tone", "title", "forgotten"
    ):
        found[key].append((at, name, tone))
        if forgotten and outlet not in PRIVATE:
            lost[key] = min(at, lost.get(key, at))
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
        named = told.get(case.pk)
        # The paper that named it may be forgotten by now; its name for the case is not.
        if not (case.title and case.pk in lost and (named is None or lost[case.pk] < named[0])):
            case.title = (named[1] if named else unnamed[case.pk])[:400]
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
    told = counts_in_case("item__") & Q(item__case__in=cases)
    for key, code in ItemTopic.objects.filter(told).values_list("item__case", "code"):
        topics[key or 0][code] += 1
    for key, unit in ItemUnit.objects.filter(told).values_list("item__case", "unit__short_name"):
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
