"""What log-ins, passwords and second factors leave behind: the list of devices and the audit log."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth_signals
from django.http import HttpRequest

from loa.accounts import services, sessions
from loa.accounts.models import LoginSession
from loa.audit.services import log


def _logged_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    sessions.mark_start(request.session)
    if request.method is None:
        return  # Client.force_login of the tests: nobody at a browser
    if request.session.session_key is None:
        request.session.save()
    services.session_started(
        user=user,
        session_key=request.session.session_key or "",
        address=sessions.address_of(request),
        agent=request.META.get("HTTP_USER_AGENT", ""),
    )
    log("accounts.login", actor=user, obj=user)


def _logged_out(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if request is not None and request.session.session_key:
        LoginSession.objects.filter(session_key=request.session.session_key).delete()


def _password_set(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    services.password_was_set(user)
    own = request.session.session_key if request.user.is_authenticated else None
    services.end_sessions(user, but=own)
    if own:
        # The key of the session was changed with the password.
        services.session_started(
            user=user,
            session_key=own,
            address=sessions.address_of(request),
            agent=request.META.get("HTTP_USER_AGENT", ""),
        )
    log("accounts.password", actor=user, obj=user)


def _second_factor_on(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    log("accounts.second_factor_on", actor=user, obj=user, type=authenticator.type)


def _second_factor_off(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    log("accounts.second_factor_off", actor=user, obj=user, type=authenticator.type)


def _locked_out(sender: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
    log("accounts.locked_out", actor=None, username=username or "")


def connect() -> None:
    """Listen; called once, in `ready()`."""
    auth_signals.user_logged_in.connect(_logged_in, dispatch_uid="accounts.in")
    auth_signals.user_logged_out.connect(_logged_out, dispatch_uid="accounts.out")
    for signal in (
        account_signals.password_changed,
        account_signals.password_set,
        account_signals.password_reset,
    ):
        signal.connect(_password_set, dispatch_uid="accounts.password")
    mfa_signals.authenticator_added.connect(_second_factor_on, dispatch_uid="accounts.mfa_on")
    mfa_signals.authenticator_removed.connect(_second_factor_off, dispatch_uid="accounts.mfa_off")
    user_locked_out.connect(_locked_out, dispatch_uid="accounts.locked")
