"""Jobs of reporting: ids in, service called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.core.jobs import Retry, job
from loa.plans.models import Plan
from loa.reporting.services.evidence import recount


@job(queue="slow", retry=Retry(attempts=5), title=_("Đếm lại minh chứng của kế hoạch"))
def recount_plan(plan_id: int) -> int:
    """Count the stories that were public before their directives came into force. May run twice."""
    return recount(plan=Plan.objects.get(pk=plan_id))
