"""RSS 2.0, Atom and JSON Feed of a site and of a topic, with conditional requests and the hub's address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from loa.portal import feeds
from loa.portal.cache import keep
from loa.portal.place import Place
from loa.portal.views.base import TTL, on_site, redirect_to
from loa.portal.views.pages import public_topic


@on_site
def site_feed(request: HttpRequest, place: Place, kind: str) -> HttpResponse:
    """The newest stories of a site."""
    return _answer(request, feeds.document(place, kind))


@on_site
def notices_feed(request: HttpRequest, place: Place, kind: str) -> HttpResponse:
    """The notices of a site that are in force."""
    return _answer(request, feeds.document(place, kind, notices=True))


@on_site
def topic_feed(request: HttpRequest, place: Place, kind: str, key: str) -> HttpResponse:
    """The newest stories on a topic."""
    topic = public_topic(place, key)
    right = feeds.topic_key(topic)
    if key != right:
        return redirect_to(request, place.url(f"topic_{kind}", right))
    return _answer(request, feeds.document(place, kind, topic))


def _answer(request: HttpRequest, found: feeds.Document) -> HttpResponse:
    response = HttpResponse(found.text, content_type=found.kind)
    response["Link"] = found.links
    response["Access-Control-Allow-Origin"] = "*"
    if found.updated is None:
        return keep(response, TTL)
    moment = int(found.updated.timestamp())
    response["Last-Modified"] = http_date(moment)
    # Only past the page cache (somebody logged in): it answers conditions itself.
    if "HTTP_IF_MODIFIED_SINCE" in request.META:
        unchanged = get_conditional_response(request, last_modified=moment, response=response)
        if unchanged is not None:
            return unchanged
    return keep(response, TTL)


def topic_rss(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
    """RSS of a topic."""
    return topic_feed(request, kind="rss", key=key, **kwargs)


def topic_atom(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
    """Atom of a topic."""
    return topic_feed(request, kind="atom", key=key, **kwargs)


def topic_json(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
    """JSON Feed of a topic."""
    return topic_feed(request, kind="json", key=key, **kwargs)
