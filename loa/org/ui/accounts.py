"""Accounts of the people one looks after: find, invite again, hand out log-ins, several at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from loa.accounts import invitations
from loa.accounts.services import mail_configured
from loa.core.banners import banner
from loa.core.errors import Refused
from loa.lib.typed import whole
from loa.org import access, selectors, services
from loa.org.models import ROLE_LABELS
from loa.org.rules import Role
from loa.org.ui.fields import UnitField
from loa.org.ui.people_import import sheet_file

PAGE = 50
STATES = [
    ("", gettext_lazy("Mọi tài khoản")),
    ("chua-vao", gettext_lazy("Chưa từng đăng nhập")),
    ("chua-gui", gettext_lazy("Thư mời không gửi được")),
    ("moi-het-han", gettext_lazy("Lời mời đã hết hạn")),
    ("khong-thu", gettext_lazy("Chưa vào, không có địa chỉ thư")),
    ("khoa", gettext_lazy("Đang khoá")),
]
_NOBODY = gettext_lazy("Chỉ quản trị mới xem danh sách tài khoản.")


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    q = forms.CharField(required=False, max_length=100)
    vai = forms.ChoiceField(required=False, choices=[("", ""), *((role.value, "") for role in Role)])
    xem = forms.ChoiceField(required=False, choices=STATES)
    o = UnitField(required=False, label=gettext_lazy("Đơn vị"))


@login_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """People of the units one looks after, by given name. The same number of queries however many."""
    if not access.can(request.user, "member.manage"):
        raise Refused(str(_NOBODY), code="member.manage")
    managed = access.units_where(request.user, "member.manage")
    form = FilterForm(request.GET)
    form.fields["o"].units = managed  # type: ignore[attr-defined]
    form.is_valid()
    wanted: dict[str, Any] = form.cleaned_data
    rows = selectors.accounts_of(
        managed,
        text=wanted.get("q", ""),
        role=wanted.get("vai", ""),
        unit=wanted.get("o"),
        state=wanted.get("xem", ""),
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("trang"))
    people = list(page.object_list)
    ids = [user.pk for user in people]
    work = selectors.work_of(ids, managed)
    care = access.people_in_care(request.user, ids)
    lines = [
        {
            "user": user,
            "work": work[user.pk],
            "waits": invitations.waits(user),
            "until": invitations.open_until(user),
            "unsent": invitations.unsent(user),
            "care": user.pk in care,
        }
        for user in people
    ]
    return render(
        request,
        "org/people.html",
        {
            "page": page,
            "lines": lines,
            "some_wait": any(line["waits"] and line["care"] for line in lines),
            "wanted": wanted,
            "filtered": any(wanted.values()),
            "unit_error": form.errors.get("o"),
            "unit_field": form["o"],
            "roles": [(role.value, label) for role, label in ROLE_LABELS.items()],
            "states": STATES,
            "mail": mail_configured(),
            "days": settings.LOA_INVITE_DAYS,
            "password_days": settings.LOA_ONE_TIME_DAYS,
            "may_members": True,
        },
    )


def _chosen(request: HttpRequest) -> list[int]:
    if not access.can(request.user, "member.manage"):
        raise Refused(str(_NOBODY), code="member.manage")
    # "Gửi lại" beside one person means that person, whoever else is ticked.
    said = request.POST.getlist("mot-nguoi") or request.POST.getlist("nguoi")
    found = (whole(pk) for pk in said[: 10 * PAGE])
    return sorted({pk for pk in found if pk is not None})


def _back(request: HttpRequest) -> HttpResponse:
    query = request.POST.get("loc", "")
    return redirect(reverse("org:people") + (f"?{query}" if query else ""))


@login_required
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Letters with a new link to the ticked people who never logged in."""
    chosen = _chosen(request)
    with banner(request):
        count = services.people_invite(actor=request.user, people=chosen)
        if count:
            messages.success(request, _("Đang gửi thư mời cho %(n)d người.") % {"n": count})
        if count < len(chosen):
            messages.info(
                request,
                _("%(n)d người không có địa chỉ thư, đã đăng nhập hoặc đang khoá nên không gửi.")
                % {"n": len(chosen) - count},
            )
    return _back(request)


@login_required
@require_POST
def hand_out(request: HttpRequest) -> HttpResponse:
    """A sheet with new one-time log-ins of the ticked people who never logged in."""
    chosen = _chosen(request)
    with banner(request):
        return sheet_file(
            services.people_hand_out(actor=request.user, people=chosen), request.POST.get("dang", "")
        )
    return _back(request)
