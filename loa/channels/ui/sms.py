"""Numbers of an SMS account: the list, adding with the ground of consent, taking off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.channels import texts
from loa.channels.sms import audience
from loa.channels.ui.common import staff
from loa.core.errors import AppError, NotFound, Refused
from loa.core.forms import DateInput, add_error


class NumbersForm(forms.Form):
    """One number or many, and why they may be written to."""

    numbers = forms.CharField(
        label=gettext_lazy("Số điện thoại"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        help_text=gettext_lazy("Mỗi dòng một số; dán được cả danh sách."),
    )
    consent_on = forms.DateField(label=gettext_lazy("Ngày đồng ý"), widget=DateInput())
    consent_how = forms.CharField(
        label=gettext_lazy("Đồng ý bằng cách nào"),
        max_length=200,
        help_text=gettext_lazy("Ví dụ: phiếu đăng ký nhận tin đầu năm học, lưu ở văn phòng."),
    )


@staff("GET", "POST")
def recipients(request: HttpRequest, pk: int) -> HttpResponse:
    """The list, and the form; what was typed is kept when it is refused."""
    account = audience.account_for(request.user, pk)
    form, status = NumbersForm(request.POST if request.method == "POST" else None), 200
    wrong: list[tuple[int, str]] = []
    problem = ""
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                added = audience.recipients_add(actor=request.user, account_id=pk, **form.cleaned_data)
                messages.success(
                    request,
                    _("Đã thêm %(new)d số; %(known)d số có sẵn giữ nguyên.")
                    % {"new": added.new, "known": added.known},
                )
                return redirect("channels:sms_recipients", pk=pk)
            except audience.WrongLines as error:
                wrong, problem = error.lines, str(error)
            except (Refused, NotFound):
                raise
            except AppError as error:
                add_error(form, error)
                status = error.status
    rows = audience.recipients(account)
    page = Paginator(rows, 50).get_page(request.GET.get("trang"))
    shown: list[Any] = list(page.object_list)
    for row in shown:
        row.reason = texts.reason(row.code)
    context = {
        "account": account,
        "form": form,
        "page": page,
        "shown": shown,
        "total": page.paginator.count,
        "active": rows.filter(active=True).count(),
        "wrong": wrong[: audience.TOLD],
        "more": max(len(wrong) - audience.TOLD, 0),
        "problem": problem,
    }
    return render(request, "channels/sms_recipients.html", context, status=status)


@staff("POST")
def remove(request: HttpRequest, pk: int, recipient: int) -> HttpResponse:
    """Take one off."""
    audience.recipient_remove(actor=request.user, account_id=pk, recipient_id=recipient)
    messages.success(request, _("Đã gỡ và xoá số này."))
    return redirect("channels:sms_recipients", pk=pk)
