"""Boards and reports after units were merged or moved: as it was, and as it is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.newsroom.tests.factories import published
from loa.org import services as org
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans.tests.factories import make_class, make_directive, make_plan
from loa.reporting.models import Evidence
from loa.reporting.selectors.board import board, by_child
from loa.reporting.selectors.reports import count_figures, proofs_behind
from loa.reporting.selectors.structure import NOW, THEN, reorganised, stories_below, stories_of
from loa.reporting.services.reports import report_draft, report_edit, report_submit

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
MERGED = dt.date(2026, 6, 1)


@pytest.fixture
def stories(cast):
    """Two stories of the school before the day it becomes part of the primary school, one of the latter after."""
    for day in ("2026-03-10", "2026-05-31"):
        with clock.frozen(day):
            published(cast, title=f"Bài ngày {day}")
    primary_author = make_user("Lữ Thị Xuân", (Role.CONTRIBUTOR, cast.primary), (Role.UNIT_LEAD, cast.primary))
    with clock.frozen("2026-09-05"):
        last = published(cast, title="Bài sau sáp nhập")
        last.unit, last.author = cast.primary, primary_author
        last.save()
    cast.heir = primary_author


def merge(cast):
    with clock.frozen(MERGED):
        org.unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=MERGED)


def titles(found):
    return sorted(story.title for story in found)


def test_what_a_merged_school_published_stays_with_those_above_it(cast, stories):
    before = titles(stories_below(cast.so, FIRST, LAST))
    merge(cast)
    with clock.frozen(LAST):
        assert before == titles(stories_below(cast.so, FIRST, LAST)) == titles(stories_below(cast.xa, FIRST, LAST))
        assert len(before) == 3
        assert titles(stories_of(cast.primary, FIRST, LAST)) == ["Bài sau sáp nhập"]
        # As it is, the school that carries on has done all of it; nothing is counted twice above.
        assert titles(stories_of(cast.primary, FIRST, LAST, NOW)) == before
        assert titles(stories_below(cast.so, FIRST, LAST, NOW)) == before


def test_a_school_that_moves_takes_its_past_along_only_as_it_is(cast, stories):
    other = make_unit("Xã Pa Khoang", Kind.UBND_XA, cast.so)
    with clock.frozen(MERGED):
        org.unit_reparent(actor=cast.admin, unit=cast.school, parent=other, on=MERGED)
    with clock.frozen("2026-09-10"):
        published(cast, title="Bài ở xã mới")
    with clock.frozen(LAST):
        early = ["Bài ngày 2026-03-10", "Bài ngày 2026-05-31"]
        assert titles(stories_below(cast.xa, FIRST, LAST)) == [*early, "Bài sau sáp nhập"]
        assert titles(stories_below(other, FIRST, LAST)) == ["Bài ở xã mới"]
        assert titles(stories_below(cast.xa, FIRST, LAST, NOW)) == ["Bài sau sáp nhập"]
        assert titles(stories_below(other, FIRST, LAST, NOW)) == [*early, "Bài ở xã mới"]
        for structure in (THEN, NOW):
            assert stories_below(cast.so, FIRST, LAST, structure).count() == 4
    # On a day before it the school stood where it stood.
    assert stories_below(cast.xa, FIRST, dt.date(2026, 5, 1)).count() == 1
    assert stories_below(other, FIRST, dt.date(2026, 5, 1)).count() == 0


def test_whether_a_choice_is_offered(cast):
    assert not reorganised(cast.so, FIRST, LAST)
    merge(cast)
    assert reorganised(cast.so, FIRST, LAST)
    assert reorganised(cast.xa, FIRST, LAST)
    assert reorganised(cast.primary, FIRST, LAST)
    assert not reorganised(cast.thpt, FIRST, LAST)
    assert not reorganised(cast.so, MERGED, LAST), "the tree of the first day is that of the last"


@pytest.fixture
def owing(cast):
    """A quota of two a quarter; the school proved two in the first quarter, the primary school one."""
    make_class("moi-truong", kinds=[Kind.THCS, Kind.TIEU_HOC])
    plan = make_plan(cast.so, year=2026)
    duty = make_directive(plan, count=2, period="quarter")
    slot = dt.date(2026, 1, 1)
    for unit, count in ((cast.school, 2), (cast.primary, 1)):
        for number in range(count):
            Evidence.objects.create(
                unit=unit, directive=duty, slot=slot, on=dt.date(2026, 2, 1 + number), kind=Evidence.Kind.CLIPPING,
                title=f"Báo {unit.pk}.{number}", fingerprint=f"{unit.pk}-{number}",
            )  # fmt: skip
    return plan


def lines(result):
    return {row.name: (row.done, row.owed) for row in result.rows}


def test_the_board_of_a_day_before_and_as_it_is(cast, owing):
    merge(cast)
    march = dt.date(2026, 3, 20)
    with clock.frozen(LAST):
        then = board(owing, top=cast.so, day=march)
        assert lines(then) == {cast.school.short_name: (2, 2), cast.primary.short_name: (1, 2)}
        now = board(owing, top=cast.so, day=march, structure=NOW)
        assert lines(now) == {cast.primary.short_name: (3, 4)}
        assert [(one.name, one.done, one.owed) for one in by_child(then, cast.so)] == [
            (one.name, one.done, one.owed) for one in by_child(now, cast.so)
        ]


def test_as_it_is_costs_no_query_more_a_unit(cast, owing, django_assert_max_num_queries):
    merge(cast)
    with clock.frozen(LAST):
        with django_assert_max_num_queries(20):
            board(owing, top=cast.so, day=dt.date(2026, 3, 20), structure=NOW)
        for number in range(10):
            make_unit(f"Trường THCS số {number}", Kind.THCS, cast.xa)
        with django_assert_max_num_queries(20):
            assert len(board(owing, top=cast.so, day=dt.date(2026, 3, 20), structure=NOW).rows) >= 1


def figure(report, code):
    return next((row["now"], row["total"]) for row in count_figures(report)["rows"] if row["code"] == code)


def test_the_report_of_the_heir_says_which_way_it_counts(cast, owing, stories):
    merge(cast)
    with clock.frozen("2026-12-20"):
        report = report_draft(actor=cast.heir, unit=cast.primary, period="year")
        assert count_figures(report)["structure"] == THEN
        assert figure(report, "stories") == (1, 1)
        assert figure(report, "clippings") == (1, 1)
        report = report_edit(actor=cast.heir, report=report, version=report.version, texts={"structure": "now"})
        assert figure(report, "stories") == (3, 3)
        assert figure(report, "clippings") == (3, 3)
        assert {proved.title for proved in proofs_behind(report, "stories")[:9]} >= {
            f"Bài ngày 2026-03-10 ({cast.school.short_name})"
        }
        duty = next(row for row in count_figures(report)["rows"] if row["code"].startswith("directive-"))
        # Of the former school one quarter and its days in the second, rounded; of one's own four quarters.
        assert (duty["total"], duty["total_of"]) == (3 + 3, 2 + 1 + 8), "cuttings and stories"
        client = Client()
        client.force_login(cast.heir)
        page = client.get(reverse("reports:report", args=[report.pk])).content.decode()
        form = page[page.index('id="bao-cao"') :]
        assert 'name="structure"' in form
        # Enter presses the first button of a form: it saves, and counts by no other structure.
        assert "name=" not in form[form.index("<button") :].partition(">")[0]
        sent = report_submit(actor=cast.heir, report=report)
        assert sent.figures["structure"] == NOW


def test_an_unknown_structure_is_not_kept(cast, owing):
    report = report_draft(actor=cast.owner, unit=cast.school, period="year")
    assert report_edit(actor=cast.owner, report=report, version=0, texts={"structure": "mai"}).version == 0
    assert count_figures(report)["structure"] == "", "nothing was reorganised: no words about it"
