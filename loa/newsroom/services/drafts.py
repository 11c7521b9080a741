"""Writing: begin a story, save it, throw a draft away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.core.errors import Conflict, Refused
from loa.newsroom.access import story_for_author, story_for_edit
from loa.newsroom.answers import own_site_of
from loa.newsroom.models import Story, StoryImage, StoryPhoto, StoryVersion
from loa.newsroom.rules import WRITING, Genre, Stage, VersionKind
from loa.newsroom.services.common import (
    EditConflict,
    clean_fields,
    differs,
    end_review,
    hush,
    keep,
    keep_conflict,
    of_genre,
    record,
    write,
)
from loa.org import access

#: fields a writer sets; `on_main_portal` is the board's, but for a notice
WRITER_FIELDS = (
    "title", "lead", "body", "byline", "genre", "video_url", "ai_assisted", "topic", "task",
    "valid_until", "urgent",
)  # fmt: skip


def writer_fields(story: Story, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Of the given fields those a writer sets, cleaned."""
    genre = fields.get("genre", story.genre)
    may = {*WRITER_FIELDS, *(["on_main_portal"] if genre == Genre.NOTICE else [])}
    clean = clean_fields({name: value for name, value in fields.items() if name in may})
    if story.is_notice and genre != Genre.NOTICE:
        clean["on_main_portal"] = True  # where it stands is the board's to say again
    return of_genre(story, clean)


@transaction.atomic
def story_create(*, actor: Any, unit_id: int, fields: Mapping[str, Any] | None = None) -> Story:
    """Begin a story of a unit. Raises Refused when the actor does not write for it, InvalidInput."""
    if not access.can(actor, "story.write", unit_id):
        raise Refused(_("Bạn chưa được phân công viết bài cho đơn vị này."), code="newsroom.story.not_writer")
    story = Story(
        unit_id=unit_id,
        author=actor,
        stage=Stage.DRAFT,
        genre=Genre.ARTICLE,
        live=False,
        has_unpublished_changes=True,
    )
    fields = dict(fields or {})
    if fields.get("genre") == Genre.NOTICE and "on_main_portal" not in fields:
        fields["on_main_portal"] = not own_site_of(unit_id)
    story.save()
    write(story, writer_fields(story, fields))
    keep(story, VersionKind.DRAFT, actor)
    record(story, "created", actor)
    return story


def story_save(*, actor: Any, story_id: int, version: int, fields: Mapping[str, Any]) -> Story:
    """Save a draft (autosave too). `version` is the one the actor's text was based on.

    Raises EditConflict when somebody else saved meanwhile: the actor's text is then kept as a version of its own
    and named in the error. A save that changes nothing changes nothing. Raises NotFound, Refused, InvalidInput.
    """
    with transaction.atomic():
        story = story_for_edit(actor, story_id, lock=True)
        before = story.version
        kept = save_or_keep(
            story, actor=actor, version=version, clean=writer_fields(story, fields), kind=VersionKind.DRAFT
        )
        if story.version != before and actor.pk != story.author_id:
            story.writers.add(actor)
    if kept is not None:  # outside the transaction, so that the kept text stays
        raise conflict(story, kept)
    return story


def save_or_keep(
    story: Story, *, actor: Any, version: int, clean: Mapping[str, Any], kind: VersionKind
) -> StoryVersion | None:
    """Write cleaned fields into a locked story; when they come too late, keep them beside it and return that."""
    if not differs(story, clean):
        return None
    if version != story.version:
        return keep_conflict(story, clean, actor, version)
    write(story, clean)
    _version, new = keep(story, kind, actor)
    if new:
        record(story, "board_edited" if kind == VersionKind.BOARD else "edited", actor, version=story.version)
    return None


def conflict(story: Story, kept: StoryVersion) -> EditConflict:
    """The error that says what happened and that nothing is lost."""
    return EditConflict(
        _(
            "Có người vừa lưu bài này trước bạn. Bản của bạn đã được giữ lại nguyên vẹn; "
            "hãy chọn phần nào dùng tiếp."
        ),
        story=story,
        kept=kept,
    )


@transaction.atomic
def story_delete_draft(*, actor: Any, story_id: int) -> None:
    """Throw away a draft that was never public, with its versions and photos. Raises Refused, Conflict."""
    story = story_for_author(actor, story_id, lock=True)
    if story.stage not in WRITING or story.first_published_at:
        raise Conflict(_("Chỉ xóa được bản nháp chưa từng đăng. Hãy rút bài về trước, nếu bài đang chờ duyệt."))
    record(story, "deleted", actor, title=story.title)
    pictures = list(StoryPhoto.objects.filter(story=story).values_list("image_id", flat=True))
    end_review(story, actor)
    hush(story, "returned", "comment", "recalled")
    story.delete()
    StoryImage.objects.filter(pk__in=pictures).exclude(pk__in=StoryPhoto.objects.values("image")).delete()
