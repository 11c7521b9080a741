"""`loa worker`: runs background jobs and the timetable; as many processes as wanted, on any machines."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from config.schedule import SCHEDULE
from loa.core import health, jobs


class LoaWorker(Worker):
    """django-tasks-db's worker, whose failed jobs are tried again after their own policy."""

    def run_task(self, db_task_result: DBTaskResult) -> None:
        super().run_task(db_task_result)
        db_task_result.refresh_from_db()
        if db_task_result.status == TaskResultStatus.FAILED:
            jobs.settle_failure(db_task_result)


def keep_time(worker_id: str, stop: threading.Event) -> None:
    """In a thread of its own: beat, reap, start periodic jobs, watch the system, also while a long job runs."""
    host = socket.gethostname()
    while not stop.is_set():
        try:
            close_old_connections()
            jobs.beat(worker_id, host)
            jobs.reap()
            jobs.run_due(SCHEDULE)
            health.watch()
        except Exception:
            # The clock must go on ticking when the database is away for a moment.
            jobs.log.exception("timekeeper")
            connection.close()
        stop.wait(jobs.BEAT.total_seconds())
    connection.close()


class Command(BaseCommand):
    help = "Run background jobs and the timetable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks at the queue")
        parser.add_argument("--batch", action="store_true", help="stop when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        worker_id = f"{socket.gethostname()[:32]}-{os.getpid()}"
        worker = LoaWorker(
            queue_names=["*"],
            interval=options["interval"],
            batch=options["batch"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        jobs.beat(worker_id, socket.gethostname())
        stop = threading.Event()
        timekeeper = threading.Thread(target=keep_time, args=(worker_id, stop), daemon=True)
        timekeeper.start()
        loops = [threading.Thread(target=loop, args=(worker_id, stop), daemon=True) for loop in jobs.loops]
        if not options["batch"]:
            for thread in loops:
                thread.start()
        worker.configure_signals()
        try:
            worker.run()
        finally:
            stop.set()
            for thread in (timekeeper, *loops):
                if thread.is_alive():
                    thread.join(timeout=10)
            jobs.say_goodbye(worker_id)
