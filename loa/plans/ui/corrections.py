"""Correction letters of a plan: drafted from what was found, written beside the printed page, signed, issued."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core import downloads
from loa.core.banners import banner
from loa.core.errors import AppError, NotFound
from loa.core.forms import DateInput, add_error
from loa.lib.typed import whole
from loa.plans import access, services
from loa.plans.models import Correction
from loa.plans.rules import PlanStatus
from loa.plans.rules.corrections import MOST
from loa.plans.selectors import corrections as selectors
from loa.plans.ui.cascade import WRITERS, chosen_file


class ItemForm(forms.Form):
    """One place: where, what stands there, what should."""

    finding = forms.IntegerField(required=False, widget=forms.HiddenInput)
    place = forms.CharField(label=lazy("Vị trí"), max_length=200, required=False)
    printed = forms.CharField(
        label=lazy("Đã in là"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    right = forms.CharField(
        label=lazy("Nay sửa thành"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


ItemForms = formset_factory(ItemForm, extra=1, max_num=MOST, can_delete=True)


class LetterForm(forms.Form):
    """The frame of the letter."""

    subject = forms.CharField(
        label=lazy("Trích yếu (V/v)"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    addressees = forms.CharField(
        label=lazy("Kính gửi"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("Mỗi dòng một nơi: những nơi đã nhận kế hoạch."),
    )
    recipients = forms.CharField(
        label=lazy("Nơi nhận"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Mỗi dòng một nơi; dòng “Lưu: VT” Loa tự thêm."),
    )
    signer = forms.CharField(label=lazy("Người ký"), max_length=120, required=False)
    number = forms.CharField(
        label=lazy("Số, ký hiệu"), max_length=60, required=False, help_text=lazy("Ghi sau khi đã vào sổ văn bản.")
    )
    signed_on = forms.DateField(label=lazy("Ngày ký"), required=False, widget=DateInput)


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the places found are to be corrected."""
    plan = access.plan_for_manage(request.user, pk)
    if plan.status not in (PlanStatus.CHECKING, PlanStatus.ISSUED):
        return redirect("plans:plan", pk)
    if request.method == "POST":
        chosen = [number for one in request.POST.getlist("muc") if (number := whole(one)) is not None]
        with banner(request):
            letter = services.correction_start(actor=request.user, plan=plan, findings=chosen)
            return redirect("plans:correction", pk, letter.pk)
        return redirect("plans:correction_start", pk)
    return render(
        request,
        "plans/correction_start.html",
        {
            "plan": plan,
            "rows": selectors.candidates(plan),
            "drafts": list(plan.corrections.filter(status=Correction.Status.DRAFT)),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """A letter: while it is drawn up, its words beside the printed page; then what it corrected."""
    row = access.correction_for_read(request.user, pk, letter)
    if row.status == Correction.Status.ISSUED:
        return render(request, "plans/correction.html", {"plan": row.plan, "letter": row})
    initial = {name: getattr(row, name) for name in LetterForm.base_fields}
    form = LetterForm(request.POST or None, initial=initial)
    items = ItemForms(request.POST or None, initial=row.items, prefix="cho")
    if request.method == "POST":
        access.correction_for_manage(request.user, pk, letter)
        if form.is_valid() and items.is_valid():
            values: dict[str, Any] = dict(form.cleaned_data)
            values["items"] = [one for one in items.cleaned_data if one and not one.get("DELETE")]
            try:
                services.correction_write(actor=request.user, correction=row, values=values)
            except AppError as error:
                add_error(form, error)
            else:
                messages.success(request, _("Đã lưu bản soạn."))
                return redirect("plans:correction", pk, letter)
    return render(
        request,
        "plans/correction.html",
        {
            "plan": row.plan,
            "letter": row,
            "form": form,
            "items": items,
            "gaps": selectors.gaps_of(row),
            "draft": True,
            "may_issue": access.may_issue(request.user, row.plan),
        },
        status=400 if form.errors or (items.is_bound and not items.is_valid()) else 200,
    )


@login_required
@require_POST
def sign(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """Attach the signed letter."""
    row = access.correction_for_manage(request.user, pk, letter)
    with banner(request, _("Đã đính văn bản đã ký.")):
        services.correction_sign(actor=request.user, correction=row, upload=chosen_file(request))
    return redirect("plans:correction", pk, letter)


@login_required
@require_POST
def issue(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """Issue the signed letter."""
    row = access.correction_for_read(request.user, pk, letter)
    access.plan_for_issue(request.user, pk)
    with banner(request, _("Đã ban hành công văn đính chính; kế hoạch ghi rõ chỗ đã sửa.")):
        services.correction_issue(actor=request.user, correction=row)
    return redirect("plans:correction", pk, letter)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """Throw a draft away."""
    row = access.correction_for_manage(request.user, pk, letter)
    services.correction_discard(actor=request.user, correction=row)
    messages.success(request, _("Đã bỏ bản soạn."))
    return redirect("plans:plan", pk)


@login_required
@require_GET
def paper(request: HttpRequest, pk: int, letter: int, form: str) -> HttpResponse:
    """The letter as .docx or .pdf, to be signed."""
    row = access.correction_for_read(request.user, pk, letter)
    if form not in WRITERS:
        raise NotFound(_("Loa không in được loại tệp này."), code="plans.no_paper")
    data = WRITERS[form](selectors.official_document(row))
    return downloads.made(data, f"dinh-chinh-{row.pk}.{form}", inline=request.GET.get("xem") == "1")


@login_required
@require_GET
def page_image(request: HttpRequest, pk: int, letter: int, number: int) -> HttpResponse:
    """A picture of one printed page."""
    row = access.correction_for_read(request.user, pk, letter)
    return downloads.page_picture(selectors.page_images(row), number)


@login_required
@require_GET
def file(request: HttpRequest, pk: int, letter: int) -> HttpResponseBase:
    """The signed letter; always as a download, never rendered in our origin."""
    row = access.correction_for_read(request.user, pk, letter)
    if not row.file:
        raise NotFound(_("Chưa có văn bản đã ký."), code="plans.correction.no_file")
    return downloads.stored(row.file, row.filename)
