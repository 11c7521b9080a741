"""Zalo's tokens: the refresh token may be used once. One renews, the others wait and read what was committed.

A lease on the row of the secret, taken by conditional UPDATE and committed, stands for the row lock: a lock held
over a request would stop every writer of an embedded database. A lease that ends without a new pair means that the
one who renewed died, perhaps after Zalo had changed the pair: the old token is tried once more, then a person.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from typing import Any

from django.conf import settings
from django.db.models import Q

from loa.channels.answers import body_of
from loa.channels.models import ChannelSecret
from loa.channels.rules import Outcome, Result
from loa.channels.vault import opened, seal
from loa.core import clock

#: renewed so long before it dies (it lives 25 hours)
AHEAD = dt.timedelta(hours=5)
LEASE = dt.timedelta(seconds=40)


def due(row: ChannelSecret) -> bool:
    """Whether the access token dies soon."""
    return row.expires_at is not None and row.expires_at <= clock.now() + AHEAD


def renew(talk: Any, used: str) -> Outcome | None:
    """Make sure that the token is another one than `used`. None when it is; else what a person must do.

    Raises DoorError when Zalo cannot be reached.
    """
    me = secrets.token_hex(8)
    until = time.monotonic() + 30
    while True:
        row = ChannelSecret.objects.get(account=talk.account)
        secret = opened(row.sealed)
        if secret.get("access_token") != used:
            talk.forget_secret()
            return None
        now = clock.now()
        mine = ChannelSecret.objects.filter(
            Q(lease_until=None) | Q(lease_until__lte=now), pk=row.pk, version=row.version
        ).update(lease_owner=me, lease_until=now + LEASE)
        if mine:
            break
        if time.monotonic() > until:
            return Outcome(Result.RETRY, "busy", wait=10)
        time.sleep(0.1)
    try:
        return _renew(talk, row, secret, me)
    finally:
        ChannelSecret.objects.filter(pk=row.pk, lease_owner=me).update(lease_owner="", lease_until=None)


def _renew(talk: Any, row: ChannelSecret, secret: dict[str, Any], me: str) -> Outcome | None:
    if not secret.get("refresh_token"):
        return Outcome(Result.ACCOUNT, "token_expired")
    answer = talk.request(
        "POST",
        f"{settings.LOA_CHANNEL_URLS['zalo_oauth']}/v4/oa/access_token",
        headers={"secret_key": str(secret.get("app_secret") or settings.LOA_ZALO_APP_SECRET)},
        data={
            "refresh_token": secret["refresh_token"],
            "app_id": str(secret.get("app_id") or settings.LOA_ZALO_APP_ID),
            "grant_type": "refresh_token",
        },
    )
    body = body_of(answer.body) or {}
    if not body.get("access_token") or not body.get("refresh_token"):
        if answer.status >= 500 or not body:
            return Outcome(Result.RETRY, "busy", f"HTTP {answer.status}")
        # Never overwrite what is stored with less.
        return Outcome(Result.ACCOUNT, "refresh_lost", str(body.get("error_name") or body.get("error") or ""))
    fresh = {**secret, "access_token": body["access_token"], "refresh_token": body["refresh_token"]}
    lives = dt.timedelta(seconds=int(body.get("expires_in") or 90_000))
    # Committed before it is used for anything.
    ChannelSecret.objects.filter(pk=row.pk, lease_owner=me).update(
        sealed=seal(fresh), expires_at=clock.now() + lives, version=row.version + 1
    )
    talk.forget_secret()
    return None
