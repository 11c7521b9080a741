"""What the views of the inbox share."""

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

from loa.core.errors import AppError, Refused
from loa.feedback import access, texts
from loa.feedback.models import Ruling
from loa.feedback.rules import stuck

View = Callable[..., HttpResponse]


def staff(*methods: str) -> Callable[[View], View]:
    """For people who have an inbox, by these methods."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not access.may_read(request.user):
                raise Refused(_("Hộp thư dành cho người trả lời và lãnh đạo của đơn vị."), code=access.READ)
            return view(request, *args, **kwargs)

        return login_required(require_http_methods(list(methods))(inner))

    return decorate


def deed(name: str) -> Callable[[Callable[..., Any]], View]:
    """A POST that does one thing and returns to the page `name`; an error becomes a banner there.

    The view may return a response of its own.
    """

    def decorate(view: Callable[..., Any]) -> View:
        @wraps(view)
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                answer = view(request, **kwargs)
            except AppError as error:
                if error.status in (403, 404):
                    raise
                messages.error(request, str(error))
                answer = None
            return answer if isinstance(answer, HttpResponse) else redirect(name, **kwargs)

        return staff("POST")(inner)

    return decorate


def undone(row: Ruling, seen: str) -> Any:
    """In words, what was decided and not done on the channel; empty when there is nothing to do again."""
    action = row.action
    if action is None or not stuck(action.verb, action.status, action.code, seen):
        return ""
    return texts.undone(action.verb)


def number(text: Any) -> int | None:
    """A whole number from a form, or None."""
    given = str(text or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 15 else None
