"""Request-wide concerns: who acts, and errors a person can read."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from loa.core import actor
from loa.core.errors import AppError

log = logging.getLogger("loa.web")


class ActorMiddleware:
    """Remembers who asks and from where, for the audit log; sets the looser policy for Wagtail's own views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with actor.request_from(request.META.get("REMOTE_ADDR", "")):
            response = self.get_response(request)
        if request.path.startswith("/cms/") and "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = "; ".join(
                f"{name} {' '.join(values)}" for name, values in settings.LOA_CMS_POLICY.items()
            )
        return response


class AppErrorMiddleware:
    """Shows an AppError that no view caught as a page (or a fragment for htmx) with its own status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AppError):
            return None
        log.info("%s %s: %s", request.method, request.path, exception.code)
        template = "loa/error_fragment.html" if getattr(request, "htmx", False) else "loa/error.html"
        return render(request, template, {"error": exception}, status=exception.status)
