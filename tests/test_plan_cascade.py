"""The coverage matrix: who has a plan, which duty nobody answers, which topic nobody covers this quarter."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.core import clock
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans import services
from loa.plans.models import Plan
from loa.plans.selectors import leading_plan, plans_binding
from loa.plans.tests.factories import derive_plan, make_class, make_directive, make_plan, make_task, make_topic
from loa.reporting.selectors.cascade import chosen, matrix
from loa.reporting.tests.conftest import make_story

D = dt.date


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def plan(cast):
    make_class(label="Các trường")
    make_class("xa", (Kind.UBND_XA,), 1, label="UBND các xã")
    plan = make_plan(cast.so)
    safety = make_topic(plan, "An toàn trường học", number="1")
    make_topic(plan, "Chuyển đổi số", number="2")
    make_task(plan, "Phòng, chống đuối nước", lead=cast.xa, topic=safety, due_on=D(2026, 6, 30))
    make_task(plan, "Chỉ của Sở")
    make_directive(plan, title="Mỗi trường 01 bài")
    make_directive(plan, title="Báo cáo của xã", audience={"classes": ["xa"]})
    return plan


def lines(result):
    heads = [column.title for column in result.columns]
    return {
        row.name: {head: (cell.how, cell.state) for head, cell in zip(heads, row.cells, strict=True) if cell}
        for row in result.rows
    }


def test_who_is_asked_what_and_who_has_no_plan(cast, plan):
    result = matrix(plan)
    assert lines(result) == {
        "Xã Mường Sai": {
            "Mỗi trường 01 bài": ("below", "none"),
            "Báo cáo của xã": ("own", "none"),
            "Phòng, chống đuối nước": ("lead", "none"),
        },
        "Trường THPT Lam Giang": {"Mỗi trường 01 bài": ("own", "none")},
    }
    assert [row.name for row in result.without_plan] == ["Trường THPT Lam Giang", "Xã Mường Sai"]
    assert all(row.rate == 0 for row in result.rows)
    assert result.uncovered() == []


def test_tasks_below_cover_duties_above(cast, plan):
    report = plan.directives.get(title="Báo cáo của xã")
    below = derive_plan(cast.xa, plan, duties=[f"d{report.pk}"])
    result = matrix(plan)
    assert lines(result)["Xã Mường Sai"] == {
        "Mỗi trường 01 bài": ("below", "none"),
        "Báo cáo của xã": ("own", "open"),
        "Phòng, chống đuối nước": ("lead", "open"),
    }
    assert [(row.name, row.rate) for row in result.rows] == [("Xã Mường Sai", 66), ("Trường THPT Lam Giang", 0)]
    assert [(one.title, n, of) for one, n, of in result.uncovered()] == [("Mỗi trường 01 bài", 0, 1)]
    lead = make_user("Trưởng", (Role.UNIT_LEAD, cast.xa))
    services.task_update(actor=lead, task=plan.tasks.first(), unit=cast.xa, state="done")
    services.task_update(actor=lead, task=below.tasks.get(source_directive=report), unit=cast.xa, state="done")
    states = {name: state for name, (_how, state) in lines(matrix(plan))["Xã Mường Sai"].items()}
    assert (states["Báo cáo của xã"], states["Phòng, chống đuối nước"]) == ("done", "done")


def test_an_amended_duty_is_still_answered_and_a_cancelled_one_is_gone(cast, plan):
    derive_plan(cast.xa, plan)
    report, quota = plan.directives.get(title="Báo cáo của xã"), plan.directives.get(title="Mỗi trường 01 bài")
    head = {
        "number": "2",
        "title": "ĐC",
        "signed_on": D(2026, 5, 16),
        "effective_on": D(2026, 5, 16),
        "reason": "x",
    }
    amendment = services.amendment_start(actor=cast.office, plan=plan, values=head)
    services.change_directive(actor=cast.office, amendment=amendment, directive=quota, values={"count": 2})
    services.change_directive(actor=cast.office, amendment=amendment, directive=report, values=None)
    services.issue_amendment(actor=cast.office, amendment=amendment)
    assert lines(matrix(plan))["Xã Mường Sai"] == {
        "Mỗi trường 01 bài": ("below", "open"),
        "Phòng, chống đuối nước": ("lead", "open"),
    }


def test_a_topic_is_covered_by_a_task_or_a_story_of_the_quarter(cast, plan):
    assert [(one.topic.title, one.empty) for one in matrix(plan).topics] == [
        ("An toàn trường học", True), ("Chuyển đổi số", True)
    ]  # fmt: skip
    below = derive_plan(cast.xa, plan)
    topic = below.topics.get(title="Chuyển đổi số")
    make_story(cast.school, cast.owner, "2026-05-02", topic=topic)
    make_story(cast.school, cast.owner, "2026-03-02", topic=topic)
    found = [(one.topic.title, one.plans, one.stories) for one in matrix(plan).topics]
    assert found == [("An toàn trường học", 1, 0), ("Chuyển đổi số", 0, 1)]
    assert [one.empty for one in matrix(plan, day=D(2026, 8, 1)).topics] == [True, True]


@pytest.mark.parametrize(
    ("fields", "quarters"),
    [
        ({"due_on": D(2026, 9, 10)}, [3]),
        ({"starts_on": D(2026, 5, 2), "due_on": D(2026, 9, 10)}, [2, 3]),
        ({"starts_on": D(2026, 5, 2)}, [2]),
        ({}, []),
        ({"timeframe": "Trong năm"}, []),
        ({"timeframe": "Thường xuyên"}, [1, 2, 3, 4]),
    ],
)
def test_a_task_covers_its_topic_in_the_quarters_in_which_it_is_to_be_done(cast, plan, fields, quarters):
    below = derive_plan(cast.xa, plan, duties=[])
    make_task(below, "Việc riêng", lead=cast.xa, topic=below.topics.get(title="Chuyển đổi số"), **fields)
    found = {quarter: matrix(plan, day=D(2026, 3 * quarter, 10)).topics[1].plans for quarter in (1, 2, 3, 4)}
    assert found == {quarter: int(quarter in quarters) for quarter in (1, 2, 3, 4)}


def test_a_quota_handed_on_covers_its_topic_every_quarter_in_which_it_falls_due(cast, plan):
    digital = plan.topics.get(title="Chuyển đổi số")
    for period, due in (("quarter", [1, 2, 3, 4]), ("half_year", [2, 4]), ("year", [4])):
        quota = make_directive(plan, title=period, period=period, topic=digital)
        below = derive_plan(cast.xa, plan, duties=[f"d{quota.pk}"])
        found = [n for n in (1, 2, 3, 4) if matrix(plan, day=D(2026, 3 * n, 10)).topics[1].plans]
        assert found == due, period
        below.tasks.all().delete()
        Plan.objects.filter(pk=below.pk).delete()
        quota.delete()


def test_filters(cast, plan):
    derive_plan(cast.xa, plan)
    result = matrix(plan)
    rows, columns = chosen(result, query="lam giang")
    assert [row.name for row in rows] == ["Trường THPT Lam Giang"]
    assert [result.columns[index].title for index in columns] == ["Mỗi trường 01 bài"]
    assert [row.name for row in chosen(result, shown="complete")[0]] == ["Xã Mường Sai"]
    assert [result.columns[i].title for i in chosen(result, kind="task")[1]] == ["Phòng, chống đuối nước"]


def test_the_number_of_questions_does_not_grow(cast, plan):
    derive_plan(cast.xa, plan)
    with CaptureQueriesContext(connection) as few:
        matrix(plan)
    for number in range(6):
        commune = make_unit(f"Xã Số {number}", Kind.UBND_XA, cast.so)
        make_unit(f"Trường THCS Xã {number}", Kind.THCS, commune)
        derive_plan(commune, plan)
    with CaptureQueriesContext(connection) as many:
        assert len(matrix(plan).rows) == 8
    assert len(many) == len(few)
    assert len(few) <= 20


def browser(user=None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def test_who_sees_the_matrix_and_who_reminds(cast, plan):
    address, remind = reverse("reporting:below"), reverse("reporting:below_remind")
    page = browser(cast.office).get(address).content.decode()
    assert "chưa có kế hoạch" in page
    assert "Nhắc 2 đơn vị" in page
    for person in (cast.owner, cast.commune, cast.outsider):
        shown = browser(person).get(address + f"?ke-hoach={plan.pk}")
        assert shown.status_code == 200
        assert "Đơn vị trực thuộc" not in shown.content.decode()
        assert browser(person).post(remind, {"ke-hoach": plan.pk}).status_code == 404
    assert browser(cast.admin).post(remind, {"ke-hoach": plan.pk}).status_code == 403
    assert not Notice.objects.filter(code="reporting.plan.wanted").exists()
    assert browser(cast.office).post(remind, {"ke-hoach": plan.pk}).status_code == 302
    told = Notice.objects.filter(code="reporting.plan.wanted")
    assert {notice.user for notice in told} == {cast.commune, cast.outsider_lead}
    browser(cast.office).post(remind, {"ke-hoach": plan.pk})
    assert told.count() == 2
    assert browser().get(address).status_code == 302


def test_plans_drawn_up_below_do_not_take_the_place_of_ones_own(cast, plan):
    """Thousands of schools have a plan of their own; the Sở's board, matrix and year still open with the Sở's."""
    derive_plan(cast.xa, plan)
    derive_plan(cast.thpt, plan)
    office, commune = browser(cast.office), browser(cast.commune)
    for person in (office, commune):
        for name in ("reporting:progress", "reporting:topics"):
            assert person.get(reverse(name)).context["plan"] == plan
    assert office.get(reverse("reporting:below")).context["plan"] == plan
    assert office.get(reverse("agenda:year")).context["plan"] == plan


def test_of_two_plans_the_one_that_asks_more_is_shown_and_the_other_can_be_chosen(cast, plan):
    extra = make_plan(cast.so, title="Đợt cao điểm tháng An toàn giao thông")
    make_directive(extra, title="Mỗi trường 01 tin trong tháng")
    silent = make_plan(cast.so, title="Kế hoạch không giao chỉ tiêu")
    office = browser(cast.office)
    for name in ("reporting:progress", "reporting:topics"):
        answer = office.get(reverse(name))
        assert (answer.context["plan"], answer.context["plans"]) == (plan, [plan, extra])
        assert extra.title in answer.content.decode()
        assert office.get(reverse(name), {"ke-hoach": extra.pk}).context["plan"] == extra
    assert [one.asks for one in plans_binding(cast.so)] == [2, 1, 0]
    assert leading_plan(cast.so) == plan
    assert leading_plan(cast.so, D(2031, 1, 1)) is None
    assert silent in [one.plan for one in plans_binding(cast.xa)]


def test_the_list_keeps_the_plans_below_apart(cast, plan):
    """The Sở's own plan is found at once, however many schools have drawn up theirs."""
    below = {derive_plan(cast.xa, plan).pk, derive_plan(cast.thpt, plan).pk}
    address, office = reverse("plans:list"), browser(cast.office)

    def shown(person, **asked):
        return {row["plan"].pk for row in person.get(address, asked).context["rows"]}

    assert shown(office) == {plan.pk}
    assert shown(office, xem="duoi") == below
    assert shown(office, xem="duoi", q="muong sai") == {Plan.objects.get(unit=cast.xa).pk}
    assert (
        "Không có kế hoạch của đơn vị nào khớp"
        in office.get(address, {"xem": "duoi", "q": "zzz"}).content.decode()
    )
    assert shown(browser(cast.commune)) == {plan.pk, Plan.objects.get(unit=cast.xa).pk}
    school = browser(cast.owner)
    assert shown(school) == {plan.pk, Plan.objects.get(unit=cast.xa).pk}
    assert "Đơn vị cấp dưới" not in school.get(address).content.decode()


def test_a_unit_of_ones_own_is_offered_a_plan_before_the_many_below(cast, plan):
    """A commune's officer is asked about the commune first, though its schools' names sort before it."""
    for number in range(3):
        make_unit(f"Trường A{number}", Kind.THCS, cast.xa)
    officer = make_user("Vi Thị Đào", (Role.UNIT_LEAD, cast.xa))
    offered = [unit for unit, _plans in browser(officer).get(reverse("plans:derive_choose")).context["rows"]]
    assert offered[0] == cast.xa
    assert "Soạn từ kế hoạch cấp trên" in browser(officer).get(reverse("plans:list")).content.decode()
