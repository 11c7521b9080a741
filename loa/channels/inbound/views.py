"""The address the channels send their events to. No log-in, no cookie: the signature is the key."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from loa.channels.inbound import door
from loa.channels.inbound.rules import MOST_BYTES, Count
from loa.channels.sms import reports


@require_GET
def sms_report(request: HttpRequest, account_id: int, token: str) -> HttpResponse:
    """The SMS provider tells what became of a message. Its secret address is the key."""
    length = len(request.META.get("QUERY_STRING") or "")
    query = request.GET.dict() if length <= reports.LONGEST else {}
    status = reports.receive(account_id, token, query, length=length)
    return HttpResponse(status=status, content_type="text/plain")


@require_GET
def zalo_verifier(request: HttpRequest, code: str) -> HttpResponse:
    """The file by which Zalo sees that the domain is ours; only the codes of the settings exist."""
    if code not in settings.LOA_ZALO_VERIFIER:
        raise Http404
    page = format_html(
        '<!DOCTYPE html><html><head><meta name="zalo-platform-site-verification" content="{}"></head>'
        "<body>zalo-platform-site-verification: {}</body></html>",
        code,
        code,
    )
    return HttpResponse(page)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, kind: str) -> HttpResponse:
    """GET: Facebook checks the address. POST: events; answered at once, dealt with by a worker."""
    if kind not in door.modules("hooks"):
        raise Http404
    if request.method == "GET":
        answer = door.challenge(kind, request.GET)
        return HttpResponse(answer or "", content_type="text/plain", status=403 if answer is None else 200)
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > MOST_BYTES.get(kind, 256_000):
        # Not read at all.
        door.tally(kind, Count.OVERSIZED)
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return HttpResponse(status=door.receive(kind, request.body, headers), content_type="text/plain")
