"""Where subscribers of our feeds ask (WebSub)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from loa.core.errors import AppError
from loa.portal import hub as websub

#: bytes of a request; its fields are short
MOST = 8000


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def hub(request: HttpRequest) -> HttpResponse:
    """202: noted, will be verified. No answer tells who else subscribes."""
    if request.method != "POST":
        said = _("Đây là hub WebSub của Cổng: nơi đăng ký gửi POST với hub.mode, hub.topic, hub.callback.")
        return _plain(said, 200)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST:
        return _plain("request too large", 413)
    form = request.POST
    if form.get("hub.mode") == "publish":
        return _plain("this hub serves its own feeds only", 400)
    try:
        websub.ask(
            mode=form.get("hub.mode", ""),
            topic=form.get("hub.topic", ""),
            callback=form.get("hub.callback", ""),
            seconds=form.get("hub.lease_seconds", ""),
            secret=form.get("hub.secret", ""),
        )
    except AppError as error:
        return _plain(str(error), error.status)
    return _plain("accepted, will be verified", 202)


def _plain(text: str, status: int) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response
