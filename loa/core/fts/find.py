"""Reading the index.

What is found is ranked in steps that can be told to a person, and that both databases take alike:
1. the whole query stands as one phrase in the title, 2. all its words are in the title,
3. the whole query stands as one phrase in the text, 4. all its words occur somewhere. Within a step the
newest first. The newest COUNT_LIMIT with the words in their title and the newest COUNT_LIMIT of all are
looked at: no one reads further, and a word that is in every text costs no more than a rare one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from loa.core.models import SearchEntry
from loa.lib import vi

from .schema import FTS, TABLE

#: found objects are counted up to here ("hơn 1.000 kết quả"), and no page begins further on
COUNT_LIMIT = 1000

Ids = Collection[int] | QuerySet[Any]


@dataclass(frozen=True)
class Hit:
    """One object found; `rank` is the step (1–4) it was found in."""

    kind: str
    object_id: int
    title: str
    unit_id: int | None
    at: dt.datetime
    rank: int


@dataclass(frozen=True)
class Found:
    """One page of hits. `count` stops at COUNT_LIMIT, then `more` is true. `relaxed`: nothing was found with the
    accents as typed, these are without. `query` marks words in a text: `vi.highlight(text, found.query)`."""

    hits: list[Hit]
    count: int
    more: bool
    relaxed: bool
    query: vi.Query

    @property
    def ids(self) -> list[int]:
        """The object ids, best first (for a search of one kind)."""
        return [hit.object_id for hit in self.hits]


def search(
    query: str | vi.Query,
    *,
    kinds: Collection[str] | None = None,
    units: Ids | None = None,
    sites: Ids | None = None,
    topics: Ids | None = None,
    public: bool | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """Find objects; an empty query finds nothing. Filters: None leaves all in, an empty collection none.

    `units`, `sites`, `topics` take ids or a queryset of ids; `since`/`until` bound `at` (until exclusive).
    The caller limits what its reader may see (`public=True`, `units=`): the index knows no permissions. At
    most five queries, nine when accents have to be ignored (PostgreSQL: and four small ones around them).
    """
    parsed = vi.parse_query(query) if isinstance(query, str) else query
    empty = Found([], 0, False, False, parsed)
    offset = min(max(0, offset), COUNT_LIMIT)
    if not parsed or limit < 1:
        return empty
    if any(isinstance(ids, Collection) and not ids for ids in (kinds, units, sites, topics)):
        return empty
    scope = SearchEntry.objects.all()
    if kinds is not None:
        scope = scope.filter(kind__in=list(kinds))
    for field, ids in (("unit_id", units), ("site_id", sites), ("topic_id", topics)):
        if ids is not None:
            scope = scope.filter(**{f"{field}__in": _listed(ids)})
    if public is not None:
        scope = scope.filter(public=public)
    if since is not None:
        scope = scope.filter(at__gte=since)
    if until is not None:
        scope = scope.filter(at__lt=until)
    with _priced():
        found = _search(parsed, scope, limit, offset)
        if not found.count and parsed.accented:
            without = _search(parsed.relaxed(), scope, limit, offset)
            if without.count:
                return replace(without, relaxed=True)
    return found


def _listed(ids: Ids) -> Any:
    """A long list as one array that PostgreSQL hashes, instead of as many comparisons with each entry."""
    if isinstance(ids, QuerySet) or connection.vendor != "postgresql":
        return ids
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def _search(query: vi.Query, scope: QuerySet[SearchEntry], limit: int, offset: int) -> Found:
    wanted = offset + limit
    together = _as_phrase(query)
    ranks: dict[int, int] = {}
    for in_title, whole, words in ((True, 1, 2), (False, 3, 4)):
        candidates = _newest(query, scope, COUNT_LIMIT + 1, in_title=in_title)
        if together is not None and candidates and len(ranks) < wanted:
            for number in _newest(together, _among(candidates, scope), wanted, in_title=in_title):
                ranks.setdefault(number, whole)
        for number in candidates:
            ranks.setdefault(number, words)
    if not ranks:
        return Found([], 0, False, False, query)
    chosen = list(ranks)[offset:wanted]
    rows = {row.id: row for row in SearchEntry.objects.filter(id__in=chosen)}
    hits = [
        Hit(row.kind, row.object_id, row.title, row.unit_id, row.at, ranks[number])
        for number in chosen
        if (row := rows.get(number))
    ]
    return Found(hits, min(len(candidates), COUNT_LIMIT), len(candidates) > COUNT_LIMIT, False, query)


def _as_phrase(query: vi.Query) -> vi.Query | None:
    """All words of the query as one phrase; None when it is one word or one phrase anyway."""
    terms = query.positive
    if len(terms) < 2:
        return None
    phrase = vi.Term(
        folded=tuple(word for term in terms for word in term.folded),
        exact=tuple(word for term in terms for word in term.exact),
        accented=terms[0].accented,
        prefix=terms[-1].prefix,
    )
    return vi.Query((phrase, *query.negative))


def _prefixed(term: vi.Term) -> bool:
    """A single letter begins too many words to be of use."""
    return term.prefix and len(term.folded[-1]) > 1


def _newest(query: vi.Query, scope: QuerySet[SearchEntry], limit: int, *, in_title: bool = False) -> list[int]:
    """Keys of the newest entries that match, newest first."""
    find = _newest_postgresql if connection.vendor == "postgresql" else _newest_sqlite
    return find(query, scope, limit, in_title)


def _among(candidates: list[int], scope: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
    """A scope without what was no candidate: named one by one where that spares reading the words of others."""
    if connection.vendor == "postgresql":
        return SearchEntry.objects.filter(id__in=candidates)
    return scope.filter(id__gte=candidates[-1])


def _newest_sqlite(query: vi.Query, scope: QuerySet[SearchEntry], limit: int, in_title: bool) -> list[int]:
    """CROSS JOIN, NOT INDEXED: SQLite walks the matches from the newest on, looks each up by its key and
    stops at the limit. Left to itself it sorts all matches, or asks an index once for every unit of the scope."""
    where, params = _where(scope)
    # ruff: noqa: S608 (names are constants, values are parameters)
    sql = (
        f"SELECT {TABLE}.id FROM {FTS} CROSS JOIN {TABLE} NOT INDEXED ON {TABLE}.id = {FTS}.rowid "
        f"WHERE {FTS} MATCH %s{where} ORDER BY {FTS}.rowid DESC LIMIT %s"
    )
    return _column(sql, [_fts5(query, in_title), *params, limit])


def _newest_postgresql(query: vi.Query, scope: QuerySet[SearchEntry], limit: int, in_title: bool) -> list[int]:
    """The planner knows how common words are: for a common one it walks the primary key from the newest on, for a
    rare one it asks the GIN index and sorts. See `_priced` for how it tells which is cheaper."""
    where, params = _where(scope)
    conditions, values = _tsqueries(query, in_title)
    sql = f"SELECT id FROM {TABLE} WHERE {conditions}{where} ORDER BY id DESC LIMIT %s"
    return _column(sql, [*values, *params, limit])


_PRICES = {"cpu_operator_cost": 1, "random_page_cost": 1.1, "max_parallel_workers_per_gather": 0}


@contextmanager
def _priced() -> Iterator[None]:
    """Tell PostgreSQL what comparing words costs: it thinks of numbers, but here each means fetching the
    words of an entry from outside its row. (Measured: with the usual price it reads 25,000 entries to save
    sorting 4,000.)"""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in _PRICES.items()))
        yield
        cursor.execute("; ".join(f"SET LOCAL {name} = DEFAULT" for name in _PRICES))


def _where(scope: QuerySet[SearchEntry]) -> tuple[str, list[Any]]:
    """The conditions of the scope as SQL: all are on columns of the entry itself."""
    compiler = scope.query.get_compiler(connection=connection)
    sql, params = compiler.compile(scope.query.where) if scope.query.where else ("", [])
    return (f" AND {sql}", list(params)) if sql else ("", [])


def _column(sql: str, params: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def _fts5(query: vi.Query, in_title: bool) -> str:
    def one(term: vi.Term, title: bool) -> str:
        words = " ".join(term.exact if term.accented else term.folded)
        columns = ("te" if term.accented else "tf") if title else ("{te be}" if term.accented else "{tf bf}")
        return f'{columns} : "{words}"{" *" if _prefixed(term) else ""}'

    match = " AND ".join(f"({one(term, in_title)})" for term in query.positive)
    for term in query.negative:
        match = f"({match}) NOT ({one(term, False)})"
    return match


def _tsqueries(query: vi.Query, in_title: bool) -> tuple[str, list[str]]:
    """Conditions on the columns of words, and their tsqueries: one for each column that is asked."""

    def one(term: vi.Term, mark: str) -> str:
        words = [mark + word for word in term.exact] if term.accented else list(term.folded)
        ends = [""] * (len(words) - 1) + [":*" if _prefixed(term) else ""]
        return "(" + " <-> ".join(f"'{word}'{end}" for word, end in zip(words, ends, strict=True)) + ")"

    asked: dict[str, list[str]] = {}
    for term in query.terms:
        if in_title and not term.negative:
            asked.setdefault("in_title", []).append(one(term, "="))
        else:
            column = "exact" if term.accented else "folded"
            asked.setdefault(column, []).append(("!" if term.negative else "") + one(term, ""))
    conditions = " AND ".join(f"{column} @@ %s::tsquery" for column in asked)
    return conditions, [" & ".join(parts) for parts in asked.values()]
