"""What machines read in a page: NewsArticle and Organization (schema.org) as JSON-LD.

A block of type application/ld+json is data, not script: the strict content policy lets it stand. It is written
with <, > and & escaped, so no title can end it.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from loa.core import clock
from loa.newsroom.models import Story
from loa.portal.images import image_path
from loa.portal.place import Place, main_origin, story_canonical
from loa.portal.selectors.stories import Picture

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def json_ld(data: dict[str, Any]) -> SafeString:
    """The data as the inside of a <script type="application/ld+json">."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - escaped above


def publisher(place: Place) -> dict[str, Any]:
    """The organisation behind a site."""
    site = place.site
    found: dict[str, Any] = {"@type": "GovernmentOrganization" if place.is_main else "EducationalOrganization"}
    found |= {"name": site.unit.name, "url": place.canonical("home")}
    if site.address:
        found["address"] = site.address
    if site.email:
        found["email"] = site.email
    if site.phone:
        found["telephone"] = site.phone
    return found


def site_data(place: Place) -> SafeString:
    """The front page: the site, its organisation and how to search it."""
    return json_ld(
        {
            "@type": "WebSite",
            "name": place.site.name,
            "url": place.canonical("home"),
            "inLanguage": "vi",
            "publisher": publisher(place),
            "potentialAction": {
                "@type": "SearchAction",
                "target": place.canonical("search") + "?q={search_term_string}",
                "query-input": "required name=search_term_string",
            },
        }
    )


def article_data(place: Place, story: Story, photos: list[Picture], topic: str) -> SafeString:
    """A story as schema.org NewsArticle."""
    data: dict[str, Any] = {
        "@type": "NewsArticle",
        "headline": story.title[:110],
        "description": story.lead,
        "inLanguage": "vi",
        "isAccessibleForFree": True,
        "mainEntityOfPage": story_canonical(story, place.main),
        "datePublished": clock.local(story.published_at).isoformat() if story.published_at else "",
        "dateModified": modified(story),
        "author": [{"@type": "Person", "name": byline(story)}]
        if story.byline
        else [{"@type": "Organization", "name": story.unit.name}],
        "publisher": publisher(place),
        "sourceOrganization": {"@type": "Organization", "name": story.unit.name},
    }
    if story.valid_until:
        data["expires"] = story.valid_until.isoformat()
    if topic:
        data["articleSection"] = topic
    if photos:
        data["image"] = [main_origin() + image_path(photo, "og", "jpg") for photo in photos[:3]]
    if story.correction:
        data["correction"] = story.correction
    return json_ld(data)


def modified(story: Story) -> str:
    """When what is public last changed, ISO."""
    moment = story.corrected_at or story.published_at
    return clock.local(moment).isoformat() if moment else ""


def byline(story: Story) -> str:
    """The name the author signs with; the unit when none."""
    return story.byline or _("Tin của %(unit)s") % {"unit": story.unit.short_name}
