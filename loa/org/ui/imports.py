"""Units from a table: file, preview, writing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.core import downloads
from loa.core.banners import banner
from loa.core.errors import NotFound, Refused
from loa.core.forms import DateInput
from loa.org import access, services
from loa.org.importers import read
from loa.org.importers.compare import compare
from loa.org.models import UnitImport
from loa.org.ui.fields import UnitField
from loa.org.ui.tables import TableForm

PAGE = 100


class UnitsForm(TableForm):
    """A file, and where it belongs."""

    ability = "unit.manage"
    top = UnitField(
        label=gettext_lazy("Nhập vào dưới đơn vị"),
        help_text=gettext_lazy("Dòng không ghi mã cấp trên sẽ trực thuộc đơn vị này."),
    )
    effective_on = forms.DateField(
        label=gettext_lazy("Ngày có hiệu lực của thay đổi"),
        widget=DateInput,
        help_text=gettext_lazy("Dùng cho đơn vị đã có mà khác với tệp, và đơn vị mới không ghi ngày thành lập."),
    )


def _batch(request: HttpRequest, pk: int) -> UnitImport:
    batch = UnitImport.objects.select_related("top").filter(pk=pk).first()
    if batch is None or not access.can_manage(request.user, batch.top):
        raise NotFound(_("Không tìm thấy lần nhập này."), code="org.import.missing")
    return batch


@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Give in a file; it is read at once and shown, nothing is written."""
    if not access.can(request.user, "unit.manage"):
        raise Refused(_("Chỉ quản trị mới nhập danh sách đơn vị."), code="unit.manage")
    form = UnitsForm(request)
    batch = form.read_by(services.import_read, request.user) if request.method == "POST" else None
    if batch is not None:
        return redirect("org:import_show", batch.pk)
    managed = access.units_where(request.user, "unit.manage")
    recent = (
        UnitImport.objects.filter(top__in=managed.values("pk"))
        .select_related("created_by", "top")
        .defer("rows")[:8]
    )
    return render(request, "org/import.html", {"form": form, "recent": recent}, status=400 if form.errors else 200)


@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would do, wrong lines first; while it is written, how far it is."""
    batch = _batch(request, pk)
    context: dict[str, Any] = {"batch": batch}
    if batch.state in (UnitImport.State.READ, UnitImport.State.FAILED):
        found = compare(batch.rows, top=batch.top, on=batch.effective_on)
        order = {"bad": 0, "changed": 1, "new": 2, "same": 3}
        only = request.GET.get("xem", "")
        steps = [step for step in found.steps if not only or step.deed == only]
        steps.sort(key=lambda step: (order[step.deed], step.line))
        context |= {
            "counts": found.counts,
            "ready": found.ready,
            "only": only,
            "page": Paginator(steps, PAGE).get_page(request.GET.get("trang")),
        }
    part = request.headers.get("HX-Request") and batch.state not in (UnitImport.State.READ,)
    return render(request, "org/_import_state.html" if part else "org/import_show.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the job write it."""
    batch = _batch(request, pk)
    with banner(request):
        services.import_confirm(actor=request.user, batch=batch)
    return redirect("org:import_show", pk)


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """The table to fill in."""
    return downloads.made(read.template(), "mau-danh-sach-don-vi.xlsx")
