"""Background jobs: django-tasks rows, with what they lack: leases, retries and a timetable.

A job is a plain function with ids as arguments, marked `@job(...)`, put in the queue with
`enqueue_after_commit`. The row in the database is the queue: a job enqueued in a transaction that is rolled
back never existed. A worker that dies leaves its job RUNNING; the reaper finds that its heart stopped and
puts the job back. So a job may run twice, never twice at once: write jobs that can be repeated.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from loa.core import clock
from loa.core.models import PeriodicRun, WorkerBeat
from loa.core.registry import Registry

log = logging.getLogger("loa.jobs")

#: loops that every `loa worker` runs beside its jobs: (worker id, stop) → returns when `stop` is set
loops: Registry[Callable[[str, threading.Event], None]] = Registry("worker_loops")

#: a worker says it lives every BEAT; after LEASE of silence its job is given to another
BEAT = dt.timedelta(seconds=5)
LEASE = dt.timedelta(seconds=45)


@dataclass(frozen=True)
class Retry:
    """How often a failed job is tried again, and after how long: `first`, doubled each time, with jitter."""

    attempts: int = 3
    first: dt.timedelta = dt.timedelta(seconds=10)
    longest: dt.timedelta = dt.timedelta(hours=1)

    def delay(self, attempt: int) -> dt.timedelta:
        """Time to wait after the `attempt`-th failure (from 1)."""
        wait = min(self.first * 2 ** (attempt - 1), self.longest)
        return wait * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing


NO_RETRY = Retry(attempts=1)


@dataclass(frozen=True)
class _Terms:
    """What was said of a job where it was marked."""

    retry: Retry = NO_RETRY
    title: Any = ""
    given_up: Callable[..., None] | None = None


#: task path → terms
_terms: dict[str, _Terms] = {}


def job(
    *,
    queue: str = "default",
    retry: Retry = NO_RETRY,
    title: Any = "",
    given_up: Callable[..., None] | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Mark a function as a background job of `queue` ("default", or "slow" for minutes of work).

    `title` (a lazy gettext string): what administrators read when it fails or hangs. `given_up`: called with the
    job's arguments when it failed for the last time; for what people see of it, to say so.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        made = task(queue_name=queue)(function)
        _terms[f"{function.__module__}.{function.__qualname__}"] = _Terms(retry, title, given_up)
        return made

    return decorate


def _terms_of(path: str) -> _Terms:
    """The terms of a job, whichever process asks first; those of no job when it exists no more."""
    if path not in _terms:
        with contextlib.suppress(ImportError, AttributeError, ValueError):
            import_string(path)
    return _terms.get(path, _Terms())


def title_of(path: str) -> str:
    """What the job is called on the screen; its path when it has no title or exists no more."""
    return str(_terms_of(path).title or path)


def give_again(pk: Any) -> bool:
    """Put a job that was given up back in the queue. Returns False when it is not (any more) a failed one."""
    return bool(
        DBTaskResult.objects.filter(pk=pk, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, run_after=clock.now(), started_at=None, finished_at=None
        )
    )


def drop(pk: Any) -> bool:
    """Forget a job that was given up. Returns False when it is not (any more) a failed one."""
    return bool(DBTaskResult.objects.filter(pk=pk, status=TaskResultStatus.FAILED).delete()[0])


def settle_failure(result: DBTaskResult) -> bool:
    """Put a failed job back in the queue if its policy allows. Returns whether it was."""
    policy = _terms_of(result.task_path).retry
    attempts = len(result.worker_ids)
    if attempts >= policy.attempts:
        log.error("job %s gave up after %d attempts", result.task_path, attempts)
        _tell_given_up(result)
        return False
    again_at = clock.now() + policy.delay(attempts)
    return bool(
        DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, run_after=again_at, finished_at=None
        )
    )


def _tell_given_up(result: DBTaskResult) -> None:
    tell = _terms_of(result.task_path).given_up
    if tell is None:
        return
    try:
        tell(*result.args_kwargs["args"], **result.args_kwargs["kwargs"])
    except Exception:
        # The row stays among the failed jobs all the same, and the worker has others to run.
        log.exception("job %s gave up, which could not be told", result.task_path)


def beat(worker_id: str, host: str) -> None:
    """Say that this worker lives."""
    now = clock.now()
    WorkerBeat.objects.update_or_create(
        worker_id=worker_id,
        defaults={"seen_at": now, "host": host},
        create_defaults={
            "seen_at": now,
            "host": host,
            "started_at": now,
        },
    )


def say_goodbye(worker_id: str) -> None:
    """This worker ends in good order: nobody need wait for its heart to be missed."""
    WorkerBeat.objects.filter(worker_id=worker_id).delete()


def worker_alive() -> bool:
    """Whether some worker was heard of within its lease."""
    return WorkerBeat.objects.filter(seen_at__gt=clock.now() - LEASE).exists()


def reap() -> int:
    """Give back the jobs of workers whose heart stopped. Returns how many.

    A job that has used up its attempts becomes FAILED, so that somebody sees it.
    """
    now = clock.now()
    alive = set(WorkerBeat.objects.filter(seen_at__gt=now - LEASE).values_list("worker_id", flat=True))
    returned = 0
    for result in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=now - LEASE):
        if result.worker_ids and result.worker_ids[-1] in alive:
            continue
        allowed = max(_terms_of(result.task_path).retry.attempts, 2)
        target = TaskResultStatus.READY if len(result.worker_ids) < allowed else TaskResultStatus.FAILED
        changed = DBTaskResult.objects.filter(
            pk=result.pk, status=TaskResultStatus.RUNNING, started_at=result.started_at
        ).update(status=target, started_at=None, finished_at=None if target == TaskResultStatus.READY else now)
        returned += changed
        log.warning("job %s lost its worker: now %s", result.task_path, target)
        if changed and target == TaskResultStatus.FAILED:
            _tell_given_up(result)
    WorkerBeat.objects.filter(seen_at__lt=now - dt.timedelta(days=1)).delete()
    return returned


@dataclass(frozen=True)
class Periodic:
    """One line of config/schedule.py: a job and how often it runs."""

    name: str
    task: str  # dotted path of a @job without arguments
    every: dt.timedelta


def run_due(schedule: list[Periodic]) -> list[str]:
    """Enqueue the periodic jobs that are due; safe with many workers (claimed by conditional UPDATE)."""
    now = clock.now()
    known = dict(PeriodicRun.objects.values_list("name", "next_at"))
    started = []
    for line in schedule:
        if line.name not in known:
            PeriodicRun.objects.get_or_create(name=line.name, defaults={"next_at": now})
        elif known[line.name] > now:
            continue
        claimed = PeriodicRun.objects.filter(name=line.name, next_at__lte=now).update(
            next_at=now + line.every, last_at=now
        )
        waiting = Q(status=TaskResultStatus.READY) | Q(status=TaskResultStatus.RUNNING)
        if claimed and not DBTaskResult.objects.filter(waiting, task_path=line.task).exists():
            import_string(line.task).enqueue()
            started.append(line.name)
    return started
