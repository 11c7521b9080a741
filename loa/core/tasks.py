"""House-keeping jobs."""

from __future__ import annotations

import datetime as dt

from django.core.management import call_command
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from loa.core import clock
from loa.core.jobs import job


@job(title=_("Dọn phiên đăng nhập đã hết"))
def clear_sessions() -> None:
    """Drop sessions that have run out."""
    call_command("clearsessions")


@job(title=_("Dọn việc nền đã xong"))
def prune_jobs() -> None:
    """Drop finished jobs: after a day when they went well, after 30 days when they failed."""
    now = clock.now()
    for status, days in ((TaskResultStatus.SUCCESSFUL, 1), (TaskResultStatus.FAILED, 30)):
        DBTaskResult.objects.filter(status=status, finished_at__lt=now - dt.timedelta(days=days)).delete()
