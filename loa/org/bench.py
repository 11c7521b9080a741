"""How long "my unit and all below it, today" takes, against walking the tree. Run by `loa bench`."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from loa.org import services
from loa.org.models import Unit, UnitLink, UnitVersion
from loa.org.selectors import below, is_below
from loa.org.services.links import chunks

UNITS = 50_000
FOUNDED = dt.date(2020, 1, 1)


class _Undo(Exception):
    pass


def grow(count: int = UNITS) -> Unit:
    """A Sở with `count` units below it, in 160 communes with schools, made in bulk. Returns the Sở."""

    def make(name: str, kind: str, parent: Unit | None) -> Unit:
        return Unit(
            slug=f"bench-{name}",
            name=name,
            short_name=name,
            kind=kind,
            parent=parent,
            folded=name,
            sort_key=name,
            founded_on=FOUNDED,
        )

    def write(rows: list[Unit]) -> None:
        Unit.objects.bulk_create(rows, batch_size=2_000)
        UnitVersion.objects.bulk_create(
            [
                UnitVersion(
                    unit=row,
                    name=row.name,
                    short_name=row.name,
                    kind=row.kind,
                    parent=row.parent,
                    valid_from=FOUNDED,
                )
                for row in rows
            ],
            batch_size=2_000,
        )

    top = make("so", "so", None)
    write([top])
    communes = [make(f"xa{n}", "ubnd_xa", top) for n in range(160)]
    write(communes)
    write([make(f"truong{n}", "thcs", communes[n % 160]) for n in range(count - 161)])
    services.rebuild_links()
    return top


def walk(top: int) -> set[int]:
    """The same set by asking for children level by level: what a tree without the closure must do."""
    found, level = {top}, [top]
    while level:
        below_level: list[int] = []
        for some in chunks(level):
            below_level += Unit.objects.filter(parent__in=some).values_list("pk", flat=True)
        level = [pk for pk in below_level if pk not in found]
        found.update(level)
    return found


def walk_recursive(top: int) -> set[int]:
    """The same by one recursive query over the parents."""
    table = Unit._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE t(id) AS (SELECT CAST(%s AS bigint) UNION ALL "  # noqa: S608 - our own table's name
            f"SELECT u.id FROM {table} u JOIN t ON u.parent_id = t.id) SELECT id FROM t",
            [top],
        )
        return {row[0] for row in cursor.fetchall()}


def timed(function: Callable[..., Any], *args: Any, times: int = 7) -> float:
    """Median milliseconds."""
    taken = []
    for _n in range(times):
        start = time.perf_counter()
        function(*args)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def run(out: Any) -> None:
    """Report the figures; everything made for them is rolled back."""

    def line(name: str, value: float, baseline: str, other: float) -> None:
        out(name, f"{value:.1f} ms", baseline, f"{other:.1f} ms")

    try:
        with transaction.atomic():
            start = time.perf_counter()
            top = grow()
            grown = time.perf_counter() - start
            out(
                f"org: {UNITS} units made, {UnitLink.objects.count()} links built ({connection.vendor})",
                f"{grown:.1f} s",
                "",
                "",
            )
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            commune = Unit.objects.get(slug="bench-xa7")
            school = Unit.objects.filter(parent=commune).first()
            assert school is not None
            for label, unit in (("the whole Sở", top), ("one commune", commune), ("one school", school)):
                ids = set(_ids(unit))
                assert ids == walk(unit.pk) == walk_recursive(unit.pk)
                name = f"org: ids of {label} ({len(ids)} units) today"
                line(name, timed(_ids, unit), "walk level by level", timed(walk, unit.pk))
                line(name, timed(_ids, unit), "recursive query, no dates", timed(walk_recursive, unit.pk))
                line(f"org: count of {label}", timed(_count, unit), "walk level by level", timed(walk, unit.pk))
                line(f"org: 50 of {label}, sorted", timed(_page, unit), "all of them", timed(_ids, unit))
                line(
                    f"org: is a school below {label}?",
                    timed(_is_below, unit, school),
                    "walk level by level",
                    timed(walk, unit.pk),
                )
            start = time.perf_counter()
            services.unit_reparent(
                actor=None, unit=commune, parent=Unit.objects.get(slug="bench-xa8"), on=dt.date(2024, 1, 1)
            )
            moved = time.perf_counter() - start
            out(f"org: move a commune with {len(_ids(commune))} units", f"{moved:.2f} s", "", "")
            raise _Undo
    except _Undo:
        pass


def _ids(unit: Unit) -> list[int]:
    return list(below(unit).values_list("pk", flat=True))


def _count(unit: Unit) -> int:
    return below(unit).count()


def _page(unit: Unit) -> list[Unit]:
    return list(below(unit).order_by("sort_key")[:50])


def _is_below(unit: Unit, other: Unit) -> bool:
    return is_below(unit, other)
