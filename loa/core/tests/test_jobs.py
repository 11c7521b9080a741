"""Jobs that fail: tried again by their policy, then given up and told to whoever waits for them."""

from __future__ import annotations

import datetime as dt

import pytest
from django_tasks import TaskResultStatus

from loa.core import clock, jobs
from loa.core.tests.test_health import make_job

pytestmark = pytest.mark.django_db
PATH = f"{__name__}.carry"
told: list[tuple[int, str]] = []


def _tell(pk: int, what: str) -> None:
    if what == "broken":
        raise RuntimeError("nobody can be told")
    told.append((pk, what))


@jobs.job(retry=jobs.Retry(attempts=2, first=dt.timedelta(minutes=1)), given_up=_tell)
def carry(pk: int, what: str) -> None:
    """A job of the tests."""


@pytest.fixture(autouse=True)
def nobody_told_yet():
    told.clear()


def test_a_failed_job_is_tried_again_later_and_nobody_is_told():
    row = make_job(TaskResultStatus.FAILED, path=PATH, args=(7, "thư"), worker_ids=["a"])
    assert jobs.settle_failure(row)
    row.refresh_from_db()
    assert row.status == TaskResultStatus.READY
    assert clock.now() + dt.timedelta(seconds=40) < row.run_after < clock.now() + dt.timedelta(seconds=80)
    assert told == []


def test_a_job_that_failed_for_the_last_time_says_so():
    row = make_job(TaskResultStatus.FAILED, path=PATH, args=(7, "thư"), worker_ids=["a", "b"])
    assert not jobs.settle_failure(row)
    row.refresh_from_db()
    assert row.status == TaskResultStatus.FAILED
    assert told == [(7, "thư")]


def test_so_does_one_whose_workers_died_each_time():
    lost = make_job(TaskResultStatus.RUNNING, path=PATH, args=(7, "thư"), age=5, worker_ids=["a"])
    dead = make_job(TaskResultStatus.RUNNING, path=PATH, args=(8, "thư"), age=5, worker_ids=["a", "b"])
    assert jobs.reap() == 2
    lost.refresh_from_db()
    dead.refresh_from_db()
    assert [lost.status, dead.status] == [TaskResultStatus.READY, TaskResultStatus.FAILED]
    assert told == [(8, "thư")]
    assert jobs.reap() == 0
    assert told == [(8, "thư")]


def test_telling_that_fails_harms_no_worker(caplog):
    row = make_job(TaskResultStatus.FAILED, path=PATH, args=(7, "broken"), worker_ids=["a", "b"])
    assert not jobs.settle_failure(row)
    assert "could not be told" in caplog.text
