"""Reminding units below that have no plan yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Refused
from loa.org.access import can
from loa.org.telling import Telling, tell_units
from loa.plans.models import Plan


@transaction.atomic
def remind_without_plan(*, actor: Any, plan: Plan, units: Iterable[int]) -> int:
    """Remind the people of these units to draw up their plan, once a day each. Returns how many people were told.

    Raises Refused.
    """
    if not (can(actor, "plan.issue", plan.unit_id) or can(actor, "evidence.judge", plan.unit_id)):
        raise Refused(_("Tài khoản này không nhắc được các đơn vị về kế hoạch này."), code="plan.issue")
    today = clock.today().isoformat()
    words = {
        unit: Telling(
            f"plan-wanted:{plan.pk}:{unit}:{today}",
            f"/lam-viec/ke-hoach/{plan.pk}/soan/{unit}/",
            {"plan": plan.title, "above": plan.unit.short_name},
        )
        for unit in units
    }
    told = tell_units("plan.manage", words, code="reporting.plan.wanted", again_when_read=False)
    log("reporting.plan.wanted", actor=actor, obj=plan, unit_id=plan.unit_id, units=len(words))
    return told
