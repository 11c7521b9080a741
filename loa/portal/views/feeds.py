"""RSS 2.0 and Atom of a site and of a topic."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _

from loa.lib.vi import clean
from loa.portal.cache import keep
from loa.portal.images import image_path
from loa.portal.place import Place, main_origin
from loa.portal.rules import address_of, slug_id
from loa.portal.selectors import stories
from loa.portal.views.base import TTL, on_site, redirect_to
from loa.portal.views.pages import public_topic

ITEMS = 30
_KINDS: dict[str, type[SyndicationFeed]] = {"rss": Rss201rev2Feed, "atom": Atom1Feed}


@on_site
def site_feed(request: HttpRequest, place: Place, kind: str) -> HttpResponse:
    """The newest stories of a site."""
    return _feed(place, kind, place.site.name, place.canonical("home"), place.canonical(kind), stories.at(place))


@on_site
def topic_feed(request: HttpRequest, place: Place, kind: str, key: str) -> HttpResponse:
    """The newest stories on a topic."""
    topic = public_topic(place, key)
    right = slug_id(address_of(str(topic), 60), topic.pk)
    if key != right:
        return redirect_to(request, place.url(f"topic_{kind}", right))
    return _feed(
        place,
        kind,
        f"{topic} – {place.site.name}",
        place.canonical("topic", key),
        place.canonical(f"topic_{kind}", key),
        stories.on_topic(stories.at(place), topic),
    )


def _feed(place: Place, kind: str, title: str, link: str, own: str, found: Any) -> HttpResponse:
    feed = _KINDS[kind](
        title=clean(title),
        link=link,
        description=clean(place.site.intro or _("Tin, bài mới của %(name)s") % {"name": place.site.name})[:500],
        language="vi",
        feed_url=own,
        feed_guid=own,
        author_name=clean(place.site.unit.name),
    )
    for card in stories.cards(found[:ITEMS], place):
        address = place.base + card.url.removeprefix(place.prefix)
        picture = None
        if card.cover:
            # Length 0: unknown until the size is first asked for, as the RSS specification allows.
            picture = [Enclosure(main_origin() + image_path(card.cover, "og", "jpg"), "0", "image/jpeg")]
        feed.add_item(
            title=clean(card.title),
            link=address,
            description=clean(card.lead),
            unique_id=address,
            unique_id_is_permalink=True,
            pubdate=card.date,
            updateddate=card.date,
            author_name=clean(card.unit_name),
            categories=[clean(card.topic)] if card.topic else [],
            enclosures=picture or [],
        )
    text = feed.writeString("utf-8")
    return keep(HttpResponse(text, content_type=f"application/{kind}+xml; charset=utf-8"), TTL)


def topic_rss(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
    """RSS of a topic."""
    return topic_feed(request, kind="rss", key=key, **kwargs)


def topic_atom(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
    """Atom of a topic."""
    return topic_feed(request, kind="atom", key=key, **kwargs)
