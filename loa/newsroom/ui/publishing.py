"""Publishing from the screen: now or at an hour; taking down; correcting in public."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.core.errors import AppError
from loa.core.forms import moment
from loa.newsroom import access, selectors, services
from loa.newsroom.body import to_marks
from loa.newsroom.services import EditConflict
from loa.newsroom.ui.common import base_version, deed, fields_of, staff
from loa.org.access import can


@deed
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish now, or at an hour."""
    following = access.story_for_view(request.user, pk)
    if request.POST.get("when") == "later":
        at = moment(request.POST.get("day", ""), request.POST.get("hour", ""))
        story = services.story_schedule(actor=request.user, story_id=pk, version=base_version(request.POST), at=at)
        messages.success(
            request,
            _("Đã duyệt. “%(title)s” sẽ đăng lúc %(at)s.") % {"title": story, "at": at.strftime("%H:%M %d/%m/%Y")},
        )
    else:
        story = services.story_publish(actor=request.user, story_id=pk, version=base_version(request.POST))
        messages.success(request, _("“%(title)s” đã đăng.") % {"title": story})
        if story.is_notice and can(request.user, "channel.publish"):
            # A notice is told while it is fresh: straight on to the channels.
            return redirect("newsroom:share", pk=pk)
    after = selectors.next_in_queue(request.user, following)
    return (
        redirect("newsroom:review", pk=after.pk)
        if after and "next_story" in request.POST
        else redirect("newsroom:story", pk=pk)
    )


@deed
def unschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the hour off."""
    services.story_unschedule(actor=request.user, story_id=pk)
    messages.success(request, _("Đã bỏ hẹn giờ. Bài trở lại Ban Biên tập."))
    return redirect("newsroom:review", pk=pk)


@deed
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a public story down."""
    services.story_withdraw(actor=request.user, story_id=pk, reason=request.POST.get("reason", ""))
    messages.success(request, _("Đã gỡ bài khỏi cổng; đơn vị và người viết nhận tin báo kèm lý do."))
    return redirect("newsroom:story", pk=pk)


@deed
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a withdrawn story into review again."""
    services.story_reopen(actor=request.user, story_id=pk)
    return redirect("newsroom:review", pk=pk)


@staff("GET", "POST")
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a public story: the text, and a dated note for its readers."""
    story = access.story_for_publish(request.user, pk)
    if not access.may_withdraw(request.user, story):
        return redirect("newsroom:story", pk=pk)
    note, status = "", 200
    if request.method == "POST":
        note, fields = request.POST.get("note", ""), fields_of(request.POST)
        try:
            services.story_correct(
                actor=request.user, story_id=pk, version=base_version(request.POST), note=note, fields=fields
            )
            messages.success(request, _("Đã đính chính. Bạn đọc thấy lời đính chính kèm ngày ở đầu bài."))
            return redirect("newsroom:story", pk=pk)
        except EditConflict as error:
            messages.error(request, str(error))
            return redirect("newsroom:compare", pk=pk)
        except AppError as error:
            messages.error(request, str(error))
            status = error.status
            for name, value in fields.items():
                if name != "valid_until":
                    setattr(story, name, value)
    context = {"story": story, "note": note, "marks": to_marks(story.body)}
    return render(request, "newsroom/correct.html", context, status=status)
