"""One's own account: nobody else's is ever reached from here."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.forms import ResetPasswordKeyForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from loa.accounts import invitations, selectors, services
from loa.accounts.models import User
from loa.accounts.passwords import too_weak
from loa.core.errors import AppError
from loa.core.forms import add_error


class ContactForm(forms.Form):
    """What others reach the person by."""

    email = forms.EmailField(
        label=gettext_lazy("Địa chỉ thư công vụ"),
        required=False,
        help_text=gettext_lazy("Thư đặt lại mật khẩu được gửi về địa chỉ này."),
    )
    phone = forms.CharField(label=gettext_lazy("Điện thoại công vụ"), required=False, max_length=20)
    password = forms.CharField(
        label=gettext_lazy("Mật khẩu đang dùng"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Để chắc chắn chính bạn đang đổi."),
    )


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Name, roles, devices, what was done with the account lately."""
    return render(
        request,
        "account/me.html",
        {
            "sessions": selectors.sessions_of(request.user, current=request.session.session_key or ""),
            "second_factor": is_mfa_enabled(request.user),
            "deeds": selectors.account_deeds(request.user),
        },
    )


@login_required
def contact(request: HttpRequest) -> HttpResponse:
    """Change one's own address and telephone; the password is asked, for mail can set a new one."""
    user: Any = request.user
    form = ContactForm(request.POST or None, initial={"email": user.email, "phone": user.phone})
    if request.method == "POST" and form.is_valid():
        if not user.check_password(form.cleaned_data["password"]):
            form.add_error("password", _("Mật khẩu chưa đúng."))
        else:
            try:
                services.contact_change(
                    actor=user, user=user, email=form.cleaned_data["email"], phone=form.cleaned_data["phone"]
                )
            except AppError as error:
                add_error(form, error)
            else:
                messages.success(request, _("Đã lưu thông tin liên hệ."))
                return redirect("account_me")
    return render(request, "account/contact.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    if not services.session_end(actor=request.user, pk=pk):  # type: ignore[arg-type]
        raise Http404
    messages.success(request, _("Đã đăng xuất trên thiết bị đó."))
    return redirect("account_me")


@login_required
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End all one's sessions but this one."""
    count = services.end_sessions(request.user, but=request.session.session_key)  # type: ignore[arg-type]
    messages.success(request, _("Đã đăng xuất trên %(count)d thiết bị khác.") % {"count": count})
    return redirect("account_me")


@login_required
def strengthen(request: HttpRequest) -> HttpResponse:
    """Why nothing else opens, and the two ways on."""
    if not too_weak(request.user):
        return redirect("console:home")
    return render(request, "account/strengthen.html")


_INVITATION = "loa_invitation"


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "account/invitation_over.html", {"days": settings.LOA_INVITE_DAYS}, status=410)


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter. Its secret goes into the session, so that no address of the next page holds it."""
    if invitations.user_of(token) is None:
        return _over(request)
    if request.user.is_authenticated:
        logout(request)  # somebody else's log-in on this device: the password is for the one who was invited
    request.session[_INVITATION] = token
    return redirect("account_invitation_set")


@never_cache
def invitation_set(request: HttpRequest) -> HttpResponse:
    """Choose a first password."""
    user = invitations.user_of(request.session.get(_INVITATION, ""))
    if user is None:
        return _over(request)
    form = ResetPasswordKeyForm(request.POST or None, user=user, temp_key=None)
    form.fields["password1"].help_text = ""  # the page says it in fewer words
    if request.method == "POST" and form.is_valid():
        form.save()
        del request.session[_INVITATION]
        account_signals.password_set.send(sender=User, request=request, user=user)
        messages.success(
            request,
            _("Đã đặt mật khẩu. Mời đăng nhập bằng tên %(name)s hoặc địa chỉ thư của bạn.")
            % {"name": user.username},
        )
        return redirect("account_login")
    context = {"form": form, "person": user}
    return render(request, "account/invitation_set.html", context, status=400 if form.errors else 200)
