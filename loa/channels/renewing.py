"""Access tokens that live for hours, renewed from a refresh token that may be used again (OAuth 2.0, RFC 6749, 6).

Two workers may renew at once: both get a good token, the later one's is kept. What is stored is never overwritten
with less: a reply without a refresh token leaves the old one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from loa.channels.answers import body_of
from loa.channels.models import ChannelSecret
from loa.channels.rules import Outcome, Result
from loa.channels.vault import opened, seal
from loa.core import clock

#: renewed so long before it dies
AHEAD = dt.timedelta(minutes=5)


def access_token(talk: Any, url: str, form: dict[str, str], *, anew: bool = False) -> tuple[str, Outcome | None]:
    """(the access token, what is wrong or None). `form`: the client's fields; `anew`: the one we have was refused.

    Raises DoorError when the channel cannot be reached.
    """
    row = ChannelSecret.objects.filter(account=talk.account).first()
    secret = opened(row.sealed) if row else {}
    if row is None or not secret.get("refresh_token"):
        return "", Outcome(Result.ACCOUNT, "token_missing")
    token = str(secret.get("access_token") or "")
    if token and not anew and row.expires_at is not None and row.expires_at > clock.now() + AHEAD:
        return token, None
    data = {**form, "grant_type": "refresh_token", "refresh_token": str(secret["refresh_token"])}
    answer = talk.request("POST", url, data=data)
    body = body_of(answer.body) or {}
    fresh = str(body.get("access_token") or "")
    if not fresh:
        if answer.status >= 500 or answer.status == 429 or not body:
            return "", Outcome(Result.RETRY, "busy", f"HTTP {answer.status}")
        words = str(body.get("error_description") or body.get("error") or "")
        return "", Outcome(Result.ACCOUNT, "token_revoked", words[:300])
    kept = {**secret, "access_token": fresh}
    if body.get("refresh_token"):
        kept["refresh_token"] = str(body["refresh_token"])
    lives = dt.timedelta(seconds=int(body.get("expires_in") or 3600))
    ChannelSecret.objects.filter(pk=row.pk).update(
        sealed=seal(kept), expires_at=clock.now() + lives, version=row.version + 1
    )
    talk.forget_secret()
    return fresh, None
