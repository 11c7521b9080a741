"""Writing the index: called by the services of the domains, in the transaction of their own change."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection, transaction

from loa.core import clock
from loa.core.models import SearchEntry
from loa.lib import vi

from .schema import COLUMNS, FTS, TABLE

#: words of a body that are indexed; PostgreSQL counts positions up to 16,383
MAX_WORDS = 12_000
_TITLE_ROOM = 200
_SEQUENCE_BITS = 20
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.S | re.I)


@dataclass(frozen=True)
class Entry:
    """One object as the index should know it. `body` is plain text (see `plain`); `at` orders the results."""

    kind: str
    object_id: int
    title: str
    body: str = ""
    unit_id: int | None = None
    site_id: int | None = None
    topic_id: int | None = None
    public: bool = False
    at: dt.datetime = field(default_factory=clock.now)


Rebuild = Callable[[], Iterable[Entry]]
_REGISTERED: dict[str, Rebuild] = {}


def register(kind: str, entries: Rebuild) -> None:
    """Tell how all objects of a kind are read, so that the index can be made anew. Call in `apps.ready()`."""
    _REGISTERED[kind] = entries


def registered() -> tuple[str, ...]:
    """The kinds that can be made anew."""
    return tuple(sorted(_REGISTERED))


def plain(markup: str) -> str:
    """The text of (sanitised) HTML: a tag separates words only where it separates blocks."""
    text = re.sub(r"</?(b|i|em|strong|a|span|sup|sub|u|mark)\b[^>]*>", "", markup, flags=re.I)
    return vi.clean(html.unescape(_TAG.sub(" ", text)))


def index(
    kind: str,
    object_id: int,
    *,
    title: str,
    body: str = "",
    unit_id: int | None = None,
    site_id: int | None = None,
    topic_id: int | None = None,
    public: bool = False,
    at: dt.datetime | None = None,
) -> None:
    """Put one object into the index, or replace what the index knew of it."""
    entry = Entry(kind, object_id, title, body, unit_id, site_id, topic_id, public, at or clock.now())
    index_many([entry])


def remove(kind: str, object_id: int) -> None:
    """Take one object out of the index; nothing happens when it is not in it."""
    SearchEntry.objects.filter(kind=kind, object_id=object_id).delete()


def index_many(entries: Iterable[Entry], *, batch: int = 500) -> int:
    """Put many objects into the index, each batch in one transaction; returns how many."""
    total = 0
    stream = iter(entries)
    while chunk := list(islice(stream, batch)):
        with transaction.atomic():
            _write(list({(entry.kind, entry.object_id): entry for entry in chunk}.values()))
        total += len(chunk)
    return total


def rebuild(kind: str) -> int:
    """Make the index of one kind anew; returns the number of objects. Raises KeyError when nothing
    registered it."""
    entries = _REGISTERED[kind]
    with transaction.atomic():
        SearchEntry.objects.filter(kind=kind).delete()
        return index_many(entries())


def _write(entries: list[Entry]) -> None:
    for kind in {entry.kind for entry in entries}:
        ids = [entry.object_id for entry in entries if entry.kind == kind]
        SearchEntry.objects.filter(kind=kind, object_id__in=ids).delete()
    rows = _numbered(entries)
    SearchEntry.objects.bulk_create(
        SearchEntry(
            id=number,
            kind=entry.kind,
            object_id=entry.object_id,
            title=vi.clean(entry.title)[:300],
            unit_id=entry.unit_id,
            site_id=entry.site_id,
            topic_id=entry.topic_id,
            public=entry.public,
            at=entry.at,
        )
        for number, entry in rows
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            values = ", ".join(f"{column} = %s::tsvector" for column in COLUMNS)
            cursor.executemany(
                f"UPDATE {TABLE} SET {values} WHERE id = %s",  # noqa: S608 (constant names)
                [(*_tsvectors(entry), number) for number, entry in rows],
            )
        else:
            cursor.executemany(
                f"INSERT INTO {FTS} (rowid, te, tf, be, bf) VALUES (%s, %s, %s, %s, %s)",  # noqa: S608
                [(number, *_columns(entry)) for number, entry in rows],
            )


def _numbered(entries: list[Entry]) -> list[tuple[int, Entry]]:
    """Primary keys: the second of the object, then its own number, so that a key says when and hardly ever
    collides."""
    numbered: dict[int, Entry] = {}
    for entry in entries:
        second = max(0, int(entry.at.timestamp()))
        number = (second << _SEQUENCE_BITS) | (entry.object_id % (1 << _SEQUENCE_BITS))
        while number in numbered:
            number += 1
        numbered[number] = entry
    taken = set(SearchEntry.objects.filter(id__in=numbered).values_list("id", flat=True))
    for number in sorted(taken):
        entry = numbered.pop(number)
        free = number + 1
        while free in numbered or SearchEntry.objects.filter(id=free).exists():
            free += 1
        numbered[free] = entry
    return list(numbered.items())


def _keys(text: str, limit: int) -> Iterator[tuple[str, str]]:
    """(exact, folded) key of each word."""
    for word in islice(vi.words(vi.exact_key(vi.repair(text))), limit):
        yield word, vi.search_key(word)


def _columns(entry: Entry) -> tuple[str, str, str, str]:
    title = list(_keys(entry.title, _TITLE_ROOM))
    body = list(_keys(entry.body, MAX_WORDS))
    return tuple(" ".join(pair[side] for pair in part) for part in (title, body) for side in (0, 1))  # type: ignore[return-value]


def _tsvectors(entry: Entry) -> tuple[str, str, str]:
    """The literals of the three tsvectors of COLUMNS. In the first, words with their accents are marked with =."""
    title = list(_keys(entry.title, _TITLE_ROOM))
    body = list(_keys(entry.body, MAX_WORDS))
    places = [*enumerate(title, start=1), *enumerate(body, start=_TITLE_ROOM + 50)]  # no phrase reaches across
    in_title = [(at, word) for at, (exact, folded) in enumerate(title, start=1) for word in (f"={exact}", folded)]
    return (
        _literal(in_title),
        _literal([(at, pair[1]) for at, pair in places]),
        _literal([(at, pair[0]) for at, pair in places]),
    )


def _literal(placed: list[tuple[int, str]]) -> str:
    """Words hold letters and digits only (and our =), so that quoting needs no escape."""
    places: dict[str, list[str]] = {}
    for at, word in placed:
        if len(word) <= 500:
            places.setdefault(word, []).append(str(at))
    return " ".join(f"'{word}':{','.join(at[:250])}" for word, at in places.items())
