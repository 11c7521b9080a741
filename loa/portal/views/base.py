"""What every public page shares: which site it is on, who may keep it, and what stands around it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from loa.core import clock
from loa.lib.calendar import date_line
from loa.portal.cache import keep
from loa.portal.feed_names import FEEDS
from loa.portal.place import Place
from loa.portal.selectors import directory
from loa.portal.selectors.sites import new_slug, place_at

#: seconds a page may be kept when nothing public changes
TTL = 60

View = Callable[..., HttpResponse]


def on_site(view: View) -> View:
    """Give the view the `Place` it speaks for; answer 404, or redirect from a path a site has left."""

    @require_safe
    @functools.wraps(view)
    def found(request: HttpRequest, *args: Any, site_slug: str | None = None, **kwargs: Any) -> HttpResponse:
        place = place_at(request.get_host().lower(), site_slug)
        if place is None:
            return _elsewhere(request, site_slug)
        if site_slug and place.is_main:
            return HttpResponsePermanentRedirect(_with_query(request, request.path[len(place.prefix) :]))
        request.place = place  # type: ignore[attr-defined]
        return view(request, place, *args, **kwargs)

    return found


def _elsewhere(request: HttpRequest, site_slug: str | None) -> HttpResponse:
    now_at = new_slug(site_slug) if site_slug else None
    if now_at:
        path = request.path.replace(f"/truong/{site_slug}", f"/truong/{now_at}", 1)
        return HttpResponsePermanentRedirect(_with_query(request, path))
    if site_slug is None and request.path == "/":
        return render(request, "portal/closed.html", {"demo": settings.LOA_DEMO})
    raise Http404


def _with_query(request: HttpRequest, path: str) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def around_page(place: Place, *, canonical: str = "", section: str = "") -> dict[str, Any]:
    """What portal/base.html needs."""
    unit = place.site.unit
    closed = unit.closed_on is not None and unit.closed_on <= clock.today()
    return {
        "place": place,
        "site": place.site,
        "canonical": canonical,
        "section": section,
        "date_line": date_line(clock.today()),
        "today": clock.today(),
        # The site of a school that is no more goes on answering, and says so.
        "site_closed": closed,
        "site_heirs": directory.successors(unit) if closed else [],
        "feeds": [(place.url(name), title, kind) for name, title, kind in FEEDS],
    }


def page(
    request: HttpRequest,
    place: Place,
    template: str,
    context: dict[str, Any],
    *,
    canonical: str,
    section: str = "",
) -> HttpResponse:
    """A public page, which the page cache may keep."""
    around = around_page(place, canonical=canonical, section=section)
    return keep(draw(request, template, {**around, **context}), TTL)


def draw(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render without context processors: a public page knows no person, so it cannot vary by one."""
    return HttpResponse(render_to_string(template, {"request": request, **context}), status=status)


def redirect_to(request: HttpRequest, path: str) -> HttpResponse:
    """The thing stands at another address for good."""
    return HttpResponsePermanentRedirect(_with_query(request, path))
