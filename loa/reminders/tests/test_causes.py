"""What asks for whose deed: the right people, nobody else, and as many questions for many as for few."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import User
from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.newsroom.tests import factories as stories
from loa.org.models import Membership, UnitClass
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans.models import TaskProgress
from loa.plans.tests.factories import make_task
from loa.reminders.rules import CauseKind
from loa.reminders.selectors import causes_of
from loa.reporting.models import Evidence, Report
from loa.reporting.tests.conftest import make_directive

TODAY = dt.date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(TODAY):
        yield


def told(kind):
    """names of people → titles of what of that kind asks for their deed."""
    found = causes_of(list(User.objects.values_list("pk", flat=True)))
    people = User.objects.in_bulk(found)
    named = {people[user].full_name: [c.title for c in causes if c.kind == kind] for user, causes in found.items()}
    return {name: titles for name, titles in named.items() if titles}


def test_a_task_asks_those_who_may_work_on_it(cast, plan):
    make_task(plan, "Học bạ số", lead=cast.school, due_on=TODAY + dt.timedelta(days=5))
    assert told(CauseKind.TASK) == {"Hà Văn Toàn": ["Học bạ số"]}


def test_a_task_of_a_class_asks_each_unit_and_a_support_nobody(cast, plan):
    schools = UnitClass.objects.get(code="schools")
    make_task(plan, "Ngày hội đọc sách", lead=schools, support=cast.phong_tccb, due_on=TODAY)
    make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.phong_tccb))
    assert set(told(CauseKind.TASK)) == {"Hà Văn Toàn", "Cao Xuân Lộc"}


def test_a_task_in_somebodys_hands_is_theirs_alone_until_they_leave(cast, plan):
    task = make_task(plan, "Học bạ số", lead=cast.school, due_on=TODAY)
    TaskProgress.objects.create(task=task, unit=cast.school, state="doing", owner=cast.owner)
    assert set(told(CauseKind.TASK)) == {"Lương Thị Mến"}
    # Asked for the lead alone: still hers.
    assert causes_of([cast.lead.pk]) == {cast.lead.pk: []}
    Membership.objects.filter(user=cast.owner).update(valid_to=TODAY)
    assert set(told(CauseKind.TASK)) == {"Hà Văn Toàn"}


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_a_closed_task_asks_nobody(cast, plan, state):
    task = make_task(plan, "Học bạ số", lead=cast.school, due_on=TODAY)
    TaskProgress.objects.create(task=task, unit=cast.school, state=state)
    assert told(CauseKind.TASK) == {}


def test_a_cancelled_or_far_task_asks_nobody(cast, plan):
    make_task(plan, "Đã huỷ", lead=cast.school, due_on=TODAY, cancelled_on=TODAY)
    make_task(plan, "Còn xa", lead=cast.school, due_on=TODAY + dt.timedelta(days=15))
    assert told(CauseKind.TASK) == {}


def test_a_duty_asks_until_it_is_proved(cast, plan):
    quota = make_directive(plan, period="month", audience={"units": [cast.school.pk]})
    assert set(told(CauseKind.DUTY)) == {"Lương Thị Mến", "Vi Văn Hặc", "Hà Văn Toàn"}
    first = causes_of([cast.owner.pk])[cast.owner.pk]
    for month in range(1, 12):
        Evidence.objects.create(
            directive=quota, unit=cast.school, kind="link", slot=dt.date(2026, month, 1),
            on=dt.date(2026, month, 2), title="Bài", fingerprint=f"x{month}",
        )  # fmt: skip
    assert [cause.due for cause in first][-1] == dt.date(2026, 11, 30)
    assert told(CauseKind.DUTY) == {}


def test_a_report_asks_who_signs_it(cast, plan):
    Report.objects.create(
        unit=cast.school, plan=plan, period="month", starts_on=dt.date(2026, 10, 1), ends_on=dt.date(2026, 10, 31),
        title="Báo cáo tháng 10", status=Report.Status.SUBMITTED, drafted_by=cast.owner, submitted_by=cast.owner,
        submitted_at=clock.now() - dt.timedelta(days=2),
    )  # fmt: skip
    assert told(CauseKind.REPORT) == {"Hà Văn Toàn": ["Báo cáo tháng 10"]}


def test_a_story_asks_the_lead_then_the_board(cast):
    story = stories.sent(cast)
    assert told(CauseKind.APPROVAL) == {"Hà Văn Toàn": [story.title]}
    stories.services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=story.version)
    assert told(CauseKind.APPROVAL) == {}
    assert set(told(CauseKind.REVIEW)) == {"Trần Đức Minh", "Nguyễn Thu Hà"}


def test_a_story_in_an_editors_hands_is_theirs_and_nobody_reviews_their_own(cast):
    story = stories.on_board(cast)
    Story.objects.filter(pk=story.pk).update(locked=True, locked_by=cast.editor)
    assert set(told(CauseKind.REVIEW)) == {"Trần Đức Minh"}
    Story.objects.filter(pk=story.pk).update(locked=False, locked_by=None, author=cast.chief)
    assert set(told(CauseKind.REVIEW)) == {"Trần Đức Minh"}


def test_who_has_no_role_any_more_is_asked_nothing(cast, plan):
    make_task(plan, "Học bạ số", lead=cast.school, due_on=TODAY)
    Membership.objects.filter(user=cast.lead).update(valid_to=TODAY)
    assert causes_of([cast.lead.pk]) == {cast.lead.pk: []}


def asked(users):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = causes_of(users)
    return len(queries), sum(map(len, found.values()))


def test_many_people_units_and_rows_cost_as_many_questions_as_few(cast, plan):
    schools = UnitClass.objects.get(code="schools")
    make_task(plan, "Ngày hội đọc sách", lead=schools, due_on=TODAY)
    make_directive(plan, period="quarter")
    stories.sent(cast)
    stories.on_board(cast, title="Bài thứ hai")
    people = [cast.owner.pk, cast.lead.pk, cast.editor.pk]
    few, little = asked(people)
    for number in range(25):
        unit = make_unit(kind=Kind.THCS, parent=cast.xa)
        lead = make_user("", (Role.UNIT_LEAD, unit))
        writer = make_user("", (Role.CONTRIBUTOR, unit))
        people += [lead.pk, writer.pk]
        Story.objects.create(unit=unit, author=writer, title=f"Bài {number}", stage=Stage.UNIT_REVIEW)
        make_task(plan, f"Nhiệm vụ {number}", lead=unit, due_on=TODAY)
    many, much = asked(people)
    assert much > little + 100
    assert many == few
