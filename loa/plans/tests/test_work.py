"""Work on tasks: who may, which moves, what is kept; lists worst first, as they are and as they were."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans import services
from loa.plans.models import TaskEvidence, TaskNote, TaskProgress
from loa.plans.rules import PlanStatus
from loa.plans.rules.tasks import CLOSED, TASK_MOVES, TaskState, is_late, percent_after, targets, urgency
from loa.plans.selectors import tasks as selectors
from loa.plans.tests.factories import make_class, make_plan, make_task

DAY = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-06-01"):
        yield


@pytest.fixture
def task(cast):
    """Led by every school."""
    return make_task(make_plan(cast.so), "Học bạ số", lead=make_class(), due_on=dt.date(2026, 9, 30))


def nothing_written() -> bool:
    return not (TaskProgress.objects.exists() or TaskNote.objects.exists() or LogEntry.objects.exists())


# — rules —————————————————————————————————————————————————————————————————————————————


@given(st.sampled_from(list(TaskState)), st.booleans(), st.booleans())
def test_nobody_is_offered_a_move_outside_the_table(state, office, works):
    for target in targets(state, office=office, works=works):
        assert target in TASK_MOVES[state]
        assert office if TaskState.CANCELLED in (state, target) else works


@given(st.sampled_from(list(TaskState)), st.none() | st.integers(-50, 200), st.integers(0, 100))
def test_percent_says_the_same_as_the_state(state, percent, before):
    value = percent_after(state, percent, before)
    assert 0 <= value <= 100
    assert (value == 100) == (state == TaskState.DONE) or state == TaskState.CANCELLED


@given(
    st.sampled_from(sorted(set(TaskState) - CLOSED)),
    st.sampled_from(list(TaskState)),
    st.integers(1, 400),
    st.integers(0, 400),
)
def test_what_is_late_comes_before_everything_that_is_not(late, other, days, ahead):
    first = urgency(late, None, DAY - dt.timedelta(days=days), DAY)
    second = urgency(other, None, DAY + dt.timedelta(days=ahead), DAY)
    assert first < second
    assert is_late(late, DAY - dt.timedelta(days=days), DAY)
    assert not is_late(other, DAY + dt.timedelta(days=ahead), DAY)


# — services ——————————————————————————————————————————————————————————————————————————


def test_nothing_is_written_until_somebody_writes(cast, task):
    assert [(s.task, s.state, s.percent) for s in selectors.unit_shares(cast.school)] == [(task, "todo", 0)]
    assert not TaskProgress.objects.exists()


def test_a_task_goes_its_way_and_keeps_every_word(cast, task):
    step = {"actor": cast.lead, "task": task, "unit": cast.school}
    services.task_update(**step, state="doing", percent=30, text="Đã nhập khối 6")
    services.task_update(**step, state="waiting", text="Chờ phần mềm của Sở")
    with clock.frozen("2026-06-05"):
        row = services.task_update(**step, state="done")
    assert (row.state, row.percent, row.done_on) == ("done", 100, dt.date(2026, 6, 5))
    notes = [(n.state, n.percent, n.text, n.by) for n in selectors.notes_of(task, cast.school)]
    assert notes == [
        ("done", 100, "", cast.lead),
        ("waiting", 30, "Chờ phần mềm của Sở", cast.lead),
        ("doing", 30, "Đã nhập khối 6", cast.lead),
    ]
    logged = LogEntry.objects.filter(action="plans.task.updated").order_by("pk")
    assert [(e.data["before"], e.data["after"]) for e in logged] == [
        ("todo", "doing"), ("doing", "waiting"), ("waiting", "done")
    ]  # fmt: skip


def test_saying_the_same_again_writes_nothing(cast, task):
    for _again in range(2):
        services.task_update(actor=cast.lead, task=task, unit=cast.school, state="doing", percent=20)
    assert TaskNote.objects.count() == 1


@pytest.mark.parametrize("who", ["owner", "colleague", "commune", "editor", "admin", "outsider", "outsider_lead"])
def test_others_change_nothing(cast, task, who):
    actor = getattr(cast, who)
    step = {"actor": actor, "task": task, "unit": cast.school}
    for deed, values in (
        (services.task_update, {"state": "done"}),
        (services.task_assign, {"owner": cast.owner}),
        (services.task_note, {"text": "x"}),
        (services.task_prove, {"kind": "link", "url": "https://a.vn/1"}),
    ):
        with pytest.raises(Refused):
            deed(**step, **values)
    assert nothing_written()
    assert not TaskEvidence.objects.exists()


def test_who_sees_to_it_works_on_it_and_is_told(cast, task):
    services.task_assign(actor=cast.lead, task=task, unit=cast.school, owner=cast.owner)
    notice = Notice.objects.get(code="plans.task.assigned")
    assert notice.user == cast.owner
    assert notice.data["due"] == "hạn 30/09/2026"
    services.task_update(actor=cast.owner, task=task, unit=cast.school, state="doing", percent=10)
    with pytest.raises(Refused):
        services.task_assign(actor=cast.owner, task=task, unit=cast.school, owner=cast.colleague)
    assert TaskProgress.objects.get().owner == cast.owner


def test_only_somebody_of_the_unit_can_see_to_it(cast, task):
    with pytest.raises(InvalidInput) as error:
        services.task_assign(actor=cast.lead, task=task, unit=cast.school, owner=cast.outsider)
    assert error.value.field == "owner"
    assert nothing_written()


def test_the_office_releases_and_gives_back_with_a_reason_but_does_not_work(cast, task):
    step = {"actor": cast.office, "task": task, "unit": cast.school}
    with pytest.raises(Refused):
        services.task_update(**step, state="done")
    with pytest.raises(InvalidInput):
        services.task_update(**step, state="cancelled")
    assert nothing_written()
    services.task_update(**step, state="cancelled", text="Trường đang sửa chữa")
    told = Notice.objects.get(code="plans.task.released")
    assert (told.user, told.data["reason"]) == (cast.lead, "Trường đang sửa chữa")
    for state in ("doing", "todo"):
        with pytest.raises(Refused):
            services.task_update(actor=cast.lead, task=task, unit=cast.school, state=state)
    services.task_update(**step, state="todo", text="Sửa xong")
    assert TaskProgress.objects.get().state == "todo"


def test_a_unit_does_not_drop_what_it_was_given(cast, task):
    with pytest.raises(Refused):
        services.task_update(actor=cast.lead, task=task, unit=cast.school, state="cancelled", text="Không làm")
    assert nothing_written()


def test_waiting_needs_a_word(cast, task):
    with pytest.raises(InvalidInput) as error:
        services.task_update(actor=cast.lead, task=task, unit=cast.school, state="waiting")
    assert error.value.field == "text"
    assert nothing_written()


def test_a_plan_that_is_over_and_a_unit_that_does_not_lead_are_refused(cast, task):
    with pytest.raises(InvalidInput):
        services.task_note(actor=cast.office, task=task, unit=cast.phong_tccb, text="x")
    task.plan.status = PlanStatus.CLOSED
    task.plan.save()
    with pytest.raises(Conflict):
        services.task_update(actor=cast.lead, task=task, unit=cast.school, state="done")
    assert nothing_written()


def test_proofs_are_kept_once_and_taken_back(cast, task):
    step = {"actor": cast.lead, "task": task, "unit": cast.school}
    link = services.task_prove(**step, kind="link", url="https://www.baosonglam.vn/a.html?utm_source=x")
    with pytest.raises(Conflict):
        services.task_prove(**step, kind="link", url="http://baosonglam.vn/a.html")
    file = SimpleUploadedFile("bien-ban.pdf", b"%PDF-1.4 noi dung")
    services.task_prove(**step, kind="file", file=file)
    for wrong in (SimpleUploadedFile("a.exe", b"MZ"), SimpleUploadedFile("a.pdf", b"MZ")):
        with pytest.raises(InvalidInput):
            services.task_prove(**step, kind="file", file=wrong)
    with pytest.raises(InvalidInput):
        services.task_prove(**step, kind="story", ref=999)
    services.task_unprove(actor=cast.lead, evidence=link)
    assert [p.title for p in selectors.proofs_of(task, cast.school)] == ["bien-ban.pdf"]
    services.task_prove(**step, kind="link", url="http://baosonglam.vn/a.html")
    assert TaskEvidence.objects.count() == 3


# — reads —————————————————————————————————————————————————————————————————————————————


def test_worst_first(cast, task):
    plan, school = task.plan, cast.school
    late = make_task(plan, "Trễ", lead=school, due_on=dt.date(2026, 5, 1))
    later = make_task(plan, "Trễ hơn", lead=school, due_on=dt.date(2026, 4, 1))
    soon = make_task(plan, "Sắp", lead=school, due_on=dt.date(2026, 6, 3))
    done = make_task(plan, "Xong", lead=school, due_on=dt.date(2026, 5, 1))
    helping = make_task(plan, "Phối hợp", lead=cast.van_phong, support=school)
    services.task_update(actor=cast.lead, task=done, unit=school, state="done")
    shares = selectors.unit_shares(school)
    assert [s.task for s in shares] == [later, late, soon, task, helping, done]
    counted = selectors.tally(shares)
    assert (counted.all, counted.late, counted.soon, counted.open, counted.done) == (5, 2, 1, 4, 1)


def test_the_office_sees_how_far_everybody_is(cast, task):
    late = make_task(task.plan, "Trễ", lead=cast.van_phong, due_on=dt.date(2026, 5, 1))
    services.task_update(actor=cast.lead, task=task, unit=cast.school, state="done")
    services.task_update(actor=cast.office, task=task, unit=cast.thpt, state="cancelled", text="Sửa trường")
    given = [(g.task, g.units, g.done, g.late) for g in selectors.given_tasks(cast.so)]
    assert given == [(late, 1, 0, 1), (task, 2, 1, 0)]
    page = browser(cast.office).get(reverse("tasks:mine")).content.decode()
    assert "Đã giao theo kế hoạch" in page
    assert selectors.given_tasks(cast.xa) == []


def test_a_past_day_is_answered_as_it_was(cast, task):
    with clock.frozen("2026-03-10"):
        services.task_update(actor=cast.lead, task=task, unit=cast.school, state="doing", percent=40)
    services.task_update(actor=cast.lead, task=task, unit=cast.school, state="done")
    states = {
        day: [(s.state, s.percent) for s in selectors.unit_shares(cast.school, day=dt.date.fromisoformat(day))]
        for day in ("2026-03-09", "2026-03-10", "2026-05-31", "2026-06-01")
    }
    assert states == {
        "2026-03-09": [("todo", 0)],
        "2026-03-10": [("doing", 40)],
        "2026-05-31": [("doing", 40)],
        "2026-06-01": [("done", 100)],
    }
    past = selectors.task_shares(task, selectors.lead_units(task), day=dt.date(2026, 5, 1))
    assert {unit.pk: share.state for share, unit in past}[cast.school.pk] == "doing"


def test_lists_ask_the_same_number_of_questions_however_long(cast, task):
    def questions() -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as one:
            list(selectors.unit_shares(cast.school))
        with CaptureQueriesContext(connection) as two:
            selectors.task_shares(task, selectors.lead_units(task))
        return len(one), len(two)

    services.task_update(actor=cast.lead, task=task, unit=cast.school, state="doing")
    before = questions()
    for number in range(6):
        made = make_task(task.plan, f"Việc {number}", lead=make_class())
        services.task_update(actor=cast.lead, task=made, unit=cast.school, state="doing")
        make_unit("", Kind.THCS, cast.xa)
    assert questions() == before
    assert max(before) <= 8


# — screens ———————————————————————————————————————————————————————————————————————————


def browser(user=None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def test_a_school_opens_its_list_and_writes(cast, task):
    client = browser(cast.lead)
    page = client.get(reverse("tasks:mine"))
    assert page.status_code == 200
    assert "Học bạ số" in page.content.decode()
    address = reverse("tasks:share", args=[task.pk, cast.school.pk])
    assert client.get(reverse("tasks:task", args=[task.pk])).headers["Location"] == address
    answer = client.post(address, {"viec": "work", "state": "doing", "percent": "25", "text": "Đang nhập"})
    assert answer.status_code == 302
    shown = client.get(address).content.decode()
    assert "Đang làm 25%" in shown
    assert "Đang nhập" in shown
    wrong = client.post(address, {"viec": "work", "state": "waiting", "text": ""})
    assert wrong.status_code == 400
    assert "chờ gì" in wrong.content.decode()
    assert client.post(address, {"viec": "owner", "owner": cast.owner.pk}).status_code == 302
    file = SimpleUploadedFile("anh.png", b"\x89PNG\r\n\x1a\n....")
    assert client.post(address, {"viec": "proof", "kind": "file", "file": file}).status_code == 302
    proof = TaskEvidence.objects.get()
    got = client.get(reverse("tasks:proof_file", args=[proof.pk]))
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert client.post(reverse("tasks:unprove", args=[proof.pk])).status_code == 302


def test_who_sees_what(cast, task):
    services.task_prove(
        actor=cast.lead, task=task, unit=cast.school, kind="file", file=SimpleUploadedFile("a.pdf", b"%PDF-1")
    )
    proof = TaskEvidence.objects.get()
    share = reverse("tasks:share", args=[task.pk, cast.school.pk])
    file = reverse("tasks:proof_file", args=[proof.pk])
    for person, seen in (
        (cast.owner, 200), (cast.lead, 200), (cast.commune, 200), (cast.office, 200), (cast.director, 200),
        (cast.outsider, 404), (cast.outsider_lead, 404), (None, 302),
    ):  # fmt: skip
        client = browser(person)
        assert client.get(share).status_code == seen, person
        assert client.get(file).status_code == seen, person
        if seen == 404:
            assert client.post(share, {"viec": "note", "text": "x"}).status_code == 404
            assert client.get(reverse("tasks:mine") + f"?don-vi={cast.school.pk}").status_code == 404
    outside = browser(cast.outsider).get(reverse("tasks:task", args=[task.pk]))
    assert cast.school.name not in outside.content.decode()
    office = browser(cast.office).get(reverse("tasks:task", args=[task.pk])).content.decode()
    assert cast.school.name in office
    assert cast.thpt.name in office
    assert browser(cast.owner).post(share, {"viec": "work", "state": "done"}).status_code in (400, 403)
    assert not TaskProgress.objects.exists()


def test_a_draft_plans_tasks_are_nobodys_yet(cast, task):
    task.plan.status = PlanStatus.CHECKING
    task.plan.save()
    assert browser(cast.lead).get(reverse("tasks:task", args=[task.pk])).status_code == 404
    assert "Chưa có nhiệm vụ nào" in browser(cast.lead).get(reverse("tasks:mine")).content.decode()


def test_somebody_without_a_unit_gets_a_word(db):
    page = browser(make_user("Người Mới")).get(reverse("tasks:mine"))
    assert "chưa thuộc đơn vị nào" in page.content.decode()


def test_a_person_of_two_units_chooses(cast, task):
    person = make_user("Hai Nơi", (Role.FOCAL, cast.school), (Role.FOCAL, cast.thpt))
    page = browser(person).get(reverse("tasks:mine") + f"?don-vi={cast.thpt.pk}").content.decode()
    assert f"/{cast.thpt.pk}/" in page
