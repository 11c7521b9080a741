"""Putting a public story on the unit's pages: one preview per page, words per page, now or at an hour."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.channels import selectors as channel_reads
from loa.channels.kinds import kind_of
from loa.channels.ui import sharing
from loa.core.errors import Conflict, InvalidInput
from loa.newsroom import access
from loa.newsroom.channels import SOURCE, draft_of, fits
from loa.newsroom.models import Story
from loa.newsroom.ui.common import staff


@staff("GET", "POST")
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen "Đăng lên kênh"."""
    story = access.story_for_publish(request.user, pk)
    if not story.live or story.past:
        messages.error(request, _("Chỉ đưa lên kênh được bài đang công khai trên cổng và còn hiệu lực."))
        return redirect("newsroom:story", pk=pk)
    status = 200
    if request.method == "POST" and not sharing.looks(request.POST):
        try:
            count = _queue(request, story)
            messages.success(request, _("Đã xếp %(n)d bài lên kênh. Theo dõi kết quả ở mục Kênh.") % {"n": count})
            return redirect("newsroom:story", pk=pk)
        except (InvalidInput, Conflict) as error:
            messages.error(request, str(error))
            status = error.status
    return render(request, "newsroom/share.html", _context(request, story), status=status)


@transaction.atomic
def _queue(request: HttpRequest, story: Story) -> int:
    """All of the chosen pages or none."""
    accounts = sharing.chosen(request.POST)
    # Read under lock: a story that is being taken down is not put on a channel.
    story = access.story_for_publish(request.user, story.pk, lock=True)
    if not story.live:
        raise Conflict(_("Bài vừa được gỡ khỏi cổng nên không đưa lên kênh nữa."))
    if story.past:
        raise Conflict(_("Thông báo đã hết hiệu lực nên không đưa lên kênh nữa."))
    takes = fits(story)
    if any(one.pk in accounts and not takes(kind_of(one)) for one in channel_reads.usable(request.user)):
        raise Conflict(_("SMS chỉ dành cho thông báo khẩn. Hãy bỏ chọn kênh này."))
    return sharing.queue(request, draft_of(story, sharing.photos(request.POST)), accounts)


def _context(request: HttpRequest, story: Story) -> dict[str, Any]:
    found = sharing.context(request, draft_of(story, sharing.photos(request.POST)), fits=fits(story))
    photos = [photo for photo in story.photos.select_related("image").order_by("sort_order") if photo.publishable]
    forms = {code: film.label for pick in found["picks"] for code, film in pick["kind"].films.items()}
    videos = [] if story.is_notice or not forms else list(channel_reads.videos(request.user)[:30])
    return {
        **found,
        "choices": bool(photos or videos),
        "story": story,
        "photos": photos,
        "ticked": sharing.photos(request.POST),
        "videos": videos,
        "video": request.POST.get("video", ""),
        "forms": {} if story.is_notice else forms,
        "form": request.POST.get("form", "video"),
    }


def shared(story: Story) -> list[Any]:
    """Where the story stands on the channels, for its page."""
    return sharing.shared(SOURCE, story.pk)
