"""Work behind readers' comments."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from loa.core.jobs import Retry, job
from loa.portal.comments import letters, services


@job(retry=Retry(attempts=6, first=dt.timedelta(minutes=2)), title=_("Báo người viết ý kiến đã có trả lời"))
def tell_writer(comment_id: int) -> bool:
    """One letter, then the address is forgotten. Raises `letters.Later` (tried again) when surely nothing went."""
    return letters.tell_writer(comment_id)


@job(queue="slow", title=_("Dọn địa chỉ thư, mã đếm của ý kiến bạn đọc"))
def tidy() -> int:
    """See `services.tidy`."""
    return services.tidy()
