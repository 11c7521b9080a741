"""Issuing a plan: from confirmed findings to what units owe, once and all together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.transitions import set_status
from loa.org.models import UnitClass
from loa.plans import events
from loa.plans.models import Directive, Finding, LegalBasis, LegalCitation, Plan, Task, TaskUnit, Topic
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.plans.rules import audience as audiences
from loa.plans.rules.directives import DirectiveSpec, StandingDuty, day_from, directive_of, problems
from loa.plans.rules.topics import short_title
from loa.plans.services.common import PLAN, lock_plan, queue, require_issue
from loa.plans.services.legal import note_citations

#: days after its end at which a plan closes; until then reports of its time still come in
CLOSE_AFTER = dt.timedelta(days=60)
_DUTIES = (FindingKind.QUOTA, FindingKind.DEADLINE, FindingKind.RECURRING)


@dataclass(frozen=True)
class Obstacle:
    """One reason why a plan cannot be issued yet, and the finding (position) it is about, if one."""

    code: str
    message: str
    position: int | None = None


def header_gaps(plan: Plan) -> list[str]:
    """What the head of the plan still lacks, in words."""
    fields = (
        ("number", _("số, ký hiệu")),
        ("signed_on", _("ngày ký")),
        ("title", _("trích yếu")),
        ("signer", _("người ký")),
        ("starts_on", _("ngày bắt đầu thực hiện")),
        ("ends_on", _("ngày kết thúc")),
    )
    return [words for name, words in fields if not getattr(plan, name)]


def obstacles(plan: Plan, findings: list[Finding] | None = None) -> list[Obstacle]:
    """Why the plan cannot be issued yet; empty when it can. One query when `findings` are not given."""
    if findings is None:
        findings = list(Finding.objects.filter(plan=plan))
    found: list[Obstacle] = []
    waiting = sum(1 for row in findings if row.state == FindingState.PROPOSED)
    if waiting:
        found.append(Obstacle("undecided", _("Còn %s mục chưa xác nhận hoặc bỏ") % waiting))
    gaps = header_gaps(plan)
    if gaps:
        found.append(Obstacle("header", _("Phần đầu kế hoạch còn thiếu: %s") % ", ".join(gaps)))
    for row in findings:
        if row.state != FindingState.CONFIRMED or row.kind not in _DUTIES:
            continue
        for one in problems(row.kind, row.data):
            if one.code == "audience":
                message = _("Mục %(n)s chưa rõ đơn vị nào phải thực hiện")
            else:
                message = _("Mục %(n)s còn thiếu dữ liệu")
            found.append(Obstacle(one.code, message % {"n": row.position}, row.position))
    return found


def issue_plan(*, actor: Any, plan: Plan) -> Plan:
    """Put the plan into force: bases, topics, tasks and directives from confirmed findings, in one transaction.

    Raises Refused (not theirs to issue), Conflict (issued already, or being read), InvalidInput (something is
    undecided or missing). Nothing is written then.
    """
    require_issue(actor, plan)
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        PLAN.require(
            plan.status,
            PlanStatus.ISSUED,
            _("Kế hoạch này đã được ban hành.")
            if plan.status in (PlanStatus.ISSUED, PlanStatus.CLOSED)
            else _("Loa đang đọc tệp của kế hoạch này. Chờ đọc xong và đối chiếu rồi mới ban hành."),
        )
        findings = list(Finding.objects.filter(plan=plan).order_by("position"))
        blocking = obstacles(plan, findings)
        if blocking:
            raise InvalidInput(
                _("Chưa ban hành được. %s.") % "; ".join(dict.fromkeys(one.message for one in blocking)),
                code=f"plans.issue.{blocking[0].code}",
            )
        confirmed = [row for row in findings if row.state == FindingState.CONFIRMED]
        counts = {
            "bases": _write_bases(plan, confirmed),
            **_write_content(plan, confirmed),
            "directives": _write_directives(plan, confirmed, actor),
        }
        plan.issued_by, plan.issued_at = actor, clock.now()
        plan.save(update_fields=["issued_by", "issued_at"])
        set_status(plan, PlanStatus.ISSUED, PLAN, "")
        log("plans.plan.issued", actor=actor, obj=plan, unit_id=plan.unit_id, **counts)
        _tell_everyone(plan)
        events.emit(events.directives_in_force, plan=plan)
    return plan


def close_ended() -> int:
    """Close issued plans whose time has been over for a while. Returns how many."""
    closed = 0
    for pk in Plan.objects.filter(status=PlanStatus.ISSUED, ends_on__lt=clock.today() - CLOSE_AFTER).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            plan = lock_plan(pk)
            if plan.status != PlanStatus.ISSUED:
                continue
            set_status(plan, PlanStatus.CLOSED, PLAN, "")
            log("plans.plan.closed", actor=None, obj=plan, unit_id=plan.unit_id)
            closed += 1
    return closed


def _write_bases(plan: Plan, confirmed: list[Finding]) -> int:
    rows = [
        LegalBasis(
            plan=plan,
            kind=str(row.data.get("kind") or "")[:60],
            number=str(row.data.get("number") or "")[:120],
            signed_on=str(row.data.get("date") or "")[:10],
            issuer=str(row.data.get("issuer") or "")[:200],
            role=str(row.data.get("role") or "cited")[:10],
            note=str(row.data.get("note") or "")[:300],
            position=row.position,
            finding=row,
        )
        for row in confirmed
        if row.kind == FindingKind.BASIS
    ]
    note_citations(
        source=LegalCitation.Source.PLAN,
        object_id=plan.pk,
        unit=plan.unit_id,
        title=str(plan),
        on=plan.signed_on or clock.today(),
        # Laws stand by their names alone; a date tells two documents of one number apart.
        text="\n".join(f"{row.kind} {row.number}{_dated(row.signed_on)}".strip() for row in rows),
    )
    return len(LegalBasis.objects.bulk_create(rows))


def _dated(signed_on: str) -> str:
    return " ngày " + "/".join(reversed(signed_on.split("-"))) if len(signed_on) == 10 else ""


def _write_content(plan: Plan, confirmed: list[Finding]) -> dict[str, int]:
    """Topics in two levels, then tasks with their units."""
    by_position: dict[int, Topic] = {}
    by_number: dict[str, Topic] = {}
    found = [row for row in confirmed if row.kind == FindingKind.TOPIC]
    for row in sorted(found, key=lambda row: int(row.data.get("level") or 1)):
        parent = by_number.get(str(row.data.get("parent") or "")) if int(row.data.get("level") or 1) > 1 else None
        title = str(row.data.get("title") or row.label)
        topic = Topic.objects.create(
            plan=plan,
            parent=parent,
            number=str(row.data.get("number") or "")[:20],
            title=title[:500],
            short_title=str(row.data.get("short_title") or short_title(title))[:80],
            position=row.position,
            finding=row,
        )
        by_position[row.position] = topic
        if parent is None:
            by_number.setdefault(topic.number, topic)
    tasks = 0
    classes = {one.code: one for one in UnitClass.objects.all()}
    roles: list[TaskUnit] = []
    for row in confirmed:
        if row.kind != FindingKind.TASK:
            continue
        task = Task.objects.create(
            plan=plan,
            topic=by_position.get(int(row.data["topic"])) if row.data.get("topic") else None,
            number=str(row.data.get("number") or "")[:20],
            content=str(row.data["content"]),
            product=str(row.data.get("product") or "")[:300],
            timeframe=str(row.data.get("timeframe") or "")[:200],
            starts_on=day_from(row.data.get("starts_on")),
            due_on=day_from(row.data.get("due_on")),
            position=row.position,
            finding=row,
        )
        tasks += 1
        for part, role in (("lead", TaskUnit.Role.LEAD), ("support", TaskUnit.Role.SUPPORT)):
            for printed in row.data.get(part) or []:
                roles += roles_of(task, role, printed.get("as_printed") or "", printed.get("audience"), classes)
    TaskUnit.objects.bulk_create(roles)
    return {"topics": len(by_position), "tasks": tasks}


def roles_of(
    task: Task, role: str, printed: str, audience: dict[str, Any] | None, classes: dict[str, UnitClass]
) -> list[TaskUnit]:
    """One row per unit or class a printed name means; the words alone when it means none of ours."""
    meant = audiences.normal(audience)
    printed = printed[:200]
    rows = [TaskUnit(task=task, role=role, unit_id=pk, as_printed=printed) for pk in meant["units"]]
    rows += [
        TaskUnit(task=task, role=role, unit_class=classes[code], as_printed=printed)
        for code in meant["classes"]
        if code in classes
    ]
    return rows or [TaskUnit(task=task, role=role, as_printed=printed)]


def _write_directives(plan: Plan, confirmed: list[Finding], actor: Any) -> int:
    classes = {one.code: one for one in UnitClass.objects.all()}
    written = 0
    for row in confirmed:
        if row.kind not in _DUTIES:
            continue
        spec = directive_of(row.kind, row.data)
        if isinstance(spec, StandingDuty):
            task = Task.objects.create(
                plan=plan,
                content=spec.content,
                timeframe=spec.timeframe,
                standing=True,
                position=row.position,
                finding=row,
            )
            TaskUnit.objects.bulk_create(roles_of(task, TaskUnit.Role.LEAD, spec.who, spec.audience, classes))
            continue
        write_directive(plan, spec, actor=actor, finding=row)
        written += 1
    return written


def write_directive(
    plan: Plan, spec: DirectiveSpec, *, actor: Any, finding: Finding | None, starts_on: dt.date | None = None
) -> Directive:
    """One directive of a plan, from `starts_on` (its plan's first day) to the plan's last day or its own."""
    assert plan.starts_on is not None
    assert plan.ends_on is not None
    first = starts_on or plan.starts_on
    return Directive.objects.create(
        plan=plan,
        kind=spec.kind,
        title=spec.title,
        count=spec.count,
        noun=spec.noun,
        period=spec.period,
        proof=spec.proof,
        genres=spec.genres,
        due_on=spec.due_on,
        due_day=spec.due_day,
        starts_on=min(first, spec.due_on) if spec.due_on else first,
        ends_on=max(plan.ends_on, spec.due_on) if spec.due_on else plan.ends_on,
        recipient=spec.recipient,
        audience=spec.audience,
        who=spec.who,
        finding=finding,
        created_by=actor,
    )


def _tell_everyone(plan: Plan) -> None:
    if not plan.directives.filter(cancelled_at=None).exists():
        return
    queue("tell_units", plan.pk, None, "plans.plan.issued", 0)


def require_open(plan: Plan) -> None:
    """Raise Conflict unless the plan is in force."""
    if plan.status != PlanStatus.ISSUED:
        raise Conflict(
            _("Chỉ giao thêm hoặc hủy chỉ tiêu của kế hoạch đang thực hiện."), code="plans.not_in_force"
        )
