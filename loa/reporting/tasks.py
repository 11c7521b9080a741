"""Jobs of reporting: ids in, service called."""

from __future__ import annotations

from loa.core.jobs import Retry, job
from loa.plans.models import Plan
from loa.reporting.services.evidence import recount


@job(queue="slow", retry=Retry(attempts=5))
def recount_plan(plan_id: int) -> int:
    """Count the stories that were public before their directives came into force. May run twice."""
    return recount(plan=Plan.objects.get(pk=plan_id))
