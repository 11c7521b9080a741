"""Reads of readers' comments: a fixed number of queries however many there are."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet

from loa.newsroom.models import Story
from loa.portal.comments.access import stories_of
from loa.portal.comments.rules import STANDING, UNDER, State, typed_code
from loa.portal.models import Comment, MemberSite, StoryComments


@dataclass(frozen=True)
class Under:
    """What stands below an article."""

    open: bool
    until: dt.date | None = None
    comments: list[Comment] = field(default_factory=list)
    #: how many are shown in all
    count: int = 0

    @property
    def more(self) -> bool:
        return self.count > len(self.comments)


def switch_of(story: Story) -> StoryComments | None:
    """The story's switch; no query when it was read with `comment_switch__setting`."""
    return getattr(story, "comment_switch", None)


def takes(story: Story, main: MemberSite) -> bool:
    """Whether readers may write below it now: a story that moved to another site since is opened there anew."""
    switch = switch_of(story)
    home = main if story.on_main_portal else getattr(story.unit, "site", None)
    return switch is not None and switch.open and home is not None and switch.setting.site_id == home.pk


def under(story: Story, main: MemberSite) -> Under | None:
    """What stands below a story: nothing where readers never could write (no query), else three queries."""
    switch = switch_of(story)
    if switch is None:
        return None
    shown = list(shown_of(story)[: UNDER + 1])
    count = shown_of(story).count() if len(shown) > UNDER else len(shown)
    found = Under(open=takes(story, main), until=switch.until, comments=shown[:UNDER], count=count)
    return found if found.open or found.comments else None


def shown_of(story: Story) -> QuerySet[Comment]:
    """Comments shown below a story, newest first, with what was answered."""
    rows = Comment.objects.filter(story=story, state=State.SHOWN)
    return rows.order_by("-said_at", "-pk").prefetch_related("answers")


def hash_of(code: str) -> str:
    """How a code is kept."""
    return hashlib.sha256(f"portal.comment:{code}".encode()).hexdigest()


def by_code(text: str) -> Comment | None:
    """The comment whose writer holds this code; None for anything else, and once its words are forgotten."""
    code = typed_code(text)
    if not code:
        return None
    rows = Comment.objects.filter(code_hash=hash_of(code)).exclude(state=State.FORGOTTEN)
    return rows.select_related("story__unit", "account").prefetch_related("answers").first()


def to_switch(site: MemberSite, words: str = "") -> QuerySet[Story]:
    """Public stories of the site with their switch; those that were ever opened first."""
    rows = stories_of(site).select_related("comment_switch__setting", "unit")
    rows = rows.order_by(F("comment_switch__until").desc(nulls_last=True), "-published_at", "-pk")
    for word in words.split():
        rows = rows.filter(folded__contains=word)
    return rows


def counts(story_ids: list[int]) -> dict[int, dict[str, int]]:
    """story → {"all", "shown"}: how much was written below it and how much is shown. One query."""
    rows = Comment.objects.filter(story__in=story_ids).values("story").order_by()
    rows = rows.annotate(
        all=Count("pk", filter=Q(state__in=STANDING)), shown=Count("pk", filter=Q(state=State.SHOWN))
    )
    return {row["story"]: {"all": row["all"], "shown": row["shown"]} for row in rows}
