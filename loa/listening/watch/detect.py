"""Counts of the last weeks by the hour → spikes as rows; nothing is sent here."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from loa.core import clock
from loa.lib.nlp import bursts
from loa.listening.models import Item, ItemTopic, ItemUnit, Source
from loa.listening.rules import Tone
from loa.listening.watch.model import Spike
from loa.listening.watch.rules import Level
from loa.org.access import in_force
from loa.org.models import UnitLink

#: hours that are looked at, and how far back a spike may begin that is written down now
SPAN, RECENT = 6 * bursts.HOURS, 72
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """A spike as it stands, and whether somebody is to be told of it now (it began, or has doubled since)."""

    spike: Spike
    tell: bool


def detect(unit_id: int, now: dt.datetime | None = None) -> list[Told]:
    """Write the spikes of what a unit hears, as they stand now. In the caller's transaction; ten queries and
    four for each spike. Levels are trusted after two weeks of listening.
    """
    now = now or clock.now()
    top = clock.local(now).replace(minute=0, second=0, microsecond=0)
    start = top - (SPAN - 1) * HOUR
    heard = heard_by(unit_id)
    rows = Item.objects.filter(_of(heard), relevant=True, published_at__gte=start, published_at__lte=now)
    rows = rows.filter(counted())
    everything = _hours(rows.order_by().values_list("published_at", flat=True), start)
    if not everything.any():
        return []
    warm_up = max(_warm_up(heard, start), SPAN - RECENT)
    if warm_up >= SPAN:
        return []
    links = Q(counted("item__"), _of(heard, "item__"), item__relevant=True, at__gte=start, at__lte=now)
    moments: dict[str, list[dt.datetime]] = defaultdict(list)
    for code, at in ItemTopic.objects.filter(links).order_by().values_list("code", "at"):
        moments[f"t:{code}"].append(at)
    recent = ItemUnit.objects.filter(links, at__gte=now - RECENT * HOUR).order_by()
    loud = [pk for pk, n in Counter(recent.values_list("unit", flat=True)).items() if n >= bursts.FLOOR]
    for pk, at in ItemUnit.objects.filter(links, unit__in=loud).order_by().values_list("unit", "at"):
        moments[f"v:{pk}"].append(at)
    abouts = sorted(about for about, times in moments.items() if len(times) >= bursts.FLOOR)
    if not abouts:
        return []
    counts = np.array([_hours(moments[about], start) for about in abouts])
    first = (start.weekday() * 24 + start.hour) % bursts.HOURS
    shape = bursts.rhythm(everything[None, :], first)
    found = bursts.spikes(counts, first, warm_up=warm_up, shape=shape)
    return [_written(unit_id, heard, abouts[one.series], one, start) for one in found]


def heard_by(unit_id: int) -> list[int]:
    """Units whose items a unit hears: its own; of a unit at the top those of all below it, as its people read them
    (`access.reach_of`). One query.
    """
    links = UnitLink.objects.filter(in_force(clock.today()), above=unit_id, above__parent=None)
    below = links.filter(Exists(Source.objects.filter(unit=OuterRef("below")))).values_list("below", flat=True)
    return sorted({unit_id, *below})


def _of(heard: list[int], item: str = "") -> Q:
    # One unit by "=": only so is an index that ends with the time also the order.
    return Q(**{f"{item}unit": heard[0]}) if len(heard) == 1 else Q(**{f"{item}unit__in": heard})


def counted(item: str = "") -> Q:
    """What may be a spike, or what is usual: not what a look after a hole found, of any age (`rules.Fresh`)."""
    own_time = Q(**{f"{item}time_guessed": False, f"{item}published_at__gte": F(f"{item}counts_from")})
    return Q(**{f"{item}counts_from": None}) | own_time


def _warm_up(heard: list[int], start: dt.datetime) -> int:
    """The first hour that may be a spike: two weeks after listening began."""
    since = listens_since(heard)
    begun = max(since - start, dt.timedelta()) if since else SPAN * HOUR
    return int(begun / HOUR) + bursts.WARM_UP


def listens_since(heard: list[int]) -> dt.datetime | None:
    """When these units began to listen: with the first source that was added, or the first item that counts. An
    archive, whatever days it carries, is no listening. Two queries.
    """
    items = Item.objects.filter(counted(), _of(heard), relevant=True).order_by("published_at")
    sources = Source.objects.filter(unit__in=heard).order_by("created_at")
    said = items.values_list("published_at", flat=True).first()
    added = sources.values_list("created_at", flat=True).first()
    return min((moment for moment in (said, added) if moment), default=None)


def _hours(moments: Iterable[dt.datetime], start: dt.datetime) -> np.ndarray:
    at = np.array([int((moment - start) / HOUR) for moment in moments], dtype=np.intp)
    return np.bincount(at[(at >= 0) & (at < SPAN)], minlength=SPAN)


def _written(unit_id: int, heard: list[int], about: str, one: bursts.Spike, start: dt.datetime) -> Told:
    """The row of a spike: the one that it goes on from, else a new one."""
    began, ended = start + one.begin * HOUR, start + (one.end + 1) * HOUR
    known = (
        Spike.objects.select_for_update()
        .filter(unit=unit_id, about=about, began_at__lt=ended, ended_at__gte=began - bursts.CALM * HOUR)
        .order_by("-began_at")
        .first()
    )
    spike = known or Spike(unit_id=unit_id, about=about, began_at=began)
    # What a spike once was, it was: a habit that has learnt from it does not make it smaller.
    spike.ended_at = max(ended, spike.ended_at) if known else ended
    spike.expected, spike.peak = round(one.expected, 2), one.peak
    spike.strength = max(round(one.strength, 1), spike.strength or 0)
    items = list(items_of(spike, heard).order_by().values_list("published_at", "tone", "case", "unit"))
    spike.items = len(items)
    spike.negative = sum(tone == Tone.NEG for _at, tone, _case, _unit in items)
    cases = Counter(case for _at, _tone, case, _unit in items if case is not None)
    top = cases.most_common(1)
    spike.case_id = top[0][0] if top and top[0][1] * 3 >= spike.items else None
    # All items count, in whichever hour: also those that came late, or in the hour that was told of.
    loud = start + (one.loud + 1) * HOUR
    so_far = sum(at < loud for at, _tone, _case, _unit in items)
    if spike.told_at is None:
        tell = not _told_below(spike, Counter(unit for *_rest, unit in items))
    else:
        tell = bursts.grown(so_far, spike.told_items)
    spike.save()
    return Told(spike, tell)


def _told_below(spike: Spike, units: Counter[int]) -> bool:
    """Whether a unit below hears so nearly all of it that its own spike says it: the rest would be no spike."""
    [(unit, n)] = units.most_common(1) or [(spike.unit_id, 0)]
    if unit == spike.unit_id or spike.items - n >= bursts.FLOOR:
        return False
    # From ACT on those at the top are told of it (`services.line.helpers`).
    same = Spike.objects.filter(unit=unit, about=spike.about, alert__level__gte=Level.ACT)
    return same.filter(began_at__lt=spike.ended_at, ended_at__gt=spike.began_at).exists()


def items_of(spike: Spike, heard: list[int] | None = None) -> QuerySet[Item]:
    """The items of a spike, as it was counted; `heard`: the units its unit hears, where they are known."""
    rows = Item.objects.filter(
        counted(),
        _of(heard or heard_by(spike.unit_id)),
        relevant=True,
        published_at__gte=spike.began_at,
        published_at__lt=spike.ended_at,
    )
    kind, _, key = spike.about.partition(":")
    return rows.filter(topics__code=key) if kind == "t" else rows.filter(units__unit=int(key))


@dataclass(frozen=True)
class History:
    """Hours around a spike: what was counted, what is usual."""

    hours: list[dt.datetime]
    counts: list[int]
    usual: list[float]


def history(spike: Spike, before: int = 20, after: int = 6) -> History:
    """The hours around a spike, as the detector saw them. Three queries."""
    end = min(clock.local(spike.ended_at) + after * HOUR, clock.local(clock.now()))
    top = end.replace(minute=0, second=0, microsecond=0)
    start = top - (SPAN - 1) * HOUR
    rows = Item.objects.filter(
        counted(),
        _of(heard_by(spike.unit_id)),
        relevant=True,
        published_at__gte=start,
        published_at__lt=top + HOUR,
    )
    kind, _, key = spike.about.partition(":")
    mine = rows.filter(topics__code=key) if kind == "t" else rows.filter(units__unit=int(key))
    everything = _hours(rows.order_by().values_list("published_at", flat=True), start)
    counts = _hours(mine.order_by().values_list("published_at", flat=True), start)
    first = (start.weekday() * 24 + start.hour) % bursts.HOURS
    usual = bursts.expected(counts[None, :], first, bursts.rhythm(everything[None, :], first))[0]
    shown = max(int((clock.local(spike.began_at) - start) / HOUR) - before, 0)
    return History(
        hours=[start + at * HOUR for at in range(shown, SPAN)],
        counts=counts[shown:].tolist(),
        usual=[round(float(value), 2) for value in usual[shown:]],
    )
