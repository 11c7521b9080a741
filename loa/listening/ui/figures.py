"""Screens of figures: topics, units, communes, shares of voice, whether our answers answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.core import charts, clock
from loa.listening import access, selectors
from loa.listening.figures import compare, read
from loa.listening.figures.read import EVERYTHING, About, Days, Tones
from loa.listening.figures.write import meant, topic
from loa.listening.models import OUTLET_LABELS, TONE_LABELS
from loa.listening.rules import Outlet, Tone
from loa.listening.selectors import StreamFilter
from loa.listening.texts import CHANGES
from loa.listening.themes import topic_names
from loa.listening.ui import book
from loa.listening.ui.common import UnitFilter, require_read, rows, topics_listed, written_down
from loa.org.access import unit_for_read, units_readable
from loa.org.models import Unit
from loa.org.selectors import below

#: lengths of time one may look at, in days
PERIODS = (7, 30, 90, 365)
USUAL = 90
#: tones in the order they are stacked, and their colours in ui.css
STACK = (Tone.NEG, Tone.NEU, Tone.POS)
COLOURS = (3, 6, 1)


@dataclass(frozen=True)
class Period:
    """The days that are looked at: today and those before."""

    days: int
    first: dt.date
    last: dt.date

    @property
    def before(self) -> tuple[dt.date, dt.date]:
        """As many days before that."""
        return self.first - dt.timedelta(days=self.days), self.first - dt.timedelta(days=1)

    @property
    def choices(self) -> tuple[int, ...]:
        return PERIODS


def period_of(request: HttpRequest) -> Period:
    """`?ky=`: 7, 30, 90 or 365 days."""
    wanted = request.GET.get("ky", "")
    days = int(wanted) if wanted in {str(days) for days in PERIODS} else USUAL
    last = clock.today()
    return Period(days, last - dt.timedelta(days=days - 1), last)


def stretches(days: Days, period: Period) -> list[tuple[str, dt.date, Tones]]:
    """The days as a chart shows them: single days, weeks or months, with their labels."""
    if period.days <= 31:
        return [(day.strftime("%d/%m"), day, tones) for day, tones in days.days.items()]
    if period.days <= 120:
        return [(day.strftime("%d/%m"), day, tones) for day, tones in days.grouped(7)]
    return [(f"{month.month:02d}/{month.year % 100:02d}", month, tones) for month, tones in days.by_month()]


def tone_chart(days: Days, period: Period, title: str, answers: Sequence[Any] = ()) -> SafeString:
    """Columns by tone; a mark under each stretch in which we published something."""
    parts = stretches(days, period)
    starts = [start for _label, start, _tones in parts]
    marks: dict[int, str] = {}
    for answer in answers:
        day = clock.local(answer.at).date()
        at = max((number for number, start in enumerate(starts) if start <= day), default=None)
        if at is not None:
            marks[at] = _("Đã đăng %(day)s: %(title)s") % {"day": day.strftime("%d/%m"), "title": answer.title}
    return charts.columns(
        [label for label, _start, _tones in parts],
        [(str(TONE_LABELS[tone]), [getattr(tones, tone) for _label, _start, tones in parts]) for tone in STACK],
        title=title,
        colours=COLOURS,
        marks=marks,
    )


def tone_keys() -> SafeString:
    """The key of `tone_chart`."""
    return charts.keys([str(TONE_LABELS[tone]) for tone in STACK], COLOURS)


#: heads of `_counts`
COUNTED = (gettext_lazy("Số tin"), gettext_lazy("Tiêu cực"), gettext_lazy("Trung tính"), gettext_lazy("Tích cực"))


def _counts(tones: Tones) -> tuple[int, int, int, int]:
    return tones.total, tones.neg, tones.neu, tones.pos


def _figures(
    name: str,
    title: str,
    period: Period,
    heads: Sequence[Any],
    lines: Sequence[Sequence[Any]],
    *,
    widths: Sequence[int] = (44,),
    others: Sequence[book.Sheet] = (),
    said: Sequence[str] = (),
) -> HttpResponse:
    """The figures of a page as a workbook; figures hold no words of people, so that nothing is written down."""
    days = _("Từ %(a)s đến %(b)s") % {
        "a": period.first.strftime("%d/%m/%Y"),
        "b": period.last.strftime("%d/%m/%Y"),
    }
    first = book.Sheet(title, heads, lines, said=[days, *said, book.taken_at()], widths=widths)
    return book.workbook(f"du-luan-{name}", [first, *others])


def _percent(part: int, whole: int) -> float | None:
    """A part of a whole, to a tenth of a percent; None when there is nothing."""
    return round(100 * part / whole, 1) if whole else None


def _outlets(days: Days) -> list[tuple[str, int]]:
    return [
        (str(OUTLET_LABELS[Outlet(code)]), n) for code, n in days.outlets.most_common(8) if code in set(Outlet)
    ]


def _named_units(counts: Sequence[tuple[int, int]]) -> list[tuple[Unit, int]]:
    units = Unit.objects.in_bulk([pk for pk, _n in counts])
    return [(units[pk], n) for pk, n in counts if pk in units]


# — topics —————————————————————————————————————————————————————————————————————————————


@login_required
def topics(request: HttpRequest) -> HttpResponse:
    """All topics: how much, more or less than before, how much of it negative."""
    require_read(request.user)
    period = period_of(request)
    now = read.by_topic(request.user, period.first, period.last)
    before = read.by_topic(request.user, *period.before)
    spark_days = compare.topics_daily(request.user, period.last - dt.timedelta(days=29), period.last)
    listed: list[dict[str, Any]] = [
        {
            "code": code,
            "name": name,
            "tones": now.get(code, Tones()),
            "before": before.get(code, Tones()).total,
            "spark": charts.spark(
                spark_days.get(code, [0] * 30),
                title=_("%(name)s, từng ngày trong 30 ngày") % {"name": name},
                hot=None,
            ),
        }
        for code, name in topics_listed()
    ]
    listed.sort(key=lambda row: -row["tones"].total)
    if book.wanted(request):
        lines = [(row["name"], *_counts(row["tones"]), row["before"]) for row in listed]
        return _figures("chu-de", _("Dư luận theo chủ đề"), period, [_("Chủ đề"), *COUNTED, _("Kỳ trước")], lines)
    return render(
        request,
        "listening/topics.html",
        {
            "listed": listed,
            "period": period,
            "here": "topics",
            "may_manage": (keeps := access.keeps_all(request.user)),
            "from_plans": len(selectors.plan_themes(request.user)) if keeps else 0,
        },
    )


@login_required
def topic_page(request: HttpRequest, code: str) -> HttpResponse:
    """One topic: over time, in which tone, where, who wrote, what we published."""
    require_read(request.user)
    name = topic_names().get(code)
    if name is None:
        raise Http404
    about, period = About(topic=code), period_of(request)
    answers = compare.answers(topic(code), period.first, period.last)
    company = read.company(request.user, about, period.first, period.last)
    context = _about(request, about, period, name, answers, company)
    context |= {
        "name": name,
        "code": code,
        "units": _named_units(company.units.most_common(10)),
        "stream_params": {"chu-de": code},
        "here": "topics",
    }
    if book.wanted(request):
        beside = _("Đơn vị được nhắc cùng"), [(one.name, n) for one, n in context["units"]], company.newest
        return _about_book(f"chu-de-{code}", name, context, [beside])
    context["rows"] = _first_rows(request, StreamFilter(topic=code))
    return render(request, "listening/topic.html", context)


def _about(
    request: HttpRequest, about: About, period: Period, name: str, answers: Sequence[Any], company: read.Company
) -> dict[str, Any]:
    """What the pages of a topic and of a unit share. Some ten queries."""
    days = read.daily(request.user, about, period.first, period.last)
    return {
        "period": period,
        "whole": days.whole,
        "before": read.daily(request.user, about, *period.before, outlets=False).whole,
        "chart": tone_chart(days, period, _("%(name)s theo thời gian") % {"name": name}, answers),
        "keys": tone_keys(),
        "stretches": stretches(days, period),
        "kinds": _outlets(days),
        "writers": company.outlets.most_common(10),
        "newest": company.newest,
        "answers": answers,
    }


def _about_book(
    name: str, title: str, context: dict[str, Any], ranked: Sequence[tuple[str, Sequence[tuple[str, int]], int]]
) -> HttpResponse:
    """The figures of the page of a topic or a unit: over time, who wrote, `ranked` (title, lines, so many newest
    items they were counted in, 0: all), what was published.
    """
    period, whole, newest = context["period"], context["whole"], context["newest"]
    said = [_("%(n)d tin; kỳ trước %(m)d") % {"n": whole.total, "m": context["before"].total}]
    if context.get("everything"):
        said.append(_("Tính mọi tin về giáo dục, cả tin không nêu tên đơn vị"))
    days = [(start, *_counts(tones)) for _label, start, tones in context["stretches"]]
    lists = [(_("Ai viết"), context["writers"], newest), (_("Loại nguồn"), context["kinds"], 0), *ranked]
    others = [
        book.Sheet(
            head,
            [head, _("Số tin")],
            lines,
            said=[_("trong %(n)d tin mới nhất") % {"n": sample}] if sample else [],
        )
        for head, lines, sample in lists
    ]
    told = [(answer.title, answer.unit.name, answer.at) for answer in context["answers"]]
    others.append(
        book.Sheet(_("Ngành đã đăng"), [_("Bài"), _("Đơn vị"), _("Ngày đăng")], told, widths=(60, 34, 17))
    )
    return _figures(name, title, period, [_("Từ ngày"), *COUNTED], days, widths=(20,), others=others, said=said)


def _first_rows(request: HttpRequest, wanted: StreamFilter) -> list[Any]:
    """The newest items, those most written about first where there are cases."""
    page = selectors.page(request.user, wanted, 1, per_page=8)
    written_down(request, page.items)
    return rows(page)


# — units ——————————————————————————————————————————————————————————————————————————————


@login_required
def units(request: HttpRequest) -> HttpResponse:
    """Units that were spoken of, the most spoken of first; any other by name."""
    require_read(request.user)
    form = UnitFilter(request.GET if request.GET.get("ten_don_vi") else None, user=request.user)
    if form.is_bound and form.is_valid() and form.cleaned_data["ten_don_vi"]:
        return redirect("listening:unit", form.cleaned_data["ten_don_vi"].pk)
    period = period_of(request)
    now = read.by_unit(request.user, period.first, period.last)
    most = sorted(now, key=lambda pk: (-now[pk].total, -now[pk].neg))[:100]
    before = read.by_unit(request.user, *period.before, only=most)
    named = units_readable(request.user).select_related("parent").in_bulk(most)
    listed: list[dict[str, Any]] = [
        {"unit": named[pk], "tones": now[pk], "before": before.get(pk, Tones()).total}
        for pk in most
        if pk in named
    ]
    if book.wanted(request):
        lines = [
            (
                row["unit"].name,
                row["unit"].parent.name if row["unit"].parent else "",
                *_counts(row["tones"]),
                row["before"],
            )
            for row in listed
        ]
        heads = [_("Đơn vị"), _("Thuộc"), *COUNTED, _("Kỳ trước")]
        return _figures("don-vi", _("Đơn vị được nhắc đến"), period, heads, lines, widths=(44, 34))
    return render(
        request,
        "listening/units.html",
        {"listed": listed, "form": form, "period": period, "count": len(now), "here": "units"},
    )


@login_required
def unit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit, with all below it: over time, in which tone, about what, who wrote, what was published."""
    require_read(request.user)
    unit = unit_for_read(request.user, pk)
    period = period_of(request)
    inside = list(below(unit).order_by().values_list("pk", flat=True)[: selectors.MOST_UNITS + 1])
    # Past counting them one by one it is the whole province: all that is heard.
    about = EVERYTHING if len(inside) > selectors.MOST_UNITS else About(units=tuple(inside) or (unit.pk,))
    answers = compare.answers(meant(unit.pk), period.first, period.last)
    company = read.company(request.user, about, period.first, period.last)
    context = _about(request, about, period, unit.short_name, answers, company)
    names = topic_names()
    branch = len(inside) > 1
    context |= {
        "unit": unit,
        "branch": branch,
        "topics": [(code, names.get(code, code), n) for code, n in company.topics.most_common(8)],
        "units": _named_units(_inside(request.user, unit, about, period)) if branch else [],
        "stream_params": {"vung" if branch else "don-vi": unit.pk} if about.units else {},
        "everything": not about.units,
        "most_units": selectors.MOST_UNITS,
        "here": "units",
    }
    if book.wanted(request):
        said = _("Nói về việc gì"), [(name, n) for _code, name, n in context["topics"]], company.newest
        inner = _("Đơn vị bên dưới"), [(one.name, n) for one, n in context["units"]], 0
        return _about_book(f"don-vi-{unit.pk}", unit.name, context, [said, *([inner] if branch else [])])
    context["rows"] = _first_rows(request, _filter_of(unit, about, branch))
    return render(request, "listening/unit.html", context)


def _inside(user: Any, unit: Unit, about: About, period: Period) -> list[tuple[int, int]]:
    """The ten units below that were named most, with how often in the whole time."""
    found = read.by_unit(user, period.first, period.last, only=about.units or None)
    named = [(pk, tones.total) for pk, tones in found.items() if pk != unit.pk and tones.total]
    return sorted(named, key=lambda one: (-one[1], one[0]))[:10]


def _filter_of(unit: Unit, about: About, branch: bool) -> StreamFilter:
    if not about.units:
        return StreamFilter()
    return StreamFilter(region=unit.pk) if branch else StreamFilter(unit=unit.pk)


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Communes side by side: the more is said, the darker; where most of it is negative, a mark."""
    require_read(request.user)
    period = period_of(request)
    found = compare.branches(request.user, period.first, period.last)
    near = compare.side_by_side(found)
    by_name = near is None or request.GET.get("xep") == "ten"
    if near is not None and not by_name:
        found = near
    most = max((branch.tones.total for branch in found), default=0)
    tiles = [
        {
            "branch": branch,
            "level": 0 if not branch.tones.total else min(4, 1 + int(4 * branch.tones.total / (most + 1))),
            "sour": branch.tones.total >= 3 and branch.tones.negative_share >= 50,
        }
        for branch in found
    ]
    if book.wanted(request):
        lines = [(branch.unit.name, *_counts(branch.tones)) for branch in found]
        return _figures("dia-ban", _("Dư luận theo địa bàn"), period, [_("Xã, phường"), *COUNTED], lines)
    quiet = sum(1 for tile in tiles if not tile["level"])
    return render(
        request,
        "listening/board.html",
        {
            "tiles": tiles,
            "period": period,
            "quiet": quiet,
            "most": most,
            "by_name": by_name,
            "may_choose": near is not None,
            "here": "board",
        },
    )


# — beside each other ——————————————————————————————————————————————————————————————————


@login_required
def voices(request: HttpRequest) -> HttpResponse:
    """Share of voice of topics, or of sorts of outlets, and tone over time."""
    require_read(request.user)
    period = period_of(request)
    names = topic_names()
    chosen = [code for code in request.GET.getlist("chu-de") if code in names][:5]
    if not chosen:
        found = read.by_topic(request.user, period.first, period.last)
        chosen = sorted((code for code in found if code in names), key=lambda code: -found[code].total)[:5]
    everything = read.daily(request.user, EVERYTHING, period.first, period.last)
    laid = compare.voices(
        request.user, [(code, names[code], About(topic=code)) for code in chosen], period.first, period.last
    )
    if book.wanted(request):
        whole = everything.whole.total
        shares = [
            (voice.name, *_counts(voice.whole), voice.before, _percent(voice.whole.total, whole)) for voice in laid
        ]
        days = [(start, *_counts(tones)) for _label, start, tones in stretches(everything, period)]
        kinds = book.Sheet(_("Tiếng nói của ai"), [_("Loại nguồn"), _("Số tin")], _outlets(everything))
        by_day = book.Sheet(_("Mọi tin theo thời gian"), [_("Từ ngày"), *COUNTED], days, widths=(14,))
        heads = [_("Chủ đề"), *COUNTED, _("Kỳ trước"), _("Phần của mọi tin (%)")]
        said = [_("Mọi tin trong kỳ: %(n)d. Một tin có thể thuộc nhiều chủ đề.") % {"n": whole}]
        others = [by_day, kinds]
        return _figures("so-sanh", _("Phần của từng chủ đề"), period, heads, shares, others=others, said=said)
    parts = [stretches(voice.days, period) for voice in laid]
    lines = (
        charts.lines(
            [label for label, _start, _tones in parts[0]],
            [
                (voice.name, [tones.total for _label, _start, tones in part])
                for voice, part in zip(laid, parts, strict=True)
            ],
            title=_("Số tin theo chủ đề"),
        )
        if parts
        else ""
    )
    return render(
        request,
        "listening/voices.html",
        {
            "period": period,
            "voices": laid,
            "lines": lines,
            "line_keys": charts.keys([voice.name for voice in laid], of_lines=True),
            "tones": tone_chart(everything, period, _("Sắc thái của mọi tin theo thời gian")),
            "keys": tone_keys(),
            "stretches": stretches(everything, period),
            "whole": everything.whole,
            "kinds": _outlets(everything),
            "all_topics": topics_listed(),
            "chosen": chosen,
            "here": "voices",
        },
    )


@login_required
def answered(request: HttpRequest) -> HttpResponse:
    """What we published about topics that were much spoken of, and what was said in the week after."""
    require_read(request.user)
    period = period_of(request)
    only = request.GET.get("chu-de", "")
    found = compare.effects(request.user, period.first, period.last, only=only if only in topic_names() else "")
    names = topic_names()
    if book.wanted(request):
        heads = [
            _("Bài đã đăng"), _("Đơn vị"), _("Ngày đăng"), _("Chủ đề"), _("7 ngày trước"), _("Tiêu cực trước"),
            _("7 ngày sau"), _("Tiêu cực sau"), _("Lượng tin"),
        ]  # fmt: skip
        lines = [
            (
                one.answer.title, one.answer.unit.name, one.answer.at, names.get(one.topic, one.topic),
                one.before.total, one.before.neg, one.after.total, one.after.neg, CHANGES[one.change][0],
            )
            for one in found
        ]  # fmt: skip
        return _figures("tra-loi", _("Trả lời có tác dụng không"), period, heads, lines, widths=(60, 34, 16, 30))
    return render(
        request,
        "listening/answered.html",
        {
            "period": period,
            "effects": [
                {
                    "one": one,
                    "topic": names.get(one.topic, one.topic),
                    "words": CHANGES[one.change],
                    "tone": one.tone,
                }
                for one in found
            ],
            "all_topics": topics_listed(),
            "only": only,
            "may_compare": compare.may_compare(request.user),
            "here": "answered",
        },
    )
