"""The receiving door: bytes in, rows in the queue out. Verified on the raw bytes; else nothing changes."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from loa.channels.inbound.models import HookEvent, HookTally
from loa.channels.inbound.rules import (
    MOST_BYTES,
    MOST_EVENTS,
    STALE,
    Arrived,
    Count,
    hub_signed,
    zalo_signed,
)
from loa.channels.kinds import kind_of
from loa.channels.models import ChannelAccount, ChannelSecret, Health
from loa.channels.vault import opened
from loa.core import clock
from loa.core.errors import AppError
from loa.core.registry import Registry

log = logging.getLogger("loa.channels")


#: kind → its `talk` module, of pages that are our own program (the portal): an upper domain registers it
own_talks: Registry[ModuleType] = Registry("talks of our own pages")


def modules(name: str) -> dict[str, ModuleType]:
    """kind → its module `name` ("hooks", "talk"), for the kinds of the settings that have one; our own pages."""
    found = dict(own_talks.items()) if name == "talk" else {}
    for path in settings.LOA_CHANNEL_KINDS:
        try:
            found[path.rsplit(".", 1)[-1]] = import_module(f"{path}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{path}.{name}":
                raise
    return found


def ways_to_comments() -> dict[str, str]:
    """kind → how its comments are asked for: "heard" (the whole channel at once) or "comments" (post by post).

    Nobody may read those of other kinds.
    """
    talks = modules("talk").items()
    return {kind: name for kind, talk in talks for name in ("comments", "heard") if hasattr(talk, name)}


#: pages whose comments do not come although their kind lets them be read: not connected, refused, lacking a right
UNHEARD = Q(secret=None) | Q(health=Health.BROKEN) | Q(facts__has_key="comments")


def comments_come(account: ChannelAccount) -> bool:
    """Whether what people write below this page's posts comes to the inbox as things stand."""
    mine = ChannelAccount.objects.filter(pk=account.pk, active=True).exclude(UNHEARD)
    return account.kind in ways_to_comments() and mine.exists()


def tally(kind: str, code: Count, count: int = 1) -> None:
    """Count what came to the door today."""
    if count < 1:
        return
    day = clock.today()
    for _try in (1, 2):
        if HookTally.objects.filter(day=day, kind=kind, code=code).update(count=F("count") + count):
            return
        HookTally.objects.bulk_create([HookTally(day=day, kind=kind, code=code, count=0)], ignore_conflicts=True)


def verify_token(kind: str) -> str:
    """What the channel is told when the address is entered there, and says when it checks the address."""
    return hmac.new(settings.SECRET_KEY.encode(), f"hook:{kind}".encode(), hashlib.sha256).hexdigest()[:32]


def entrance(account: ChannelAccount) -> dict[str, str] | None:
    """What is entered at the channel so that it sends its events here; None for kinds that send none.

    "lacks": the name of the key its events are checked with, when it was not given yet; a log-in brings none.
    """
    if account.kind not in modules("hooks"):
        return None
    url = settings.BASE_URL.rstrip("/") + reverse("channel_hook", args=[account.kind])
    key = kind_of(account).events_key
    return {
        "url": url,
        "token": verify_token(account.kind) if account.kind == "facebook" else "",
        "key": key,
        "lacks": key if key and not _secrets(account).get(key) else "",
    }


def challenge(kind: str, query: Mapping[str, str]) -> str | None:
    """The answer to Facebook's check of the address; None when the token is wrong."""
    given = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(
        given.encode(), verify_token(kind).encode()
    ):
        return None
    return query.get("hub.challenge", "")[:200]


def receive(kind: str, raw: bytes, headers: Mapping[str, str]) -> int:
    """Take one delivery of events. Returns the HTTP status to answer; never raises for what is in it.

    A good signature is answered 200 whatever the events are: the channel would only send them again.
    """
    if len(raw) > MOST_BYTES.get(kind, 256_000):
        tally(kind, Count.OVERSIZED)
        return 413
    hooks = modules("hooks")[kind]
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        tally(kind, Count.MALFORMED)
        return 400
    try:
        named = hooks.accounts(body)
    except (AttributeError, TypeError, ValueError):
        named = set()
    accounts = {row.external_id: row for row in ChannelAccount.objects.filter(kind=kind, external_id__in=named)}
    if accounts and not any(row.active for row in accounts.values()):
        # Retired here, its address still entered there: nobody's keys are left to check it with.
        tally(kind, Count.UNKNOWN)
        return 200
    signed = _signed(kind, raw, headers, body, list(accounts.values()))
    if signed is None:
        tally(kind, Count.FORGED)
        log.warning("%s: an event with a wrong signature", kind)
        return 403
    try:
        events: list[Arrived] = hooks.split(body)
    except (AttributeError, KeyError, TypeError, ValueError):
        tally(kind, Count.MALFORMED)
        return 200
    if len(events) > MOST_EVENTS:
        tally(kind, Count.OVERSIZED)
        return 413
    # The secret of one page speaks for no other that is named beside it.
    strange = [event for event in events if event.account in accounts and event.account not in signed]
    tally(kind, Count.FORGED, len(strange))
    keep(
        kind,
        [event for event in events if event not in strange],
        {key: row for key, row in signed.items() if row.active},
    )
    return 200


def _secrets(account: ChannelAccount) -> dict[str, Any]:
    row = ChannelSecret.objects.filter(account=account).first()
    try:
        return opened(row.sealed) if row else {}
    except AppError:
        return {}


def _signed(
    kind: str, raw: bytes, headers: Mapping[str, str], body: dict[str, Any], accounts: list[ChannelAccount]
) -> dict[str, ChannelAccount] | None:
    """The named accounts whose own secret, or the installation's, signed it; None when nobody's did."""
    if kind == "zalo":
        # Nobody's OA: nothing to check it with.
        if not accounts:
            return None
        own = _secrets(accounts[0])
        keys = [str(own.get(name) or "") for name in ("webhook_secret", "app_secret")]
        usable = [key for key in (*keys, settings.LOA_ZALO_APP_SECRET) if key]
        firsts = [str(body.get("app_id") or ""), accounts[0].external_id]
        matched = zalo_signed(
            raw, headers.get("x-zevent-signature", ""), firsts, str(body.get("timestamp") or ""), usable
        )
        if matched and matched != "app/oa-secret":
            log.info("zalo: an event signed as %s", matched)
        return {accounts[0].external_id: accounts[0]} if matched else None
    header = headers.get("x-hub-signature-256", "")
    if settings.LOA_FACEBOOK_APP_SECRET and hub_signed(raw, header, [settings.LOA_FACEBOOK_APP_SECRET]):
        return {account.external_id: account for account in accounts}
    signed = {}
    for account in accounts:
        secret = str(_secrets(account).get("app_secret") or "")
        if secret and hub_signed(raw, header, [secret]):
            signed[account.external_id] = account
    return signed or None


@transaction.atomic
def keep(kind: str, events: list[Arrived], accounts: Mapping[str, ChannelAccount]) -> int:
    """Put what is new, ours and not stale into the queue; count the rest. Returns how many are new."""
    now = clock.now()
    fresh: dict[str, Arrived] = {}
    counts = dict.fromkeys(Count, 0)
    for event in events:
        if event.account not in accounts:
            counts[Count.UNKNOWN] += 1
        elif not event.name:
            counts[Count.IGNORED] += 1
        elif event.at < now - STALE:
            counts[Count.STALE] += 1
        elif event.key in fresh:
            counts[Count.DUPLICATE] += 1
        else:
            fresh[event.key] = event
    known = set(HookEvent.objects.filter(kind=kind, key__in=fresh).values_list("key", flat=True))
    counts[Count.DUPLICATE] += len(known)
    rows = [
        HookEvent(
            kind=kind,
            account=accounts[event.account],
            key=event.key,
            name=event.name,
            body=event.body,
            at=min(event.at, now),
            received_at=now,
            next_at=now,
        )
        for event in fresh.values()
        if event.key not in known
    ]
    # The same delivery may come twice at the same moment: the second one's rows are passed over.
    HookEvent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    counts[Count.TAKEN] = len(rows)
    for code, count in counts.items():
        tally(kind, code, count)
    return len(rows)
