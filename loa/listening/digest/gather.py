"""What a draft is made of: figures, stories, units, spikes and the list of articles of a stretch of time."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from loa.core import clock
from loa.listening.digest.model import Digest, DigestLine, Kind, State
from loa.listening.models import Case, Item, ItemUnit, Spike
from loa.listening.rules import PRIVATE, CaseState, Tone
from loa.listening.watch.detect import listens_since
from loa.listening.watch.rules import usual_words
from loa.listening.watch.texts import names_of

#: stories, units and articles in a digest of a day, of a month
MOST = {Kind.DAY: (6, 8, 40), Kind.MONTH: (12, 15, 80)}


#: what was published so long before a digest begins, and was heard too late for the one before, is in it still
LATE = dt.timedelta(days=3)
WEEK = dt.timedelta(days=7)
#: a digest of a whole week, drafted minutes later than the one before, is of a week
SLACK = dt.timedelta(hours=12)
#: of fewer items than this a share says less than their number
FEW = 10


def items_between(unit_id: int, since: dt.datetime, until: dt.datetime) -> QuerySet[Item]:
    """What was published between two moments of what a unit hears."""
    return Item.objects.filter(unit=unit_id, relevant=True, published_at__gte=since, published_at__lt=until)


def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day and hour some months before; the last day of a month that is shorter."""
    local = clock.local(moment)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


@dataclass(frozen=True)
class Span:
    """What a digest of a unit speaks of."""

    unit_id: int
    kind: Kind
    since: dt.datetime
    until: dt.datetime
    #: when the one before was gathered: what was analysed after that is in none; None: there is none before
    gathered: dt.datetime | None = None

    @property
    def back(self) -> int:
        """How many weeks (a report of the month: months) lie between it and what it is laid beside: the same days
        of the week before, so that a weekend stands beside a weekend; more where it is longer than that itself.
        """
        if self.kind == Kind.DAY:
            return max(1, math.ceil((self.until - self.since - SLACK) / WEEK))
        months = 1
        while months_before(self.until, months) > self.since + WEEK:
            months += 1
        return months

    @property
    def beside(self) -> tuple[dt.datetime, dt.datetime]:
        """The stretch it is laid beside."""
        if self.kind == Kind.DAY:
            return self.since - self.back * WEEK, self.until - self.back * WEEK
        return months_before(self.since, self.back), months_before(self.until, self.back)

    @property
    def late(self) -> QuerySet[Item]:
        """Published before it begins, at most `LATE`, and heard too late for the one before."""
        if self.gathered is None:
            return Item.objects.none()
        rows = items_between(self.unit_id, self.since - LATE, self.since).filter(analysed_at__gt=self.gathered)
        # What people put in by hand is not among the figures of the one it stands in: it is counted here.
        gathered = self._earlier.filter(added_by=None)
        return rows.exclude(pk__in=gathered.values("item"))

    @property
    def _earlier(self) -> QuerySet[DigestLine]:
        """Lines of the ones before, of one item each."""
        return DigestLine.objects.filter(
            digest__unit=self.unit_id, digest__kind=self.kind, digest__until__lte=self.since, item__isnull=False
        )

    @property
    def given(self) -> QuerySet[DigestLine]:
        """Lines that people put into the ones before by hand: what was told there is not listed again."""
        return self._earlier.filter(added_by__isnull=False, shown=True)

    @property
    def items(self) -> QuerySet[Item]:
        """All of it."""
        rows = items_between(self.unit_id, self.since, self.until)
        if self.gathered is None:
            return rows
        whole = items_between(self.unit_id, self.since - LATE, self.until)
        return whole.filter(Q(published_at__gte=self.since) | Q(pk__in=self.late.values("pk")))


def figures(span: Span) -> dict[str, Any]:
    """Figures as they are frozen, with the sentence that is made of them. Nine queries."""
    rows, since, until = span.items, span.since, span.until
    tones = {tone.value: Count("pk", filter=Q(tone=tone)) for tone in Tone}
    found: dict[str, Any] = rows.aggregate(
        total=Count("pk"), private=Count("pk", filter=Q(outlet__in=PRIVATE)), **tones
    )
    found["late"] = span.late.count()
    began, ended = span.beside
    heard = listens_since([span.unit_id])
    found["back"] = span.back
    # What nobody listened to cannot be compared.
    compared = heard is not None and heard <= began
    found["before"] = items_between(span.unit_id, began, ended).count() if compared else None
    units = (
        ItemUnit.objects.filter(item__in=rows)
        .values_list("unit__name")
        .annotate(
            n=Count("pk"),
            neg=Count("pk", filter=Q(item__tone=Tone.NEG)),
            pos=Count("pk", filter=Q(item__tone=Tone.POS)),
        )
        .order_by("-n", "unit__name")
    )
    found["units"] = [list(row) for row in units[: MOST[span.kind][1]]]
    spikes = list(
        Spike.objects.filter(unit=span.unit_id, began_at__lt=until, ended_at__gte=since).order_by("-strength")[:8]
    )
    names = names_of(spike.about for spike in spikes)
    found["spikes"] = [
        [names[one.about], one.items, usual_words(one.expected), clock.local(one.began_at).strftime("%H:%M %d/%m")]
        for one in spikes
    ]
    found["opening"] = opening(span.kind, found)
    return found


#: the sentence that `lines` writes of a story; what follows it are the officer's own words
_MADE = re.compile(
    r"\s*\d+ tin ở \d+ nguồn, \d+ tin tiêu cực"
    r"(; .{1,200}? đăng đầu tiên (lúc [\d:]{5} )?ngày [\d/]{5})?\."
)


@dataclass(frozen=True)
class Said:
    """What people wrote into the approved digests of the days of a month: its report begins with that."""

    #: (day, own words) of the assessments, oldest first
    summaries: list[tuple[dt.date, str]] = field(default_factory=list)
    #: what was proposed, each once
    proposals: list[str] = field(default_factory=list)
    #: story → the newest own words about it
    stories: dict[int, str] = field(default_factory=dict)
    #: what they put in by hand, the newest of each
    added: list[DigestLine] = field(default_factory=list)


def said_before(unit_id: int, since: dt.datetime, until: dt.datetime) -> Said:
    """The officer's own words in the approved digests of the days between. Three queries."""
    found = Said()
    days = Digest.objects.filter(
        unit=unit_id, kind=Kind.DAY, state=State.APPROVED, until__gt=since, until__lte=until
    )
    for digest in days.order_by("until", "pk"):
        own = digest.summary.removeprefix(opening_of(digest.figures)).strip()
        if own:
            found.summaries.append((digest.day, own))
        if digest.proposal.strip() and digest.proposal.strip() not in found.proposals:
            found.proposals.append(digest.proposal.strip())
    told = DigestLine.objects.filter(digest__in=days, story=True, shown=True, case__isnull=False)
    last: dict[int, int] = {}
    for day, case, text in told.order_by("digest__until", "pk").values_list("digest", "case", "text"):
        if own := own_words(text):
            # Two stories of one day that were merged since: what was said of either.
            found.stories[case] = f"{found.stories[case]} {own}" if last.get(case) == day else own
            last[case] = day
    by_hand = DigestLine.objects.filter(digest__in=days, shown=True, added_by__isnull=False)
    newest = {same_line(line): line for line in by_hand.order_by("digest__until", "pk")}
    found.added.extend(newest.values())
    return found


def same_line(line: DigestLine) -> tuple[bool, str, int | str]:
    """What makes two lines the same: of stories the case, of articles the item; without either the title."""
    if line.story and line.case_id:
        return True, "case", line.case_id
    return (line.story, "item", line.item_id) if line.item_id else (line.story, "title", line.title)


def line_of(item: Item, *, story: bool) -> DigestLine:
    """The line of one item. Not saved."""
    return DigestLine(
        item=item,
        case_id=item.case_id if story else None,
        story=story,
        title=(item.title or item.text[:200])[:400],
        outlet=item.outlet_name,
        at=item.published_at,
        url=item.url,
        tone=item.tone,
    )


def sorted_lines(rows: Iterable[DigestLine]) -> list[DigestLine]:
    """Stories as they stand, then the articles, newest first; numbered."""
    rows = list(rows)
    told = [line for line in rows if line.story]
    listed = sorted((line for line in rows if not line.story), key=lambda line: line.at, reverse=True)
    for number, line in enumerate([*told, *listed], 1):
        line.number = number
    return [*told, *listed]


def own_words(text: str) -> str:
    """What an officer wrote beside the sentence that was made."""
    return _MADE.sub("", text, count=1).strip()


def renewed(text: str, made: str) -> str:
    """What an officer made of a story's text, with the sentence that was made as it is now; as it was where they
    wrote another.
    """
    sentence = _MADE.match(made)
    return _MADE.sub(lambda _old: sentence.group(), text, count=1) if sentence else text


def lines(span: Span, said: Said | None = None) -> list[DigestLine]:
    """Stories first, then the articles of papers, newest first; nothing that private persons wrote. Not saved.

    `said`: what people wrote into earlier digests: their words about a story stand behind its figures, what they
    put in by hand among the rest.
    """
    said = said or Said()
    rows = span.items
    most_stories, _units, most_articles = MOST[span.kind]
    counts: Counter[int] = Counter()
    negative: Counter[int] = Counter()
    outlets: dict[int, set[str]] = defaultdict(set)
    for key, tone, outlet in rows.filter(case__isnull=False).values_list("case", "tone", "outlet_name"):
        outlets[key].add(outlet)
        counts[key] += 1
        negative[key] += tone == Tone.NEG
    cases = Case.objects.filter(pk__in=counts).exclude(state=CaseState.IRRELEVANT).in_bulk()
    ranked = sorted(cases, key=lambda pk: (-(counts[pk] + negative[pk]), pk))[:most_stories]
    first: dict[int, Item] = {}
    told = Item.objects.filter(case__in=ranked, relevant=True).exclude(outlet__in=PRIVATE)
    # The earliest is the last one put in; who gives the day alone may be the latest of it.
    for item in sorted(told.order_by("-published_at", "-pk"), key=_day_and_hour, reverse=True):
        first[item.case_id or 0] = item
    found = []
    for pk in ranked:
        case, lead = cases[pk], first.get(pk)
        found.append(
            DigestLine(
                case=case,
                story=True,
                title=lead.title or lead.text[:200] if lead else _unnamed(case),
                outlet=lead.outlet_name if lead else "",
                at=lead.published_at if lead else case.first_at,
                url=lead.url if lead else "",
                tone=Tone.NEG if negative[pk] * 2 >= counts[pk] else "",
                text=_("%(n)d tin ở %(o)d nguồn, %(neg)d tin tiêu cực%(first)s.")
                % {
                    "n": counts[pk],
                    "o": len(outlets[pk]),
                    "neg": negative[pk],
                    "first": _was_first(lead) if lead else "",
                }
                + (f" {said.stories[pk]}" if pk in said.stories else ""),
            )
        )
    articles = Item.objects.filter(pk__in=_one_of_each(span)[:most_articles])
    stories = {same_line(line) for line in found}
    added = [_copied(line) for line in said.added if same_line(line) not in stories]
    there = {same_line(line) for line in added}
    listed = (line_of(item, story=False) for item in articles.order_by("-published_at", "-pk"))
    found += [line for line in listed if same_line(line) not in there]
    return sorted_lines([*found, *added])


def _copied(line: DigestLine) -> DigestLine:
    """The same line for another digest."""
    kept = ("case_id", "item_id", "story", "title", "outlet", "at", "url", "tone", "text", "added_by_id")
    return DigestLine(**{name: getattr(line, name) for name in kept})


def _one_of_each(span: Span) -> list[int]:
    """The articles of the list, newest first: words passed on are one line, and the paper that had them first
    stands for the others, also where they stood on a page or in a group before. What a paper had before is told,
    and what people put into the one before by hand.
    """
    before = Item.objects.filter(unit=span.unit_id, relevant=True, published_at__lt=span.since)
    rows = span.items.exclude(outlet__in=PRIVATE).filter(forgotten=False).order_by("published_at", "pk")
    first: dict[int, int] = {}
    here: set[int] = set()
    for pk, leader in rows.values_list("pk", "copy_of"):
        first.setdefault(leader or pk, pk)
        here.add(pk)
    groups = list(first)
    earlier = before.filter(Q(pk__in=groups) | Q(copy_of__in=groups)).exclude(outlet__in=PRIVATE)
    told = {leader or pk for pk, leader in earlier.values_list("pk", "copy_of") if pk not in here}
    told |= {leader or pk for pk, leader in span.given.values_list("item", "item__copy_of")}
    return [pk for group, pk in reversed(first.items()) if group not in told]


def _day_and_hour(item: Item) -> tuple[dt.date, bool, dt.datetime]:
    return clock.local(item.published_at).date(), item.time_guessed, item.published_at


def _was_first(item: Item) -> str:
    """Who told it first, and when: without an hour that nobody gave."""
    at = clock.local(item.published_at)
    if item.time_guessed:
        return _("; %(who)s đăng đầu tiên ngày %(at)s") % {"who": item.outlet_name, "at": at.strftime("%d/%m")}
    when = at.strftime("%H:%M ngày %d/%m")
    return _("; %(who)s đăng đầu tiên lúc %(at)s") % {"who": item.outlet_name, "at": when}


def _unnamed(case: Case) -> str:
    """A story no paper told: named after its topic and unit, and told apart by its day."""
    return _("%(name)s (từ %(day)s)") % {
        "name": case.title[:380], "day": clock.local(case.first_at).strftime("%d/%m")
    }  # fmt: skip


def opening(kind: Kind, numbers: dict[str, Any]) -> str:
    """The first sentence of the officer's own words, to be written on."""
    total, before = numbers["total"], numbers["before"]
    when = beside_words(kind, numbers["back"])
    if not total:
        if not before:
            return _("Không ghi nhận tin, bài nào về giáo dục của tỉnh.")
        words = _("Không ghi nhận tin, bài nào về giáo dục của tỉnh (%(when)s có %(n)d tin).")
        return words % {"when": when, "n": before}
    if before is None:
        words = _("Ghi nhận %(total)d tin, bài về giáo dục; %(tone)s.")
        return words % {"total": total, "tone": _tone_words(total, numbers["neg"])}
    if not before:
        went = _("%(when)s không có tin nào")
    elif total > before:
        went = _("tăng %(n)d tin so với %(when)s")
    elif total < before:
        went = _("giảm %(n)d tin so với %(when)s")
    else:
        went = _("bằng %(when)s")
    words = _("Ghi nhận %(total)d tin, bài về giáo dục (%(went)s); %(tone)s.")
    went = went % {"n": abs(total - before), "when": when}
    return words % {"total": total, "went": went, "tone": _tone_words(total, numbers["neg"])}


def beside_words(kind: Kind, back: int) -> str:
    """What the figures are laid beside, as one says it."""
    if kind == Kind.DAY:
        return _("cùng kỳ tuần trước") if back == 1 else _("cùng kỳ %(n)d tuần trước") % {"n": back}
    return _("cùng kỳ tháng trước") if back == 1 else _("cùng kỳ %(n)d tháng trước") % {"n": back}


def _tone_words(total: int, negative: int) -> str:
    """How much of it is negative: a share of many, of few their number."""
    if not negative:
        return _("không tin nào tiêu cực")
    if negative == total:
        return _("cả %(n)d tin đều tiêu cực") % {"n": total} if total > 1 else _("tin này tiêu cực")
    share = round(100 * negative / total)
    if total < FEW or not 0 < share < 100:
        return _("%(n)d trong %(total)d tin tiêu cực") % {"n": negative, "total": total}
    return _("%(share)d%% mang sắc thái tiêu cực") % {"share": share}


def opening_of(numbers: dict[str, Any]) -> str:
    """The sentence that was made of figures when they were frozen."""
    if "opening" in numbers:
        return str(numbers["opening"])
    # Frozen before the sentence was kept with them.
    total, change = numbers["total"], numbers["total"] - numbers["before"]
    if not total:
        return _("Không ghi nhận tin, bài nào về giáo dục của tỉnh.")
    went = _("không đổi")
    if change:
        went = (_("tăng %(n)d tin") if change > 0 else _("giảm %(n)d tin")) % {"n": abs(change)}
    words = _(
        "Ghi nhận %(total)d tin, bài về giáo dục (%(went)s so với kỳ trước); %(share)d%% mang sắc thái tiêu cực."
    )
    return words % {"total": total, "went": went, "share": round(100 * numbers["neg"] / total)}


def title_of(digest: Digest) -> str:
    """What stands under BÁO CÁO."""
    if digest.kind == Kind.DAY:
        return _("Điểm báo về giáo dục ngày %(day)s") % {"day": digest.day.strftime("%d/%m/%Y")}
    return _("Tình hình dư luận về giáo dục tháng %(month)s") % {"month": digest.day.strftime("%m/%Y")}
