"""Jobs of the newsroom's timetable (config/schedule.py)."""

from __future__ import annotations

from loa.core.jobs import job
from loa.newsroom import services


@job()
def publish_due() -> None:
    """Publish scheduled stories whose hour has come."""
    services.publish_due()


@job()
def pass_stuck() -> None:
    """Pass on stories whose unit has nobody left to approve them."""
    services.pass_stuck()
