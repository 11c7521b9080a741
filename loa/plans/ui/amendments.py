"""Amendments of a plan in force: what was changed, a new document with its changes, issuing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core import clock, downloads
from loa.core.banners import banner
from loa.core.errors import AppError, NotFound
from loa.core.forms import add_error
from loa.lib.vanban.lint import PLAN
from loa.plans import access, services, texts
from loa.plans.models import Amendment, Change, Correction, Directive, Task
from loa.plans.rules import DirectiveKind, PlanStatus
from loa.plans.rules.changes import ChangeKind
from loa.plans.selectors import Counter, tasks, version_on
from loa.plans.selectors import changes as selectors
from loa.plans.selectors.cascade import acceptance_of
from loa.plans.selectors.legal import notices_of, references_in
from loa.plans.ui import consequences
from loa.plans.ui.duty_forms import HAND_FORMS, AmendmentForm, HandTask


def described(changes: list[Change]) -> list[dict[str, Any]]:
    """Changes in words: what, which fields before and now. Two queries for all."""
    names = selectors.Names.of(changes)
    return [
        {
            "change": change,
            "title": texts.change_title(change),
            "kind": texts.CHANGE[ChangeKind(change.kind)],
            "lines": texts.change_lines(change, names),
            "waits": change.applied_at is None,
        }
        for change in changes
    ]


@login_required
@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was changed in the plan, newest first, and the documents by which."""
    plan = access.plan_for_read(request.user, pk)
    may_issue = access.may_issue(request.user, plan)
    amendments = selectors.amendments_of(plan)
    if not may_issue:
        amendments = amendments.filter(status=Amendment.Status.ISSUED)
    letters = plan.corrections.all()
    if not access.may_manage(request.user, plan):
        letters = letters.filter(status=Correction.Status.ISSUED)
    page = Paginator(selectors.changes_of(plan), 40).get_page(request.GET.get("trang"))
    return render(
        request,
        "plans/amendments.html",
        {
            "plan": plan,
            "amendments": list(amendments),
            "letters": list(letters),
            "page": page,
            "rows": described(list(page.object_list)),
            "may_amend": may_issue and plan.status == PlanStatus.ISSUED,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """A new amendment: its head."""
    plan = access.plan_for_issue(request.user, pk)
    if plan.status != PlanStatus.ISSUED:
        return redirect("plans:amendments", pk)
    today = clock.today()
    initial = {"signed_on": today, "effective_on": today, "title": _("Điều chỉnh, bổ sung %s") % plan.title}
    form = AmendmentForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        file = values.pop("file")
        try:
            amendment = services.amendment_start(actor=request.user, plan=plan, values=values, file=file)
        except AppError as error:
            add_error(form, error)
        else:
            return redirect("plans:amendment", pk, amendment.pk)
    return render(request, "plans/amendment_head.html", {"plan": plan, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def head(request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
    """The head again, or the signed document."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    initial = {name: getattr(row, name) for name in ("number", "title", "signed_on", "effective_on", "reason")}
    form = AmendmentForm(request.POST or None, request.FILES or None, initial=initial)
    issued = row.status == Amendment.Status.ISSUED
    if issued:
        for name in initial:
            form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        file = values.pop("file")
        try:
            services.amendment_edit(actor=request.user, amendment=row, values=values, file=file)
        except AppError as error:
            add_error(form, error)
        else:
            return redirect("plans:amendment", pk, row.pk)
    return render(request, "plans/amendment_head.html", {"plan": row.plan, "form": form, "amendment": row})


@login_required
@require_GET
def amendment(request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
    """One amendment: its changes before and now; while it is drawn up, what can still be put in."""
    row = access.amendment_for_read(request.user, pk, amendment)
    changes = list(row.changes.select_related("task", "directive", "directive__plan").order_by("pk"))
    rows = described(changes)
    draft = row.status == Amendment.Status.DRAFT
    for one in rows:
        change = one["change"]
        if (
            change.subject == "directive"
            and change.directive is not None
            and change.kind != ChangeKind.ADD
            and draft
        ):
            values = None if change.kind == ChangeKind.CANCEL else _typed(change.after)
            one["consequences"] = consequences.of_change(change.directive, values, row.effective_on)
    context: dict[str, Any] = {
        "plan": row.plan,
        "amendment": row,
        "rows": rows,
        "draft": draft,
        "may_issue": access.may_issue(request.user, row.plan) and row.plan.status == PlanStatus.ISSUED,
    }
    said = selectors.amendment_text(row)
    context["references"] = references_in(said)
    if draft:
        context["notices"] = notices_of(
            said, scope=PLAN, signed_on=row.signed_on, ends_on=row.plan.ends_on, own_number=row.number
        )
    else:
        below = acceptance_of(row.plan, changes)
        context["below"] = below
        context["left"] = sum(1 for one in below if one.pending)
    if draft and context["may_issue"]:
        taken = {(change.subject, change.task_id or change.directive_id) for change in changes}
        directives = row.plan.directives.filter(version_on(max(row.effective_on, clock.today())))
        context["directives"] = [
            (one, texts.directive_words(one)) for one in directives if ("directive", one.pk) not in taken
        ]
        own = tasks.with_units(row.plan.tasks.filter(cancelled_on=None, standing=False, source_task=None))
        context["tasks"] = [one for one in own if ("task", one.pk) not in taken]
    return render(request, "plans/amendment.html", context)


def _typed(after: dict[str, Any]) -> dict[str, Any]:
    """Dates of JSON values as dates."""
    values = dict(after)
    if values.get("due_on"):
        values["due_on"] = dt.date.fromisoformat(values["due_on"])
    return values


def _initial(thing: Directive) -> dict[str, Any]:
    names = ("title", "count", "noun", "period", "due_on", "due_day", "proof")
    return {name: getattr(thing, name) for name in names} | {"to": thing.recipient}


def _put_in(
    request: HttpRequest, row: Amendment, deed: Callable[..., Any], form: forms.BaseForm | None
) -> HttpResponse | None:
    """Do a deed of an amendment and go back to it. None: what was typed in `form` has to be mended first; a deed
    without a form (a cancellation) says on the page of the amendment why it was refused."""
    if form is None:
        with banner(request):
            deed(actor=request.user, amendment=row)
        return redirect("plans:amendment", row.plan_id, row.pk)
    try:
        deed(actor=request.user, amendment=row)
    except AppError as error:
        add_error(form, error)
        return None
    return redirect("plans:amendment", row.plan_id, row.pk)


@login_required
@require_http_methods(["GET", "POST"])
def alter_directive(request: HttpRequest, pk: int, amendment: int, directive: int) -> HttpResponse:
    """How a directive is to be from the day of the amendment on, or that it is cancelled."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    item = access.directive_for_issue(request.user, pk, directive)
    form = HAND_FORMS[item.kind](request.POST or None, initial=_initial(item))
    form.prepare(row.plan, item.audience, Counter(row.plan), by_day=False)
    # What counts as proof cannot change under proofs that were counted.
    for name in ("proof", "topic"):
        del form.fields[name]
    said: list[str] = []
    if request.method == "POST":
        cancelling = "huy" in request.POST
        if cancelling or form.is_valid():
            values = None if cancelling else form.cleaned_data
            if "xem" in request.POST:
                said = consequences.of_change(item, values, row.effective_on)
            else:
                deed = partial(services.change_directive, directive=item, values=values)
                if (answer := _put_in(request, row, deed, None if cancelling else form)) is not None:
                    return answer
    return render(
        request,
        "plans/amend_one.html",
        {
            "plan": row.plan,
            "amendment": row,
            "form": form,
            "title": item.title,
            "words": texts.directive_words(item),
            "said": said,
            "preview": True,
            "cancel_words": consequences.of_change(item, None, row.effective_on)[0],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def alter_task(request: HttpRequest, pk: int, amendment: int, task: int) -> HttpResponse:
    """How a task is to be from the day of the amendment on, or that it is cancelled."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    item = Task.objects.filter(plan=row.plan, pk=task).first()
    if item is None:
        raise NotFound(_("Không có nhiệm vụ này trong kế hoạch."), code="plans.task.not_found")
    values = selectors.task_values(item)
    initial = {name: getattr(item, name) for name in ("content", "product", "timeframe", "starts_on", "due_on")}
    for part in ("lead", "support"):
        initial[f"{part}_names"] = "\n".join(one["as_printed"] for one in values[part])
    form = HandTask(request.POST or None, initial=initial)
    form.prepare(row.plan, adding=False)
    form.hold(item)
    if request.method == "POST":
        cancelling = "huy" in request.POST
        if cancelling or form.is_valid():
            given = None if cancelling else _task_values(form, values)
            deed = partial(services.change_task, task=item, values=given)
            if (answer := _put_in(request, row, deed, None if cancelling else form)) is not None:
                return answer
    return render(
        request,
        "plans/amend_one.html",
        {
            "plan": row.plan,
            "amendment": row,
            "form": form,
            "title": item.content,
            "words": texts.due_phrase(item.due_on),
            "cancel_words": ""
            if item.given
            else _("Từ ngày đó nhiệm vụ không còn phải làm. Tiến độ và minh chứng đã ghi vẫn giữ."),
        },
    )


def _task_values(form: HandTask, before: dict[str, Any]) -> dict[str, Any]:
    """What was typed; names that were left as they stood keep what they mean."""
    values = {name: form.cleaned_data.get(name) for name in before}
    for part in ("lead", "support"):
        printed = [one["as_printed"] for one in values[part] or []]
        known: list[dict[str, Any]] = before[part]
        if printed == [one["as_printed"] for one in known]:
            values[part] = known
    return values


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
    """Something new by the amendment: a task or a directive."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("loai") or "task"
    if kind != "task" and kind not in tuple(DirectiveKind):
        kind = "task"
    form: Any
    if kind == "task":
        form = HandTask(request.POST or None)
        form.prepare(row.plan, adding=True)
    else:
        form = HAND_FORMS[kind](request.POST or None, initial={"proof": "story", "period": "month", "count": 1})
        form.prepare(row.plan, None, Counter(row.plan), by_day=False)
    preview = None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if "xem" in request.POST and kind != "task":
            preview = consequences.of_new(row.plan, kind, values, row.effective_on)
        else:
            deed = partial(services.add_to_amendment, kind=kind, values=values)
            if (answer := _put_in(request, row, deed, form)) is not None:
                return answer
    kinds = [("task", _("Nhiệm vụ")), *((one.value, texts.DIRECTIVE_KIND[one]) for one in DirectiveKind)]
    return render(
        request,
        "plans/amend_add.html",
        {"plan": row.plan, "amendment": row, "form": form, "kinds": kinds, "kind": kind, "preview": preview},
    )


@login_required
@require_POST
def drop(request: HttpRequest, pk: int, amendment: int, change: int) -> HttpResponse:
    """Take a change out of a draft."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    item = row.changes.filter(pk=change).first()
    if item is not None:
        item.amendment = row
        services.drop_change(actor=request.user, change=item)
    return redirect("plans:amendment", pk, row.pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
    """Throw a draft away."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    services.discard_amendment(actor=request.user, amendment=row)
    messages.success(request, _("Đã bỏ bản soạn."))
    return redirect("plans:amendments", pk)


@login_required
@require_POST
def issue(request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
    """Issue the amendment."""
    row = access.amendment_for_issue(request.user, pk, amendment)
    later = row.effective_on > clock.today()
    done = (
        _("Đã ban hành. Thay đổi có hiệu lực từ %s; các đơn vị liên quan được báo ngay.")
        % texts.day(row.effective_on)
        if later
        else _("Đã ban hành và có hiệu lực. Các đơn vị liên quan sẽ nhận thông báo.")
    )
    with banner(request, done):
        services.issue_amendment(actor=request.user, amendment=row)
    return redirect("plans:amendment", pk, row.pk)


@login_required
@require_GET
def file(request: HttpRequest, pk: int, amendment: int) -> HttpResponseBase:
    """The signed document; always as a download, never rendered in our origin."""
    row = access.amendment_for_read(request.user, pk, amendment)
    if not row.file:
        raise NotFound(_("Chưa có văn bản đã ký."), code="plans.amendment.no_file")
    return downloads.stored(row.file, row.filename)
