"""From a request to an object of reporting: 404 before 403."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import NotFound, Refused
from loa.org.access import can, in_force, roles, units_where
from loa.org.models import Unit
from loa.plans.access import plans_for
from loa.plans.models import Directive, Plan
from loa.plans.rules import PlanStatus
from loa.reporting.models import Evidence, Report


def unit_for_progress(user: Any, pk: int) -> Unit:
    """The unit whose obligations this person may read: their own, or one below them."""
    unit = units_where(user, "progress.read").filter(pk=pk).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này trong phạm vi của anh/chị."), code="unit")
    return unit


def tops_for(user: Any) -> list[Unit]:
    """The units the person works for, highest first: each is a board of its own. One query."""
    mine = {unit for unit, _role in roles(user)}
    above = Count("links_up", filter=in_force(clock.today(), "links_up__"))
    return list(Unit.objects.filter(pk__in=mine).alias(above=above).order_by("above", "sort_key"))


def issued_plans_for(user: Any) -> QuerySet[Plan]:
    """Plans in force or closed that bind the person's units, newest first."""
    return plans_for(user).filter(status__in=(PlanStatus.ISSUED, PlanStatus.CLOSED)).order_by("-starts_on", "-pk")


def directive_for_progress(user: Any, unit: Unit, pk: int) -> Directive:
    """A directive of a plan this person may read."""
    directive = (
        Directive.objects.filter(pk=pk, plan__in=issued_plans_for(user))
        .select_related("plan__unit", "topic")
        .first()
    )
    if directive is None:
        raise NotFound(_("Không tìm thấy chỉ tiêu này."), code="directive")
    return directive


def evidence_for_view(user: Any, pk: int) -> Evidence:
    """A proof of a unit this person may read."""
    evidence = (
        Evidence.objects.filter(pk=pk, unit__in=units_where(user, "progress.read"))
        .select_related("unit", "directive__plan__unit", "story", "report", "added_by")
        .first()
    )
    if evidence is None:
        raise NotFound(_("Không tìm thấy minh chứng này trong phạm vi của anh/chị."), code="evidence")
    return evidence


def may_judge(user: Any, unit: Unit) -> bool:
    """Whether the person may refuse proofs of that unit and remind it."""
    return can(user, "evidence.judge", unit.pk)


#: what the unit itself sees from the first word, and those above only once it has been signed
_OWN = ("report.write", "report.approve")


def reports_visible(user: Any) -> QuerySet[Report]:
    """Reports the person may see: all of their own units; of units below only those that were signed."""
    own = Q()
    for ability in _OWN:
        own |= reports_at(units_where(user, ability))
    below = reports_at(units_where(user, "report.read")) & Q(status=Report.Status.APPROVED)
    return Report.objects.filter(own | below)


def reports_at(units: QuerySet[Unit]) -> Q:
    """Reports of these units, and those they keep for units that ended."""
    return Q(unit__in=units) | Q(keeper__in=units)


def report_for_view(user: Any, pk: int) -> Report:
    """The report. Raises NotFound when there is none, or the person must not know of it."""
    report = (
        reports_visible(user).select_related("unit", "plan__unit", "directive", "drafted_by").filter(pk=pk).first()
    )
    if report is None:
        raise NotFound(_("Không có báo cáo này, hoặc báo cáo chưa được gửi tới anh/chị."), code="report.missing")
    return report


def report_for_update(user: Any, pk: int) -> Report:
    """The report, to be written in. Raises NotFound, or Refused for those who may only read it."""
    report = report_for_view(user, pk)
    if not can(user, "report.write", report.office_id):
        raise Refused(_("Anh/chị được xem báo cáo này nhưng không soạn thay đơn vị."), code="report.write")
    return report


def report_for_approval(user: Any, pk: int) -> Report:
    """The report, to be signed or returned. Raises NotFound, or Refused for those who may not sign for it."""
    report = report_for_view(user, pk)
    if not can(user, "report.approve", report.office_id):
        raise Refused(
            _("Chỉ trưởng đơn vị hoặc lãnh đạo phụ trách mới ký duyệt được báo cáo này."), code="report.approve"
        )
    return report
