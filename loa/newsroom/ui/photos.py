"""Photos of a story: upload, words and consent, order. The script gets JSON, a bare form a page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.core.errors import AppError, InvalidInput
from loa.lib.typed import whole
from loa.newsroom import access, services
from loa.newsroom.models import Story, StoryPhoto
from loa.newsroom.ui.common import back, base_version, deed, staff
from loa.newsroom.ui.writing import photo_cards, photo_lacks

PHOTO_FIELDS = ("caption", "alt", "source", "consent", "consent_note", "after")


def _script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _home(request: HttpRequest, story: Story) -> str:
    """The page on which the person works with photos of this story."""
    name = "write" if access.may_write(request.user, story) else "review"
    return reverse(f"newsroom:{name}", args=[story.pk])


def _failed(request: HttpRequest, error: AppError, where: str) -> HttpResponse:
    if _script(request):
        return JsonResponse({"message": str(error), "field": error.field}, status=error.status)
    if error.status in (403, 404):
        raise error
    messages.error(request, str(error))
    return redirect(where)


@staff("POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """One or more uploaded pictures; each that cannot be used is named, the others stay."""
    access.story_for_view(request.user, pk)
    uploads = request.FILES.getlist("photo")
    added: list[StoryPhoto] = []
    try:
        if not uploads:
            raise InvalidInput(_("Chưa có ảnh nào. Hãy chọn ảnh rồi tải lên."), field="photo")
        for upload in uploads:
            try:
                added.append(services.photo_add(actor=request.user, story_id=pk, upload=upload))
            except InvalidInput as error:
                if _script(request):
                    raise
                messages.error(request, str(error))
    except AppError as error:
        return _failed(request, error, reverse("newsroom:write", args=[pk]))
    story = access.story_for_view(request.user, pk)
    if _script(request):
        cards = [card for card in photo_cards(story) if card["photo"] in added]
        return JsonResponse({"cards": [_card(request, card) for card in cards]})
    return redirect(_home(request, story) + "#anh")


def _card(request: HttpRequest, card: dict[str, Any]) -> str:
    return render_to_string("newsroom/_photo.html", {"card": card}, request=request)


@staff("POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Words, consent and place of one photo."""
    fields = {name: request.POST[name] for name in PHOTO_FIELDS if name in request.POST}
    try:
        photo = services.photo_edit(
            actor=request.user, photo_id=pk, version=base_version(request.POST), fields=fields
        )
    except AppError as error:
        return _failed(request, error, back(request, whole(request.POST.get("story")) or 0))
    if _script(request):
        lacks = photo_lacks(photo)
        return JsonResponse({"version": photo.version, "lacks": lacks, "ok": not lacks})
    messages.success(request, _("Đã lưu ảnh."))
    return redirect(f"{_home(request, photo.story)}#anh-{photo.pk}")


@staff("POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a photo out."""
    try:
        story = services.photo_remove(actor=request.user, photo_id=pk)
    except AppError as error:
        return _failed(request, error, reverse("newsroom:stories"))
    if _script(request):
        return JsonResponse({"removed": pk})
    messages.success(request, _("Đã bỏ ảnh khỏi bài."))
    return redirect(_home(request, story) + "#anh")


@staff("POST")
def reorder(request: HttpRequest, pk: int) -> HttpResponse:
    """Another order: `order` is the ids of all photos, or `move`=id with `up`/`down`."""
    story = access.story_for_view(request.user, pk)
    order = list(story.photos.order_by("sort_order").values_list("pk", flat=True))
    moved = whole(request.POST.get("move"))
    if moved in order:
        at = order.index(moved)
        to = at - 1 if request.POST.get("way") == "up" else at + 1
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
    try:
        story = services.photo_reorder(actor=request.user, story_id=pk, order=order)
    except AppError as error:
        return _failed(request, error, reverse("newsroom:write", args=[pk]))
    if _script(request):
        return JsonResponse({"order": order})
    return redirect(_home(request, story) + "#anh")


@deed
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """What those in a photo agreed to, in any stage of the story."""
    photo = services.photo_consent(
        actor=request.user,
        photo_id=pk,
        consent=request.POST.get("consent", ""),
        note=request.POST.get("note", ""),
    )
    messages.success(
        request,
        _("Đã ghi. Ảnh được đăng trong bài.") if photo.publishable else _("Đã ghi. Ảnh không còn hiện trong bài."),
    )
    return redirect("newsroom:story", pk=photo.story_id)
