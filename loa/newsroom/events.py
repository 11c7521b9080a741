"""What upper domains hear of stories. They register in `ready()`; the story's service calls, in its transaction.

A listener is a callable taking keyword arguments `story` (a `Story`, already saved in its new state) and `actor`
(a `User`, or None for the system, e.g. scheduled publishing). It runs inside the transaction of the deed: what it
writes stands or falls with the publishing, and an exception rolls the publishing back. So: only database work, by
ids and few queries; anything that leaves the machine goes through `loa.core.after.enqueue_after_commit`.
A listener may be called again for the same story (published again after having been withdrawn): be idempotent.

    # loa/reporting/apps.py
    def ready(self):
        from loa.newsroom import events
        from loa.reporting import listeners

        events.story_published.register("reporting.evidence", listeners.count_story)
        events.story_withdrawn.register("reporting.evidence", listeners.uncount_story)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loa.core.registry import Registry

if TYPE_CHECKING:
    from loa.newsroom.models import Story

Listener = Callable[..., Any]

#: the story became public: `story.live` is true, `story.published_at` is set, its row holds the public text
story_published: Registry[Listener] = Registry("story_published")

#: a public story was taken down: `story.live` is false, `story.withdrawn_reason` says why
story_withdrawn: Registry[Listener] = Registry("story_withdrawn")

#: what is public of a live story changed (correction, a photo withdrawn, another topic): pages, caches and
#: evidence made from it are stale
story_changed: Registry[Listener] = Registry("story_changed")


#: consent to a photo was taken back, whatever became of its story; called with `photo` and `actor`
photo_taken_back: Registry[Listener] = Registry("story_photo_taken_back")


def emit(registry: Registry[Listener], *, story: Story, actor: Any) -> None:
    """Call every listener of `registry` in order; their exceptions go up and roll the deed back."""
    for listener in registry:
        listener(story=story, actor=actor)
