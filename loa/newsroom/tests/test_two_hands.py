"""Two people, one story: nobody's work is lost silently."""

from __future__ import annotations

import datetime as dt

import pytest
from wagtail.models import Revision

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict
from loa.newsroom import services
from loa.newsroom.models import Story, StoryVersion
from loa.newsroom.rules import VersionKind
from loa.newsroom.selectors import text_of, versions_of
from loa.newsroom.tests.factories import draft, on_board, with_photo

MORNING = dt.datetime(2026, 11, 18, 9, 0, tzinfo=clock.VIETNAM)


def save(story, actor, version, **fields):
    return services.story_save(actor=actor, story_id=story.pk, version=version, fields=fields)


def test_a_save_on_an_older_text_is_refused_and_kept(cast):
    story = draft(cast)
    save(story, cast.lead, 1, body="<p>Bản của thầy Toàn.</p>")
    with pytest.raises(services.EditConflict) as caught:
        save(story, cast.owner, 1, body="<p>Bản của cô Mến.</p>", title="Tựa của cô Mến")
    story.refresh_from_db()
    assert (story.body, story.version) == ("<p>Bản của thầy Toàn.</p>", 2)
    kept = caught.value.kept
    assert (kept.kind, kept.user, kept.base) == (VersionKind.CONFLICT, cast.owner, 1)
    assert text_of(kept)["body"] == "<p>Bản của cô Mến.</p>"
    assert text_of(kept)["title"] == "Tựa của cô Mến"
    # the story goes on from the text that was saved, not from the one kept beside it
    assert story.latest_revision.content["body"] == "<p>Bản của thầy Toàn.</p>"
    # further autosaves of the same stale text do not heap up
    with pytest.raises(services.EditConflict):
        save(story, cast.owner, 1, body="<p>Bản của cô Mến, dài hơn.</p>")
    assert story.versions.filter(kind=VersionKind.CONFLICT).count() == 1
    kept = story.versions.get(kind=VersionKind.CONFLICT)
    assert text_of(kept)["body"] == "<p>Bản của cô Mến, dài hơn.</p>"
    # taking one's own after looking keeps the other as a version
    story = save(story, cast.owner, 2, body="<p>Bản của cô Mến.</p>")
    bodies = [text_of(version)["body"] for version in story.versions.exclude(kind=VersionKind.CONFLICT)]
    assert bodies[:2] == ["<p>Bản của cô Mến.</p>", "<p>Bản của thầy Toàn.</p>"]


def test_the_same_text_twice_is_no_conflict(cast):
    story = draft(cast)
    save(story, cast.owner, 1, title="Tựa mới")
    assert save(story, cast.owner, 1, title="Tựa mới").version == 2  # the answer was lost on the way, sent again


def test_saves_of_one_hand_are_one_version(cast):
    with clock.frozen(MORNING):
        story = draft(cast)
    for minute in range(1, 9):
        with clock.frozen(MORNING + dt.timedelta(minutes=minute)):
            story = save(story, cast.owner, story.version, title=f"Tựa {minute}")
    assert (story.version, story.versions.count(), Revision.objects.count()) == (9, 1, 1)
    assert LogEntry.objects.filter(action="newsroom.story.edited").count() == 0
    with clock.frozen(MORNING + dt.timedelta(minutes=30)):
        story = save(story, cast.owner, story.version, title="Tựa sau giờ ra chơi")
    assert [text_of(v)["title"] for v in story.versions.all()] == ["Tựa sau giờ ra chơi", "Tựa 8"]


def test_another_hand_begins_another_version(cast):
    with clock.frozen(MORNING):
        story = draft(cast)
        story = save(story, cast.lead, 1, title="Tựa của thầy")
        story = save(story, cast.owner, 2, title="Tựa của cô")
    assert [v.user for v in story.versions.all()] == [cast.owner, cast.lead, cast.owner]


def test_what_was_sent_is_never_overwritten(cast):
    with clock.frozen(MORNING):
        story = on_board(cast)
        story = services.story_recall(actor=cast.owner, story_id=story.pk)
        save(story, cast.owner, 1, title="Tựa sửa ngay sau khi rút")
    kinds = list(story.versions.values_list("kind", flat=True))
    assert kinds == [VersionKind.DRAFT, VersionKind.SENT, VersionKind.DRAFT]


def test_the_boards_stale_edit_is_kept_too(cast):
    story = on_board(cast)
    services.story_review_edit(actor=cast.editor, story_id=story.pk, version=1, fields={"lead": "Sửa lần một"})
    with pytest.raises(services.EditConflict) as caught:
        services.story_review_edit(actor=cast.editor, story_id=story.pk, version=1, fields={"lead": "Ở máy khác"})
    assert text_of(caught.value.kept)["lead"] == "Ở máy khác"
    assert Story.objects.get().lead == "Sửa lần một"


def test_anothers_kept_copy_is_seen_by_those_who_edit_only(cast):
    story = draft(cast)
    save(story, cast.lead, 1, title="Của thầy")
    with pytest.raises(services.EditConflict):
        save(story, cast.owner, 1, title="Của cô")
    assert [v.kind for v in versions_of(story, cast.colleague)] == [VersionKind.DRAFT, VersionKind.DRAFT]
    assert versions_of(story, cast.lead)[0].kind == VersionKind.CONFLICT


def test_photos_changed_by_two(cast):
    story = draft(cast)
    photo = with_photo(cast, story)
    services.photo_edit(actor=cast.lead, photo_id=photo.pk, version=photo.version, fields={"caption": "Của thầy"})
    with pytest.raises(Conflict):
        services.photo_edit(
            actor=cast.owner, photo_id=photo.pk, version=photo.version, fields={"caption": "Của cô"}
        )
    photo.refresh_from_db()
    assert photo.caption == "Của thầy"
    assert StoryVersion.objects.count() == 1


def test_a_photo_added_meanwhile_does_not_disturb_the_text(cast):
    story = draft(cast)
    with_photo(cast, story)
    assert save(story, cast.owner, 1, title="Tựa mới").version == 2
