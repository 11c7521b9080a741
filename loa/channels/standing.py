"""The line of the health page: what is due and nobody serves, what waits for a person.

`loa.core.health.watch` looks every 20 s; with STUCK before it, a post that is stuck is told within a minute.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.channels.engine import held_units
from loa.channels.models import ChannelAccount, Delivery, Health
from loa.channels.rules import BREAKER, IN_THE_WAY, Status
from loa.core import clock
from loa.core.health import Reading, State

#: due for so long, and no worker has taken its account
STUCK = dt.timedelta(seconds=25)
#: due for so long, although its account is served: too much at once, or a channel that fails all the time
LATE = dt.timedelta(minutes=5)


def _due(now: dt.datetime, since: dt.timedelta) -> QuerySet[Delivery]:
    """Due for `since` and kept back by nothing: no hold, no quiet hours, no rest the channel asked for."""
    rows = Delivery.objects.filter(status__in=IN_THE_WAY, next_at__lt=now - since, account__active=True)
    rows = rows.exclude(account__health=Health.BROKEN)
    rested = Q(account__paused_until=None) | Q(account__paused_until__lt=now - since)
    rows = rows.filter(rested | Q(account__failures__gte=BREAKER))
    held = held_units()
    return rows.exclude(account__in=ChannelAccount.objects.filter(held)) if held else rows.none()


def standing() -> Reading:
    """How the deliveries stand."""
    now = clock.now()
    served = Q(account__lease_until__gt=now - STUCK)
    resting = Q(account__paused_until__gt=now)
    stuck = _due(now, STUCK).exclude(served).exclude(resting)
    count = stuck.count()
    if count:
        return Reading(
            State.BAD,
            _("%(n)d bài đến giờ mà không tiến trình nào gửi") % {"n": count},
            _("Xem tiến trình nền có chạy không (mục Tiến trình ở trang này); bài tự gửi tiếp khi có tiến trình."),
            mark=f"stuck-{stuck.order_by('pk').values_list('pk', flat=True).first()}",
        )
    late = _due(now, LATE)
    count = late.count()
    if count:
        return Reading(
            State.BAD,
            _("%(n)d bài quá giờ hơn 5 phút chưa gửi") % {"n": count},
            _("Xem mạng có ra được tới kênh không, và trang nào lỗi ở mục Kênh; bài tự gửi tiếp khi thông."),
            mark=str(late.order_by("-pk").values_list("pk", flat=True).first()),
        )
    asking = Delivery.objects.filter(status__in=(Status.UNKNOWN, Status.TODO)).count()
    if asking:
        return Reading(
            State.LOOK,
            _("%(n)d bài chờ người xem") % {"n": asking},
            _("Biên tập viên mở mục Kênh, lọc “Cần người xem”, rồi quyết định từng bài."),
        )
    return Reading(State.GOOD, _("Không bài nào quá giờ"))
