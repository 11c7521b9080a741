"""People of a unit: new accounts, roles, one-time passwords."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from loa.accounts.models import User
from loa.core import clock
from loa.core.banners import banner
from loa.core.errors import AppError, NotFound
from loa.core.forms import DateInput, add_error
from loa.lib.typed import whole
from loa.org import access, services
from loa.org.models import ROLE_LABELS, Membership, Unit

ROLES = [("", "—"), *((role.value, label) for role, label in ROLE_LABELS.items())]


class RoleForm(forms.Form):
    """A role with its dates."""

    role = forms.ChoiceField(label=gettext_lazy("Vai trò"), choices=ROLES)
    title = forms.CharField(
        label=gettext_lazy("Chức vụ"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Như trên văn bản, ví dụ “Phó Hiệu trưởng”."),
    )
    valid_from = forms.DateField(label=gettext_lazy("Từ ngày"), widget=DateInput)
    decision = forms.CharField(label=gettext_lazy("Số quyết định"), max_length=120, required=False)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = max(clock.today(), unit.founded_on)


class NewPersonForm(RoleForm):
    """Somebody without an account."""

    full_name = forms.CharField(label=gettext_lazy("Họ và tên"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Địa chỉ thư công vụ"), required=False)
    phone = forms.CharField(label=gettext_lazy("Điện thoại"), max_length=20, required=False)
    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Bỏ trống: Loa tự đặt, ví dụ anh.lt."),
    )
    field_order = ["full_name", "email", "phone", "username", "role", "title", "valid_from", "decision"]


class GrantForm(RoleForm):
    """Somebody who has an account."""

    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập hoặc địa chỉ thư"),
        max_length=150,
        help_text=gettext_lazy("Của người đã có tài khoản; hãy hỏi chính người đó."),
    )
    field_order = ["username", "role", "title", "valid_from", "decision"]

    def clean_username(self) -> User:
        text = self.cleaned_data["username"].strip()
        user = User.objects.filter(username__iexact=text, is_active=True).first()
        user = user or User.objects.filter(email__iexact=text, is_active=True).exclude(email="").first()
        if user is None:
            raise forms.ValidationError(_("Không có tài khoản đang mở nào khớp."))
        return user


@login_required
@never_cache
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an account with a first role; the one-time password is shown once, on this answer only."""
    unit = access.unit_for_manage(request.user, pk, "member.manage")
    form = NewPersonForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = services.member_add(actor=request.user, unit=unit, **form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            return render(request, "org/password.html", {"unit": unit, "person": user, "password": password})
    context = {"unit": unit, "form": form, "title": _("Thêm người mới")}
    return render(request, "org/member_form.html", context, status=400 if form.errors else 200)


@login_required
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role to somebody who has an account."""
    unit = access.unit_for_manage(request.user, pk, "member.manage")
    form = GrantForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.membership_grant(
                actor=request.user,
                user=data["username"],
                unit=unit,
                role=data["role"],
                title=data["title"],
                valid_from=data["valid_from"],
                decision=data["decision"],
            )
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã giao vai trò cho %(who)s.") % {"who": data["username"]})
            return redirect("org:unit", unit.pk)
    context = {"unit": unit, "form": form, "title": _("Giao vai trò cho người đã có tài khoản")}
    return render(request, "org/member_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role today."""
    row = access.membership_for_manage(request.user, pk)
    with banner(request, _("Đã kết thúc vai trò của %(who)s.") % {"who": row.user}):
        services.membership_end(actor=request.user, membership=row, on=clock.today())
    return redirect("org:unit", row.unit_id)


@login_required
@never_cache
@require_POST
def account(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """A new one-time password; closing or opening an account."""
    user = User.objects.filter(pk=pk).first()
    last = Membership.objects.filter(user=pk).order_by("-valid_to").select_related("unit").first()
    if user is None or last is None or verb not in ("mat-khau", "khoa", "mo", "hai-lop"):
        raise Http404
    # 404 before 403: the person must work somewhere this one can see.
    seen = access.units_readable(request.user)
    if not Membership.objects.filter(user=pk, unit__in=seen.values("pk")).exists():
        raise NotFound(_("Không tìm thấy người này trong phạm vi của bạn."), code="org.person.missing")
    unit = Unit.objects.filter(pk=whole(request.POST.get("don-vi")) or last.unit_id).first() or last.unit
    if verb == "hai-lop":
        services.account_second_factor(actor=request.user, user=user)
        messages.success(request, _("Đã gỡ xác thực hai lớp của %(who)s.") % {"who": user})
        return redirect("org:unit", unit.pk)
    if verb == "khoa":
        services.account_close(actor=request.user, user=user, reason=request.POST.get("reason", ""))
        messages.success(request, _("Đã khoá tài khoản của %(who)s.") % {"who": user})
        return redirect("org:unit", unit.pk)
    renew = services.account_password if verb == "mat-khau" else services.account_open
    password = renew(actor=request.user, user=user)
    return render(request, "org/password.html", {"unit": unit, "person": user, "password": password})
