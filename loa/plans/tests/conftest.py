"""A plan of our own, read and waiting to be checked."""

from __future__ import annotations

import pytest

from loa.plans import services
from loa.plans.models import Plan
from loa.plans.tests.factories import make_direct_class, plan_file


@pytest.fixture
def read_plan(cast, django_capture_on_commit_callbacks) -> Plan:
    """Our plan, uploaded by the office and read by the job."""
    make_direct_class()
    with django_capture_on_commit_callbacks(execute=True):
        plan = services.upload_plan(actor=cast.office, unit=cast.so, upload=plan_file())
    plan.refresh_from_db()
    return plan
