"""People from a table: file, preview, choices, writing, and letting them in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from loa.accounts.services import mail_configured
from loa.core import clock, downloads
from loa.core.banners import banner
from loa.core.errors import Refused
from loa.core.forms import DateInput
from loa.lib.typed import whole
from loa.org import access, services
from loa.org.importers import people_read
from loa.org.importers.people_compare import DEEDS
from loa.org.importers.people_compare import wrong as wrong_steps
from loa.org.models import PeopleImport
from loa.org.sheets import as_pdf, as_xlsx
from loa.org.ui.fields import UnitField
from loa.org.ui.tables import TableForm

PAGE = 100
#: names of units to choose for on one page
CHOICES = 30
State = PeopleImport.State


class PeopleForm(TableForm):
    """A file, and where its people work."""

    ability = "member.manage"
    top = UnitField(
        label=gettext_lazy("Người của đơn vị này và các đơn vị trực thuộc"),
        help_text=gettext_lazy("Đơn vị ghi trong tệp được tìm trong phạm vi này."),
    )
    effective_on = forms.DateField(
        label=gettext_lazy("Từ ngày"),
        widget=DateInput,
        help_text=gettext_lazy("Dùng cho dòng không ghi ngày bắt đầu."),
    )


@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Give in a file; it is read at once and shown, nothing is written."""
    if not access.can(request.user, "member.manage"):
        raise Refused(_("Chỉ quản trị mới nhập danh sách người."), code="member.manage")
    form = PeopleForm(request)
    batch = form.read_by(services.people_read, request.user) if request.method == "POST" else None
    if batch is not None:
        return redirect("org:people_show", batch.pk)
    managed = access.units_where(request.user, "member.manage")
    recent = (
        PeopleImport.objects.filter(top__in=managed.values("pk"))
        .select_related("created_by", "top")
        .defer("rows", "choices")[:8]
    )
    context = {"form": form, "recent": recent, "most": people_read.MOST_LINES}
    return render(request, "org/people_import.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would do, what is to be chosen and what is wrong first; while it is written, how far it is;
    then how the new people get in."""
    batch = access.people_import_for_manage(request.user, pk)
    busy = batch.state in (State.QUEUED, State.WRITING)
    context: dict[str, Any] = {"batch": batch, "busy": busy}
    if request.headers.get("HX-Request"):
        response = render(request, "org/_people_state.html", context)
        if not busy:
            response["HX-Refresh"] = "true"
        return response
    if not busy and batch.rows:
        found = services.people_compare(actor=request.user, batch=batch)
        only = request.GET.get("xem", "")
        steps = [step for step in found.steps if not only or step.deed == only]
        steps.sort(key=lambda step: (DEEDS.index(step.deed), step.line))
        unsure = found.open_choices()
        counts = found.counts
        context |= {
            "counts": counts,
            "left": counts["bad"] + counts["choose"],
            "to_write": found.to_write,
            "only": only if only in DEEDS else "",
            "page": Paginator(steps, PAGE).get_page(request.GET.get("trang")),
            "unsure": unsure[:CHOICES],
            "unsure_more": len(unsure) - CHOICES,
        }
    if batch.result.get("accounts") and not busy:
        context["entry"] = _entry(batch) | {
            "mail": mail_configured(),
            "mine": batch.created_by_id == request.user.pk,
            "days": settings.LOA_INVITE_DAYS,
            "password_days": settings.LOA_ONE_TIME_DAYS,
        }
    return render(request, "org/people_show.html", context)


def _entry(batch: PeopleImport) -> dict[str, int]:
    """How many new people came in, were invited, got a sheet. One query."""
    waits = Q(user__last_login=None, user__must_change_password=True, user__is_active=True)
    letter = waits & ~Q(user__email="")
    unsent = Q(user__unsent_at=F("user__invited_at"))
    return batch.people.aggregate(
        all=Count("pk"),
        entered=Count("pk", filter=Q(user__last_login__isnull=False) | Q(user__must_change_password=False)),
        invited=Count("pk", filter=waits & Q(user__invited_at__isnull=False) & ~unsent),
        unsent=Count("pk", filter=waits & unsent),
        to_invite=Count("pk", filter=letter & Q(user__invited_at=None)),
        without=Count("pk", filter=waits & Q(user__email="")),
        sheets=Count("pk", filter=waits & Q(handed_at=None)),
        handed=Count("pk", filter=Q(handed_at__isnull=False)),
    )


@login_required
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which unit the names mean that may mean several."""
    batch = access.people_import_for_manage(request.user, pk)
    pairs = zip(request.POST.getlist("khoa"), request.POST.getlist("don-vi"), strict=False)
    with banner(request, _("Đã lưu lựa chọn.")):
        services.people_choose(
            actor=request.user, batch=batch, chosen={key: whole(unit) or 0 for key, unit in pairs}
        )
    return redirect("org:people_show", pk)


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the job write the lines that are right."""
    batch = access.people_import_for_manage(request.user, pk)
    with banner(request):
        services.people_confirm(actor=request.user, batch=batch)
    return redirect("org:people_show", pk)


@login_required
@require_GET
def wrong(request: HttpRequest, pk: int) -> HttpResponse:
    """Lines that are not written, with what to mend, as a table to give in again."""
    batch = access.people_import_for_manage(request.user, pk)
    steps = services.people_compare(actor=request.user, batch=batch).steps
    return downloads.made(people_read.wrong_lines(wrong_steps(steps)), "dong-can-sua.xlsx")


@login_required
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The table to fill in."""
    return downloads.made(people_read.template(), "mau-danh-sach-nguoi.xlsx")


@login_required
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters to the new people who have an address and were not invited yet."""
    batch = access.people_import_for_manage(request.user, pk)
    new = batch.people.filter(user__invited_at=None, user__last_login=None).exclude(user__email="")
    with banner(request):
        count = services.people_invite(actor=request.user, people=list(new.values_list("user", flat=True)))
        messages.success(request, _("Đang gửi thư mời cho %(n)d người.") % {"n": count})
    return redirect("org:people_show", pk)


def sheet_file(slips: list[services.Slip], kind: str) -> HttpResponse:
    """A sheet with log-ins as an answer that nobody keeps."""
    name = f"phieu-tai-khoan-{clock.local(clock.now()):%Y%m%d-%H%M}"
    if kind == "xlsx":
        return downloads.made(as_xlsx(slips), f"{name}.xlsx")
    return downloads.made(as_pdf(slips, made_at=clock.now()), f"{name}.pdf")


@login_required
@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of one-time log-ins, once, for the one who imported."""
    batch = access.people_import_for_manage(request.user, pk)
    with banner(request):
        slips = services.people_sheet(actor=request.user, batch=batch)
        return sheet_file(slips, request.POST.get("dang", ""))
    return redirect("org:people_show", pk)
