"""Directives by hand: added to a plan in force, cancelled with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vi import clean
from loa.plans import events, texts
from loa.plans.models import Change, Directive, Plan, Topic
from loa.plans.rules import DirectiveKind
from loa.plans.rules.changes import DIRECTIVE_FIELDS, ChangeKind, plain
from loa.plans.rules.directives import DirectiveSpec, StandingDuty, directive_of, problems
from loa.plans.services.common import lock_plan, queue, require_issue
from loa.plans.services.issue import require_open, write_directive
from loa.plans.services.topics import add_topic


def add_directive(
    *,
    actor: Any,
    plan: Plan,
    kind: DirectiveKind,
    values: Mapping[str, Any],
    starts_on: dt.date | None = None,
    topic: Topic | None = None,
    new_topic: str = "",
) -> Directive:
    """Ask for one more thing under a plan in force, from `starts_on` (today) on.

    `values`: title, count, noun, period, proof, due_on, due_day, to, audience. `new_topic`: the name of a topic to
    add to the plan with it. Raises Refused, Conflict, InvalidInput.
    """
    require_issue(actor, plan)
    values = {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in values.items()}
    values["title"] = clean(str(values.get("title") or ""))
    # A day is asked for by hand: what hangs on an event cannot be owed.
    values.pop("relative", None)
    missing = problems(kind, values)
    if kind == DirectiveKind.RECURRING and not values.get("period"):
        raise InvalidInput(str(texts.PROBLEM["period"]), code="plans.missing.period", field="period")
    if missing:
        raise InvalidInput(
            texts.problem_words(missing[0]), code=f"plans.missing.{missing[0].code}", field=missing[0].field
        )
    with transaction.atomic():
        plan = lock_plan(plan.pk)
        require_open(plan)
        first = starts_on or max(clock.today(), plan.starts_on or clock.today())
        if plan.ends_on and first > plan.ends_on:
            raise InvalidInput(
                _("Kế hoạch kết thúc ngày %s. Hãy chọn ngày bắt đầu trước đó.") % texts.day(plan.ends_on),
                code="plans.directive.after_end",
                field="starts_on",
            )
        if topic is not None and topic.plan_id != plan.pk:
            raise InvalidInput(_("Nội dung đã chọn không thuộc kế hoạch này."), code="plans.topic", field="topic")
        spec = directive_of(kind, values)
        assert isinstance(spec, DirectiveSpec) and not isinstance(spec, StandingDuty)  # noqa: PT018 - one fact
        if spec.due_on and spec.due_on < first:
            raise InvalidInput(
                _("Hạn cuối đã qua. Hãy chọn ngày từ %s trở đi.") % texts.day(first),
                code="plans.directive.past",
                field="due_on",
            )
        if new_topic:
            topic = add_topic(actor=actor, plan=plan, title=new_topic)
        directive = write_directive(plan, spec, actor=actor, finding=None, starts_on=first)
        if topic is not None:
            directive.topic = topic
            directive.save(update_fields=["topic"])
        asked = {name: plain(getattr(directive, name)) for name in (*DIRECTIVE_FIELDS, "proof", "who")}
        _remember(directive, ChangeKind.ADD, actor, first, after=asked | {"kind": str(kind)})
        log("plans.directive.added", actor=actor, obj=directive, unit_id=plan.unit_id, plan=plan.pk)
        _tell(plan, directive, "plans.directive.added")
        events.emit(events.directives_in_force, plan=plan)
    return directive


def cancel_directive(*, actor: Any, directive: Directive, reason: str) -> Directive:
    """Ask for it no longer, from today on; what was owed before stays. Raises Refused, Conflict, InvalidInput."""
    require_issue(actor, directive.plan)
    reason = clean(reason)[:300]
    if not reason:
        raise InvalidInput(
            _("Hãy ghi lý do hủy: các đơn vị sẽ đọc được."), code="plans.directive.reason", field="reason"
        )
    with transaction.atomic():
        plan = lock_plan(directive.plan_id)
        require_open(plan)
        directive = Directive.objects.select_for_update(of=("self",)).get(pk=directive.pk)
        if directive.cancelled_at is not None:
            raise Conflict(_("Chỉ tiêu này đã hủy rồi."), code="plans.directive.cancelled")
        directive.cancelled_at, directive.cancelled_by = clock.now(), actor
        directive.cancel_reason, directive.valid_to = reason, clock.today()
        directive.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason", "valid_to"])
        _remember(directive, ChangeKind.CANCEL, actor, clock.today(), reason=reason)
        log(
            "plans.directive.cancelled",
            actor=actor,
            obj=directive,
            unit_id=plan.unit_id,
            plan=plan.pk,
            reason=reason,
        )
        directive.plan = plan
        _tell(plan, directive, "plans.directive.cancelled")
    return directive


def _remember(
    directive: Directive,
    kind: ChangeKind,
    actor: Any,
    effective_on: dt.date,
    *,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """A change decided by hand, without a document: it stands in the history and waits in the plans below."""
    now = clock.now()
    Change.objects.create(
        plan_id=directive.plan_id,
        kind=kind,
        subject="directive",
        directive=directive,
        after={name: value for name, value in (after or {}).items() if value},
        effective_on=effective_on,
        reason=reason,
        created_by=actor,
        decided_at=now,
        applied_at=now,
    )


def _tell(plan: Plan, directive: Directive, code: str) -> None:
    queue("tell_units", plan.pk, directive.pk, code, 0)
