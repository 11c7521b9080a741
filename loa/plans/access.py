"""The only way from a request to a plan: who sees, checks and issues which."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import NotFound, Refused
from loa.org.access import can, in_force, roles, units_where
from loa.org.models import Unit, UnitLink
from loa.org.rules import Kind
from loa.plans.models import (
    Amendment,
    Correction,
    Directive,
    Finding,
    LegalDocument,
    Plan,
    PlanDocument,
    Task,
    TaskEvidence,
    TaskProgress,
)
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
    # Of a unit that was merged or closed, those who carry on for it read the plans it had work in.
    carried = TaskProgress.objects.filter(moved_to__in=held).values("task__plan")
    issued = Q(status__in=PUBLIC) & (
        Q(unit__in=above) | Q(unit__in=units_where(user, "plan.read")) | Q(pk__in=carried)
    )
    drafts = Q(unit__in=units_where(user, "plan.manage")) | Q(unit__in=units_where(user, "plan.issue"))
    return Plan.objects.filter(issued | drafts)


def drawn_below(user: Any) -> Q:
    """Plans of units below those the person works for."""
    held = {unit for unit, _role in roles(user)}
    below = UnitLink.objects.filter(in_force(clock.today()), above__in=held, depth__gte=1).exclude(below__in=held)
    return Q(unit__in=below.values("below"))


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


def task_for_read(user: Any, pk: int) -> Task:
    """A task of a plan the person may see. Raises NotFound."""
    task = Task.objects.filter(plan__in=plans_for(user), pk=pk).select_related("topic", "plan__unit").first()
    if task is None:
        raise NotFound(
            _("Không có nhiệm vụ này, hoặc kế hoạch của nó chưa được ban hành."), code="plans.task.not_found"
        )
    return task


def shares_visible(user: Any, plan: Plan) -> QuerySet[Unit]:
    """Units whose work on the tasks of a plan the person may see: their own and those below; the plan's office
    sees all."""
    if may_issue(user, plan) or may_manage(user, plan):
        return Unit.objects.all()
    return units_where(user, "progress.read")


def unit_for_share(user: Any, task: Task, unit_pk: int) -> Unit:
    """A unit whose work on the task the person may see. Raises NotFound."""
    unit = shares_visible(user, task.plan).filter(pk=unit_pk).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này trong phạm vi của anh/chị."), code="plans.task.unit")
    return unit


def unit_for_tasks(user: Any, pk: int) -> Unit:
    """A unit whose tasks the person may list: their own or one below. Raises NotFound."""
    unit = units_where(user, "progress.read").filter(pk=pk).first()
    if unit is None:
        raise NotFound(_("Không tìm thấy đơn vị này trong phạm vi của anh/chị."), code="plans.task.unit")
    return unit


def may_see_given(user: Any, unit: Unit) -> bool:
    """Whether the person may see how far all units are with what this unit's plans give them."""
    return can(user, "progress.read", unit.pk)


def may_work(user: Any, task: Task, unit_id: int) -> bool:
    """Whether the person may change a unit's work on a task: its lead, its focal point, who sees to the task."""
    if can(user, "task.work", unit_id):
        return True
    if not getattr(user, "is_authenticated", False):
        return False
    owned = TaskProgress.objects.filter(task=task, unit=unit_id, owner=user.pk).exists()
    return owned and any(unit == unit_id for unit, _role in roles(user))


def may_assign(user: Any, unit_id: int) -> bool:
    """Whether the person may say who in the unit sees to a task."""
    return can(user, "task.work", unit_id)


def task_evidence_for_read(user: Any, pk: int) -> TaskEvidence:
    """A proof of a task, to those who may see the unit's work. Raises NotFound."""
    row = TaskEvidence.objects.filter(pk=pk, removed_at=None).select_related("task__plan__unit", "unit").first()
    if row is not None:
        plan = plans_for(user).filter(pk=row.task.plan_id).exists()
        if plan and shares_visible(user, row.task.plan).filter(pk=row.unit_id).exists():
            return row
    raise NotFound(_("Không tìm thấy minh chứng này trong phạm vi của anh/chị."), code="plans.task.evidence")


def amendment_for_read(user: Any, plan_pk: int, pk: int) -> Amendment:
    """An amendment of a plan the person may see; drafts only for those who issue. Raises NotFound."""
    plan = plan_for_read(user, plan_pk)
    row = Amendment.objects.filter(plan=plan, pk=pk).select_related("created_by", "issued_by").first()
    if row is None or (row.status == Amendment.Status.DRAFT and not may_issue(user, plan)):
        raise NotFound(_("Không có văn bản điều chỉnh này."), code="plans.amendment.not_found")
    row.plan = plan
    return row


def correction_for_read(user: Any, plan_pk: int, pk: int) -> Correction:
    """A correction letter of a plan the person may see; drafts only for those who manage the plan. Raises
    NotFound."""
    plan = plan_for_read(user, plan_pk)
    row = Correction.objects.filter(plan=plan, pk=pk).select_related("created_by", "issued_by").first()
    if row is None or (row.status == Correction.Status.DRAFT and not may_manage(user, plan)):
        raise NotFound(_("Không có công văn đính chính này."), code="plans.correction.not_found")
    row.plan = plan
    return row


def correction_for_manage(user: Any, plan_pk: int, pk: int) -> Correction:
    """A correction letter, to be drawn up. Raises NotFound, Refused."""
    row = correction_for_read(user, plan_pk, pk)
    plan_for_manage(user, plan_pk)
    return row


def amendment_for_issue(user: Any, plan_pk: int, pk: int) -> Amendment:
    """An amendment, to be drawn up and issued. Raises NotFound, Refused."""
    row = amendment_for_read(user, plan_pk, pk)
    plan_for_issue(user, plan_pk)
    return row


def require_any_manage(user: Any) -> None:
    """Raise Refused unless the person manages the plans of some unit."""
    if not can(user, "plan.manage"):
        raise Refused(
            _("Chỉ đầu mối truyền thông, trưởng đơn vị hoặc trưởng ban biên tập được đưa kế hoạch lên."),
            code="plan.manage",
        )


def may_edit_legal(user: Any) -> bool:
    """Whether the person keeps the register of legal documents: the office of the Sở, for everybody below."""
    return units_where(user, "legal.edit").filter(kind__in=(Kind.SO, Kind.VAN_PHONG)).exists()


def require_legal_edit(user: Any) -> None:
    """Raise Refused unless the person keeps the register."""
    if not may_edit_legal(user):
        raise Refused(
            _("Chỉ văn phòng Sở (đầu mối truyền thông, trưởng đơn vị, trưởng ban biên tập) được sửa sổ văn bản."),
            code="legal.edit",
        )


def require_staff(user: Any) -> None:
    """Raise Refused unless the person works in some unit: the register is read by everybody who writes."""
    if not roles(user):
        raise Refused(_("Tài khoản này chưa được phân công ở đơn vị nào."), code="legal.read")


def legal_for_read(user: Any, pk: int) -> LegalDocument:
    """A document of the register. Raises Refused, NotFound."""
    require_staff(user)
    row = LegalDocument.objects.select_related("edited_by").filter(pk=pk).first()
    if row is None:
        raise NotFound(_("Sổ không có văn bản này."), code="plans.legal.not_found")
    return row


def legal_for_edit(user: Any, pk: int) -> LegalDocument:
    """A document of the register, to those who keep it. Raises Refused, NotFound."""
    row = legal_for_read(user, pk)
    require_legal_edit(user)
    return row
