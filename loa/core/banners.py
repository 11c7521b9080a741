"""A deed of a form that has no field to show an error at: what became of it is said on the page one returns to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from loa.core.errors import AppError, NotFound, Refused


@contextmanager
def banner(request: HttpRequest, done: str = "") -> Iterator[None]:
    """Do it inside; success says `done` (when given), a refusal by a service says why.

    Who may not do it, or must not know of it, gets the page of that error: Refused and NotFound go on up.
    """
    try:
        yield
    except (Refused, NotFound):
        raise
    except AppError as error:
        messages.error(request, str(error.message))
    else:
        if done:
            messages.success(request, done)
