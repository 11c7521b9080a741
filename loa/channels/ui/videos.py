"""Films for posts: the list with a form to add one, a film for those who may use it, taking one away."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.channels import access, selectors, services
from loa.channels.models import Video
from loa.channels.ui.common import staff
from loa.core.errors import AppError, InvalidInput
from loa.core.forms import add_error
from loa.org import access as rights
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit

#: of a form beside its file
_FORM_BYTES = 1024 * 1024
#: most bytes of one piece of a film
_PIECE = 4 * 1024 * 1024


class VideoForm(forms.ModelForm):
    """A film and what must be said of it."""

    file = forms.FileField(
        label=gettext_lazy("Tệp MP4"),
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/quicktime,.mp4,.mov"}),
    )

    class Meta:
        model = Video
        fields = ["unit", "file", "title", "description", "consent"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].label = _("Đơn vị")
        # Nothing is chosen beforehand: whose consent there is must be said.
        self.fields["consent"].choices = [("", _("Chọn một mục")), *Video.Consent.choices]  # type: ignore[attr-defined]
        ask_unit(self, user, rights.units_where(user, "channel.publish"))
        self.fields["file"].help_text = _(
            "MP4 (H.264), nặng nhất %(mb)d MB. Reel: phim dọc 9:16, dài 3–90 giây."
        ) % {"mb": settings.LOA_VIDEO_MAX_BYTES // 1024 // 1024}


@staff("GET", "POST")
def videos(request: HttpRequest) -> HttpResponse:
    """All films of the units one publishes for; a new one."""
    status, form = 200, None
    if request.method == "POST":
        try:
            form, done = _add(request)
            if done:
                messages.success(
                    request, _("Đã tải phim lên. Mở bài cần đăng, chọn “Đăng lên kênh” rồi chọn phim này.")
                )
                return redirect("channels:videos")
            status = 400
        except InvalidInput as error:
            messages.error(request, str(error))
            status = error.status
    page = Paginator(selectors.videos(request.user), 20).get_page(request.GET.get("trang"))
    may = rights.units_where(request.user, "channel.publish").exists()
    context = {"page": page, "form": (form or VideoForm(request.user)) if may else None}
    return render(request, "channels/videos.html", context, status=status)


def _add(request: HttpRequest) -> tuple[VideoForm, bool]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.LOA_VIDEO_MAX_BYTES + _FORM_BYTES:
        # Before it is read: a film of many gigabytes would fill the disk first.
        raise InvalidInput(
            _("Phim nặng hơn %(mb)d MB. Hãy xuất lại ở cỡ nhỏ hơn (1080p là đủ) rồi tải lên.")
            % {"mb": settings.LOA_VIDEO_MAX_BYTES // 1024 // 1024}
        )
    form = VideoForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return form, False
    clean = form.cleaned_data
    unit: Unit = clean["unit"]
    try:
        services.video_add(
            actor=request.user,
            unit_id=unit.pk,
            upload=clean["file"],
            title=clean["title"],
            description=clean["description"],
            consent=clean["consent"],
        )
    except AppError as error:
        add_error(form, error)
        return form, False
    return form, True


@staff("GET")
def play(request: HttpRequest, pk: int) -> HttpResponse:
    """The film itself, for who may use it; a piece of it when the browser asks for one (iPhones do)."""
    row = access.video_for(request.user, pk)
    stored = row.file.open("rb")
    asked = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", request.headers.get("Range", ""))
    if asked and int(asked[1]) < row.size:
        first = int(asked[1])
        last = min(int(asked[2] or row.size - 1), first + _PIECE - 1, row.size - 1)
        stored.seek(first)
        response = HttpResponse(stored.read(max(last - first + 1, 0)), status=206, content_type="video/mp4")
        response["Content-Range"] = f"bytes {first}-{last}/{row.size}"
        stored.close()
    else:
        response = cast(HttpResponse, FileResponse(stored, content_type="video/mp4"))
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=600"
    return response


@staff("POST")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Consent was taken back."""
    try:
        count = services.video_withdraw(actor=request.user, video_id=pk, reason=request.POST.get("reason", ""))
        messages.success(
            request, _("Đã gỡ phim; %(n)d bài có phim được huỷ hoặc đang gỡ khỏi kênh.") % {"n": count}
        )
    except InvalidInput as error:
        messages.error(request, str(error))
    return redirect("channels:videos")
