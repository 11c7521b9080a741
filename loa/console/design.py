"""What the page of components shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """Sample data for every component; invented, never read from the database."""
    return {}
