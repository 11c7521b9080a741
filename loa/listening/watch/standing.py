"""The lines of the system page: letters of alerts and digests; alerts no leader can hear of."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.health import Reading, State
from loa.listening.models import Alert, DigestMail, Telling
from loa.listening.watch.rules import OLD, AlertState, MailState

#: a letter that is due goes within a minute; so long after, something is wrong
LATE = dt.timedelta(minutes=15)
#: tries after which a letter is as late as that (`rules.retry_after`)
OFTEN = 3
#: letters that did not go, or of which nobody knows, are shown for so long
SHOWN = dt.timedelta(days=3)


def standing() -> Reading:
    """How the letters stand. Six queries at most."""
    now = clock.now()
    # Due and not looked at; or looked at so often that it is late.
    due = Q(mail__in=(MailState.READY, MailState.LATER), mail_after__lt=now - LATE)
    late = _letters(due | Q(mail=MailState.LATER, attempts__gte=OFTEN))
    if late:
        return Reading(
            State.BAD,
            _("%(n)d thư quá giờ hơn 15 phút chưa gửi") % {"n": late},
            _("Xem tiến trình nền có chạy không và máy chủ thư có nhận không; thư tự gửi tiếp khi thông."),
            mark=str(now.date()),
        )
    refused = _letters(Q(mail=MailState.REFUSED, settled_at__gt=now - SHOWN))
    if refused:
        return Reading(
            State.LOOK,
            _("%(n)d thư không gửi được") % {"n": refused},
            _("Mở cảnh báo hoặc điểm báo xem địa chỉ nào, sửa địa chỉ hay máy chủ thư; ở điểm báo bấm Gửi lại."),
        )
    unknown = _letters(Q(mail=MailState.UNKNOWN, settled_at__gt=now - SHOWN))
    if unknown:
        return Reading(
            State.LOOK,
            _("%(n)d thư chưa rõ đã tới hay chưa") % {"n": unknown},
            _("Mở cảnh báo hoặc điểm báo, hỏi người nhận; Loa không tự gửi lại."),
        )
    return Reading(State.GOOD, _("Không thư nào quá giờ"))


def _letters(which: Q) -> int:
    return Telling.objects.filter(which).count() + DigestMail.objects.filter(which).count()


def unheard() -> Reading:
    """Alerts nobody took in time and no leader could be told of. One query."""
    alone = Alert.objects.filter(state=AlertState.OPEN, leaderless_at__isnull=False)
    keys = sorted(alone.filter(waits_since__gt=clock.now() - OLD).values_list("pk", flat=True))
    if keys:
        return Reading(
            State.BAD,
            _("%(n)d cảnh báo quá hạn, chưa có lãnh đạo để báo") % {"n": len(keys)},
            _(
                "Giao vai trò Lãnh đạo hoặc Trưởng đơn vị cho người của đơn vị ở mục Đơn vị; Loa báo họ ngay sau"
                " đó. Trong lúc chờ, nhờ người phụ trách dư luận nhận cảnh báo."
            ),
            mark=str(keys[-1]),
        )
    return Reading(State.GOOD, _("Không cảnh báo nào thiếu người để báo"))
