"""The system page: who sees it, what it shows, jobs run again or dropped, administrators told."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.console import system
from loa.core import clock, health, probes
from loa.core.errors import Conflict, NotFound, Refused
from loa.core.health import Line, Reading, State
from loa.core.models import WorkerBeat
from loa.core.tests.test_health import make_job
from loa.org.rules import Role
from loa.org.tests.factories import make_user

ADDRESS = "/lam-viec/he-thong/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _room_on_the_disk(monkeypatch):
    usage = SimpleNamespace(total=100 * 1024**3, used=0, free=50 * 1024**3)
    monkeypatch.setattr(probes.shutil, "disk_usage", lambda _path: usage)


@pytest.fixture
def job(db):
    row = make_job(TaskResultStatus.FAILED, worker_ids=["m-1", "m-1", "m-2"])
    row.traceback = "Traceback (most recent call last):\n  …\nConnectionRefusedError: [Errno 111] smtp\n"
    row.save()
    return row


@pytest.fixture
def commune_admin(cast):
    return make_user("Quản Trị Xã", (Role.ADMIN, cast.xa))


def test_the_page_is_the_administrators_of_the_top_alone(client, cast, commune_admin, job):
    assert client.get(ADDRESS).status_code == 302
    for person in (cast.owner, cast.lead, cast.office, cast.director, commune_admin):
        client.force_login(person)
        answer = client.get(ADDRESS)
        assert answer.status_code == 403
        assert "Gửi thư điện tử" not in answer.content.decode()
        assert ADDRESS not in client.get("/lam-viec/").content.decode()
    client.force_login(cast.admin)
    text = client.get(ADDRESS).content.decode()
    assert "Gửi thư điện tử" in text
    assert "ConnectionRefusedError: [Errno 111] smtp" in text
    assert ADDRESS in client.get("/lam-viec/").content.decode()


def test_all_is_well(client, cast):
    WorkerBeat.objects.create(worker_id="a", host="m", started_at=clock.now(), seen_at=clock.now())
    client.force_login(cast.admin)
    text = client.get(ADDRESS).content.decode()
    assert "1 tiến trình đang chạy" in text
    assert "Không có việc nào bị lỗi" in text
    assert "cần xử lý" not in text


def test_the_worst_comes_first(client, cast, job):
    WorkerBeat.objects.create(worker_id="a", host="m", started_at=clock.now(), seen_at=clock.now())
    client.force_login(cast.admin)
    text = client.get(ADDRESS).content.decode()
    assert text.index("1 việc đã bỏ dở") < text.index("1 tiến trình đang chạy")


def test_htmx_gets_the_lines_alone(client, cast, job):
    client.force_login(cast.admin)
    text = client.get(ADDRESS, headers={"HX-Request": "true"}).content.decode()
    assert "1 việc đã bỏ dở" in text
    assert "<html" not in text
    assert "Chạy lại" not in text.replace("chạy lại", "")


def test_the_number_of_queries_stays(client, cast, job):
    client.force_login(cast.admin)
    client.get(ADDRESS)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(ADDRESS)
    for _ in range(30):
        make_job(TaskResultStatus.FAILED)
        make_job(TaskResultStatus.RUNNING, age=30)
        make_job()
    with CaptureQueriesContext(connection) as many:
        client.get(ADDRESS)
    assert len(many) == len(few)


def test_a_failed_job_runs_again(client, cast, job):
    client.force_login(cast.admin)
    answer = client.post(f"{ADDRESS}viec/{job.pk}/chay-lai/", follow=True)
    assert "Đã cho chạy lại “Gửi thư điện tử”" in answer.content.decode()
    job.refresh_from_db()
    assert job.status == TaskResultStatus.READY
    entry = LogEntry.objects.get(action="console.job_retried")
    assert entry.actor_id == cast.admin.pk
    assert entry.data["path"] == "loa.accounts.tasks.send_mail"


def test_a_failed_job_is_dropped(client, cast, job):
    client.force_login(cast.admin)
    answer = client.post(f"{ADDRESS}viec/{job.pk}/bo/", follow=True)
    assert "Đã bỏ “Gửi thư điện tử”" in answer.content.decode()
    assert not DBTaskResult.objects.filter(pk=job.pk).exists()
    assert LogEntry.objects.get(action="console.job_dropped").data["job"] == "Gửi thư điện tử"


@pytest.mark.parametrize("verb", [system.job_retry, system.job_drop])
def test_refusals_change_nothing(cast, commune_admin, job, verb):
    for person in (cast.owner, cast.lead, cast.editor, commune_admin):
        with pytest.raises(Refused):
            verb(actor=person, pk=job.pk)
        with pytest.raises(Refused):
            verb(actor=person, pk=uuid.uuid4())
    with pytest.raises(NotFound):
        verb(actor=cast.admin, pk=uuid.uuid4())
    for status in (TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.SUCCESSFUL):
        with pytest.raises(Conflict):
            verb(actor=cast.admin, pk=make_job(status).pk)
    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED
    assert DBTaskResult.objects.count() == 4
    assert not LogEntry.objects.filter(action__startswith="console.job").exists()


def test_reading_an_address_changes_nothing(client, cast, job):
    client.force_login(cast.admin)
    assert client.get(f"{ADDRESS}viec/{job.pk}/bo/").status_code == 405
    assert DBTaskResult.objects.filter(pk=job.pk).exists()


# — told ————————————————————————————————————————————————————————————————————————————————


def line(state, figure="6 phút"):
    return Line("core.queue", "Việc đang chờ", Reading(state, figure, "Sửa." if state == State.BAD else ""))


def test_administrators_of_the_top_are_told_and_untold(cast, commune_admin):
    system.tell(line(State.BAD))
    notice = Notice.objects.get()
    assert notice.user == cast.admin
    assert notice.url == ADDRESS
    system.tell(line(State.BAD, "9 phút"))
    assert Notice.objects.filter(cancelled_at=None).get().data["figure"] == "9 phút"
    system.tell(line(State.GOOD))
    assert not Notice.objects.filter(cancelled_at=None).exists()


def test_a_stuck_job_reaches_the_bell_within_a_minute(client, cast, monkeypatch):
    monkeypatch.setattr(health, "GRACE", 0.0)
    WorkerBeat.objects.create(worker_id="a", host="m", started_at=clock.now(), seen_at=clock.now())
    assert health.watch() == []
    make_job(TaskResultStatus.RUNNING, age=9.9)
    soon = clock.now() + health.WATCH
    WorkerBeat.objects.update(seen_at=soon)
    with clock.frozen(soon):
        assert [found.name for found in health.watch()] == ["core.running"]
    client.force_login(cast.admin)
    assert "Hệ thống cần xem – Việc đang chạy: “Gửi thư điện tử” chạy đã 10 phút." in client.get(
        "/lam-viec/thong-bao/"
    ).content.decode().replace("&quot;", '"')


def test_the_administrators_home_says_so(cast, job, commune_admin):
    WorkerBeat.objects.create(worker_id="a", host="m", started_at=clock.now(), seen_at=clock.now())
    decision = system.system_trouble(cast.admin)
    assert (decision.count, decision.lines[0].title) == (1, "Việc bị lỗi")
    assert system.system_trouble(cast.owner) is None
    assert system.system_trouble(commune_admin) is None
    job.delete()
    assert system.system_trouble(cast.admin) is None
