"""Catching up by asking: what no event told (the address was down, the channel gave up) is found in minutes."""

from __future__ import annotations

import datetime as dt
import logging

from loa.channels.inbound import door, reading
from loa.channels.models import ChannelAccount, Delivery, Health
from loa.channels.rules import Intent, Status
from loa.channels.sending import DoorError, Talk
from loa.core import clock
from loa.core.errors import AppError

log = logging.getLogger("loa.channels")
#: comments are looked for under posts of so many days, so many posts each time
DAYS, POSTS = 30, 25
#: and not older than this: what was polled before is known already
BACK = dt.timedelta(days=2)


def catch_up() -> int:
    """Ask every connected account. Returns how many things were new."""
    found = 0
    rows = ChannelAccount.objects.filter(active=True, secret__isnull=False).exclude(health=Health.BROKEN)
    for account in rows:
        try:
            found += one(account)
        except (AppError, DoorError) as error:
            log.warning("account %s: %s", account.pk, error)
    return found


def one(account: ChannelAccount) -> int:
    """Ask one account. Returns how many things were new."""
    talk = door.modules("talk").get(account.kind)
    if talk is None:
        return 0
    asking, new = Talk(account), 0
    if hasattr(talk, "recent"):
        for words in talk.recent(asking) or []:
            new += reading.tell(account, words, polled=True)
    if hasattr(talk, "comments"):
        now = clock.now()
        posts = Delivery.objects.filter(
            account=account,
            intent=Intent.PUBLISH,
            status=Status.SENT,
            sent_at__gte=now - dt.timedelta(days=DAYS),
        ).exclude(external_id="")
        for post in posts.order_by("-sent_at").values_list("external_id", flat=True)[:POSTS]:
            for words in talk.comments(asking, post, now - BACK) or []:
                new += reading.tell(account, words, polled=True)
    return new


def subscribe() -> int:
    """Make sure that every page sends us its events: channels stop by themselves. Returns how many do."""
    good = 0
    rows = ChannelAccount.objects.filter(active=True, secret__isnull=False).exclude(health=Health.BROKEN)
    for account in rows:
        talk = door.modules("talk").get(account.kind)
        try:
            good += bool(talk is not None and hasattr(talk, "subscribed") and talk.subscribed(Talk(account)))
        except (AppError, DoorError) as error:
            log.warning("account %s: %s", account.pk, error)
    return good
