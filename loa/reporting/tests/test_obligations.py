"""What a unit owes, counted from stories and from what is added by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans.models import Topic
from loa.plans.rules import Proof
from loa.plans.rules.directives import genres_of
from loa.plans.selectors.changes import terms_of
from loa.reporting.models import Evidence
from loa.reporting.rules import State, slots
from loa.reporting.selectors.board import board, by_child, coverage, coverage_rows
from loa.reporting.selectors.obligations import unit_obligations, unit_owing
from loa.reporting.services.evidence import (
    evidence_add,
    evidence_refuse,
    recount,
    remind,
    story_counted,
    story_recounted,
    story_uncounted,
)
from loa.reporting.tests.conftest import make_directive, make_story

D = dt.date


def states(unit, day: str) -> list[tuple[str, State]]:
    return [(o.slot.label, o.state) for o in unit_obligations(unit, day=D.fromisoformat(day))]


def test_each_quarter_begun_is_an_obligation_and_an_empty_one_falls_overdue(cast, quota):
    assert states(cast.school, "2026-05-10") == [
        ("quý I/2026", State.OVERDUE),
        ("quý II/2026", State.PENDING),
    ]


def test_a_unit_outside_the_audience_owes_nothing(cast, quota):
    assert states(cast.xa, "2026-05-10") == []
    assert states(cast.van_phong, "2026-05-10") == []


def test_a_published_story_counts_by_itself_in_the_quarter_of_its_publication(cast, quota):
    story = make_story(cast.school, cast.owner, "2026-03-31")
    story_counted(story=story, actor=cast.editor)
    assert states(cast.school, "2026-05-10") == [("quý I/2026", State.MET), ("quý II/2026", State.PENDING)]
    assert states(cast.primary, "2026-05-10")[0] == ("quý I/2026", State.OVERDUE)


def test_counting_twice_counts_once(cast, quota):
    story = make_story(cast.school, cast.owner, "2026-02-01")
    assert len(story_counted(story=story, actor=None)) == 1
    assert story_counted(story=story, actor=None) == []
    assert Evidence.objects.count() == 1


def test_a_withdrawn_story_no_longer_counts_and_counts_again_when_it_returns(cast, quota):
    story = make_story(cast.school, cast.owner, "2026-02-01")
    story_counted(story=story, actor=None)
    assert story_uncounted(story=story, actor=cast.chief) == 1
    assert states(cast.school, "2026-05-10")[0][1] is State.OVERDUE
    story_counted(story=story, actor=None)
    assert states(cast.school, "2026-05-10")[0][1] is State.MET


@pytest.mark.parametrize(
    ("noun", "counting"), [("bài", "article"), ("thông báo", "notice"), ("phóng sự", "feature")]
)
def test_a_notice_counts_where_a_plan_asks_for_notices_and_nowhere_else(cast, plan, noun, counting):
    make_directive(plan, noun=noun, genres=genres_of(noun, Proof.STORY))
    for genre in ("article", "notice", "feature"):
        if noun == "bài" and genre == "feature":
            continue  # of "bài", anything written counts
        story = make_story(cast.school, cast.owner, "2026-05-10", genre=genre)
        assert len(story_counted(story=story, actor=None)) == (genre == counting)


def test_a_draft_counts_for_nothing(cast, quota):
    story = make_story(cast.school, cast.owner, "2026-02-01", live=False)
    assert story_counted(story=story, actor=None) == []


def test_a_quota_on_a_topic_counts_only_its_stories_also_after_a_change(cast, plan):
    swimming = Topic.objects.get(plan=plan, number="2")
    directive = make_directive(plan, topic=swimming)
    other = make_story(cast.school, cast.owner, "2026-02-01", topic=Topic.objects.get(plan=plan, number="1"))
    assert story_counted(story=other, actor=None) == []
    other.topic = swimming
    other.save()
    story_recounted(story=other, actor=cast.editor)
    assert [e.directive for e in Evidence.objects.filter(refused_at=None)] == [directive]
    other.topic = None
    other.save()
    story_recounted(story=other, actor=cast.editor)
    assert not Evidence.objects.filter(refused_at=None).exists()


def test_a_school_founded_in_the_quarter_owes_its_share(cast, plan):
    make_directive(plan, count=4)
    young = make_unit("Trường THCS Mới", Kind.THCS, cast.xa, founded_on=D(2026, 5, 16))
    (only,) = unit_obligations(young, day=D(2026, 6, 1))
    assert (only.slot.label, only.owed) == ("quý II/2026", 2)


def test_a_closed_school_owes_nothing_after_its_end(cast, plan):
    make_directive(plan)
    gone = make_unit("Trường THCS Cũ", Kind.THCS, cast.xa, closed_on=D(2026, 4, 5))
    assert [o.slot.label for o in unit_obligations(gone, plan=plan, day=D(2026, 9, 1))] == ["quý I/2026"]


def test_home_shows_what_is_overdue_and_the_present_quarter_worst_first(cast, quota):
    story_counted(story=make_story(cast.school, cast.owner, "2026-01-10"), actor=None)
    owing = unit_owing(cast.school, day=D(2026, 8, 1))
    assert [(o.slot.label, o.state) for o in owing.obligations] == [
        ("quý II/2026", State.OVERDUE),
        ("quý III/2026", State.PENDING),
    ]


def test_stories_from_before_the_issue_of_the_plan_are_counted_afterwards_once(cast, quota, plan):
    make_story(cast.school, cast.owner, "2026-01-10")
    make_story(cast.thpt, cast.outsider, "2026-02-10")
    make_story(cast.xa, cast.commune, "2026-02-10")  # a commune owes no story here
    assert recount(plan=plan) == 2
    assert recount(plan=plan) == 0


# — evidence added by hand ——————————————————————————————————————————————————————————————


@pytest.fixture
def press(plan):
    """Two press pieces a year, owed by every school."""
    return make_directive(plan, title="02 bài/năm trên báo chí", count=2, period="year", proof="press")


def add(cast, directive, **fields):
    values = {
        "actor": cast.owner,
        "unit": cast.school,
        "directive": directive,
        "slot": slots(terms_of(directive))[0],
        "kind": "clipping",
        "on": D(2026, 4, 2),
        "title": "Tủ sách bên suối",
        "url": "https://baosonglam.example/tu-sach?utm_source=zalo",
        "outlet": "Báo Sông Lam",
    }
    return evidence_add(**{**values, **fields})


def test_a_clipping_counts_and_is_logged(cast, press, at):
    with at("2026-05-10"):
        evidence = add(cast, press)
        assert unit_obligations(cast.school)[0].state is State.DOING
    assert LogEntry.objects.get(action="reporting.evidence.added").object_id == evidence.pk


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"on": D(2026, 5, 11)}, InvalidInput, "on"),
        ({"on": D(2025, 12, 31)}, InvalidInput, "on"),
        ({"url": ""}, InvalidInput, "url"),
        ({"kind": "file", "url": ""}, InvalidInput, "file"),
        ({"kind": "story"}, InvalidInput, "kind"),
    ],
)
def test_what_cannot_be_proof_is_refused_and_nothing_is_written(cast, press, at, fields, error, field):
    with at("2026-05-10"), pytest.raises(error) as caught:
        add(cast, press, **fields)
    assert caught.value.field == field
    assert not Evidence.objects.exists()
    assert not LogEntry.objects.filter(action="reporting.evidence.added").exists()


def test_one_article_proves_once_even_at_another_unit(cast, press, at):
    with at("2026-05-10"):
        add(cast, press)
        with pytest.raises(Conflict, match="Trường THCS Sơn Thượng"):
            add(cast, press, actor=cast.outsider, unit=cast.thpt, url="http://www.baosonglam.example/tu-sach/#x")
    assert Evidence.objects.count() == 1


def test_a_file_is_believed_by_its_content_not_its_name(cast, press, at):
    good = SimpleUploadedFile("bao-giay.pdf", b"%PDF-1.7 ...")
    bad = SimpleUploadedFile("bao-giay.pdf", b"MZ\x90 not a pdf")
    with at("2026-05-10"):
        add(cast, press, kind="file", url="", file=good)
        with pytest.raises(InvalidInput, match="không đúng với đuôi"):
            add(cast, press, kind="file", url="", file=bad)
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("who", ["outsider", "commune", "editor", "director"])
def test_nobody_adds_for_a_unit_that_is_not_theirs(cast, press, at, who):
    with at("2026-05-10"), pytest.raises(Refused):
        add(cast, press, actor=getattr(cast, who))
    assert not Evidence.objects.exists()


def test_the_office_may_refuse_a_proof_with_a_reason_and_the_unit_is_told(cast, press, at):
    with at("2026-05-10"):
        evidence = add(cast, press)
        with pytest.raises(InvalidInput):
            evidence_refuse(actor=cast.office, evidence=evidence, reason="  ")
        evidence_refuse(actor=cast.office, evidence=evidence, reason="Bài không nói về trường.")
        assert unit_obligations(cast.school)[0].state is State.PENDING
        with pytest.raises(Conflict):
            evidence_refuse(actor=cast.office, evidence=evidence, reason="Lần nữa")
        add(cast, press)  # the same link may be given again: perhaps for better reasons
    told = set(Notice.objects.filter(code="reporting.evidence.refused").values_list("user", flat=True))
    assert told == {cast.owner.pk, cast.colleague.pk, cast.lead.pk}


def test_a_neighbour_may_not_refuse(cast, press, at):
    with at("2026-05-10"):
        evidence = add(cast, press)
        with pytest.raises(Refused):
            evidence_refuse(actor=cast.outsider_lead, evidence=evidence, reason="x")
    evidence.refresh_from_db()
    assert evidence.refused_at is None


def test_a_reminder_reaches_each_person_once_a_day(cast, plan, at):
    with at("2026-05-10"):
        assert remind(actor=cast.office, plan=plan, units=[cast.school]) == 3
        assert remind(actor=cast.office, plan=plan, units=[cast.school]) == 0
        Notice.objects.update(read_at=clock.now())
        assert remind(actor=cast.office, plan=plan, units=[cast.school]) == 0, "read or not, once a day"
        with pytest.raises(Refused):
            remind(actor=cast.owner, plan=plan, units=[cast.thpt])
        with pytest.raises(Refused):
            remind(actor=cast.commune, plan=plan, units=[cast.school, cast.thpt])
    assert Notice.objects.filter(code="reporting.reminder").count() == 3


def test_reminding_all_who_are_late_costs_what_reminding_one_costs(cast, plan, at, django_assert_max_num_queries):
    many = [make_unit(parent=cast.xa) for _number in range(30)]
    for unit in many:
        make_user("", (Role.UNIT_LEAD, unit))
    with at("2026-05-10"):
        with CaptureQueriesContext(connection) as one:
            assert remind(actor=cast.office, plan=plan, units=[cast.school]) == 3
        with django_assert_max_num_queries(len(one)):
            assert remind(actor=cast.office, plan=plan, units=[cast.school, *many]) == 30
    assert LogEntry.objects.filter(action="reporting.reminded", unit_id__in=[u.pk for u in many]).count() == 30


# — the board ———————————————————————————————————————————————————————————————————————————


def test_the_board_lists_who_owes_worst_first(cast, quota, plan):
    story_counted(story=make_story(cast.thpt, cast.outsider, "2026-05-01"), actor=None)
    story_counted(story=make_story(cast.thpt, cast.outsider, "2026-01-05"), actor=None)
    result = board(plan, top=cast.so, day=D(2026, 5, 10))
    assert [(row.rate, row.overdue) for row in result.rows] == [(0, 1), (0, 1), (100, 0)]
    assert result.rows[-1].name == "Trường THPT Lam Giang"
    assert {row.name for row in result.late} == {"Trường Tiểu học Sơn Hạ", "Trường THCS Sơn Thượng"}
    debt = next(row for row in result.rows if row.unit_id == cast.school.pk).cells[0]
    assert (debt.slot.label, debt.state) == ("quý I/2026", State.OVERDUE)


def test_the_board_of_a_commune_shows_only_what_is_below_it(cast, quota, plan):
    result = board(plan, top=cast.xa, day=D(2026, 5, 10))
    assert {row.unit_id for row in result.rows} == {cast.school.pk, cast.primary.pk}


def test_the_board_finds_units_without_diacritics(cast, quota, plan):
    result = board(plan, top=cast.so, day=D(2026, 5, 10), query="son thuong")
    assert [row.unit_id for row in result.rows] == [cast.school.pk]


def test_sums_by_commune(cast, quota, plan):
    story_counted(story=make_story(cast.school, cast.owner, "2026-05-01"), actor=None)
    groups = {
        g.name: (g.owed, g.done, g.units, g.late)
        for g in by_child(board(plan, top=cast.so, day=D(2026, 5, 10)), cast.so)
    }
    assert groups["Xã Mường Sai"] == (4, 1, 2, 2)


def test_coverage_counts_published_stories_by_topic_and_month_in_vietnamese_days(cast, plan):
    topic = Topic.objects.get(plan=plan, number="1")
    make_story(cast.school, cast.owner, "2026-03-31", topic=topic)
    make_story(cast.school, cast.owner, "2026-03-01", topic=topic)
    make_story(cast.school, cast.owner, "2026-03-01", topic=topic, live=False)
    first, second = coverage(plan, top=cast.so, day=D(2026, 4, 2))
    assert [m.count for m in first.months][:4] == [0, 0, 2, 0]
    assert [(m.past, m.now) for m in first.months][2:5] == [(True, False), (False, True), (False, False)]
    assert second.total == 0


def test_the_matrix_has_the_targets_of_the_unit_that_issued_the_plan_alone(cast, plan):
    topic = Topic.objects.get(plan=plan, number="1")
    make_directive(plan, title="Mỗi tháng 2 bài", count=2, period="month", topic=topic)
    make_story(cast.school, cast.owner, "2026-03-01", topic=topic)
    lines = coverage(plan, top=cast.so, day=D(2026, 4, 2))
    first, second = coverage_rows(lines, own=True)
    assert [(c["done"], c["target"], c["future"], c["watch"]) for c in first["cells"]][2:5] == [
        (1, 2, False, False),
        (0, 2, False, True),
        (0, 2, True, False),
    ]
    assert [c["month"] for c in first["cells"] if not c["far"]] == [2, 3, 4, 5]
    assert (first["done"], first["target"], second["target"]) == (1, 24, 0)
    others, _second = coverage_rows(lines, own=False)
    assert {(c["target"], c["watch"]) for c in others["cells"]} == {(0, False)}
    assert (others["done"], others["target"]) == (1, 0)


def test_the_board_asks_the_same_number_of_questions_whatever_its_size(cast, quota, plan):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            by_child(board(plan, top=cast.so, day=D(2026, 5, 10)), cast.so)
            coverage(plan, top=cast.so, day=D(2026, 5, 10))
        return len(queries)

    few = count()
    for number in range(30):
        unit = make_unit(f"Trường Tiểu học {number}", Kind.TIEU_HOC, cast.xa)
        writer = make_user("", (Role.CONTRIBUTOR, unit))
        story_counted(story=make_story(unit, writer, "2026-05-02"), actor=None)
    assert count() == few


def test_when_directives_come_into_force_a_job_counts_what_was_public_before(
    cast, quota, plan, django_capture_on_commit_callbacks
):
    from loa.plans.events import directives_in_force, emit

    make_story(cast.school, cast.owner, "2026-01-10")
    with django_capture_on_commit_callbacks(execute=True):
        emit(directives_in_force, plan=plan)
    assert Evidence.objects.get().unit == cast.school


def test_a_weekly_duty_is_late_after_its_weekday(plan, cast):
    make_directive(plan, kind="recurring", title="Điểm tin", period="week", proof="report", due_day=5)
    on = {
        day: {o.slot.due: o.state for o in unit_obligations(cast.school, day=D.fromisoformat(day))}
        for day in ("2026-03-13", "2026-03-14")
    }
    friday = D(2026, 3, 13)
    assert friday.isoweekday() == 5
    assert {due.isoweekday() for due in on["2026-03-13"]} == {5}
    assert on["2026-03-13"][friday] is not State.OVERDUE
    assert on["2026-03-14"][friday] is State.OVERDUE
