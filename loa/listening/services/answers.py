"""What we published ourselves, read as listening reads others: to see whether an answer answered."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from loa.core import clock
from loa.listening.figures.write import meant, topic
from loa.listening.models import Answer, AnswerAbout
from loa.listening.services.analysis import SURE, analyser
from loa.newsroom.models import Story

#: a story that speaks of more than this is a list, not an answer
MOST_ABOUT = 12


def story_told(*, story: Story, actor: Any) -> None:
    """A story became public or changed (listener of the newsroom, in its transaction); a job reads it."""
    Answer.objects.update_or_create(
        story=story,
        defaults={
            "unit_id": story.unit_id,
            "at": story.published_at or clock.now(),
            "title": story.title[:200],
            "read_at": None,
        },
    )


def story_gone(*, story: Story, actor: Any) -> None:
    """A story was taken down (listener of the newsroom, in its transaction)."""
    Answer.objects.filter(story=story).delete()


def read_answers(limit: int = 200) -> int:
    """Read what waiting stories are about, in one transaction; returns how many."""
    with transaction.atomic():
        waiting = list(
            Answer.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(read_at=None)
            .select_related("story", "unit")
            .order_by("pk")[:limit]
        )
        if not waiting:
            return 0
        engine = analyser()
        rows = []
        for answer in waiting:
            story = answer.story
            # Title and lead say what a story is about; a body touches on everything.
            found = engine.analyse(f"{story.title}. {story.lead}", engine.around_unit(answer.unit_id))
            abouts = [topic(code) for code, _score in found.topics]
            # The unit that writes speaks of itself.
            units = {hit.unit for hit in found.units if hit.score > SURE} | {answer.unit_id}
            abouts += [meant(pk) for pk in sorted(units)]
            rows += [AnswerAbout(answer=answer, about=about, at=answer.at) for about in abouts[:MOST_ABOUT]]
            answer.read_at = clock.now()
        AnswerAbout.objects.filter(answer__in=waiting).delete()
        AnswerAbout.objects.bulk_create(rows, batch_size=500)
        Answer.objects.bulk_update(waiting, ["read_at"], batch_size=100)
    return len(waiting)


def note_stories(limit: int = 5000) -> int:
    """Note public stories that nobody noted (published before there was listening); returns how many."""
    told = Answer.objects.values("story")
    missing = Story.objects.filter(live=True, published_at__isnull=False).exclude(pk__in=told)
    rows = missing.order_by("pk").values_list("pk", "unit", "published_at", "title")[:limit]
    made = [Answer(story_id=pk, unit_id=unit, at=at, title=title[:200]) for pk, unit, at, title in rows]
    Answer.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    return len(made)
