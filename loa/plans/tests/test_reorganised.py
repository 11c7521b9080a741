"""Units that end in mid-year: open tasks go on at the successor; before that day everything stays as it was."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.org import events
from loa.org.rules import Kind, Role
from loa.org.services.reorganise import unit_close, unit_merge, unit_split
from loa.org.services.units import NewUnit
from loa.org.tests.factories import make_unit, make_user
from loa.plans import services
from loa.plans.models import TaskProgress
from loa.plans.selectors.succession import forebears, heirs, last_heirs
from loa.plans.selectors.tasks import lead_units, notes_of, proofs_of, task_shares, unit_shares
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_task

D = dt.date
MERGED = D(2026, 5, 16)


@pytest.fixture
def task(cast):
    with clock.frozen("2026-03-01"):
        task = make_task(make_plan(cast.so), "Học bạ số", lead=cast.school, due_on=D(2026, 9, 30))
        step = {"actor": cast.lead, "task": task, "unit": cast.school}
        services.task_update(**step, state="doing", percent=40, text="Đã nhập khối 6")
        services.task_assign(**step, owner=cast.owner)
        services.task_prove(**step, kind="file", file=SimpleUploadedFile("a.pdf", b"%PDF-1"))
    return task


def merge(cast, into=None, day=MERGED):
    with clock.frozen(day):
        return unit_merge(actor=cast.admin, units=[cast.school], into=into or cast.primary, on=day, decision="9")


def states(unit, day):
    return [(s.task.content, s.state, s.percent) for s in unit_shares(unit, day=day)]


def test_open_work_goes_on_at_the_successor_and_the_past_stays(cast, task):
    with clock.frozen("2026-05-15"):
        before = states(cast.school, D(2026, 5, 1))
    merge(cast)
    with clock.frozen("2026-06-01"):
        assert states(cast.school, D(2026, 5, 1)) == before == [("Học bạ số", "doing", 40)]
        assert states(cast.primary, D(2026, 5, 15)) == []
        assert states(cast.primary, D(2026, 6, 1)) == [("Học bạ số", "doing", 40)]
        assert [note.text for note in notes_of(task, cast.primary)] == [
            "Tiếp nhận từ Trường THCS Sơn Thượng, từ ngày 16/05/2026.", "Đã nhập khối 6"
        ]  # fmt: skip
        assert [proof.title for proof in proofs_of(task, cast.primary)] == ["a.pdf"]
        head = make_user("Hiệu trưởng mới", (Role.UNIT_LEAD, cast.primary))
        services.task_update(actor=head, task=task, unit=cast.primary, state="done")
        assert [s.state for s, _unit in task_shares(task, lead_units(task))] == ["done"]
    old = TaskProgress.objects.get(unit=cast.school)
    assert (old.state, old.moved_to, old.moved_on) == ("doing", cast.primary, MERGED)
    new = TaskProgress.objects.get(unit=cast.primary)
    assert new.owner == cast.owner, "moved along with the unit"


def test_what_was_done_or_not_begun_needs_no_row(cast, task):
    with clock.frozen("2026-04-01"):
        services.task_update(actor=cast.lead, task=task, unit=cast.school, state="done")
        make_task(task.plan, "Chưa ai ghi", lead=cast.school)
    merge(cast)
    assert [row.unit for row in TaskProgress.objects.all()] == [cast.school]
    with clock.frozen("2026-06-01"):
        assert ("Chưa ai ghi", "todo", 0) in states(cast.primary, D(2026, 6, 1))


def test_a_class_gives_the_successor_its_own_share_which_stands(cast):
    with clock.frozen("2026-03-01"):
        task = make_task(make_plan(cast.so), "Của mọi trường", lead=make_class())
        services.task_update(actor=cast.lead, task=task, unit=cast.school, state="doing", percent=40)
        head = make_user("Hiệu trưởng", (Role.UNIT_LEAD, cast.primary))
        services.task_update(actor=head, task=task, unit=cast.primary, state="doing", percent=80)
    merge(cast)
    with clock.frozen("2026-06-01"):
        assert states(cast.primary, D(2026, 6, 1)) == [("Của mọi trường", "doing", 80)]


def test_the_units_own_plan_goes_on_too(cast):
    far = make_unit("Trường THCS Xa", Kind.THCS, make_unit("Xã Khe Lau", Kind.UBND_XA, cast.so))
    with clock.frozen("2026-03-01"):
        make_task(make_plan(cast.school, title="Kế hoạch của trường"), "Việc của trường", lead=cast.school)
    merge(cast, into=far)
    head = make_user("Hiệu trưởng Xa", (Role.UNIT_LEAD, far))
    with clock.frozen("2026-06-01"):
        assert states(far, D(2026, 6, 1)) == [("Việc của trường", "todo", 0)]
        (share,) = unit_shares(far)
        services.task_update(actor=head, task=share.task, unit=far, state="doing", percent=5)
        client = Client()
        client.force_login(head)
        assert client.get(reverse("tasks:share", args=[share.task.pk, far.pk])).status_code == 200


def test_two_reorganisations_in_a_row(cast, task):
    merge(cast)
    with clock.frozen("2026-07-01"):
        new = unit_merge(
            actor=cast.admin, units=[cast.primary], on=D(2026, 7, 1), decision="10",
            into=NewUnit(name="Trường TH và THCS Sơn Hạ", kind=Kind.LIEN_CAP, parent=cast.xa),
        )  # fmt: skip
        assert heirs([cast.school.pk]) == {cast.school.pk: [(cast.primary.pk, MERGED), (new.pk, D(2026, 7, 1))]}
        assert last_heirs([cast.school.pk, cast.so.pk]) == {cast.school.pk: new.pk}
        assert last_heirs([cast.school.pk], MERGED) == {cast.school.pk: cast.primary.pk}
        assert forebears([new.pk]) == {new.pk: {cast.school.pk, cast.primary.pk}}
        assert states(new, D(2026, 7, 1)) == [("Học bạ số", "doing", 40)]
        assert {n.text[:8] for n in notes_of(task, new)} >= {"Tiếp nhậ", "Đã nhập "}


def test_split_with_the_unit_going_on_moves_nothing_and_closing_without_an_heir_ends_it(cast, task):
    with clock.frozen(MERGED):
        unit_split(
            actor=cast.admin, unit=cast.school, on=MERGED, keep=True,
            parts=[NewUnit(name="Trường THCS Sơn Mới", kind=Kind.THCS, parent=cast.xa)],
        )  # fmt: skip
    assert TaskProgress.objects.get().moved_to is None
    with clock.frozen("2026-06-01"):
        unit_close(actor=cast.admin, unit=cast.school, on=D(2026, 6, 1))
        assert not lead_units(task).exists()
    assert TaskProgress.objects.get().moved_to is None


# — a split: who gets which ———————————————————————————————————————————————————————————


def split(cast, work, *, keep=False, day=MERGED, unit=None):
    """The school becomes two; `work` says which open task or duty goes to which."""
    parts = [NewUnit(name=f"Trường THCS Sơn {name}", kind=Kind.THCS, parent=cast.xa) for name in ("Đông", "Tây")]
    with clock.frozen(min(day, MERGED)):
        return unit_split(
            actor=cast.admin, unit=unit or cast.school, on=day, keep=keep, parts=parts, work=work, decision="11/QĐ"
        )


def test_each_open_task_goes_where_it_was_given(cast, task):
    other = make_task(task.plan, "Thư viện xanh", lead=cast.school, support=cast.primary)
    east, west = split(cast, {f"task:{task.pk}": 1})
    with clock.frozen("2026-06-01"):
        assert states(cast.school, D(2026, 5, 1)) == [("Học bạ số", "doing", 40), ("Thư viện xanh", "todo", 0)]
        assert states(west, D(2026, 6, 1)) == [("Học bạ số", "doing", 40)]
        assert states(east, D(2026, 6, 1)) == [("Thư viện xanh", "todo", 0)]
        assert [unit.pk for unit in lead_units(task)] == [west.pk]
        assert [unit.pk for unit in lead_units(task, day=D(2026, 5, 15))] == [cast.school.pk]
        assert [unit.pk for unit in lead_units(other)] == [east.pk]
        assert "Đã nhập khối 6" in [note.text for note in notes_of(task, west)]
        assert [proof.title for proof in proofs_of(task, west)] == ["a.pdf"]
        head = make_user("Hiệu trưởng Tây", (Role.UNIT_LEAD, west))
        services.task_update(actor=head, task=task, unit=west, state="done")
    (change,) = task.changes.all()
    assert (change.effective_on, change.reason) == (MERGED, "Trường THCS Sơn Thượng chia tách theo 11/QĐ.")
    assert change.after["lead"][0]["as_printed"] == "Trường THCS Sơn Tây"


def test_beside_a_unit_that_goes_on_only_what_was_given_moves(cast, task):
    other = make_task(task.plan, "Thư viện xanh", lead=cast.school)
    east, _west = split(cast, {f"task:{other.pk}": 0}, keep=True)
    with clock.frozen("2026-06-01"):
        assert states(cast.school, D(2026, 6, 1)) == [("Học bạ số", "doing", 40)]
        assert states(east, D(2026, 6, 1)) == [("Thư viện xanh", "todo", 0)]
    assert not TaskProgress.objects.exclude(moved_to=None).exists()


def test_a_task_of_the_units_own_plan_goes_to_the_chosen_one(cast):
    with clock.frozen("2026-03-01"):
        own = make_task(make_plan(cast.school, title="Kế hoạch của trường"), "Việc của trường", lead=cast.school)
    east, west = split(cast, {f"task:{own.pk}": 1})
    head = make_user("Hiệu trưởng Tây", (Role.UNIT_LEAD, west))
    with clock.frozen("2026-06-01"):
        assert states(east, D(2026, 6, 1)) == []
        assert states(west, D(2026, 6, 1)) == [("Việc của trường", "todo", 0)]
        services.task_update(actor=head, task=own, unit=west, state="doing", percent=5)
        client = Client()
        client.force_login(head)
        assert client.get(reverse("tasks:share", args=[own.pk, west.pk])).status_code == 200


def test_of_a_day_to_come_the_choice_waits_for_the_day(cast, task):
    from loa.org.services.today import apply_due_events

    _east, west = split(cast, {f"task:{task.pk}": 1}, day=D(2026, 7, 1))
    assert not task.changes.exists()
    with clock.frozen("2026-07-01"):
        apply_due_events()
        assert states(west, D(2026, 7, 1)) == [("Học bạ số", "doing", 40)]


def test_the_preview_asks_and_guesses(cast, task):
    make_task(task.plan, "Ngày hội ở Sơn Tây", lead=cast.school)
    make_directive(task.plan, title="Báo cáo dư luận", audience={"units": [cast.school.pk]}, period="month")
    client = Client()
    client.force_login(cast.admin)
    url = reverse("org:event", args=[cast.school.pk, "chia-tach"])
    data = {"keep": "", "names": "Trường THCS Sơn Đông\nTrường THCS Sơn Tây", "kind": "thcs", "on": "2026-05-16"}
    with clock.frozen("2026-05-10"):
        page = client.post(url, data).content.decode()
        assert "3 việc chưa xong về đâu" in page
        assert "theo người phụ trách: Lương Thị Mến" in page
        guessed = page.split("Ngày hội ở Sơn Tây")[1].split("</select>")[0]
        assert '<option value="1" selected>Trường THCS Sơn Tây' in guessed
        line = task.plan.directives.get().pk
        seat = cast.owner.memberships.get().pk
        data |= {
            "xac-nhan": "1", f"work-task:{task.pk}": "nguoi", f"member-{seat}": "1", f"work-duty:{line}": "1",
        }  # fmt: skip
        assert client.post(url, data).status_code == 302
    with clock.frozen("2026-05-16"):
        from loa.org.services.today import apply_due_events

        apply_due_events()
        west = next(unit for unit in lead_units(task))
        assert west.name == "Trường THCS Sơn Tây"
    now = task.plan.directives.get(valid_to=None)
    assert (now.audience["units"], now.valid_from, now.supersedes_id) == ([west.pk], MERGED, line)


def test_the_preview_counts_what_would_move(cast, task):
    make_task(task.plan, "Chưa ai ghi", lead=cast.school)
    with clock.frozen("2026-05-01"):
        done = make_task(task.plan, "Đã xong", lead=cast.school)
        services.task_update(actor=cast.lead, task=done, unit=cast.school, state="done")
        found = {str(stake.label): stake.count for stake in events.stakes_of([cast.school.pk])}
    assert found["nhiệm vụ chưa xong"] == 2
    client = Client()
    client.force_login(cast.admin)
    with clock.frozen("2026-05-01"):
        url = reverse("org:event", args=[cast.school.pk, "sap-nhap"])
        page = client.post(url, {"into": cast.primary.name, "on": "2026-05-16"}).content.decode()
        assert "Trường Tiểu học Sơn Hạ làm tiếp" in page
        assert "Chưa ai ghi" in page
        url = reverse("org:event", args=[cast.school.pk, "giai-the"])
        assert "chưa có nơi nào làm tiếp" in client.post(url, {"on": "2026-05-16"}).content.decode()
