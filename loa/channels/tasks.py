"""Periodic work of the channels."""

from __future__ import annotations

from loa.channels import services
from loa.core.jobs import job


@job(queue="slow")
def check_accounts() -> int:
    """See `services.check_accounts`."""
    return services.check_accounts()
