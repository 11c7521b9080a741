"""Feeds of a site and of a topic: RSS 2.0, Atom, JSON Feed 1.1, all with the whole text and the hub's address."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vi import clean
from loa.plans.models import Topic
from loa.portal.body import clean_html
from loa.portal.images import image_path
from loa.portal.place import Place, main_origin
from loa.portal.rules import address_of, slug_id
from loa.portal.selectors import notices as notices_at
from loa.portal.selectors import stories
from loa.portal.selectors.sites import place_at
from loa.portal.selectors.stories import Card

ITEMS = 30
KINDS = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


@dataclass(frozen=True)
class Document:
    """A feed as it is served: `own` is its one address, `updated` when it last changed."""

    text: str
    kind: str
    own: str
    updated: dt.datetime | None

    @property
    def links(self) -> str:
        """The Link header by which a subscriber finds the hub (WebSub, 4)."""
        return f'<{hub_address()}>; rel="hub", <{self.own}>; rel="self"'


@dataclass(frozen=True)
class Item:
    """One story in a feed."""

    card: Card
    address: str
    html: str
    updated: dt.datetime
    picture: str


def hub_address() -> str:
    """Where subscribers of every site ask."""
    return main_origin() + reverse("portal:hub")


class _Hub(SyndicationFeed):
    """Says where the hub is."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        name = "link" if isinstance(self, Atom1Feed) else "atom:link"
        handler.addQuickElement(name, None, {"rel": "hub", "href": hub_address()})


class _Rss(_Hub, Rss201rev2Feed):
    """RSS with the whole text of each item."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["html"])


class _Atom(_Hub, Atom1Feed):
    """Atom with the whole text of each entry."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


_XML: dict[str, type[SyndicationFeed]] = {"rss": _Rss, "atom": _Atom}


def document(place: Place, kind: str, topic: Topic | None = None, *, notices: bool = False) -> Document:
    """The newest stories of a site, of a topic there, or its notices in force. A fixed number of queries."""
    found = stories.listed(stories.at(place))
    if notices:
        found = notices_at.held(place)
        title = _("Thông báo – %(name)s") % {"name": place.site.name}
        link, own = place.canonical("notices"), place.canonical(f"notices_{kind}")
    elif topic is None:
        title, link, own = place.site.name, place.canonical("home"), place.canonical(kind)
    else:
        found = stories.on_topic(found, topic)
        key = topic_key(topic)
        title = f"{topic} – {place.site.name}"
        link, own = place.canonical("topic", key), place.canonical(f"topic_{kind}", key)
    items = _items(place, found[:ITEMS])
    moments = [item.updated for item in items]
    moments += [moment for moment in (stories.last_withdrawn(place), stories.last_ended(place)) if moment]
    updated = max(moments, default=None)
    text = _json(place, title, link, own, items) if kind == "json" else _xml(place, kind, title, link, own, items)
    return Document(text, KINDS[kind], own, updated)


def topic_key(topic: Topic) -> str:
    """The words and the number of a topic's address."""
    return slug_id(address_of(str(topic), 60), topic.pk)


def _items(place: Place, found: Any) -> list[Item]:
    cards = stories.cards(found, place)
    rows = stories.public().filter(pk__in=[card.id for card in cards])
    more = {pk: (body, at) for pk, body, at in rows.values_list("pk", "body", "corrected_at")}
    return [
        Item(
            card=card,
            address=place.base + card.url.removeprefix(place.prefix),
            html=clean_html(more.get(card.id, ("", None))[0]),
            updated=more.get(card.id, ("", None))[1] or card.date,
            picture=main_origin() + image_path(card.cover, "og", "jpg") if card.cover else "",
        )
        for card in cards
    ]


def _about(place: Place) -> str:
    return clean(place.site.intro or _("Tin, bài mới của %(name)s") % {"name": place.site.name})[:500]


def _xml(place: Place, kind: str, title: str, link: str, own: str, items: list[Item]) -> str:
    feed = _XML[kind](
        title=clean(title),
        link=link,
        description=_about(place),
        language="vi",
        feed_url=own,
        feed_guid=own,
        author_name=clean(place.site.unit.name),
    )
    for item in items:
        # Length 0: unknown until the size is first asked for, as the RSS specification allows.
        enclosures = [Enclosure(item.picture, "0", "image/jpeg")] if item.picture else []
        feed.add_item(
            title=clean(item.card.title),
            link=item.address,
            description=clean(item.card.lead),
            unique_id=item.address,
            unique_id_is_permalink=True,
            pubdate=item.card.date,
            updateddate=item.updated,
            author_name=clean(item.card.unit_name),
            categories=[clean(item.card.topic)] if item.card.topic else [],
            enclosures=enclosures,
            html=item.html,
        )
    return feed.writeString("utf-8")


def _json(place: Place, title: str, link: str, own: str, items: list[Item]) -> str:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(title),
        "home_page_url": link,
        "feed_url": own,
        "description": _about(place),
        "language": "vi",
        "authors": [{"name": clean(place.site.unit.name), "url": place.canonical("home")}],
        "hubs": [{"type": "WebSub", "url": hub_address()}],
        "items": [_json_item(item) for item in items],
    }
    return json.dumps(data, ensure_ascii=False)


def _json_item(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": item.address,
        "url": item.address,
        "title": clean(item.card.title),
        "summary": clean(item.card.lead),
        "content_html": item.html or f"<p>{clean(item.card.lead)}</p>",
        "date_published": clock.local(item.card.date).isoformat(timespec="seconds"),
        "date_modified": clock.local(item.updated).isoformat(timespec="seconds"),
        "authors": [{"name": clean(item.card.unit_name)}],
        "language": "vi",
    }
    if item.picture:
        found["image"] = item.picture
    if item.card.topic:
        found["tags"] = [clean(item.card.topic)]
    return found


def at_address(url: str) -> Document | None:
    """The feed that stands at an address of ours, when that is its one canonical address; else None."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    name = match.url_name or ""
    kind = name.removeprefix("topic_").removeprefix("notices_")
    if match.namespaces[:1] != ["portal"] or kind not in KINDS or parts.query or parts.fragment:
        return None
    place = place_at(parts.netloc.lower(), match.kwargs.get("site_slug"))
    if place is None:
        return None
    topic = None
    if name.startswith("topic_"):
        pk = int(match.kwargs["key"].rpartition("-")[2])
        topic = Topic.objects.filter(pk=pk, plan__status__in=stories.PUBLIC_PLANS).first()
        if topic is None:
            return None
    found = document(place, kind, topic, notices=name.startswith("notices_"))
    return found if found.own == url else None
