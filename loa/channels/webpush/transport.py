"""Sending one notification to every browser of an account, a few at a time.

A push service that took a message answers 201; whether it was shown nobody tells us. Sending the same again after
a lost answer is harmless: `Topic` replaces what is not delivered yet, and a notification of the same tag replaces
the one on the screen without a sound. So what is unknown is simply sent again from the last browser noted.
"""

from __future__ import annotations

import json
import time
from typing import Any

from loa.channels.holding import is_held
from loa.channels.rules import Intent, Outcome, Result
from loa.channels.webpush import keys
from loa.channels.webpush.models import PushSubscription
from loa.channels.webpush.subscribing import takes
from loa.lib.http import DoorError

#: browsers of one try, and seconds it may take: well below the lease of the account
BATCH, SECONDS = 100, 15.0
#: seconds a push service keeps a message for a browser that is off
TTL = 24 * 3600
#: refusals in a row after which a browser is forgotten
MOST_FAILURES = 8


def reached(delivery: Any) -> int:
    """How many browsers' push services took a post; 1 when a worker died over the first ones, before any note."""
    unnoted = "first_call" in delivery.steps and "after" not in delivery.steps
    return int(delivery.steps.get("sent", 0)) or int(unnoted)


class WebPush:
    """See `kinds.Transport`."""

    def send(self, sending: Any, intent: str) -> Outcome:
        if intent != Intent.PUBLISH:
            return Outcome(Result.REFUSED, "no_recall")
        secret = sending.secret()
        if not secret.get("vapid") or not secret.get("contact"):
            return Outcome(Result.ACCOUNT, "token_missing")
        if not PushSubscription.objects.filter(account=sending.account).exists() and not sending.steps.get("sent"):
            return Outcome(Result.REFUSED, "push_nobody")
        sending.publishing()
        return self._some(sending, secret)

    def _some(self, sending: Any, secret: dict[str, Any]) -> Outcome:
        after, sent, lost = (int(sending.steps.get(name, 0)) for name in ("after", "sent", "lost"))
        if is_held(sending.account):
            return Outcome(Result.PROCESSING, "push_held", wait=60)
        until = time.monotonic() + SECONDS
        rows = PushSubscription.objects.filter(account=sending.account, pk__gt=after).order_by("pk")[:BATCH]
        message = json.dumps(
            {
                "title": sending.payload["title"],
                "body": sending.payload["text"],
                "url": sending.payload.get("link", ""),
                "tag": f"loa-{sending.delivery.post_id}",
            },
            ensure_ascii=False,
        ).encode()
        took_all, withdrawn = True, False
        for number, row in enumerate(rows, 1):
            if time.monotonic() > until:
                took_all = False
                break
            if number % 20 == 1 and sending.withdrawn():
                # Who has not got it yet is spared.
                withdrawn = True
                break
            outcome = self._one(sending, secret, row, message)
            if outcome is not None:
                sending.keep(after=after, sent=sent, lost=lost)
                return outcome
            answered = sending.last.status if sending.last is not None else 0
            sent, lost = (sent + 1, lost) if 200 <= answered < 300 else (sent, lost + 1)
            after = row.pk
            if number % 20 == 0:
                sending.keep(after=after, sent=sent, lost=lost)
        sending.keep(after=after, sent=sent, lost=lost)
        if withdrawn and not reached(sending.delivery):
            return Outcome(Result.ABSENT, "withdrawn")
        if withdrawn:
            return Outcome(Result.SENT, external_id=str(sent), permalink=sending.payload.get("link", ""))
        if not took_all or PushSubscription.objects.filter(account=sending.account, pk__gt=after).exists():
            return Outcome(Result.PROCESSING, "push_going", wait=1)
        return Outcome(Result.SENT, external_id=str(sent), permalink=sending.payload.get("link", ""))

    def _one(self, sending: Any, secret: dict[str, Any], row: PushSubscription, message: bytes) -> Outcome | None:
        """One browser; an Outcome ends the try."""
        sending.last = None
        try:
            if not takes(row.endpoint):
                raise ValueError("endpoint")
            body = keys.sealed(message, row.p256dh, row.auth)
        except ValueError:
            row.delete()
            return None
        headers = {
            "Authorization": keys.authorization(secret, row.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL),
            "Topic": f"loa-{sending.delivery.post_id}",
            "Urgency": "high" if sending.delivery.urgent else "normal",
        }
        try:
            answer = sending.request("POST", row.endpoint, content=body, headers=headers, timeout=10)
        except DoorError as error:
            if error.code in ("unreachable", "slow") and error.sent is False:
                # The network or one push service is away: the rest would fare the same.
                return Outcome(Result.PROCESSING, "door_unreachable", error.detail, wait=60)
            self._failed(row)
            return None
        if answer.status in (404, 410):
            row.delete()
        elif answer.status == 413:
            return Outcome(Result.REFUSED, "bad_content", "413")
        elif answer.status in (401, 403):
            # Signed with another key than the browser subscribed with: it will never hear us.
            self._failed(row)
        elif answer.status == 429 or answer.status >= 500:
            wait = answer.header("retry-after")
            seconds = min(int(wait), 3600) if wait.isdigit() else 60
            if answer.status == 429:
                return Outcome(Result.PROCESSING, "throttled", wait=seconds)
            self._failed(row)
        elif 200 <= answer.status < 300 and row.failures:
            row.failures = 0
            row.save(update_fields=["failures"])
        return None

    @staticmethod
    def _failed(row: PushSubscription) -> None:
        row.failures += 1
        if row.failures >= MOST_FAILURES:
            row.delete()
        else:
            row.save(update_fields=["failures"])

    def find(self, sending: Any, intent: str) -> Outcome:
        return Outcome(Result.ABSENT, "looked")  # the rest is sent from the last browser noted

    def poll(self, sending: Any, intent: str) -> Outcome:
        return self._some(sending, sending.secret())

    def health(self, sending: Any) -> Outcome:
        """The key must be there; a push service is only asked when there is something to tell."""
        secret = sending.secret()
        if not secret.get("vapid") or not secret.get("contact"):
            return Outcome(Result.ACCOUNT, "token_missing")
        return Outcome(Result.SENT)
