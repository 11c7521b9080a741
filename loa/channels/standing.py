"""The line of the health page: what is due and nobody serves, what waits for a person.

`loa.core.health.watch` looks every 20 s; with STUCK before it, a post that is stuck is told within a minute.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from loa.channels.holding import held_units
from loa.channels.kinds import kinds
from loa.channels.models import Attempt, ChannelAccount, Delivery, Health
from loa.channels.rules import BREAKER, IN_THE_WAY, Result, Status
from loa.channels.selectors import ASKED
from loa.core import clock
from loa.core.health import Reading, State

#: due for so long, and no worker has taken its account
STUCK = dt.timedelta(seconds=25)
#: due for so long, although its account is served: too much at once, a channel that fails or works all the time
LATE = dt.timedelta(minutes=5)


def _open() -> QuerySet[Delivery]:
    """Not settled, on accounts that work and that no hold stops."""
    rows = Delivery.objects.filter(status__in=IN_THE_WAY, account__active=True)
    rows = rows.exclude(account__health=Health.BROKEN)
    held = held_units()
    return rows.exclude(account__in=ChannelAccount.objects.filter(held)) if held else rows.none()


def _due(now: dt.datetime, since: dt.timedelta) -> QuerySet[Delivery]:
    """Due for `since` and kept back by nothing: no hold, no quiet hours, no rest the channel asked for."""
    rested = Q(account__paused_until=None) | Q(account__paused_until__lt=now - since)
    return _open().filter(rested | Q(account__failures__gte=BREAKER), next_at__lt=now - since)


def _late(now: dt.datetime) -> QuerySet[Delivery]:
    """Not out LATE after their hour, although tried or kept back by nothing; and what waits behind them.

    A post tried again and again, or worked on without end, always has its next look ahead of it: its own hour says
    how late it is, or the moment at which the channel took it.
    """
    last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-number").values("result")[:1]
    tried = _open().exclude(code="quiet").annotate(last=Coalesce(Subquery(last), Value("")))
    tried = tried.exclude(last=Result.LATER)
    again = Q(status__in=(Status.RETRY, Status.CHECKING))
    slow = again & Q(post__video=None, due_at__lt=now - LATE)
    for code, kind in kinds().items():
        if kind.works_for is not None:
            # A film takes a while to go up and to be worked on.
            long_ago = now - max(LATE, dt.timedelta(seconds=kind.works_for / 4))
            mine = Q(status=Status.PROCESSING, called_at__lt=long_ago) | again & Q(due_at__lt=long_ago)
            slow |= Q(account__kind=code) & mine
    heads = list(tried.filter(slow).values_list("pk", "account"))
    behind = Q(account__in={account for _pk, account in heads}, next_at__lt=now - LATE)
    return _open().filter(
        Q(pk__in=_due(now, LATE).values("pk")) | Q(pk__in=[pk for pk, _account in heads]) | behind
    )


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
    late = _late(now)
    count = late.count()
    if count:
        return Reading(
            State.BAD,
            _("%(n)d bài quá giờ hơn 5 phút chưa gửi") % {"n": count},
            _("Xem mạng có ra được tới kênh không, và trang nào lỗi ở mục Kênh; bài tự gửi tiếp khi thông."),
            mark=str(late.order_by("-pk").values_list("pk", flat=True).first()),
        )
    asking = Delivery.objects.filter(ASKED, status__in=(Status.UNKNOWN, Status.TODO)).count()
    if asking:
        return Reading(
            State.LOOK,
            _("%(n)d bài chờ người xem") % {"n": asking},
            _("Biên tập viên mở mục Kênh, lọc “Cần người xem”, rồi quyết định từng bài."),
        )
    return Reading(State.GOOD, _("Không bài nào quá giờ"))
