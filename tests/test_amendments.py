"""Amendments: what was owed stays as it was, what is owed now is right, no proof is lost or doubled."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.core import clock
from loa.newsroom.events import story_published
from loa.org.models import UnitClass
from loa.org.rules import SCHOOLS, Kind
from loa.org.services.reorganise import unit_merge
from loa.org.services.units import unit_reparent
from loa.org.tests.factories import make_unit
from loa.plans import services
from loa.plans.models import Directive
from loa.plans.tests.factories import make_plan
from loa.plans.ui import consequences
from loa.reporting.models import Evidence
from loa.reporting.rules import Life, Slot, State, owed_by_parts
from loa.reporting.selectors.board import board
from loa.reporting.selectors.obligations import unit_obligations, unit_owing
from loa.reporting.services.evidence import evidence_add, recount, story_recounted
from loa.reporting.tests.conftest import make_directive, make_story

D = dt.date


@pytest.fixture
def plan(cast):
    """Issued by the Sở for 2026; "schools" are all schools."""
    kinds = sorted(SCHOOLS)
    UnitClass.objects.update_or_create(
        code="schools", defaults={"label": "schools", "kinds": kinds, "depth": None}
    )
    return make_plan(cast.so)


@pytest.fixture
def four(plan):
    """Four stories a quarter, owed by every school."""
    return make_directive(plan, count=4)


def amend(cast, plan, day: str, *, entered: str = "", number: str = "2", **values):
    """Alter the current version of the only directive from `day` on (values None: cancel it)."""
    with clock.frozen(entered or day):
        amendment = services.amendment_start(
            actor=cast.office, plan=plan,
            values={
                "number": f"{number}/KH-SGDĐT", "title": "Điều chỉnh", "signed_on": D.fromisoformat(day),
                "effective_on": D.fromisoformat(day), "reason": "Theo chỉ đạo mới",
            },
        )  # fmt: skip
        directive = plan.directives.get(valid_to=None)
        services.change_directive(
            actor=cast.office, amendment=amendment, directive=directive, values=values or None
        )
        services.issue_amendment(actor=cast.office, amendment=amendment)
    return amendment


def publish(unit, author, day: str):
    story = make_story(unit, author, day)
    with clock.frozen(day):
        for listener in story_published:
            listener(story=story, actor=author)
    return story


def seen(unit, day: str) -> list[tuple[str, int, int, str]]:
    return [
        (o.slot.label, o.owed, o.total, o.state.value) for o in unit_obligations(unit, day=D.fromisoformat(day))
    ]


def cells(plan, top, unit, day: str):
    (row,) = [r for r in board(plan, top=top, day=D.fromisoformat(day)).rows if r.unit_id == unit.pk]
    return [(c.slot.label, c.owed, c.total) for c in row.cells if c]


# — the arithmetic ————————————————————————————————————————————————————————————————————

SLOT = Slot(D(2026, 4, 1), D(2026, 6, 30), D(2026, 6, 30), "quý II/2026")
THERE = [Life(1, D(2020, 1, 1))]


def test_by_days_rounded_half_up():
    middle = D(2026, 5, 16)
    both = [(4, SLOT.start, D(2026, 5, 15), THERE), (6, middle, SLOT.end, THERE)]
    assert owed_by_parts(both, SLOT) == 5
    joined = [Life(1, middle)]
    assert owed_by_parts([(4, SLOT.start, D(2026, 5, 15), joined), (6, middle, SLOT.end, joined)], SLOT) == 3


@given(st.integers(0, 90), st.integers(1, 20), st.integers(1, 20))
def test_a_mixed_share_lies_between_the_two_numbers(days, old, new):
    cut = SLOT.start + dt.timedelta(days=days)
    share = owed_by_parts(
        [(old, SLOT.start, cut - dt.timedelta(days=1), THERE), (new, cut, SLOT.end, THERE)], SLOT
    )
    assert min(old, new) <= share <= max(old, new)
    if days == 0:
        assert share == new


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=3), st.integers(1, 9))
def test_a_change_to_the_same_number_changes_nothing(spans, count):
    lives = [Life(1, SLOT.start + dt.timedelta(days=a), SLOT.start + dt.timedelta(days=b + 1))
             for a, b in spans[:1] if a <= b]  # fmt: skip
    whole = owed_by_parts([(count, SLOT.start, SLOT.end, lives)], SLOT)
    cut = D(2026, 5, 7)
    parts = [(count, SLOT.start, D(2026, 5, 6), lives), (count, cut, SLOT.end, lives)]
    assert owed_by_parts(parts, SLOT) == whole


# — a new number ——————————————————————————————————————————————————————————————————————


def test_a_new_number_is_prorated_in_the_running_period_and_the_past_stays(cast, plan, four):
    for day in ("2026-02-03", "2026-04-10", "2026-04-20"):
        publish(cast.school, cast.owner, day)
    before = {day: seen(cast.school, day) for day in ("2026-03-31", "2026-05-10", "2026-05-15")}
    boards = {day: cells(plan, cast.so, cast.school, day) for day in before}
    amend(cast, plan, "2026-05-16", count=6)
    assert {day: seen(cast.school, day) for day in before} == before
    assert {day: cells(plan, cast.so, cast.school, day) for day in before} == boards
    assert before["2026-05-15"] == [("quý I/2026", 4, 1, "overdue"), ("quý II/2026", 4, 2, "doing")]
    assert seen(cast.school, "2026-05-16") == [("quý I/2026", 4, 1, "overdue"), ("quý II/2026", 5, 2, "doing")]
    assert seen(cast.school, "2026-07-01")[1:] == [
        ("quý II/2026", 5, 2, "overdue"), ("quý III/2026", 6, 0, "pending")
    ]  # fmt: skip
    assert cells(plan, cast.so, cast.school, "2026-07-01") == [("quý II/2026", 5, 2)]
    assert len(board(plan, top=cast.so, day=D(2026, 7, 1)).columns) == 1


def test_what_counted_before_counts_on_once(cast, plan, four):
    publish(cast.school, cast.owner, "2026-04-10")
    amend(cast, plan, "2026-05-16", count=6)
    publish(cast.school, cast.owner, "2026-05-20")
    with clock.frozen("2026-05-21"):
        assert recount(plan=plan) == 0
    assert Evidence.objects.count() == 2
    assert seen(cast.school, "2026-05-21")[-1] == ("quý II/2026", 5, 2, "doing")


def test_a_late_story_for_an_old_period_goes_to_the_old_period(cast, plan, four):
    amend(cast, plan, "2026-05-16", count=6)
    publish(cast.school, cast.owner, "2026-03-30")
    with clock.frozen("2026-06-01"):
        recount(plan=plan)
    assert seen(cast.school, "2026-06-01") == [("quý I/2026", 4, 1, "overdue"), ("quý II/2026", 5, 0, "pending")]


def test_two_amendments_in_one_period(cast, plan, four):
    amend(cast, plan, "2026-05-01", count=6)
    amend(cast, plan, "2026-06-01", number="3", count=2)
    whole = (4 * 30 + 6 * 31 + 2 * 30) / 91
    assert seen(cast.school, "2026-06-02")[-1][1] == round(whole)
    assert seen(cast.school, "2026-05-02")[-1][1] == round((4 * 30 + 6 * 61) / 91)
    versions = Directive.objects.order_by("pk")
    assert [(v.count, v.line_id, v.valid_from, v.valid_to) for v in versions] == [
        (4, None, None, D(2026, 5, 1)),
        (6, four.pk, D(2026, 5, 1), D(2026, 6, 1)),
        (2, four.pk, D(2026, 6, 1), None),
    ]
    assert versions[2].supersedes == versions[1]


def test_a_change_of_the_kind_of_period_waits_for_the_next_one(cast, plan, four):
    publish(cast.school, cast.owner, "2026-04-10")
    amend(cast, plan, "2026-05-16", period="month", count=2)
    assert seen(cast.school, "2026-06-15")[-1] == ("quý II/2026", 4, 1, "doing")
    assert seen(cast.school, "2026-07-15")[-1] == ("tháng 7/2026", 2, 0, "pending")
    labels = [line[0] for line in seen(cast.school, "2026-08-15")]
    assert labels == ["quý I/2026", "quý II/2026", "tháng 7/2026", "tháng 8/2026"]


def test_a_finer_period_becomes_a_coarser_one_without_a_gap(cast, plan):
    make_directive(plan, period="month", count=1)
    amend(cast, plan, "2026-05-16", period="quarter", count=3)
    labels = [line[0] for line in seen(cast.school, "2026-08-15")]
    assert labels == [f"tháng {m}/2026" for m in range(1, 7)] + ["quý III/2026"]


# — deadlines, audiences, cancelling ——————————————————————————————————————————————————


def test_an_extended_deadline_is_late_then_and_in_time_now(cast, plan):
    make_directive(plan, kind="deadline", period="", proof="other", due_on=D(2026, 5, 30), count=1)
    amend(cast, plan, "2026-06-05", due_on=D(2026, 7, 31))
    assert seen(cast.school, "2026-06-01") == [("", 1, 0, "overdue")]
    assert seen(cast.school, "2026-06-05") == [("", 1, 0, "pending")]
    with clock.frozen("2026-06-20"):
        (item,) = unit_owing(cast.school).obligations
        evidence_add(
            actor=cast.owner, unit=cast.school, directive=item.directive, slot=item.slot, kind="link",
            on=D(2026, 6, 20), title="Đã gửi", url="https://a.vn/1",
        )  # fmt: skip
        assert seen(cast.school, "2026-06-20") == [("", 1, 1, "met")]
    assert seen(cast.school, "2026-06-01") == [("", 1, 0, "overdue")]


def test_a_new_audience_owes_by_days(cast, plan, four):
    UnitClass.objects.update_or_create(
        code="thpt", defaults={"label": "thpt", "kinds": [Kind.THPT], "depth": None}
    )
    publish(cast.school, cast.owner, "2026-04-10")
    amend(cast, plan, "2026-05-16", audience={"classes": ["thpt"]})
    assert seen(cast.school, "2026-06-01") == [("quý I/2026", 4, 0, "overdue"), ("quý II/2026", 2, 1, "doing")]
    assert seen(cast.school, "2026-08-01")[-1][0] == "quý II/2026"
    assert seen(cast.thpt, "2026-08-01")[-1] == ("quý III/2026", 4, 0, "pending")
    publish(cast.school, cast.owner, "2026-06-10")
    assert seen(cast.school, "2026-06-11")[-1][2] == 1, "no longer meant on that day"


def test_cancelled_the_running_period_is_dropped_and_debts_stay(cast, plan, four):
    before = seen(cast.school, "2026-05-15")
    amend(cast, plan, "2026-05-16")
    assert seen(cast.school, "2026-05-15") == before
    assert seen(cast.school, "2026-06-01") == [("quý I/2026", 4, 0, "overdue")]
    assert cells(plan, cast.so, cast.school, "2026-06-01") == [("quý I/2026", 4, 0)]
    with clock.frozen("2026-06-01"):
        assert [o.state for o in unit_owing(cast.school).obligations] == [State.OVERDUE]


def test_what_is_decided_for_later_changes_nothing_before(cast, plan, four):
    amend(cast, plan, "2026-07-01", entered="2026-05-10", count=9)
    assert Directive.objects.count() == 1
    with clock.frozen("2026-06-30"):
        assert services.apply_due_changes() == 0
    with clock.frozen("2026-07-01"):
        assert services.apply_due_changes() == 1
        assert services.apply_due_changes() == 0
    assert seen(cast.school, "2026-06-30")[-1][1] == 4
    assert seen(cast.school, "2026-07-01")[-1][1] == 9


def test_a_branch_limits_a_class(cast, plan):
    other = make_unit("Xã Khe Lau", Kind.UBND_XA, cast.so)
    far = make_unit("Trường THCS Khe Lau", Kind.THCS, other)
    make_directive(plan, count=4, audience={"classes": ["schools"], "under": [cast.xa.pk]})
    assert len(seen(cast.school, "2026-02-01")) == 1
    assert seen(far, "2026-02-01") == []
    assert seen(cast.thpt, "2026-02-01") == []
    with clock.frozen("2026-04-16"):
        unit_reparent(actor=cast.admin, unit=cast.school, parent=other, on=D(2026, 5, 16), decision="1")
    assert [o[:2] for o in seen(cast.school, "2026-09-20")] == [("quý I/2026", 4), ("quý II/2026", 2)]


def test_a_unit_named_singly_is_carried_on_by_its_successor(cast, plan):
    make_directive(plan, count=4, audience={"units": [cast.school.pk]})
    publish(cast.school, cast.owner, "2026-04-10")
    before = seen(cast.school, "2026-05-01")
    with clock.frozen("2026-05-16"):
        unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=D(2026, 5, 16), decision="9")
    assert seen(cast.school, "2026-05-01") == before
    assert seen(cast.primary, "2026-05-01") == []
    assert seen(cast.primary, "2026-05-20") == [("quý II/2026", 2, 0, "pending")]
    rows = {r.unit_id: [c.owed for c in r.cells if c] for r in board(plan, top=cast.so, day=D(2026, 5, 20)).rows}
    assert rows[cast.primary.pk] == [2]


# — days that are past ————————————————————————————————————————————————————————————————


def everywhere(plan, unit, top, day: str) -> list[tuple[str, str, str]]:
    """(period, due day, state) as the unit's list, the unit's home and the board of the office have it."""
    when = D.fromisoformat(day)

    def told(those):
        return [(one.slot.label, one.slot.due.strftime("%d/%m"), one.state.value) for one in those if one]

    listed, home = told(unit_obligations(unit, day=when)), told(unit_owing(unit, day=when).obligations)
    rows = [row for row in board(plan, top=top, day=when).rows if row.unit_id == unit.pk]
    shown = told(cell for row in rows for cell in row.cells)
    assert set(home) <= set(listed)
    assert set(shown) <= set(listed)
    assert {one for one in listed if one[2] == "overdue"} <= set(home)
    return shown or listed[-1:]


def test_an_earlier_day_makes_nobody_late_for_a_day_that_was_past(cast, plan):
    make_directive(plan, period="month", due_day=25, starts_on=D(2026, 3, 1))
    amend(cast, plan, "2026-03-10", due_day=5)
    assert everywhere(plan, cast.school, cast.so, "2026-03-10") == [("tháng 3/2026", "25/03", "pending")]
    assert everywhere(plan, cast.school, cast.so, "2026-03-26") == [("tháng 3/2026", "25/03", "overdue")]
    publish(cast.school, cast.owner, "2026-03-20")
    assert everywhere(plan, cast.school, cast.so, "2026-04-02") == [("tháng 4/2026", "05/04", "pending")]
    assert everywhere(plan, cast.school, cast.so, "2026-04-06") == [("tháng 4/2026", "05/04", "overdue")]


def test_who_comes_after_the_day_owes_nothing_for_it(cast, plan):
    only = {"classes": [], "units": [cast.thpt.pk], "except": []}
    make_directive(plan, kind="recurring", period="month", due_day=5, starts_on=D(2026, 3, 1), audience=only)
    amend(cast, plan, "2026-03-10", audience=only | {"units": [cast.thpt.pk, cast.school.pk]})
    assert seen(cast.school, "2026-03-31") == []
    assert seen(cast.school, "2026-04-02") == [("tháng 4/2026", 1, 0, "pending")]
    assert seen(cast.thpt, "2026-03-31") == [("tháng 3/2026", 1, 0, "overdue")]


def test_a_number_raised_after_the_day_is_owed_from_the_next_period_on(cast, plan):
    make_directive(plan, period="month", due_day=5, starts_on=D(2026, 3, 1), count=2)
    for day in ("2026-03-02", "2026-03-03"):
        publish(cast.school, cast.owner, day)
    amend(cast, plan, "2026-03-10", count=6)
    assert seen(cast.school, "2026-03-31") == [("tháng 3/2026", 2, 2, "met")]
    assert seen(cast.school, "2026-04-01")[-1] == ("tháng 4/2026", 6, 0, "pending")


def test_what_is_cancelled_after_its_day_is_still_missing(cast, plan):
    make_directive(plan, kind="recurring", period="week", due_day=2, starts_on=D(2026, 3, 9))
    amend(cast, plan, "2026-03-13")
    assert everywhere(plan, cast.school, cast.so, "2026-03-20") == [("tuần 11/2026", "10/03", "overdue")]
    publish(cast.school, cast.owner, "2026-03-14")
    assert [state for *_rest, state in seen(cast.school, "2026-03-20")] == ["late"]


# — another word for what is counted ——————————————————————————————————————————————————————


def test_an_amended_noun_counts_what_it_names_and_keeps_what_was_counted(cast, plan):
    row = make_directive(plan, count=2)
    publish(cast.school, cast.owner, "2026-04-10")
    amend(cast, plan, "2026-05-16", noun="video")
    assert Directive.objects.get(supersedes=row).genres == ["video"]
    publish(cast.school, cast.owner, "2026-05-20")
    assert seen(cast.school, "2026-05-20")[-1] == ("quý II/2026", 2, 1, "doing")
    film = make_story(cast.school, cast.owner, "2026-05-21", genre="video")
    older = make_story(cast.school, cast.owner, "2026-05-02")
    with clock.frozen("2026-05-22"):
        # Found only now, an article of the days before is what was asked for then.
        assert recount(plan=plan) == 2
        for story in (film, older):
            story_recounted(story=story, actor=cast.editor)
        assert Evidence.objects.filter(refused_at=None).count() == 3
        film.genre = "news"
        film.save()
        story_recounted(story=film, actor=cast.editor)
    assert seen(cast.school, "2026-05-22")[-1] == ("quý II/2026", 2, 2, "met")
    amend(cast, plan, "2026-06-01", number="3", noun="bài")
    assert plan.directives.get(valid_to=None).genres == []


def test_the_preview_says_what_counts(cast, plan):
    row = make_directive(plan, count=2)

    def said(**values):
        return " ".join(consequences.of_change(row, values, D(2026, 5, 16)))

    assert "Từ đó chỉ video mới tính. Những gì đã tính vẫn giữ." in said(noun="video")
    assert "tính. Những gì" not in said(noun="tin, bài")
    row.genres, row.noun = ["video"], "video"
    assert "Từ đó tin, bài thể loại nào cũng tính" in said(noun="bài")
    row.proof = "press"
    assert "tính. Những gì" not in said(noun="bài")
