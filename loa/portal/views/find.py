"""Search, and the directory of schools."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from loa.lib.vi import parse_query
from loa.portal import params
from loa.portal.place import Place
from loa.portal.selectors import directory, search
from loa.portal.views.base import on_site, page, redirect_to
from loa.portal.views.pages import levels


@on_site
def directory_page(request: HttpRequest, place: Place) -> HttpResponse:
    """Tra cứu trường: by name, level and commune."""
    if not place.is_main:
        return redirect_to(request, place.main_url("directory"))
    text, level = params.text(request, "q"), params.text(request, "cap", 20)
    level = level if level in directory.LEVELS else ""
    communes = directory.communes()
    commune = params.number(request, "xa")
    commune = commune if commune in {pk for pk, _name in communes} else None
    found = directory.schools(text, level, commune)
    number = params.page(request)
    rows, more = directory.school_rows(found, place, (number - 1) * directory.PAGE)
    context = {
        "q": text,
        "query": parse_query(text),
        "level": level,
        "commune": commune,
        "levels": levels(),
        "communes": communes,
        "rows": rows,
        "count": found.order_by().count(),
        "number": number,
        "more": more,
        "plain": not (text or level or commune or number > 1),
    }
    canonical = place.canonical("directory")
    return page(request, place, "portal/directory.html", context, canonical=canonical, section="directory")


@on_site
def search_page(request: HttpRequest, place: Place) -> HttpResponse:
    """Search in stories and schools, without diacritics or with them."""
    wanted = search.Wanted(
        text=params.text(request, "q"),
        time=params.text(request, "thoi-gian", 4),
        topic_id=params.number(request, "chu-de"),
        page=params.page(request),
    )
    context = {"wanted": wanted, "q": wanted.text, "found": search.find(place, wanted)}
    return page(
        request, place, "portal/search.html", context, canonical=place.canonical("search"), section="search"
    )
