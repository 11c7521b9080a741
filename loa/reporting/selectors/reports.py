"""What a report says and where each figure comes from. Counted afresh until the report is sent, frozen then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from loa.core import clock
from loa.lib.calendar import Period
from loa.lib.typed import whole
from loa.newsroom.answers import addresses_of
from loa.newsroom.models import Story
from loa.org.access import units_where
from loa.org.models import Unit
from loa.plans.models import Directive, Plan
from loa.plans.rules import Proof
from loa.plans.selectors import leading_plan
from loa.plans.selectors.families import heads, within
from loa.plans.texts import due_day_words
from loa.reporting import report_rules as rules
from loa.reporting.access import reports_at, reports_visible
from loa.reporting.models import Evidence, Report
from loa.reporting.rules import State
from loa.reporting.selectors.board import by_child, whole_board
from loa.reporting.selectors.obligations import Obligation, unit_obligations
from loa.reporting.selectors.report_document import period_of_report
from loa.reporting.selectors.structure import THEN, between, bodies, reorganised, stories_below, stories_of

#: stories listed in the appendix; of more, only how many is said
LISTED_STORIES = 300

OWN_LABELS = {"sessions": _lazy("Buổi truyền thông tại đơn vị")}


def figures_of(report: Report) -> dict[str, Any]:
    """The report's figures: as frozen when it was sent, else counted now."""
    if report.status in rules.EDITABLE:
        return count_figures(report)
    return report.figures


def structure_of(report: Report) -> str:
    """Whether units merged or moved in the year count as they stood then or as they stand now (`structure`)."""
    return report.texts.get("structure", THEN)


def count_figures(report: Report) -> dict[str, Any]:
    """Count everything the report says, up to its last day (or today). A fixed number of queries (a few more for
    each unit this one carries on for, where it is told so).

    The answer is JSON: `rows` (each with `code`, `label`, `note`, `now`, `now_of`, `total`, `total_of`, `own`),
    `topics`, `stories`, `late`, `units`, the column titles `period` and `year`, `as_of`, and `structure`: empty
    where no unit was merged or moved in the year, so that both ways of counting give the same.
    """
    period = period_of_report(report)
    year_start, year_label = rules.year_span(period)
    last = min(period.end, clock.today())
    unit = report.unit
    # Asked as of today (what was due on the period's last day is late only afterwards), for slots begun by then.
    owing = unit_obligations(unit, plan=report.plan) if report.plan else []
    obligations = [o for o in owing if o.slot.start <= last]
    structure = structure_of(report)
    whose = bodies([unit.pk], structure)[unit.pk]
    inherited = [
        o
        for gone in Unit.objects.filter(pk__in=whose[1:])
        for o in (unit_obligations(gone, plan=report.plan) if report.plan else [])
        if o.slot.start <= last
    ]
    rolls_up = Unit.objects.filter(parent=unit).exists()
    rows = [_stories_row(report, year_start, period.start, last)]
    if rolls_up:
        rows.append(_below_row(report, year_start, period.start, last))
    rows += _directive_rows(whose, [*inherited, *obligations], year_start, period, last)
    rows += _clippings_row(whose, year_start, period.start, last)
    rows += _own_rows(report, whose, period)
    stories = stories_of(unit, period.start, last, structure)
    listed = list(stories.select_related("unit")[: LISTED_STORIES + 1])
    left = stories.count() - LISTED_STORIES if len(listed) > LISTED_STORIES else 0
    units, reach = _below(report, last) if rolls_up else ([], [])
    return {
        "as_of": clock.now().isoformat(),
        "period": rules.short_name(period)[0].upper() + rules.short_name(period)[1:],
        "year": year_label,
        # A report on a whole year needs no second column for the year.
        "single": period.kind in ("year", "school_year"),
        "structure": structure if reorganised(unit, year_start, last) else "",
        "rows": rows,
        "topics": _topic_rows(report, year_start, period.start, last),
        "stories": _story_lines(listed[:LISTED_STORIES]),
        "stories_left": left,
        "late": _late(obligations, period),
        "units": units,
        "reach": reach,
    }


def _row(
    code: str, label: str, now: int, total: int, *, now_of: int | None = None, total_of: int | None = None,
    note: str = "", own: bool = False,
) -> dict[str, Any]:  # fmt: skip
    return {
        "code": code,
        "label": label,
        "note": note,
        "now": now,
        "now_of": now_of,
        "total": total,
        "total_of": total_of,
        "own": own,
    }


def _stories_row(report: Report, year_start: dt.date, first: dt.date, last: dt.date) -> dict[str, Any]:
    counted = stories_of(report.unit, year_start, last, structure_of(report)).aggregate(
        now=Count("pk", filter=between("published_at", first, last)), total=Count("pk")
    )
    return _row(
        "stories", _("Tin, bài đã đăng"), counted["now"], counted["total"], note=_("bài đang duyệt chưa tính")
    )


def _below_row(report: Report, year_start: dt.date, first: dt.date, last: dt.date) -> dict[str, Any]:
    counted = stories_below(report.unit, year_start, last, structure_of(report)).aggregate(
        now=Count("pk", filter=between("published_at", first, last)), total=Count("pk")
    )
    return _row("below", _("Tin, bài của các đơn vị trực thuộc đã đăng"), counted["now"], counted["total"])


def _directive_rows(
    whose: Sequence[int], obligations: Iterable[Obligation], year_start: dt.date, period: Period, last: dt.date
) -> list[dict[str, Any]]:
    """One row a directive: what was done in the period, and what of the whole year's share is done."""
    by_directive: dict[int, list[Obligation]] = {}
    for obligation in obligations:
        by_directive.setdefault(obligation.directive.line_id_of, []).append(obligation)
    counted = {
        pk: (now, total)
        for pk, now, total in Evidence.objects.filter(
            unit__in=whose, directive__in=by_directive, refused_at=None, on__gte=year_start, on__lte=last
        )
        .order_by()
        .values_list("directive")
        .annotate(now=Count("pk", filter=Q(on__gte=period.start)), total=Count("pk"))
    }
    rows = []
    for pk, owing in by_directive.items():
        directive = owing[-1].directive  # in the words that hold now
        if directive.proof == Proof.REPORT:
            continue  # this report itself, and others like it
        inside = [o.owed for o in owing if period.start <= o.slot.start and o.slot.end <= period.end]
        of_year = [o.owed for o in owing if o.slot.end >= year_start]
        now, total = counted.get(pk, (0, 0))
        rows.append(
            _row(
                f"directive-{pk}",
                directive.title,
                now,
                total,
                now_of=sum(inside) if inside else None,
                total_of=sum(of_year) if of_year else None,
                note=_terms(directive),
            )
        )
    return rows


def _terms(directive: Directive) -> str:
    """A directive in few words, under its title: "mỗi tháng 2 tin, bài", "mỗi tuần 1 báo cáo, chậm nhất thứ Sáu",
    "hạn 31/05/2026".
    """
    names = {
        "week": _("mỗi tuần"),
        "month": _("mỗi tháng"),
        "quarter": _("mỗi quý"),
        "half_year": _("sáu tháng một lần"),
        "semester": _("mỗi học kỳ"),
        "year": _("mỗi năm"),
        "school_year": _("mỗi năm học"),
    }
    if directive.period in names:
        due = due_day_words({"period": directive.period, "due_day": directive.due_day})
        return f"{names[directive.period]} {directive.count} {directive.noun}{due}"
    return _("hạn %s") % directive.due_on.strftime("%d/%m/%Y") if directive.due_on else ""


def _clippings_row(
    whose: Sequence[int], year_start: dt.date, first: dt.date, last: dt.date
) -> list[dict[str, Any]]:
    """Pieces in the press, each counted once even where it proves several directives."""
    counted = Evidence.objects.filter(
        unit__in=whose, kind=Evidence.Kind.CLIPPING, refused_at=None, on__gte=year_start, on__lte=last
    ).aggregate(
        now=Count("fingerprint", distinct=True, filter=Q(on__gte=first)),
        total=Count("fingerprint", distinct=True),
    )
    if not counted["total"]:
        return []
    return [_row("clippings", _("Tin, bài báo chí đã đăng"), counted["now"], counted["total"])]


def _own_rows(report: Report, whose: Sequence[int], period: Period) -> list[dict[str, Any]]:
    """Figures the unit counts itself, summed up over its earlier reports of the same kind in the year."""
    year_start, _label = rules.year_span(period)
    earlier = Report.objects.filter(
        unit__in=whose, period=report.period, starts_on__gte=year_start, starts_on__lt=report.starts_on
    ).values_list("texts", flat=True)
    own = [(texts.get("own") or {}) for texts in earlier]
    rows = []
    for code in rules.OWN_FIGURES:
        now = int((report.texts.get("own") or {}).get(code) or 0)
        before = sum(int(values.get(code) or 0) for values in own)
        rows.append(_row(code, str(OWN_LABELS[code]), now, now + before, note=_("đơn vị tự ghi"), own=True))
    return rows


def _topic_rows(report: Report, year_start: dt.date, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Stories by topic of the plan, of the unit and of those below it; only topics with a story this year.

    Sub-topics are counted for the topic above them, copies in plans below for the topic they were taken from.
    """
    if report.plan is None:
        return []
    topics = list(report.plan.topics.filter(parent=None))
    heads_of = heads(topic.pk for topic in topics)
    sums: dict[int, list[int]] = {}
    # Two questions, each answered from an index alone; joined by OR, and with the table of topics, every story of
    # the year would be read.
    structure = structure_of(report)
    for stories in (
        stories_of(report.unit, year_start, last, structure),
        stories_below(report.unit, year_start, last, structure),
    ):
        counted = (
            stories.filter(topic__in=list(heads_of))
            .order_by()
            .values_list("topic")
            .annotate(now=Count("pk", filter=between("published_at", first, last)), total=Count("pk"))
        )
        for topic_id, now, total in counted:
            for head in heads_of[topic_id]:
                line = sums.setdefault(head, [0, 0])
                line[0] += now
                line[1] += total
    return [
        {"code": f"topic-{topic.pk}", "label": topic.title, "now": sums[topic.pk][0], "total": sums[topic.pk][1]}
        for topic in topics
        if topic.pk in sums
    ]


def _story_lines(stories: Sequence[Story]) -> list[dict[str, str]]:
    urls = addresses_of(stories)
    return [
        {
            "title": story.title,
            "kind": str(story.get_genre_display()),
            "on": clock.local(story.published_at).date().isoformat(),
            "url": urls.get(story.pk, ""),
        }
        for story in stories
        if story.published_at is not None
    ]


def _late(obligations: Iterable[Obligation], period: Period) -> list[dict[str, Any]]:
    """What was due by the end of the period and is missing, and what was done in it after its day."""
    return [
        {
            "label": o.directive.title,
            "slot": o.slot.label,
            "due": o.slot.due.isoformat(),
            "missing": o.missing,
        }
        for o in obligations
        if o.slot.due <= period.end
        and (o.state == State.OVERDUE or (o.state == State.LATE and o.slot.due >= period.start))
        and o.directive.proof != Proof.REPORT
    ]


def _below(report: Report, last: dt.date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """For a unit with others below it: one line for each directly below, summed over all that hangs on it; and
    one for each directive: how many units have met it in the slot of the last day, without debts from before."""
    if report.plan is None:
        return [], []
    result = whole_board(report.plan, top=report.unit, day=last, structure=structure_of(report))
    units = [
        {
            "label": group.name,
            "units": group.units,
            "done": group.done,
            "owed": group.owed,
            "rate": group.rate,
            "late": group.late,
        }
        for group in by_child(result, report.unit)
    ]
    reach = []
    for index, column in enumerate(result.columns):
        # A cell of an earlier slot is a debt: that unit has not met the directive.
        owing = [cell for row in result.rows if (cell := row.cells[index]) is not None]
        if not owing or column.directive.proof == Proof.REPORT:
            continue
        met = sum(1 for cell in owing if cell.slot == column.slot and cell.total >= cell.owed)
        reach.append(
            {
                "label": column.directive.title,
                "slot": column.slot.label or column.slot.due.strftime("%d/%m/%Y"),
                "met": met,
                "of": len(owing),
                "rate": 100 * met // len(owing),
            }
        )
    return units, reach


# ---- the evidence behind a figure


@dataclass(frozen=True)
class Proved:
    """One thing that was counted: a story or a proof, with the link that shows it."""

    title: str
    on: dt.date
    kind: str
    url: str
    in_period: bool


class Proofs:
    """What a figure was counted from, newest first, read page by page (it may be a whole province's year)."""

    def __init__(self, rows: QuerySet[Any], shown: Callable[[Any, dict[int, str]], Proved]) -> None:
        self.rows = rows
        self.shown = shown

    def _shown(self, rows: Iterable[Any]) -> list[Proved]:
        page = list(rows)
        stories = [row if isinstance(row, Story) else row.story for row in page]
        urls = addresses_of([story for story in stories if story is not None])
        return [self.shown(row, urls) for row in page]

    def count(self) -> int:
        return self.rows.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[Proved]:
        return self._shown(self.rows[wanted])

    def __iter__(self) -> Iterator[Proved]:
        return iter(self._shown(self.rows))


def proofs_behind(report: Report, code: str) -> Proofs:
    """What one figure was counted from; empty for a figure that is not counted or not known."""
    period = period_of_report(report)
    year_start, _label = rules.year_span(period)
    last = min(period.end, clock.today())
    kind, _dash, key = code.partition("-")
    number = whole(key) or 0

    def story(item: Story, urls: dict[int, str]) -> Proved:
        assert item.published_at is not None  # it was found by that date
        on = clock.local(item.published_at).date()
        title = item.title if item.unit_id == report.unit_id else f"{item.title} ({item.unit.short_name})"
        return Proved(title, on, str(item.get_genre_display()), urls.get(item.pk, ""), on >= period.start)

    def proof(item: Evidence, urls: dict[int, str]) -> Proved:
        url = urls.get(item.story_id, "") if item.story_id else item.url
        return Proved(item.title, item.on, str(item.get_kind_display()), url, item.on >= period.start)

    if code == "clippings" or kind == "directive":
        whose = bodies([report.unit_id], structure_of(report))[report.unit_id]
        found = Evidence.objects.filter(unit__in=whose, refused_at=None, on__gte=year_start, on__lte=last)
        if code == "clippings":
            found = found.filter(kind=Evidence.Kind.CLIPPING)
            firsts = found.order_by().values("fingerprint").annotate(first=Min("pk")).values("first")
            found = found.filter(pk__in=firsts)
        else:
            found = found.filter(directive=number)
        return Proofs(found.select_related("story__unit").order_by("-on", "-pk"), proof)
    stories = Story.objects.none()
    if code == "stories":
        stories = stories_of(report.unit, year_start, last, structure_of(report))
    elif code == "below":
        stories = stories_below(report.unit, year_start, last, structure_of(report))
    elif kind == "topic" and report.plan is not None:
        own = report.plan.topics.filter(pk=number).values_list("pk", flat=True)
        stories = stories_below(report.unit, year_start, last, structure_of(report), itself=True)
        stories = stories.filter(topic__in=within(own))
    return Proofs(stories.select_related("unit").order_by("-published_at", "-pk"), story)


# ---- lists


@dataclass(frozen=True)
class Offer:
    """A report a unit may begin now, or has begun already."""

    unit: Unit
    period: Period
    name: str
    report: Report | None
    due: dt.date | None


def plan_for(unit: Unit, period: Period) -> Plan | None:
    """The plan whose year the report belongs to: in force on the period's last day, what asks the most first."""
    return leading_plan(unit, min(period.end, clock.today()))


def asking_directive(unit: Unit, plan: Plan | None, period: Period) -> tuple[Directive | None, dt.date | None]:
    """The directive that asks for a report of that period, and the day it is due."""
    if plan is None:
        return None, None
    for obligation in unit_obligations(unit, plan=plan, day=period.end):
        directive, slot = obligation.directive, obligation.slot
        if directive.proof == Proof.REPORT and slot.start <= period.end and slot.end >= period.end:
            kind = directive.period or "year"
            if kind == period.kind or (kind in ("year", "school_year") and period.kind in ("year", "school_year")):
                return directive, slot.due
    return None, None


def reports_of(user: Any) -> QuerySet[Report]:
    """Reports of the person's own units and of those they carry on for, newest period first."""
    own = reports_at(units_where(user, "report.write")) | reports_at(units_where(user, "report.approve"))
    return (
        Report.objects.filter(own)
        .select_related("unit", "drafted_by")
        .order_by("-ends_on", "unit__sort_key", "pk")
    )


def reports_to_sign(user: Any) -> QuerySet[Report]:
    """What waits for this person's signature, longest first."""
    return (
        Report.objects.filter(reports_at(units_where(user, "report.approve")), status=Report.Status.SUBMITTED)
        .select_related("unit", "drafted_by")
        .order_by("submitted_at", "pk")
    )


def reports_received(user: Any) -> QuerySet[Report]:
    """Signed reports of units below, newest first."""
    own = Report.objects.filter(reports_at(units_where(user, "report.write")))
    return (
        reports_visible(user)
        .filter(status=Report.Status.APPROVED)
        .exclude(pk__in=own.values("pk"))
        .select_related("unit")
        .order_by("-approved_at", "-pk")
    )


def offers(user: Any) -> list[Offer]:
    """The month's report of each unit the person writes for, and the longer one of the season, begun or not."""
    day = clock.today()
    units = list(units_where(user, "report.write").filter(closed_on=None).order_by("sort_key")[:6])
    periods = [rules.period_at("month", day), rules.season_period(day)]
    begun = {
        (report.unit_id, report.period, report.starts_on): report
        for report in Report.objects.filter(
            unit__in=units, starts_on__in=[period.start for period in periods]
        ).select_related("unit")
    }
    found = []
    for unit in units:
        for period in periods:
            report = begun.get((unit.pk, period.kind, period.start))
            if report is not None and report.status == Report.Status.APPROVED:
                continue
            _directive, due = asking_directive(unit, plan_for(unit, period), period)
            found.append(Offer(unit, period, rules.short_name(period), report, due))
    return found
