"""What others ask of plans: who is bound by what, on which day; query counts stay flat."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.core import clock
from loa.core.errors import NotFound, Refused
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans import access, selectors
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.plans.tests.factories import (
    make_class,
    make_directive,
    make_finding,
    make_plan,
    make_task,
    make_topic,
)

MIDYEAR = dt.date(2026, 6, 15)


@pytest.fixture
def schools(cast):
    return make_class()


@pytest.fixture
def plan(cast, schools):
    return make_plan(cast.so)


def test_a_class_binds_units_of_its_kinds_at_its_depth(cast, plan):
    everywhere = make_directive(plan, title="Mọi trường")
    make_class("truc-thuoc", (Kind.THPT, Kind.THCS), depth=1)
    direct = make_directive(plan, title="Trực thuộc", audience={"classes": ["truc-thuoc"]})
    assert selectors.directives_in_force(cast.school, MIDYEAR) == [everywhere]
    assert selectors.directives_in_force(cast.thpt, MIDYEAR) == [everywhere, direct]
    assert selectors.directives_in_force(cast.van_phong, MIDYEAR) == []


def test_a_unit_can_be_named_and_excepted(cast, plan):
    named = make_directive(plan, audience={"units": [cast.van_phong.pk]})
    make_directive(plan, audience={"classes": ["moi-truong"], "except": [cast.school.pk]})
    assert selectors.directives_in_force(cast.van_phong, MIDYEAR) == [named]
    assert selectors.directives_in_force(cast.school, MIDYEAR) == []


def test_nothing_is_owed_before_after_a_draft_or_once_cancelled(cast, plan):
    directive = make_directive(plan)
    assert selectors.directives_in_force(cast.school, dt.date(2025, 12, 31)) == []
    assert selectors.directives_in_force(cast.school, dt.date(2027, 1, 1)) == []
    assert selectors.directives_in_force(cast.school, dt.date(2026, 12, 31)) == [directive]
    directive.cancelled_at, directive.valid_to = clock.start_of(dt.date(2026, 6, 1)), dt.date(2026, 6, 1)
    directive.save()
    assert selectors.directives_in_force(cast.school, MIDYEAR) == []
    assert selectors.directives_in_force(cast.school, dt.date(2026, 5, 31)) == [directive]
    directive.cancelled_at = directive.valid_to = None
    directive.save()
    plan.status = PlanStatus.CHECKING
    plan.save()
    assert selectors.directives_in_force(cast.school, MIDYEAR) == []


def test_a_communes_own_plan_binds_only_below_it(cast, schools):
    own = make_directive(make_plan(cast.xa))
    assert selectors.directives_in_force(cast.school, MIDYEAR) == [own]
    assert selectors.directives_in_force(cast.thpt, MIDYEAR) == []


def test_units_meant_follow_the_tree_of_the_day(cast, plan):
    later = make_unit("Trường THCS Mới", Kind.THCS, cast.xa, founded_on=dt.date(2026, 9, 1))
    audience = {"classes": ["moi-truong"], "units": [cast.van_phong.pk], "except": [cast.thpt.pk]}
    before = set(selectors.units_meant(cast.so.pk, audience, day=MIDYEAR))
    after = set(selectors.units_meant(cast.so.pk, audience, day=dt.date(2026, 10, 1)))
    assert before == {cast.school, cast.primary, cast.van_phong}
    assert after == before | {later}


def test_counting_agrees_with_listing(cast, plan):
    for audience in (
        {"classes": ["moi-truong"]},
        {"classes": ["moi-truong"], "units": [cast.thpt.pk, cast.van_phong.pk]},
        {"classes": ["moi-truong"], "except": [cast.thpt.pk]},
        {"units": [cast.xa.pk]},
        {},
    ):
        with clock.frozen("2026-06-15"):
            counted = selectors.Counter(plan).units(audience)
        assert counted == selectors.units_meant(cast.so.pk, audience, day=MIDYEAR).count()


def test_consequences_are_told_in_units_and_pieces(cast, plan):
    with clock.frozen("2026-06-15"):
        told = selectors.Counter(plan).consequence({"classes": ["moi-truong"]}, 2, "month")
    assert (told.units, told.each_period, told.in_all) == (3, 6, 72)


def test_counting_many_audiences_costs_four_queries(cast, plan, django_assert_num_queries):
    many = [{"units": [cast.school.pk, cast.thpt.pk]}, {"units": [cast.xa.pk]}, {"classes": ["moi-truong"]}] * 20
    with django_assert_num_queries(4):
        counter = selectors.Counter(plan, many)
        assert [counter.units(audience) for audience in many] == [2, 1, 3] * 20


def test_asking_what_binds_a_unit_costs_the_same_for_many_directives(cast, plan):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            selectors.directives_in_force(cast.school, MIDYEAR)
        return len(seen)

    make_directive(plan)
    few = queries()
    for _ in range(25):
        make_directive(plan, topic=make_topic(plan))
    assert queries() == few <= 4


def test_tasks_of_a_unit_are_those_it_leads_or_supports_itself_or_by_class(cast, plan, schools):
    led = make_task(plan, "Chủ trì", lead=cast.school, support=schools)
    shared = make_task(plan, "Phối hợp", lead=cast.van_phong, support=schools)
    make_task(plan, "Của phòng", lead=cast.van_phong)
    close = make_class("truc-thuoc", (Kind.THCS,), depth=1)
    make_task(plan, "Chỉ trực thuộc", lead=close)
    mine = selectors.tasks_for_unit(cast.school, MIDYEAR)
    assert [(task.pk, task.role_of_unit) for task in mine] == [(led.pk, "lead"), (shared.pk, "support")]
    assert selectors.tasks_for_unit(cast.school, dt.date(2027, 1, 1)) == []


def test_topics_keep_the_plans_order_and_only_running_plans_are_open(cast, plan):
    first = make_topic(plan, "Một")
    second = make_topic(plan, "Hai", parent=first)
    assert list(selectors.topics_of(plan)) == [first, second]
    assert list(selectors.open_topics(cast.school, MIDYEAR)) == [first, second]
    assert list(selectors.open_topics(cast.school, dt.date(2027, 1, 1))) == []


def test_plan_tree_nests_subtopics_and_tasks_in_three_queries(cast, plan, django_assert_num_queries):
    top = make_topic(plan, "Một")
    sub = make_topic(plan, "Một một", parent=top)
    for _ in range(5):
        make_task(plan, "Việc", topic=sub, lead=cast.school)
    with django_assert_num_queries(3):
        tree = selectors.plan_tree(plan)
        names = [str(role.unit) for task in tree[0].subtopics[0].task_list for role in task.units.all()]
    assert names == [cast.school.name] * 5


def test_progress_counts_what_is_decided(cast):
    plan = make_plan(cast.so, status=PlanStatus.CHECKING)
    make_finding(plan, state=FindingState.CONFIRMED)
    make_finding(plan, state=FindingState.DISMISSED)
    make_finding(plan, question={"text": "?"})
    make_finding(plan, FindingKind.BASIS, warning={"code": "basis.expired"})
    progress = selectors.progress_of(plan)
    assert (progress.total, progress.decided, progress.confirmed, progress.left) == (4, 2, 1, 2)
    assert (progress.unsure, progress.warned) == (1, 1)
    assert (progress.by_kind["topic"].total, progress.by_kind["topic"].decided) == (3, 2)


# — who sees which plan ———————————————————————————————————————————————————————————————————


def test_everybody_below_reads_an_issued_plan_and_nobody_else(cast, plan):
    elsewhere = make_unit("Sở khác", Kind.SO)
    stranger = make_user("Người Lạ", (Role.FOCAL, elsewhere))
    for person in (cast.owner, cast.lead, cast.commune, cast.editor, cast.outsider, cast.director):
        assert list(access.plans_for(person)) == [plan]
    assert list(access.plans_for(stranger)) == []
    with pytest.raises(NotFound):
        access.plan_for_read(stranger, plan.pk)


def test_a_draft_is_known_only_to_those_who_check_or_issue_it(cast):
    draft = make_plan(cast.so, status=PlanStatus.CHECKING)
    for person in (cast.office, cast.chief, cast.director):
        assert access.plan_for_read(person, draft.pk) == draft
    for person in (cast.owner, cast.lead, cast.commune, cast.editor, cast.admin, cast.outsider):
        with pytest.raises(NotFound):
            access.plan_for_read(person, draft.pk)


def test_those_who_only_issue_may_not_change_and_those_who_only_read_neither(cast, plan):
    assert access.plan_for_manage(cast.office, plan.pk) == plan
    assert access.plan_for_issue(cast.director, plan.pk) == plan
    for call, person in (
        (access.plan_for_manage, cast.director),
        (access.plan_for_manage, cast.owner),
        (access.plan_for_issue, cast.chief),
        (access.plan_for_issue, cast.lead),
    ):
        with pytest.raises(Refused):
            call(person, plan.pk)


def test_a_units_plan_is_read_from_above(cast):
    plan = make_plan(cast.xa)
    assert list(access.plans_for(cast.office)) == [plan]
    assert list(access.plans_for(cast.owner)) == [plan]
    assert list(access.plans_for(cast.outsider)) == []
