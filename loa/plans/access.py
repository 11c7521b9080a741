"""The only way from a request to a plan: who sees, checks and issues which."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import NotFound, Refused
from loa.org.access import can, in_force, roles, units_where
from loa.org.models import UnitLink
from loa.plans.models import Directive, Finding, Plan, PlanDocument
from loa.plans.rules import PlanStatus

#: plans everybody they concern may read
PUBLIC = (PlanStatus.ISSUED, PlanStatus.CLOSED)


def plans_for(user: Any) -> QuerySet[Plan]:
    """Plans the person may see: issued ones of their units, of those above and of those below; drafts of units
    whose plans they manage or issue."""
    held = {unit for unit, _role in roles(user)} if getattr(user, "is_authenticated", False) else set()
    if not held:
        return Plan.objects.none()
    above = UnitLink.objects.filter(in_force(clock.today()), below__in=held).values("above")
    issued = Q(status__in=PUBLIC) & (Q(unit__in=above) | Q(unit__in=units_where(user, "plan.read")))
    drafts = Q(unit__in=units_where(user, "plan.manage")) | Q(unit__in=units_where(user, "plan.issue"))
    return Plan.objects.filter(issued | drafts)


def plan_for_read(user: Any, pk: int) -> Plan:
    """The plan, if the person may see it. Raises NotFound."""
    plan = plans_for(user).select_related("unit", "created_by", "issued_by").filter(pk=pk).first()
    if plan is None:
        raise NotFound(_("Không có kế hoạch này, hoặc kế hoạch chưa được ban hành."), code="plans.not_found")
    return plan


def plan_for_manage(user: Any, pk: int) -> Plan:
    """The plan, if the person may check and change it. Raises NotFound, Refused."""
    plan = plan_for_read(user, pk)
    if not may_manage(user, plan):
        raise Refused(
            _("Chỉ đầu mối truyền thông và trưởng đơn vị của %(unit)s được đối chiếu, sửa kế hoạch này.")
            % {"unit": plan.unit.short_name},
            code="plan.manage",
        )
    return plan


def plan_for_issue(user: Any, pk: int) -> Plan:
    """The plan, if the person may issue it. Raises NotFound, Refused."""
    plan = plan_for_read(user, pk)
    if not may_issue(user, plan):
        raise Refused(
            _("Chỉ lãnh đạo, trưởng đơn vị hoặc đầu mối truyền thông của %(unit)s được ban hành kế hoạch này.")
            % {"unit": plan.unit.short_name},
            code="plan.issue",
        )
    return plan


def may_manage(user: Any, plan: Plan) -> bool:
    """Whether the person may check and change the plan."""
    return can(user, "plan.manage", plan.unit_id)


def may_issue(user: Any, plan: Plan) -> bool:
    """Whether the person may issue the plan."""
    return can(user, "plan.issue", plan.unit_id)


def finding_for_manage(user: Any, plan_pk: int, position: int) -> Finding:
    """One finding of a plan the person manages. Raises NotFound, Refused."""
    plan = plan_for_manage(user, plan_pk)
    finding = Finding.objects.filter(plan=plan, position=position).first()
    if finding is None:
        raise NotFound(_("Không còn mục này. Hãy tải lại trang."), code="plans.finding.not_found")
    finding.plan = plan
    return finding


def document_for_read(user: Any, plan_pk: int, pk: int) -> PlanDocument:
    """An uploaded file of a plan the person may see. Raises NotFound.

    Once the plan is issued everybody it concerns may open the file it was read from; files that could not be
    read, or were replaced, stay with those who manage the plan.
    """
    plan = plan_for_read(user, plan_pk)
    document = PlanDocument.objects.filter(plan=plan, pk=pk).first()
    hidden = document is not None and not may_manage(user, plan) and not may_issue(user, plan)
    if document is None or (hidden and document.state != PlanDocument.State.READ):
        raise NotFound(_("Không có tệp này."), code="plans.document.not_found")
    document.plan = plan
    return document


def directive_for_read(user: Any, plan_pk: int, pk: int) -> Directive:
    """A directive of a plan the person may see. Raises NotFound."""
    plan = plan_for_read(user, plan_pk)
    directive = Directive.objects.filter(plan=plan, pk=pk).first()
    if directive is None:
        raise NotFound(_("Không có chỉ tiêu, thời hạn này."), code="plans.directive.not_found")
    directive.plan = plan
    return directive


def directive_for_issue(user: Any, plan_pk: int, pk: int) -> Directive:
    """A directive of a plan the person may issue. Raises NotFound, Refused."""
    plan = plan_for_issue(user, plan_pk)
    directive = directive_for_read(user, plan_pk, pk)
    directive.plan = plan
    return directive


def require_any_manage(user: Any) -> None:
    """Raise Refused unless the person manages the plans of some unit."""
    if not can(user, "plan.manage"):
        raise Refused(
            _("Chỉ đầu mối truyền thông, trưởng đơn vị hoặc trưởng ban biên tập được đưa kế hoạch lên."),
            code="plan.manage",
        )
