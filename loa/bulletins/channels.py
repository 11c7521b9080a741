"""A public issue as a draft for the channels: titles of its stories, its web page, the first photo there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from loa.bulletins import hooks
from loa.bulletins.engine.mail import paragraphs_of, shown_items
from loa.bulletins.models import Bulletin
from loa.bulletins.selectors import public
from loa.channels import services
from loa.channels.cards import cover
from loa.channels.drafts import Draft
from loa.channels.kinds import Kind
from loa.core import clock
from loa.newsroom.channels import picture_of
from loa.newsroom.models import Story, StoryPhoto
from loa.newsroom.selectors import photos_of

SOURCE = "bulletins.bulletin"
#: stories named in a post; the page has them all
NAMED = 6


def fits(kind: Kind) -> bool:
    """Whether a channel takes an issue: it is no film, and rings on no telephone."""
    return not kind.needs_film and not kind.interrupts


def draft_of(bulletin: Bulletin) -> Draft:
    """The issue with the stories that are public now."""
    items = shown_items(bulletin)
    unit = bulletin.mailing_list.unit
    named = [f"• {item['title']}" for item in items[:NAMED]]
    if len(items) > NAMED:
        named.append(_("và %(n)d tin, bài khác") % {"n": len(items) - NAMED})
    days = _("Tin từ %(first)s đến %(last)s") % {
        "first": f"{bulletin.period_from:%d/%m/%Y}",
        "last": f"{bulletin.period_to:%d/%m/%Y}",
    }
    told = [f"{item['title']} ({item['unit']}). {item['lead']}".strip() for item in items]
    return Draft(
        source=SOURCE,
        source_id=bulletin.pk,
        unit_id=unit.pk,
        title=bulletin.subject,
        # Not the preheader: it may name a story that was taken down since.
        lead="\n".join(named),
        paragraphs=[*paragraphs_of(bulletin), *told],
        link=hooks.page_of(bulletin),
        signed=unit.name,
        pictures=[picture_of(photo) for photo in _first_photo(item["story"] for item in items)],
        cover=cover(unit=unit.name, label=_("Bản tin"), title=bulletin.subject, foot=days),
    )


def _first_photo(stories: Iterable[Story]) -> list[StoryPhoto]:
    """The photo that stands for the issue: of the first story that has one which may be shown."""
    for story in stories:
        shown = [photo for photo in photos_of(story) if photo.publishable]
        if shown:
            return [next((photo for photo in shown if photo.after == 0), shown[0])]
    return []


def withdraw(bulletin: Bulletin, actor: Any) -> None:
    """Call off what waits, take down what is out; in the transaction of the deed."""
    services.source_withdraw(actor=actor, source=SOURCE, source_id=bulletin.pk)


def photo_taken_back(*, photo: StoryPhoto, actor: Any) -> None:
    """Consent to a story's photo was taken back: it leaves the posts of issues it stood for."""
    for bulletin in public().filter(items__story=photo.story_id):
        services.source_picture_gone(
            actor=actor, draft=draft_of(bulletin), ref=photo.pk, version=f"{photo.pk}-{photo.version}"
        )


def story_gone(*, story: Story, actor: Any) -> None:
    """A story was taken down: posts of issues that told of it tell of it no more, and lose its picture."""
    version = int(clock.now().timestamp())
    for bulletin in public().filter(items__story=story.pk):
        draft = draft_of(bulletin)
        if not shown_items(bulletin):
            withdraw(bulletin, actor)
            continue
        for photo in story.photos.all():
            services.source_picture_gone(
                actor=actor, draft=draft, ref=photo.pk, version=f"{photo.pk}-down-{version}"
            )
        services.source_correct(
            actor=actor, draft=draft, note=_("bỏ một tin, bài không còn đăng."), version=version
        )
