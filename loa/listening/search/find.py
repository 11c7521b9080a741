"""Reading the index: ids of items, newest first.

SQLite walks the matches of FTS5 from the newest on and stops at the limit. PostgreSQL first tries the newest
entries one by one (what is common is found there), then asks the GIN index for wider and wider stretches of
months, so that no search reads years of a word to show thirty items.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from loa.core import clock
from loa.lib.vi.boolean import All, Any_, Boolean, Near, Node, Words
from loa.listening.search import marks
from loa.listening.search.model import Entry
from loa.listening.search.schema import FTS, TABLE
from loa.listening.search.write import KEY_BITS, key_from

#: entries that PostgreSQL tries one by one before it asks the index
NEWEST = 1200
#: months of each further stretch; the last goes to the beginning
STRETCHES = (1, 3, 12)


@dataclass(frozen=True)
class Scope:
    """What is looked through: each group of marks must be met by one of its marks (an empty group: by nothing),
    none of `without` may be there, and the time lies in [since, until).
    """

    groups: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def nothing(self) -> bool:
        return any(not group for group in self.groups)


def find(query: Boolean | None, scope: Scope, *, limit: int, offset: int = 0) -> list[int]:
    """Ids of the items that match, newest first. Two queries (PostgreSQL: up to six). The caller says in `scope`
    what its reader may see: the index knows no rights.
    """
    if scope.nothing or limit < 1 or (query is None and not scope.groups):
        return []
    search = _postgresql if connection.vendor == "postgresql" else _sqlite
    keys = search(query.root if query else None, scope, offset + limit)[offset:]
    items = dict(Entry.objects.filter(pk__in=keys).values_list("pk", "item"))
    return [items[key] for key in keys if key in items]


# — SQLite ————————————————————————————————————————————————————————————————————————————


def _sqlite(root: Node | None, scope: Scope, wanted: int) -> list[int]:
    parts = [_fts5(root)] if root is not None else []
    parts += ["(" + " OR ".join(f's : "{mark}"' for mark in group) + ")" for group in scope.groups]
    match = " AND ".join(parts)
    for mark in scope.without:
        match = f'({match}) NOT s : "{mark}"'
    where = ""
    params: list[Any] = [match]
    if scope.since:
        where += " AND rowid >= %s"
        params.append(key_from(scope.since))
    if scope.until:
        where += " AND rowid < %s"
        params.append(key_from(scope.until))
    # ruff: noqa: S608 (names are constants, values are parameters)
    return _column(
        f"SELECT rowid FROM {FTS} WHERE {FTS} MATCH %s{where} ORDER BY rowid DESC LIMIT %s", [*params, wanted]
    )


def _fts5(node: Node) -> str:
    if isinstance(node, Words):
        return f"({_column_of(node)} : {_quoted(node)})"
    if isinstance(node, Near):
        left, right = _quoted(node.left), _quoted(node.right)
        return f"({_column_of(node.left)} : NEAR({left} {right}, {node.distance}))"
    joined = (" OR " if isinstance(node, Any_) else " AND ").join(_fts5(part) for part in node.parts)
    if isinstance(node, All):
        for part in node.without:
            joined = f"({joined}) NOT {_fts5(part)}"
    return f"({joined})"


def _column_of(words: Words) -> str:
    return "e" if words.accented else "f"


def _quoted(words: Words) -> str:
    return f'"{" ".join(words.wanted)}"{" *" if words.prefix else ""}'


# — PostgreSQL ————————————————————————————————————————————————————————————————————————


def _postgresql(root: Node | None, scope: Scope, wanted: int) -> list[int]:
    parts = [_tsquery(root)] if root is not None else []
    parts += ["(" + " | ".join(f"'~{mark}'" for mark in group) + ")" for group in scope.groups]
    parts += [f"!'~{mark}'" for mark in scope.without]
    query = " & ".join(parts)
    least = key_from(scope.since) if scope.since else 0
    below = key_from(scope.until) if scope.until else key_from(clock.now() + dt.timedelta(days=2))
    with transaction.atomic(), connection.cursor() as cursor:
        # The index is what it is for; left to itself the planner walks the key through years of entries.
        cursor.execute(
            "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL enable_seqscan = off; SET LOCAL jit = off"
        )
        newest = _column(
            f"SELECT id FROM {TABLE} WHERE id >= %s AND id < %s ORDER BY id DESC OFFSET %s LIMIT 1",
            [least, below, max(NEWEST, 2 * wanted)],
        )
        edge = newest[0] if newest else least - 1
        found = _column(
            f"SELECT id FROM (SELECT id, words FROM {TABLE} WHERE id > %s AND id < %s ORDER BY id DESC OFFSET 0) n"
            " WHERE words @@ %s::tsquery LIMIT %s",
            [edge, below, query, wanted],
        )
        if newest:
            for more, lower, upper in _stretches(edge, least):
                if len(found) >= wanted:
                    break
                # "id + 0": sorted after the index was asked, never found by walking the key.
                found += _column(
                    f"SELECT id FROM {TABLE} WHERE words @@ %s::tsquery AND id > %s AND id <= %s "
                    "ORDER BY id + 0 DESC LIMIT %s",
                    [f"{query}{more}", lower, upper, wanted - len(found)],
                )
        cursor.execute("SET LOCAL enable_seqscan = DEFAULT; SET LOCAL max_parallel_workers_per_gather = DEFAULT")
    return found


def _stretches(edge: int, least: int) -> Iterator[tuple[str, int, int]]:
    """Stretches of time below the key `edge`, the nearest first: (condition on months, least key (exclusive),
    greatest).
    """
    upper = edge
    newest = marks.month(dt.datetime.fromtimestamp(edge >> KEY_BITS, dt.UTC))
    for months in STRETCHES:
        first = newest - months + 1
        start = key_from(dt.datetime(first // 12, first % 12 + 1, 1, tzinfo=dt.UTC)) - 1
        named = " | ".join(f"'~{marks.in_month(number)}'" for number in range(first, newest + 1))
        yield f" & ({named})", max(start, least - 1), upper
        if start < least:
            return
        upper, newest = start, first - 1
    yield "", least - 1, upper


def _tsquery(node: Node) -> str:
    if isinstance(node, Words):
        return _phrase(node)
    if isinstance(node, Near):
        pairs = [(node.left, node.right), (node.right, node.left)]
        ways = [
            " <-> ".join(_lexemes(first)) + f" <{distance}> " + " <-> ".join(_lexemes(second))
            for first, second in pairs
            for distance in range(1, node.distance + 2)
        ]
        return f"({_phrase(node.left)} & {_phrase(node.right)} & ({' | '.join(f'({way})' for way in ways)}))"
    joined = (" | " if isinstance(node, Any_) else " & ").join(_tsquery(part) for part in node.parts)
    without = "".join(f" & !{_tsquery(part)}" for part in node.without) if isinstance(node, All) else ""
    return f"({joined}{without})" if not without else f"(({joined}){without})"


def _lexemes(words: Words) -> list[str]:
    mark = "=" if words.accented else ""
    last = len(words.wanted) - 1
    return [
        f"'{mark}{word}'{':*' if words.prefix and number == last else ''}"
        for number, word in enumerate(words.wanted)
    ]


def _phrase(words: Words) -> str:
    lexemes = _lexemes(words)
    if len(lexemes) == 1:
        return lexemes[0]
    mark, sought = ("=" if words.accented else ""), words.wanted
    whole = len(sought) - 1 if words.prefix else len(sought)
    pairs = [f"'+{mark}{sought[at]}_{sought[at + 1]}'" for at in range(whole - 1)]
    if words.prefix:
        # the last pair begins so
        pairs.append(f"'+{mark}{sought[-2]}_{sought[-1]}':*")
    if len(sought) > 2:
        pairs.append("(" + " <-> ".join(lexemes) + ")")
    return "(" + " & ".join(pairs) + ")"


def _column(sql: str, params: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
