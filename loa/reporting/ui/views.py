"""Progress: the board of a plan, what one unit owes, the proofs behind a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from loa.core import clock, downloads
from loa.core.errors import AppError
from loa.lib import typed
from loa.newsroom.access import visible_stories
from loa.newsroom.answers import addresses_of
from loa.org.access import can
from loa.org.models import KIND_LABELS, Unit
from loa.org.rules import Kind
from loa.org.selectors import names_on
from loa.plans.models import Plan
from loa.plans.selectors import plans_binding
from loa.reporting import access
from loa.reporting.models import Evidence
from loa.reporting.selectors.board import (
    Board,
    board,
    by_child,
    coverage_of_the_minute,
    coverage_rows,
    filtered,
    whole_board,
)
from loa.reporting.selectors.lines import Stretch, line_of
from loa.reporting.selectors.obligations import evidence_for, owing_of, unit_obligations
from loa.reporting.selectors.structure import NOW, THEN, reorganised
from loa.reporting.services import evidence as services
from loa.reporting.ui.export import board_workbook
from loa.reporting.ui.forms import EvidenceForm, RefuseForm

PER_PAGE = 40
#: units directly below that the topic page lists, lowest rate first; all of them are on the board
MOST_GROUPS = 60
STATES = ("late", "behind", "on_track")


def _chosen_plan(request: HttpRequest, top: Unit) -> tuple[Plan | None, list[Plan]]:
    """The plan asked for, or the one that asks the most of the unit now; and those one may choose from."""
    binding = plans_binding(top)
    wanted = typed.whole(request.GET.get("ke-hoach") or request.POST.get("ke-hoach"))
    if wanted is not None:
        chosen = access.issued_plans_for(request.user).filter(pk=wanted).select_related("unit").first()
    else:
        chosen = binding[0].plan if binding else None
    return chosen, [one.plan for one in binding if one.asks or one.plan == chosen]


def _day(request: HttpRequest, plan: Plan) -> dt.date:
    """The day the board is looked at: today, or the last day of a chosen month of the plan."""
    today = clock.today()
    first = typed.month(request.GET.get("thang"))
    if first is None:
        return min(max(today, plan.starts_on or today), plan.ends_on or today)
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return min(last, plan.ends_on or last, today) if first <= today else last


def _top(request: HttpRequest) -> Unit:
    wanted = typed.whole(request.GET.get("don-vi") or request.POST.get("don-vi"))
    if wanted is not None:
        return access.unit_for_progress(request.user, wanted)
    tops = access.tops_for(request.user)
    if not tops:
        raise Http404
    return tops[0]


@login_required
def progress(request: HttpRequest) -> HttpResponse:
    """The board: who is late, who is behind, who is on track; for the person's unit and all below."""
    top = _top(request)
    plan, plans = _chosen_plan(request, top)
    if plan is None:
        return render(request, "reporting/progress_empty.html", {"top": top})
    result = _board(request, plan, top)
    alone = all(row.unit_id == top.pk for row in result.rows)
    if alone and not request.GET.get("q") and not request.GET.get("loai"):
        # A unit without units below looks at what it owes itself.
        return redirect("reporting:unit", pk=top.pk)
    shown = request.GET.get("tinhtrang", "")
    rows = getattr(result, shown) if shown in STATES else result.rows
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    kinds = sorted({row.kind for row in result.rows})
    # Thousands of schools have like names: whose it is stands below, but for those right below the board's unit.
    places = names_on({row.parent_id for row in page if row.parent_id and row.parent_id != top.pk}, result.day)
    context = {
        "plan": plan,
        "plans": plans,
        "top": top,
        "board": result,
        "page": page,
        "lines": [(row, places.get(row.parent_id or 0, "")) for row in page],
        "shown": shown,
        "query": request.GET.get("q", ""),
        "kind": request.GET.get("loai", ""),
        "kinds": [(kind, KIND_LABELS[Kind(kind)]) for kind in kinds],
        "month": request.GET.get("thang", ""),
        "months": _months(plan),
        "directive": request.GET.get("viec", ""),
        "directives": plan.directives.filter(valid_to=None).only("pk", "title"),
        "may_judge": access.may_judge(request.user, top),
        "reorganised": reorganised(top, plan.starts_on or result.day, clock.today()),
    }
    return render(request, "reporting/progress.html", context)


def _board(request: HttpRequest, plan: Plan, top: Unit) -> Board:
    directive, day = typed.whole(request.GET.get("viec")), _day(request, plan)
    query, kind = request.GET.get("q", ""), request.GET.get("loai", "")
    if directive is not None:
        return board(
            plan, top=top, day=day, query=query, kind=kind, directive=directive, structure=_structure(request)
        )
    return filtered(whole_board(plan, top=top, day=day, structure=_structure(request)), query=query, kind=kind)


def _structure(request: HttpRequest) -> str:
    """Units merged or moved since: as they stood on the day of the board, or as they stand now."""
    return NOW if request.GET.get("co-cau") == "nay" else THEN


def _months(plan: Plan) -> list[tuple[str, str]]:
    from loa.reporting.selectors.board import months_of

    today = clock.today()
    return [(f"{m:%Y-%m}", f"{m.month}/{m.year}") for m in reversed(months_of(plan)) if m <= today]


@login_required
def topics(request: HttpRequest) -> HttpResponse:
    """By topic and month: which topic nobody covers; and by the units directly below."""
    top = _top(request)
    plan, plans = _chosen_plan(request, top)
    if plan is None:
        return render(request, "reporting/progress_empty.html", {"top": top})
    result = whole_board(plan, top=top, day=_day(request, plan))
    lines = coverage_of_the_minute(plan, top=top)
    context = {
        "plan": plan,
        "plans": plans,
        "top": top,
        "rows": coverage_rows(lines, own=top.pk == plan.unit_id),
        "groups": by_child(result, top)[:MOST_GROUPS],
        "board": result,
        "gaps": [line.topic for line in lines if line.present is not None and not line.present.count],
    }
    return render(request, "reporting/topics.html", context)


@login_required
def export(request: HttpRequest) -> HttpResponseBase:
    """The board as it stands on screen, as .xlsx."""
    top = _top(request)
    plan, _others = _chosen_plan(request, top)
    if plan is None:
        raise Http404
    result = _board(request, plan, top)
    return FileResponse(
        board_workbook(result),
        as_attachment=True,
        filename=f"tien-do-{result.day:%Y-%m-%d}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


@login_required
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind the chosen units, or all that are late."""
    top = _top(request)
    plan, _others = _chosen_plan(request, top)
    if plan is None:
        raise Http404
    chosen = {pk for text in request.POST.getlist("chon") if (pk := typed.whole(text)) is not None}
    if not chosen:
        chosen = {row.unit_id for row in board(plan, top=top).late}
    units = list(Unit.objects.filter(pk__in=chosen))
    told = services.remind(actor=request.user, plan=plan, units=units, text=request.POST.get("loi-nhan", ""))
    if told:
        text = ngettext("Đã nhắc %(n)s đơn vị.", "Đã nhắc %(n)s đơn vị.", len(units)) % {"n": len(units)}
        messages.success(request, text)
    else:
        messages.info(request, _("Các đơn vị này đã được nhắc hôm nay hoặc chưa có người nhận."))
    back = request.POST.get("ve", "")
    return redirect(back if back.startswith("/lam-viec/") else "reporting:progress")


@login_required
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's notebook page: what it owes, what it has done, by directive and period."""
    target = access.unit_for_progress(request.user, pk)
    obligations = unit_obligations(target)
    by_directive: dict[int, dict[str, Any]] = {}
    for item in obligations:
        entry = by_directive.setdefault(item.directive.line_id_of, {"slots": []})
        entry["directive"] = item.directive
        entry["slots"].append(item)
    context = {
        "unit": target,
        "owing": owing_of(target, obligations, clock.today()),
        "directives": sorted(by_directive.values(), key=lambda entry: entry["directive"].pk),
        "may_add": can(request.user, "evidence.add", target.pk),
        "below": Unit.objects.filter(parent=target, closed_on=None).exists(),
    }
    return render(request, "reporting/unit.html", context)


def _stretch(directive: Any, start: str) -> Stretch:
    """The slot starting on that day, of whichever version of the directive owns it now."""
    for stretch in line_of(directive, clock.today()).stretches():
        if stretch.slot.start.isoformat() == start:
            return stretch
    raise Http404


def _linked(user: Any, found: Iterable[Evidence]) -> list[tuple[Evidence, str]]:
    """Each proof with the page of its story: here for who may read it here, else where everybody reads it."""
    evidence = list(found)
    stories = [one.story for one in evidence if one.story]
    public = addresses_of(stories)
    inside = set(visible_stories(user).filter(pk__in=[story.pk for story in stories]).values_list("pk", flat=True))
    links = {**public, **{pk: reverse("newsroom:story", args=[pk]) for pk in inside}}
    return [(one, links.get(one.story_id or 0, "")) for one in evidence]


@login_required
def proofs(request: HttpRequest, pk: int, directive: int, start: str) -> HttpResponse:
    """The proofs behind one figure, and the form to add one."""
    target = access.unit_for_progress(request.user, pk)
    item = access.directive_for_progress(request.user, target, directive)
    stretch = _stretch(item, start)
    item, slot = stretch.directive, stretch.slot
    may_add = can(request.user, "evidence.add", target.pk)
    form = EvidenceForm(request.POST or None, request.FILES or None, proof=item.proof)
    if request.method == "POST" and may_add and form.is_valid():
        data = form.cleaned_data
        try:
            services.evidence_add(actor=request.user, unit=target, directive=item, slot=slot, **data)
        except AppError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã ghi nhận minh chứng."))
            return redirect(request.path)
    obligation = next(
        (
            o
            for o in unit_obligations(target, plan=item.plan)
            if o.directive.pk == item.pk and o.slot.start == slot.start
        ),
        None,
    )
    context = {
        "unit": target,
        "directive": item,
        "slot": slot,
        "obligation": obligation,
        "evidence": _linked(request.user, evidence_for(target, item, slot)),
        "form": form,
        "may_add": may_add,
        "may_judge": access.may_judge(request.user, target),
    }
    return render(request, "reporting/proofs.html", context, status=422 if form.errors else 200)


@login_required
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a proof does not count, and why."""
    evidence = access.evidence_for_view(request.user, pk)
    form = RefuseForm(request.POST or None)
    back = ("reporting:proofs", evidence.unit_id, evidence.directive_id, evidence.slot.isoformat())
    if request.method == "POST" and form.is_valid():
        try:
            services.evidence_refuse(actor=request.user, evidence=evidence, reason=form.cleaned_data["reason"])
        except AppError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Minh chứng này không còn được tính; đơn vị đã được báo lý do."))
            return redirect(*back)
    context = {"evidence": evidence, "form": form}
    return render(request, "reporting/refuse.html", context, status=422 if form.errors else 200)


@login_required
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file behind a proof; always as a download, never rendered in our origin."""
    evidence = access.evidence_for_view(request.user, pk)
    if not evidence.file:
        raise Http404
    return downloads.stored(evidence.file, f"minh-chung-{evidence.pk}")
