"""Serves uploaded pictures and their renditions from the default storage, whatever it is.

Names cannot be guessed (see StoryImage.get_upload_to) and never change their content, so browsers keep them. Only
pictures leave by this door: plans and evidence lie in the private storage, behind views that check access.
A proxy in front may serve the folder itself.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

KINDS = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
}


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One picture; 404 for anything else, and for a path that leaves the folder."""
    kind = KINDS.get(PurePosixPath(path).suffix.lower())
    if kind is None:
        raise Http404
    try:
        stored = default_storage.open(path)
    except (OSError, SuspiciousFileOperation):
        raise Http404 from None
    response = FileResponse(stored, content_type=kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
