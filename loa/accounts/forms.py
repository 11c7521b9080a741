"""Forms of log-in."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.accounts.lockout import second_factor_spent


class LoginForm(account_forms.LoginForm):
    """Name or address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("Tên đăng nhập hoặc địa chỉ thư")
        self.fields["password"].label = gettext_lazy("Mật khẩu")
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs.update(
            {"placeholder": "", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )
        self.fields["password"].widget.attrs["placeholder"] = ""


class _Counted:
    """A code that is wrong counts like a password that is wrong (allauth's own counter lives in one process)."""

    user: Any
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("Mã xác thực")
        self.fields["code"].widget.attrs.update({"placeholder": "", "inputmode": "text", "autofocus": True})

    def clean_code(self) -> str:
        request = context.request
        credentials = {"username": self.user.username}
        if AxesProxyHandler.is_locked(request, credentials) or second_factor_spent(self.user):
            request.axes_locked_out = True
            raise ValidationError(_("Đã sai quá nhiều lần. Hãy đợi rồi thử lại."), code="locked")
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            user_login_failed.send(sender=type(self), credentials=credentials, request=request)
            raise


class SecondFactorForm(_Counted, mfa_forms.AuthenticateForm):
    """The code asked after the password."""


class SecondFactorAgainForm(_Counted, mfa_forms.ReauthenticateForm):
    """The code asked again before something delicate."""
