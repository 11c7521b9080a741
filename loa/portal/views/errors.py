"""404 for the public; staff paths keep the frame's own page."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from loa.portal.cache import PRIVATE
from loa.portal.selectors.sites import place_at
from loa.portal.views.base import around_page, draw


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The page of the site the reader is on, or a plain one where there is none."""
    place = getattr(request, "place", None)
    if place is None and not request.path.startswith(PRIVATE):
        try:
            place = place_at(request.get_host().lower(), None)
        except DatabaseError:
            place = None
    if place is None:
        return render(request, "404.html", status=404)
    return draw(request, "portal/lost.html", around_page(place), status=404)
