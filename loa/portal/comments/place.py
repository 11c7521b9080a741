"""What readers say, for the page of an article."""

from __future__ import annotations

from typing import Any

from loa.newsroom.models import Story
from loa.portal.comments.selectors import under
from loa.portal.place import Place, story_canonical


def below(place: Place, story: Story) -> dict[str, Any]:
    """What the article's template needs. Comments stand at the story's one address: a copy on another site of it
    shows them too, and leads there to write.
    """
    talk = under(story, place.main)
    if talk is None:
        return {}
    here = place.is_main or not story.on_main_portal
    root = place.story_url(story.pk, story.slug, story.title) if here else story_canonical(story, place.main)
    return {"talk": talk, "talk_root": root}
