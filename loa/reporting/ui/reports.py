"""Screens of a unit's report: the list, the page one writes and signs on, the evidence behind a figure, files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core import clock, downloads
from loa.core.errors import AppError, Conflict, InvalidInput, NotFound
from loa.lib.calendar import due_words
from loa.lib.typed import whole
from loa.lib.vanban.lint import REPORT
from loa.org.access import can, units_where, users_who_can
from loa.plans.selectors.legal import notices_of, references_in
from loa.reporting import report_rules as rules
from loa.reporting.access import report_for_approval, report_for_update, report_for_view
from loa.reporting.models import Report
from loa.reporting.selectors.report_document import header_of, page_images, period_of_report
from loa.reporting.selectors.reports import (
    asking_directive,
    figures_of,
    offers,
    proofs_behind,
    reports_of,
    reports_received,
    reports_to_sign,
)
from loa.reporting.services import reports as services

PER_PAGE = 30
#: what a person writes: code, question, lines at first
SECTIONS = (
    ("assessment", _lazy("Nhận xét, đánh giá"), 3),
    ("difficulties", _lazy("Khó khăn, nguyên nhân"), 3),
    ("proposals", _lazy("Kiến nghị, đề xuất"), 3),
)
CHIPS = {
    Report.Status.DRAFT: ("wait", "pen"),
    Report.Status.SUBMITTED: ("sky", "clock"),
    Report.Status.RETURNED: ("act", "back"),
    Report.Status.APPROVED: ("done", "check"),
}


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What to write now, what to sign, what was written, and what units below have filed."""
    tab = request.GET.get("xem", "")
    open_now = [] if tab == "nhan" else offers(request.user)
    if tab == "nhan":
        rows = reports_received(request.user)
    else:
        rows = reports_of(request.user).exclude(pk__in=[offer.report.pk for offer in open_now if offer.report])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "tab": tab,
        "page": page,
        "lines": [_line(report) for report in page],
        "to_sign": list(reports_to_sign(request.user)[:20]),
        "offers": [_offer(offer) for offer in open_now],
        "receives": can(request.user, "report.read"),
        "writes": units_where(request.user, "report.write").filter(closed_on=None).order_by("sort_key")[:20],
        "periods": _periods(),
    }
    return render(request, "reporting/report_index.html", context)


def _periods() -> list[dict[str, str]]:
    today = clock.today()
    found = []
    for kind in rules.PERIODS:
        period = rules.period_at(kind, today)
        found.append({"kind": kind, "name": rules.spoken(period)})
    return found


def _line(report: Report) -> dict[str, Any]:
    chip, icon = CHIPS[Report.Status(report.status)]
    return {"report": report, "name": rules.spoken(period_of_report(report)), "chip": chip, "icon": icon}


def _offer(offer: Any) -> dict[str, Any]:
    chip, icon = CHIPS[Report.Status(offer.report.status)] if offer.report else ("wait", "pen")
    today = clock.today()
    return {
        "offer": offer,
        "start": offer.period.start.isoformat(),
        "chip": chip,
        "icon": icon,
        "due": due_words(today, offer.due) if offer.due else "",
        "late": bool(offer.due and today > offer.due),
    }


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a report, or open the one a colleague has begun."""
    units = units_where(request.user, "report.write")
    unit = units.filter(pk=whole(request.POST.get("unit")) or 0).first()
    if unit is None:
        raise NotFound(_("Không có đơn vị này, hoặc anh/chị không soạn báo cáo cho đơn vị."), code="report.unit")
    report = services.report_draft(actor=request.user, unit=unit, period=request.POST.get("period", ""))
    return redirect("reports:report", report.pk)


def _posted(request: HttpRequest) -> dict[str, Any]:
    """Texts of the form that are there."""
    data = request.POST
    texts: dict[str, Any] = {code: data[code] for code in rules.TEXTS if code in data}
    own = {code: data[f"own-{code}"] for code in rules.OWN_FIGURES if f"own-{code}" in data}
    if own:
        texts["own"] = own
    if "addressee" in data:
        texts["addressee"] = data["addressee"]
    if "recipients" in data:
        texts["recipients"] = data["recipients"].splitlines()
    if "structure" in data:
        texts["structure"] = data["structure"]
    return texts


def _shown(figures: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    """Figures for the screen: what was typed into the unit's own ones, late things one line a directive."""
    own = texts.get("own") or {}
    rows = [{**row, "typed": own.get(row["code"], "")} if row["own"] else row for row in figures["rows"]]
    return {**figures, "rows": rows, "late": rules.grouped_late(figures["late"])}


def _all_text(texts: dict[str, Any]) -> str:
    """Everything a person wrote, as the document prints it: what the linter looks over."""
    parts = [texts.get("addressee", "") and f"Kính gửi: {texts['addressee']}"]
    parts += [texts.get(code, "") for code in rules.TEXTS]
    parts += ["Nơi nhận:", *(f"- {line}" for line in texts.get("recipients") or [])]
    return "\n".join(parts)


def _page(
    request: HttpRequest, report: Report, *, error: AppError | None = None, typed: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of one report; with `error`, what the person typed stays in the form."""
    user, unit_id = request.user, report.office_id
    period = period_of_report(report)
    texts = {**report.texts, **(typed or {})}
    editable = report.status in rules.EDITABLE and can(user, "report.write", unit_id)
    signs = report.status == Report.Status.SUBMITTED and can(user, "report.approve", unit_id)
    _directive, due = asking_directive(report.unit, report.plan, period)
    signers = [str(person) for person in users_who_can("report.approve", unit_id).order_by("pk")[:3]]
    chip, icon = CHIPS[Report.Status(report.status)]
    if report.status == Report.Status.DRAFT:
        chip, icon = "done", "check"  # already filled in, can be sent
    figures = _shown(figures_of(report), texts)
    today = clock.today()
    written = _all_text(texts)
    bad = error.field if error else ""
    context = {
        "report": report,
        "figures": figures,
        "sections": [
            {"code": code, "label": label, "rows": rows, "text": texts.get(code, ""), "bad": bad == code}
            for code, label, rows in SECTIONS
        ],
        "text_limit": rules.TEXT_LIMIT,
        "notices": notices_of(written, scope=REPORT) if editable or signs else [],
        "references": references_in(written),
        "name": rules.short_name(period),
        "texts": texts,
        "recipients": "\n".join(texts.get("recipients") or []),
        "editable": editable,
        "live": report.status in rules.EDITABLE,
        "can_recall": report.status == Report.Status.SUBMITTED and can(user, "report.write", unit_id),
        "signs": signs,
        "own_work": {report.drafted_by_id, report.submitted_by_id} == {user.pk},
        "needs_number": report.status == Report.Status.APPROVED
        and not report.number
        and (can(user, "report.write", unit_id) or can(user, "report.approve", unit_id)),
        "signers": signers,
        "due": due_words(today, due) if due and report.status != Report.Status.APPROVED else "",
        "due_day": due,
        "late": bool(due and today > due),
        "chip": chip,
        "icon": icon,
        "code": header_of(report).code,
        "error": error,
        "typed_conflict": isinstance(error, Conflict) and error.code == "report.version",
    }
    return render(request, "reporting/report_page.html", context, status=error.status if error else 200)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report itself; POST keeps what was written, and with `then=submit` sends it to be signed."""
    if request.method == "GET":
        return _page(request, report_for_view(request.user, pk))
    found = report_for_update(request.user, pk)
    texts = _posted(request)
    try:
        found = services.report_edit(
            actor=request.user, report=found, version=whole(request.POST.get("revision")) or 0, texts=texts
        )
        if request.POST.get("then") == "submit":
            found = services.report_submit(actor=request.user, report=found)
            messages.success(request, _("Đã gửi báo cáo để ký duyệt."))
        else:
            messages.success(request, _("Đã lưu."))
    except (InvalidInput, Conflict) as error:
        return _page(request, report_for_update(request.user, pk), error=error, typed=texts)
    return redirect("reports:report", found.pk)


@login_required
@require_POST
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was written, quietly; answers with the time and the new version (see docs/design.md)."""
    found = report_for_update(request.user, pk)
    error = None
    try:
        found = services.report_edit(
            actor=request.user,
            report=found,
            version=whole(request.POST.get("revision")) or 0,
            texts=_posted(request),
        )
    except (InvalidInput, Conflict) as problem:
        error = problem
    if error is not None:
        return JsonResponse({"message": str(error.message)}, status=error.status)
    at = clock.local(clock.now()).strftime("%H:%M")
    return JsonResponse({"saved_at": at, "revision": found.version})


@login_required
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a report as it stands (the two-tap way from the list)."""
    found = report_for_update(request.user, pk)
    services.report_submit(actor=request.user, report=found)
    messages.success(request, _("Đã gửi báo cáo để ký duyệt."))
    return redirect("reports:report", found.pk)


@login_required
@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back before it is signed."""
    found = services.report_recall(actor=request.user, report=report_for_update(request.user, pk))
    messages.success(request, _("Đã lấy lại báo cáo. Anh/chị sửa rồi gửi lại khi xong."))
    return redirect("reports:report", found.pk)


@login_required
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign it."""
    found = report_for_approval(request.user, pk)
    try:
        found = services.report_approve(actor=request.user, report=found, number=request.POST.get("number", ""))
    except AppError as error:
        return _page(request, report_for_approval(request.user, pk), error=error)
    messages.success(request, _("Đã ký duyệt. Tệp Word và PDF đã sẵn sàng để tải."))
    return redirect("reports:report", found.pk)


@login_required
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return it with a reason."""
    found = report_for_approval(request.user, pk)
    try:
        found = services.report_return(actor=request.user, report=found, reason=request.POST.get("reason", ""))
    except (InvalidInput, Conflict) as error:
        return _page(request, found, error=error)
    messages.success(request, _("Đã trả lại báo cáo kèm điều cần sửa."))
    return redirect("reports:report", found.pk)


@login_required
@require_POST
def register_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the number of the register of outgoing documents."""
    found = report_for_view(request.user, pk)
    try:
        services.report_number(actor=request.user, report=found, number=request.POST.get("number", ""))
    except (InvalidInput, Conflict) as error:
        return _page(request, found, error=error)
    messages.success(request, _("Đã vào số văn bản."))
    return redirect("reports:report", pk)


@login_required
@require_GET
def evidence(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What one figure was counted from."""
    found = report_for_view(request.user, pk)
    figures = figures_of(found)
    row = next((row for row in [*figures["rows"], *figures["topics"]] if row["code"] == code), None)
    if row is None or row.get("own"):
        raise NotFound(_("Số liệu này không có trong báo cáo."), code="report.figure")
    proofs: Any = proofs_behind(found, code)
    page = Paginator(proofs, PER_PAGE).get_page(request.GET.get("trang"))
    context = {"report": found, "row": row, "figures": figures, "page": page}
    return render(request, "reporting/report_evidence.html", context)


@login_required
@require_GET
def download(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The report as a file; `?giay=1` fills the "Kèm theo" line for a paper copy."""
    found = report_for_view(request.user, pk)
    name, data = services.report_export(
        actor=request.user, report=found, form=form, paper=request.GET.get("giay") == "1"
    )
    return downloads.made(data, name, inline=request.GET.get("xem") == "1")


@login_required
@require_GET
def page_image(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A picture of one printed page, for the preview beside the form."""
    found = report_for_view(request.user, pk)
    return downloads.page_picture(page_images(found, figures_of(found)), number)


def nav_count(user: Any) -> int:
    """How many reports wait for this person's signature."""
    return reports_to_sign(user).order_by().count()


def nav_visible(user: Any) -> bool:
    """Whether the person has anything to do with reports."""
    return any(can(user, ability) for ability in ("report.write", "report.approve", "report.read"))


def address(report: Report) -> str:
    """Where the report is opened."""
    return reverse("reports:report", args=[report.pk])
