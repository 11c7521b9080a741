"""The system page: who may see it, jobs given up taken in hand, trouble told to the administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from loa.accounts.models import User
from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.audit.texts import Deed, deeds
from loa.console.urls_soft import url
from loa.core import health, jobs
from loa.core.desk import Decision, Line, Link, decisions
from loa.core.errors import Conflict, NotFound, Refused
from loa.core.messages import Message, messages
from loa.org.access import can, units_where, users_who_can
from loa.org.models import Unit

TROUBLE = "console.system.trouble"
#: failed jobs listed on the page
SHOWN = 50


# — access ——————————————————————————————————————————————————————————————————————————————


def may_manage(user: Any) -> bool:
    """Whether the person looks after the whole installation: administrator of a unit at the top of the tree."""
    return can(user, "system.manage") and units_where(user, "system.manage").filter(parent=None).exists()


def require_manage(user: Any) -> None:
    """Raise Refused unless `may_manage`."""
    if not may_manage(user):
        raise Refused(_("Chỉ quản trị của cơ quan đứng đầu được xem tình trạng hệ thống."), code="system.manage")


def failed_job(user: Any, pk: UUID) -> DBTaskResult:
    """A job that was given up, locked. Raises Refused; NotFound when there is none; Conflict when it goes on."""
    require_manage(user)
    row = DBTaskResult.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound(_("Không tìm thấy việc này: có người đã bỏ, hoặc đã quá 30 ngày."), code="system.job")
    if row.status != TaskResultStatus.FAILED:
        raise Conflict(_("Việc này không còn lỗi: đang chờ, đang chạy hoặc đã xong."), code="system.job")
    return row


def administrators() -> list[User]:
    """Who hears of trouble."""
    people: dict[int, User] = {}
    for top in Unit.objects.filter(parent=None, closed_on=None).values_list("pk", flat=True):
        people |= {user.pk: user for user in users_who_can("system.manage", top)}
    return list(people.values())


# — reads ———————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class FailedJob:
    """A line of the table of failed jobs."""

    row: DBTaskResult
    title: str
    #: last line of the error, for whoever looks after the machine
    error: str


def failed_jobs() -> tuple[list[FailedJob], int]:
    """The newest jobs given up, and how many there are in all."""
    rows = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    count = rows.count()
    return [
        FailedJob(row, jobs.title_of(row.task_path), (row.traceback.strip().splitlines() or [""])[-1][:300])
        for row in rows.order_by("-finished_at", "pk")[:SHOWN]
    ], count


# — writes ——————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def job_retry(*, actor: Any, pk: UUID) -> str:
    """Let a job that was given up run again. Returns its title. Raises Refused, NotFound, Conflict."""
    row = failed_job(actor, pk)
    jobs.give_again(row.pk)
    title = jobs.title_of(row.task_path)
    log("console.job_retried", actor=actor, job=title, path=row.task_path, error=row.exception_class_path)
    return title


@transaction.atomic
def job_drop(*, actor: Any, pk: UUID) -> str:
    """Forget a job that was given up. Returns its title. Raises Refused, NotFound, Conflict."""
    row = failed_job(actor, pk)
    title = jobs.title_of(row.task_path)
    jobs.drop(row.pk)
    log("console.job_dropped", actor=actor, job=title, path=row.task_path, error=row.exception_class_path)
    return title


def tell(line: health.Line) -> None:
    """Called when a line of the page has become bad, is bad for another reason, or is bad no longer."""
    cancel_notices(code=TROUBLE, key=line.name)
    if line.reading.state == health.State.BAD:
        notify(
            users=administrators(),
            code=TROUBLE,
            key=line.name,
            url=url("console:system"),
            title=line.title,
            figure=line.reading.figure,
        )


# — the administrator's home ————————————————————————————————————————————————————————————


def system_trouble(user: Any) -> Decision | None:
    """Lines of the system page that are bad; None for everyone else, and when all is well."""
    if not may_manage(user):
        return None
    bad = [line for line in health.lines() if line.reading.state == health.State.BAD]
    if not bad:
        return None
    return Decision(
        title=_("Hệ thống cần xem"),
        count=len(bad),
        urgent=True,
        lines=[
            Line(line.title, url("console:system"), line.reading.figure, "act", _("Cần xử lý")) for line in bad[:3]
        ],
        links=[Link(_("Xem tình trạng hệ thống"), url("console:system"))],
    )


def register() -> None:
    """Called in `ready()`."""
    health.trouble.register("console", tell)
    decisions.register("console.system_trouble", system_trouble, order=5)
    messages.register(
        TROUBLE, Message(gettext_lazy("Hệ thống cần xem – %(title)s: %(figure)s."), icon="alert", tone="act")
    )
    deeds.register(
        "console.job_retried", Deed(gettext_lazy("Chạy lại việc nền"), gettext_lazy("Chạy lại việc nền “%(job)s”"))
    )
    deeds.register(
        "console.job_dropped", Deed(gettext_lazy("Bỏ việc nền"), gettext_lazy("Bỏ việc nền bị lỗi “%(job)s”"))
    )
