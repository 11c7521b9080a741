"""Topics handed down: a plan below has its own copy of a topic above, and the copy may be copied again.

What is told under a copy is told under every topic it descends from, through `source` (the topic it was taken over
from) and `parent` (the topic it is a part of), over any number of levels. Each question is one statement.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from loa.core import clock
from loa.org.access import in_force
from loa.org.models import UnitLink
from loa.plans.models import Topic
from loa.plans.selectors import open_topics

# The two ways down stand in one table of edges, each read from its index alone: joined by OR, every topic of every
# plan would be read for each topic of the family.
_DOWN = """
    WITH RECURSIVE edge(low, high) AS (
        SELECT id, source_id FROM plans_topic WHERE source_id IS NOT NULL
        UNION ALL
        SELECT id, parent_id FROM plans_topic WHERE parent_id IS NOT NULL
    ), family(top, id) AS (
        SELECT id, id FROM plans_topic WHERE id IN ({})
        UNION
        SELECT family.top, edge.low FROM family JOIN edge ON edge.high = family.id
    )
"""
_HEADS = _DOWN + "SELECT id, top FROM family"  # noqa: S608 - nothing comes from outside
_WITHIN = _DOWN + "SELECT id FROM family"  # noqa: S608 - nothing comes from outside
_COUNTED = (
    _DOWN  # noqa: S608 - what is put in are marks and a query of Django's
    + """, told(topic, at) AS ({})
    SELECT family.top, {} FROM family JOIN told ON told.topic = family.id GROUP BY family.top
    """
)
_COPIED = """
    WITH RECURSIVE line(low, id) AS (
        SELECT id, source_id FROM plans_topic WHERE source_id IS NOT NULL AND id IN ({})
        UNION
        SELECT line.low, topic.source_id FROM line
        JOIN plans_topic topic ON topic.id = line.id WHERE topic.source_id IS NOT NULL
    )
    SELECT low, id FROM line
"""
_UP = """
    WITH RECURSIVE line(low, id) AS (
        SELECT id, id FROM plans_topic WHERE id IN ({})
        UNION
        SELECT line.low, CASE way.step WHEN 0 THEN topic.parent_id ELSE topic.source_id END
        FROM line JOIN plans_topic topic ON topic.id = line.id
        CROSS JOIN (SELECT 0 AS step UNION ALL SELECT 1 AS step) way
        WHERE CASE way.step WHEN 0 THEN topic.parent_id ELSE topic.source_id END IS NOT NULL
    )
    SELECT low, id FROM line
"""


def _marks(topics: list[int]) -> str:
    return ", ".join(["%s"] * len(topics)) or "NULL"


def _pairs(sql: str, topics: Iterable[int]) -> dict[int, set[int]]:
    wanted = sorted(set(topics))
    found: dict[int, set[int]] = defaultdict(set)
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(_marks(wanted)), wanted)
            for key, value in cursor.fetchall():
                found[key].add(value)
    return dict(found)


def lineages(topics: Iterable[int | None]) -> dict[int, set[int]]:
    """topic → all topics that what is told under it counts for, itself among them. One query, none for none."""
    return _pairs(_UP, (pk for pk in topics if pk))


def heads(tops: Iterable[int]) -> dict[int, set[int]]:
    """topic → those of `tops` that it is or descends from; only topics that have one. One query."""
    return _pairs(_HEADS, tops)


def within(tops: Iterable[int]) -> RawSQL:
    """These topics and all that descend from them, as a subquery: `stories.filter(topic__in=within([…]))`."""
    wanted = sorted(set(tops))
    return RawSQL(_WITHIN.format(_marks(wanted)), wanted)  # noqa: S611 - the marks are the only thing put in


def counted(
    tops: Iterable[int], rows: QuerySet[Any], spans: Sequence[tuple[dt.datetime, dt.datetime]], *, at: str
) -> dict[int, list[int]]:
    """top → how many of `rows`, which have a topic and a time `at`, stand under it in each span; none is left out.

    Counted by top in the database: thousands of units with ten copies each would be as many groups to fetch. One
    query, none without topics or spans.
    """
    wanted = sorted(set(tops))
    found = {pk: [0] * len(spans) for pk in wanted}
    if not wanted or not spans:
        return found
    inner, values = rows.order_by().values_list("topic", at).query.sql_with_params()
    sums = ", ".join(["SUM(CASE WHEN told.at >= %s AND told.at < %s THEN 1 ELSE 0 END)"] * len(spans))
    edges = [connection.ops.adapt_datetimefield_value(edge) for span in spans for edge in span]
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(_marks(wanted), inner, sums), [*wanted, *values, *edges])
        for top, *counts in cursor.fetchall():
            found[top] = counts
    return found


def counts_for(topic_id: int | None, wanted: int | None, lines: Mapping[int, set[int]]) -> bool:
    """Whether what is told under a topic counts where `wanted` is asked for; any topic, where none is.
    `lines`: of `lineages` or `heads`."""
    return wanted is None or (topic_id is not None and wanted in lines.get(topic_id, ()))


def offered_topics(unit_id: int, *, chosen: int | None = None, day: dt.date | None = None) -> list[Topic]:
    """What a story of a unit can be about, one topic of each family. Two queries.

    It is the copy nearest to the unit: that counts for those it descends from, while they would not count for it.
    `chosen` is kept even so. Each carries `stands_for`: the topics it was copied from.
    """
    day = day or clock.today()
    above = UnitLink.objects.filter(in_force(day), below=unit_id, above=OuterRef("plan__unit"))
    rows = list(open_topics(unit_id, day).annotate(distance=Subquery(above.values("depth")[:1])))
    origins = {pk: frozenset(of) for pk, of in _pairs(_COPIED, (topic.pk for topic in rows)).items()}
    copied: set[int] = set().union(*origins.values())
    nearest: dict[frozenset[int], tuple[int, int]] = {}
    for topic in rows:
        if topic.pk in origins:
            place = (topic.distance, topic.plan_id)
            nearest[origins[topic.pk]] = min(nearest.get(origins[topic.pk], place), place)
    for topic in rows:
        topic.stands_for = origins.get(topic.pk, frozenset())  # type: ignore[attr-defined]
    return [
        topic
        for topic in rows
        if topic.pk == chosen
        or (
            topic.pk not in copied
            # Copies of one topic made side by side, by the commune and by the school: the nearer one.
            and (topic.pk not in origins or nearest[origins[topic.pk]][1] == topic.plan_id)
        )
    ]


def instead_of(topic: int | None, offered: Iterable[Topic]) -> int | None:
    """The unit's own copy of a topic of a plan above, among those offered; the topic itself when there is none."""
    return next((one.pk for one in offered if topic in one.stands_for), topic)  # type: ignore[attr-defined]
