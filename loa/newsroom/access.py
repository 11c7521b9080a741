"""The only way from a request to a story: a person sees it (or gets 404), then may do this with it (or 403)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.core.errors import NotFound, Refused
from loa.newsroom.models import Story, StoryImage, StoryPhoto
from loa.newsroom.rules import REVIEWING, WRITING, Stage
from loa.org import access


def visible_stories(user: Any) -> QuerySet[Story]:
    """Stories the person may read inside Loa: their own, and drafts of the units whose drafts they may read."""
    return Story.objects.filter(
        Q(author=user.pk) | Q(unit__in=access.units_where(user, "story.read_drafts").values("pk"))
    )


def _find(user: Any, pk: int, *, lock: bool = False) -> Story:
    stories = Story.objects.select_related("unit", "author", "locked_by", "topic", "task")
    if lock:
        stories = Story.objects.select_for_update(of=("self",)).select_related("unit", "author")
    story = stories.filter(pk=pk).first()
    if story is None or not may_view(user, story):
        raise NotFound(_("Không có bài này, hoặc bài không thuộc đơn vị của bạn."), code="newsroom.story.404")
    return story


def may_view(user: Any, story: Story) -> bool:
    """Whether the person may read this story inside Loa."""
    return story.author_id == user.pk or access.can(user, "story.read_drafts", story.unit_id)


def may_write(user: Any, story: Story) -> bool:
    """Whether the text is theirs to write now: the author's, or of those who edit for the unit."""
    if story.stage not in WRITING:
        return False
    if story.author_id == user.pk:
        return access.can(user, "story.write", story.unit_id)
    return access.can(user, "story.edit_unit", story.unit_id)


def may_approve_unit(user: Any, story: Story) -> bool:
    """Whether they may approve or return it for the unit now."""
    return (
        story.stage == Stage.UNIT_REVIEW
        and access.can(user, "story.approve_unit", story.unit_id)
        and not story.written_by(user)
    )


def may_review(user: Any, story: Story) -> bool:
    """Whether they may correct, publish or return it for the board now."""
    return (
        story.stage in REVIEWING | {Stage.SCHEDULED}
        and access.can(user, "story.review", story.unit_id)
        and not story.written_by(user)
    )


def may_withdraw(user: Any, story: Story) -> bool:
    """Whether they may take the public story down or put a correction to it."""
    return story.stage == Stage.PUBLISHED and _answers_for(user, story)


def _answers_for(user: Any, story: Story) -> bool:
    """Whether they answer for it once it is public: the board, and the unit's lead for the unit's own notice."""
    return access.can(user, "story.publish", story.unit_id) or (
        story.own_notice and access.can(user, "story.approve_unit", story.unit_id)
    )


def story_for_view(user: Any, pk: int) -> Story:
    """The story to read; raises NotFound."""
    return _find(user, pk)


def story_for_edit(user: Any, pk: int, *, lock: bool = False) -> Story:
    """The story to write in; raises NotFound, Refused with what to do instead."""
    story = _find(user, pk, lock=lock)
    if may_write(user, story):
        return story
    if story.stage not in WRITING:
        raise Refused(
            _("Bài đã gửi duyệt nên không sửa tại đây được. Hãy rút bài về nếu cần sửa thêm."),
            code="newsroom.story.sent",
        )
    raise Refused(_("Bài này do %(name)s viết; bạn đọc được nhưng không sửa được.") % {"name": story.author})


def story_for_author(user: Any, pk: int, *, lock: bool = False) -> Story:
    """The story of which the person is the author or edits for the unit, in any stage (recall, photos, delete)."""
    story = _find(user, pk, lock=lock)
    if story.author_id == user.pk or access.can(user, "story.edit_unit", story.unit_id):
        return story
    raise Refused(_("Chỉ người viết hoặc đầu mối của đơn vị làm được việc này."))


def story_for_approve_unit(user: Any, pk: int, *, lock: bool = False) -> Story:
    """The story to approve or return for the unit; raises NotFound, Refused."""
    story = _find(user, pk, lock=lock)
    if not access.can(user, "story.approve_unit", story.unit_id):
        raise Refused(_("Chỉ trưởng đơn vị duyệt được bài ở bước này."))
    _not_own(user, story)
    return story


def story_for_review(user: Any, pk: int, *, lock: bool = False) -> Story:
    """The story to review for the board; raises NotFound, Refused."""
    story = _find(user, pk, lock=lock)
    if not access.can(user, "story.review", story.unit_id):
        raise Refused(_("Chỉ Ban Biên tập làm được việc này."))
    _not_own(user, story)
    return story


def story_for_publish(user: Any, pk: int, *, lock: bool = False) -> Story:
    """The public story to correct or withdraw; raises NotFound, Refused. Withdrawing one's own is allowed."""
    story = _find(user, pk, lock=lock)
    if not _answers_for(user, story):
        raise Refused(_("Chỉ Ban Biên tập làm được việc này."))
    return story


def _not_own(user: Any, story: Story) -> None:
    if story.written_by(user):
        raise Refused(
            _("Không ai tự duyệt bài mình viết. Bài này cần một người khác duyệt."), code="newsroom.story.own"
        )


def photo_for_edit(user: Any, pk: int, *, lock: bool = False) -> StoryPhoto:
    """A photo whose caption, consent … the person may change: writers while writing, the board while reviewing."""
    photos = StoryPhoto.objects.select_related("story__unit", "story__author", "image")
    if lock:
        photos = photos.select_for_update(of=("self",))
    photo = photos.filter(pk=pk).first()
    if photo is None or not may_view(user, photo.story):
        raise NotFound(_("Không có ảnh này trong bài nào của đơn vị bạn."), code="newsroom.photo.404")
    if not (may_write(user, photo.story) or may_review(user, photo.story)):
        raise Refused(_("Bài đang ở bước khác nên không sửa ảnh tại đây được."))
    return photo


def images_for(user: Any) -> QuerySet[StoryImage]:
    """Pictures of the units whose drafts the person reads: nobody browses another unit's held-back photos."""
    return StoryImage.objects.filter(unit__in=access.units_where(user, "story.read_drafts").values("pk"))
