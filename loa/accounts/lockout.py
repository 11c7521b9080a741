"""What a person sees whose log-in is locked after too many failures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """A page that says how long to wait and whom to ask; status 429."""
    return render(request, "account/locked.html", {"minutes": 15}, status=429)
