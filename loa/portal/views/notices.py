"""Notices: a list of those in force, a list of those that are over."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from loa.channels.webpush import subscribing
from loa.portal import params
from loa.portal.place import Place
from loa.portal.selectors import notices, stories
from loa.portal.views.base import on_site, page

PER_PAGE = 20


@on_site
def in_force(request: HttpRequest, place: Place) -> HttpResponse:
    """What holds today, urgent ones first."""
    context = {
        **_listing(request, place, notices.held(place)),
        "heading": _("Thông báo"),
        "any_over": notices.over(place).exists(),
        "push": subscribing.account_of(place.site.unit_id) is not None,
        "notice_feeds": [
            (place.url("notices_rss"), _("Thông báo (RSS)"), "application/rss+xml"),
            (place.url("notices_atom"), _("Thông báo (Atom)"), "application/atom+xml"),
            (place.url("notices_json"), _("Thông báo (JSON Feed)"), "application/feed+json"),
        ],
    }
    return _page(request, place, context, "notices")


@on_site
def over(request: HttpRequest, place: Place) -> HttpResponse:
    """What is over, newest first."""
    context = {
        **_listing(request, place, notices.over(place)),
        "heading": _("Thông báo đã hết hiệu lực"),
        "old": True,
    }
    return _page(request, place, context, "notices_over")


def _listing(request: HttpRequest, place: Place, found: Any) -> dict[str, Any]:
    number = params.page(request)
    start = (number - 1) * PER_PAGE
    cards = stories.cards(found[start : start + PER_PAGE + 1], place, covers=False)
    return {
        "cards": cards[:PER_PAGE],
        "number": number,
        "more": len(cards) > PER_PAGE and number < params.LAST_PAGE,
    }


def _page(request: HttpRequest, place: Place, context: dict[str, Any], view: str) -> HttpResponse:
    canonical = place.canonical(view) + (f"?trang={context['number']}" if context["number"] > 1 else "")
    return page(request, place, "portal/notices.html", context, canonical=canonical, section="notices")
