"""One post to every number of an account, a few at a time.

Each number has a row of its own (`SmsMessage`), written before anything is sent. `RequestId` is made of post and
number: when an answer was lost the same request is simply made again, and the provider answers 124 for what it
has. Accepted is not delivered: whether the telephone got it is told later (`reports`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from typing import Any

from django.conf import settings
from django.db import transaction

from loa.channels.answers import body_of
from loa.channels.holding import is_held
from loa.channels.rules import Intent, Outcome, Result, quiet_until
from loa.channels.sms import reports
from loa.channels.sms.audience import UNCLEAR, reached
from loa.channels.sms.errors import ACCOUNT, DEAF, alone, classify
from loa.channels.sms.models import SmsMessage, SmsRecipient
from loa.channels.vault import opened
from loa.core import clock
from loa.lib.http import DoorError

BALANCE_PATH = "/MainService.svc/json/GetBalance_json"
PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
#: numbers of one try, and seconds it may take: well below the lease of the account
BATCH, SECONDS = 100, 15.0
#: for how long a number without an answer is asked about again, and the longest wait between
GIVE_UP, LONGEST = dt.timedelta(hours=6), 1800
State = SmsMessage.State


def request_id(post_key: str, digest: str) -> str:
    """The provider's key against sending twice: the same for one post and one number, always."""
    return "loa" + hashlib.sha256(f"{post_key}:{digest}".encode()).hexdigest()[:29]


class Sms:
    """See `kinds.Transport`."""

    def send(self, sending: Any, intent: str) -> Outcome:
        if intent != Intent.PUBLISH:
            return Outcome(Result.REFUSED, "no_recall")
        secret = sending.secret()
        if not all(secret.get(name) for name in ("api_key", "secret_key", "brandname")):
            return Outcome(Result.ACCOUNT, "sms_key")
        if not self._meant(sending):
            return Outcome(Result.REFUSED, "sms_nobody")
        sending.publishing()
        return self._some(sending, secret)

    @staticmethod
    def _meant(sending: Any) -> bool:
        """Write down who is meant to get it, once: who joins later gets the next one."""
        with transaction.atomic():
            if not SmsMessage.objects.filter(delivery=sending.delivery).exists():
                rows = SmsRecipient.objects.filter(account=sending.account, active=True).order_by("pk")
                keys = rows.values_list("pk", flat=True)
                SmsMessage.objects.bulk_create(
                    [SmsMessage(delivery=sending.delivery, recipient_id=key) for key in keys], batch_size=500
                )
            return SmsMessage.objects.filter(delivery=sending.delivery).exists()

    def _some(self, sending: Any, secret: dict[str, Any]) -> Outcome:
        # Turns are no questions without an answer: a long list must not look like a silent channel.
        sending.delivery.checks = 0
        waiting = SmsMessage.objects.filter(delivery=sending.delivery, state=State.WAITING)
        withdrawn = self._withdrawn(sending, waiting)
        account, now = sending.account, clock.local(clock.now())
        quiet = quiet_until(now, account.quiet_from, account.quiet_to, urgent=sending.delivery.urgent)
        if quiet is not None and waiting.exists():
            return Outcome(Result.PROCESSING, "quiet", until=quiet)
        if waiting.exists() and is_held(account):
            return Outcome(Result.PROCESSING, "sms_held", wait=60)
        waiting.filter(recipient=None).update(state=State.SKIPPED, code="sms_removed")
        until = time.monotonic() + SECONDS
        for number, row in enumerate(waiting.select_related("recipient").order_by("pk")[:BATCH], 1):
            if time.monotonic() > until:
                break
            if number % 10 == 0:
                sending.renew()
                if self._withdrawn(sending, waiting):
                    withdrawn = True
                    break
            outcome = self._one(sending, secret, row)
            if outcome is not None and not self._withdrawn(sending, waiting):
                return outcome
            if outcome is not None:
                withdrawn = True
                break
        if waiting.exists():
            return Outcome(Result.PROCESSING, "sms_going", wait=1)
        taken = reached(sending.delivery)
        if not taken and withdrawn:
            return Outcome(Result.ABSENT, "withdrawn")
        if not taken:
            return Outcome(Result.REFUSED, "sms_none")
        return Outcome(Result.SENT, external_id=str(taken), permalink=sending.payload.get("page", ""))

    @staticmethod
    def _withdrawn(sending: Any, waiting: Any) -> bool:
        """Whether the story was withdrawn: who has not got it yet is spared."""
        found: bool = sending.withdrawn()
        if found:
            # What may have arrived is not called unsent, and is not asked about again: that could send it.
            waiting.filter(code=UNCLEAR).update(state=State.SKIPPED)
            waiting.update(state=State.SKIPPED, code="withdrawn")
        return found

    def _one(self, sending: Any, secret: dict[str, Any], row: SmsMessage) -> Outcome | None:
        """One number; an Outcome ends the try."""
        recipient = row.recipient
        if recipient is None or not recipient.active:
            code = "sms_removed" if recipient is None else recipient.code
            self._write(row, State.SKIPPED, code=code)
            return None
        body = {
            "ApiKey": secret["api_key"],
            "SecretKey": secret["secret_key"],
            "Brandname": secret["brandname"],
            "Phone": "0" + opened(recipient.sealed)["phone"][2:],
            "Content": sending.payload["text"],
            "SmsType": "2",
            "IsUnicode": "0",
            "Sandbox": "0",
            "RequestId": request_id(sending.delivery.post.key, recipient.digest),
            "CallbackUrl": reports.address(sending.account.pk),
        }
        if row.request_id != body["RequestId"]:
            SmsMessage.objects.filter(pk=row.pk).update(request_id=body["RequestId"])
        url = settings.LOA_CHANNEL_URLS["sms"].rstrip("/") + PATH
        try:
            answer = sending.request("POST", url, json=body)
        except DoorError as error:
            if error.sent is not False:
                self._unclear(row)
            return self._again(sending, f"door_{error.code}", error.detail)
        told = body_of(answer.body)
        wrong = classify(answer.status, told)
        if wrong is None:
            if sending.steps.get("stuck"):
                sending.keep(stuck=0)
            self._taken(row, str((told or {}).get("SMSID") or "")[:60])
            return None
        if wrong.result in (Result.UNKNOWN, Result.RETRY):
            if wrong.result == Result.UNKNOWN:
                self._unclear(row)
            return self._again(sending, wrong.code, wrong.detail)
        if wrong.result == Result.REFUSED and alone(wrong):
            self._write(row, State.FAILED, code=wrong.code)
            SmsRecipient.objects.filter(pk=recipient.pk).update(
                code=wrong.code, active=wrong.code not in DEAF.values()
            )
            return None
        return wrong

    @staticmethod
    def _write(row: SmsMessage, state: str, **fields: str) -> None:
        """At once, so that a worker that dies loses nothing it knew."""
        SmsMessage.objects.filter(pk=row.pk).update(state=state, **fields)

    @staticmethod
    def _unclear(row: SmsMessage) -> None:
        """It may have arrived; where a report says so already, that stays."""
        SmsMessage.objects.filter(pk=row.pk, state=State.WAITING).update(code=UNCLEAR)

    @staticmethod
    def _taken(row: SmsMessage, sms_id: str) -> None:
        """A report may have come before the answer: what it said stays."""
        now = clock.now()
        rows = SmsMessage.objects.filter(pk=row.pk)
        rows.update(taken_at=now, **({"sms_id": sms_id} if sms_id else {}))
        rows.filter(state=State.WAITING).update(state=State.TAKEN, code="")

    @staticmethod
    def _again(sending: Any, code: str, detail: str) -> Outcome:
        """No clear answer: the same request later, for some hours; then a person."""
        if clock.now() - sending.since > GIVE_UP:
            return Outcome(Result.ASK, "sms_lost", detail)
        stuck = int(sending.steps.get("stuck", 0)) + 1
        sending.keep(stuck=stuck)
        return Outcome(Result.PROCESSING, code, detail, wait=min(15 * 2 ** min(stuck, 8), LONGEST))

    def find(self, sending: Any, intent: str) -> Outcome:
        return Outcome(Result.ABSENT, "looked")  # the rest is sent; what was taken before answers 124

    def poll(self, sending: Any, intent: str) -> Outcome:
        return self._some(sending, sending.secret())

    def health(self, sending: Any) -> Outcome:
        """The keys must be good and there must be money (GetBalance)."""
        secret = sending.secret()
        if not all(secret.get(name) for name in ("api_key", "secret_key", "brandname")):
            return Outcome(Result.ACCOUNT, "sms_key")
        url = settings.LOA_CHANNEL_URLS["sms"].rstrip("/") + BALANCE_PATH
        keys = {"ApiKey": secret["api_key"], "SecretKey": secret["secret_key"]}
        answer = sending.request("POST", url, json=keys)
        told = body_of(answer.body) or {}
        code = str(told.get("CodeResponse") or "")
        if code in ACCOUNT:
            return Outcome(Result.ACCOUNT, ACCOUNT[code], code)
        try:
            balance = int(float(str(told.get("Balance"))))
        except ValueError:
            return Outcome(Result.UNKNOWN, "busy", f"HTTP {answer.status}")
        if balance <= 0:
            return Outcome(Result.ACCOUNT, "sms_money", str(balance))
        return Outcome(Result.SENT, facts={"balance": balance})
