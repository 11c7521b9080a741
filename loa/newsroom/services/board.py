"""The editorial board at work: claim, correct, remark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.models import User
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.lib import vi
from loa.newsroom.access import may_review, story_for_review, story_for_view
from loa.newsroom.models import Story, StoryComment
from loa.newsroom.rules import REVIEWING, Stage, VersionKind
from loa.newsroom.services.common import (
    board,
    clean_fields,
    hands,
    hush,
    not_held_by_other,
    of_genre,
    record,
    release,
    tell,
)
from loa.newsroom.services.drafts import WRITER_FIELDS, conflict, save_or_keep
from loa.org import access

BOARD_FIELDS = (*WRITER_FIELDS, "on_main_portal")


def _hold(story: Story, user: Any) -> list[str]:
    story.locked, story.locked_by, story.locked_at = True, user, clock.now()
    return ["locked", "locked_by", "locked_at"]


def _in_review(story: Story) -> None:
    if story.stage not in REVIEWING | {Stage.SCHEDULED}:
        raise Conflict(
            _("Bài không còn ở Ban Biên tập (hiện: %(stage)s). Hãy tải lại trang.")
            % {"stage": story.get_stage_display()}
        )


@transaction.atomic
def story_claim(*, actor: Any, story_id: int, take_over: bool = False) -> Story:
    """Take a story in hand, so that two editors do not collide. With `take_over` also from another editor."""
    story = story_for_review(actor, story_id, lock=True)
    _in_review(story)
    before = story.locked_by if story.locked else None
    if before is not None and before.pk == actor.pk:
        return story
    if before is not None and not take_over:
        not_held_by_other(story, actor)
    story.save(update_fields=_hold(story, actor))
    record(story, "claimed", actor, instead_of=str(before) if before else "")
    hush(story, "to_review")
    if before is not None:
        tell(story, "taken_over", [before], actor=actor, view="review")
    return story


@transaction.atomic
def story_assign(*, actor: Any, story_id: int, editor_id: int) -> Story:
    """Give a story to an editor who may decide on it. Raises InvalidInput for anybody else."""
    story = story_for_review(actor, story_id, lock=True)
    _in_review(story)
    editor = next((user for user in board(story) if user.pk == editor_id), None)
    if editor is None:
        raise InvalidInput(_("Hãy chọn một biên tập viên không viết bài này."), field="editor")
    story.save(update_fields=_hold(story, editor))
    record(story, "assigned", actor, to=str(editor))
    tell(story, "assigned", [editor], actor=actor, view="review")
    return story


@transaction.atomic
def story_release(*, actor: Any, story_id: int) -> Story:
    """Put a story back for the others; one's own claim only."""
    story = story_for_review(actor, story_id, lock=True)
    not_held_by_other(story, actor)
    if story.locked:
        story.save(update_fields=release(story))
        record(story, "released", actor)
    return story


def story_review_edit(*, actor: Any, story_id: int, version: int, fields: Mapping[str, Any]) -> Story:
    """Correct a story in review. The author's version stays beside it, to be compared.

    Claims the story. Raises EditConflict (the text is kept), Conflict when another editor holds it, Refused.
    """
    with transaction.atomic():
        story = story_for_review(actor, story_id, lock=True)
        if story.stage not in REVIEWING:
            raise Conflict(_("Bài không ở bước biên tập nên không sửa tại đây được. Hãy tải lại trang."))
        not_held_by_other(story, actor)
        given = {name: value for name, value in fields.items() if name in BOARD_FIELDS}
        clean = of_genre(story, clean_fields(given))
        kept = save_or_keep(story, actor=actor, version=version, clean=clean, kind=VersionKind.BOARD)
        if kept is None and not story.locked:
            story.save(update_fields=_hold(story, actor))
            record(story, "claimed", actor, instead_of="")
    if kept is not None:
        raise conflict(story, kept)
    return story


@transaction.atomic
def story_comment(*, actor: Any, story_id: int, text: str, quote: str = "") -> StoryComment:
    """A remark on a story, on some words of it when `quote` is given; everybody who may read it may remark."""
    story = story_for_view(actor, story_id)
    text = vi.clean_lines(text)
    if not text:
        raise InvalidInput(_("Hãy viết góp ý rồi gửi."), field="text")
    if len(text) > 4000:
        raise InvalidInput(_("Góp ý dài quá 4.000 ký tự. Hãy rút gọn."), field="text")
    comment = StoryComment.objects.create(story=story, author=actor, text=text, quote=vi.clean(quote)[:500])
    record(story, "commented", actor, comment=comment.pk)
    others = {user.pk: user for user in hands(story)}
    if story.locked_by:
        others[story.locked_by.pk] = story.locked_by
    before = User.objects.filter(pk__in=story.comments.values("author"), is_active=True)
    others.update({user.pk: user for user in before})
    told = [
        user
        for user in others.values()
        if user.pk == story.author_id or access.can(user, "story.read_drafts", story.unit_id)
    ]
    tell(story, "comment", told, actor=actor, text=text[:140])
    return comment


@transaction.atomic
def story_comment_resolve(*, actor: Any, comment_id: int, resolved: bool = True) -> StoryComment:
    """Mark a remark as done (or open again): the one who made it, the writers, the board."""
    comment = StoryComment.objects.select_related("story__unit", "story__author").filter(pk=comment_id).first()
    if comment is None:
        raise NotFound(_("Không có góp ý này."))
    story = story_for_view(actor, comment.story_id)
    if not (comment.author_id == actor.pk or story.written_by(actor) or may_review(actor, story)):
        raise Refused(_("Chỉ người góp ý, người viết hoặc Ban Biên tập đánh dấu được."))
    comment.resolved_at = clock.now() if resolved else None
    comment.resolved_by = actor if resolved else None
    comment.save(update_fields=["resolved_at", "resolved_by"])
    record(story, "comment_resolved" if resolved else "comment_opened", actor, comment=comment.pk)
    return comment
