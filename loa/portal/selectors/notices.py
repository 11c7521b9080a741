"""Notices of a site: those in force, urgent ones first; those that are over stay readable."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import Genre
from loa.portal.place import Place
from loa.portal.selectors import stories
from loa.portal.selectors.stories import Card

#: notices beside the news of a front page
MOST = 5


def _notices() -> QuerySet[Story]:
    # `live=True` and not `stories.YES`: the condition of the index of notices, word by word
    return Story.objects.filter(live=True, genre=Genre.NOTICE, published_at__lte=clock.now())


def at(place: Place) -> QuerySet[Story]:
    """Notices of a site, newest first."""
    found = _notices()
    found = found.filter(on_main_portal=True) if place.is_main else found.filter(unit_id=place.site.unit_id)
    return found.order_by("-published_at", "-pk")


def held(place: Place) -> QuerySet[Story]:
    """Those in force today, urgent ones first."""
    return stories.listed(at(place)).order_by("-urgent", "-published_at", "-pk")


def over(place: Place) -> QuerySet[Story]:
    """Those that are over."""
    return at(place).filter(valid_until__lt=clock.today())


def of_front_page(place: Place) -> tuple[list[Card], list[Card]]:
    """(urgent ones, others) in force. A member site tells what the Sở says is urgent too. One query."""
    found = _notices()
    if place.is_main:
        found = found.filter(on_main_portal=True)
    else:
        found = found.filter(
            Q(unit_id=place.site.unit_id) | Q(unit_id=place.main.unit_id, on_main_portal=True, urgent=True)
        )
    rows = stories.listed(found).order_by("-urgent", "-published_at", "-pk")[: 2 * MOST]
    cards = stories.cards(rows, place, covers=False)
    for card in cards:
        if not place.is_main and card.unit_id != place.site.unit_id:
            card.url = place.main_root + card.url.removeprefix(place.prefix)
    return [card for card in cards if card.urgent], [card for card in cards if not card.urgent][:MOST]
