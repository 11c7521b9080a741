"""Writing the index: called by the services of listening, in the transaction of their own change."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from loa.lib.vi.boolean import Text, keys
from loa.listening.rules import asks
from loa.listening.search import marks
from loa.listening.search.model import Entry
from loa.listening.search.schema import FTS, TABLE

#: words of a title or text that are indexed
MAX_WORDS = 4000
#: the lowest bits of a key tell items of one second apart
KEY_BITS = 22
#: between title and text, so that no NEAR reaches across; a word no text holds
_GAP = " ".join(["~"] * Text.GAP)


def key_from(moment: dt.datetime) -> int:
    """The least key of that second."""
    return int(moment.timestamp()) << KEY_BITS


@dataclass(frozen=True)
class Heard:
    """An analysed item as index, figures and saved searches need it."""

    pk: int
    unit_id: int
    source_id: int
    relevant: bool
    outlet: str
    tone: str
    harm: str
    title: str
    text: str
    at: dt.datetime
    topics: tuple[str, ...] = ()
    units: tuple[int, ...] = ()

    @property
    def marks(self) -> list[str]:
        return marks.of(
            unit_id=self.unit_id, source_id=self.source_id, relevant=self.relevant, outlet_code=self.outlet,
            tone_code=self.tone, harm_code=self.harm, topics=self.topics, units=self.units,
            asking=asks(f"{self.title}\n{self.text}"),
        )  # fmt: skip


def load(item_ids: Sequence[int]) -> list[Heard]:
    """The items that are analysed, with topics and units: three queries."""
    from loa.listening.models import Item, ItemTopic, ItemUnit

    topics: dict[int, list[str]] = defaultdict(list)
    units: dict[int, list[int]] = defaultdict(list)
    for pk, code in ItemTopic.objects.filter(item__in=item_ids).order_by("pk").values_list("item", "code"):
        topics[pk].append(code)
    for pk, unit in ItemUnit.objects.filter(item__in=item_ids).order_by("pk").values_list("item", "unit"):
        units[pk].append(unit)
    fields = ("pk", "unit_id", "source_id", "relevant", "outlet", "tone", "harm", "title", "text", "published_at")
    rows = Item.objects.filter(pk__in=item_ids, analysed_at__isnull=False).values_list(*fields)
    return [
        Heard(
            pk,
            unit,
            source,
            bool(relevant),
            outlet,
            tone,
            harm,
            title,
            text,
            at,
            tuple(topics[pk]),
            tuple(units[pk]),
        )
        for pk, unit, source, relevant, outlet, tone, harm, title, text, at in rows
    ]


def put(heard: Sequence[Heard]) -> list[Heard]:
    """Put items into the index, or replace what it knew of them; returns those that are new in it."""
    known = dict(Entry.objects.filter(item__in=[row.pk for row in heard]).values_list("item", "pk"))
    write([(row.pk, row.at, row.title, row.text, row.marks) for row in heard], known=known)
    return [row for row in heard if row.pk not in known]


def drop(item_ids: Sequence[int]) -> None:
    """Take items out of the index."""
    Entry.objects.filter(item__in=item_ids).delete()


def index_missing(limit: int = 20_000, batch: int = 500) -> int:
    """Put analysed items that the index lacks into it; returns how many. For an installation that had none."""
    from loa.listening.models import Item

    missing = (
        Item.objects.filter(analysed_at__isnull=False, entry=None).order_by("-pk").values_list("pk", flat=True)
    )
    ids = list(missing[:limit])
    for start in range(0, len(ids), batch):
        with transaction.atomic():
            put(load(ids[start : start + batch]))
    return len(ids)


def write(rows: Iterable[tuple[int, dt.datetime, str, str, list[str]]], *, known: dict[int, int]) -> None:
    """Write (item, time, title, text, marks) into the index; `known`: keys of those that are in it already."""
    rows = list(rows)
    numbered = _numbered([(pk, at) for pk, at, *_rest in rows if pk not in known])
    fresh = [(numbered[pk], title, text, at, found) for pk, at, title, text, found in rows if pk in numbered]
    old = [(known[pk], title, text, at, found) for pk, at, title, text, found in rows if pk in known]
    Entry.objects.bulk_create([Entry(id=number, item_id=pk) for pk, number in numbered.items()], batch_size=400)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"UPDATE {TABLE} SET words = %s::tsvector WHERE id = %s",  # noqa: S608 (constant names)
                [(tsvector(title, text, at, found), number) for number, title, text, at, found in fresh + old],
            )
        else:
            cursor.executemany(
                f"INSERT INTO {FTS} (rowid, e, f, s) VALUES (%s, %s, %s, %s)",  # noqa: S608
                [(number, *columns(title, text, found)) for number, title, text, _at, found in fresh],
            )
            cursor.executemany(
                f"UPDATE {FTS} SET e = %s, f = %s, s = %s WHERE rowid = %s",  # noqa: S608
                [(*columns(title, text, found), number) for number, title, text, _at, found in old],
            )


def _numbered(fresh: list[tuple[int, dt.datetime]]) -> dict[int, int]:
    """Item → a free key: its second, then the item's own number."""
    wanted = {pk: key_from(at) + pk % (1 << KEY_BITS) for pk, at in fresh}
    taken = set(Entry.objects.filter(pk__in=wanted.values()).values_list("pk", flat=True))
    numbered: dict[int, int] = {}
    for pk, number in wanted.items():
        # Two items of one second whose numbers are four million apart: never seen, and no reason to fail.
        while number in taken:
            number += 1
            if number not in taken and Entry.objects.filter(pk=number).exists():
                taken.add(number)
        taken.add(number)
        numbered[pk] = number
    return numbered


def columns(title: str, text: str, found: list[str]) -> tuple[str, str, str]:
    """What FTS5 gets: words with accents, folded words, marks."""
    parts = [keys(title, MAX_WORDS), keys(text, MAX_WORDS)]
    exact, folded = (
        f" {_GAP} ".join(" ".join(pair[side] for pair in part) for part in parts if part) for side in (0, 1)
    )
    return exact, folded, " ".join(found)


def tsvector(title: str, text: str, at: dt.datetime, found: list[str]) -> str:
    """The literal of the words of an entry: with accents behind =, folded, pairs of neighbours behind + (so that
    a phrase of two common words is one look-up), marks behind ~. Words hold letters and digits only: quoting
    needs no escape.
    """
    places: dict[str, list[int]] = {}
    start = 1
    for part in (keys(title, MAX_WORDS), keys(text, MAX_WORDS)):
        before: tuple[str, str] | None = None
        for number, (exact, folded) in enumerate(part, start=start):
            if len(exact) > 100:
                before = None
                continue
            places.setdefault(f"={exact}", []).append(number)
            places.setdefault(folded, []).append(number)
            if before:
                places.setdefault(f"+={before[0]}_{exact}", [])
                places.setdefault(f"+{before[1]}_{folded}", [])
            before = (exact, folded)
        start += len(part) + (Text.GAP if part else 0)
    for mark in (*found, marks.in_month(marks.month(at))):
        places[f"~{mark}"] = []
    # PostgreSQL keeps 255 places of a word and counts to 16,383.
    return " ".join(
        f"'{word}':{','.join(map(str, at[:250]))}" if at else f"'{word}'" for word, at in places.items()
    )
