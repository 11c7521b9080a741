"""What we published beside what was said before and after; shares of voice; branches on a board."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from loa.core import clock
from loa.listening import access
from loa.listening.figures.read import About, Days, Tones, by_unit, daily, summed, told, topic_keys
from loa.listening.figures.write import topic
from loa.listening.models import Answer, AnswerAbout
from loa.listening.rules import AROUND, ENOUGH, Change, change
from loa.org.access import in_force, units_readable
from loa.org.models import Unit, UnitLink, UnitVersion
from loa.org.rules import Kind
from loa.org.selectors import units_at


@dataclass(frozen=True)
class Effect:
    """One story of ours and one topic: what was said in the seven days before and after."""

    answer: Answer
    topic: str
    before: Tones
    after: Tones
    #: everything else in the same days
    others_before: int
    others_after: int
    change: Change
    #: whether less of it was negative
    tone: Change
    #: days after it that are over
    days: int


def may_compare(user: Any) -> bool:
    """Whether a unit of the person's hears anything itself."""
    return bool(access.reach_of(user).heard)


def effects(user: Any, first: dt.date, last: dt.date, *, only: str = "", limit: int = 60) -> list[Effect]:
    """Stories published between two days that speak of a topic which was much spoken of before, the newest first.

    Five queries. Only for those who listen (`may_compare`): who reads of their own units alone cannot tell what
    everybody says.
    """
    if not may_compare(user):
        return []
    rows = AnswerAbout.objects.filter(
        at__gte=clock.start_of(first), at__lt=clock.end_of(last), about__startswith="t:"
    ).select_related("answer", "answer__unit")
    if only:
        rows = rows.filter(about=topic(only))
    links = list(rows.order_by("-at")[: limit * 6])
    if not links:
        return []
    around = dt.timedelta(days=AROUND + 1)
    start = clock.local(min(link.at for link in links)).date() - around
    figures = _by_topic_and_day(user, start, last + around)
    today = clock.today()
    found = []
    for link in links:
        day = clock.local(link.at).date()
        one = _effect(link, day, figures, min(AROUND, (today - day).days))
        if one.before.total >= ENOUGH:
            found.append(one)
    return found[:limit]


def _by_topic_and_day(user: Any, first: dt.date, last: dt.date) -> dict[str, dict[dt.date, Tones]]:
    """ "" and "t:code" → day → tones."""
    figures: dict[str, dict[dt.date, Tones]] = defaultdict(dict)
    for about, day, *tones in told(user, ["", *topic_keys()], first, last):
        figures[about].setdefault(day, Tones()).plus(*tones)
    return figures


def _effect(link: AnswerAbout, day: dt.date, figures: dict[str, dict[dt.date, Tones]], over: int) -> Effect:
    def between(about: str, start: int, end: int) -> Tones:
        days = figures.get(about, {})
        wanted = (day + dt.timedelta(days=number) for number in range(start, end + 1))
        return summed(days[one] for one in wanted if one in days)

    # The day of publishing itself belongs to neither side. While the days after are not over, as many before are
    # taken.
    span = over if 0 < over < AROUND else AROUND
    before, after = between(link.about, -AROUND, -1), between(link.about, 1, span)
    same_before = between(link.about, -span, -1)
    others_before = between("", -span, -1).total - same_before.total
    others_after = between("", 1, span).total - after.total
    if over < AROUND:
        volume = tone = Change.EARLY
    else:
        volume = change(before.total, after.total, others_before, others_after)
        calm_before, calm_after = before.total - before.neg, after.total - after.neg
        tone = change(before.neg, after.neg, calm_before, calm_after) if after.total else Change.UNCLEAR
    return Effect(
        link.answer, link.about[2:], before, after, others_before, others_after, volume, tone, max(over, 0)
    )


def answers(about: str, first: dt.date, last: dt.date, limit: int = 20) -> list[Answer]:
    """What we published about this, the newest first: it is public. One query."""
    rows = Answer.objects.filter(
        abouts__about=about, at__gte=clock.start_of(first), at__lt=clock.end_of(last)
    ).select_related("unit")
    return list(rows.order_by("-at")[:limit])


# — shares —————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Voice:
    """One thing of several that are laid beside each other."""

    key: str
    name: str
    days: Days
    before: int

    @property
    def whole(self) -> Tones:
        return self.days.whole


def voices(user: Any, named: Sequence[tuple[str, str, About]], first: dt.date, last: dt.date) -> list[Voice]:
    """Each of a few topics or units day by day, and how much there was in as long a time before. At most six."""
    span = (last - first).days + 1
    earlier = first - dt.timedelta(days=span)
    found = []
    for key, name, about in named[:6]:
        days = daily(user, about, earlier, last, outlets=False)
        now = Days(first, last)
        for day in now.days:
            now.days[day] = days.days[day]
        found.append(Voice(key, name, now, days.between(earlier, first - dt.timedelta(days=1)).total))
    return found


def topics_daily(user: Any, first: dt.date, last: dt.date) -> dict[str, list[int]]:
    """Every topic, how many on each day. Three queries."""
    span = (last - first).days + 1
    found: dict[str, list[int]] = defaultdict(lambda: [0] * span)
    for about, day, *tones in told(user, topic_keys(), first, last):
        found[about[2:]][(day - first).days] += sum(tones)
    return found


# — branches ———————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Branch:
    """A commune with all its schools."""

    unit: Unit
    tones: Tones
    #: units of it that were spoken of, the most spoken of first
    units: list[tuple[int, int]]
    #: its code in the state's register; empty: not entered
    code: str = ""


def branches(user: Any, first: dt.date, last: dt.date) -> list[Branch]:
    """Every commune of the person's with what was said of it and all below, in Vietnamese order. Five queries."""
    alive = units_readable(user).filter(pk__in=units_at().values("pk"))
    communes = list(alive.filter(kind=Kind.UBND_XA).order_by("sort_key"))
    of: dict[int, int] = dict(
        UnitLink.objects.filter(in_force(clock.today()), above__in=[unit.pk for unit in communes]).values_list(
            "below", "above"
        )
    )
    today = clock.today()
    codes = dict(
        UnitVersion.objects.filter(unit__in=[unit.pk for unit in communes], valid_from__lte=today)
        .filter(Q(valid_to=None) | Q(valid_to__gt=today))
        .values_list("unit", "commune_code")
    )
    tones: dict[int, list[tuple[int, Tones]]] = defaultdict(list)
    for pk, one in by_unit(user, first, last).items():
        if pk in of:
            tones[of[pk]].append((pk, one))
    return [
        Branch(
            unit,
            summed(one for _pk, one in tones[unit.pk]),
            sorted(((pk, one.total) for pk, one in tones[unit.pk]), key=lambda pair: -pair[1])[:3],
            codes.get(unit.pk, ""),
        )
        for unit in communes
    ]


def side_by_side(found: Sequence[Branch]) -> list[Branch] | None:
    """Branches by their codes, None unless every one has its own.

    The register numbered communes district by district, and those made in 2025 kept the code of one they were made
    of: who stand beside each other in this order were mostly of one district. It is no map: of where a commune
    lies we hold nothing.
    """
    codes = {branch.code for branch in found if branch.code}
    return sorted(found, key=lambda branch: branch.code) if found and len(codes) == len(found) else None
