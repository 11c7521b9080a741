"""Journalists from a table: the template, a look at every line, writing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.forms import add_error
from loa.org.access import can, units_where
from loa.org.importers.read import MOST_BYTES
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit
from loa.press import services
from loa.press.importers import contacts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: wrong lines first, then what is new, then what stays as it is
ORDER = {"wrong": 0, "left": 1, "new": 2, "there": 3}


class ImportForm(forms.Form):
    """Whose register, and the table."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("Danh bạ của"), queryset=Unit.objects.none(), empty_label=None
    )
    file = forms.FileField(label=gettext_lazy("Tệp .xlsx hoặc .csv"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, units_where(user, "press.manage"))

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("Tệp lớn hơn 20 MB. Hãy chia thành nhiều tệp."))
        return upload


def _manages(request: HttpRequest) -> None:
    if not can(request.user, "press.manage"):
        raise Refused(_("Ông/bà không sửa danh bạ báo chí."), code="press.manage")


@login_required
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is read at once and every line shown, nothing is written."""
    _manages(request)
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            reading = services.contacts_read(
                actor=request.user, unit_id=form.cleaned_data["unit"].pk, data=upload.read(), filename=upload.name
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            return render(request, "press/import.html", {**context, **_shown(reading)})
    return render(request, "press/import.html", context, status=422 if request.method == "POST" else 200)


def _shown(reading: services.Reading) -> dict[str, Any]:
    steps = sorted(reading.steps, key=lambda step: (ORDER[step.deed], step.line.number))
    counts = {deed: reading.count(deed) for deed in ORDER}
    outlets = sum(step.new_outlet for step in reading.steps)
    return {"reading": reading, "steps": steps, "counts": counts, "outlets": outlets}


@login_required
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Enter who is new."""
    _manages(request)
    try:
        count = services.contacts_import(actor=request.user, token=request.POST.get("token", ""))
        messages.success(request, _("Đã thêm %(n)d người nhận vào danh bạ báo chí.") % {"n": count})
    except (InvalidInput, Conflict) as error:
        messages.error(request, str(error))
        return redirect("press:import")
    return redirect("press:outlets")


@login_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The table to fill in."""
    _manages(request)
    response = HttpResponse(contacts.template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="mau-danh-ba-bao-chi.xlsx"'
    return response
