"""Two taps for the head of a unit: read, approve; or send back with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.newsroom import access, selectors, services
from loa.newsroom.answers import counts_for
from loa.newsroom.body import plain
from loa.newsroom.checks import Level, run_checks
from loa.newsroom.layout import article
from loa.newsroom.rules import UNIT_REASONS, Stage, count_words
from loa.newsroom.texts import REASON_LABELS
from loa.newsroom.ui.common import base_version, deed, staff
from loa.newsroom.ui.lists import page_number, tabs

#: words a person reads in a minute
READING = 220


@staff("GET")
def inbox(request: HttpRequest) -> HttpResponse:
    """Stories that wait for this person's approval, the longest waiting first."""
    page = selectors.page_of(selectors.lead_inbox(request.user), page_number(request))
    return render(request, "newsroom/inbox.html", {"page": page, "tabs": tabs(request, "inbox")})


@staff("GET", "POST")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a story and approve it for the unit; then on to the next that waits."""
    story = access.story_for_view(request.user, pk)
    if request.method == "POST":
        return _approve(request, pk)
    if not access.may_approve_unit(request.user, story):
        return redirect("newsroom:story", pk=pk)
    waiting = list(selectors.lead_inbox(request.user).values_list("pk", flat=True)[:50])
    findings = run_checks(story)
    words = count_words(plain(story.body))
    context = {
        "story": story,
        "article": article(story.body, selectors.photos_of(story), held=True),
        "waiting": waiting,
        "position": waiting.index(pk) + 1 if pk in waiting else 1,
        "next": next((other for other in waiting if other != pk), None),
        "words": words,
        "minutes": max(1, round(words / READING)),
        "held": [finding for finding in findings if finding.level == Level.HOLD],
        "grave": [finding for finding in findings if finding.level in (Level.BLOCK, Level.WARN)],
        "good": [finding for finding in findings if finding.level == Level.OK],
        "counts": [words for source in counts_for for words in source(story)],
        "reasons": [(reason.value, REASON_LABELS[reason]) for reason in UNIT_REASONS],
        "confirm": "xac-nhan" in request.GET,
        "returning": "tra-lai" in request.GET,
    }
    return render(request, "newsroom/approve.html", context)


@deed
def _approve(request: HttpRequest, pk: int) -> HttpResponse:
    story = services.story_approve_unit(
        actor=request.user, story_id=pk, version=base_version(request.POST), text=request.POST.get("text", "")
    )
    if story.live:
        messages.success(request, _("“%(title)s” đã đăng trên trang của đơn vị.") % {"title": story})
        return redirect("newsroom:story", pk=pk)
    messages.success(request, _("Đã duyệt “%(title)s”. Bài đến Ban Biên tập ngay.") % {"title": story})
    return _next(request)


def _next(request: HttpRequest) -> HttpResponse:
    waiting = selectors.lead_inbox(request.user).values_list("pk", flat=True).first()
    return redirect("newsroom:approve", pk=waiting) if waiting else redirect("newsroom:inbox")


@deed
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a story with a reason: the head of the unit, or the board."""
    at_unit = access.story_for_view(request.user, pk).stage == Stage.UNIT_REVIEW
    story = services.story_return(
        actor=request.user,
        story_id=pk,
        version=base_version(request.POST),
        reason=request.POST.get("reason", ""),
        text=request.POST.get("text", ""),
    )
    messages.success(request, _("Đã trả lại “%(title)s”; người viết nhận tin báo kèm lý do.") % {"title": story})
    return _next(request) if at_unit else redirect("newsroom:queue")
