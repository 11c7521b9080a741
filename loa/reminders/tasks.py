"""Jobs of the timetable (config/schedule.py): batches until nothing is left, or a run has lasted long enough."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from loa.core.jobs import job
from loa.reminders import services

#: seconds after which a run stops; the next goes on
BUDGET = 240


def _while_some(batch: Callable[[], int], until: float) -> None:
    while time.monotonic() < until and batch():
        pass


@job(queue="slow", title=_("Nhắc việc và gửi thư nhắc"))
def remind() -> None:
    """Tell everybody whose hour has come, and send the mails that are ready."""
    until = time.monotonic() + BUDGET
    services.enrol()
    _while_some(services.prepare_due, until)
    _while_some(services.send_due, until)


@job(queue="slow", title=_("Dọn các lời nhắc đã cũ"))
def tidy() -> None:
    """Take back what is no longer true; forget what is long over."""
    services.withdraw_stale(until=time.monotonic() + BUDGET)
    services.prune()
