"""A unit that gives in its own signed plan says which plan above it carries out: then it counts as having one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_user
from loa.plans import services
from loa.plans.models import LegalBasis, Plan
from loa.plans.rules import PlanStatus
from loa.plans.selectors.cascade import pending_changes
from loa.plans.selectors.linking import likely, plans_above, suggested_parent
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_task, make_topic
from loa.reporting.selectors.board import coverage
from loa.reporting.selectors.cascade import matrix
from loa.reporting.tests.conftest import make_story

D = dt.date


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def above(cast):
    make_class("xa", (Kind.UBND_XA,), 1, label="UBND các xã")
    make_class(label="Các trường")
    plan = make_plan(cast.so)
    safety = make_topic(plan, "An toàn trường học", number="1")
    make_topic(plan, "Chuyển đổi số", number="2")
    make_task(plan, "Phòng, chống đuối nước", lead=cast.xa, topic=safety, due_on=D(2026, 6, 30))
    make_directive(plan, kind="deadline", title="Báo cáo kết quả truyền thông", period="", proof="report",
                   due_on=D(2026, 11, 25), audience={"classes": ["xa"]})  # fmt: skip
    return plan


@pytest.fixture
def own(cast):
    """The commune's plan as it was given in, signed and read: in its own words."""
    plan = make_plan(cast.xa, title="Kế hoạch truyền thông của xã", number="14/KH-UBND", signed_on=D(2026, 2, 4))
    safety = make_topic(plan, "Truyền thông về an toàn trường học", number="1")
    make_topic(plan, "Lễ hội của xã", number="2")
    make_task(plan, "Tuyên truyền phòng chống đuối nước", lead=cast.xa, topic=safety, due_on=D(2026, 6, 15))
    make_task(plan, "Báo cáo kết quả công tác truyền thông", lead=cast.xa, due_on=D(2026, 11, 20))
    make_task(plan, "Ngày hội đọc sách", lead=cast.xa)
    return plan


@pytest.fixture
def person(cast):
    return make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.xa))


def link(person, own, above, **values):
    lines = likely(own, above)
    answer = {"topics": lines.topic_of, "tasks": lines.duty_of} | values
    return services.link_plan(actor=person, plan=own, parent=above, **answer)


def client_of(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_the_plan_above_is_suggested_by_what_is_cited_else_as_the_only_one(cast, above, own):
    assert list(plans_above(own)) == [above]
    assert suggested_parent(own, [above]) == above
    campaign = make_plan(cast.so, title="Chiến dịch hè", number="40/KH-SGDĐT", signed_on=D(2026, 4, 2))
    both = list(plans_above(own))
    assert set(both) == {above, campaign}
    assert suggested_parent(own, both) is None
    basis = LegalBasis.objects.create(
        plan=own, kind="Kế hoạch", number="12/KH-SGDĐT", signed_on="2026-01-05", role="basis"
    )
    assert suggested_parent(own, both) == above
    LegalBasis.objects.filter(pk=basis.pk).update(signed_on="2025-01-05")
    assert suggested_parent(own, both) is None
    assert suggested_parent(own, []) is None
    make_plan(cast.so, year=2025)
    make_plan(cast.thpt)
    make_plan(cast.so, status=PlanStatus.CHECKING)
    assert set(plans_above(own)) == {above, campaign}


def test_only_what_is_surely_alike_is_matched(cast, above, own):
    lines = likely(own, above)
    task = above.tasks.get()
    topics = dict(own.topics.values_list("title", "pk"))
    tasks = dict(own.tasks.values_list("content", "pk"))
    assert lines.topic_of == {topics["Truyền thông về an toàn trường học"]: above.topics.first().pk}
    assert lines.duty_of == {
        tasks["Tuyên truyền phòng chống đuối nước"]: f"t{task.pk}",
        tasks["Báo cáo kết quả công tác truyền thông"]: f"d{above.directives.get().pk}",
    }


def test_tied_it_has_a_plan_and_its_stories_count(cast, above, own, person):
    assert [row.name for row in matrix(above).without_plan] == ["Xã Mường Sai"]
    topic = own.topics.first()
    make_story(cast.school, cast.owner, "2026-05-02", topic=topic)
    assert [line.total for line in coverage(above, top=cast.so)] == [0, 0]
    link(person, own, above)
    own.refresh_from_db()
    assert (own.parent_plan, own.drawn_up) == (above, False)
    result = matrix(above)
    assert result.without_plan == []
    assert [(cell.how, cell.state) for cell in result.rows[0].cells if cell] == [("own", "open"), ("lead", "open")]
    assert [line.total for line in coverage(above, top=cast.so)] == [1, 0]
    assert [(one.plans, one.stories) for one in result.topics] == [(1, 1), (0, 0)]
    entry = LogEntry.objects.get(action="plans.plan.linked")
    assert (entry.actor_id, entry.data["topics"], entry.data["tasks"]) == (person.pk, 1, 2)


def test_changes_above_since_it_was_signed_wait_and_change_only_what_they_speak_of(cast, above, own, person):
    head = {"title": "Điều chỉnh", "signed_on": D(2026, 5, 14), "effective_on": D(2026, 5, 16), "reason": "Mưa lũ"}
    amendment = services.amendment_start(actor=cast.office, plan=above, values=head | {"number": "20/KH"})
    services.change_task(
        actor=cast.office, amendment=amendment, task=above.tasks.get(), values={"due_on": D(2026, 7, 15)}
    )
    services.issue_amendment(actor=cast.office, amendment=amendment)
    assert pending_changes(own) == []
    link(person, own, above)
    own.refresh_from_db()
    assert len(pending_changes(own)) == 1
    assert services.accept_changes(actor=person, plan=own) == 1
    task = own.tasks.get(source_task__isnull=False)
    assert (task.content, task.due_on) == ("Tuyên truyền phòng chống đuối nước", D(2026, 7, 15))


def test_said_again_it_replaces_and_it_can_be_taken_back(cast, above, own, person):
    link(person, own, above)
    link(person, own, above, tasks={})
    assert not own.tasks.exclude(source_task=None, source_directive=None).exists()
    assert own.topics.exclude(source=None).count() == 1
    services.unlink_plan(actor=person, plan=own)
    own.refresh_from_db()
    assert (own.parent_plan, own.linked_at, own.topics.exclude(source=None).count()) == (None, None, 0)
    assert LogEntry.objects.filter(action="plans.plan.unlinked").count() == 1
    with pytest.raises(Conflict, match="chưa gắn"):
        services.unlink_plan(actor=person, plan=own)


def test_what_is_refused(cast, above, own, person):
    with pytest.raises(Refused):
        link(cast.office, own, above)
    other = make_plan(cast.thpt)
    with pytest.raises(NotFound):
        services.link_plan(actor=person, plan=own, parent=other, topics={}, tasks={})
    foreign = make_topic(other, "Khác")
    with pytest.raises(InvalidInput):
        link(person, own, above, topics={own.topics.first().pk: foreign.pk})
    first = own.tasks.first()
    with pytest.raises(InvalidInput):
        link(person, own, above, tasks={first.pk: "t999999"})
    services.task_update(actor=person, task=first, unit=cast.xa, state="doing", percent=20)
    assert first.pk not in likely(own, above).duty_of
    with pytest.raises(InvalidInput, match="đã có tiến độ"):
        link(person, own, above, tasks={first.pk: f"t{above.tasks.get().pk}"})
    assert Plan.objects.get(pk=own.pk).parent_plan is None
    drawn = services.derive_plan(actor=person, unit=cast.xa, parent=above)
    assert list(plans_above(own)) == []
    page = client_of(person).get(reverse("plans:link", args=[own.pk])).content.decode()
    assert "đã có kế hoạch khác của đơn vị triển khai" in page
    assert reverse("plans:plan", args=[drawn.pk]) in page
    with pytest.raises(NotFound):
        link(person, own, above)
    with pytest.raises(Conflict):
        services.link_plan(actor=person, plan=drawn, parent=above, topics={}, tasks={})


def test_a_quota_of_its_own_keeps_one_from_above(cast, above, own, person):
    asked = make_directive(
        above, title="Ít nhất 02 bài/quý: gương người tốt, việc tốt", audience={"classes": ["xa"]}
    )
    kept = make_directive(own, title="01 bài/tháng: gương người tốt, việc tốt", audience={"units": [cast.xa.pk]})
    other = make_directive(own, title="Trang trí pa-nô", audience={"units": [cast.xa.pk]})
    lines = likely(own, above)
    assert lines.directive_of == {kept.pk: f"d{asked.pk}"}
    for wrong in ({other.pk: f"t{above.tasks.get().pk}"}, {other.pk: "d999999"}, {asked.pk: f"d{asked.pk}"}):
        with pytest.raises(InvalidInput):
            link(person, own, above, directives=wrong)
    page = client_of(person).get(reverse("plans:link", args=[own.pk])).content.decode()
    assert f'name="chi-tieu-{kept.pk}"' in page
    answer = {"ke-hoach": above.pk, f"chi-tieu-{kept.pk}": f"d{asked.pk}"}
    assert client_of(person).post(reverse("plans:link", args=[own.pk]), answer).status_code == 302
    kept.refresh_from_db()
    assert kept.source == asked

    def covers():
        found = matrix(above)
        row = next(row for row in found.rows if row.unit_id == cast.xa.pk)
        return {column.key: cell.tasks for column, cell in zip(found.columns, row.cells, strict=True) if cell}

    assert covers()[f"d{asked.pk}"] == 1
    assert likely(own, above).directive_of == {kept.pk: f"d{asked.pk}"}
    services.unlink_plan(actor=person, plan=own)
    kept.refresh_from_db()
    assert kept.source is None


def test_the_page_asks_shows_every_line_and_writes_what_was_confirmed(cast, above, own, person):
    client, address = client_of(person), reverse("plans:link", args=[own.pk])
    page = client.get(reverse("plans:plan", args=[own.pk])).content.decode()
    assert "Kế hoạch này triển khai kế hoạch nào của cấp trên?" in page
    assert f"Loa đề xuất: {above}" in page
    assert (
        "triển khai kế hoạch nào"
        not in client_of(cast.owner).get(reverse("plans:plan", args=[own.pk])).content.decode()
    )
    page = client.get(address).content.decode()
    task = own.tasks.first()
    assert f'<option value="t{above.tasks.get().pk}" selected>' in page
    assert "3 dòng Loa thấy giống, 2 dòng chưa rõ" in page
    answer = client.post(address, {"ke-hoach": above.pk, f"viec-{task.pk}": f"t{above.tasks.get().pk}"})
    assert answer.status_code == 302
    own.refresh_from_db()
    assert own.parent_plan == above
    # Nothing silently: what was not confirmed on the form is not tied.
    assert own.topics.exclude(source=None).count() == 0
    assert list(own.tasks.exclude(source_task=None)) == [task]
    page = client.get(reverse("plans:plan", args=[own.pk])).content.decode()
    assert "Xem lại việc gắn" in page
    assert "Bản in" not in page
    assert client.get(reverse("plans:paper", args=[own.pk, "pdf"])).status_code == 404
    assert client.post(reverse("plans:unlink", args=[own.pk])).status_code == 302
    assert client_of(cast.outsider_lead).get(address).status_code in (403, 404)


def test_the_number_of_questions_does_not_grow_with_lines(cast, above, own):
    with CaptureQueriesContext(connection) as few:
        likely(own, above)
    for number in range(5):
        make_topic(own, f"Chủ đề riêng {number}")
        make_topic(above, f"Chủ đề của Sở {number}")
        make_task(own, f"Việc riêng {number}", lead=cast.xa)
        make_directive(own, title=f"Chỉ tiêu riêng {number}", audience={"units": [cast.xa.pk]})
        make_task(above, f"Việc của Sở {number}", lead=cast.xa)
    with CaptureQueriesContext(connection) as many:
        likely(own, above)
    assert len(many) == len(few)
