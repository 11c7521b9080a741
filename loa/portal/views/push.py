"""Notices in the browser: a page with a button, what the button sends, and the script that shows them."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from loa.channels.models import ChannelAccount
from loa.channels.webpush import subscribing
from loa.core.errors import AppError
from loa.portal.cache import keep
from loa.portal.place import Place, host_origin, main_origin
from loa.portal.selectors.sites import place_at
from loa.portal.views.base import TTL, on_site, page

#: bytes a browser's subscription may have
MOST = 4000


def _account(place: Place) -> ChannelAccount:
    found = subscribing.account_of(place.site.unit_id)
    if found is None:
        raise Http404
    return found


@on_site
def push_page(request: HttpRequest, place: Place) -> HttpResponse:
    """What comes, how often, and the button. Without JavaScript or where it is not possible, the page says so."""
    account = _account(place)
    context = {"key": subscribing.key_of(account), "scope": f"{place.prefix}/"}
    return page(request, place, "portal/push.html", context, canonical=place.canonical("push"), section="push")


def _asked(request: HttpRequest, site_slug: str | None) -> tuple[ChannelAccount, dict[str, Any]]:
    """The account of the site and what the browser sent; only from our own pages. Raises Http404, ValueError."""
    place = place_at(request.get_host().lower(), site_slug)
    if place is None:
        raise Http404
    account = _account(place)
    origin = request.headers.get("Origin", "")
    ours = {main_origin(), f"{request.scheme}://{request.get_host()}"}
    if place.site.host:
        ours.add(host_origin(place.site.host))
    if origin not in ours or request.content_type != "application/json" or len(request.body) > MOST:
        raise ValueError("not from our page")
    data = json.loads(request.body)
    if not isinstance(data, dict) or not isinstance(data.get("endpoint"), str):
        raise ValueError("no subscription")
    return account, data


# No session stands behind these: the browser's own keys are the authority, and the page that calls them is ours.
@csrf_exempt
@require_POST
def push_on(request: HttpRequest, site_slug: str | None = None) -> JsonResponse:
    """Tell this browser."""
    try:
        account, data = _asked(request, site_slug)
        keys = data.get("keys")
        keys = keys if isinstance(keys, dict) else {}
        subscribing.subscribe(
            account=account,
            endpoint=data["endpoint"],
            p256dh=str(keys.get("p256dh", "")),
            auth=str(keys.get("auth", "")),
        )
    except AppError as error:
        return _answer(str(error), error.status)
    except ValueError:
        return _answer(_("Yêu cầu không đúng. Hãy tải lại trang rồi thử lại."), 400)
    return _answer(_("Đã bật. Khi có tin quan trọng, máy này hiện thông báo."), 200)


@csrf_exempt
@require_POST
def push_off(request: HttpRequest, site_slug: str | None = None) -> JsonResponse:
    """Tell this browser no more."""
    try:
        account, data = _asked(request, site_slug)
    except ValueError:
        return _answer(_("Yêu cầu không đúng. Hãy tải lại trang rồi thử lại."), 400)
    subscribing.unsubscribe(account=account, endpoint=data["endpoint"])
    return _answer(_("Đã tắt. Máy này không nhận thông báo nữa."), 200)


def _answer(said: str, status: int) -> JsonResponse:
    response = JsonResponse({"said": said}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that shows notices: at the root, so that it may stand for every site below."""
    path = finders.find("portal/sw.js")
    if path is None:
        raise Http404
    with open(str(path), encoding="utf-8") as file:
        response = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    return keep(response, TTL)
