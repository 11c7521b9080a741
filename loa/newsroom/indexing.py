"""Public stories in the full-text index (loa.core.fts). Drafts are not in it: no search can tell their titles."""

from __future__ import annotations

from collections.abc import Iterator

from loa.core import fts
from loa.newsroom.body import plain
from loa.newsroom.models import Story

KIND = "story"


def entry_of(story: Story) -> fts.Entry:
    """What the index knows of a public story."""
    words = [story.lead, plain(story.body), story.byline, *(photo.caption for photo in story.photos.all())]
    return fts.Entry(
        kind=KIND,
        object_id=story.pk,
        title=story.title,
        body="\n".join(filter(None, words)),
        unit_id=story.unit_id,
        topic_id=story.topic_id,
        public=True,
        at=story.published_at or story.created_at,
    )


def entries() -> Iterator[fts.Entry]:
    """Every public story, for `loa search rebuild`."""
    for story in Story.objects.filter(live=True).prefetch_related("photos").iterator(chunk_size=500):
        yield entry_of(story)


def refresh(story: Story) -> None:
    """Put a public story into the index, or take another out of it; in the transaction of the deed."""
    if story.live:
        fts.index_many([entry_of(story)])
    else:
        fts.remove(KIND, story.pk)


def register() -> None:
    """Tell the index how stories are read (from `ready()`)."""
    fts.register(KIND, entries)
