"""A public release as a draft for the channels: words, the address of its page, pictures that may go along.

Consent to the press is no consent to Facebook: only pictures that may stand on public channels are in a draft.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from loa.channels import services
from loa.channels.cards import cover
from loa.channels.drafts import Draft, Picture
from loa.channels.kinds import Kind
from loa.newsroom.body import blocks_of, plain
from loa.newsroom.models import StoryPhoto
from loa.press import hooks
from loa.press.models import Release, ReleasePhoto
from loa.press.rules import State

SOURCE = "press.release"


def fits(kind: Kind) -> bool:
    """Whether a channel takes words; a release is no film."""
    return not kind.needs_film


def number_of(release: Release) -> int:
    """What the channels know the release by: its first edition, so that a correction finds what is out."""
    first = Release.objects.filter(uid=release.uid).order_by("edition").values_list("pk", flat=True).first()
    return first or release.pk


def photos_of(release: Release) -> list[ReleasePhoto]:
    """The pictures of a release, each of which says whether it may go along (`held_back`)."""
    return list(release.photos.select_related("story_photo"))


def draft_of(release: Release, chosen: set[int] | None = None) -> Draft:
    """The release's words, its public page, its pictures; `chosen`: only these of them (ids)."""
    paragraphs = [words for words in (plain(block).strip() for block in blocks_of(release.body)) if words]
    photos = [photo for photo in photos_of(release) if not photo.held_back]
    if chosen is not None:
        photos = [photo for photo in photos if photo.pk in chosen]
    return Draft(
        source=SOURCE,
        source_id=number_of(release),
        unit_id=release.unit_id,
        title=release.title,
        lead=release.lead,
        paragraphs=paragraphs,
        link=hooks.page_of(release),
        signed=release.unit.name,
        pictures=[_picture(photo) for photo in photos],
        cover=cover(unit=release.unit.name, label=_("Thông cáo báo chí"), title=release.title),
    )


def _picture(photo: ReleasePhoto) -> Picture:
    def read() -> bytes:
        with photo.file.open("rb") as stored:
            raw: bytes = stored.read()
            return raw

    credit = _("Ảnh: %(name)s") % {"name": photo.credit}
    return Picture(
        open=read,
        alt=photo.alt,
        caption=f"{photo.caption} ({credit})"[:300],
        thumb=reverse("press:thumb", args=[photo.release_id, photo.pk]),
        ref=photo.ref,
    )


def correct(release: Release) -> None:
    """A correction is public: change the posts of the editions before; in the transaction of the release."""
    if release.corrects_id:
        draft = draft_of(release)
        kept = {picture.ref for picture in draft.pictures}
        for photo in ReleasePhoto.objects.filter(release=release.corrects_id):
            if photo.ref not in kept:
                _gone(draft, photo.ref, f"e{release.edition}-{photo.pk}", release.approved_by)
        note = release.correction_note or release.title
        services.source_correct(actor=release.approved_by, draft=draft, note=note, version=release.edition)


def photo_taken_back(*, photo: StoryPhoto, actor: Any) -> None:
    """Consent to a story's photo was taken back: it leaves the posts of releases it went along with."""
    rows = ReleasePhoto.objects.filter(story_photo=photo, release__state=State.RELEASED).select_related(
        "release__unit"
    )
    for row in rows:
        _gone(draft_of(row.release), row.ref, f"s{photo.pk}-{photo.version}", actor)


def _gone(draft: Draft, ref: int, version: str, actor: Any) -> None:
    services.source_picture_gone(actor=actor, draft=draft, ref=ref, version=version)


def withdraw(release: Release, actor: Any) -> None:
    """Call off what waits, take down what is out; in the transaction of the withdrawal."""
    services.source_withdraw(actor=actor, source=SOURCE, source_id=number_of(release))
