"""Alerts to staff by Zalo: a person links their Zalo to the office's OA by sending it a code; then alerts go as
consultation messages, through the queue of the channels (never twice, an unknown outcome never again).

Zalo lets an OA write for seven days after the person's last message. Past that, or when Zalo refuses, the alert
goes by mail instead. Messages hold figures, never words of people.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.channels.inbound.reading import Said
from loa.channels.inbound.rules import Verb
from loa.channels.models import ChannelAccount, Health
from loa.channels.rules import Status, same_text
from loa.core import clock
from loa.core.errors import Conflict
from loa.lib.vi import fold
from loa.listening.models import Alert, AlertWish, Source, Telling, ZaloLink
from loa.listening.services.alert_mail import compose, flooded
from loa.listening.services.line import helpers_of
from loa.listening.watch.rules import MailState, after_quiet

#: a code is good for so long
CODE_FOR = dt.timedelta(minutes=15)
_CODE = re.compile(r"^\W*loa[\W_]*(\d{4})[\W_]*(\d{4})\W*$", re.IGNORECASE)
#: what a linked person writes to keep the alerts coming; nothing for the inbox
_STAY = frozenset({"ok", "oke", "nhan", "da nhan", "tiep tuc", "giu"})
#: keys of our messages to staff begin so
OURS = "staff:"
BATCH, MOST_LETTERS = 50, 1900
#: a message the queue has not sent by then is followed by a mail
STUCK = dt.timedelta(minutes=15)


def office_oa() -> ChannelAccount | None:
    """The OA that writes to staff: a working one of a unit at the top that listens, no school's; else None."""
    listening = Source.objects.order_by().values("unit").distinct()
    rows = ChannelAccount.objects.filter(kind="zalo", active=True, unit__parent=None, unit__in=listening)
    return rows.exclude(health=Health.BROKEN).order_by("pk").first()


@transaction.atomic
def zalo_code(*, actor: Any) -> ZaloLink:
    """A code the person sends to the OA from their own Zalo. Raises Conflict (no OA is connected)."""
    account = office_oa()
    if account is None:
        raise Conflict(_("Đơn vị chưa kết nối Zalo OA nào. Hãy báo người quản lý kênh."))
    link, _made = ZaloLink.objects.select_for_update().get_or_create(user=actor)
    link.code, link.code_until = f"{secrets.randbelow(10**8):08d}", clock.now() + CODE_FOR
    if link.account_id is None:
        link.account = account
    link.save()
    return link


@transaction.atomic
def zalo_unlink(*, actor: Any) -> None:
    """No alerts by Zalo any more; what waits goes by mail. Not audited: only the person's own phone changes."""
    ZaloLink.objects.filter(user=actor).delete()
    by_mail_instead(
        list(Telling.objects.filter(user=actor, zalo__in=(MailState.READY, MailState.LATER))), "unlinked"
    )


# — what the OA hears ————————————————————————————————————————————————————————————————————


def taken(said: Said) -> bool:
    """Whether what was said is our own business and nobody else's: a code, a sign of life, our own echo."""
    words = said.words
    if said.account.kind != "zalo" or words.what != "message" or not words.author:
        return False
    if words.ours:
        mine = Action.objects.filter(account=said.account, target=words.thread, key__startswith=OURS)
        texts = mine.order_by("-pk").values_list("payload", flat=True)[:30]
        return any(same_text(str(payload.get("text") or ""), words.text) for payload in texts)
    found = _CODE.match(words.text.strip())
    if found:
        return _linked(said, "".join(found.groups()))
    link = ZaloLink.objects.filter(account=said.account, person=words.author, linked_at__isnull=False)
    link.filter(Q(heard_at=None) | Q(heard_at__lt=words.at)).update(heard_at=words.at)
    return fold(words.text.strip().lower().rstrip(".! ")) in _STAY and link.exists()


def _linked(said: Said, code: str) -> bool:
    words = said.words
    if ZaloLink.objects.filter(account=said.account, said=words.external_id).exists():
        return True  # the same message, told again
    link = (
        ZaloLink.objects.select_for_update()
        .filter(code=code, code_until__gt=clock.now(), user__is_active=True)
        .select_related("user")
        .first()
    )
    if link is None:
        text = _("Mã này không đúng hoặc đã hết hạn. Hãy lấy mã mới trong Loa: Dư luận, Cảnh báo, Cách nhận.")
    else:
        ZaloLink.objects.filter(account=said.account, person=words.author).exclude(pk=link.pk).delete()
        link.account, link.person, link.said = said.account, words.author[:120], words.external_id[:120]
        link.code, link.code_until = "", None
        link.linked_at, link.heard_at = clock.now(), words.at
        link.save()
        text = _(
            "Đã nối Zalo này với tài khoản Loa của %(name)s. Cảnh báo dư luận sẽ gửi vào đây. Zalo chỉ cho nhắn"
            " trong 7 ngày sau tin cuối của bạn: nhắn OK mỗi tuần để không bị ngắt."
        ) % {"name": str(link.user)}
    acting.queue(
        actor=None,
        account=said.account,
        verb=Verb.MESSAGE,
        target=words.author,
        payload={"text": text},
        key=f"{OURS}link:{words.external_id}"[:80],
    )
    return True


# — out ——————————————————————————————————————————————————————————————————————————————————


def send_alert_zalo(limit: int = BATCH) -> int:
    """Put what is due into the queue of the channels, one message a person. Returns how many were looked at.

    Who had his few within the hour waits until it is over: then all come in one.
    """
    now = clock.now()
    due = Telling.objects.filter(zalo__in=(MailState.READY, MailState.LATER), zalo_after__lte=now)
    rows = list(due.order_by("zalo_after", "pk").values_list("pk", "user", "alert")[:limit])
    full = flooded({user for _pk, user, _alert in rows}, now, "zalo")
    for user, until in full.items():
        due.filter(user=user).update(zalo_after=until)
    people: dict[int, list[int]] = defaultdict(list)
    for pk, user, _alert in rows:
        if user not in full:
            people[user].append(pk)
    charge = helpers_of(Alert.objects.filter(pk__in=[alert for _pk, _user, alert in rows])) if people else {}
    for user, keys in people.items():
        _queue(user, keys, now, charge)
    _stuck(now)
    return len(rows)


@transaction.atomic
def _queue(user: int, keys: list[int], now: dt.datetime, charge: Mapping[int, Collection[int]]) -> None:
    mine = Telling.objects.select_for_update(of=("self",)).filter(
        pk__in=keys, user=user, zalo__in=(MailState.READY, MailState.LATER)
    )
    rows = list(mine.select_related("alert__spike__case", "user").order_by("-alert__level", "pk"))
    over = [row for row in rows if not row.wanted]
    Telling.objects.filter(pk__in=[row.pk for row in over]).update(zalo=MailState.DROPPED, zalo_at=now)
    # Their role may have ended while it waited.
    gone = [row for row in rows if row not in over and row.user_id not in charge[row.alert_id]]
    Telling.objects.filter(pk__in=[row.pk for row in gone]).update(zalo=MailState.GONE, zalo_at=now)
    rows = [row for row in rows if row not in over and row not in gone]
    if not rows:
        return
    link = ZaloLink.objects.filter(user=user, linked_at__isnull=False).select_related("account").first()
    if link is None or link.account is None or not link.open_at(now) or not rows[0].user.is_active:
        by_mail_instead(rows, "window")
        return
    _subject, body = compose(rows)
    key = f"{OURS}alert:{rows[0].pk}:{secrets.token_hex(6)}"
    acting.queue(
        actor=None,
        account=link.account,
        verb=Verb.MESSAGE,
        target=link.person,
        payload={"text": body[:MOST_LETTERS]},
        key=key,
    )
    Telling.objects.filter(pk__in=[row.pk for row in rows]).update(
        zalo=MailState.SENDING, zalo_key=key, zalo_at=now
    )


def settled(action: Action) -> None:
    """What became of a message (listener of the channels, in their transaction)."""
    if not action.key.startswith(f"{OURS}alert:"):
        return
    rows = Telling.objects.filter(zalo_key=action.key, zalo=MailState.SENDING)
    if action.status == Status.SENT:
        rows.update(zalo=MailState.SENT, zalo_at=clock.now())
    elif action.status == Status.UNKNOWN:
        rows.update(zalo=MailState.UNKNOWN, zalo_at=clock.now())
    elif action.status == Status.FAILED:
        by_mail_instead(list(rows.select_related("user")), action.code)


def by_mail_instead(rows: list[Telling], why: str) -> None:
    """It will not go by Zalo: those who have an address and got no mail about it get one."""
    now = clock.now()
    Telling.objects.filter(pk__in=[row.pk for row in rows]).update(
        zalo=MailState.REFUSED, zalo_at=now, trouble=f"zalo: {why}"[:300]
    )
    _mail(rows, now)


def _mail(rows: list[Telling], now: dt.datetime) -> None:
    wishes = {wish.user_id: wish for wish in AlertWish.objects.filter(user__in=[row.user_id for row in rows])}
    for row in rows:
        if row.mail != MailState.NONE or not row.user.email:
            continue
        wish = wishes.get(row.user_id) or AlertWish(user_id=row.user_id)
        after = after_quiet(clock.local(now), wish.quiet_from, wish.quiet_to)
        Telling.objects.filter(pk=row.pk, mail=MailState.NONE).update(mail=MailState.READY, mail_after=after)


def _stuck(now: dt.datetime) -> None:
    """A message that lies in the queue (the OA is broken, Zalo is away): mail says it meanwhile."""
    rows = Telling.objects.filter(zalo=MailState.SENDING, zalo_at__lt=now - STUCK, mail=MailState.NONE)
    _mail(list(rows.select_related("user")[:BATCH]), now)
