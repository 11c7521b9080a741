"""House-keeping jobs."""

from __future__ import annotations

import datetime as dt

from django.core.management import call_command
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from loa.core import clock
from loa.core.jobs import job


@job()
def clear_sessions() -> None:
    """Drop sessions that have run out."""
    call_command("clearsessions")


@job()
def prune_jobs() -> None:
    """Drop finished jobs: after a day when they went well, after 30 days when they failed."""
    now = clock.now()
    for status, days in ((TaskResultStatus.SUCCESSFUL, 1), (TaskResultStatus.FAILED, 30)):
        DBTaskResult.objects.filter(status=status, finished_at__lt=now - dt.timedelta(days=days)).delete()
