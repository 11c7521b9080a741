"""Jobs of the newsroom's timetable (config/schedule.py)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.core.jobs import job
from loa.newsroom import services


@job(title=_("Đăng bài hẹn giờ"))
def publish_due() -> None:
    """Publish scheduled stories whose hour has come."""
    services.publish_due()


@job(title=_("Chuyển bài không còn người duyệt"))
def pass_stuck() -> None:
    """Pass on stories whose unit has nobody left to approve them."""
    services.pass_stuck()
