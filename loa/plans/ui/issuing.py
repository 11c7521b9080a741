"""Issuing a plan, and what is asked for or cancelled by hand afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.org.models import Unit
from loa.plans import access, selectors, services, texts
from loa.plans.models import Plan
from loa.plans.rules import DirectiveKind, FindingKind, FindingState, PlanStatus
from loa.plans.rules.directives import DirectiveSpec, directive_of, problems
from loa.plans.ui.forms import FORMS, AudienceMixin, CancelForm

_DUTIES = (FindingKind.QUOTA, FindingKind.DEADLINE, FindingKind.RECURRING)


@login_required
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """What will happen, in numbers; then it happens."""
    plan = access.plan_for_issue(request.user, pk)
    if plan.status != PlanStatus.CHECKING:
        return redirect("plans:plan", pk=pk)
    if request.method == "POST":
        try:
            services.issue_plan(actor=request.user, plan=plan)
        except AppError as error:
            messages.error(request, str(error.message))
            return redirect("plans:issue", pk=pk)
        messages.success(request, _("Đã ban hành. Các đơn vị được giao việc sẽ nhận thông báo trong ít phút."))
        return redirect("plans:plan", pk=pk)
    return render(request, "plans/issue.html", _issue_context(request, plan))


def _issue_context(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    findings = selectors.findings_of(plan)
    confirmed = [f for f in findings if f.state == FindingState.CONFIRMED]
    duties = [f for f in confirmed if f.kind in _DUTIES and not problems(f.kind, f.data)]
    counter = selectors.Counter(plan, [f.data.get("audience") for f in duties])
    rows, pieces, standing = [], 0, 0
    for f in duties:
        spec = directive_of(f.kind, f.data)
        if not isinstance(spec, DirectiveSpec):
            standing += 1
            continue
        told = counter.consequence(spec.audience, spec.count, spec.period)
        pieces += told.in_all
        rows.append(
            {
                "title": spec.title,
                "words": texts.kind_words(f.kind, f.data),
                "who": counter.words(spec.audience),
                "units": told.units,
                "in_all": told.in_all,
                "noun": spec.noun,
                "n": f.position,
            }
        )
    meant = [f.data["audience"] for f in duties if f.data.get("audience")]
    units = selectors.units_meant(plan.unit_id, *meant, day=counter.day).count() if meant else 0
    return {
        "plan": plan,
        "rows": rows,
        "units": units,
        "pieces": pieces,
        "standing": standing,
        "topics": sum(1 for f in confirmed if f.kind == FindingKind.TOPIC),
        "tasks": sum(1 for f in confirmed if f.kind == FindingKind.TASK),
        "bases": sum(1 for f in confirmed if f.kind == FindingKind.BASIS),
        "dismissed": sum(1 for f in findings if f.state == FindingState.DISMISSED),
        "obstacles": services.obstacles(plan, findings),
        "may_manage": access.may_manage(request.user, plan),
    }


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for one more thing: first a preview of who owes how much, then it is in force."""
    plan = access.plan_for_issue(request.user, pk)
    if plan.status != PlanStatus.ISSUED:
        return redirect("plans:plan", pk=pk)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("loai") or DirectiveKind.QUOTA.value
    if kind not in tuple(DirectiveKind):
        kind = DirectiveKind.QUOTA.value
    form = FORMS[kind](request.POST or None, initial={"proof": "story", "period": "month", "count": 1})
    assert isinstance(form, AudienceMixin)
    counter = selectors.Counter(plan)
    form.prepare_audience(plan, None, {code: counter.units({"classes": [code]}) for code in counter.classes})
    if kind == DirectiveKind.RECURRING:
        # A standing duty is nothing that can be owed.
        form.fields["period"].choices = [row for row in form.fields["period"].choices if row[0]]  # type: ignore[attr-defined]
    preview = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if "xem" in request.POST:
            told = counter.consequence(
                values["audience"], int(values.get("count") or 1), values.get("period") or ""
            )
            preview = texts.consequence_words(
                told.units, told.each_period, values.get("noun") or _("lần"), values.get("period") or ""
            )
        else:
            try:
                services.add_directive(actor=request.user, plan=plan, kind=DirectiveKind(kind), values=values)
            except AppError as error:
                add_error(form, error)
            else:
                messages.success(request, _("Đã giao thêm. Các đơn vị liên quan sẽ nhận thông báo."))
                return redirect("plans:plan", pk=pk)
    kinds = [
        {"value": one.value, "label": texts.DIRECTIVE_KIND[one], "current": one.value == kind}
        for one in DirectiveKind
    ]
    return render(
        request,
        "plans/add_directive.html",
        {"plan": plan, "form": form, "kinds": kinds, "kind": kind, "preview": preview},
    )


@login_required
@require_GET
def directive(request: HttpRequest, pk: int, directive: int) -> HttpResponse:
    """One directive: where it comes from and every unit that owes it."""
    row = access.directive_for_read(request.user, pk, directive)
    units = selectors.units_meant(row.plan.unit_id, row.audience, day=selectors.count_day(row.plan))
    units = units.order_by("sort_key").only("pk", "name", "short_name", "kind", "sort_key")
    page = Paginator(units, 100).get_page(request.GET.get("trang"))
    finding = row.finding
    document = selectors.current_document(row.plan)
    parents = dict(
        Unit.objects.filter(children__in=[unit.pk for unit in page]).values_list("children", "short_name")
    )
    return render(
        request,
        "plans/directive.html",
        {
            "plan": row.plan,
            "directive": row,
            "kind": texts.DIRECTIVE_KIND[DirectiveKind(row.kind)],
            "words": texts.directive_words(row),
            "proof": texts.proof_words(row.proof),
            "finding": finding,
            "document": document,
            "page": page,
            "rows": [(unit, parents.get(unit.pk, "")) for unit in page],
            "may_cancel": access.may_issue(request.user, row.plan)
            and row.plan.status == PlanStatus.ISSUED
            and row.cancelled_at is None,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int, directive: int) -> HttpResponse:
    """Cancel a directive, with a reason."""
    row = access.directive_for_issue(request.user, pk, directive)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_directive(actor=request.user, directive=row, reason=form.cleaned_data["reason"])
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã hủy. Các đơn vị liên quan sẽ nhận thông báo kèm lý do."))
            return redirect("plans:plan", pk=pk)
    units = selectors.units_meant(row.plan.unit_id, row.audience, day=selectors.count_day(row.plan)).count()
    return render(
        request,
        "plans/cancel.html",
        {"plan": row.plan, "directive": row, "form": form, "units": units, "words": texts.directive_words(row)},
    )
