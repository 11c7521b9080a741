"""A duty by hand about what the signed plan did not name: "one video per semester on swimming safety"."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import InvalidInput, Refused
from loa.newsroom.rules import Genre
from loa.plans import services
from loa.plans.models import Directive, Topic
from loa.plans.rules import DirectiveKind
from loa.plans.tests.factories import make_class, make_plan, make_topic
from loa.reporting.models import Evidence
from loa.reporting.services.evidence import story_counted
from loa.reporting.tests.conftest import make_story

D = dt.date
FORM = {
    "loai": "quota", "title": "Video về an toàn khi bơi lội", "count": "1", "noun": "video", "period": "semester",
    "proof": "story", "starts_on": "2026-06-01", "classes": "moi-truong", "under_names": "Xã Mường Sai",
    "topic": "khac", "new_topic": "An toàn khi bơi lội",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def plan(cast):
    make_class(label="Các trường")
    plan = make_plan(cast.so)
    make_topic(plan, "Chuyển đổi số", number="1")
    return plan


@pytest.fixture
def office(cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.office)
    return client


def test_the_form_makes_the_topic_with_the_duty_and_only_stories_on_it_count(cast, plan, office):
    address = reverse("plans:add_directive", args=[plan.pk])
    assert '<option value="khac">Chủ đề khác…</option>' in office.get(address).content.decode()
    assert office.post(address, FORM).status_code == 302
    made = Directive.objects.get()
    topic = made.topic
    assert (topic.title, topic.plan, topic.position, topic.added_at) == (
        "An toàn khi bơi lội", plan, 2, clock.now()
    )  # fmt: skip
    entry = LogEntry.objects.get(action="plans.topic.added")
    assert (entry.actor_id, entry.object_id) == (cast.office.pk, topic.pk)
    page = office.get(reverse("plans:plan", args=[plan.pk])).content.decode()
    assert "thêm ngày 16/05/2026, không có trong văn bản" in page
    with clock.frozen("2026-09-20"):
        other = make_story(
            cast.school, cast.owner, "2026-09-10", topic=plan.topics.get(number="1"), genre=Genre.VIDEO
        )
        swimming = make_story(cast.school, cast.owner, "2026-09-11", topic=topic, genre=Genre.VIDEO)
        for story in (other, swimming):
            story_counted(story=story, actor=None)
    assert [(one.story, one.directive) for one in Evidence.objects.all()] == [(swimming, made)]


def test_the_preview_says_it_and_writes_nothing(plan, office):
    address = reverse("plans:preview_directive", args=[plan.pk])
    shown = office.post(address, FORM).content.decode()
    assert "Chủ đề mới <b>An toàn khi bơi lội</b> được thêm vào kế hoạch" in shown
    known = office.post(address, FORM | {"topic": str(plan.topics.get().pk)}).content.decode()
    assert "Chỉ tin, bài về <b>Chuyển đổi số</b> được tính" in known
    assert "Chủ đề mới" not in known
    assert "Hãy ghi tên chủ đề mới." in office.post(address, FORM | {"new_topic": " "}).content.decode()
    assert Topic.objects.count() == 1


def test_a_name_is_needed_for_another_topic_and_left_alone_for_a_known_one(plan, office):
    address = reverse("plans:add_directive", args=[plan.pk])
    answer = office.post(address, FORM | {"new_topic": ""})
    assert (answer.status_code, "Hãy ghi tên chủ đề mới." in answer.content.decode()) == (400, True)
    assert office.post(address, FORM | {"topic": ""}).status_code == 302
    assert (Directive.objects.get().topic, Topic.objects.count()) == (None, 1)


def test_a_topic_that_stands_already_is_taken_and_nothing_is_left_of_a_refused_duty(cast, plan):
    known = plan.topics.get()
    assert services.add_topic(actor=cast.office, plan=plan, title=" chuyển đổi  số") == known
    with pytest.raises(Refused):
        services.add_topic(actor=cast.owner, plan=plan, title="Khác")
    with pytest.raises(InvalidInput):
        services.add_topic(actor=cast.office, plan=plan, title="x" * 201)
    values = {
        "title": "Báo cáo", "noun": "báo cáo", "proof": "report", "due_on": D(2026, 5, 1),
        "audience": {"classes": ["moi-truong"]},
    }  # fmt: skip
    with pytest.raises(InvalidInput):
        services.add_directive(
            actor=cast.office, plan=plan, kind=DirectiveKind.DEADLINE, values=values, new_topic="Bơi lội"
        )
    assert list(Topic.objects.all()) == [known]
