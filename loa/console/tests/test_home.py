"""The homes: who sees which, what they say, and that they ask the same number of questions at any size."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import User
from loa.agenda.models import Event
from loa.console import summary
from loa.console.decisions import plans_to_check
from loa.console.home import school
from loa.console.models import Figures
from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit
from loa.plans.models import TaskProgress
from loa.plans.rules import PlanStatus
from loa.plans.tests.factories import make_plan, make_task
from loa.reporting.models import Evidence
from loa.reporting.tests.conftest import make_directive

DAY = "2026-11-20"
Q4 = dt.date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _fresh():
    with clock.frozen(DAY):
        yield


def make_story(unit, author, stage, title="Bữa cơm bán trú ngày mưa", **fields):
    return Story.objects.create(unit=unit, author=author, stage=stage, title=title, genre="article", **fields)


def proof(directive, unit, number=1, slot=Q4):
    return Evidence.objects.create(
        directive=directive,
        unit=unit,
        kind="link",
        slot=slot,
        on=dt.date(2026, 11, 2),
        title=f"Bài {number} đã đăng",
        fingerprint=f"{unit.pk}-{number}",
    )


def page(client, user):
    client.force_login(User.objects.get(pk=user.pk))
    answer = client.get("/lam-viec/")
    assert answer.status_code == 200
    return answer


def test_a_visitor_must_log_in(client, db):
    assert client.get("/lam-viec/").headers["Location"].startswith("/tai-khoan/dang-nhap/")


@pytest.mark.parametrize(
    ("who", "template"),
    [
        ("owner", "school"),
        ("lead", "school"),
        ("office", "office"),
        ("commune", "office"),
        ("editor", "office"),
        ("director", "office"),
        ("admin", "office"),
    ],
)
def test_everyone_has_a_home(client, cast, plan, quota, who, template):
    answer = page(client, getattr(cast, who))
    assert f"console/{template}.html" in [t.name for t in answer.templates]


def test_the_notebook_has_a_line_for_each_story_owed(client, cast, plan):
    directive = make_directive(plan, count=4, title="Mỗi quý 4 bài")
    proof(directive, cast.school)
    make_story(cast.school, cast.owner, Stage.BOARD_REVIEW)
    make_story(cast.thpt, cast.outsider, Stage.BOARD_REVIEW, title="Bài của trường khác")
    notebook = school(User.objects.get(pk=cast.owner.pk))["notebook"]
    assert [line.state for line in notebook.lines] == ["done", "go", "owed", "owed"]
    assert notebook.missing == 2
    text = page(client, cast.owner).content.decode()
    assert "còn nợ 2 bài" in text
    assert "Hạn 31/12" in text
    assert "Bài của trường khác" not in text


def test_every_story_on_its_way_is_taken_off_what_is_missing(cast, plan):
    make_directive(plan, count=14, title="Mỗi quý 14 bài")
    for number in range(12):
        make_story(cast.school, cast.owner, Stage.BOARD_REVIEW, title=f"Bài {number}")
    notebook = school(User.objects.get(pk=cast.owner.pk))["notebook"]
    assert (notebook.under_way, notebook.missing, len(notebook.lines), notebook.more) == (12, 2, 8, 6)


def test_all_plans_that_wait_to_be_checked_are_counted(cast):
    for number in range(5):
        make_plan(cast.so, status=PlanStatus.CHECKING, title=f"Kế hoạch {number}")
    make_plan(cast.xa, status=PlanStatus.CHECKING, title="Kế hoạch của xã")
    decision = plans_to_check(cast.office)
    assert decision.count == 5
    assert [line.title for line in decision.lines] == ["Kế hoạch 4", "Kế hoạch 3", "Kế hoạch 2"]


def test_a_full_notebook_asks_for_nothing(client, cast, plan):
    directive = make_directive(plan, count=1)
    proof(directive, cast.school)
    text = page(client, cast.owner).content.decode()
    assert "đã đủ bài" in text
    assert "Dòng này còn trống" not in text


def test_late_periods_of_one_duty_are_one_leaf(cast, plan):
    make_directive(plan, kind="recurring", title="Báo cáo tháng", noun="báo cáo", period="month", proof="report")
    leaves = school(User.objects.get(pk=cast.owner.pk))["due"]
    late = [leaf for leaf in leaves if leaf.hot]
    assert len(late) == 1
    assert "nợ 10 kỳ" in late[0].words
    assert [leaf.day for leaf in leaves if not leaf.hot] == [dt.date(2026, 11, 30)]


def test_a_story_sent_back_stands_first(cast, plan):
    make_story(
        cast.school, cast.owner, Stage.RETURNED, title="Cần sửa", edited_at=clock.now() - dt.timedelta(days=3)
    )
    for number in range(15):
        make_story(cast.school, cast.owner, Stage.DRAFT, title=f"Nháp {number}")
    rows = school(User.objects.get(pk=cast.owner.pk))["stories"]
    assert rows[0].story.title == "Cần sửa"
    assert len(rows) == 4


def test_the_lead_sees_what_waits_for_approval(client, cast, plan):
    make_story(cast.school, cast.owner, Stage.UNIT_REVIEW, title="Đội văn nghệ đi diễn")
    text = page(client, cast.lead).content.decode()
    assert "Đội văn nghệ đi diễn" in text
    assert "Duyệt 1 bài" in text
    assert "Đội văn nghệ đi diễn" not in page(client, cast.outsider_lead).content.decode()


def test_the_office_sees_who_is_late_and_how_far_each_commune_is(client, cast, plan, quota):
    proof(quota, cast.school)
    answer = page(client, cast.office)
    figures = answer.context["figures"]
    assert figures.units == 3  # two schools of the commune, one school directly below
    assert figures.late == 3  # nobody gave anything for quarter III
    shares = {share.name: share.rate for share in figures.shares}
    assert set(shares) == {"Xã Mường Sai", "Trường THPT Lam Giang"}
    assert shares["Trường THPT Lam Giang"] == 0
    text = answer.content.decode()
    assert "Hôm nay cần quyết một việc" in text
    assert "trễ 51 ngày" in text
    # What the first link leads to are those units, and no others.
    (late,) = (one for one in answer.context["decisions"] if one.title == "Đơn vị trễ hạn")
    board = client.get(late.links[0].url)
    assert (board.context["shown"], len(board.context["page"])) == ("late", 3)


def test_a_commune_sees_its_own_schools_only(client, cast, plan, quota):
    answer = page(client, cast.commune)
    assert answer.context["figures"].units == 2
    assert "Lam Giang" not in answer.content.decode()


def test_an_editor_has_the_queue_on_top_and_late_ones_in_flame(client, cast, plan):
    late = clock.now() - dt.timedelta(hours=4)
    make_story(cast.school, cast.owner, Stage.BOARD_REVIEW, board_due_at=late)
    answer = page(client, cast.editor)
    first = answer.context["decisions"][0]
    assert (first.title, first.count, first.urgent) == ("Tin bài chờ duyệt", 1, True)
    assert first.lines[0].state_text == "Quá hạn 4 giờ"


def test_coverage_counts_published_stories_by_topic_and_month(client, cast, plan):
    topic = plan.topics.get(number="2")
    make_directive(
        plan, title="Mỗi tháng 2 bài", count=2, period="month", topic=topic, audience={"units": [cast.so.pk]}
    )
    make_story(
        cast.school,
        cast.owner,
        Stage.PUBLISHED,
        live=True,
        topic=topic,
        published_at=clock.now() - dt.timedelta(days=40),
    )
    figures = page(client, cast.office).context["figures"]
    row = figures.matrix[1]
    assert (row["cells"][9]["done"], row["cells"][9]["target"]) == (1, 2)  # October
    assert row["cells"][11]["future"]
    assert figures.empty_topics == ["Giáo dục mầm non", "An toàn trường học (0/2)"]
    commune = page(client, cast.commune).context["figures"]
    assert commune.matrix[1]["target"] == 0  # the Sở's target is not the commune's
    assert commune.matrix[1]["done"] == 1


def queries_of(client, user):
    Figures.objects.all().delete()
    client.force_login(User.objects.get(pk=user.pk))
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/lam-viec/").status_code == 200
    return len(captured)


@pytest.mark.parametrize("who", ["owner", "lead", "office", "commune", "editor", "director"])
def test_the_number_of_queries_does_not_grow(client, cast, plan, quota, who):
    due = clock.now() + dt.timedelta(hours=5)
    proof(quota, cast.school)
    make_story(cast.school, cast.owner, Stage.BOARD_REVIEW, board_due_at=due)
    make_story(cast.school, cast.owner, Stage.UNIT_REVIEW)
    few = queries_of(client, getattr(cast, who))
    for number in range(12):
        xa = make_unit(f"Xã Số {number}", Kind.UBND_XA, cast.so)
        unit = make_unit(f"Trường THCS Mới {number}", Kind.THCS, xa)
        proof(quota, unit)
        make_unit(f"Trường THCS Mường Sai {number}", Kind.THCS, cast.xa)
        for stage in (Stage.BOARD_REVIEW, Stage.UNIT_REVIEW, Stage.DRAFT, Stage.PUBLISHED):
            make_story(cast.school, cast.owner, stage, board_due_at=due)
        proof(quota, cast.school, number + 10)
    assert queries_of(client, getattr(cast, who)) == few


def test_what_comes_up_stands_on_every_home(client, cast, plan, quota):
    day = dt.date(2026, 11, 24)
    for unit, title in ((cast.so, "Họp giao ban cộng tác viên"), (cast.school, "Hội giảng của trường")):
        Event.objects.create(unit=unit, title=title, on=day, until=day, place="Hội trường", kind="meeting")
    make_task(plan, "Bài về Ngày Nhà giáo", lead=cast.school, due_on=dt.date(2026, 11, 27))
    made = make_task(plan, "Đã xong", lead=cast.school, due_on=dt.date(2026, 11, 27))
    TaskProgress.objects.create(task=made, unit=cast.school, state="done", percent=100)
    make_task(plan, "Việc của năm sau", lead=cast.school, due_on=dt.date(2026, 12, 20))

    def titles(who):
        return [row.entry.title for row in page(client, who).context["coming"]]

    at_school = titles(cast.owner)
    assert {"Họp giao ban cộng tác viên", "Hội giảng của trường", "Bài về Ngày Nhà giáo"} <= set(at_school)
    assert not {"Đã xong", "Việc của năm sau"} & set(at_school)
    assert "Ngày Nhà giáo Việt Nam" in at_school[0], "today first"
    assert "Họp giao ban cộng tác viên" in titles(cast.office)
    assert "Hội giảng của trường" not in titles(cast.outsider), "another school's own affair"
    text = page(client, cast.outsider).content.decode()
    assert "Sắp tới" in text
    assert "Hội trường · " in text


@pytest.mark.parametrize("who", ["owner", "office", "commune", "director"])
def test_what_comes_up_costs_the_same_however_much_it_is(client, cast, plan, quota, who):
    day = dt.date(2026, 11, 24)
    Event.objects.create(unit=cast.so, title="Họp", on=day, until=day, kind="meeting")
    make_task(plan, "Việc", lead=cast.school, due_on=day)
    few = queries_of(client, getattr(cast, who))
    for number in range(20):
        Event.objects.create(unit=cast.so, title=f"Họp {number}", on=day, until=day, kind="meeting")
        Event.objects.create(unit=cast.school, title=f"Họp {number}", on=day, until=day, kind="event")
        make_task(plan, f"Việc {number}", lead=cast.school, due_on=day)
    client.force_login(User.objects.get(pk=getattr(cast, who).pk))
    assert queries_of(client, getattr(cast, who)) == few


def test_figures_are_counted_once_and_read_by_all(client, cast, plan, quota):
    page(client, cast.office)
    client.force_login(User.objects.get(pk=cast.director.pk))
    with CaptureQueriesContext(connection) as again:
        answer = client.get("/lam-viec/")
    assert answer.context["figures"].late == 3
    assert not any('"reporting_evidence"' in query["sql"] for query in again)


def test_old_figures_are_shown_and_new_ones_asked_for_once(
    client, cast, plan, quota, django_capture_on_commit_callbacks
):
    page(client, cast.office)
    proof(quota, cast.thpt, slot=dt.date(2026, 7, 1))
    with clock.frozen("2026-11-20T10:00:00+07:00"):
        with django_capture_on_commit_callbacks() as first:
            assert page(client, cast.office).context["figures"].late == 3  # as it was
        with django_capture_on_commit_callbacks() as second:
            page(client, cast.director)
        assert (len(first), len(second)) == (1, 0)
        first[0]()  # the job
        assert page(client, cast.office).context["figures"].late == 2


def test_figures_of_another_day_are_brought_to_today(cast, plan, quota):
    summary.refresh(plan, cast.so)
    summary.refresh(plan, cast.xa)
    Figures.objects.filter(unit=cast.xa).update(seen_at=clock.now() - dt.timedelta(days=9))
    with clock.frozen("2026-11-21"):
        assert summary.refresh_all() == 1  # nobody sat at the commune's desk: forgotten
        assert list(Figures.objects.values_list("unit", "day")) == [(cast.so.pk, dt.date(2026, 11, 21))]


def test_what_is_laid_down_is_what_was_counted(cast, plan, quota):
    proof(quota, cast.school)
    counted = summary.refresh(plan, cast.so)
    assert summary.summary(plan, cast.so) == counted


def test_without_a_plan_home_says_what_to_do(client, cast, db):
    text = page(client, cast.office).content.decode()
    assert "Chưa có kế hoạch nào đang thực hiện" in text
    assert "Chưa có chỉ tiêu bài viết" in page(client, cast.owner).content.decode()
