"""Counts of the last weeks by the hour → spikes as rows; nothing is sent here."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Q, QuerySet

from loa.core import clock
from loa.lib.nlp import bursts
from loa.listening.models import Item, ItemTopic, ItemUnit, Source
from loa.listening.rules import Tone
from loa.listening.watch.model import Spike

#: hours that are looked at, and how far back a spike may begin that is written down now
SPAN, RECENT = 6 * bursts.HOURS, 72
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """A spike as it stands, and whether somebody is to be told of it now (it began, or has doubled since)."""

    spike: Spike
    tell: bool


def detect(unit_id: int, now: dt.datetime | None = None) -> list[Told]:
    """Write the spikes of what a unit hears, as they stand now. In the caller's transaction; nine queries and
    three for each spike. Levels are trusted after two weeks of listening.
    """
    now = now or clock.now()
    top = clock.local(now).replace(minute=0, second=0, microsecond=0)
    start = top - (SPAN - 1) * HOUR
    rows = Item.objects.filter(unit=unit_id, relevant=True, published_at__gte=start, published_at__lte=now)
    rows = rows.filter(counted())
    everything = _hours(rows.order_by().values_list("published_at", flat=True), start)
    if not everything.any():
        return []
    warm_up = max(_warm_up(unit_id, start), SPAN - RECENT)
    if warm_up >= SPAN:
        return []
    links = Q(counted("item__"), item__unit=unit_id, item__relevant=True, at__gte=start, at__lte=now)
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
    return [_written(unit_id, abouts[one.series], one, start) for one in found]


def counted(item: str = "") -> Q:
    """What may be a spike, or what is usual: not what a look after a hole found, of any age (`rules.Fresh`)."""
    own_time = Q(**{f"{item}time_guessed": False, f"{item}published_at__gte": F(f"{item}counts_from")})
    return Q(**{f"{item}counts_from": None}) | own_time


def _warm_up(unit_id: int, start: dt.datetime) -> int:
    """The first hour that may be a spike: two weeks after the first source was added, or after the first item that
    counts. An archive, whatever days it carries, is no listening.
    """
    items = Item.objects.filter(counted(), unit=unit_id, relevant=True).order_by("published_at")
    sources = Source.objects.filter(unit=unit_id).order_by("created_at")
    said = items.values_list("published_at", flat=True).first()
    added = sources.values_list("created_at", flat=True).first()
    since = min((moment for moment in (said, added) if moment), default=None)
    begun = max(since - start, dt.timedelta()) if since else SPAN * HOUR
    return int(begun / HOUR) + bursts.WARM_UP


def _hours(moments: Iterable[dt.datetime], start: dt.datetime) -> np.ndarray:
    at = np.array([int((moment - start) / HOUR) for moment in moments], dtype=np.intp)
    return np.bincount(at[(at >= 0) & (at < SPAN)], minlength=SPAN)


def _written(unit_id: int, about: str, one: bursts.Spike, start: dt.datetime) -> Told:
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
    items = list(items_of(spike).order_by().values_list("published_at", "tone", "case"))
    spike.items = len(items)
    spike.negative = sum(tone == Tone.NEG for _at, tone, _case in items)
    cases = Counter(case for _at, _tone, case in items if case is not None)
    top = cases.most_common(1)
    spike.case_id = top[0][0] if top and top[0][1] * 3 >= spike.items else None
    # All items count, in whichever hour: also those that came late, or in the hour that was told of.
    loud = start + (one.loud + 1) * HOUR
    so_far = sum(at < loud for at, _tone, _case in items)
    tell = spike.told_at is None or bursts.grown(so_far, spike.told_items)
    spike.save()
    return Told(spike, tell)


def items_of(spike: Spike) -> QuerySet[Item]:
    """The items of a spike, as it was counted."""
    rows = Item.objects.filter(
        counted(),
        unit=spike.unit_id,
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
    """The hours around a spike, as the detector saw them. Two queries."""
    end = min(clock.local(spike.ended_at) + after * HOUR, clock.local(clock.now()))
    top = end.replace(minute=0, second=0, microsecond=0)
    start = top - (SPAN - 1) * HOUR
    rows = Item.objects.filter(
        counted(), unit=spike.unit_id, relevant=True, published_at__gte=start, published_at__lt=top + HOUR
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
