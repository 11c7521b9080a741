"""The road: send, approve for the unit, return, take back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib import vi
from loa.newsroom.access import story_for_approve_unit, story_for_author, story_for_edit, story_for_review
from loa.newsroom.answers import own_site_of
from loa.newsroom.body import plain
from loa.newsroom.models import Story
from loa.newsroom.rules import BOARD_REASONS, RECALLABLE, UNIT_REASONS, Reason, Stage, UnitStep, VersionKind
from loa.newsroom.services.common import (
    STAGES,
    begin_review,
    board,
    board_due,
    end_review,
    hands,
    hush,
    keep,
    move,
    not_held_by_other,
    record,
    release,
    same_as_read,
    task_state,
    tell,
)
from loa.newsroom.services.publishing import publish_own_notice
from loa.newsroom.texts import REASON_LABELS


@transaction.atomic
def story_submit(*, actor: Any, story_id: int, version: int) -> Story:
    """Send a story for approval: to the unit's lead, or on to the board when the unit has nobody who may decide.

    A story the board returned goes back to the board. Raises InvalidInput with the field that is missing.
    """
    story = story_for_edit(actor, story_id, lock=True)
    same_as_read(story, version)
    if not story.title:
        raise InvalidInput(_("Bài chưa có tiêu đề. Hãy viết tiêu đề rồi gửi."), field="title")
    if not plain(story.body) and not story.video_url and not story.photos.exists():
        raise InvalidInput(
            _("Bài chưa có nội dung. Hãy viết nội dung, thêm ảnh hoặc video rồi gửi."), field="body"
        )
    if story.own_notice and not own_site_of(story.unit_id):
        raise InvalidInput(
            _("Đơn vị chưa có trang riêng nên thông báo chỉ đăng được trên cổng của Sở. Hãy chọn lại nơi đăng."),
            field="place",
        )
    if story.past:
        raise InvalidInput(_("Ngày hết hiệu lực đã qua. Hãy chọn ngày khác, hoặc để trống."), field="valid_until")
    why = story.why_no_unit_step()
    keep(story, VersionKind.SENT, actor)
    target = begin_review(story, actor)
    story.unit_step = why if target == Stage.BOARD_REVIEW else UnitStep.NORMAL
    story.submitted_at = clock.now()
    story.returned_reason = ""
    saved = ["unit_step", "submitted_at", "returned_reason"]
    if target == Stage.BOARD_REVIEW:
        board_due(story)
        saved.append("board_due_at")
    move(story, target, save=saved)
    record(story, "submitted", actor, version=story.version)
    hush(story, "returned", "recalled")
    if target == Stage.UNIT_REVIEW:
        tell(story, "to_approve", story.unit_deciders(), actor=actor, view="approve")
    else:
        if why != UnitStep.AGAIN:
            record(story, "unit_passed", None, why=str(why))
        tell(story, "to_review", board(story), actor=actor, view="review")
    return story


@transaction.atomic
def story_approve_unit(*, actor: Any, story_id: int, version: int | None, text: str = "") -> Story:
    """Approve a story for its unit; it goes to the board. `version` is the one that was read.

    A notice for the unit's own site needs nobody else: it is public at once. Raises InvalidInput with what
    blocks it.
    """
    story = story_for_approve_unit(actor, story_id, lock=True)
    _only_at(story, Stage.UNIT_REVIEW)
    same_as_read(story, version)
    if story.own_notice:
        publish_own_notice(story, actor)
        return story
    task_state(story).approve(user=actor, comment=vi.clean(text))
    story.unit_approved_at = clock.now()
    board_due(story)
    move(story, Stage.BOARD_REVIEW, save=["unit_approved_at", "board_due_at"])
    record(story, "approved_unit", actor, version=story.version, text=vi.clean(text))
    hush(story, "to_approve")
    tell(story, "approved_unit", hands(story), actor=actor)
    tell(story, "to_review", board(story), actor=actor, view="review")
    return story


@transaction.atomic
def story_return(
    *, actor: Any, story_id: int, version: int | None, reason: str = Reason.OTHER, text: str = ""
) -> Story:
    """Send a story back to its author with a reason: the unit's lead or the board, whose turn it is.

    `reason` is one of the chips; with "other" the text is needed. Raises Refused, Conflict, InvalidInput.
    """
    story = story_for_author_or_decider(actor, story_id)
    at_unit = story.stage == Stage.UNIT_REVIEW
    if not at_unit:
        _only_at(story, Stage.BOARD_REVIEW)
        not_held_by_other(story, actor)
    same_as_read(story, version)
    text = vi.clean_lines(text)
    if reason not in (UNIT_REASONS if at_unit else BOARD_REASONS):
        raise InvalidInput(_("Hãy chọn một lý do trong danh sách."), field="reason")
    if reason == Reason.OTHER and not text:
        raise InvalidInput(_("Hãy viết lý do trả lại để người viết biết cần sửa gì."), field="text")
    words = text if reason == Reason.OTHER else " ".join(filter(None, [f"{REASON_LABELS[Reason(reason)]}.", text]))
    task_state(story).reject(user=actor, comment=words)
    story.returned_reason = words
    move(story, Stage.RETURNED, save=["returned_reason", *release(story)])
    record(story, "returned_unit" if at_unit else "returned_board", actor, reason=words, version=story.version)
    hush(story, "to_approve", "to_review", "assigned")
    tell(story, "returned", hands(story), actor=actor, view="write", reason=words)
    return story


def story_for_author_or_decider(actor: Any, story_id: int) -> Story:
    """The locked story for the one whose decision it waits for."""
    stage = Story.objects.filter(pk=story_id).values_list("stage", flat=True).first()
    if stage == Stage.UNIT_REVIEW:
        return story_for_approve_unit(actor, story_id, lock=True)
    return story_for_review(actor, story_id, lock=True)


@transaction.atomic
def story_recall(*, actor: Any, story_id: int) -> Story:
    """Take a story back before anybody decided; not while an editor is at work on it."""
    story = story_for_author(actor, story_id, lock=True)
    if story.stage not in RECALLABLE:
        STAGES.require(
            story.stage, Stage.DRAFT, _("Bài không còn chờ duyệt nên không rút về được. Hãy tải lại trang.")
        )
    if story.locked:
        raise Conflict(
            _("%(name)s đang biên tập bài này nên chưa rút về được. Hãy viết góp ý để nhờ trả lại bài.")
            % {"name": story.locked_by}
        )
    told = board(story) if story.stage == Stage.BOARD_REVIEW else list(story.unit_deciders())
    end_review(story, actor)
    story.unit_approved_at = None
    move(story, Stage.DRAFT, save=["unit_approved_at"])
    record(story, "recalled", actor)
    hush(story, "to_approve", "to_review")
    tell(story, "recalled", told, actor=actor)
    return story


def pass_stuck() -> int:
    """Pass stories on to the board whose unit has nobody left who may approve them. Returns how many.

    A lead who leaves must not leave stories behind; run by the timetable.
    """
    passed = 0
    waiting = Story.objects.filter(stage=Stage.UNIT_REVIEW).values_list("pk", flat=True).order_by("pk")
    for pk in list(waiting):
        with transaction.atomic():
            story = Story.objects.select_for_update(of=("self",)).select_related("unit", "author").get(pk=pk)
            why = story.why_no_unit_step()
            if story.stage != Stage.UNIT_REVIEW or why == UnitStep.NORMAL:
                continue
            state = task_state(story)
            state.status = state.STATUS_SKIPPED
            state.finished_at = clock.now()
            state.save(update_fields=["status", "finished_at"])
            state.workflow_state.update()
            story.unit_step = why
            board_due(story)
            move(story, Stage.BOARD_REVIEW, save=["unit_step", "board_due_at"])
            record(story, "unit_passed", None, why=str(why))
            hush(story, "to_approve")
            tell(story, "unit_passed", hands(story), actor=None)
            tell(story, "to_review", board(story), actor=None, view="review")
            passed += 1
    return passed


def _only_at(story: Story, stage: Stage) -> None:
    if story.stage != stage:
        raise Conflict(
            _("Bài không còn ở bước này (hiện: %(stage)s), có thể người khác vừa xử lý. Hãy tải lại trang.")
            % {"stage": story.get_stage_display()},
            code="newsroom.story.moved",
        )
