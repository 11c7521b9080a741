"""Request-wide concerns: who acts, and errors a person can read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from loa.core import actor
from loa.core.errors import AppError, InvalidInput

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


class NoNulMiddleware:
    """Keeps the character NUL from every view: nobody types it, and PostgreSQL takes no text that holds it.

    Out of an address it is dropped; a form with it is refused with 400, before anything is written. Stands after
    the CSRF check, which has read the form by then. Machines' doors (exempt from that check) read raw bytes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\x00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "").replace("\x00", "")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        if not any("\x00" in text for _name, texts in request.POST.lists() for text in texts):
            return None
        return error_page(
            request,
            InvalidInput(
                _("Chữ gửi lên có ký tự không đọc được (mã 0). Hãy gõ lại đoạn đó, hoặc dán dạng văn bản thuần."),
                code="core.nul",
            ),
        )


def error_page(request: HttpRequest, error: AppError) -> HttpResponse:
    """An AppError as a page, or as a fragment for htmx, with its own status."""
    template = "loa/error_fragment.html" if getattr(request, "htmx", False) else "loa/error.html"
    return render(request, template, {"error": error}, status=error.status)


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
        return error_page(request, exception)
