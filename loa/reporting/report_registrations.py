"""What reports make known to the layers below: words of notices, their entry in the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.core.messages import Message, messages
from loa.core.nav import NavItem, nav


def register() -> None:
    """Called once from the app's `ready()`."""
    from loa.reporting.ui import reports

    messages.register(
        "reporting.report.to_sign",
        Message(_("%(unit)s gửi “%(title)s” để anh/chị ký duyệt"), icon="sign", tone="act"),
    )
    messages.register(
        "reporting.report.returned",
        Message(_("“%(title)s” cần sửa: %(reason)s"), icon="back", tone="act"),
    )
    messages.register(
        "reporting.report.approved",
        Message(_("%(by)s đã ký duyệt “%(title)s”"), icon="check", tone="done"),
    )
    nav.register(
        "reports",
        NavItem(
            label=_("Báo cáo"),
            icon="report",
            url_name="reports:index",
            visible=reports.nav_visible,
            count=reports.nav_count,
            urgent=True,
            phone=True,
        ),
        order=60,
    )
