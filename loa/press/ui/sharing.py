"""A public release on the pages of the unit."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loa.channels.ui import sharing
from loa.core.errors import Conflict, InvalidInput
from loa.press import access
from loa.press.channels import draft_of, fits, photos_of
from loa.press.models import Release
from loa.press.texts import HELD_BACK


@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen "Đăng lên kênh"."""
    release = access.release_for_share(request.user, pk)
    if not access.is_public(release):
        messages.error(request, _("Chỉ đưa lên kênh được thông cáo đang công khai."))
        return redirect("press:release", pk)
    status = 200
    if request.method == "POST" and not sharing.looks(request.POST):
        try:
            count = _queue(request, release)
            messages.success(request, _("Đã xếp %(n)d bài lên kênh. Theo dõi kết quả ở mục Kênh.") % {"n": count})
            return redirect("press:release", pk)
        except (InvalidInput, Conflict) as error:
            messages.error(request, str(error))
            status = error.status
    photos = photos_of(release)
    usable = [photo for photo in photos if not photo.held_back]
    context = {
        "release": release,
        "photos": usable,
        "choices": bool(usable),
        "ticked": sharing.photos(request.POST),
        "held_back": [(photo, HELD_BACK[photo.held_back]) for photo in photos if photo.held_back],
        **sharing.context(request, draft_of(release, sharing.photos(request.POST)), fits=fits),
    }
    return render(request, "press/share.html", context, status=status)


@transaction.atomic
def _queue(request: HttpRequest, release: Release) -> int:
    """All of the chosen pages or none; read under lock: what is being withdrawn is not put on a channel."""
    accounts = sharing.chosen(request.POST)
    locked = access.release_for_share(request.user, release.pk, lock=True)
    if not access.is_public(locked):
        raise Conflict(_("Thông cáo vừa được thu hồi hoặc thay bằng bản khác nên không đưa lên kênh nữa."))
    return sharing.queue(request, draft_of(locked, sharing.photos(request.POST)), accounts)
