"""Public pages of readers' comments: write, see where it stands, take back, object, read them all. No script
needed.

The article itself is kept by the page cache and holds no form; the form has a page of its own, with Django's CSRF
check. Opening a link changes nothing.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from loa.core import clock
from loa.core.errors import AppError, InvalidInput
from loa.feedback.selectors import standing_of
from loa.newsroom.models import Story
from loa.portal import params
from loa.portal.cache import keep
from loa.portal.comments import selectors, services, texts
from loa.portal.comments.rules import MOST_NAME, MOST_WORDS, PER_PAGE, STANDING, State, typed_code
from loa.portal.models import Comment
from loa.portal.place import Place, story_canonical
from loa.portal.rules import id_of
from loa.portal.selectors import stories
from loa.portal.selectors.sites import place_at
from loa.portal.views.base import TTL, around_page, draw
from loa.portal.views.pages import gone

#: what was sent so lately is told that it came
FRESH = dt.timedelta(minutes=5)

View = Callable[..., HttpResponse]


def _on_site(*methods: str) -> Callable[[View], View]:
    """Give the view the `Place` it speaks for; these pages are kept by nobody unless they say so."""

    def decorate(view: View) -> View:
        @require_http_methods([*methods, "HEAD"])
        @csrf_protect
        @functools.wraps(view)
        def found(request: HttpRequest, *args: Any, site_slug: str | None = None, **kwargs: Any) -> HttpResponse:
            place = place_at(request.get_host().lower(), site_slug)
            if place is None:
                raise Http404
            request.place = place  # type: ignore[attr-defined]
            return view(request, place, *args, **kwargs)

        return found

    return decorate


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine, told to no other site. (No referrer at all would take the origin
    off the form, which the CSRF check needs.)
    """
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(
    request: HttpRequest, place: Place, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    around = around_page(place, section="news")
    context = {**around, "feeds": [], "csrf_token": get_token(request), **context}
    return _private(draw(request, f"portal/comments/{template}.html", context, status=status))


def _story(place: Place, key: str) -> Story | None:
    """The public story of this place, None when there is none here."""
    rows = stories.public().select_related("unit__site", "comment_switch__setting").filter(pk=id_of(key))
    item = rows.first()
    if item is None:
        return None
    here = item.on_main_portal if place.is_main else item.unit_id == place.site.unit_id and not item.on_main_portal
    return item if here else None


def _found(request: HttpRequest, place: Place, key: str, page: str) -> Story | HttpResponse:
    """The story, or where its comments stand, or that it is gone."""
    item = _story(place, key)
    if item is not None:
        return item
    other = stories.public().select_related("unit__site").filter(pk=id_of(key)).first()
    if other is not None:
        address = story_canonical(other, place.main)
        if address is not None:
            return HttpResponseRedirect(address + page)
    if stories.was_public(id_of(key) or 0):
        return gone(request, place)
    raise Http404


@_on_site("GET")
def comments(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """Everything that is shown below an article. Not for search engines: the article is."""
    item = _found(request, place, key, "y-kien/")
    if isinstance(item, HttpResponse):
        return item
    if selectors.switch_of(item) is None:
        raise Http404
    page = Paginator(selectors.shown_of(item), PER_PAGE).get_page(params.page(request))
    context = {
        **around_page(place, canonical=story_canonical(item, place.main) or "", section="news"),
        "feeds": [],
        "story": item,
        "story_url": place.story_url(item.pk, item.slug, item.title),
        "page": page,
        "talk": selectors.under(item, place.main),
    }
    response = draw(request, "portal/comments/all.html", context)
    response["X-Robots-Tag"] = "noindex"
    return keep(response, TTL)


@_on_site("GET", "POST")
def comment(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """The form. What cannot be taken comes back with every word of it."""
    item = _found(request, place, key, "y-kien/gui/")
    if isinstance(item, HttpResponse):
        return item
    switch = selectors.switch_of(item)
    if switch is None:
        raise Http404
    given: dict[str, Any] = {
        "name": request.POST.get("name", "")[:200],
        "text": request.POST.get("text", "")[: MOST_WORDS * 4],
        "email": request.POST.get("email", "")[:300],
        "agreed": bool(request.POST.get("agreed")),
        "form": request.POST.get("form", "")[:200],
    }
    error: AppError | None = None
    if request.method == "POST":
        if request.POST.get("website"):  # a field no person sees
            return HttpResponseRedirect(place.url("comment_find"))
        try:
            _row, code = services.comment_send(story=item, source=request.META.get("REMOTE_ADDR", ""), **given)
            return _private(HttpResponseRedirect(place.url("comment_standing", code)))
        except AppError as problem:
            error = problem
    if error is None or (isinstance(error, InvalidInput) and error.field == "form"):
        given["form"] = services.form_key(item.pk)
    lines, box = texts.notice()
    context = {
        "story": item,
        "story_url": place.story_url(item.pk, item.slug, item.title),
        "open": selectors.takes(item, place.main),
        "until": switch.until,
        "given": given,
        "error": error,
        "lines": lines,
        "box": box,
        "most": MOST_WORDS,
        "most_name": MOST_NAME,
    }
    return _page(request, place, "form", context, status=error.status if error else 200)


@_on_site("GET")
def find(request: HttpRequest, place: Place) -> HttpResponse:
    """Type the code that was given."""
    typed = params.text(request, "q", 40)
    if typed:
        code = typed_code(typed)
        if code and selectors.by_code(code) is not None:
            return _private(HttpResponseRedirect(place.url("comment_standing", code)))
        return _page(request, place, "find", {"typed": typed, "wrong": True}, status=404)
    return _page(request, place, "find", {})


@_on_site("GET")
def standing(request: HttpRequest, place: Place, code: str) -> HttpResponse:
    """Where a comment stands, for whoever holds its code."""
    row = selectors.by_code(code)
    if row is None:
        return _page(request, place, "find", {"typed": code[:40], "wrong": True}, status=404)
    return _standing(request, place, row, code)


def _standing(
    request: HttpRequest,
    place: Place,
    row: Comment,
    code: str,
    *,
    error: AppError | None = None,
) -> HttpResponse:
    story = row.story
    context: dict[str, Any] = {
        "row": row,
        "code": typed_code(code),
        "fresh": clock.now() - row.said_at < FRESH,
        "error": error,
        "appeal": request.POST.get("text", "")[:4000],
        "answers": list(row.answers.all()),
        "standing": standing_of(row.account, row.key)
        if row.state not in (State.WAITING, State.TAKEN_BACK)
        else None,
        "may_take_back": row.state in STANDING,
        "story": story,
        "story_url": story_canonical(story, place.main) if story.live else "",
    }
    return _page(request, place, "standing", context, status=error.status if error else 200)


@_on_site("POST")
def take_back(request: HttpRequest, place: Place, code: str) -> HttpResponse:
    """Its writer takes it back."""
    try:
        services.comment_take_back(code=code)
    except AppError as error:
        return _refused(request, place, code, error)
    return _private(HttpResponseRedirect(place.url("comment_standing", typed_code(code))))


@_on_site("POST")
def appeal(request: HttpRequest, place: Place, code: str) -> HttpResponse:
    """Its writer objects to its not being shown."""
    try:
        services.comment_appeal(code=code, text=request.POST.get("text", "")[:4000])
    except AppError as error:
        return _refused(request, place, code, error)
    return _private(HttpResponseRedirect(place.url("comment_standing", typed_code(code))))


def _refused(request: HttpRequest, place: Place, code: str, error: AppError) -> HttpResponse:
    row = selectors.by_code(code)
    if row is None:
        return _page(request, place, "find", {"typed": code[:40], "wrong": True}, status=404)
    return _standing(request, place, row, code, error=error)


__all__ = ["appeal", "comment", "comments", "find", "standing", "take_back"]
