"""What every page of the staff frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from loa.core.nav import nav


def _entries(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    match = request.resolver_match
    here = match.view_name if match else ""
    entries = []
    for item in nav:
        if not item.visible(user):
            continue
        prefixes = item.prefixes or (item.url_name.split(":")[0] + ":",)
        entries.append(
            {"item": item, "count": item.count(user), "current": any(here.startswith(p) for p in prefixes)}
        )
    return entries


def frame(request: HttpRequest) -> dict[str, Any]:
    """`nav_entries`, computed only when a template asks for it."""
    return {"nav_entries": SimpleLazyObject(lambda: _entries(request))}
