"""What the provider's codes mean for one message (devesms: SendMultipleMessage_V4_post_json)."""

from __future__ import annotations

from typing import Any

from loa.channels.rules import Outcome, Result

#: accepted now, or before with the same RequestId
TAKEN = frozenset({"100", "124"})
#: this number gets nothing more
DEAF = {"99": "sms_blocked", "108": "sms_number"}
#: this number not this time: its network does not know the brandname yet
NOT_NOW = {"177": "sms_network"}
ACCOUNT = {"101": "sms_key", "103": "sms_money", "104": "sms_brandname"}
CONTENT = {"146": "sms_template"}


def classify(status: int, body: dict[str, Any] | None) -> Outcome | None:
    """None when the message was accepted; REFUSED with a code of DEAF or NOT_NOW is about this number alone.

    UNKNOWN: it may have been accepted. Asking again with the same RequestId is safe: the provider answers 124.
    """
    if status == 429:
        return Outcome(Result.RETRY, "throttled", "HTTP 429", wait=60)
    if body is None or status >= 500 or "CodeResult" not in body:
        return Outcome(Result.UNKNOWN, "busy", f"HTTP {status}")
    code = str(body["CodeResult"]).strip()
    if code in TAKEN:
        return None
    words = f"{code}: {body.get('ErrorMessage') or ''}".rstrip(": ")
    if code in ACCOUNT:
        return Outcome(Result.ACCOUNT, ACCOUNT[code], words)
    for known in (DEAF, NOT_NOW, CONTENT):
        if code in known:
            return Outcome(Result.REFUSED, known[code], words)
    return Outcome(Result.REFUSED, "bad_content", words)


def alone(outcome: Outcome) -> bool:
    """Whether it is about one number, so that the others go on."""
    return outcome.code in DEAF.values() or outcome.code in NOT_NOW.values()
