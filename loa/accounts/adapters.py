"""How django-allauth behaves here: nobody signs up by themselves, mail leaves after the commit."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from loa.accounts import tasks
from loa.core import clock
from loa.core.after import enqueue_after_commit


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Tài khoản này đang khoá."),
        "email_password_mismatch": _("Tên đăng nhập hoặc mật khẩu chưa đúng."),
        "username_password_mismatch": _("Tên đăng nhập hoặc mật khẩu chưa đúng."),
        "invalid_login": _("Tên đăng nhập hoặc mật khẩu chưa đúng."),
        "enter_current_password": _("Mật khẩu đang dùng chưa đúng."),
        "incorrect_password": _("Mật khẩu chưa đúng."),
        "incorrect_code": _("Mã chưa đúng, hoặc đã hết hạn. Hãy lấy mã mới trong ứng dụng."),
        "invalid_or_expired_key": _("Đường dẫn đã hết hạn hoặc đã dùng rồi."),
        "invalid_password_reset": _("Đường dẫn đặt lại mật khẩu đã hết hạn hoặc đã dùng rồi."),
        "too_many_login_attempts": _("Đã sai quá nhiều lần. Hãy đợi rồi thử lại."),
        "rate_limited": _("Bạn thao tác hơi nhanh. Hãy đợi một phút rồi thử lại."),
        "unknown_email": _("Không có tài khoản nào dùng địa chỉ thư này."),
        "same_as_current": _("Mật khẩu mới phải khác mật khẩu đang dùng."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Refuse closed accounts, and one-time passwords that were left lying too long."""
        response = super().pre_login(request, user, **kwargs)
        if response is None and user.one_time_until is not None and user.one_time_until < clock.now():
            return redirect("account_one_time_over")
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Rendered now, sent by a job: a slow mail server holds nobody up, and the answer takes as long for an
        address that is known as for one that is not."""
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        html = next((body for body, _kind in getattr(message, "alternatives", [])), "")
        assert isinstance(message, EmailMultiAlternatives)
        enqueue_after_commit(tasks.send_mail, list(message.to), message.subject, str(message.body), str(html))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Words of the second factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Mã chưa đúng, hoặc đã hết hạn. Hãy lấy mã mới trong ứng dụng."),
        "cannot_delete_authenticator": _("Không tắt được xác thực hai lớp của tài khoản này."),
    }
