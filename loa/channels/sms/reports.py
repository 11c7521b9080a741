"""What became of messages the provider took: it calls an address of ours, and is asked where it did not.

The call (GET, not signed) goes to an address only the provider was told: the account's number and a keyed hash.
It changes nothing but whether one message arrived, once; a report of arrival is never taken back. Asked
(GetSendStatus, seven days) are messages of which nothing was told after half an hour, six hours and two days.
"""

from __future__ import annotations

import datetime as dt
import hmac
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import salted_hmac

from loa.channels.answers import body_of
from loa.channels.inbound.door import tally
from loa.channels.inbound.rules import Count
from loa.channels.models import ChannelAccount, Health
from loa.channels.sending import Talk
from loa.channels.sms.models import SmsMessage
from loa.core import clock
from loa.core.errors import AppError
from loa.lib.http import DoorError

log = logging.getLogger("loa.channels")
STATUS_PATH = "/MainService.svc/json/GetSendStatus"
#: ages at which a silent message is asked about; messages of one run; longest query of a call in characters
ASK_AT = (dt.timedelta(minutes=30), dt.timedelta(hours=6), dt.timedelta(days=2))
MOST, LONGEST = 200, 2000
#: the provider's states (docs of eSMS, callback URL): refused by it, finished; all others are on the way
REFUSED, FINISHED = "4", "5"
State = SmsMessage.State


def token_of(account_id: int) -> str:
    """What only the provider knows."""
    return salted_hmac("loa.channels.sms.report", str(account_id), algorithm="sha256").hexdigest()[:40]


def address(account_id: int) -> str:
    """Where the provider reports to."""
    path = reverse("sms_report", args=[account_id, token_of(account_id)])
    return settings.BASE_URL.rstrip("/") + path


def verdict(told: Mapping[str, Any]) -> tuple[str, str] | None:
    """(state, code) a report leads to; None while the message is on its way, or when it says nothing clear."""
    status, good, bad = (str(told.get(name) or "").strip() for name in ("SendStatus", "SendSuccess", "SendFailed"))
    if status == REFUSED:
        return State.FAILED, "sms_rejected"
    if status != FINISHED:
        return None
    if good == "1" and bad in ("", "0"):
        return State.DELIVERED, ""
    return (State.FAILED, "sms_undelivered") if bad == "1" and good in ("", "0") else None


def receive(account_id: int, token: str, query: Mapping[str, str], *, length: int = 0) -> int:
    """One call of the provider, counted whatever is in it. Returns the HTTP status; never raises."""
    if not hmac.compare_digest(token.encode(), token_of(account_id).encode()):
        tally("sms", Count.FORGED)
        return 403
    if length > LONGEST:
        tally("sms", Count.OVERSIZED)
        return 413
    keys = Q()
    for field, name in (("sms_id", "SMSID"), ("request_id", "RequestId")):
        value = str(query.get(name) or "").strip()
        if value:
            keys |= Q(**{field: value[:60]})
    if not keys:
        tally("sms", Count.MALFORMED)
        return 200
    row = SmsMessage.objects.filter(keys, delivery__account=account_id).first()
    if row is None:
        tally("sms", Count.UNKNOWN)
        return 200
    end = verdict(query)
    if end is None:
        tally("sms", Count.IGNORED)
    else:
        tally("sms", Count.TAKEN if settle(row, *end) else Count.DUPLICATE)
    # Only silence makes the provider call again.
    return 200


def settle(row: SmsMessage, state: str, code: str) -> bool:
    """Write what became of a message, once: a failure may still turn into an arrival, nothing else changes.

    One whose answer was lost (still waiting) was taken all the same.
    """
    before = [State.WAITING, State.TAKEN]
    rows = SmsMessage.objects.filter(pk=row.pk)
    if state == State.DELIVERED:
        rows = rows.filter(Q(state__in=before) | Q(state=State.FAILED, code="sms_undelivered"))
    else:
        rows = rows.filter(state__in=before)
    return bool(rows.update(state=state, code=code, reported_at=clock.now()))


def ask_due() -> int:
    """Ask about messages nothing was told of. Returns how many were settled."""
    now, settled = clock.now(), 0
    for account in ChannelAccount.objects.filter(kind="sms", active=True, secret__isnull=False).exclude(
        health=Health.BROKEN
    ):
        silent = SmsMessage.objects.filter(delivery__account=account, state=State.TAKEN).exclude(sms_id="")
        due = Q()
        for asked, age in enumerate(ASK_AT):
            due |= Q(asked=asked, taken_at__lte=now - age)
        talk = Talk(account)
        try:
            for row in silent.filter(due, taken_at__gt=now - dt.timedelta(days=7)).order_by("taken_at")[:MOST]:
                settled += _ask(talk, row)
        except (AppError, DoorError) as error:
            log.warning("account %s: %s", account.pk, error)
    return settled


def _ask(talk: Talk, row: SmsMessage) -> bool:
    secret = talk.secret()
    params = {"RefId": row.sms_id, "ApiKey": secret["api_key"], "SecretKey": secret["secret_key"]}
    url = settings.LOA_CHANNEL_URLS["sms"].rstrip("/") + STATUS_PATH
    told = body_of(talk.request("GET", url, params=params).body) or {}
    SmsMessage.objects.filter(pk=row.pk).update(asked=row.asked + 1)
    end = verdict(told) if str(told.get("CodeResponse")) == "100" else None
    return end is not None and settle(row, *end)
