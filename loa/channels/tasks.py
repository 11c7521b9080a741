"""Periodic work of the channels."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.channels import services
from loa.channels.inbound import polling, reading
from loa.channels.sms import reports
from loa.core.jobs import job


@job(queue="slow", title=_("Kiểm tra kết nối các trang, OA"))
def check_accounts() -> int:
    """See `services.check_accounts`."""
    services.forget_connections()
    services.forget_receivers()
    return services.check_accounts()


@job(title=_("Kiểm tra kết nối của trang sắp đăng bài"))
def check_ahead(account_id: int) -> bool:
    """See `services.check_ahead`."""
    return services.check_ahead(account_id=account_id)


@job(queue="slow", title=_("Đọc lại bình luận, tin nhắn từ các kênh"))
def catch_up() -> int:
    """See `polling.catch_up`."""
    return polling.catch_up()


@job(queue="slow", title=_("Kiểm tra các kênh có gửi tin báo về Loa không"))
def subscribe() -> int:
    """See `polling.subscribe`."""
    return polling.subscribe()


@job(queue="slow", title=_("Hỏi nhà cung cấp tin SMS đã tới chưa"))
def ask_sms() -> int:
    """See `sms.reports.ask_due`."""
    return reports.ask_due()


@job(title=_("Dọn tin báo cũ của các kênh"))
def forget_events() -> int:
    """See `reading.forget`."""
    return reading.forget()


@job(queue="slow", title=_("Lấy lượt tương tác của bài trên kênh"))
def measure() -> int:
    """See `services.measure_due`, `services.place_due`."""
    services.place_due()
    return services.measure_due()
