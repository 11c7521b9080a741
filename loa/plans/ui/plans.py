"""List, upload, reading in progress, and the page of a plan."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core import downloads
from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.org.access import can, own_first, units_where
from loa.plans import access, selectors, services, texts
from loa.plans.models import Correction, Plan, PlanDocument, TaskUnit
from loa.plans.rules import DirectiveKind, PlanStatus
from loa.plans.selectors.cascade import pending_changes, plans_to_derive_from
from loa.plans.selectors.corrections import bases_of
from loa.plans.selectors.telling import telling_of
from loa.plans.services.documents import SameFile, too_large_words
from loa.plans.ui.forms import UploadForm
from loa.plans.ui.linking import question

#: room in a request for everything beside the file
_FORM_BYTES = 1024 * 1024
ACCEPT = ".docx,.pdf,.xlsx,.txt,.md"


@login_required
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """Plans the person works by, newest time first; those of the units below, which can be thousands, apart."""
    plans = selectors.plan_list(access.plans_for(request.user))
    below = access.drawn_below(request.user)
    tab, query = "duoi" if request.GET.get("xem") == "duoi" else "", request.GET.get("q", "")
    count = plans.filter(below).count()
    shown = selectors.plans_with(plans.filter(below), query) if tab else plans.exclude(below)
    page = Paginator(shown, 30).get_page(request.GET.get("trang"))
    progress = selectors.progress_of_many(plan.pk for plan in page if plan.status == PlanStatus.CHECKING)
    rows = [
        {
            "plan": plan,
            "status": texts.STATUS[PlanStatus(plan.status)],
            "chip": texts.STATUS_CHIP[PlanStatus(plan.status)],
            "progress": progress.get(plan.pk),
        }
        for plan in page
    ]
    return render(
        request,
        "plans/list.html",
        {
            "rows": rows,
            "page": page,
            "tab": tab,
            "query": query,
            "below": count,
            "may_upload": can(request.user, "plan.manage"),
            "may_derive": may_derive(request.user),
        },
    )


def may_derive(user: Any) -> bool:
    """Whether a plan above waits to be carried out by a plan of one of the person's units. Few queries."""
    units = units_where(user, "plan.manage").order_by(own_first(user))[:3]
    return any(plans_to_derive_from(unit).exists() for unit in units)


def _early(request: HttpRequest) -> str:
    """The refusal of a request too large to be read at all; empty when it may be read."""
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > settings.LOA_UPLOAD_MAX_BYTES + _FORM_BYTES:
        return too_large_words(size)
    return ""


@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Give a plan. Refuses what is too large by its announced length, before a byte of it is read.

    Exempt from the early CSRF check only because that check would read the whole body first; `_upload` makes it.
    """
    too_large = _early(request) if request.method == "POST" else ""
    if too_large:
        if not request.user.is_authenticated:
            return redirect("account_login")
        return _upload_page(request, None, refusal=too_large, status=413)
    return _upload(request)


@csrf_protect
@login_required
def _upload(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _upload_page(request, None)
    form = UploadForm(request.user, request.POST, request.FILES)
    if form.is_valid():
        try:
            plan = services.upload_plan(
                actor=request.user, unit=form.cleaned_data["unit"], upload=form.cleaned_data["file"]
            )
        except SameFile as error:
            messages.info(request, _("%s Đây là kế hoạch đó.") % error.message)
            return redirect("plans:plan", pk=error.plan_id)
        except AppError as error:
            add_error(form, error)
        else:
            return redirect("plans:plan", pk=plan.pk)
    return _upload_page(request, form, status=400)


def _upload_page(
    request: HttpRequest, form: UploadForm | None, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    units = units_where(request.user, "plan.manage").order_by("sort_key")
    if form is None:
        form = UploadForm(request.user)
    choice = list(units[:2])
    if not choice:
        access.require_any_manage(request.user)
    return render(
        request,
        "plans/upload.html",
        {
            "form": form,
            "units": units if len(choice) > 1 else [],
            "unit": choice[0],
            "refusal": refusal,
            "accept": ACCEPT,
            "limit_mb": settings.LOA_UPLOAD_MAX_BYTES // 1024 // 1024,
            "limit": settings.LOA_UPLOAD_MAX_BYTES,
        },
        status=status,
    )


@csrf_exempt
@require_POST
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Another file for the same plan (see `upload` for the order of checks)."""
    too_large = _early(request)
    if too_large:
        if not request.user.is_authenticated:
            return redirect("account_login")
        messages.error(request, too_large)
        return redirect("plans:plan", pk=pk)
    return _replace(request, pk)


@csrf_protect
@login_required
def _replace(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_for_manage(request.user, pk)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("Chưa chọn tệp nào."))
        return redirect("plans:plan", pk=pk)
    try:
        services.replace_document(actor=request.user, plan=plan, upload=upload)
    except SameFile as error:
        messages.info(request, error.message)
        return redirect("plans:plan", pk=error.plan_id)
    except AppError as error:
        messages.error(request, str(error.message))
    return redirect("plans:plan", pk=pk)


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the newest file once more."""
    plan = access.plan_for_manage(request.user, pk)
    services.read_again(actor=request.user, plan=plan)
    return redirect("plans:plan", pk=pk)


@login_required
@require_GET
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is; asked for again every second while it goes on."""
    plan = access.plan_for_read(request.user, pk)
    if not getattr(request, "htmx", False):
        return redirect("plans:plan", pk=pk)
    if plan.status == PlanStatus.READING:
        return render(request, "plans/_reading.html", _reading_context(request, plan))
    response = HttpResponse(status=200)
    if plan.status == PlanStatus.UNREADABLE:
        # The whole page: it says why, and takes another file.
        response["HX-Refresh"] = "true"
        return response
    response["HX-Redirect"] = _home_of(request, plan)
    return response


@login_required
@require_GET
def plan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the plan stands: being read, being checked, or in force."""
    plan = access.plan_for_read(request.user, pk)
    if plan.status in (PlanStatus.READING, PlanStatus.UNREADABLE):
        return render(request, "plans/reading.html", _reading_context(request, plan))
    if plan.status in (PlanStatus.CHECKING, PlanStatus.DRAFTING):
        return redirect(_home_of(request, plan))
    return render(request, "plans/plan.html", _plan_context(request, plan))


@login_required
@require_GET
def document_file(request: HttpRequest, pk: int, document: int) -> FileResponse:
    """The uploaded file, to those who may see it; a browser never runs anything in it."""
    row = access.document_for_read(request.user, pk, document)
    response = downloads.stored(row.file, row.filename, inline=row.filename.lower().endswith(".pdf"))
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


mimetypes.add_type("text/markdown", ".md")


def _home_of(request: HttpRequest, plan: Plan) -> str:
    """Checking for those who check; the confirmation for those who only issue."""
    from django.urls import reverse

    if plan.status == PlanStatus.DRAFTING:
        return reverse("plans:draft", args=[plan.pk])
    if plan.status == PlanStatus.CHECKING:
        name = "plans:check" if access.may_manage(request.user, plan) else "plans:issue"
        return reverse(name, args=[plan.pk])
    return reverse("plans:plan", args=[plan.pk])


def _reading_context(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    document = selectors.current_document(plan)
    return {
        "plan": plan,
        "document": document,
        "failed": plan.status == PlanStatus.UNREADABLE,
        "waiting": document is not None and document.state == PlanDocument.State.QUEUED,
        "may_manage": access.may_manage(request.user, plan),
        "accept": ACCEPT,
        "limit": settings.LOA_UPLOAD_MAX_BYTES,
        "limit_mb": settings.LOA_UPLOAD_MAX_BYTES // 1024 // 1024,
    }


def _plan_context(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    directives = list(plan.directives.select_related("topic").order_by("cancelled_at", "pk"))
    counter = selectors.Counter(plan, [row.audience for row in directives])
    rows: list[dict[str, Any]] = []
    for row in directives:
        told = counter.consequence(row.audience, row.count, row.period)
        rows.append(
            {
                "directive": row,
                "kind": texts.DIRECTIVE_KIND[DirectiveKind(row.kind)],
                "words": texts.directive_words(row),
                "who": counter.words(row.audience),
                "units": told.units,
                "proof": texts.proof_words(row.proof),
            }
        )
    standing = plan.tasks.filter(standing=True).prefetch_related("units__unit", "units__unit_class")
    tree = selectors.plan_tree(plan)
    return {
        "plan": plan,
        "status": texts.STATUS[PlanStatus(plan.status)],
        "chip": texts.STATUS_CHIP[PlanStatus(plan.status)],
        "rows": [row for row in rows if row["directive"].valid_to is None],
        "cancelled": [row for row in rows if row["directive"].cancelled_at is not None],
        "telling": telling_of(plan) if access.may_issue(request.user, plan) else None,
        "waiting": len(pending_changes(plan)) if plan.parent_plan_id else 0,
        "changed": plan.changes.filter(decided_at__isnull=False).count(),
        "linking": question(request.user, plan),
        "may_link": plan.linked_at is not None and access.may_manage(request.user, plan),
        "tree": tree,
        "loose_tasks": list(
            plan.tasks.filter(standing=False, topic=None).prefetch_related("units__unit", "units__unit_class")
        ),
        "standing": standing,
        "bases": bases_of(plan),
        "letters": list(plan.corrections.filter(status=Correction.Status.ISSUED)),
        "document": selectors.current_document(plan),
        "may_issue": access.may_issue(request.user, plan),
        "may_correct": access.may_manage(request.user, plan) and plan.status == PlanStatus.ISSUED,
        "may_add": access.may_issue(request.user, plan) and plan.status == PlanStatus.ISSUED,
        "lead": TaskUnit.Role.LEAD,
    }
