"""A public release as a draft for the channels: words and the address of its page, through all its editions.

Pictures stay at home: who agreed to the press agreed to nothing else.
"""

from __future__ import annotations

from typing import Any

from loa.channels import services
from loa.channels.drafts import Draft
from loa.channels.kinds import Kind
from loa.newsroom.body import blocks_of, plain
from loa.press import hooks
from loa.press.models import Release

SOURCE = "press.release"


def fits(kind: Kind) -> bool:
    """Whether a channel takes words alone."""
    return not kind.needs_picture and not kind.needs_film


def number_of(release: Release) -> int:
    """What the channels know the release by: its first edition, so that a correction finds what is out."""
    first = Release.objects.filter(uid=release.uid).order_by("edition").values_list("pk", flat=True).first()
    return first or release.pk


def draft_of(release: Release) -> Draft:
    """The release's words, its public page."""
    paragraphs = [words for words in (plain(block).strip() for block in blocks_of(release.body)) if words]
    return Draft(
        source=SOURCE,
        source_id=number_of(release),
        unit_id=release.unit_id,
        title=release.title,
        lead=release.lead,
        paragraphs=paragraphs,
        link=hooks.page_of(release),
        signed=release.unit.name,
    )


def correct(release: Release) -> None:
    """A correction is public: change the posts of the editions before; in the transaction of the release."""
    if release.corrects_id:
        note = release.correction_note or release.title
        services.source_correct(
            actor=release.approved_by, draft=draft_of(release), note=note, version=release.edition
        )


def withdraw(release: Release, actor: Any) -> None:
    """Call off what waits, take down what is out; in the transaction of the withdrawal."""
    services.source_withdraw(actor=actor, source=SOURCE, source_id=number_of(release))
