"""Connecting pages by the channel's own log-in: where to go, coming back, choosing the pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from loa.channels import access, services, texts
from loa.channels.kinds import kinds
from loa.channels.models import ChannelAccount
from loa.channels.rules import Result
from loa.channels.ui.common import staff
from loa.core.errors import AppError, InvalidInput
from loa.org import access as rights
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit


def _ready() -> list[Any]:
    return [kind for kind in kinds().values() if kind.login is not None and kind.login.ready()]


class StartForm(forms.Form):
    """Whose page it is."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị của trang"))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, rights.units_where(user, "channel.manage"))


@staff("GET", "POST")
def start(request: HttpRequest) -> HttpResponse:
    """Choose channel and unit; then a link to the channel (a form may not send people off our site)."""
    form = StartForm(request.user, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"kinds": _ready(), "form": form, "chosen": request.POST.get("kind", "")}
    status = 200
    if request.method == "POST":
        unit = form.cleaned_data.get("unit") if form.is_valid() else None
        try:
            row, there = services.connect_begin(
                actor=request.user, kind=request.POST.get("kind", ""), unit_id=unit and unit.pk
            )
            return _off(request, row, there)
        except InvalidInput as error:
            messages.error(request, str(error))
            status = error.status
    return render(request, "channels/connect.html", context, status=status)


@staff("POST")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page once more: its history stays."""
    try:
        row, there = services.connect_begin(actor=request.user, kind="", account_id=pk)
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect("channels:account", pk=pk)
    return _off(request, row, there)


def _off(request: HttpRequest, row: Any, there: str) -> HttpResponse:
    context = {"there": there, "row": row, "kind": kinds()[row.kind]}
    return render(request, "channels/connect_go.html", context)


@sensitive_variables("code")
@staff("GET")
def back(request: HttpRequest, kind: str) -> HttpResponse:
    """The person comes back from the channel with a code."""
    try:
        row = services.connect_finish(actor=request.user, kind=kind, params=request.GET.dict())
    except AppError as error:
        messages.error(request, str(error))
        return redirect("channels:connect_start")
    return redirect("channels:connect_pick", pk=row.pk)


@staff("GET", "POST")
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the pages are connected."""
    row = services.connection_for(request.user, pk)
    status = 200
    if request.method == "POST":
        try:
            taken = services.connect_take(
                actor=request.user, connection_id=pk, chosen=request.POST.getlist("page")
            )
            _look(request, taken)
            return (
                redirect("channels:account", pk=taken[0].pk) if len(taken) == 1 else redirect("channels:accounts")
            )
        except InvalidInput as error:
            messages.error(request, str(error))
            status = error.status
    grants = services.grants_of(row)
    known = access.known_pages(row.kind, [grant.external_id for grant in grants])
    pages = [
        {
            "id": grant.external_id,
            "name": grant.name,
            "known": known.get(grant.external_id),
            "lacks": texts.reason(grant.lacks),
            "checked": len(grants) == 1
            or (row.account is not None and row.account.external_id == grant.external_id),
        }
        for grant in grants
        if row.account is None or row.account.external_id == grant.external_id or len(grants) == 1
    ]
    context = {"row": row, "pages": pages, "kind": kinds()[row.kind]}
    return render(request, "channels/connect_pick.html", context, status=status)


def _look(request: HttpRequest, taken: list[ChannelAccount]) -> None:
    """Ask the channel at once whether they can be used."""
    for account in taken:
        outcome = services.account_check(account=account)
        if outcome.result == Result.SENT:
            messages.success(request, _("%(name)s đã kết nối và đăng bài được.") % {"name": account})
        else:
            messages.error(request, f"{account}: {texts.reason(outcome.code)}")
