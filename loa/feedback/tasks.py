"""Periodic work of the inbox."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.core.jobs import job
from loa.feedback import services


@job(title=_("Nhắc trả lời người dân"))
def remind() -> int:
    """See `services.remind`."""
    return services.remind()


@job(queue="slow", title=_("Xoá lời người dân hết hạn lưu"))
def forget() -> int:
    """See `services.forget`."""
    return services.forget()
