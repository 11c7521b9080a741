"""Photos of a story: each with its own words and its own consent; none of them holds up the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.after import after_commit
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.lib import vi
from loa.newsroom import events
from loa.newsroom.access import may_review, may_view, may_withdraw, may_write, photo_for_edit, story_for_view
from loa.newsroom.channels import photo_gone
from loa.newsroom.images import read_upload
from loa.newsroom.models import Story, StoryImage, StoryPhoto
from loa.newsroom.rules import PUBLISHABLE, Consent
from loa.newsroom.services.common import hands, record, tell
from loa.org import access

MOST_PHOTOS = 30
_LIMITS = {"caption": 300, "alt": 300, "source": 160, "consent_note": 300}


def _story(actor: Any, story_id: int) -> Story:
    story = story_for_view(actor, story_id)
    if not (may_write(actor, story) or may_review(actor, story)):
        raise Refused(_("Bài đang ở bước khác nên không thêm, bớt ảnh tại đây được."))
    return Story.objects.select_for_update(of=("self",)).select_related("unit", "author").get(pk=story.pk)


def _touched(story: Story, actor: Any) -> None:
    """Changing photos is writing too: who did it as a writer may not approve it."""
    story.edited_at = clock.now()
    story.save(update_fields=["edited_at"])
    if may_write(actor, story) and actor.pk != story.author_id:
        story.writers.add(actor)


def photo_add(*, actor: Any, story_id: int, upload: Any) -> StoryPhoto:
    """Put an uploaded picture at the end of a story. Raises InvalidInput with what to do about the file.

    The file is read before the transaction: a large picture must not hold the database.
    """
    story = story_for_view(actor, story_id)
    if not (may_write(actor, story) or may_review(actor, story)):
        raise Refused(_("Bài đang ở bước khác nên không thêm ảnh tại đây được."))
    picture = read_upload(upload)
    with transaction.atomic():
        story = _story(actor, story_id)
        if story.photos.count() >= MOST_PHOTOS:
            raise InvalidInput(
                _("Mỗi bài tối đa %(count)d ảnh. Hãy bỏ bớt ảnh.") % {"count": MOST_PHOTOS}, field="photo"
            )
        image = StoryImage(title=picture.title, unit=story.unit, uploaded_by_user=actor)
        image.file.save(picture.file.name or "anh.jpg", picture.file, save=False)
        image.file_size = picture.file.size
        image.save()
        last = story.photos.aggregate(last=Max("sort_order"))["last"]
        photo = StoryPhoto.objects.create(
            story=story, image=image, sort_order=0 if last is None else last + 1, source=str(actor)[:160]
        )
        _touched(story, actor)
        record(story, "photo_added", actor, photo=photo.pk)
    return photo


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for name, limit in _LIMITS.items():
        if name in fields:
            clean[name] = vi.clean(str(fields[name] or ""))
            if len(clean[name]) > limit:
                raise InvalidInput(
                    _("Phần chữ của ảnh dài quá %(limit)d ký tự. Hãy rút gọn.") % {"limit": limit}, field=name
                )
    if "consent" in fields:
        if fields["consent"] not in set(Consent):
            raise InvalidInput(_("Hãy chọn một mục về sự đồng ý."), field="consent")
        clean["consent"] = str(Consent(fields["consent"]))
    if "after" in fields:
        try:
            clean["after"] = max(0, min(int(fields["after"] or 0), 500))
        except (TypeError, ValueError):
            raise InvalidInput(_("Vị trí của ảnh phải là số thứ tự đoạn."), field="after") from None
    return clean


@transaction.atomic
def photo_edit(*, actor: Any, photo_id: int, version: int, fields: Mapping[str, Any]) -> StoryPhoto:
    """Change caption, alternative text, source, consent or place of a photo; `version` is the photo's own.

    Raises Conflict when somebody else changed the same photo meanwhile (the form stays as it was filled).
    """
    photo = photo_for_edit(actor, photo_id, lock=True)
    clean = _clean(fields)
    changed = {name: value for name, value in clean.items() if getattr(photo, name) != value}
    if not changed:
        return photo
    if version != photo.version:
        raise Conflict(
            _("Có người vừa sửa ảnh này. Phần bạn viết vẫn còn trong ô; hãy so với bản mới rồi lưu lại."),
            code="newsroom.photo.conflict",
        )
    before = photo.consent
    _write(photo, changed)
    _touched(photo.story, actor)
    record(photo.story, "photo_edited", actor, photo=photo.pk, fields=sorted(changed))
    _consent_changed(photo, before, actor)
    return photo


def _write(photo: StoryPhoto, changed: Mapping[str, Any]) -> None:
    for name, value in changed.items():
        setattr(photo, name, value)
    photo.version += 1
    photo.save(update_fields=[*changed, "version"])


@transaction.atomic
def photo_consent(
    *, actor: Any, photo_id: int, consent: str, note: str = "", alt: str | None = None
) -> StoryPhoto:
    """Say what those in a photo agreed to, in any stage of the story, also after publication.

    A photo whose consent is withdrawn disappears from the public page at once, with every size made of it; one
    whose consent arrives enters by itself. For the author, those who edit for the unit, and the board.
    """
    photo = (
        StoryPhoto.objects.select_for_update(of=("self",))
        .select_related("story__unit", "story__author", "image")
        .filter(pk=photo_id)
        .first()
    )
    if photo is None or not may_view(actor, photo.story):
        raise NotFound(_("Không có ảnh này trong bài nào của đơn vị bạn."), code="newsroom.photo.404")
    story = photo.story
    allowed = (
        story.author_id == actor.pk
        or access.can(actor, "story.edit_unit", story.unit_id)
        or may_review(actor, story)
        or may_withdraw(actor, story)
    )
    if not allowed:
        raise Refused(_("Chỉ người viết, đầu mối của đơn vị hoặc Ban Biên tập ghi được sự đồng ý."))
    clean = _clean({"consent": consent, "consent_note": note, **({"alt": alt} if alt is not None else {})})
    before = photo.consent
    _write(photo, clean)
    record(story, "photo_consent", actor, photo=photo.pk, consent=photo.consent, before=before)
    _consent_changed(photo, before, actor)
    return photo


def _consent_changed(photo: StoryPhoto, before: str, actor: Any) -> None:
    story = photo.story
    if photo.consent == Consent.REFUSED and before != Consent.REFUSED:
        for rendition in photo.image.renditions.all():
            # Wagtail leaves the file to a job; no address of the photo may go on working until then.
            after_commit(rendition.file.storage.delete, rendition.file.name)
            rendition.delete()
        tell(story, "photo_refused", hands(story), actor=actor)
    if before in PUBLISHABLE and photo.consent not in PUBLISHABLE:
        photo_gone(photo, actor)
        for listener in events.photo_taken_back:
            listener(photo=photo, actor=actor)
    if story.live and photo.consent != before:
        events.emit(events.story_changed, story=story, actor=actor)


@transaction.atomic
def photo_remove(*, actor: Any, photo_id: int) -> Story:
    """Take a photo out of a story; the picture itself goes too unless another story shows it."""
    photo = photo_for_edit(actor, photo_id, lock=True)
    story, image = photo.story, photo.image
    photo.delete()
    if not StoryPhoto.objects.filter(image=image).exists():
        image.delete()
    _touched(story, actor)
    record(story, "photo_removed", actor, photo=photo_id, caption=photo.caption)
    return story


@transaction.atomic
def photo_reorder(*, actor: Any, story_id: int, order: Sequence[int]) -> Story:
    """Put the photos of a story in another order: the ids of all of them. The first is the cover."""
    story = _story(actor, story_id)
    photos = {photo.pk: photo for photo in StoryPhoto.objects.filter(story=story)}
    if sorted(order) != sorted(photos):
        raise Conflict(_("Ảnh trong bài vừa thay đổi. Hãy tải lại trang rồi sắp xếp lại."))
    for position, pk in enumerate(order):
        photos[pk].sort_order = position
    StoryPhoto.objects.bulk_update(photos.values(), ["sort_order"])
    _touched(story, actor)
    record(story, "photos_reordered", actor)
    return story
