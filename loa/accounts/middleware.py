"""Every request of somebody logged in: is the log-in still good, must the password be changed first?"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from loa.accounts import services, sessions
from loa.accounts.passwords import too_weak

Answer = Callable[[HttpRequest], HttpResponse]
#: where nobody may work before the password is right
GUARDED = ("/lam-viec/", "/cms/", "/tai-khoan/", "/api/")
#: url names that stay open while the one-time password waits to be changed
MUST_CHANGE_OPEN = frozenset({"account_change_password", "account_logout", "account_login"})
#: and while a password is too short for what the person may do
TOO_WEAK_OPEN = MUST_CHANGE_OPEN | {
    "account_strengthen",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
}


class SessionLimits:
    """Ends a log-in that lasted too long or that nobody used; keeps the list of devices fresh."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Visitors without a cookie cost nothing, and their pages stay cacheable.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            why = sessions.over(request.session)
            if why:
                logout(request)
                if why == "idle":
                    text = _("Bạn đã được đăng xuất sau %(hours)d giờ không dùng. Mời đăng nhập lại.")
                    text %= {"hours": settings.LOA_IDLE_HOURS}
                else:
                    text = _("Phiên đăng nhập đã hết hạn. Mời đăng nhập lại.")
                messages.info(request, text)
            elif sessions.touch(request.session):
                services.session_seen(session_key=request.session.session_key or "")
        return self.get_response(request)


class PasswordFirst:
    """Sends a person with a one-time or too short password to change it; nothing else opens."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseRedirect | None:
        """After the address is resolved, before the view runs."""
        if not request.path.startswith(GUARDED) or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.user.must_change_password and name not in MUST_CHANGE_OPEN:
            return redirect("account_change_password")
        if name not in TOO_WEAK_OPEN and too_weak(request.user):
            return redirect("account_strengthen")
        return None
