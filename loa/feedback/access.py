"""The only way from a request to a thread, a ruling, a scenario: seen (or 404), then may (or 403)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.core.errors import NotFound, Refused
from loa.feedback.models import Remark, Ruling, Scenario, Thread
from loa.org import access as rights

READ, ANSWER, DECIDE, MANAGE = "inbox.read", "inbox.answer", "inbox.decide", "inbox.manage"


def may_read(user: Any) -> bool:
    """Whether the inbox is among the person's rooms."""
    return rights.can(user, READ)


def threads_for(user: Any, ability: str = READ) -> QuerySet[Thread]:
    """Threads of the person's units: those they answer, and those of their pages."""
    units = rights.units_where(user, ability).values("pk")
    return Thread.objects.filter(Q(unit__in=units) | Q(home__in=units))


def _can(user: Any, ability: str, thread: Thread) -> bool:
    return rights.can(user, ability, thread.unit_id) or (
        thread.home_id != thread.unit_id and rights.can(user, ability, thread.home_id)
    )


def thread_for(user: Any, pk: int, ability: str = "", *, lock: bool = False) -> Thread:
    """The thread; raises NotFound, Refused."""
    rows = Thread.objects.select_related("account", "unit", "home", "assigned", "speaker")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None or not _can(user, READ, row):
        raise NotFound(
            _("Không có cuộc trao đổi này, hoặc không thuộc đơn vị của bạn."), code="feedback.thread.404"
        )
    if ability and not _can(user, ability, row):
        raise Refused(_("Bạn xem được nhưng chưa được giao trả lời hộp thư của đơn vị này."), code=ability)
    return row


def may(user: Any, ability: str, thread: Thread) -> bool:
    """Whether the person has `ability` on the thread."""
    return _can(user, ability, thread)


def remark_for(user: Any, pk: int, ability: str = "") -> Remark:
    """The remark, by its thread."""
    row = Remark.objects.select_related("thread", "account", "speaker").filter(pk=pk).first()
    if row is None:
        raise NotFound(_("Không có nội dung này."), code="feedback.remark.404")
    row.thread = thread_for(user, row.thread_id, ability)
    return row


def rulings_for(user: Any) -> QuerySet[Ruling]:
    """Rulings on remarks of the person's threads."""
    return Ruling.objects.filter(remark__thread__in=threads_for(user).values("pk"))


def ruling_for(user: Any, pk: int, ability: str = "", *, lock: bool = False) -> Ruling:
    """The ruling; raises NotFound, Refused."""
    rows = Ruling.objects.select_related(
        "remark__thread__account",
        "remark__thread__unit",
        "ground",
        "proposed_by",
        "decided_by",
        "appeal_by",
        "action",
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None or not _can(user, READ, row.remark.thread):
        raise NotFound(_("Không có hồ sơ này, hoặc không thuộc đơn vị của bạn."), code="feedback.ruling.404")
    if ability and not _can(user, ability, row.remark.thread):
        raise Refused(_("Việc này dành cho người được giao quyết định của đơn vị."), code=ability)
    return row


def scenarios_for(user: Any) -> QuerySet[Scenario]:
    """Scenarios of the units for which the person keeps the inbox in order."""
    return Scenario.objects.filter(unit__in=rights.units_where(user, MANAGE).values("pk"))


def scenario_for(user: Any, pk: int, *, lock: bool = False) -> Scenario:
    """The scenario to work on; NotFound when it is not theirs."""
    rows = scenarios_for(user).select_related("unit")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("Không có kịch bản này, hoặc không thuộc đơn vị của bạn."), code="feedback.scenario.404")
    return row
