"""The lines of the system page, who hears of trouble and when, and /healthz."""

from __future__ import annotations

import datetime as dt
import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from config.schedule import SCHEDULE
from loa.core import clock, health, jobs, probes
from loa.core.health import Probe, Reading, State
from loa.core.models import PeriodicRun, ProbeState, WorkerBeat
from loa.core.registry import Registry

pytestmark = pytest.mark.django_db
SEND = "loa.accounts.tasks.send_mail"
READ = "loa.plans.tasks.read_plan_document"


def make_job(
    status=TaskResultStatus.READY, *, age=0, path=SEND, args=(), queue="default", run_after=None, **fields
):
    """A row of the queue, `age` minutes old."""
    at = clock.now() - dt.timedelta(minutes=age)
    job = DBTaskResult.objects.create(
        status=status,
        task_path=path,
        queue_name=queue,
        backend_name="default",
        args_kwargs={"args": list(args), "kwargs": {}},
        run_after=run_after or get_date_max(),
        started_at=at if status != TaskResultStatus.READY else None,
        finished_at=at if status == TaskResultStatus.FAILED else None,
        exception_class_path="",
        traceback="",
        **fields,
    )
    DBTaskResult.objects.filter(pk=job.pk).update(enqueued_at=at)
    return job


# — each line ———————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    ("age", "state", "figure"),
    [
        (0.5, State.GOOD, "1 việc, lâu nhất 30 giây"),
        (3, State.LOOK, "1 việc, lâu nhất 3 phút"),
        (6, State.BAD, "1 việc, lâu nhất 6 phút"),
        (60 * 49, State.BAD, "1 việc, lâu nhất 2 ngày"),
    ],
)
def test_a_job_nobody_takes(age, state, figure):
    with clock.frozen("2026-11-20"):
        make_job(age=age)
        reading = probes.queue()
    assert (reading.state, reading.figure) == (state, figure)
    assert bool(reading.todo) == (state != State.GOOD)


def test_a_job_for_later_does_not_wait_yet():
    make_job(age=600, run_after=clock.now() + dt.timedelta(hours=1))
    assert probes.queue().figure == "Không có việc nào chờ"


def test_a_job_tried_again_waits_from_its_new_time_on():
    with clock.frozen("2026-11-20"):
        make_job(age=600, run_after=clock.now() - dt.timedelta(seconds=20))
        assert probes.queue().figure == "1 việc, lâu nhất 20 giây"


@pytest.mark.parametrize(
    ("age", "path", "queue", "state"),
    [
        (9, SEND, "default", State.GOOD),
        (11, SEND, "default", State.BAD),
        (11, READ, "slow", State.GOOD),
        (61, READ, "slow", State.BAD),
    ],
)
def test_a_job_that_hangs(age, path, queue, state):
    job = make_job(TaskResultStatus.RUNNING, age=age, path=path, queue=queue)
    reading = probes.running()
    assert reading.state == state
    if state == State.BAD:
        assert jobs.title_of(path) in reading.figure
        assert reading.mark == str(job.pk)


def test_jobs_given_up():
    assert probes.failed().state == State.GOOD
    make_job(TaskResultStatus.FAILED, age=10)
    newest = make_job(TaskResultStatus.FAILED, age=1)
    reading = probes.failed()
    assert reading.state == State.BAD
    assert reading.figure == "2 việc đã bỏ dở"
    assert reading.mark == str(newest.pk)


def test_workers():
    assert probes.workers().state == State.BAD
    WorkerBeat.objects.create(worker_id="a", host="m", started_at=clock.now(), seen_at=clock.now())
    assert probes.workers().figure == "1 tiến trình đang chạy"
    jobs.say_goodbye("b")
    assert probes.workers().state == State.GOOD
    WorkerBeat.objects.update(seen_at=clock.now() - dt.timedelta(minutes=2))
    assert probes.workers() == Reading(State.BAD, "Im lặng 2 phút", probes.workers().todo)


def test_the_timetable():
    with clock.frozen("2026-11-20"):
        assert probes.timetable().state == State.GOOD
        line = SCHEDULE[0]
        PeriodicRun.objects.create(name=line.name, next_at=clock.now() - dt.timedelta(minutes=4))
        assert probes.timetable().state == State.GOOD
        PeriodicRun.objects.update(next_at=clock.now() - dt.timedelta(hours=2))
        reading = probes.timetable()
    assert reading.state == State.BAD
    assert reading.figure == f"1 việc chậm; “{jobs.title_of(line.task)}” chậm 2 giờ"


@pytest.mark.parametrize(
    ("free", "state"), [(6 * 1024**3, State.GOOD), (4 * 1024**3, State.LOOK), (1024**3 - 1, State.BAD)]
)
def test_the_disk(monkeypatch, free, state):
    monkeypatch.setattr(
        probes.shutil, "disk_usage", lambda _path: SimpleNamespace(total=100 * 1024**3, used=0, free=free)
    )
    assert probes.disk().state == state
    assert bool(probes.disk().todo) == (state != State.GOOD)


def test_the_database_says_which_it_is():
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    assert probes.database().figure.startswith(f"{name}, ")


def test_mail(settings):
    settings.LOA_DEMO, settings.EMAIL_HOST = False, ""
    assert probes.mail().state == State.LOOK
    settings.EMAIL_HOST = "smtp.sgddt.gov.vn"
    assert probes.mail().figure == "gửi qua smtp.sgddt.gov.vn"


def test_what_has_no_title_is_named_by_its_path():
    assert jobs.title_of("loa.khong.co.viec_nay") == "loa.khong.co.viec_nay"
    assert jobs.title_of(SEND) == "Gửi thư điện tử"


@pytest.mark.parametrize(("count", "words"), [(0, "0 KB"), (1536, "1 KB"), (5 * 1024**2, "5,0 MB")])
def test_sizes(count, words):
    assert probes.size(count) == words


# — watching ————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def watched(monkeypatch):
    """One line whose reading the test sets, and what was told."""
    told: list[health.Line] = []
    one: Registry[Probe] = Registry("one probe")
    now = SimpleNamespace(reading=Reading(State.GOOD, "tốt"), told=told)
    one.register("thu", Probe("Việc thử", lambda: now.reading))
    ears: Registry = Registry("ears")
    ears.register("test", told.append)
    monkeypatch.setattr(health, "probes", one)
    monkeypatch.setattr(health, "trouble", ears)
    monkeypatch.setattr(health, "GRACE", 0.0)
    return now


def look(minute):
    with clock.frozen(f"2026-11-20T08:{minute:02d}:00+07:00"):
        return health.watch()


def test_trouble_is_told_once_and_its_end_too(watched):
    assert look(0) == []
    watched.reading = Reading(State.BAD, "hỏng", "Sửa.", mark="1")
    assert [line.name for line in look(1)] == ["thu"]
    assert look(2) == []
    watched.reading = Reading(State.BAD, "hỏng nữa", "Sửa.", mark="2")
    assert len(look(3)) == 1
    watched.reading = Reading(State.GOOD, "tốt")
    assert len(look(4)) == 1
    assert look(5) == []
    assert [line.reading.state for line in watched.told] == [State.BAD, State.BAD, State.GOOD]


def test_what_deserves_a_look_is_told_to_nobody(watched):
    watched.reading = Reading(State.LOOK, "hơi chậm", "Xem.")
    assert look(0) == []
    assert watched.told == []
    assert ProbeState.objects.get().state == State.LOOK


def test_since_when(watched):
    watched.reading = Reading(State.BAD, "hỏng", "Sửa.", mark="1")
    look(0)
    watched.reading = Reading(State.BAD, "hỏng", "Sửa.", mark="2")
    look(7)
    (line,) = health.lines()
    assert clock.local(line.since).strftime("%H:%M") == "08:00"


def test_two_processes_do_not_both_look(watched):
    with clock.frozen("2026-11-20"):
        assert health.watch() == []
        assert health.watch() is None


def test_a_process_that_just_started_says_nothing(watched, monkeypatch):
    monkeypatch.setattr(health, "GRACE", 1e12)
    watched.reading = Reading(State.BAD, "hỏng", "Sửa.")
    assert health.watch() is None
    assert watched.told == []


def test_a_line_that_cannot_be_read_is_bad_and_harms_no_other(watched):
    def broken():
        with connection.cursor() as cursor:
            cursor.execute("SELECT khong_co FROM khong_co")

    health.probes.register("hong", Probe("Phép đo hỏng", broken), order=1)
    first, second = health.lines()
    assert (first.reading.state, first.reading.figure) == (State.BAD, "Không xem được")
    assert second.reading.figure == "tốt"
    assert ProbeState.objects.count() == 0


# — jobs taken in hand ——————————————————————————————————————————————————————————————————


def test_only_a_failed_job_is_given_again_or_dropped():
    running, failed = make_job(TaskResultStatus.RUNNING), make_job(TaskResultStatus.FAILED)
    assert not jobs.give_again(running.pk)
    assert not jobs.drop(running.pk)
    assert jobs.give_again(failed.pk)
    failed.refresh_from_db()
    assert failed.status == TaskResultStatus.READY
    assert failed.run_after <= clock.now()
    assert not jobs.drop(failed.pk)


# — /healthz ————————————————————————————————————————————————————————————————————————————


def test_healthz_names_what_is_bad(client, monkeypatch):
    # As a process that has just begun: it says nothing about others yet.
    monkeypatch.setattr(health, "_STARTED", time.monotonic())
    assert client.get("/healthz").status_code == 503
    WorkerBeat.objects.create(worker_id="a", host="m", started_at=clock.now(), seen_at=clock.now())
    ProbeState.objects.create(name="core.disk", state=State.BAD, since=clock.now())
    ProbeState.objects.create(name="core.mail", state=State.LOOK, since=clock.now())
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "web": True,
        "database": True,
        "worker": True,
        "attention": ["core.disk"],
    }
