"""Screens of the register: outlets, journalists, topics, spokespersons."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loa.core import clock
from loa.core.errors import InvalidInput, Refused
from loa.core.forms import add_error
from loa.org.access import can, units_where
from loa.press import access, selectors, services
from loa.press.models import Beat
from loa.press.ui.forms import ContactForm, OutletForm, SpeakerForm

PER_PAGE = 50


def _require_read(request: HttpRequest) -> None:
    if not access.sees_press(request.user):
        raise Refused(_("Ông/bà chưa được phân công việc báo chí."), code="press.read")


def _require_manage(request: HttpRequest) -> None:
    if not can(request.user, "press.manage"):
        raise Refused(_("Ông/bà không sửa danh bạ báo chí."), code="press.manage")


@login_required
@require_safe
def outlets(request: HttpRequest) -> HttpResponse:
    """Outlets with whom one writes to there."""
    _require_read(request)
    units = access.register_units(request.user)
    manages = can(request.user, "press.manage")
    page = Paginator(selectors.outlets_of(units), PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "manages": manages,
        "beats": _beats(request) if manages else [],
    }
    return render(request, "press/outlets.html", context)


def _beats(request: HttpRequest) -> list[dict[str, Any]]:
    """Topics of the units whose register the person keeps and uses (has outlets or topics), else of the first."""
    units = list(units_where(request.user, "press.manage").order_by("sort_key")[:3])
    rows = Beat.objects.filter(unit__in=units)
    return [
        {"unit": unit, "names": "\n".join(row.name for row in rows if row.unit_id == unit.pk)} for unit in units
    ]


@login_required
@require_POST
def beats(request: HttpRequest) -> HttpResponse:
    """Save the topics of a unit, one a line."""
    raw = request.POST.get("unit", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 16):
        raise Http404
    try:
        services.beats_save(
            actor=request.user, unit_id=int(raw), names=request.POST.get("names", "")[:5000].splitlines()
        )
        messages.success(request, _("Đã lưu mảng tin."))
    except InvalidInput as error:
        messages.error(request, str(error))
    return redirect("press:outlets")


@login_required
@require_http_methods(["GET", "POST"])
def outlet_new(request: HttpRequest) -> HttpResponse:
    """Enter an outlet."""
    _require_manage(request)
    form = OutletForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            made = services.outlet_save(actor=request.user, unit_id=data.pop("unit").pk, **data)
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã thêm. Hãy ghi ít nhất một người nhận."))
            return redirect("press:contact_new", made.pk)
    context = {"form": form, "title": _("Thêm cơ quan báo chí"), "back": "press:outlets"}
    return render(request, "press/form.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "POST"])
def outlet(request: HttpRequest, pk: int) -> HttpResponse:
    """One outlet: its people, its entry."""
    found = access.outlet_for_read(request.user, pk)
    manages = can(request.user, "press.manage", found.unit_id)
    form = OutletForm(request.POST or None, user=request.user, instance=found) if manages else None
    status = 200
    if request.method == "POST":
        access.require_manage(request.user, found.unit_id)
        status = 422
        if form is not None and form.is_valid():
            try:
                services.outlet_save(actor=request.user, outlet_id=pk, **form.cleaned_data)
                messages.success(request, _("Đã lưu."))
                return redirect("press:outlet", pk)
            except InvalidInput as error:
                add_error(form, error)
    contacts = found.contacts.prefetch_related("beats").order_by("-active", "name")
    context = {"outlet": found, "contacts": contacts, "manages": manages, "form": form}
    return render(request, "press/outlet.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter whom one writes to at an outlet."""
    found = access.outlet_for_read(request.user, pk)
    access.require_manage(request.user, found.unit_id)
    form = ContactForm(request.POST or None, unit_id=found.unit_id, initial={"consented_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.contact_save(actor=request.user, outlet_id=pk, **form.values())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã thêm người nhận."))
            return redirect("press:outlet", pk)
    context = {"form": form, "outlet": found, "contact": None}
    return render(request, "press/contact.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an entry."""
    found = access.contact_for_read(request.user, pk)
    access.require_manage(request.user, found.outlet.unit_id)
    form = ContactForm(request.POST or None, unit_id=found.outlet.unit_id, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.contact_save(actor=request.user, contact_id=pk, **form.values())
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu người nhận."))
            return redirect("press:outlet", found.outlet_id)
    context = {"form": form, "outlet": found.outlet, "contact": found}
    return render(request, "press/contact.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def contact_deed(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Stop writing, write again on a new ground, forget."""
    found = access.contact_for_read(request.user, pk)
    try:
        if what == "thoi":
            services.contact_off(actor=request.user, contact_id=pk)
            messages.success(request, _("Từ nay Loa không gửi cho người này."))
        elif what == "lai":
            services.contact_back(actor=request.user, contact_id=pk, basis_note=request.POST.get("basis_note", ""))
            messages.success(request, _("Người này nhận lại thông cáo."))
        elif what == "xoa":
            services.contact_delete(actor=request.user, contact_id=pk)
            messages.success(request, _("Đã xoá dữ liệu của người này."))
        else:
            raise Http404
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect("press:contact", pk)
    return redirect("press:outlet", found.outlet_id)


@login_required
@require_safe
def speakers(request: HttpRequest) -> HttpResponse:
    """Who speaks for which unit."""
    _require_read(request)
    rows = selectors.spokespersons_of(access.register_units(request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    day = clock.today()
    shown = [
        (row, row.valid_from <= day and (row.valid_to is None or row.valid_to >= day), row.valid_from > day)
        for row in page
    ]
    context = {"page": page, "rows": shown, "manages": can(request.user, "press.manage")}
    return render(request, "press/speakers.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def speaker_new(request: HttpRequest) -> HttpResponse:
    """Enter a spokesperson."""
    _require_manage(request)
    form = SpeakerForm(request.POST or None, user=request.user, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            services.spokesperson_save(actor=request.user, unit_id=data.pop("unit").pk, fields=data)
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã ghi vào sổ người phát ngôn."))
            return redirect("press:speakers")
    context = {"form": form, "title": _("Thêm người phát ngôn"), "back": "press:speakers"}
    return render(request, "press/form.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "POST"])
def speaker(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an entry."""
    found = access.spokesperson_for_read(request.user, pk)
    access.require_manage(request.user, found.unit_id)
    form = SpeakerForm(request.POST or None, user=request.user, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.spokesperson_save(actor=request.user, spokesperson_id=pk, fields=form.cleaned_data)
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("press:speakers")
    context = {"form": form, "title": str(found), "back": "press:speakers"}
    return render(request, "press/form.html", context, status=422 if request.method == "POST" else 200)
