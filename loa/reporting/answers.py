"""What reporting tells the newsroom: what a new story can answer, and what a finished one counts for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.newsroom.answers import Answer
from loa.newsroom.models import Story
from loa.org.models import Unit
from loa.plans.rules import Proof
from loa.plans.rules.directives import genre_counts
from loa.plans.selectors.families import counts_for as topic_counts
from loa.plans.selectors.families import lineages
from loa.reporting.rules import State
from loa.reporting.selectors.obligations import Obligation, unit_owing
from loa.reporting.texts import due_words, share_words

#: writers of more units than this (editors) choose their topic themselves
MOST_UNITS = 3


def owed_by_story(user: Any, units: Iterable[int]) -> list[Answer]:
    """What the units still owe that a story can answer."""
    wanted = list(units)[:MOST_UNITS]
    answers = []
    for unit in Unit.objects.filter(pk__in=wanted):
        for item in unit_owing(unit).obligations:
            if item.directive.proof != Proof.STORY or item.done:
                continue
            answers.append(
                Answer(
                    unit_id=unit.pk,
                    title=item.directive.title,
                    note=_("Còn nợ %(missing)s, %(due)s")
                    % {"missing": share_words(item), "due": due_words(item.slot)},
                    topic_id=item.directive.topic_id,
                    genres=tuple(item.directive.genres),
                    urgent=item.state is State.OVERDUE or (item.slot.due - clock.today()).days <= 7,
                )
            )
    return answers


def counts_for(story: Story) -> list[str]:
    """Sentences such as "Chỉ tiêu quý IV/2026: đã có 0/1, đăng bài này là đủ."."""
    found = []
    families = lineages([story.topic_id])
    for item in unit_owing(story.unit).obligations:
        if item.directive.proof == Proof.STORY and _fits(item, story, families):
            found.append(_sentence(item, story))
    return found


def _fits(item: Obligation, story: Story, families: Mapping[int, set[int]]) -> bool:
    directive = item.directive
    return genre_counts(directive.genres, story.genre) and topic_counts(
        story.topic_id, directive.topic_id, families
    )


def _sentence(item: Obligation, story: Story) -> str:
    values = {
        "title": item.directive.title,
        "period": item.slot.label,
        "done": item.total,
        "owed": item.owed,
        "noun": item.directive.noun,
    }
    if story.live:
        return _("%(title)s: %(period)s đã có %(done)s/%(owed)s %(noun)s.") % values
    if item.missing == 1:
        return _("%(title)s: %(period)s đã có %(done)s/%(owed)s, đăng bài này là đủ.") % values
    return _("%(title)s: %(period)s đã có %(done)s/%(owed)s, bài này được tính.") % values
