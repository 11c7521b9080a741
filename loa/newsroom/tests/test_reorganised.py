"""Units merge, split and close: what becomes of the stories that are not public yet."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.newsroom import services
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.newsroom.tests.factories import draft, on_board, published, sent
from loa.org import events
from loa.org import services as org
from loa.org.rules import Kind, Role
from loa.org.services import NewUnit
from loa.org.services.today import apply_due_events

pytestmark = pytest.mark.django_db


def merge(cast, **options):
    return org.unit_merge(
        actor=cast.admin, units=[cast.school], into=cast.primary, on=options.pop("on", clock.today()), **options
    )


def fresh(user):
    """As in the next request: roles are kept on the user for one."""
    return type(user).objects.get(pk=user.pk)


def test_open_stories_go_to_the_successor_and_published_ones_stay(cast):
    stories = [draft(cast), sent(cast), on_board(cast)]
    done = published(cast)
    merge(cast)
    assert set(Story.objects.filter(pk__in=[story.pk for story in stories]).values_list("unit", flat=True)) == {
        cast.primary.pk
    }
    done.refresh_from_db()
    assert done.unit == cast.school
    # Stages stand as they stood; each move is in the log and told to who wrote.
    assert list(Story.objects.order_by("pk").values_list("stage", flat=True)) == [
        Stage.DRAFT, Stage.UNIT_REVIEW, Stage.BOARD_REVIEW, Stage.PUBLISHED,
    ]  # fmt: skip
    assert LogEntry.objects.filter(action="newsroom.story.moved_unit").count() == 3
    assert Notice.objects.filter(code="newsroom.story.moved_unit", user=cast.owner).count() == 3


def test_writers_and_leads_go_on_at_the_successor(cast):
    """Members move with the merger, so the author goes on writing and the former lead approves."""
    story, waiting = draft(cast), sent(cast)
    merge(cast)
    owner, lead = fresh(cast.owner), fresh(cast.lead)
    services.story_save(
        actor=owner, story_id=story.pk, version=story.version, fields={"title": "Viết tiếp ở trường mới"}
    )
    services.story_approve_unit(actor=lead, story_id=waiting.pk, version=waiting.version)
    waiting.refresh_from_db()
    assert waiting.stage == Stage.BOARD_REVIEW


def test_nothing_moves_before_the_day(cast):
    story = draft(cast)
    day = clock.today() + dt.timedelta(days=10)
    merge(cast, on=day)
    story.refresh_from_db()
    assert story.unit == cast.school
    with clock.frozen(day):
        assert apply_due_events() == 1
        assert apply_due_events() == 0
    story.refresh_from_db()
    assert story.unit == cast.primary


def test_of_two_parts_a_story_goes_where_its_author_goes(cast):
    mine, theirs = draft(cast), draft(cast, author=cast.colleague)
    rows = {row.user_id: row.pk for row in cast.school.memberships.all()}
    first, second = org.unit_split(
        actor=cast.admin,
        unit=cast.school,
        parts=[NewUnit("Trường THCS Sơn Thượng 1", Kind.THCS), NewUnit("Trường THCS Sơn Thượng 2", Kind.THCS)],
        on=clock.today(),
        keep=False,
        members={rows[cast.owner.pk]: 1, rows[cast.colleague.pk]: 0},
    )
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.unit, theirs.unit) == (second, first)


def test_a_split_that_leaves_the_unit_alive_moves_nothing(cast):
    story = draft(cast)
    org.unit_split(
        actor=cast.admin, unit=cast.school, parts=[NewUnit("Phân hiệu", Kind.THCS)], on=clock.today(), keep=True
    )
    story.refresh_from_db()
    assert story.unit == cast.school


def test_a_unit_that_closes_without_successor_leaves_its_stories_to_the_one_above(cast):
    story = draft(cast)
    org.unit_close(actor=cast.admin, unit=cast.school, on=clock.today())
    story.refresh_from_db()
    assert story.unit == cast.xa


def test_renames_move_nothing(cast):
    story = draft(cast)
    org.unit_change(actor=cast.admin, unit=cast.school, on=clock.today(), name="Trường THCS Sơn Thượng Hạ")
    story.refresh_from_db()
    assert story.unit == cast.school
    assert not LogEntry.objects.filter(action="newsroom.story.moved_unit").exists()


def test_a_story_whose_new_unit_has_no_lead_is_passed_on(cast):
    story = sent(cast)
    for row in cast.school.memberships.filter(role=Role.UNIT_LEAD):
        row.delete()
    merge(cast)
    assert services.pass_stuck() == 1
    story.refresh_from_db()
    assert (story.stage, story.unit) == (Stage.BOARD_REVIEW, cast.primary)


def test_the_preview_says_what_would_move(cast, client):
    draft(cast)
    published(cast)
    (stake,) = (s for s in events.stakes_of([cast.school.pk]) if "tin, bài" in str(s.label))
    assert stake.count == 1
    client.force_login(cast.admin)
    form = {
        "on": clock.today().isoformat(),
        "into": f"x #{cast.primary.pk}",
        "new_name": "",
        "decision": "12/QĐ-UBND",
    }
    page = client.post(f"/lam-viec/don-vi/{cast.school.pk}/sap-nhap/", form).content.decode()
    assert "1 tin, bài chưa đăng: đơn vị tiếp nhận viết, duyệt tiếp" in page
    assert Story.objects.filter(unit=cast.primary).count() == 0
    # Another authority above: nothing moves, nothing is said.
    form = {"on": clock.today().isoformat(), "parent": f"x #{cast.so.pk}"}
    page = client.post(f"/lam-viec/don-vi/{cast.school.pk}/chuyen/", form).content.decode()
    assert "chưa đăng" not in page
