"""Tra cứu trường: units by name without diacritics, level and commune; and the page of one unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from loa.core import clock
from loa.lib.vi import exact_key, parse_query, words
from loa.org.access import in_force
from loa.org.models import KIND_LABELS, Unit, UnitAlias, UnitVersion
from loa.org.rules import SCHOOLS, Kind
from loa.portal.models import MemberSite
from loa.portal.place import Place
from loa.portal.selectors.stories import unit_url

PAGE = 30
#: levels one can choose, in the order of a child's way
LEVELS = (Kind.MAM_NON, Kind.TIEU_HOC, Kind.THCS, Kind.LIEN_CAP, Kind.THPT, Kind.GDTX)


@dataclass(frozen=True)
class SchoolRow:
    """One line of the directory."""

    unit_id: int
    name: str
    kind_label: object
    commune: str
    url: str
    has_site: bool
    site: MemberSite | None


def open_units() -> QuerySet[Unit]:
    """Units that exist today."""
    day = clock.today()
    return Unit.objects.filter(Q(closed_on=None) | Q(closed_on__gt=day), founded_on__lte=day)


def communes() -> list[tuple[int, str]]:
    """(id, short name) of the communes there are today, in Vietnamese order."""
    return list(open_units().filter(kind=Kind.UBND_XA).order_by("sort_key").values_list("pk", "short_name"))


def schools(text: str = "", level: str = "", commune_id: int | None = None) -> QuerySet[Unit]:
    """Schools of today that match. Words may come in any order; accents count when typed."""
    found = open_units().filter(kind__in=[level] if level in LEVELS else [kind.value for kind in SCHOOLS])
    if commune_id is not None:
        code = (
            UnitVersion.objects.filter(in_force(clock.today()), unit_id=commune_id)
            .exclude(commune_code="")
            .values("commune_code")
        )
        standing = UnitVersion.objects.filter(in_force(clock.today()), commune_code__in=code).values("unit")
        found = found.filter(Q(parent_id=commune_id) | Q(pk__in=standing))
    query = parse_query(text)
    for word in {word for term in query.positive for word in term.folded}:
        alias = UnitAlias.objects.filter(folded__contains=word).values("unit")
        found = found.filter(Q(folded__contains=word) | Q(pk__in=alias))
    if query.accented:
        typed = {word for term in query.positive for word in term.exact}
        names = dict(found.order_by().values_list("pk", "name"))
        named = {pk for pk, name in names.items() if _as_typed(name, typed)}
        other = names.keys() - named
        # Whichever is fewer goes by id into the second query: "Trường" fits nearly all there are.
        if named and other:
            found = found.filter(pk__in=named) if len(named) <= len(other) else found.exclude(pk__in=other)
    return found.order_by("sort_key")


def _as_typed(name: str, typed: set[str]) -> bool:
    own = words(exact_key(name))
    return all(any(word.startswith(part) for word in own) for part in typed)


def school_rows(
    units: QuerySet[Unit], place: Place, offset: int = 0, limit: int = PAGE
) -> tuple[list[SchoolRow], bool]:
    """One page of the directory and whether more follows: two queries."""
    page = list(units.select_related("parent", "site")[offset : offset + limit + 1])
    return [_row(unit, place) for unit in page[:limit]], len(page) > limit


def _row(unit: Unit, place: Place) -> SchoolRow:
    site = getattr(unit, "site", None)
    site = site if site is not None and site.active and not site.is_main else None
    parent = unit.parent
    return SchoolRow(
        unit_id=unit.pk,
        name=unit.name,
        kind_label=KIND_LABELS[Kind(unit.kind)],
        commune=parent.short_name if parent is not None and parent.kind == Kind.UBND_XA else "",
        url=unit_url(place, unit.pk, unit.slug, site.slug if site else None, site.host if site else None),
        has_site=site is not None,
        site=site,
    )


def version_today(unit: Unit) -> UnitVersion | None:
    """What the unit is called and where it stands today (its last version when it is closed)."""
    day = min(clock.today(), unit.closed_on) if unit.closed_on else clock.today()
    return (
        UnitVersion.objects.filter(unit=unit, valid_from__lte=day)
        .select_related("parent")
        .order_by("-valid_from")
        .first()
    )


def successors(unit: Unit) -> list[Unit]:
    """Units that took over from a closed one."""
    return list(Unit.objects.filter(events_in__predecessors=unit).exclude(pk=unit.pk).distinct()[:6])


def divisions(unit: Unit) -> list[Unit]:
    """The divisions of the Sở, in Vietnamese order."""
    return list(open_units().filter(parent=unit, kind=Kind.PHONG_SO).order_by("sort_key")[:40])
