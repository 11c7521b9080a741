"""Reads of units: the tree on a day, names as of a day, who is meant by an audience. Query counts are constant."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from loa.accounts.invitations import UNSENT
from loa.accounts.models import User
from loa.core import clock
from loa.lib.vi import fold
from loa.org import access
from loa.org.access import in_force
from loa.org.models import Membership, Unit, UnitAlias, UnitClass, UnitEvent, UnitLink, UnitVersion

DAY = dt.timedelta(days=1)


# — the tree on a day ————————————————————————————————————————————————————————————————————


def units_at(day: dt.date | None = None) -> QuerySet[Unit]:
    """Units that live on a day."""
    day = day or clock.today()
    return Unit.objects.filter(founded_on__lte=day).filter(Q(closed_on=None) | Q(closed_on__gt=day))


def below(unit: Unit | int, day: dt.date | None = None, *, itself: bool = True) -> QuerySet[Unit]:
    """The unit and all below it on a day: one indexed look-up, made to be used as a subquery too."""
    links = UnitLink.objects.filter(in_force(day or clock.today()), above=unit)
    if not itself:
        links = links.filter(depth__gte=1)
    return Unit.objects.filter(pk__in=links.values("below"))


def is_below(unit: Unit | int, other: Unit | int, day: dt.date | None = None) -> bool:
    """Whether `other` stands at or below `unit` on a day: one probe of the index."""
    return UnitLink.objects.filter(in_force(day or clock.today()), above=unit, below=other).exists()


def scope(user: Any, day: dt.date | None = None) -> QuerySet[Unit]:
    """Every unit at or below one where the person holds a role, on a day. One query (the roles are kept)."""
    day = day or clock.today()
    tops = list(dict.fromkeys(unit for unit, _role in access.roles(user)))
    return Unit.objects.filter(pk__in=UnitLink.objects.filter(in_force(day), above__in=tops).values("below"))


def ancestors(unit: Unit | int, day: dt.date | None = None) -> list[Unit]:
    """Units above, the highest first, without the unit itself. One query."""
    links = UnitLink.objects.filter(in_force(day or clock.today()), below=unit, depth__gte=1)
    return [link.above for link in links.select_related("above").order_by("-depth")]


def path_names(unit: Unit | int, day: dt.date | None = None) -> list[str]:
    """Names of the unit and those above it as they were on a day, the highest first. One query."""
    day = day or clock.today()
    rows = UnitLink.objects.filter(in_force(day), in_force(day, "above__versions__"), below=unit)
    return list(rows.order_by("-depth").values_list("above__versions__name", flat=True))


def names_on(units: Iterable[int], day: dt.date) -> dict[int, str]:
    """What units were called on a day; those that did not live then are left out. One query per 5,000."""
    wanted = sorted(set(units))
    found: dict[int, str] = {}
    for at in range(0, len(wanted), 5_000):
        rows = UnitVersion.objects.filter(in_force(day), unit__in=wanted[at : at + 5_000])
        found.update(rows.values_list("unit", "name"))
    return found


def search(units: QuerySet[Unit], text: str) -> QuerySet[Unit]:
    """Those of `units` whose name, code or other name holds every word of `text`; no diacritics needed."""
    words = fold(text).split()[:8]
    if not words:
        return units
    named, aliased = Q(), Q()
    for word in words:
        named &= Q(folded__contains=word)
        aliased &= Q(folded__contains=word)
    other = UnitAlias.objects.filter(aliased, unit=OuterRef("pk"))
    return units.filter(named | Q(code=text.strip()) | Exists(other))


@dataclass(frozen=True)
class Header:
    """What stands on top of an official document of a unit (Nghị định 30/2020, Phụ lục I), as of a day."""

    parent: str  # cơ quan chủ quản; "" for a top without one
    name: str
    place: str
    symbol: str  # in numbers of documents: "SGDĐT"
    kind: str
    address: str


def header_of(unit: Unit | int, day: dt.date | None = None) -> Header | None:
    """The header on a day; None when the unit did not live then. Place comes from above when the unit has none.

    One query.
    """
    day = day or clock.today()
    rows = list(
        UnitLink.objects.filter(in_force(day), in_force(day, "above__versions__"), below=unit)
        .order_by("depth")
        .values_list(
            "above__versions__name",
            "above__versions__place",
            "above__versions__symbol",
            "above__versions__kind",
            "above__versions__address",
        )
    )
    if not rows:
        return None
    name, _place, symbol, kind, address = rows[0]
    place = next((row[1] for row in rows if row[1]), "")
    return Header(rows[1][0] if len(rows) > 1 else "", name, place, symbol, kind, address)


# — audiences ————————————————————————————————————————————————————————————————————————————


def audience_units(audience: Mapping[str, Any], top: Unit | int, day: dt.date | None = None) -> QuerySet[Unit]:
    """Units meant on a day by `{"classes": [codes], "units": [ids], "except": [ids]}` of an authority `top`.

    Classes reach below `top`, units named singly are meant wherever they stand. Two queries, or one as a subquery
    besides that of the classes.
    """
    day = day or clock.today()
    condition = Q(pk__in=list(audience.get("units") or []))
    codes = list(audience.get("classes") or [])
    for cls in UnitClass.objects.filter(code__in=codes) if codes else ():
        links = UnitLink.objects.filter(in_force(day), above=top, depth__gte=1)
        if cls.depth is not None:
            links = links.filter(depth=cls.depth)
        versions = UnitVersion.objects.filter(in_force(day), kind__in=cls.kinds)
        condition |= Q(pk__in=links.values("below")) & Q(pk__in=versions.values("unit"))
    return units_at(day).filter(condition).exclude(pk__in=list(audience.get("except") or []))


def audience_lifespans(
    audience: Mapping[str, Any], top: Unit | int, start: dt.date, end: dt.date
) -> list[tuple[int, dt.date, dt.date]]:
    """When, between `start` and `end` (both included), each unit was meant: (unit id, from, until before).

    A unit founded, closed, moved or changed in kind inside the time has the part in which it was meant; one that
    left and came back has two. Sorted by unit and day. Four queries, however many units.
    """
    last = end + DAY
    excepted = set(audience.get("except") or [])
    spans: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    classes = list(UnitClass.objects.filter(code__in=list(audience.get("classes") or [])))
    if classes:
        links: dict[int, list[tuple[int, dt.date, dt.date]]] = defaultdict(list)
        inside = Q(valid_from__lt=last) & (Q(valid_to=None) | Q(valid_to__gt=start))
        stood = UnitLink.objects.filter(inside, above=top, depth__gte=1)
        for unit, depth, low, high in stood.values_list("below", "depth", "valid_from", "valid_to"):
            links[unit].append((depth, max(low, start), min(high or last, last)))
        kinds = sorted({kind for cls in classes for kind in cls.kinds})
        was = UnitVersion.objects.filter(inside, kind__in=kinds, unit__in=stood.values("below"))
        for unit, kind, low, high in was.values_list("unit", "kind", "valid_from", "valid_to"):
            for depth, a, b in links[unit]:
                if any(kind in cls.kinds and cls.depth in (None, depth) for cls in classes):
                    spans[unit].append((max(low, a), min(high or last, b)))
    single = list(audience.get("units") or [])
    if single:
        lives = Unit.objects.filter(pk__in=single).values_list("pk", "founded_on", "closed_on")
        for unit, founded, closed in lives:
            spans[unit].append((max(founded, start), min(closed or last, last)))
    found: list[tuple[int, dt.date, dt.date]] = []
    for unit in sorted(spans.keys() - excepted):
        joined: list[tuple[dt.date, dt.date]] = []
        for low, high in sorted(span for span in spans[unit] if span[0] < span[1]):
            if joined and joined[-1][1] >= low:
                joined[-1] = (joined[-1][0], max(joined[-1][1], high))
            else:
                joined.append((low, high))
        found.extend((unit, low, high) for low, high in joined)
    return found


# — screens ——————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Moment:
    """One line of a unit's history: an event with what it changed."""

    event: UnitEvent
    came_from: list[Unit]
    became: list[Unit]
    coming: bool


def timeline(unit: Unit) -> list[Moment]:
    """Reorganisations the unit took part in, newest first, those to come on top. Three queries."""
    today = clock.today()
    events = (
        UnitEvent.objects.filter(Q(predecessors=unit) | Q(successors=unit))
        .distinct()
        .select_related("created_by")
        .prefetch_related("predecessors", "successors")
        .order_by("-effective_on", "-pk")
    )
    return [
        Moment(
            event,
            [other for other in event.predecessors.all() if other.pk != unit.pk],
            [other for other in event.successors.all() if other.pk != unit.pk],
            event.effective_on > today,
        )
        for event in events
    ]


def versions_of(unit: Unit) -> list[UnitVersion]:
    """What the unit was called and where it stood, newest first. One query."""
    return list(unit.versions.select_related("parent").order_by("-valid_from"))


def members_of(unit: Unit, day: dt.date | None = None) -> list[Membership]:
    """Roles at the unit on a day or to come, by person's name. One query."""
    day = day or clock.today()
    rows = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), unit=unit).select_related("user")
    return sorted(rows, key=lambda row: (row.valid_from > day, row.role, row.user.full_name))


#: what the list of accounts can be narrowed to
ACCOUNT_STATES = ("chua-vao", "chua-gui", "moi-het-han", "khong-thu", "khoa")


def accounts_of(
    managed: QuerySet[Unit], *, text: str = "", role: str = "", unit: Unit | None = None, state: str = ""
) -> QuerySet[User]:
    """People who hold, or will hold, a role in one of `managed`, by given name. One query.

    `text`: words of name, log-in, address or telephone, no diacritics needed; `unit`: there or below; `state`: one
    of ACCOUNT_STATES (never logged in; invited, but the letter could not be sent; invited, and the link has run
    out; without an address; closed).
    """
    today = clock.today()
    held = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), unit__in=managed.values("pk"))
    if role:
        held = held.filter(role=role)
    if unit is not None:
        held = held.filter(unit__in=below(unit).values("pk"))
    rows = User.objects.filter(pk__in=held.values("user"))
    for word in fold(text).split()[:8]:
        rows = rows.filter(folded__contains=word)
    if state == "khoa":
        rows = rows.filter(is_active=False)
    elif state:
        rows = rows.filter(is_active=True, last_login=None)
    if state == "khong-thu":
        rows = rows.filter(email="")
    elif state == "moi-het-han":
        over = clock.now() - dt.timedelta(days=settings.LOA_INVITE_DAYS)
        rows = rows.filter(invited_at__lt=over).exclude(UNSENT)
    elif state == "chua-gui":
        rows = rows.filter(UNSENT, must_change_password=True)
    return rows.order_by("sort_key", "pk")


def work_of(people: Collection[int], managed: QuerySet[Unit]) -> dict[int, list[Membership]]:
    """Roles of some people in `managed`, now or to come, as lists of accounts show them. One query."""
    today = clock.today()
    rows = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=today), user__in=people, unit__in=managed.values("pk")
    )
    found: dict[int, list[Membership]] = defaultdict(list)
    for row in rows.select_related("unit").order_by("valid_from", "pk"):
        found[row.user_id].append(row)
    return found


def highest(held: Collection[int], day: dt.date | None = None) -> list[Unit]:
    """Of the units where a person holds roles those that stand below none of the others; two queries."""
    day = day or clock.today()
    inner = UnitLink.objects.filter(in_force(day), depth__gte=1, above__in=held, below__in=held)
    rows = units_at(day).filter(pk__in=held).exclude(pk__in=inner.values("below")).order_by("sort_key")
    return _with_counts(list(rows), day)


def children_of(unit: Unit, readable: QuerySet[Unit], day: dt.date | None = None) -> list[Unit]:
    """Direct children on a day with `below_count`, in Vietnamese order. Two queries, however many."""
    day = day or clock.today()
    # The child of that day, not what is repeated on the row: so a day to come can be asked for.
    links = UnitLink.objects.filter(in_force(day), above=unit, depth=1)
    return _with_counts(list(readable.filter(pk__in=links.values("below")).order_by("sort_key")), day)


def _with_counts(rows: list[Unit], day: dt.date) -> list[Unit]:
    counts: dict[int, int] = defaultdict(int)
    ids = [row.pk for row in rows]
    pairs = UnitLink.objects.filter(in_force(day), above__in=ids, depth=1).values_list("above", flat=True)
    for above in pairs:
        counts[above] += 1
    for row in rows:
        row.below_count = counts[row.pk]  # type: ignore[attr-defined]
    return rows


def stale_links() -> int:
    """Closure rows that end before they begin, or reach beyond the life of one of their units: 0 in health."""
    return UnitLink.objects.filter(
        Q(valid_to__lte=F("valid_from"))
        | Q(below__closed_on__lt=F("valid_to"))
        | Q(below__closed_on__isnull=False, valid_to=None)
    ).count()


def where_to_begin(*, demo: bool) -> list[str]:
    """Lines at the start of an installation that is still empty: the one next step."""
    if demo or Unit.objects.exists():
        return []
    return ["Chưa có đơn vị nào. Lập Sở và tài khoản quản trị đầu tiên:  .venv/bin/loa begin"]
