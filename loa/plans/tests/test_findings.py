"""What an officer does with findings; and what others may not."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.plans import selectors, services
from loa.plans.models import Finding
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.plans.services.prepare import name_question
from loa.plans.tests.factories import make_finding, make_plan

CONFIRMED, DISMISSED, PROPOSED = FindingState.CONFIRMED, FindingState.DISMISSED, FindingState.PROPOSED


@pytest.fixture
def plan(read_plan):
    return read_plan


def one(plan, kind, at=0) -> Finding:
    return plan.findings.filter(kind=kind)[at]


def test_confirming_says_who_and_when(cast, plan):
    with clock.frozen("2026-02-03"):
        row = services.confirm_finding(actor=cast.office, finding=one(plan, "topic"))
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (CONFIRMED, cast.office)
    assert row.decided_at.date() == dt.date(2026, 2, 3)
    entry = LogEntry.objects.get(action="plans.finding.confirmed")
    assert entry.data["position"] == row.position


def test_others_decide_nothing(cast, plan):
    row = one(plan, "topic")
    for person in (cast.owner, cast.lead, cast.commune, cast.editor, cast.director, cast.admin, cast.outsider):
        for call in (
            lambda who: services.confirm_finding(actor=who, finding=row),
            lambda who: services.dismiss_finding(actor=who, finding=row),
            lambda who: services.reopen_finding(actor=who, finding=row),
            lambda who: services.edit_finding(actor=who, finding=row, values={"title": "x"}),
            lambda who: services.confirm_group(actor=who, plan=plan),
            lambda who: services.update_header(actor=who, plan=plan, values={"title": "x"}),
            lambda who: services.add_finding(
                actor=who, plan=plan, kind=FindingKind.TOPIC, start=None, end=None, values={"title": "x"}
            ),
        ):
            with pytest.raises(Refused):
                call(person)
    row.refresh_from_db()
    plan.refresh_from_db()
    assert row.state == PROPOSED
    assert plan.findings.count() == 16
    assert plan.title != "x"
    assert selectors.progress_of(plan).decided == 0


def test_dismissing_can_be_taken_back(cast, plan):
    row = services.dismiss_finding(actor=cast.office, finding=one(plan, "topic"))
    assert row.state == DISMISSED
    row = services.reopen_finding(actor=cast.office, finding=row)
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (PROPOSED, None)
    with pytest.raises(Conflict):
        services.reopen_finding(actor=cast.office, finding=row)


def test_an_edit_keeps_what_was_read_beside_it(cast, plan):
    row = one(plan, "quota")
    read = dict(row.data)
    row = services.edit_finding(actor=cast.office, finding=row, values={"count": 3, "what": "không được sửa"})
    row.refresh_from_db()
    assert row.data["count"] == 3
    assert row.data["what"] == read["what"]
    assert row.original == read
    assert row.state == CONFIRMED
    assert LogEntry.objects.get(action="plans.finding.edited").data["changed"] == ["count"]


def test_the_signed_text_stays_as_it_is_whatever_is_edited(cast, plan):
    before = plan.documents.get().text
    row = one(plan, "basis")
    services.edit_finding(actor=cast.office, finding=row, values={"number": "8/CT-TTg"})
    row.refresh_from_db()
    assert plan.documents.get().text == before
    assert "07/CT-TTg" in row.quote


def test_what_is_missing_stops_the_confirmation_and_is_said(cast, plan):
    row = one(plan, "quota")
    row.data["audience"] = {}
    row.save()
    with pytest.raises(InvalidInput) as refused:
        services.confirm_finding(actor=cast.office, finding=row)
    assert refused.value.field == "audience"
    assert f"Mục {row.position}" in str(refused.value)
    with pytest.raises(InvalidInput):
        services.edit_finding(actor=cast.office, finding=row, values={"title": " "})
    row.refresh_from_db()
    assert row.state == PROPOSED
    assert row.data["title"]


def test_a_group_leaves_what_needs_a_look_of_its_own(cast, plan):
    with clock.frozen("2026-11-20"):
        services.update_header(actor=cast.office, plan=plan, values={"signed_on": dt.date(2026, 1, 13)})
    done = services.confirm_group(actor=cast.office, plan=plan, kind=FindingKind.BASIS)
    assert (done.confirmed, done.left) == (2, 2)
    waiting = plan.findings.filter(kind="basis", state=PROPOSED)
    assert {row.data["number"] for row in waiting} == {"42/2022/NĐ-CP", "37/2024/NQ/QH11"}
    done = services.confirm_group(actor=cast.office, plan=plan, kind=FindingKind.TASK)
    assert (done.confirmed, done.left) == (1, 2)


def test_the_tasks_of_one_topic_are_confirmed_together(cast, plan):
    topic = plan.findings.get(kind="topic", data__number="1.1")
    done = services.confirm_group(actor=cast.office, plan=plan, topic=topic.position)
    assert done.confirmed == 2
    assert set(plan.findings.filter(state=CONFIRMED).values_list("kind", flat=True)) == {"topic", "task"}


def test_a_name_answered_once_is_answered_wherever_it_is_printed(cast, plan):
    second, third = plan.findings.filter(kind="task")[1:3]
    question = second.question
    question["choices"] = [{"label": "Phòng TCCB", "audience": {"units": [cast.phong_tccb.pk]}}]
    second.question = question
    second.save()
    settled = services.answer_question(actor=cast.office, finding=second, choice=0)
    assert settled == 2
    second.refresh_from_db()
    third.refresh_from_db()
    assert second.data["lead"][0] == {
        "as_printed": "Phòng CTHSSV",
        "audience": {"classes": [], "units": [cast.phong_tccb.pk], "except": []},
    }
    assert second.state == CONFIRMED
    assert third.question is None
    assert third.state == PROPOSED
    assert "choices" not in third.data["support"][0]
    with pytest.raises(Conflict):
        services.answer_question(actor=cast.office, finding=second, choice=0)


def test_a_name_that_is_no_unit_of_ours_stays_as_words(cast, plan):
    second = plan.findings.filter(kind="task")[1]
    services.answer_question(actor=cast.office, finding=second, choice=-1)
    second.refresh_from_db()
    assert second.data["lead"][0] == {"as_printed": "Phòng CTHSSV", "audience": {}}
    assert second.state == CONFIRMED


def test_answering_for_whom_confirms_and_an_unknown_choice_does_nothing(cast, plan):
    row = one(plan, "quota")
    choices = [{"label": "Trực thuộc", "audience": {"classes": ["truc-thuoc"]}}]
    row.question = {"kind": "audience", "name": "", "choices": choices}
    row.data["audience"] = {}
    row.save()
    with pytest.raises(InvalidInput):
        services.answer_question(actor=cast.office, finding=row, choice=5)
    with pytest.raises(InvalidInput):
        services.confirm_finding(actor=cast.office, finding=row)
    assert services.answer_question(actor=cast.office, finding=row, choice=0) == 1
    row.refresh_from_db()
    assert (row.state, row.question) == (CONFIRMED, None)
    assert row.data["audience"]["classes"] == ["truc-thuoc"]


def test_each_unsure_name_of_a_duty_is_asked_once_and_for_all_duties(cast, plan):
    first, second = plan.findings.filter(kind="quota")
    for row, names in ((first, ["Phòng GD&ĐT", "các trường"]), (second, ["các trường"])):
        row.data["names"] = [
            {
                "as_printed": name,
                "audience": {},
                "choices": [{"label": name, "audience": {"classes": [f"lop-{name[:3]}"]}}],
            }
            for name in names
        ]
        row.data["audience"] = {}
        row.question = name_question(row.data)
        row.save()
    assert services.answer_question(actor=cast.office, finding=first, choice=0) == 1
    first.refresh_from_db()
    assert (first.state, first.question["name"]) == (PROPOSED, "các trường")
    assert services.answer_question(actor=cast.office, finding=first, choice=0) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.question) == (CONFIRMED, None)
    assert first.data["audience"]["classes"] == ["lop-Phò", "lop-các"]
    assert (second.state, second.question) == (PROPOSED, None)
    assert second.data["audience"]["classes"] == ["lop-các"]


@pytest.mark.parametrize(("choice", "kept"), [(0, "earlier"), (1, "later")])
def test_of_two_days_for_one_duty_one_is_kept(cast, choice, kept):
    plan = make_plan(cast.so, status=PlanStatus.CHECKING)
    data = {"title": "Báo cáo", "period": "month", "audience": {"units": [cast.van_phong.pk]}}
    earlier = make_finding(plan, FindingKind.RECURRING, data=data | {"due_day": 25})
    later = make_finding(
        plan,
        FindingKind.RECURRING,
        data=data | {"due_day": 20},
        question={"kind": "conflict", "other": earlier.position, "values": [25, 20]},
    )
    assert services.answer_question(actor=cast.office, finding=later, choice=choice) == 2
    earlier.refresh_from_db()
    later.refresh_from_db()
    states = {"earlier": earlier.state, "later": later.state}
    assert states.pop(kept) == CONFIRMED
    assert set(states.values()) == {DISMISSED}


def test_what_the_reader_missed_is_marked_in_the_text(cast, plan):
    text = plan.documents.get().text
    start = text.index("Thông tin về thư viện số")
    row = services.add_finding(
        actor=cast.office,
        plan=plan,
        kind=FindingKind.QUOTA,
        start=start,
        end=start + 24,
        values={
            "title": "Video thư viện số",
            "count": 1,
            "noun": "video",
            "period": "quarter",
            "proof": "story",
            "audience": {"classes": ["truc-thuoc"]},
        },
    )
    row.refresh_from_db()
    assert (row.position, row.quote, row.added, row.state) == (17, "Thông tin về thư viện số", True, CONFIRMED)
    assert row.line is not None
    assert row.original == {}


@pytest.mark.parametrize(("start", "end"), [(10, 5), (-1, 4), (0, 10_000_000)])
def test_a_span_outside_the_text_is_refused(cast, plan, start, end):
    with pytest.raises(InvalidInput):
        services.add_finding(
            actor=cast.office, plan=plan, kind=FindingKind.TOPIC, start=start, end=end, values={"title": "x"}
        )
    with pytest.raises(InvalidInput):
        services.add_finding(
            actor=cast.office, plan=plan, kind=FindingKind.BASIS, start=None, end=None, values={"number": "1"}
        )
    assert plan.findings.count() == 16


def test_the_head_can_be_set_and_judges_citations_again(cast, plan):
    basis = plan.findings.get(data__number="07/CT-TTg")
    assert basis.warning is None
    services.update_header(
        actor=cast.office, plan=plan, values={"signed_on": dt.date(2023, 1, 5), "number": "  1/KH-SGDĐT "}
    )
    basis.refresh_from_db()
    plan.refresh_from_db()
    assert basis.warning["code"] == "basis.later"
    assert plan.number == "1/KH-SGDĐT"
    services.update_header(actor=cast.office, plan=plan, values={"signed_on": dt.date(2026, 1, 12)})
    basis.refresh_from_db()
    assert basis.warning is None
    with pytest.raises(InvalidInput):
        services.update_header(actor=cast.office, plan=plan, values={"ends_on": dt.date(2020, 1, 1)})


def test_an_issued_plan_is_read_only(cast, plan):
    row = one(plan, "topic")
    plan.status = PlanStatus.ISSUED
    plan.save()
    for call in (
        lambda: services.confirm_finding(actor=cast.office, finding=row),
        lambda: services.dismiss_finding(actor=cast.office, finding=row),
        lambda: services.edit_finding(actor=cast.office, finding=row, values={"title": "x"}),
        lambda: services.confirm_group(actor=cast.office, plan=plan),
        lambda: services.update_header(actor=cast.office, plan=plan, values={"title": "x"}),
    ):
        with pytest.raises(Conflict):
            call()
    row.refresh_from_db()
    assert row.state == PROPOSED


def test_a_finding_gone_with_a_newer_reading_says_so(cast, plan):
    row = one(plan, "topic")
    Finding.objects.filter(pk=row.pk).delete()
    with pytest.raises(NotFound):
        services.confirm_finding(actor=cast.office, finding=row)
