"""Frozen pictures at an address nobody can guess: some channels fetch them themselves."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from loa.channels.models import PostPicture


@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponseBase:
    """One picture of a post; 404 for anything else."""
    row = PostPicture.objects.filter(key=key[:40], gone=False).first()
    if row is None:
        raise Http404
    try:
        stored = row.file.open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(stored, content_type="image/jpeg")
    response["Cache-Control"] = "public, max-age=86400"
    response["X-Robots-Tag"] = "noindex"
    return response
