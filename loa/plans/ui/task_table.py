"""The tasks of a plan out to .xlsx, and a table given back: looked at line by line, then written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from loa.core import clock, downloads
from loa.core.errors import AppError, NotFound
from loa.core.forms import add_error
from loa.lib.vi import fold
from loa.plans import access, services
from loa.plans.models import Amendment, Plan, TableImport
from loa.plans.rules import PlanStatus
from loa.plans.selectors.table import duty_lines, task_rows
from loa.plans.tables import tasks as tables
from loa.plans.ui.duty_forms import AmendmentForm
from loa.plans.ui.legal import TableForm

#: wrong lines first, what stays last
_ORDER = {tables.BAD: 0, tables.CHANGED: 1, tables.NEW: 2, tables.SAME: 3}


class ChoiceForm(forms.Form):
    """Which amendment takes the changes; empty: a new one."""

    amendment = forms.ChoiceField(
        label=lazy("Ghi thay đổi vào"), required=False, widget=forms.RadioSelect(attrs={"class": "choices"})
    )


@login_required
@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The tasks as a sheet."""
    plan = access.plan_for_read(request.user, pk)
    if plan.status not in (PlanStatus.DRAFTING, PlanStatus.ISSUED, PlanStatus.CLOSED):
        raise NotFound(_("Kế hoạch này chưa có bảng nhiệm vụ để tải."), code="plans.table.none")
    title = f"{plan}, {plan.unit.name}" if not plan.number else f"{plan} ({plan.number}), {plan.unit.name}"
    data = tables.to_xlsx(title, task_rows(request.user, plan), duties=duty_lines(plan))
    year = plan.starts_on.year if plan.starts_on else clock.today().year
    return downloads.made(data, f"nhiem-vu-{slugify(fold(plan.unit.short_name))}-{year}.xlsx")


def _plan(request: HttpRequest, pk: int) -> Plan:
    """A plan whose table may be given back by the person."""
    plan = access.plan_for_read(request.user, pk)
    return (access.plan_for_manage if plan.status == PlanStatus.DRAFTING else access.plan_for_issue)(
        request.user, pk
    )


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Give in a table; it is read at once and shown, nothing is written."""
    plan = _plan(request, pk)
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = services.task_table_read(actor=request.user, plan=plan, data=file.read(), filename=file.name)
        except AppError as error:
            add_error(form, error)
        else:
            return redirect("plans:table_show", plan.pk, batch.pk)
    return render(
        request, "plans/table_upload.html", {"plan": plan, "form": form}, status=400 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: int, batch: int) -> HttpResponse:
    """What the table would do, wrong lines first; sent: write it."""
    plan = _plan(request, pk)
    row = TableImport.objects.filter(pk=batch, plan=plan, kind=TableImport.Kind.TASKS).first()
    if row is None:
        raise NotFound(_("Không tìm thấy lần nhập này."), code="plans.table.missing")
    row.plan = plan
    found = services.compare_tasks(request.user, row) if row.applied_at is None else tables.Comparison([], [])
    counts = tables.counted(found.steps)
    gone = [one for one in found.gone if not one.given and one.cancelled_on is None]
    written = sum(1 for step in found.steps if step.values)
    clashing = sum(1 for step in found.steps if step.clashes and not step.errors)
    drafting = plan.status == PlanStatus.DRAFTING
    drafts = [] if drafting else list(plan.amendments.filter(status=Amendment.Status.DRAFT).order_by("-pk"))
    choice, head = _forms(request, plan, drafts)
    status = 200
    if request.method == "POST":
        if clashing and _clashes(request) == "loa":
            left = services.compare_tasks(request.user, row, yields=True)
            written = sum(1 for step in left.steps if step.values)
        answer = _apply(request, plan, row, head, drafts, written=bool(written), gone=bool(gone))
        if answer is not None:
            return answer
        status = 400
    only = request.GET.get("xem", "")
    shown = sorted(
        (step for step in found.steps if not only or step.deed == only),
        key=lambda step: (_ORDER[step.deed], step.line),
    )
    context: dict[str, Any] = {
        "plan": plan,
        "batch": row,
        "counts": {deed: counts[deed] for deed in _ORDER},
        "gone": gone,
        "kept": len(found.gone) - len(gone),
        "only": only,
        "drafting": drafting,
        "ready": not counts[tables.BAD] and bool(counts[tables.NEW] or counts[tables.CHANGED] or gone),
        "needs_document": not drafting and bool(written or gone),
        "only_gone": not written,
        "choice": choice,
        "drafts": drafts,
        "head": head,
        "clashing": clashing,
        "clashes": _clashes(request),
        "page": Paginator(shown, 100).get_page(request.GET.get("trang")),
    }
    return render(request, "plans/table_show.html", context, status=status)


def _forms(request: HttpRequest, plan: Plan, drafts: list[Amendment]) -> tuple[ChoiceForm, AmendmentForm]:
    choice = ChoiceForm(request.POST or None, initial={"amendment": str(drafts[0].pk) if drafts else ""})
    choice.fields["amendment"].choices = [  # type: ignore[attr-defined]
        *((str(one.pk), f"{one.number}: {one.title}") for one in drafts),
        ("", _("Văn bản điều chỉnh mới")),
    ]
    today = clock.today()
    initial = {"signed_on": today, "effective_on": today, "title": _("Điều chỉnh, bổ sung %s") % plan.title}
    head = AmendmentForm(request.POST or None, initial=initial)
    del head.fields["file"]
    return choice, head


def _clashes(request: HttpRequest) -> str:
    """What is to hold of cells edited on both sides, as chosen; empty: nothing was."""
    chosen = request.POST.get("clashes", "")
    return chosen if chosen in ("loa", "file") else ""


def _apply(
    request: HttpRequest,
    plan: Plan,
    batch: TableImport,
    head: AmendmentForm,
    drafts: list[Amendment],
    *,
    written: bool,
    gone: bool,
) -> HttpResponse | None:
    """Write the table; None when a form is to be shown again."""
    drop = "bo" in request.POST
    wanted = request.POST.get("amendment", "")
    amendment = next((one for one in drafts if str(one.pk) == wanted), None)
    values: dict[str, Any] | None = None
    if plan.status == PlanStatus.ISSUED and amendment is None and (written or (gone and drop)):
        if not head.is_valid():
            return None
        values = head.cleaned_data
    try:
        batch = services.task_table_apply(
            actor=request.user, batch=batch, amendment=amendment, head=values, drop=drop,
            clashes=_clashes(request),
        )  # fmt: skip
    except AppError as error:
        if error.status == 403:
            raise
        if values is not None and error.field in head.fields:
            add_error(head, error)
            return None
        messages.error(request, str(error.message))
        return redirect("plans:table_show", plan.pk, batch.pk)
    said = _("Đã ghi bảng nhiệm vụ: thêm %(added)s, sửa %(changed)s, bỏ %(gone)s.") % batch.result
    messages.success(request, said)
    if batch.result["amendment"]:
        return redirect("plans:amendment", plan.pk, batch.result["amendment"])
    return redirect("plans:draft" if plan.status == PlanStatus.DRAFTING else "plans:plan", plan.pk)
