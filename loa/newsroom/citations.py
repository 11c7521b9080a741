"""Legal documents that stories cite: kept while public, shown to the board, told to the register."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.newsroom.answers import addresses_of
from loa.newsroom.body import plain
from loa.newsroom.models import Story
from loa.plans.events import Citing
from loa.plans.models import LegalCitation
from loa.plans.selectors.legal import Reference, references_in
from loa.plans.services import forget_citations, note_citations


def words_of(story: Story) -> str:
    """Everything a reader reads of a story, a line for each block."""
    return f"{story.title}\n{story.lead}\n{plain(story.body)}"


def references_of(story: Story) -> list[Reference]:
    """The documents a story cites, each once, with what the register knows of them. Two queries, or none."""
    return references_in(words_of(story))


def note(*, story: Story, actor: Any) -> None:
    """A story became public, or its public text changed: keep what it cites."""
    if not story.live:
        return
    note_citations(
        source=LegalCitation.Source.STORY,
        object_id=story.pk,
        unit=story.unit_id,
        title=story.title,
        on=clock.local(story.published_at).date() if story.published_at else clock.today(),
        text=words_of(story),
    )


def forget(*, story: Story, actor: Any) -> None:
    """A story was taken down: it cites nothing any more."""
    forget_citations(source=LegalCitation.Source.STORY, object_id=story.pk)


def citing(user: Any, document: Any, mentions: Any) -> list[Citing]:
    """Public stories that cite a document; anybody may read them. A fixed number of queries."""
    rows = list(mentions.filter(source=LegalCitation.Source.STORY)[:100])
    stories = list(Story.objects.filter(pk__in=[row.object_id for row in rows], live=True).select_related("unit"))
    addresses = addresses_of(stories)
    return [
        Citing(_("Tin, bài"), row.title, addresses[row.object_id], row.unit.short_name, row.on)
        for row in rows
        if row.object_id in addresses
    ]


def register() -> None:
    """Called in `ready()`."""
    from loa.newsroom import events
    from loa.plans.events import citing as register_of_citing

    events.story_published.register("newsroom.citations", note)
    events.story_changed.register("newsroom.citations", note)
    events.story_withdrawn.register("newsroom.citations", forget)
    register_of_citing.register("stories", citing)
