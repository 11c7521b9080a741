"""The bell of the staff frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from loa.accounts.selectors import unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: how many notices the person has not read; one indexed query, when a template asks."""
    user = getattr(request, "user", None)
    if user is None:
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: unread_count(user))}
