"""Writing: begin, the page itself, autosave, two texts side by side, taking back, throwing away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.core import clock
from loa.core.errors import AppError, NotFound
from loa.lib.typed import whole
from loa.newsroom import access, diff, selectors, services
from loa.newsroom.answers import owed_answers, own_site_of
from loa.newsroom.body import blocks_of, plain, to_marks
from loa.newsroom.checks import blocking, run_checks
from loa.newsroom.models import CONSENT_LABELS, Story, StoryPhoto
from loa.newsroom.rules import (
    LEAD_WORDS,
    TITLE_WORDS,
    WRITING,
    Consent,
    Genre,
    UnitStep,
    VersionKind,
    count_words,
)
from loa.newsroom.services import EditConflict
from loa.newsroom.ui.common import STORY_GENRES, base_version, deed, fields_of, staff
from loa.plans.selectors import tasks_for_unit
from loa.plans.selectors.families import instead_of, offered_topics


def answer_choices(
    user: Any, unit: Any, *, topic: int | None = None
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What a story of this unit can answer: groups of (value, words, note). `topic`: the one it answers already.

    A topic handed down from plan to plan stands once; of several plans, each group names its own.
    """
    offered = offered_topics(unit.pk, chosen=topic)
    owed = [
        (
            f"task:{answer.task_id}" if answer.task_id else f"topic:{instead_of(answer.topic_id, offered)}",
            answer.title,
            answer.note,
        )
        for answer in owed_answers(user, [unit.pk])
        if answer.task_id or answer.topic_id
    ]
    by_plan: dict[Any, list[tuple[str, str, str]]] = {}
    for one in offered:
        words = f"{one.number}. {one}" if one.number else str(one)
        by_plan.setdefault(one.plan, []).append((f"topic:{one.pk}", words, ""))
    topics = [
        (_("Chủ đề của kế hoạch") if len(by_plan) == 1 else _("Chủ đề: %s") % plan_words(plan), items)
        for plan, items in by_plan.items()
    ]
    tasks = [
        (f"task:{task.pk}", f"{task.number}. {task}" if task.number else str(task), task.timeframe)
        for task in tasks_for_unit(unit)
    ]
    groups = [(_("Đơn vị còn nợ"), owed), *topics, (_("Nhiệm vụ của kế hoạch"), tasks)]
    return [(label, items) for label, items in groups if items]


def plan_words(plan: Any) -> str:
    """A plan beside others: its title and whose it is."""
    return f"{plan} ({plan.unit.short_name})"


def chosen_answer(story: Story) -> str:
    """The value of the choice that the story has made."""
    return f"task:{story.task_id}" if story.task_id else f"topic:{story.topic_id}" if story.topic_id else ""


@staff("GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a story: for which unit, answering what; or a notice. Nothing is made before it is sent."""
    units = selectors.writing_units(request.user)
    notice = request.GET.get("the-loai") == Genre.NOTICE
    if not units:
        return render(request, "newsroom/new.html", {"units": [], "unit": None, "notice": notice})
    if request.method == "POST":
        fields = fields_of(request.POST)
        story = services.story_create(
            actor=request.user,
            unit_id=whole(request.POST.get("unit")) or 0,
            fields={**fields, "byline": str(request.user)},
        )
        return redirect("newsroom:write", pk=story.pk)
    wanted = whole(request.GET.get("don-vi"))
    unit = next((unit for unit in units if unit.pk == wanted), units[0])
    topic, task = whole(request.GET.get("chu-de")), whole(request.GET.get("nhiem-vu"))
    if topic:
        topic = instead_of(topic, offered_topics(unit.pk))
    context = {
        "units": units,
        "unit": unit,
        "groups": answer_choices(request.user, unit, topic=topic),
        "genres": STORY_GENRES,
        "notice": notice,
        "chosen": f"task:{task}" if task else f"topic:{topic}" if topic else "",
    }
    return render(request, "newsroom/new.html", context)


@staff("GET", "POST")
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """The writing page. Sending saves first; whatever goes wrong, what was written stays in the form."""
    story = access.story_for_view(request.user, pk)
    if not access.may_write(request.user, story):
        if story.stage not in WRITING:
            messages.info(request, _("Bài đã gửi duyệt. Muốn sửa thêm, hãy rút bài về."))
        return redirect("newsroom:story", pk=pk)
    if request.method == "POST":
        fields = fields_of(request.POST)
        try:
            story = services.story_save(
                actor=request.user, story_id=pk, version=base_version(request.POST), fields=fields
            )
            if request.POST.get("do") == "send":
                story = services.story_submit(actor=request.user, story_id=pk, version=story.version)
                messages.success(request, sent_words(story))
                return redirect("newsroom:story", pk=pk)
            messages.success(request, _("Đã lưu bài."))
            return redirect("newsroom:write", pk=pk)
        except EditConflict as error:
            return redirect_to_conflict(error)
        except AppError as error:
            messages.error(request, str(error))
            story = access.story_for_view(request.user, pk)
            for name, value in fields.items():
                if name not in ("topic", "task", "genre", "valid_until"):
                    setattr(story, name, value)
            return render(request, _form(story), writing_context(request, story), status=error.status)
    return render(request, _form(story), writing_context(request, story))


def _form(story: Story) -> str:
    return "newsroom/notice.html" if story.is_notice else "newsroom/write.html"


def sent_words(story: Story) -> str:
    """What the author is told after sending."""
    if story.unit_step and story.unit_step != UnitStep.AGAIN:
        return str(story.unit_step_note)
    names = ", ".join(str(user) for user in selectors.holders(story))
    if names and story.own_notice:
        return _("Đã gửi thông báo. %(names)s duyệt là đăng ngay trên trang của đơn vị.") % {"names": names}
    if names:
        return _("Đã gửi bài. %(names)s sẽ duyệt; bạn nhận tin báo ngay khi có kết quả.") % {"names": names}
    return _("Đã gửi bài đến Ban Biên tập. Bạn nhận tin báo ngay khi có kết quả.")


def redirect_to_conflict(error: EditConflict) -> HttpResponse:
    """To the page where both texts stand side by side."""
    if error.kept is None:
        raise error
    return redirect("newsroom:conflict", pk=error.story.pk, number=error.kept.number)


def photo_cards(story: Story) -> list[dict[str, Any]]:
    """What the cards of the photos show."""
    places = [(0, _("Ảnh chính, đầu bài"))]
    for index, block in enumerate(blocks_of(story.body), 1):
        words = " ".join(plain(block).split()[:6]) or "—"
        places.append((index, _("Sau đoạn %(index)d: %(words)s…") % {"index": index, "words": words}))
    return [photo_card(photo, index, places) for index, photo in enumerate(selectors.photos_of(story), 1)]


def photo_card(photo: StoryPhoto, index: int, places: list[tuple[int, str]]) -> dict[str, Any]:
    """One card: the photo, what it lacks, where it may stand."""
    if all(place != photo.after for place, _words in places):
        places = [*places, (photo.after, _("Cuối bài"))]
    return {"photo": photo, "index": index, "places": places, "lacks": photo_lacks(photo), "consents": CONSENTS}


CONSENTS = [(consent.value, CONSENT_LABELS[consent]) for consent in Consent]


def photo_lacks(photo: StoryPhoto) -> str:
    """Why the photo is held back, or an empty text."""
    if photo.consent == Consent.UNKNOWN:
        return _("Tạm giữ ảnh này: chưa xác nhận sự đồng ý.")
    if photo.consent == Consent.REFUSED:
        return _("Ảnh này không đăng: không được đồng ý.")
    if not photo.alt.strip():
        return _("Tạm giữ ảnh này: thiếu mô tả cho người không nhìn thấy ảnh.")
    return ""


def _clock_time(story: Story) -> str:
    """When it was last saved: the hour, with the day when that is not today."""
    at = clock.local(story.edited_at)
    return at.strftime("%H:%M") if at.date() == clock.today() else at.strftime("%H:%M %d/%m")


def writing_context(request: HttpRequest, story: Story) -> dict[str, Any]:
    """Everything the writing page shows."""
    return {
        "story": story,
        "saved_at": _clock_time(story),
        "groups": answer_choices(request.user, story.unit, topic=story.topic_id),
        "chosen": chosen_answer(story),
        "genres": STORY_GENRES,
        "own_site": own_site_of(story.unit_id) if story.is_notice else "",
        "today": clock.today(),
        "marks": to_marks(story.body),
        "cards": photo_cards(story),
        "findings": run_checks(story),
        "title_words": TITLE_WORDS,
        "lead_words": LEAD_WORDS,
        "body_words": count_words(plain(story.body)),
        "deciders": list(story.unit_deciders()[:3]),
        "why_no_step": story.why_no_unit_step(),
        "versions": selectors.versions_of(story, request.user)[:20],
    }


@staff("POST")
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Save while somebody writes. Always answers JSON: {version, saved_at, checks}, or {message, conflict?}."""
    try:
        story = services.story_save(
            actor=request.user, story_id=pk, version=base_version(request.POST), fields=fields_of(request.POST)
        )
    except EditConflict as error:
        return conflict_answer(error)
    except AppError as error:
        return JsonResponse({"message": str(error), "field": error.field}, status=error.status)
    return saved_answer(request, story)


def conflict_answer(error: EditConflict) -> JsonResponse:
    """Where the two texts can be looked at."""
    assert error.kept is not None
    address = reverse("newsroom:conflict", args=[error.story.pk, error.kept.number])
    return JsonResponse({"message": str(error), "conflict": address}, status=409)


def saved_answer(request: HttpRequest, story: Story) -> JsonResponse:
    """What the page shows after a save."""
    findings = run_checks(story)
    checks = render_to_string("newsroom/_checks.html", {"findings": findings}, request=request)
    return JsonResponse(
        {
            "version": story.version,
            "saved_at": clock.local(story.edited_at).strftime("%H:%M"),
            "checks": checks,
            "blocked": len(blocking(findings)),
            "words": count_words(plain(story.body)),
        }
    )


#: fields that may differ between two texts, in the order they stand on the page
COMPARED = ("title", "lead", "body", "byline")


@staff("GET", "POST")
def resolve(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Two texts of one story side by side: the saved one, and the one that came too late; choose by parts."""
    story = access.story_for_view(request.user, pk)
    reviewing = access.may_review(request.user, story)
    if not (access.may_write(request.user, story) or reviewing):
        return redirect("newsroom:story", pk=pk)
    kept = (
        story.versions.select_related("revision", "user").filter(number=number, kind=VersionKind.CONFLICT).first()
    )
    if kept is None or kept not in selectors.versions_of(story, request.user):
        raise NotFound(_("Không còn bản này."))
    mine = selectors.text_of(kept)
    now = {name: str(getattr(story, name) or "") for name in mine}
    if request.method == "POST":
        fields = {name: mine[name] for name in COMPARED if request.POST.get(name) == "mine"}
        if request.POST.get("body") == "both":
            fields["body"] = now["body"] + mine["body"]
        save = services.story_review_edit if reviewing else services.story_save
        try:
            save(actor=request.user, story_id=pk, version=base_version(request.POST), fields=fields)
        except EditConflict as error:
            return redirect_to_conflict(error)
        messages.success(request, _("Đã ghép xong. Cả hai bản vẫn còn trong các bản đã lưu."))
        return redirect("newsroom:review" if reviewing else "newsroom:write", pk=pk)
    last = story.versions.exclude(kind=VersionKind.CONFLICT).select_related("user").first()
    parts = [
        {"name": name, "label": _LABELS[name], "now": now[name], "mine": mine[name]}
        for name in COMPARED
        if now[name] != mine[name]
    ]
    context = {
        "story": story,
        "kept": kept,
        "last": last,
        "parts": parts,
        "diff": diff.stories(now, mine),
        "own": kept.user_id == request.user.pk,
    }
    return render(request, "newsroom/conflict.html", context)


_LABELS = {
    "title": gettext_lazy("Tiêu đề"),
    "lead": gettext_lazy("Sa-pô"),
    "body": gettext_lazy("Nội dung"),
    "byline": gettext_lazy("Bút danh"),
}


@deed
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the story back to write on."""
    services.story_recall(actor=request.user, story_id=pk)
    messages.success(request, _("Đã rút bài về. Sửa xong, bạn gửi lại như lần đầu."))
    return redirect("newsroom:write", pk=pk)


@deed
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    services.story_delete_draft(actor=request.user, story_id=pk)
    messages.success(request, _("Đã xóa bản nháp."))
    return redirect("newsroom:stories")
