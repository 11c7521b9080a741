"""The coverage matrix: plans of the units below against the plan above."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loa.lib.typed import whole
from loa.org.access import can, units_where
from loa.plans.models import Plan
from loa.plans.selectors import plans_binding
from loa.reporting import access
from loa.reporting.selectors.cascade import Matrix, chosen, matrix
from loa.reporting.services import cascade as services

PER_PAGE = 40
#: so many duties that some plan leaves out are listed
MOST_UNCOVERED = 8


def _plan(request: HttpRequest) -> Plan | None:
    """The chosen plan, or the one now in force, of a unit whose units below the person may see."""
    given = request.POST if request.method == "POST" else request.GET
    plans = (
        access.issued_plans_for(request.user)
        .filter(unit__in=units_where(request.user, "progress.read"))
        .select_related("unit")
    )
    wanted = whole(given.get("ke-hoach"))
    if wanted is not None:
        return plans.filter(pk=wanted).first()
    # A unit's own plan, not one of the many that were drawn up below it.
    tops = access.tops_for(request.user)
    binding = plans_binding(tops[0]) if tops else []
    return next((one.plan for one in binding if one.plan.unit_id == tops[0].pk), None) or plans.first()


def _may_remind(request: HttpRequest, plan: Plan) -> bool:
    return can(request.user, "plan.issue", plan.unit_id) or can(request.user, "evidence.judge", plan.unit_id)


@login_required
@require_GET
def below(request: HttpRequest) -> HttpResponse:
    """Which duty has no task below, which unit has no plan yet, which topic nobody covers this quarter."""
    plan = _plan(request)
    if plan is None:
        return render(request, "reporting/below_empty.html")
    result: Matrix = matrix(plan)
    shown, query = request.GET.get("tinhtrang", ""), request.GET.get("q", "")
    kind = request.GET.get("loai", "")
    rows, columns = chosen(result, shown=shown, query=query, kind=kind)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    heads = [result.columns[index] for index in columns]
    lines: list[dict[str, Any]] = [
        {"row": row, "cells": [(result.columns[index], row.cells[index]) for index in columns]} for row in page
    ]
    return render(
        request,
        "reporting/below.html",
        {
            "plan": plan,
            "matrix": result,
            "page": page,
            "heads": heads,
            "lines": lines,
            "shown": shown,
            "query": query,
            "kind": kind,
            "uncovered": result.uncovered()[:MOST_UNCOVERED],
            "empty_topics": [one for one in result.topics if one.empty],
            "may_remind": _may_remind(request, plan) and bool(result.without_plan),
        },
    )


@login_required
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind the units that have no plan yet."""
    plan = _plan(request)
    if plan is None:
        raise Http404
    units = [row.unit_id for row in matrix(plan).without_plan]
    told = services.remind_without_plan(actor=request.user, plan=plan, units=units)
    if told:
        messages.success(request, _("Đã nhắc %s người soạn kế hoạch.") % told)
    else:
        messages.info(request, _("Các đơn vị này đã được nhắc hôm nay hoặc chưa có người nhận."))
    return redirect(f"{reverse('reporting:below')}?ke-hoach={plan.pk}")
