"""One's own reminders: nobody else's is ever reached from here; and the address in a mail that stops the mails."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from loa.core import clock
from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.reminders import services
from loa.reminders.models import Digest
from loa.reminders.rules import sends_on
from loa.reminders.selectors import causes_of
from loa.reminders.texts import KIND_LABELS, STATE_TONES, stands, tone
from loa.reminders.ui.forms import SettingsForm

SHOWN = 100


@login_required
def reminders(request: HttpRequest) -> HttpResponse:
    """What asks for a deed of this person now: late, then by day."""
    today = clock.today()
    row = services.preference_of(request.user)
    causes = causes_of([row.user_id], today)[row.user_id]
    shown = [cause for cause in causes if cause.kind not in row.muted]
    lines = [
        {
            "cause": cause,
            "kind": KIND_LABELS[cause.kind],
            "stands": stands(cause, today),
            "tone": tone(cause, today),
            "late": cause.late(today),
        }
        for cause in shown[:SHOWN]
    ]
    return render(
        request,
        "reminders/list.html",
        {
            "late": [line for line in lines if line["late"]],
            "ahead": [line for line in lines if not line["late"]],
            "more": len(shown) - len(lines),
            "hidden": len(causes) - len(shown),
            "row": row,
            "next_at": row.next_at,
        },
    )


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """How one is reminded, and what became of the last mails."""
    row = services.preference_of(request.user)
    form = SettingsForm.of(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.preference_change(actor=request.user, fields=form.values())
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu cách nhắc việc."))
            return redirect("reminders:settings")
    digests = [
        {"digest": digest, "tone": STATE_TONES[Digest.State(digest.state)]}
        for digest in Digest.objects.filter(user=row.user_id)[:7]
    ]
    return render(
        request,
        "reminders/settings.html",
        {"form": form, "row": row, "digests": digests, "today_free": not sends_on(row.wish, clock.today())},
        status=400 if form.errors else 200,
    )


@csrf_exempt  # a mail program posts by itself (RFC 8058); the address is the secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails. Looking changes nothing, for programs look at every address in a mail."""
    context: dict[str, Any] = {"done": False}
    if request.method == "POST":
        services.mail_stop(token=token)
        context["done"] = True
    else:
        context["person"] = services.user_of_token(token)
    return render(request, "reminders/stop.html", context)
