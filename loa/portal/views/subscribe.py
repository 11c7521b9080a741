"""Letters for the public: subscribe, confirm, choose, leave, be forgotten. No log-in, no cookie.

Opening a link never changes anything, because mail scanners open links; every deed is a button (POST). There is
no CSRF token: no session stands behind these forms, the authority is the token in the address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from loa.bulletins import selectors, services, tokens
from loa.bulletins.models import Subscription
from loa.bulletins.services.subscribers import consent_text, subscriber_of
from loa.channels.webpush import subscribing
from loa.core.errors import AppError, InvalidInput
from loa.lib.mail import masked
from loa.lib.typed import whole
from loa.portal.cache import keep
from loa.portal.place import Place
from loa.portal.selectors.sites import place_at
from loa.portal.views.base import TTL, around_page, draw


def _numbers(request: HttpRequest, name: str = "lists") -> list[int]:
    return [pk for text in request.POST.getlist(name)[:100] if (pk := whole(text)) is not None]


def _private(response: HttpResponse) -> HttpResponse:
    """A page behind a token: kept by nobody, told to nobody."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    place = place_at(request.get_host().lower(), None)
    if place is None:
        # The portal is closed; who wants no more letters must get through all the same.
        return _private(render(request, "bulletins/bare.html", context, status=status))
    return _private(draw(request, template, {**around_page(place), **context}, status=status))


def _said(request: HttpRequest, error: AppError) -> HttpResponse:
    context = {"title": _("Chưa làm được"), "said": str(error.message)}
    return _page(request, "portal/letters_said.html", context, status=error.status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest, site_slug: str | None = None) -> HttpResponse:
    """Choose lists, give an address, agree. The answer is the same for every address."""
    place = place_at(request.get_host().lower(), site_slug)
    if place is None:
        raise Http404
    request.place = place  # type: ignore[attr-defined]
    if request.method != "POST":
        response = draw(request, "portal/subscribe.html", _form(place))
        return keep(response, TTL)
    if request.POST.get("website"):  # a field no person sees
        return HttpResponseRedirect(place.url("subscribed"))
    chosen = _numbers(request)
    try:
        services.subscribe(
            email=request.POST.get("email", "")[:300],
            list_ids=chosen,
            agreed=bool(request.POST.get("agreed")),
            source=request.META.get("REMOTE_ADDR", ""),
        )
    except InvalidInput as error:
        context = _form(place) | {
            "error": error,
            "email": request.POST.get("email", "")[:300],
            "chosen": chosen,
            "agreed": bool(request.POST.get("agreed")),
        }
        return _private(draw(request, "portal/subscribe.html", context, status=422))
    except AppError as error:
        return _said(request, error)
    return _private(HttpResponseRedirect(place.url("subscribed")))


def _form(place: Place) -> dict[str, Any]:
    lists = selectors.open_lists(place.site.unit_id, main=place.is_main)
    return {
        **around_page(place, canonical=place.canonical("subscribe"), section="subscribe"),
        "lists": lists,
        "chosen": [row.pk for row in lists[:1]],
        "consent": consent_text().text if lists else "",
        "push": subscribing.account_of(place.site.unit_id) is not None,
    }


@require_http_methods(["GET", "HEAD"])
def subscribed(request: HttpRequest, site_slug: str | None = None) -> HttpResponse:
    """What happens next; says nothing about any address."""
    place = place_at(request.get_host().lower(), site_slug)
    if place is None:
        raise Http404
    days = tokens.CONFIRM_FOR // 86400
    context = {
        "title": _("Xin xem hộp thư"),
        "said": _(
            "Chúng tôi vừa gửi một thư xác nhận đến địa chỉ ông/bà đã ghi. Xin mở thư và bấm nút xác nhận trong "
            "vòng %d ngày. Nếu không thấy, xin xem cả mục Thư rác."
        )
        % days,
        "good": True,
    }
    return draw(request, "portal/letters_said.html", {**around_page(place), **context})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button that confirms."""
    found = tokens.read_confirm(token)
    if request.method != "POST":
        lists = selectors.named_lists(found[1]) if found else []
        if not lists:
            context = {
                "title": _("Đường dẫn đã hết hạn"),
                "said": _("Đường dẫn xác nhận không đúng hoặc đã quá 3 ngày. Xin đăng ký lại để nhận thư mới."),
                "again": True,
            }
            return _page(request, "portal/letters_said.html", context, status=404)
        return _page(request, "portal/letters_confirm.html", {"lists": lists})
    try:
        rows = services.confirm(token=token)
    except AppError as error:
        return _said(request, error)
    context = {
        "title": _("Đã đăng ký"),
        "said": _("Từ nay ông/bà nhận: %s. Mỗi thư đều có đường dẫn để huỷ ngay.")
        % ", ".join(row.mailing_list.title for row in rows),
        "good": True,
    }
    return _page(request, "portal/letters_said.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with one button. POST: done, also without a browser (RFC 8058)."""
    if request.method == "POST":
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        try:
            row = services.leave(token=token, how="one_click" if one_click else "page")
        except AppError as error:
            return _said(request, error)
        if one_click:
            return _private(HttpResponse(_("Đã huỷ nhận."), content_type="text/plain; charset=utf-8"))
        context = {
            "title": _("Đã huỷ nhận"),
            "said": _("Ông/bà không còn nhận “%s”. Thư nào đang trên đường đi lúc này cũng được dừng lại.")
            % row.mailing_list.title
            if row is not None
            else _("Địa chỉ này không còn trong danh sách."),
            "good": True,
            "preferences": tokens.token("prefs", row.subscriber_id) if row is not None else "",
        }
        return _page(request, "portal/letters_said.html", context)
    pk = tokens.read("leave", token)
    if pk is None:
        context = {"title": _("Đường dẫn không đúng"), "said": _("Xin mở lại đường dẫn từ thư đã nhận.")}
        return _page(request, "portal/letters_said.html", context, status=404)
    found = Subscription.objects.select_related("mailing_list__unit").filter(pk=pk).first()
    return _page(request, "portal/letters_leave.html", {"row": found})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Lists of the owner of the link, and the way to be forgotten."""
    return _owned(request, token, lambda: services.preferences_save(token=token, list_ids=_numbers(request)))


@csrf_exempt
@require_http_methods(["POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Delete the address and everything about it."""
    try:
        services.erase(token=token)
    except AppError as error:
        return _said(request, error)
    said = _("Địa chỉ và các đăng ký của ông/bà đã được xoá khỏi Loa. Chúng tôi không gửi thư nào nữa.")
    return _page(request, "portal/letters_said.html", {"title": _("Đã xoá"), "said": said, "good": True})


def _owned(request: HttpRequest, token: str, save: Callable[[], None]) -> HttpResponse:
    try:
        saved = request.method == "POST"
        if saved:
            save()
        subscriber = subscriber_of(token)
    except AppError as error:
        return _said(request, error)
    context = {
        "token": token,
        "address": masked(subscriber.email),
        "lists": selectors.kept_lists(subscriber.pk),
        "saved": saved,
    }
    return _page(request, "portal/letters_preferences.html", context)
