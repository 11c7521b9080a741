"""Issuing: once, complete or not at all; then only additions and cancellations with a reason."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans import selectors, services, tasks
from loa.plans.models import Directive, LegalBasis, Task, TaskUnit, Topic
from loa.plans.rules import DirectiveKind, FindingState, PlanStatus, Proof
from loa.plans.selectors.telling import telling_of
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_topic


@pytest.fixture
def checked(cast, read_plan):
    """Our plan with every finding decided."""
    for row in read_plan.findings.filter(kind="task").exclude(question=None):
        row.refresh_from_db()
        if row.question:
            services.answer_question(actor=cast.office, finding=row, choice=-1)
    for row in read_plan.findings.filter(state=FindingState.PROPOSED):
        services.confirm_finding(actor=cast.office, finding=row)
    return read_plan


@pytest.fixture
def issued(cast, checked, django_capture_on_commit_callbacks):
    with clock.frozen("2026-01-20"), django_capture_on_commit_callbacks(execute=True):
        services.issue_plan(actor=cast.director, plan=checked)
    checked.refresh_from_db()
    return checked


def nothing_written(plan):
    return not any(model.objects.filter(plan=plan).exists() for model in (LegalBasis, Topic, Task, Directive))


def test_confirmed_findings_become_what_the_plan_asks(cast, issued):
    assert (issued.status, issued.issued_by) == (PlanStatus.ISSUED, cast.director)
    assert list(issued.bases.values_list("number", "role")) == [
        ("07/CT-TTg", "basis"),
        ("42/2022/NĐ-CP", "basis"),
        ("09/2024/TT-BGDĐT", "basis"),
        ("37/2024/NQ/QH11", "cited"),
    ]
    assert [(t.number, t.parent and t.parent.number) for t in issued.topics.all()] == [
        ("1", None),
        ("1.1", "1"),
        ("1.2", "1"),
        ("2", None),
    ]
    tasks_made = [(t.number, t.topic.number, t.standing) for t in issued.tasks.filter(standing=False)]
    assert tasks_made == [("1.1", "1.1", False), ("1.2", "1.2", False), ("2", "2", False)]
    first = issued.tasks.get(number="1.1")
    assert (str(first.starts_on), str(first.due_on), first.timeframe) == (
        "2026-04-01",
        "2026-09-30",
        "Quý II, III",
    )
    assert [(r.role, r.unit, r.unit_class and r.unit_class.code) for r in first.units.all()] == [
        ("lead", cast.van_phong, None),
        ("support", None, "truc-thuoc"),
    ]
    unnamed = issued.tasks.get(number="1.2").units.get(role="lead")
    assert (unnamed.unit, unnamed.unit_class, unnamed.as_printed) == (None, None, "Phòng CTHSSV")


def test_quotas_deadlines_and_duties_become_directives(cast, issued):
    rows = [
        (d.kind, d.count, d.period, d.proof, d.due_day, str(d.due_on or ""))
        for d in issued.directives.order_by("pk")
    ]
    assert rows == [
        (DirectiveKind.RECURRING, 1, "month", Proof.REPORT, 25, ""),
        (DirectiveKind.QUOTA, 2, "month", Proof.STORY, None, ""),
        (DirectiveKind.QUOTA, 2, "year", Proof.PRESS, None, ""),
        (DirectiveKind.DEADLINE, 1, "", Proof.REPORT, None, "2026-05-30"),
    ]
    assert {(d.starts_on, d.ends_on) for d in issued.directives.all()} == {
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    }
    standing = issued.tasks.get(standing=True)
    assert standing.timeframe == "Hằng ngày"
    assert standing.units.get().unit == cast.van_phong
    owed = selectors.directives_in_force(cast.thpt, dt.date(2026, 6, 1))
    assert [d.period for d in owed] == ["month", "year", ""]
    assert [d.due_day for d in selectors.directives_in_force(cast.van_phong, dt.date(2026, 6, 1))] == [25]


def test_dismissed_findings_leave_no_trace_in_what_is_owed(cast, read_plan, checked):
    topic = checked.findings.get(kind="topic", data__number="1")
    quota = checked.findings.filter(kind="quota").first()
    for row in (topic, quota):
        services.dismiss_finding(actor=cast.office, finding=row)
    services.issue_plan(actor=cast.office, plan=checked)
    assert checked.topics.filter(number="1").count() == 0
    assert {t.parent for t in checked.topics.all()} == {None}
    assert checked.directives.count() == 3


def test_those_who_owe_are_told_after_the_commit(cast, issued):
    told = Notice.objects.filter(code="plans.plan.issued")
    assert {notice.user for notice in told} == {cast.outsider, cast.outsider_lead}
    tasks.tell_units.func(issued.pk, None, "plans.plan.issued", 0)
    assert told.count() == 2


def test_units_are_told_in_batches(cast, issued, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    Notice.objects.all().delete()
    people = []
    for number in range(5):
        school = make_unit(f"Trường THPT Số {number}", Kind.THPT, cast.so)
        people.append(make_user("", (Role.FOCAL, school)))
    queued = []
    monkeypatch.setattr(tasks.tell_units.__class__, "enqueue", lambda self, *args: queued.append(args))
    after = 0
    for _ in range(10):
        tasks.tell_units.func(issued.pk, None, "plans.plan.issued", after)
        if not queued:
            break
        after = queued.pop()[3]
    assert {n.user for n in Notice.objects.all()} == {*people, cast.outsider, cast.outsider_lead}
    assert Notice.objects.count() == 7


def test_a_plan_is_issued_only_once(cast, issued):
    with pytest.raises(Conflict):
        services.issue_plan(actor=cast.director, plan=issued)
    assert issued.directives.count() == 4
    assert LogEntry.objects.filter(action="plans.plan.issued").count() == 1


def test_nothing_is_issued_while_something_is_undecided(cast, read_plan):
    with pytest.raises(InvalidInput) as refused:
        services.issue_plan(actor=cast.director, plan=read_plan)
    assert "Còn 16 mục" in str(refused.value)
    assert nothing_written(read_plan)
    read_plan.refresh_from_db()
    assert read_plan.status == PlanStatus.CHECKING


@pytest.mark.parametrize("field", ["number", "signed_on", "title", "signer", "starts_on", "ends_on"])
def test_nothing_is_issued_while_the_head_has_gaps(cast, checked, field):
    setattr(checked, field, None if field.endswith("_on") else "")
    checked.save()
    with pytest.raises(InvalidInput) as refused:
        services.issue_plan(actor=cast.director, plan=checked)
    assert refused.value.code == "plans.issue.header"
    assert nothing_written(checked)


def test_nothing_is_issued_for_nobody(cast, checked):
    row = checked.findings.filter(kind="quota").first()
    row.data["audience"] = {}
    row.save()
    with pytest.raises(InvalidInput) as refused:
        services.issue_plan(actor=cast.director, plan=checked)
    assert refused.value.code == "plans.issue.audience"
    assert f"Mục {row.position}" in str(refused.value)
    assert nothing_written(checked)


def test_only_those_who_issue_may(cast, checked):
    for person in (cast.owner, cast.lead, cast.chief, cast.editor, cast.admin, cast.outsider_lead):
        with pytest.raises(Refused):
            services.issue_plan(actor=person, plan=checked)
    assert nothing_written(checked)


def test_a_failure_in_the_middle_leaves_nothing(cast, checked, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("x")

    monkeypatch.setattr("loa.plans.services.issue._write_directives", broken)
    with pytest.raises(RuntimeError):
        services.issue_plan(actor=cast.director, plan=checked)
    checked.refresh_from_db()
    assert checked.status == PlanStatus.CHECKING
    assert nothing_written(checked)
    assert TaskUnit.objects.count() == 0


# — by hand ———————————————————————————————————————————————————————————————————————————————

VALUES = {
    "title": "Video chào năm học mới",
    "count": 1,
    "noun": "video",
    "period": "year",
    "proof": "story",
    "audience": {"classes": ["moi-truong"]},
}


@pytest.fixture
def plan(cast):
    make_class()
    return make_plan(cast.so)


def test_something_can_be_asked_for_later(cast, plan, django_capture_on_commit_callbacks):
    topic = make_topic(plan)
    with clock.frozen("2026-06-15"), django_capture_on_commit_callbacks(execute=True):
        row = services.add_directive(
            actor=cast.office, plan=plan, kind=DirectiveKind.QUOTA, values=VALUES, topic=topic
        )
    assert (str(row.starts_on), str(row.ends_on), row.topic) == ("2026-06-15", "2026-12-31", topic)
    assert row.created_by == cast.office
    told = Notice.objects.filter(code="plans.directive.added")
    assert {n.user for n in told} == {cast.owner, cast.colleague, cast.lead, cast.outsider, cast.outsider_lead}


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        (DirectiveKind.QUOTA, {"title": ""}, "title"),
        (DirectiveKind.QUOTA, {"count": 0}, "count"),
        (DirectiveKind.QUOTA, {"audience": {}}, "audience"),
        (DirectiveKind.RECURRING, {"period": ""}, "period"),
        (DirectiveKind.DEADLINE, {"due_on": None}, "due_on"),
        (DirectiveKind.DEADLINE, {"due_on": dt.date(2026, 6, 1)}, "due_on"),
    ],
)
def test_an_incomplete_request_is_refused(cast, plan, kind, change, field):
    with clock.frozen("2026-06-15"), pytest.raises(InvalidInput) as refused:
        services.add_directive(actor=cast.office, plan=plan, kind=kind, values=VALUES | change)
    assert refused.value.field == field
    assert not plan.directives.exists()


def test_nothing_is_added_by_others_or_to_a_plan_not_in_force(cast, plan):
    with clock.frozen("2026-06-15"):
        for person in (cast.owner, cast.editor, cast.chief):
            with pytest.raises(Refused):
                services.add_directive(actor=person, plan=plan, kind=DirectiveKind.QUOTA, values=VALUES)
        plan.status = PlanStatus.CHECKING
        plan.save()
        with pytest.raises(Conflict):
            services.add_directive(actor=cast.office, plan=plan, kind=DirectiveKind.QUOTA, values=VALUES)
    assert not plan.directives.exists()


def test_a_directive_is_cancelled_with_a_reason_once(cast, plan, django_capture_on_commit_callbacks):
    row = make_directive(plan)
    with pytest.raises(InvalidInput):
        services.cancel_directive(actor=cast.office, directive=row, reason="  ")
    with pytest.raises(Refused):
        services.cancel_directive(actor=cast.lead, directive=row, reason="Bão")
    with clock.frozen("2026-06-15"), django_capture_on_commit_callbacks(execute=True):
        services.cancel_directive(actor=cast.office, directive=row, reason="Mưa lũ kéo dài")
    row.refresh_from_db()
    assert (row.cancelled_by, row.cancel_reason) == (cast.office, "Mưa lũ kéo dài")
    assert selectors.directives_in_force(cast.school, dt.date(2026, 6, 16)) == []
    assert Notice.objects.filter(code="plans.directive.cancelled", user=cast.owner).count() == 1
    with pytest.raises(Conflict):
        services.cancel_directive(actor=cast.office, directive=row, reason="Lần nữa")


def test_plans_close_some_time_after_their_end(cast, plan):
    with clock.frozen("2027-02-28"):
        assert services.close_ended() == 0
    with clock.frozen("2027-03-10"):
        assert services.close_ended() == 1
        assert services.close_ended() == 0
    plan.refresh_from_db()
    assert plan.status == PlanStatus.CLOSED


def test_the_telling_of_the_units_is_counted(cast, checked, client):
    with clock.frozen("2026-01-20"):
        services.issue_plan(actor=cast.director, plan=checked)
        checked.refresh_from_db()
        before = telling_of(checked)
        assert (before.told, before.people, before.done) == (0, 2, False)
        client.force_login(cast.director)
        address = f"/lam-viec/ke-hoach/{checked.pk}/bao-tin/"
        assert "0/2 người" in client.get(address).content.decode()
        tasks.tell_units.func(checked.pk, None, "plans.plan.issued", 0)
        assert telling_of(checked).done
        assert "Đã báo đủ 2 người" in client.get(f"/lam-viec/ke-hoach/{checked.pk}/").content.decode()
        client.force_login(cast.outsider)
        assert client.get(address).status_code == 403
    with clock.frozen("2026-01-21"):
        assert telling_of(checked) is None
