"""What the views of the channels share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loa.channels import selectors
from loa.channels.rules import Status
from loa.core.errors import AppError, Refused

View = Callable[..., HttpResponse]

TONES = {
    Status.PENDING: "wait",
    Status.SENDING: "sky",
    Status.PROCESSING: "sky",
    Status.RETRY: "wait",
    Status.CHECKING: "sky",
    Status.UNKNOWN: "act",
    Status.SENT: "done",
    Status.FAILED: "act",
    Status.CANCELLED: "plain",
    Status.TODO: "act",
}


def staff(*methods: str) -> Callable[[View], View]:
    """For people who work with channels, by these methods."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not selectors.sees_channels(request.user):
                raise Refused(_("Mục Kênh dành cho Ban Biên tập và người quản lý trang của đơn vị."))
            return view(request, *args, **kwargs)

        return login_required(require_http_methods(list(methods))(inner))

    return decorate


def deed(name: str) -> Callable[[Callable[..., None]], View]:
    """A POST that does one thing and returns to the page `name`; an error becomes a banner there."""

    def decorate(view: Callable[..., None]) -> View:
        @wraps(view)
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                view(request, **kwargs)
            except AppError as error:
                if error.status in (403, 404):
                    raise
                messages.error(request, str(error))
            return redirect(name, **kwargs) if name != "channels:deliveries" else redirect(name)

        return staff("POST")(inner)

    return decorate
