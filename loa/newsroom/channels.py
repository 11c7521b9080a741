"""A public story as a draft for the channels, which know no story."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.images.models import SourceImageIOError

from loa.channels import services
from loa.channels.cards import cover
from loa.channels.drafts import Draft, Picture
from loa.channels.kinds import Kind
from loa.newsroom.answers import addresses_of
from loa.newsroom.body import blocks_of, plain
from loa.newsroom.models import Story, StoryPhoto
from loa.newsroom.selectors import photos_of

SOURCE = "newsroom.story"


#: letters of a notice that stand whole in a post; a longer one begins with its first paragraph
SHORT = 700


def fits(story: Story) -> Any:
    """(kind) → whether the story may go there. A notice is no film, and only an urgent one rings on telephones."""

    def answer(kind: Kind) -> bool:
        return not story.is_notice or (not kind.needs_film and (story.urgent or not kind.interrupts))

    return answer


def draft_of(story: Story, chosen: set[int] | None = None) -> Draft:
    """The story's public text with the photos whose people agreed; `chosen`: only these photos (ids)."""
    photos = [photo for photo in photos_of(story) if photo.publishable]
    if chosen is not None:
        photos = [photo for photo in photos if photo.pk in chosen]
    link = addresses_of([story]).get(story.pk, "")
    paragraphs = [words for words in (plain(block).strip() for block in blocks_of(story.body)) if words]
    if story.is_notice:
        return _notice(story, paragraphs, link, photos)
    return Draft(
        source=SOURCE,
        source_id=story.pk,
        unit_id=story.unit_id,
        title=story.title,
        lead=story.lead,
        paragraphs=paragraphs,
        link=link,
        signed=story.signed,
        pictures=[picture_of(photo) for photo in photos],
    )


def _notice(story: Story, paragraphs: list[str], link: str, photos: list[StoryPhoto]) -> Draft:
    """A notice says what it is in its first words and until when it holds in its last ones."""
    until = valid_words(story)
    whole = " ".join(paragraphs)
    lead = story.lead or (whole if len(whole) <= SHORT else paragraphs[0])
    label = _("Thông báo khẩn") if story.urgent else _("Thông báo")
    # On the Sở's page nobody would know whose notice it is.
    whose = f"({story.unit.name})" if story.unit.parent_id else ""
    return Draft(
        source=SOURCE,
        source_id=story.pk,
        unit_id=story.unit_id,
        title=story.headline,
        lead=" ".join(part for part in (lead, until, whose) if part),
        paragraphs=[*paragraphs, *([until] if until else []), story.unit.name],
        link=link,
        signed=story.unit.name,
        pictures=[picture_of(photo) for photo in photos],
        cover=cover(
            unit=story.unit.name, label=label, title=story.title, foot=until.rstrip("."), urgent=story.urgent
        ),
        urgent=story.urgent,
    )


def valid_words(story: Story) -> str:
    """Until when a notice holds, as a sentence; empty without a day."""
    if story.valid_until is None:
        return ""
    return _("Có hiệu lực đến hết ngày %(day)s.") % {"day": story.valid_until.strftime("%d/%m/%Y")}


def correct(story: Story, note: str, actor: Any) -> None:
    """Change the story's posts on the channels with it: in the transaction of the correction."""
    services.source_correct(actor=actor, draft=draft_of(story), note=note, version=story.version)


def photo_gone(photo: StoryPhoto, actor: Any) -> None:
    """Take a photo whose people took back their consent off the channels: in the transaction of that deed."""
    story = photo.story
    services.source_picture_gone(
        actor=actor, draft=draft_of(story), ref=photo.pk, version=f"{photo.pk}-{photo.version}"
    )


def picture_of(photo: StoryPhoto) -> Picture:
    """A photo of a story as the channels take it."""

    def read() -> bytes:
        with photo.image.file.open("rb") as stored:
            raw: bytes = stored.read()
            return raw

    return Picture(open=read, alt=photo.alt, caption=photo.caption, thumb=_thumb(photo), ref=photo.pk)


def _thumb(photo: Any) -> str:
    try:
        return str(photo.image.get_rendition("max-800x600").url)
    except (SourceImageIOError, OSError):
        return ""
