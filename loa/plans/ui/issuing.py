"""Issuing a plan, and what is asked for or cancelled by hand afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core import clock
from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.org.models import Unit
from loa.plans import access, selectors, services, texts
from loa.plans.models import Plan
from loa.plans.rules import DirectiveKind, FindingKind, FindingState, PlanStatus, Proof
from loa.plans.rules.directives import DirectiveSpec, directive_of, problems
from loa.plans.selectors.changes import history_of
from loa.plans.selectors.telling import telling_of
from loa.plans.ui import consequences
from loa.plans.ui.amendments import described
from loa.plans.ui.duty_forms import HAND_FORMS, BranchMixin
from loa.plans.ui.forms import CancelForm

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


@login_required
@require_GET
def telling(request: HttpRequest, pk: int) -> HttpResponse:
    """How many people have been told; asked for again while the job goes on."""
    plan = access.plan_for_issue(request.user, pk)
    found = telling_of(plan)
    if found is None:
        return HttpResponse("")
    return render(request, "plans/_telling.html", {"plan": plan, "telling": found})


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


def _hand_form(request: HttpRequest, plan: Plan) -> tuple[str, BranchMixin]:
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("loai") or DirectiveKind.QUOTA.value
    if kind not in tuple(DirectiveKind):
        kind = DirectiveKind.QUOTA.value
    initial = {"proof": "story", "period": "month", "count": 1, "starts_on": clock.today()}
    form = HAND_FORMS[kind](request.POST or None, initial=initial)
    form.prepare(plan, None, selectors.Counter(plan))
    return kind, form


def _previewed(plan: Plan, kind: str, form: BranchMixin) -> dict[str, Any]:
    """What the form as it stands would mean; its audience may be complete before the rest is."""
    form.is_valid()
    values = dict(form.cleaned_data)
    first = values.get("starts_on") or max(clock.today(), plan.starts_on or clock.today())
    found = consequences.of_new(plan, kind, values, first)
    found["topic"] = plan.topics.filter(pk=values["topic"]).first() if values.get("topic") else None
    found["new_topic"] = values.get("new_topic") or ""
    found["by_story"] = values.get("proof") == Proof.STORY
    found["wrong"] = [
        message
        for name in ("classes", "under_names", "unit_names", "except_names", "new_topic")
        for message in form.errors.get(name, [])
    ]
    return found


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for one more thing, while a preview says who owes how much; then it is in force."""
    plan = access.plan_for_issue(request.user, pk)
    if plan.status != PlanStatus.ISSUED:
        return redirect("plans:plan", pk=pk)
    kind, form = _hand_form(request, plan)
    preview = None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if "xem" in request.POST:
            preview = _previewed(plan, kind, form)
        else:
            starts_on, topic = values.pop("starts_on", None), values.pop("topic", None)
            new_topic = values.pop("new_topic", "")
            try:
                services.add_directive(
                    actor=request.user,
                    plan=plan,
                    kind=DirectiveKind(kind),
                    values=values,
                    starts_on=starts_on,
                    topic=plan.topics.filter(pk=topic).first() if topic else None,
                    new_topic=new_topic,
                )
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
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Who would owe what, as the form stands while somebody fills it in."""
    plan = access.plan_for_issue(request.user, pk)
    kind, form = _hand_form(request, plan)
    return render(
        request, "plans/_preview.html", {"plan": plan, "kind": kind, "preview": _previewed(plan, kind, form)}
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
            "history": described(history_of(row)),
            "newer": row.plan.directives.filter(supersedes=row).first(),
            "who": selectors.Counter(row.plan, [row.audience]).words(row.audience),
            "may_cancel": access.may_issue(request.user, row.plan)
            and row.plan.status == PlanStatus.ISSUED
            and row.valid_to is None,
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
