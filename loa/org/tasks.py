"""Jobs of this domain."""

from __future__ import annotations

from loa.core.jobs import Retry, job
from loa.org import services


@job(retry=Retry(attempts=3))
def today() -> None:
    """Names of today, and reorganisations that take effect today."""
    services.bring_today()
    services.apply_due_events()
