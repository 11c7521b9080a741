"""Catching up by asking: what no event told (the address was down, the channel gave up) is found in minutes.

A channel that tells no events at all and counts what it is asked (YouTube) has `heard` in its `talk` module: it is
given what is known, stops there, and says how long it may rest for what the look cost.
"""

from __future__ import annotations

import datetime as dt
import logging
from types import ModuleType
from typing import Any

from loa.channels.inbound import door, reading
from loa.channels.inbound.models import HookEvent
from loa.channels.models import ChannelAccount, Delivery, Health
from loa.channels.rules import Intent, Result, Status
from loa.channels.sending import DoorError, Talk
from loa.channels.services.accounts import facts_kept
from loa.core import clock
from loa.core.errors import AppError

log = logging.getLogger("loa.channels")
#: comments are looked for under posts of so many days, so many posts each time
DAYS, POSTS = 30, 25
#: and not older than this: what was polled before is known already
BACK = dt.timedelta(days=2)
#: a page that used to send events and sent none for so long, although people wrote, does not send them any more
SILENT = dt.timedelta(days=1)


def catch_up() -> int:
    """Ask every connected account. Returns how many things were new."""
    found = 0
    rows = ChannelAccount.objects.filter(active=True, secret__isnull=False).exclude(health=Health.BROKEN)
    for account in rows:
        try:
            new = one(account)
            found += new
            _listened(account, new)
        except (AppError, DoorError) as error:
            log.warning("account %s: %s", account.pk, error)
        except Exception:  # a channel that answers oddly keeps no other from being asked
            log.exception("account %s", account.pk)
    return found


def one(account: ChannelAccount) -> int:
    """Ask one account. Returns how many things were new."""
    talk = door.modules("talk").get(account.kind)
    if talk is None:
        return 0
    way = door.ways_to_comments().get(account.kind)
    if way == "heard":
        return _look(account, talk)
    asking, new = Talk(account), 0
    if hasattr(talk, "recent"):
        for words in talk.recent(asking) or []:
            new += reading.tell(account, words, polled=True)
    if way == "comments":
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


def _look(account: ChannelAccount, talk: ModuleType) -> int:
    """Ask a channel for everything new at once, unless it rests. Returns how many things were new.

    `facts`: "heard_from" since when it is listened to, "heard_at" the last look that was answered, "heard_rest" no
    look before, "comments" why they do not come (a code of `texts`), absent while they do.
    """
    now, told = clock.now(), account.facts or {}
    if told.get("heard_rest") and now < dt.datetime.fromisoformat(told["heard_rest"]):
        return 0
    # What was said long before the first look is nobody's work any more.
    begun = dt.datetime.fromisoformat(told["heard_from"]) if told.get("heard_from") else now - BACK
    since = max(begun, now - dt.timedelta(days=DAYS))
    asking = Talk(account)
    words, wrong = talk.heard(asking, reading.remembered_of(account, since), since)
    new = sum(reading.tell(account, one, polled=True) for one in words)
    peers = ChannelAccount.objects.filter(kind=account.kind, active=True, secret__isnull=False).count()
    rest = wrong.until if wrong and wrong.until else now + talk.rest(asking.requests, peers)
    facts: dict[str, Any] = {"heard_rest": rest.isoformat()}
    if wrong is None:
        facts |= {"heard_at": now.isoformat(), "heard_from": begun.isoformat()}
    if wrong is None or wrong.result not in (Result.RETRY, Result.UNKNOWN):
        facts["comments"] = wrong.code if wrong else None
    facts_kept(account, **facts)
    return new


def _listened(account: ChannelAccount, new: int) -> None:
    """Notice events that stopped coming: asking finds what none told, for longer than a day after the last one.

    `facts`: "hook_at" the day of the last event, "hook_silent" that day while they are missing. A page to which
    nobody writes is not silent, nor one that never sent events.
    """
    if account.kind not in door.modules("hooks"):
        return
    events = HookEvent.objects.filter(account=account).order_by("-received_at")
    last = events.values_list("received_at", flat=True).first()
    told = account.facts or {}
    if last is not None:
        known = clock.local(last).date().isoformat()
    elif told.get("hook_at"):
        known = str(told["hook_at"])  # events are kept for a week only
    else:
        return
    silent = last is None or last < clock.now() - SILENT
    facts_kept(account, hook_at=known, hook_silent=(known if new else told.get("hook_silent")) if silent else None)


def subscribe() -> int:
    """Make sure that every page sends us its events: channels stop by themselves. Returns how many send all.

    What one does not tell although asked to is kept in its facts ("untold") and said.
    """
    good = 0
    rows = ChannelAccount.objects.filter(active=True, secret__isnull=False).exclude(health=Health.BROKEN)
    for account in rows:
        talk = door.modules("talk").get(account.kind)
        try:
            if talk is None or not hasattr(talk, "untold"):
                continue
            lacking = talk.untold(Talk(account))
            if lacking is not None:
                good += not lacking
                facts_kept(account, untold=sorted(lacking) or None)
        except (AppError, DoorError) as error:
            log.warning("account %s: %s", account.pk, error)
        except Exception:  # a channel that answers oddly keeps no other from being asked
            log.exception("account %s", account.pk)
    return good
