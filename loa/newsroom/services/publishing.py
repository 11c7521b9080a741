"""Publishing: now, at an hour, taking down, correcting in public."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.channels import services as channels
from loa.core import clock
from loa.core.errors import AppError, Conflict, InvalidInput
from loa.lib import vi
from loa.newsroom import events, indexing
from loa.newsroom.access import story_for_publish, story_for_review
from loa.newsroom.channels import correct
from loa.newsroom.checks import blocking, run_checks
from loa.newsroom.models import Story, StoryVersion, through_service
from loa.newsroom.rules import Genre, Stage, VersionKind
from loa.newsroom.services.common import (
    begin_review,
    board,
    board_due,
    clean_fields,
    differs,
    hands,
    hush,
    keep,
    keep_conflict,
    move,
    not_held_by_other,
    of_genre,
    record,
    release,
    same_as_read,
    task_state,
    tell,
    write,
)
from loa.newsroom.services.drafts import WRITER_FIELDS, conflict
from loa.org import access

log = logging.getLogger("loa.newsroom")
CORRECTABLE = tuple(name for name in WRITER_FIELDS if name not in ("topic", "task"))
#: no story is scheduled further ahead than this
FARTHEST = dt.timedelta(days=366)


@transaction.atomic
def story_publish(*, actor: Any, story_id: int, version: int | None) -> Story:
    """Publish a reviewed (or scheduled) story now. `version` is the one that was read.

    Raises InvalidInput with what blocks it, Conflict, EditConflict, Refused (one's own).
    """
    story = story_for_review(actor, story_id, lock=True)
    not_held_by_other(story, actor)
    same_as_read(story, version)
    if story.stage == Stage.UNIT_REVIEW:
        raise Conflict(_("Bài còn chờ đơn vị duyệt nên Ban Biên tập chưa đăng được."), code="newsroom.story.moved")
    _publish(story, actor)
    return story


def publish_own_notice(story: Story, actor: Any) -> None:
    """The lead of a unit, who has read the locked notice, lets it out on the unit's own site."""
    story.unit_approved_at = clock.now()
    story.save(update_fields=["unit_approved_at"])
    record(story, "approved_unit", actor, version=story.version, text="")
    _publish(story, actor)


def _publish(story: Story, actor: Any) -> None:
    """Make a locked story public: row first, then Wagtail's own publishing of its last version, then listeners."""
    was_scheduled = story.stage == Stage.SCHEDULED
    _unblocked(story)
    keep(story, VersionKind.PUBLISHED, actor)
    now = clock.now()
    story.slug = story.slug or vi.slugify_vi(story.title, 110) or f"bai-{story.pk}"
    story.published_at = now
    story.go_live_at = None
    story.withdrawn_reason = ""
    story.board_due_at = None
    saved = ["slug", "published_at", "go_live_at", "withdrawn_reason", "board_due_at"]
    move(story, Stage.PUBLISHED, save=[*saved, *release(story)])
    with through_service("publish"):
        if was_scheduled:
            story.latest_revision.publish(user=actor)
        else:
            task_state(story).approve(user=actor)  # the last step: Wagtail finishes the review and publishes
    _settle(story)
    record(story, "published", actor, version=story.version)
    hush(story, "to_approve", "to_review", "assigned", "scheduled", "blocked")
    indexing.refresh(story)
    events.emit(events.story_published, story=story, actor=actor)
    tell(story, "published", [*hands(story), *_leads(story)], actor=actor)


def _settle(story: Story) -> None:
    """Read back what Wagtail wrote; the row is the newest text, so nothing is unpublished about it."""
    Story.objects.filter(pk=story.pk).update(has_unpublished_changes=False)
    unit, author = story.unit, story.author
    story.refresh_from_db()
    story.unit, story.author = unit, author


def _unblocked(story: Story) -> None:
    found = blocking(run_checks(story))
    if found:
        raise InvalidInput(
            _("Chưa đăng được: %(what)s") % {"what": " ".join(str(finding.text) for finding in found)},
            code="newsroom.story.blocked",
            findings=found,
        )


def _leads(story: Story) -> list[Any]:
    return list(access.users_who_can("story.approve_unit", story.unit_id))


@transaction.atomic
def story_schedule(*, actor: Any, story_id: int, version: int | None, at: dt.datetime) -> Story:
    """Approve a reviewed story for publishing at an hour; the timetable publishes it, late ones too.

    Raises InvalidInput (hour in the past, blocked), Conflict, EditConflict, Refused (one's own).
    """
    story = story_for_review(actor, story_id, lock=True)
    not_held_by_other(story, actor)
    same_as_read(story, version)
    if at <= clock.now():
        raise InvalidInput(_("Giờ hẹn đã qua. Hãy chọn giờ khác, hoặc đăng ngay."), field="at")
    if at > clock.now() + FARTHEST:
        raise InvalidInput(_("Chỉ hẹn được trong vòng một năm."), field="at")
    _unblocked(story)
    keep(story, VersionKind.BOARD, actor)
    state = task_state(story)
    story.go_live_at = at
    move(story, Stage.SCHEDULED, save=["go_live_at", *release(story)])
    with through_service("schedule"):
        state.approve(user=actor)
    record(story, "scheduled", actor, at=at.isoformat(), version=story.version)
    hush(story, "to_review", "assigned")
    tell(story, "scheduled", hands(story), actor=actor, at=clock.local(at).strftime("%H:%M %d/%m/%Y"))
    return story


@transaction.atomic
def story_unschedule(*, actor: Any, story_id: int) -> Story:
    """Take the hour off a story; it is back with the board."""
    story = story_for_review(actor, story_id, lock=True)
    if story.stage != Stage.SCHEDULED:
        raise Conflict(_("Bài không còn hẹn giờ. Hãy tải lại trang."))
    _unschedule(story, actor)
    return story


def _unschedule(story: Story, actor: Any) -> None:
    begin_review(story, actor or story.author)
    story.go_live_at = None
    board_due(story)
    move(story, Stage.BOARD_REVIEW, save=["go_live_at", "board_due_at"])
    record(story, "unscheduled", actor)
    hush(story, "scheduled")
    tell(story, "unscheduled", hands(story), actor=actor)


def publish_due() -> int:
    """Publish every scheduled story whose hour has come, also those of a time when Loa stood still.

    Returns how many. Run by the timetable; safe to run twice and in many workers (each story is locked and looked
    at again). One that cannot be published goes back to the board with the reason, and stops no other.
    """
    published = 0
    due = Story.objects.filter(stage=Stage.SCHEDULED, go_live_at__lte=clock.now())
    for pk in list(due.order_by("go_live_at").values_list("pk", flat=True)[:500]):
        try:
            published += _publish_if_due(pk)
        except AppError as error:
            log.warning("story %s could not be published at its hour: %s", pk, error.code)
            _send_back(pk, str(error))
        except Exception:
            log.exception("story %s could not be published at its hour", pk)
    return published


@transaction.atomic
def _publish_if_due(pk: int) -> bool:
    story = Story.objects.select_for_update(of=("self",)).select_related("unit", "author").filter(pk=pk).first()
    if story is None or story.stage != Stage.SCHEDULED or not story.go_live_at or story.go_live_at > clock.now():
        return False
    _publish(story, None)
    return True


@transaction.atomic
def _send_back(pk: int, reason: str) -> None:
    story = Story.objects.select_for_update(of=("self",)).select_related("unit", "author").filter(pk=pk).first()
    if story is not None and story.stage == Stage.SCHEDULED:
        _unschedule(story, None)
        tell(story, "blocked", board(story), actor=None, view="review", reason=reason)


@transaction.atomic
def story_withdraw(*, actor: Any, story_id: int, reason: str) -> Story:
    """Take a public story down, with a reason; what hangs on it (evidence, pages) hears it in the transaction."""
    story = story_for_publish(actor, story_id, lock=True)
    reason = vi.clean_lines(reason)
    if not reason:
        raise InvalidInput(_("Hãy ghi lý do gỡ bài; lý do được lưu và báo cho đơn vị."), field="reason")
    story.withdrawn_reason = reason
    move(story, Stage.WITHDRAWN, save=["withdrawn_reason"])
    with through_service("unpublish"):
        story.unpublish(user=actor)
    record(story, "withdrawn", actor, reason=reason)
    hush(story, "published")
    indexing.refresh(story)
    channels.source_withdraw(actor=actor, source="newsroom.story", source_id=story.pk)
    events.emit(events.story_withdrawn, story=story, actor=actor)
    tell(story, "withdrawn", [*hands(story), *_leads(story)], actor=actor, reason=reason)
    return story


@transaction.atomic
def story_reopen(*, actor: Any, story_id: int) -> Story:
    """Take a withdrawn story into review again, to be mended and published anew."""
    story = story_for_review(actor, story_id, lock=True)
    if story.stage != Stage.WITHDRAWN:
        raise Conflict(_("Chỉ mở lại được bài đã gỡ. Hãy tải lại trang."))
    begin_review(story, actor)
    board_due(story)
    move(story, Stage.BOARD_REVIEW, save=["board_due_at"])
    record(story, "reopened", actor)
    return story


def story_correct(*, actor: Any, story_id: int, version: int, note: str, fields: Mapping[str, Any]) -> Story:
    """Correct a public story in public: the text changes, and a dated note says what was wrong.

    `note` is what readers see. Raises InvalidInput, EditConflict (the text is kept), Refused, Conflict.
    """
    kept: StoryVersion | None = None
    with transaction.atomic():
        story = story_for_publish(actor, story_id, lock=True)
        if story.stage != Stage.PUBLISHED:
            raise Conflict(_("Bài không còn trên cổng nên không cần đính chính. Hãy tải lại trang."))
        note = vi.clean_lines(note)
        if not note:
            raise InvalidInput(_("Hãy viết lời đính chính cho bạn đọc: sai ở đâu, nay sửa thế nào."), field="note")
        given = {name: value for name, value in fields.items() if name in CORRECTABLE}
        if (given.get("genre", story.genre) == Genre.NOTICE) != story.is_notice:
            raise Conflict(
                _("Thông báo và tin, bài đi hai đường duyệt khác nhau nên không đổi qua lại được sau khi đăng.")
            )
        clean = of_genre(story, clean_fields(given))
        if version != story.version and differs(story, clean):
            kept = keep_conflict(story, clean, actor, version)
        else:
            _correct(story, actor, note, clean)
    if kept is not None:
        raise conflict(story, kept)
    return story


def _correct(story: Story, actor: Any, note: str, clean: Mapping[str, Any]) -> None:
    latest = note
    if story.correction and story.corrected_at:
        note = f"{note}\n{clock.local(story.corrected_at):%d/%m/%Y}: {story.correction}"
    story.correction, story.corrected_at = note, clock.now()
    story.save(update_fields=["correction", "corrected_at"])
    write(story, clean)
    _unblocked(story)
    keep(story, VersionKind.CORRECTED, actor)
    with through_service("publish"):
        story.latest_revision.publish(user=actor)
    _settle(story)
    record(story, "corrected", actor, note=note, version=story.version)
    indexing.refresh(story)
    correct(story, latest, actor)
    events.emit(events.story_changed, story=story, actor=actor)
    tell(story, "corrected", [*hands(story), *_leads(story)], actor=actor, reason=note[:200])
