"""What the verbs of the newsroom share: moving along the road, keeping versions, telling people."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision, WorkflowState

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.transitions import Transitions
from loa.lib import vi
from loa.lib.calendar import is_working_day
from loa.newsroom.body import BODY_LIMIT, clean_body
from loa.newsroom.models import Story, StoryVersion
from loa.newsroom.rules import (
    BOARD_HOURS,
    LEAD_LIMIT,
    STAGE_MOVES,
    TITLE_LIMIT,
    URGENT_WITHIN,
    Genre,
    Stage,
    VersionKind,
    add_working_minutes,
    same_version,
)
from loa.newsroom.workflow import ensure
from loa.org import access
from loa.plans.models import Task, Topic

STAGES = Transitions("newsroom.story", STAGE_MOVES)


class EditConflict(Conflict):
    """Somebody saved first. `kept` is the version in which this person's text lies safe."""

    def __init__(self, message: str, *, story: Story, kept: StoryVersion | None) -> None:
        super().__init__(message, code="newsroom.story.conflict")
        self.story = story
        self.kept = kept


# — fields ————————————————————————————————————————————————————————————————————————
def clean_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the text as they are stored: NFC, cleaned, within their limits; raises InvalidInput.

    Keys not given are left alone. `body` is HTML; `topic` and `task` are ids (or None).
    """
    clean: dict[str, Any] = {}
    for name, limit, label in (
        ("title", TITLE_LIMIT, _("Tiêu đề")),
        ("byline", 120, _("Bút danh")),
        ("lead", LEAD_LIMIT, _("Sa-pô")),
    ):
        if name in fields:
            text = vi.clean(str(fields[name] or ""))
            if len(text) > limit:
                raise InvalidInput(
                    _("%(label)s dài %(length)d ký tự, tối đa %(limit)d. Hãy rút gọn.")
                    % {"label": label, "length": len(text), "limit": limit},
                    field=name,
                )
            clean[name] = text
    if "body" in fields:
        body = clean_body(str(fields["body"] or ""))
        if len(body) > BODY_LIMIT:
            raise InvalidInput(_("Bài quá dài. Hãy tách thành nhiều bài."), field="body")
        clean["body"] = body
    if "genre" in fields:
        if fields["genre"] not in set(Genre):
            raise InvalidInput(_("Hãy chọn thể loại có trong danh sách."), field="genre")
        clean["genre"] = str(Genre(fields["genre"]))
    if "video_url" in fields:
        clean["video_url"] = _video(str(fields["video_url"] or "").strip())
    if "valid_until" in fields:
        clean["valid_until"] = _last_day(fields["valid_until"])
    for flag in ("ai_assisted", "on_main_portal", "urgent"):
        if flag in fields:
            clean[flag] = bool(fields[flag])
    for name, model in (("topic", Topic), ("task", Task)):
        if name in fields:
            pk = fields[name] or None
            if pk is not None and not model.objects.filter(pk=pk).exists():
                raise InvalidInput(_("Chủ đề này không còn trong kế hoạch. Hãy chọn lại."), field=name)
            clean[f"{name}_id"] = pk
    return clean


def _video(url: str) -> str:
    if not url:
        return ""
    if not url.startswith(("https://", "http://")) or len(url) > 200 or any(ch.isspace() for ch in url):
        raise InvalidInput(
            _("Đường dẫn video phải bắt đầu bằng https://. Hãy chép từ thanh địa chỉ hoặc nút Chia sẻ."),
            field="video_url",
        )
    return url


def _last_day(value: Any) -> dt.date | None:
    if not value or isinstance(value, dt.date):
        return value or None
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise InvalidInput(_("Ngày hết hiệu lực chưa đúng. Hãy chọn lại ngày."), field="valid_until") from error


def of_genre(story: Story, clean: dict[str, Any]) -> dict[str, Any]:
    """`clean` with what only a notice has taken off anything else; in place."""
    if clean.get("genre", story.genre) != Genre.NOTICE:
        for name, nothing in (("valid_until", None), ("urgent", False)):
            if name in clean or getattr(story, name):
                clean[name] = nothing
    return clean


def differs(story: Story, fields: Mapping[str, Any]) -> bool:
    """Whether `fields` would change the story."""
    return any(getattr(story, name) != value for name, value in fields.items())


def write(story: Story, fields: Mapping[str, Any]) -> None:
    """Put cleaned fields into a locked story and count its version up."""
    for name, value in fields.items():
        setattr(story, name, value)
    story.version += 1
    story.edited_at = clock.now()
    story.folded = vi.fold(f"{story.title} {story.byline}")[:340]
    story.save(update_fields=[*fields, "version", "edited_at", "folded"])


# — versions ——————————————————————————————————————————————————————————————————————
def keep(story: Story, kind: VersionKind, actor: Any) -> tuple[StoryVersion, bool]:
    """Keep the text of the (locked, saved) story as a version. Returns it and whether it is a new one.

    Saves of one hand shortly after each other go on with the same version.
    """
    now = clock.now()
    last = story.versions.exclude(kind=VersionKind.CONFLICT).select_related("revision").first()
    goes_on = bool(
        last is not None
        and same_version(kind, last.kind, actor is not None and last.user_id == actor.pk, last.begun_at, now)
        and last.revision_id == story.latest_revision_id
    )
    revision = story.save_revision(
        user=actor,
        clean=False,
        changed=not story.live,
        overwrite_revision=last.revision if goes_on and last else None,
    )
    if goes_on and last is not None:
        last.saved_at, last.base = now, story.version
        last.save(update_fields=["saved_at", "base"])
        return last, False
    return _number(story, kind, actor, revision, story.version), True


def keep_conflict(story: Story, fields: Mapping[str, Any], actor: Any, base: int) -> StoryVersion:
    """Keep a text that came too late beside the story, so that it is not lost. The story stays as it is."""
    theirs = copy.copy(story)
    for name, value in fields.items():
        setattr(theirs, name, value)
    content = theirs.serializable_data()
    before = (
        story.versions.filter(kind=VersionKind.CONFLICT, user=actor, base=base).select_related("revision").first()
    )
    if before is not None:
        before.revision.content = content
        before.revision.save()
        before.saved_at = clock.now()
        before.save(update_fields=["saved_at"])
        return before
    revision = Revision.objects.create(
        content_object=story,
        base_content_type=story.get_base_content_type(),
        user=actor,
        content=content,
        object_str=str(theirs),
    )
    return _number(story, VersionKind.CONFLICT, actor, revision, base)


def _number(story: Story, kind: VersionKind, actor: Any, revision: Revision, base: int) -> StoryVersion:
    highest = story.versions.values_list("number", flat=True).first() or 0
    now = clock.now()
    return StoryVersion.objects.create(
        story=story,
        number=highest + 1,
        kind=kind,
        revision=revision,
        user=actor,
        base=base,
        begun_at=now,
        saved_at=now,
    )


def same_as_read(story: Story, version: int | None) -> None:
    """Raise EditConflict when the person decided on an older text than the present one (None: does not matter)."""
    if version is not None and version != story.version:
        raise EditConflict(
            _("Bài vừa có thay đổi sau khi bạn mở. Hãy xem lại bản mới rồi quyết định."), story=story, kept=None
        )


# — the road ——————————————————————————————————————————————————————————————————————
def move(story: Story, target: Stage, *, save: Iterable[str] = ()) -> None:
    """Move a locked story to another stage, with the other fields in `save`; raises Conflict."""
    STAGES.require(
        story.stage,
        target,
        _("Bài đang ở bước “%(stage)s” nên không làm được việc này. Hãy tải lại trang để xem bài đang ở đâu.")
        % {"stage": story.get_stage_display()},
    )
    story.stage = target
    story.stage_since = clock.now()
    story.save(update_fields=["stage", "stage_since", *save])


def board_due(story: Story) -> None:
    """Set until when the board answers, in working hours from now; an urgent notice waits for no office hour."""
    if story.urgent:
        story.board_due_at = clock.now() + URGENT_WITHIN
        return
    story.board_due_at = add_working_minutes(clock.local(clock.now()), BOARD_HOURS * 60, is_working_day)


def workflow_state(story: Story) -> WorkflowState | None:
    """The review that is under way (or sent back), read anew."""
    return WorkflowState.objects.for_instance(story).active().select_related("current_task_state__task").first()


def begin_review(story: Story, actor: Any) -> Stage:
    """Start Wagtail's workflow, or go on where it was sent back. Returns the stage it landed on."""
    state = workflow_state(story)
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user=actor)
    elif state is None:
        workflow = story.get_workflow() or ensure()
        state = workflow.start(story, actor)
    task = state.current_task_state.task.specific
    return Stage(task.stage)


def task_state(story: Story) -> Any:
    """The step at which the review is; raises Conflict when there is none."""
    state = workflow_state(story)
    if state is None or state.status != WorkflowState.STATUS_IN_PROGRESS or state.current_task_state is None:
        raise Conflict(_("Bài không còn chờ duyệt. Hãy tải lại trang để xem bài đang ở đâu."))
    return state.current_task_state


def end_review(story: Story, actor: Any) -> None:
    """Cancel the review that is under way, if any."""
    state = workflow_state(story)
    if state is not None:
        state.cancel(user=actor)


def release(story: Story) -> list[str]:
    """Take the claim off a story; returns the fields to save."""
    story.locked, story.locked_by, story.locked_at = False, None, None
    return ["locked", "locked_by", "locked_at"]


def not_held_by_other(story: Story, actor: Any) -> None:
    """Raise Conflict when another editor has claimed the story."""
    if story.locked and story.locked_by_id != actor.pk:
        raise Conflict(
            _("%(name)s đang biên tập bài này. Hãy trao đổi với người đó, hoặc bấm “Nhận thay” rồi làm tiếp.")
            % {"name": story.locked_by},
            code="newsroom.story.held",
        )


# — telling ———————————————————————————————————————————————————————————————————————
def tell(story: Story, code: str, users: Iterable[Any], *, actor: Any, view: str = "story", **data: Any) -> None:
    """Notice to each of `users` but the actor; words in loa.newsroom.texts."""
    notify(
        users=[user for user in users if actor is None or user.pk != actor.pk],
        code=f"newsroom.story.{code}",
        key=f"story-{story.pk}",
        url=reverse(f"newsroom:{view}", args=[story.pk]),
        title=str(story),
        unit=story.unit.short_name,
        who=str(actor) if actor is not None else "Loa",
        **data,
    )


def hush(story: Story, *codes: str) -> None:
    """Take back unread notices that ask for what is no longer to be done."""
    for code in codes:
        cancel_notices(code=f"newsroom.story.{code}", key=f"story-{story.pk}")


def hands(story: Story) -> list[Any]:
    """The author and who else wrote in it."""
    return [story.author, *story.writers.all()]


def board(story: Story) -> list[Any]:
    """Editors who may decide on this story."""
    wrote = {user.pk for user in hands(story)}
    return [user for user in access.users_who_can("story.review", story.unit_id) if user.pk not in wrote]


def record(story: Story, action: str, actor: Any, **data: Any) -> None:
    """One line of the audit log about a story."""
    log(f"newsroom.story.{action}", actor=actor, obj=story, unit_id=story.unit_id, **data)
