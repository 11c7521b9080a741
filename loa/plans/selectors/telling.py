"""How far the telling of a plan's units is, after it was issued: the job goes through them in batches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from loa.accounts.models import Notice, User
from loa.core import clock
from loa.org.access import in_force
from loa.org.models import Membership
from loa.org.rules import Role
from loa.plans.models import Plan
from loa.plans.selectors import count_day, units_meant, version_on

#: who in a unit is told of what it owes
TOLD = (Role.UNIT_LEAD, Role.FOCAL, Role.CONTRIBUTOR)
#: so long after its issue the progress is shown
SHOWN = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Telling:
    """People told so far, of those to be told."""

    told: int
    people: int

    @property
    def done(self) -> bool:
        return self.told >= self.people


def telling_of(plan: Plan) -> Telling | None:
    """How far it is; None long after the issue, or when nobody owes anything. Four queries."""
    if plan.issued_at is None or clock.now() - plan.issued_at > SHOWN:
        return None
    day = count_day(plan)
    directives = plan.directives.filter(version_on(max(day, plan.starts_on or day)))
    meant = list(directives.values_list("audience", flat=True))
    if not meant:
        return None
    held = Membership.objects.filter(
        in_force(clock.today()),
        unit__in=units_meant(plan.unit_id, *meant, day=day).values("pk"),
        role__in=TOLD,
    )
    people = User.objects.filter(is_active=True, pk__in=held.values("user")).count()
    told = Notice.objects.filter(code="plans.plan.issued", key=f"plan:{plan.pk}:").count()
    return Telling(told, people) if people else None
