"""A story under a unit's own copy of a topic counts for the plans above, and the writer sees each topic once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.bulletins.models import MailingList
from loa.bulletins.selectors import stories_of
from loa.core import clock
from loa.newsroom.ui.writing import answer_choices
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit
from loa.plans.models import Plan, Topic
from loa.plans.selectors.families import counted, heads, lineages, offered_topics, within
from loa.plans.tests.factories import derive_plan, make_class, make_directive, make_plan, make_topic
from loa.portal.selectors.stories import on_topic
from loa.reporting.answers import counts_for
from loa.reporting.models import Evidence
from loa.reporting.selectors.board import coverage
from loa.reporting.selectors.cascade import matrix
from loa.reporting.services.evidence import recount, story_counted, story_recounted
from loa.reporting.tests.conftest import make_story

D = dt.date


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def plan(cast):
    make_class(label="Các trường")
    plan = make_plan(cast.so)
    safety = make_topic(plan, "An toàn trường học", number="1")
    make_topic(plan, "Chuyển đổi số", number="2")
    make_topic(plan, "Phòng, chống đuối nước", number="1.1", parent=safety)
    return plan


def topic(plan: Plan, title: str) -> Topic:
    return plan.topics.get(title=title)


def test_what_a_topic_counts_for_and_what_counts_for_it(cast, plan):
    commune = derive_plan(cast.xa, plan)
    school = derive_plan(cast.school, commune)
    drowning = topic(school, "Phòng, chống đuối nước")
    line = {
        topic(one, title).pk
        for one in (plan, commune, school)
        for title in ("Phòng, chống đuối nước", "An toàn trường học")
    }
    safety = topic(plan, "An toàn trường học")
    assert lineages([drowning.pk, None]) == {drowning.pk: line}
    assert heads([safety.pk]) == {pk: {safety.pk} for pk in line}
    assert set(Topic.objects.filter(pk__in=within([safety.pk])).values_list("pk", flat=True)) == line
    assert Topic.objects.filter(pk__in=within([])).count() == 0
    assert (lineages([]), heads([])) == ({}, {})
    # Not upwards: what is told under the topic above is nothing the copy asked for.
    assert lineages([safety.pk]) == {safety.pk: {safety.pk}}


def test_a_story_under_the_own_copy_counts_for_every_plan_above(cast, plan):
    school = derive_plan(cast.school, derive_plan(cast.xa, plan))
    quota = make_directive(plan, topic=topic(plan, "An toàn trường học"))
    other = make_directive(plan, topic=topic(plan, "Chuyển đổi số"), title="Chuyển đổi số")
    own = topic(school, "Phòng, chống đuối nước")
    story = make_story(cast.school, cast.owner, "2026-05-10", topic=own)
    assert counts_for(story)[-1] == "Tin, bài hằng tháng: tháng 5/2026 đã có 0/1 bài."
    assert [one.directive_id for one in story_counted(story=story, actor=None)] == [quota.pk]
    first, second = coverage(plan, top=cast.so)
    assert (first.total, second.total, first.months[4].count) == (1, 0, 1)
    assert [one.stories for one in matrix(plan).topics] == [1, 0]
    story.topic = topic(school, "Chuyển đổi số")
    story.save()
    story_recounted(story=story, actor=None)
    assert [one.directive_id for one in Evidence.objects.filter(refused_at=None)] == [other.pk]
    Evidence.objects.all().delete()
    assert recount(plan=plan) == 1
    assert Evidence.objects.get().directive_id == other.pk


def test_readers_find_it_under_the_topic_above(cast, plan):
    school = derive_plan(cast.school, plan)
    story = make_story(cast.school, cast.owner, "2026-05-10", topic=topic(school, "An toàn trường học"))
    above = topic(plan, "An toàn trường học")
    stories = type(story).objects.all()
    assert list(on_topic(stories, above)) == [story]
    assert not on_topic(stories, topic(plan, "Chuyển đổi số")).exists()
    letter = MailingList(unit=cast.so, topic=above)
    assert list(stories_of(letter, D(2026, 5, 1), D(2026, 5, 31))) == [story]


def test_the_writer_sees_each_topic_once_by_the_nearest_copy(cast, plan):
    titles = ["An toàn trường học", "Chuyển đổi số", "Phòng, chống đuối nước"]
    assert [one.title for one in offered_topics(cast.school.pk)] == titles
    commune = derive_plan(cast.xa, plan)
    assert {one.plan_id for one in offered_topics(cast.school.pk)} == {commune.pk}
    school = derive_plan(cast.school, commune)
    offered = offered_topics(cast.school.pk)
    assert [(one.title, one.plan_id) for one in offered] == [(title, school.pk) for title in titles]
    above = topic(plan, "Chuyển đổi số")
    kept = offered_topics(cast.school.pk, chosen=above.pk)
    assert {one.pk for one in kept} == {*[one.pk for one in offered], above.pk}
    assert {one.plan_id for one in offered_topics(cast.xa.pk)} == {commune.pk}


def test_what_is_owed_above_is_written_under_the_own_copy(cast, plan, client):
    school = derive_plan(cast.school, derive_plan(cast.xa, plan))
    above, own = topic(plan, "Chuyển đổi số"), topic(school, "Chuyển đổi số")
    make_directive(plan, topic=above, starts_on=D(2026, 5, 1))
    owed = dict(answer_choices(cast.owner, cast.school))["Đơn vị còn nợ"]
    assert [value for value, _words, _note in owed] == [f"topic:{own.pk}"]
    client.force_login(cast.owner)
    page = client.get(reverse("newsroom:new"), {"chu-de": above.pk}).content.decode()
    assert f'value="topic:{own.pk}" checked' in page
    assert f'value="topic:{above.pk}"' not in page


def test_copies_made_side_by_side_are_one_family(cast, plan):
    derive_plan(cast.xa, plan)
    school = derive_plan(cast.school, plan)
    assert {one.plan_id for one in offered_topics(cast.school.pk)} == {school.pk}


def test_several_plans_are_named(cast, plan):
    groups = answer_choices(cast.owner, cast.school)
    assert [label for label, _items in groups] == ["Chủ đề của kế hoạch"]
    campaign = make_plan(cast.so, title="Chiến dịch mùa hè")
    make_topic(campaign, "Bơi an toàn")
    groups = dict(answer_choices(cast.owner, cast.school))
    name = cast.so.short_name
    assert [words for _value, words, _note in groups[f"Chủ đề: Chiến dịch mùa hè ({name})"]] == ["Bơi an toàn"]
    assert len(groups[f"Chủ đề: {plan.title} ({name})"]) == 3


def test_counting_by_topic_and_span(cast, plan):
    school = derive_plan(cast.school, derive_plan(cast.xa, plan))
    safety, digital = topic(plan, "An toàn trường học"), topic(plan, "Chuyển đổi số")
    for day, title in (("2026-03-31", "Phòng, chống đuối nước"), ("2026-04-01", "An toàn trường học")):
        make_story(cast.school, cast.owner, day, topic=topic(school, title))
    make_story(cast.school, cast.owner, "2026-04-30")
    spans = [(clock.start_of(D(2026, n, 1)), clock.start_of(D(2026, n + 1, 1))) for n in (3, 4)]
    rows = type(make_story(cast.school, cast.owner, "2026-04-30", topic=safety, live=False)).objects.filter(
        live=True
    )
    with CaptureQueriesContext(connection) as asked:
        found = counted([safety.pk, digital.pk], rows, spans, at="published_at")
    assert (found, len(asked)) == ({safety.pk: [1, 1], digital.pk: [0, 0]}, 1)
    assert counted([], rows, spans, at="published_at") == {}
    assert counted([safety.pk], rows, [], at="published_at") == {safety.pk: []}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="how SQLite tells its plan")
def test_a_family_is_found_by_indexes_however_the_topics_lie(cast, plan):
    # As in a whole Sở: one topic copied by everybody, none a part of another. Told so, SQLite would rather read
    # every topic for each of the family than look for its parts.
    above = topic(plan, "Chuyển đổi số")
    Topic.objects.filter(parent__isnull=False).delete()
    Topic.objects.bulk_create([Topic(plan=plan, title="Bản sao", source=above) for _ in range(200)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    steps = Topic.objects.filter(pk__in=within([above.pk])).explain()
    assert "SEARCH edge" in steps
    assert "SCAN plans_topic" not in steps
    assert Topic.objects.filter(pk__in=within([above.pk])).count() == 201


def test_the_number_of_questions_does_not_grow_with_copies(cast, plan):
    derive_plan(cast.xa, plan)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            coverage(plan, top=cast.so)
            offered_topics(cast.school.pk)
        return len(asked)

    few = questions()
    for number in range(4):
        commune = make_unit(f"Xã Số {number}", Kind.UBND_XA, cast.so)
        school = make_unit(f"Trường THCS {number}", Kind.THCS, commune)
        copy = derive_plan(school, derive_plan(commune, plan))
        make_story(school, cast.owner, "2026-05-02", topic=copy.topics.first())
    assert questions() == few
    assert few <= 6
