"""The short address of a post: to the public page, counted."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from loa.channels import services


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """To the page; 404 for anything else. Only a GET of a person counts."""
    agent = request.headers.get("User-Agent", "") if request.method == "GET" else ""
    if request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        agent = ""
    target = services.link_followed(code, agent)
    if target is None:
        raise Http404
    response = HttpResponseRedirect(target)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
