"""The editorial board: the queue, the review of one story, remarks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import AppError
from loa.lib.typed import whole
from loa.newsroom import access, selectors, services
from loa.newsroom.answers import counts_for
from loa.newsroom.body import plain, to_marks
from loa.newsroom.checks import Level, run_checks
from loa.newsroom.citations import references_of
from loa.newsroom.rules import BOARD_REASONS, LEAD_WORDS, REVIEWING, TITLE_WORDS, Stage, VersionKind, count_words
from loa.newsroom.services import EditConflict
from loa.newsroom.texts import REASON_LABELS
from loa.newsroom.ui.common import GENRES, back, base_version, deed, fields_of, staff
from loa.newsroom.ui.lists import chosen_versions, page_number, tabs
from loa.newsroom.ui.writing import (
    answer_choices,
    chosen_answer,
    conflict_answer,
    photo_cards,
    redirect_to_conflict,
    saved_answer,
)
from loa.org import access as rights
from loa.org.models import Unit
from loa.plans.models import Topic

HOLDERS = ("mine", "free", "late")
#: units and topics one narrows the queue to: only those with something waiting, so far fewer than there are
MOST_CHOICES = 300


#: of the stories with an hour, so many stand below the queue
SCHEDULED = 20


@staff("GET")
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the board, the most urgent on top; and what goes out at an hour."""
    if not rights.can(request.user, "story.review"):
        return redirect("newsroom:stories")
    filters = selectors.QueueFilter(
        unit=whole(request.GET.get("don-vi")),
        topic=whole(request.GET.get("chu-de")),
        genre=request.GET.get("the-loai", "") if request.GET.get("the-loai") in dict(GENRES) else "",
        holder=request.GET.get("giu", "") if request.GET.get("giu") in HOLDERS else "",
    )
    waiting = selectors.board_queue(request.user).order_by()
    scheduled = selectors.scheduled(request.user)
    context = {
        "tabs": tabs(request, "queue"),
        "filters": filters,
        "page": selectors.page_of(selectors.board_queue(request.user, filters), page_number(request)),
        "scheduled": list(scheduled[:SCHEDULED]),
        "scheduled_more": max(scheduled.count() - SCHEDULED, 0),
        "writes": rights.can(request.user, "story.write"),
        "units": Unit.objects.filter(pk__in=waiting.values("unit")).order_by("sort_key")[:MOST_CHOICES],
        "topics": Topic.objects.filter(pk__in=waiting.values("topic")).order_by("plan", "position")[:MOST_CHOICES],
        "genres": GENRES,
        "counts": selectors.queue_counts(request.user),
        "now": clock.now(),
    }
    return render(request, "newsroom/queue.html", context)


@staff("GET")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One story: its text to be mended in place, versions, checks, remarks, and what can be done with it."""
    story = access.story_for_view(request.user, pk)
    if not rights.can(request.user, "story.review", story.unit_id) or story.stage not in {
        *REVIEWING,
        Stage.SCHEDULED,
        Stage.PUBLISHED,
    }:
        return redirect("newsroom:story", pk=pk)
    return render(request, "newsroom/review.html", review_context(request, story))


def review_context(request: HttpRequest, story: Any) -> dict[str, Any]:
    """Everything the review page shows."""
    user = request.user
    own = story.written_by(user)
    held = story.locked and story.locked_by_id != user.pk
    versions = selectors.versions_of(story, user)
    asked = {name: whole(request.GET.get(name)) for name in ("cu", "moi")}
    comparing = "cu" in request.GET or "moi" in request.GET
    findings = run_checks(story)
    grave = [finding for finding in findings if finding.level in (Level.BLOCK, Level.HOLD)]
    mentioned = [finding for finding in findings if finding.level in (Level.BLOCK, Level.HOLD, Level.WARN)]
    line = [version for version in versions if version.kind != VersionKind.CONFLICT]
    sent = next((version for version in line if version.kind == VersionKind.SENT), None)
    return {
        "story": story,
        "own": own,
        "held": held,
        "editable": story.stage in REVIEWING and not own and not held and not comparing,
        "deciding": story.stage == Stage.BOARD_REVIEW and not own and not held,
        "comparing": comparing,
        "versions": versions[:30],
        "last_two": (line[1].number, line[0].number) if len(line) > 1 else None,
        "since_sent": sent.number if sent and line and sent != line[0] else None,
        **(chosen_versions(versions, asked["cu"], asked["moi"]) if comparing else {}),
        "marks": to_marks(story.body),
        "genres": GENRES,
        "groups": answer_choices(user, story.unit, topic=story.topic_id),
        "chosen": chosen_answer(story),
        "cards": photo_cards(story),
        "findings": findings,
        "references": references_of(story),
        "blocked": [finding for finding in findings if finding.level == Level.BLOCK],
        "grave": grave,
        "return_text": "\n".join(f"– {finding.text}" for finding in mentioned),
        "comments": story.comments.select_related("author", "resolved_by"),
        "counts": [words for source in counts_for for words in source(story)],
        "reasons": [(reason.value, REASON_LABELS[reason]) for reason in BOARD_REASONS],
        "editors": [editor for editor in _editors(story) if editor.pk != user.pk],
        "next": selectors.next_in_queue(user, story),
        "now": clock.now(),
        "tomorrow": (clock.today() + dt.timedelta(days=1)).isoformat(),
        "resolvable": True,
        "title_words": TITLE_WORDS,
        "lead_words": LEAD_WORDS,
        "body_words": count_words(plain(story.body)),
    }


def _editors(story: Any) -> list[Any]:
    wrote = {story.author_id, *story.writers.values_list("pk", flat=True)}
    people = rights.users_who_can("story.review", story.unit_id).order_by("full_name")
    return [user for user in people if user.pk not in wrote]


@staff("POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The board's correction, as autosave (JSON) or as a form."""
    script = "application/json" in request.headers.get("Accept", "")
    try:
        story = services.story_review_edit(
            actor=request.user, story_id=pk, version=base_version(request.POST), fields=fields_of(request.POST)
        )
    except EditConflict as error:
        return conflict_answer(error) if script else redirect_to_conflict(error)
    except AppError as error:
        if script:
            return JsonResponse({"message": str(error), "field": error.field}, status=error.status)
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
        return redirect("newsroom:review", pk=pk)
    if script:
        return saved_answer(request, story)
    messages.success(request, _("Đã lưu bản sửa. Bản của người viết vẫn còn để so."))
    return redirect("newsroom:review", pk=pk)


@deed
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a story in hand, take it over, or put it back."""
    if request.POST.get("do") == "release":
        services.story_release(actor=request.user, story_id=pk)
        messages.success(request, _("Đã nhả bài để người khác nhận."))
        return redirect("newsroom:queue")
    services.story_claim(actor=request.user, story_id=pk, take_over=request.POST.get("do") == "take_over")
    return redirect("newsroom:review", pk=pk)


@deed
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a story to an editor."""
    story = services.story_assign(
        actor=request.user, story_id=pk, editor_id=whole(request.POST.get("editor")) or 0
    )
    messages.success(request, _("Đã giao bài cho %(name)s.") % {"name": story.locked_by})
    return redirect("newsroom:review", pk=pk)


@deed
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """A remark, on some words when a quote comes with it."""
    services.story_comment(
        actor=request.user,
        story_id=pk,
        text=request.POST.get("text", ""),
        quote=request.POST.get("quote", ""),
    )
    return redirect(back(request, pk) + "#gop-y")


@deed
def comment_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """A remark is dealt with, or not after all."""
    made = services.story_comment_resolve(
        actor=request.user, comment_id=pk, resolved=request.POST.get("do") != "open"
    )
    return redirect(back(request, made.story_id) + "#gop-y")
