"""For machines: sitemaps, robots.txt, and the bytes of photos."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.images.models import SourceImageIOError

from loa.core import clock
from loa.newsroom.models import Story
from loa.portal.cache import keep
from loa.portal.images import FORMATS, SIZES, file_of
from loa.portal.models import MemberSite
from loa.portal.place import Place, canonical_base, story_path
from loa.portal.rules import slug_id
from loa.portal.selectors import directory, stories
from loa.portal.views.base import on_site

#: ids in one part of the sitemap; a part is one range of keys, so the hundredth costs what the first does
PART = 2_500
_XML = "application/xml; charset=utf-8"
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
#: seconds a sitemap may be kept
TTL = 600


@on_site
def sitemap(request: HttpRequest, place: Place) -> HttpResponse:
    """The index: one part for pages, then one for every range of stories."""
    newest = stories.public().aggregate(newest=Max("pk"))["newest"]
    parts = ["trang", *(str(n) for n in range((newest or 0) // PART + 1))] if newest else ["trang"]
    lines = (f"<sitemap><loc>{escape(place.canonical('sitemap_part', part))}</loc></sitemap>" for part in parts)
    return _xml("sitemapindex", lines)


@on_site
def sitemap_part(request: HttpRequest, place: Place, part: str) -> HttpResponse:
    """One part of the sitemap. Only addresses that are canonical here."""
    if part == "trang":
        return _xml("urlset", _pages(place))
    if not (part.isascii() and part.isdigit() and len(part) < 8):
        raise Http404
    return _xml("urlset", _stories(place, int(part)))


def _url(address: str, changed: str = "") -> str:
    modified = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{modified}</url>"


def _pages(place: Place) -> Iterator[str]:
    for name in ("home", "news", "notices", "topics", "about", "accessibility"):
        yield _url(place.canonical(name))
    for pk, title in stories.themes_plain(place):
        yield _url(place.base + place.topic_url(pk, title).removeprefix(place.prefix))
    if not place.is_main:
        return
    yield _url(place.canonical("directory"))
    # Sites with a host name of their own have sitemaps of their own.
    for site in MemberSite.objects.filter(active=True, is_main=False, host=None).only("slug", "host", "is_main"):
        yield _url(canonical_base(site) + "/")
    for pk, slug in directory.open_units().order_by("pk").values_list("pk", "slug"):
        yield _url(place.canonical("unit", slug_id(slug, pk)))


def _here(place: Place) -> QuerySet[Story]:
    """Stories whose canonical address is on this host (or below this path)."""
    if not place.is_main:
        return stories.at(place).filter(on_main_portal=False)
    below = Q(on_main_portal=False, unit__site__active=True, unit__site__host=None, unit__site__is_main=False)
    return stories.public().filter(Q(on_main_portal=True) | below)


def _stories(place: Place, part: int) -> Iterator[str]:
    found = _here(place).filter(pk__gte=part * PART, pk__lt=(part + 1) * PART).order_by("pk")
    fields = ("pk", "slug", "title", "published_at", "corrected_at", "on_main_portal", "unit__site__slug")
    for pk, slug, title, published, corrected, on_main, site_slug in found.values_list(*fields):
        below = "" if on_main or not place.is_main else f"/truong/{site_slug}"
        changed = clock.local(corrected or published).isoformat()
        yield _url(f"{place.base}{below}{story_path(pk, slug, title)}", changed)


def _xml(root: str, lines: Iterator[str]) -> HttpResponse:
    body = "\n".join(lines)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_NAMESPACE}>\n{body}\n</{root}>\n'
    return keep(HttpResponse(text, content_type=_XML), TTL)


@on_site
def robots(request: HttpRequest, place: Place) -> HttpResponse:
    """What crawlers may take, and where the sitemap is."""
    response = render(
        request,
        "portal/robots.txt",
        {"sitemap": place.canonical("sitemap")},
        content_type="text/plain; charset=utf-8",
    )
    return keep(response, TTL)


@require_safe
def image(request: HttpRequest, photo_id: int, version: str, size: str, ending: str) -> HttpResponse:
    """One size of a photo; 404 when its consent or its story was withdrawn."""
    if size not in SIZES or ending not in FORMATS:
        raise Http404
    photo = stories.publishable_photos().filter(pk=photo_id).select_related("image").first()
    if photo is None or not photo.publishable or (photo.image.file_hash or "0")[:8] != version:
        raise Http404
    try:
        data = file_of(photo.image, size, ending)
    except (SourceImageIOError, OSError) as error:
        raise Http404 from error
    response = HttpResponse(data, content_type=FORMATS[ending][1])
    # The address holds the hash of the file: another file has another address.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    return keep(response, TTL * 6)
