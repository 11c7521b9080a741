"""What every page of the staff frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from loa.core.nav import DESK_PLACES, PHONE_PLACES, nav


def _entries(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    match = request.resolver_match
    here = match.view_name if match else ""
    entries: list[dict[str, Any]] = []
    for item in nav:
        if not item.visible(user):
            continue
        prefixes = item.prefixes or (item.url_name.split(":")[0] + ":",)
        entries.append(
            {
                "item": item,
                "count": item.count(user),
                "current": any(here.startswith(p) for p in prefixes),
                "gap": bool(entries) and entries[-1]["item"].group != item.group,
                "phone": True,
                "desk": True,
            }
        )
    if len(entries) > PHONE_PLACES:
        # those that ask for a place first, the others fill what is left
        wanted = sorted(entries, key=lambda entry: not entry["item"].phone)
        shown = wanted[: PHONE_PLACES - 1]
        for entry in entries:
            entry["phone"] = entry in shown
    if len(entries) > DESK_PLACES:
        shown, rest = entries[: DESK_PLACES - 1], entries[DESK_PLACES - 1 :]
        # Where one is, is always seen: it takes the last place.
        here_now = next((entry for entry in rest if entry["current"]), None)
        if here_now:
            shown = [*shown[:-1], here_now]
        for entry in entries:
            entry["desk"] = any(entry is one for one in shown)
    return entries


def frame(request: HttpRequest) -> dict[str, Any]:
    """`nav_entries`, and what has no place on the phone's bar (`nav_more`) and on the spine (`nav_desk_more`).

    Computed when a template asks.
    """
    entries = SimpleLazyObject(lambda: _entries(request))
    return {
        "nav_entries": entries,
        "nav_more": SimpleLazyObject(lambda: [entry for entry in entries if not entry["phone"]]),
        "nav_desk_more": SimpleLazyObject(lambda: [entry for entry in entries if not entry["desk"]]),
    }
