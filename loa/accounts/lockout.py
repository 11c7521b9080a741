"""Brakes on guessing: who is counted, and what a person sees whose log-in is locked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from loa.accounts.models import User


def username_of(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name under which failures are counted: the account's own, however it was typed.

    Else name and address of one account would have a counter each, and twice as many tries.
    """
    credentials = credentials or {}
    typed = credentials.get("username") or credentials.get("email") or ""
    if not typed and request is not None:
        typed = request.POST.get("login", "")
    typed = str(typed).replace("\0", "").strip()[:255]
    if not typed:
        return ""
    own = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).values_list(
        "username", flat=True
    )
    return own.first() or typed.lower()


def cool_off(request: HttpRequest | None = None) -> dt.timedelta:
    """How long a lock lasts."""
    return get_cool_off(request) or dt.timedelta(minutes=15)


def second_factor_spent(user: User) -> bool:
    """Whether so many codes (and passwords) of this account failed lately, from anywhere, that no more are taken.

    Six digits can be guessed by somebody who has the password and many addresses.
    """
    # axes writes the machine's own clock.
    since = timezone.now() - cool_off()
    failed = AccessAttempt.objects.filter(username=user.username, attempt_time__gte=since)
    total = failed.aggregate(total=Sum("failures_since_start"))["total"] or 0
    return total >= settings.LOA_SECOND_FACTOR_TRIES


def locked_out(
    request: HttpRequest, credentials: dict[str, Any] | None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """A page that says how long to wait and whom to ask; status 429."""
    minutes = max(1, round(cool_off(request).total_seconds() / 60))
    response = render(request, "account/locked.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response
