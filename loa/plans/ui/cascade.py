"""A plan drawn up from the plan above: choosing, the draft, its document, and changes above to take over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core import downloads
from loa.core.banners import banner
from loa.core.errors import AppError, InvalidInput, NotFound
from loa.core.forms import DateInput, add_error
from loa.lib.typed import whole
from loa.lib.vanban.lint import PLAN
from loa.lib.vanban.write import write_docx, write_pdf
from loa.lib.vi import fold
from loa.org.access import own_first, units_where
from loa.plans import access, services
from loa.plans.models import Plan, Task
from loa.plans.rules import PlanStatus
from loa.plans.selectors import cascade as selectors
from loa.plans.selectors import document
from loa.plans.selectors.changes import task_values
from loa.plans.selectors.legal import notices_of, references_in
from loa.plans.ui.amendments import described
from loa.plans.ui.duty_forms import HandTask

#: ending of the address → what writes the document
WRITERS = {"docx": write_docx, "pdf": write_pdf}
#: units whose plans a person draws up, at most so many on the page of choice
MOST_UNITS = 20


class DraftForm(forms.Form):
    """Head and paragraphs of a draft."""

    title = forms.CharField(label=lazy("Trích yếu"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    purpose = forms.CharField(
        label=lazy("Mục đích"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("Mỗi dòng một ý; dòng bắt đầu bằng dấu gạch thành gạch đầu dòng."),
    )
    requirements = forms.CharField(
        label=lazy("Yêu cầu"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    organisation = forms.CharField(
        label=lazy("Tổ chức thực hiện"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    recipients = forms.CharField(
        label=lazy("Nơi nhận"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Mỗi dòng một nơi; dòng “Lưu: VT” Loa tự thêm."),
    )
    signer = forms.CharField(label=lazy("Người ký"), max_length=120, required=False)
    number = forms.CharField(
        label=lazy("Số, ký hiệu"), max_length=60, required=False, help_text=lazy("Ghi sau khi đã vào sổ văn bản.")
    )
    signed_on = forms.DateField(label=lazy("Ngày ký"), required=False, widget=DateInput)


@login_required
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """From which plan above, for which unit."""
    units = list(
        units_where(request.user, "plan.manage").order_by(own_first(request.user), "sort_key")[:MOST_UNITS]
    )
    if not units:
        access.require_any_manage(request.user)
    rows = [(unit, list(selectors.plans_to_derive_from(unit)[:10])) for unit in units]
    drafts = Plan.objects.filter(unit__in=units, status=PlanStatus.DRAFTING).select_related("unit", "parent_plan")
    return render(
        request, "plans/derive_choose.html", {"rows": [row for row in rows if row[1]], "drafts": list(drafts)}
    )


@login_required
@require_http_methods(["GET", "POST"])
def derive(request: HttpRequest, pk: int, unit: int) -> HttpResponse:
    """What the plan above asks of the unit; draw up its plan from it."""
    parent = access.plan_for_read(request.user, pk)
    at = units_where(request.user, "plan.manage").filter(pk=unit).first()
    if at is None:
        raise NotFound(_("Không tìm thấy đơn vị này trong phạm vi của anh/chị."), code="plans.unit")
    duties = selectors.duties_for(parent, at)
    if request.method == "POST":
        try:
            plan = services.derive_plan(
                actor=request.user, unit=at, parent=parent, duties=request.POST.getlist("viec")
            )
        except AppError as error:
            if error.status == 403:
                raise
            messages.error(request, str(error.message))
            return redirect("plans:derive_choose")
        messages.success(request, _("Đã soạn xong bản đầu. Hãy thêm việc riêng của đơn vị rồi in ký."))
        return redirect("plans:draft", plan.pk)
    return render(
        request,
        "plans/derive.html",
        {
            "parent": parent,
            "unit": at,
            "given": [duty for duty in duties if duty.task is not None],
            "asked": [duty for duty in duties if duty.directive is not None],
            "topics": parent.topics.filter(parent=None).count(),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft: its tasks, its paragraphs, its document, and what is still missing."""
    plan = access.plan_for_manage(request.user, pk)
    if plan.status != PlanStatus.DRAFTING:
        return redirect("plans:plan", pk)
    written = {**document.default_texts(plan), **{name: text for name, text in plan.texts.items() if text}}
    signer = document.expected_signer(plan)[0]
    initial = {
        "title": plan.title,
        "number": plan.number,
        "signed_on": plan.signed_on,
        "signer": signer,
        **written,
    }
    form = DraftForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.plan_write(actor=request.user, plan=plan, values=form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu bản soạn."))
            return redirect("plans:draft", pk)
    tasks = selectors.own_tasks(plan)
    return render(
        request,
        "plans/draft.html",
        {
            "plan": plan,
            "form": form,
            "inherited": [task for task in tasks if task.given],
            "own": [task for task in tasks if not task.given],
            "document": plan.documents.first(),
            "gaps": services.gaps_of_draft(plan),
            "may_issue": access.may_issue(request.user, plan),
            "waiting": len(selectors.pending_changes(plan)),
            **_looked_over(plan),
        },
        status=400 if form.errors else 200,
    )


def _looked_over(plan: Plan) -> dict[str, Any]:
    """What a careful reader would question before the plan is signed, and the documents it cites."""
    text = document.written_text(plan)
    notices = notices_of(text, scope=PLAN, signed_on=plan.signed_on, ends_on=plan.ends_on, own_number=plan.number)
    return {"notices": notices, "references": references_in(text)}


def _task_of(plan: Plan, pk: int) -> Task:
    task = plan.tasks.filter(pk=pk).first()
    if task is None:
        raise NotFound(_("Không có nhiệm vụ này trong bản soạn."), code="plans.task.not_found")
    task.plan = plan
    return task


@login_required
@require_http_methods(["GET", "POST"])
def draft_task(request: HttpRequest, pk: int, task: int = 0) -> HttpResponse:
    """One task of the draft: a new one, one's own, or who leads one given from above."""
    plan = access.plan_for_manage(request.user, pk)
    row = _task_of(plan, task) if task else None
    initial: dict[str, Any] = {"lead_names": plan.unit.short_name}
    if row is not None:
        values = task_values(row)
        initial = {name: getattr(row, name) for name in ("content", "product", "timeframe", "starts_on", "due_on")}
        initial |= {
            f"{part}_names": "\n".join(one["as_printed"] for one in values[part]) for part in ("lead", "support")
        }
        initial["topic"] = row.topic_id
    form = HandTask(request.POST or None, initial=initial)
    form.prepare(plan, adding=True)
    if row is not None:
        form.hold(row)
    if request.method == "POST" and form.is_valid():
        try:
            services.own_task_put(actor=request.user, plan=plan, values=form.cleaned_data, task=row)
        except AppError as error:
            add_error(form, error)
        else:
            return redirect("plans:draft", pk)
    return render(request, "plans/draft_task.html", {"plan": plan, "form": form, "task": row})


@login_required
@require_POST
def draft_drop(request: HttpRequest, pk: int, task: int) -> HttpResponse:
    """Take a task out of the draft."""
    plan = access.plan_for_manage(request.user, pk)
    with banner(request):
        services.own_task_drop(actor=request.user, task=_task_of(plan, task))
    return redirect("plans:draft", pk)


@login_required
@require_POST
def draft_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach the signed document."""
    plan = access.plan_for_manage(request.user, pk)
    with banner(request, _("Đã đính văn bản đã ký.")):
        services.attach_signed(actor=request.user, plan=plan, upload=chosen_file(request))
    return redirect("plans:draft", pk)


def chosen_file(request: HttpRequest) -> Any:
    """The file of a form with nothing else in it. Raises InvalidInput when none was chosen."""
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInput(_("Chưa chọn tệp nào."), code="plans.no_file")
    return upload


@login_required
@require_POST
def draft_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the signed plan into force."""
    plan = access.plan_for_issue(request.user, pk)
    try:
        services.issue_draft(actor=request.user, plan=plan)
    except AppError as error:
        messages.error(request, str(error.message))
        return redirect("plans:draft", pk)
    messages.success(request, _("Đã ban hành. Người được phân công xem ở mục Nhiệm vụ."))
    return redirect("plans:plan", pk)


@login_required
@require_POST
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    plan = access.plan_for_manage(request.user, pk)
    services.discard_draft(actor=request.user, plan=plan)
    messages.success(request, _("Đã bỏ bản soạn."))
    return redirect("plans:list")


@login_required
@require_GET
def paper(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The plan's own document as .docx or .pdf, to be signed."""
    plan = access.plan_for_read(request.user, pk)
    if not plan.drawn_up or form not in WRITERS:
        raise NotFound(_("Kế hoạch này không soạn trong Loa nên không in được."), code="plans.no_paper")
    name = f"ke-hoach-{fold(plan.unit.short_name).replace(' ', '-')}.{form}"
    data = WRITERS[form](document.official_document(plan))
    return downloads.made(data, name, inline=request.GET.get("xem") == "1")


@login_required
@require_GET
def page_image(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A picture of one printed page."""
    plan = access.plan_for_read(request.user, pk)
    pages = document.page_images(plan) if plan.drawn_up else []
    return downloads.page_picture(pages, number)


@login_required
@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes of the plan above that wait to be taken over."""
    plan = access.plan_for_read(request.user, pk)
    if request.method == "POST":
        plan = access.plan_for_manage(request.user, pk)
        one = request.POST.get("thay-doi")
        wanted = None if one is None else [whole(one) or 0]
        done = services.accept_changes(actor=request.user, plan=plan, changes=wanted)
        if done:
            messages.success(request, _("Đã tiếp nhận %s thay đổi vào kế hoạch của đơn vị.") % done)
        return redirect("plans:changes", pk)
    waiting = selectors.pending_changes(plan)
    carried = {task.source_task_id: task for task in plan.tasks.exclude(source_task=None)}
    kept = {
        one.source.line_id_of: one
        for one in plan.directives.filter(valid_to=None).exclude(source=None).select_related("source")
        if one.source is not None
    }
    rows = described(waiting)
    for row in rows:
        change = row["change"]
        row["ours"] = carried.get(change.task_id)
        row["kept"] = kept.get(change.directive.line_id_of) if change.directive is not None else None
    return render(
        request,
        "plans/changes.html",
        {"plan": plan, "rows": rows, "may_manage": access.may_manage(request.user, plan)},
    )


@login_required
@require_POST
def remind(request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
    """Remind the plans below that have not taken over an amendment."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    numbers = list(row.changes.values_list("pk", flat=True))
    told = services.remind_acceptance(actor=request.user, plan=row.plan, changes=numbers)
    if told:
        messages.success(request, _("Đã nhắc %s người.") % told)
    else:
        messages.info(request, _("Không còn ai phải nhắc, hoặc hôm nay đã nhắc rồi."))
    return redirect("plans:amendment", pk, amendment)
