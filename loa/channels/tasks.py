"""Periodic work of the channels."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.channels import services
from loa.core.jobs import job


@job(queue="slow", title=_("Kiểm tra kết nối các trang, OA"))
def check_accounts() -> int:
    """See `services.check_accounts`."""
    return services.check_accounts()
