"""Issues of mailing lists on the web: a list, and each with the stories that are public now."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from loa.bulletins import selectors
from loa.bulletins.engine.mail import paragraphs_of
from loa.bulletins.models import Bulletin, Item
from loa.lib.vi import slugify_vi
from loa.org.models import Unit
from loa.portal import params
from loa.portal.place import Place
from loa.portal.rules import id_of, slug_id
from loa.portal.selectors import stories
from loa.portal.views.base import on_site, page, redirect_to

PER_PAGE = 20


def _here(place: Place) -> QuerySet[Bulletin]:
    """Issues of lists one can join on this site; the Sở's portal has those of its divisions too."""
    own = Q(mailing_list__unit=place.site.unit_id)
    if place.is_main:
        own |= Q(mailing_list__unit__parent=place.site.unit_id, mailing_list__whole_portal=True)
    return selectors.public().filter(own)


def _shown(place: Place) -> QuerySet[Bulletin]:
    """Issues that can be opened here: on the main portal also those of units without a site of their own."""
    if not place.is_main:
        return _here(place)
    homeless = selectors.public().filter(mailing_list__unit__in=Unit.objects.filter(site=None))
    return _here(place) | homeless


def key_of(bulletin: Bulletin) -> str:
    """ "ban-tin-tuan-12": the words and the number of an issue's address."""
    return slug_id(slugify_vi(bulletin.subject, 60), bulletin.pk)


@on_site
def issues(request: HttpRequest, place: Place) -> HttpResponse:
    """All issues, newest first."""
    number = params.page(request)
    start = (number - 1) * PER_PAGE
    rows = list(_here(place)[start : start + PER_PAGE + 1])
    context = {
        "issues": [(row, place.url("bulletin", key_of(row))) for row in rows[:PER_PAGE]],
        "number": number,
        "more": len(rows) > PER_PAGE and number < params.LAST_PAGE,
    }
    canonical = place.canonical("bulletins") + (f"?trang={number}" if number > 1 else "")
    return page(request, place, "portal/bulletins.html", context, canonical=canonical, section="bulletins")


@on_site
def issue(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """One issue: its opening words and its stories, without those that were taken down since."""
    found = _shown(place).filter(pk=id_of(key)).first()
    if found is None:
        raise Http404
    if key != key_of(found):
        return redirect_to(request, place.url("bulletin", key_of(found)))
    context = {
        "issue": found,
        "list": found.mailing_list,
        "paragraphs": paragraphs_of(found),
        "cards": _cards(place, found),
    }
    return page(
        request, place, "portal/bulletin.html", context, canonical=place.canonical("bulletin", key),
        section="bulletins",
    )  # fmt: skip


def _cards(place: Place, bulletin: Bulletin) -> list[Any]:
    items = list(Item.objects.filter(bulletin=bulletin).order_by("position", "pk").values_list("story", "lead"))
    found = stories.public().filter(pk__in=[story for story, _lead in items])
    cards = {card.id: card for card in stories.cards(found, place)}
    for story, lead in items:
        if story in cards and lead:
            cards[story].lead = lead
    return [cards[story] for story, _lead in items if story in cards]
