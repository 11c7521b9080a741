"""Putting a public story on the unit's pages: one preview per page, words per page, now or at an hour."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.channels import selectors as channel_reads
from loa.channels import services as channels
from loa.channels.kinds import kind_of
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.typed import whole
from loa.newsroom import access
from loa.newsroom.channels import SOURCE, draft_of
from loa.newsroom.models import Story
from loa.newsroom.ui.common import staff
from loa.newsroom.ui.publishing import moment


@staff("GET", "POST")
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen "Đăng lên kênh"."""
    story = access.story_for_publish(request.user, pk)
    if not story.live:
        messages.error(request, _("Chỉ đưa lên kênh được bài đang công khai trên cổng."))
        return redirect("newsroom:story", pk=pk)
    status = 200
    if request.method == "POST":
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
    post = request.POST
    chosen = [pk for pk in map(whole, post.getlist("account")) if pk is not None]
    if not chosen:
        raise InvalidInput(_("Hãy chọn ít nhất một trang để đăng."))
    key = post.get("key", "")
    if not 16 <= len(key) <= 40:
        raise InvalidInput(_("Trang này đã mở quá lâu. Hãy tải lại rồi gửi."))
    at = moment(post.get("day", ""), post.get("hour", "")) if post.get("when") == "later" else None
    # Read under lock: a story that is being taken down is not put on a channel.
    story = access.story_for_publish(request.user, story.pk, lock=True)
    if not story.live:
        raise Conflict(_("Bài vừa được gỡ khỏi cổng nên không đưa lên kênh nữa."))
    photos = {pk for pk in map(whole, post.getlist("photo")) if pk is not None}
    draft = draft_of(story, photos)
    video = whole(post.get("video", ""))
    usable = {account.pk: kind_of(account) for account in channel_reads.usable(request.user)}
    for account in chosen:
        kind = usable.get(account)
        film: dict[str, Any] = {}
        if video and kind and kind.films:
            film = {"video_id": video, "form": post.get("form", "video")}
        if post.get("hand_over") and at is not None and kind and kind.keeps_hours:
            film["hand_over"] = True
        changes = {"text": post[f"text-{account}"]} if f"text-{account}" in post else {}
        channels.post_queue(
            actor=request.user,
            account_id=account,
            draft=draft,
            key=f"{key}:{account}",
            at=at,
            changes=changes,
            **film,
        )
    return len(chosen)


def _context(request: HttpRequest, story: Story) -> dict[str, Any]:
    draft = draft_of(story)
    known = {row.account_id for row in channel_reads.of_source(SOURCE, story.pk)}
    picks = []
    usable = channel_reads.usable(request.user)
    drafts = channels.tracked(draft, usable)
    for account in usable:
        kind = kind_of(account)
        preview = kind.fit(drafts[account.pk], {})
        text = request.POST.get(f"text-{account.pk}", preview["text"])
        picks.append(
            {
                "account": account,
                "kind": kind,
                "preview": preview,
                "text": text,
                "limit": kind.limits["text"],
                "pictures": draft.pictures[: kind.most_pictures],
                "again": account.pk in known,
                "checked": str(account.pk) in request.POST.getlist("account"),
            }
        )
    photos = [photo for photo in story.photos.select_related("image").order_by("sort_order") if photo.publishable]
    return {
        "story": story,
        "picks": picks,
        "photos": photos,
        "videos": list(channel_reads.videos(request.user)[:30]),
        "video": request.POST.get("video", ""),
        "forms": {code: film.label for pick in picks for code, film in pick["kind"].films.items()},
        "form": request.POST.get("form", "video"),
        "keeps_hours": any(pick["kind"].keeps_hours for pick in picks),
        "key": request.POST.get("key") or secrets.token_urlsafe(18),
        "today": clock.today().isoformat(),
        "holds": channel_reads.holds(),
    }


def shared(story: Story) -> list[Any]:
    """Where the story stands on the channels, for its page."""
    from loa.channels.ui.deliveries import dressed, measured

    rows = [dressed(row) for row in channel_reads.of_source(SOURCE, story.pk)]
    measured(rows)
    return rows
