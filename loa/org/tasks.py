"""Jobs of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.accounts.models import User
from loa.core.jobs import Retry, job
from loa.org import services


@job(retry=Retry(attempts=3), title=_("Đổi tên, cấp đơn vị theo ngày"))
def today() -> None:
    """Names of today, and reorganisations that take effect today."""
    services.bring_today()
    services.apply_due_events()
    services.people_forget()


@job(queue="slow", retry=Retry(attempts=3), title=_("Ghi danh sách đơn vị nhập từ tệp"))
def write_import(batch_id: int, actor_id: int) -> None:
    """Write a confirmed table of units."""
    services.import_write(batch_id=batch_id, actor=User.objects.get(pk=actor_id))


@job(queue="slow", retry=Retry(attempts=3), title=_("Ghi danh sách người nhập từ tệp"))
def write_people(batch_id: int, actor_id: int) -> None:
    """Write a confirmed table of people."""
    services.people_write(batch_id=batch_id, actor=User.objects.get(pk=actor_id))
