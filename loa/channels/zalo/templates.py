"""ZBS template messages: approved texts with blanks, to one telephone number. A host and codes of its own.

There is no key against sending twice and no read-back without the message's id: a lost answer is for a person.
(developers.zalo.me: ZBS Template Message, formerly ZNS.)
"""

from __future__ import annotations

import random
import re
from typing import Any

from django.conf import settings

from loa.channels.rules import Outcome, Result
from loa.channels.vault import opened
from loa.channels.zalo.broadcast import window
from loa.channels.zalo.calls import call
from loa.channels.zalo.errors import code_of
from loa.core import clock

#: the quota of the day or of the complaint rate is used up
TOMORROW = frozenset({-144, -147, -1441, -1472})
#: a person must pay, verify or link first
PAY = frozenset({-115, -135, -136, -137, -320, -321})
#: this number will never get it
RECEIVER = frozenset({-108, -114, -118, -119, -139, -140, -141})
MOST_TEMPLATES = 500


def phone_of(text: str) -> str:
    """A Vietnamese mobile number as Zalo wants it (84…), or an empty text."""
    digits = re.sub(r"[\s.()-]", "", text)
    digits = re.sub(r"^\+?84", "0", digits)
    return "84" + digits[1:] if re.fullmatch(r"0[35789]\d{8}", digits) else ""


def masked(phone: str) -> str:
    """84912345678 → 84912•••678."""
    return f"{phone[:5]}•••{phone[-3:]}"


def classify(status: int, body: dict[str, Any] | None) -> Outcome | None:
    """None for a good answer; else what the error of this host means."""
    told = code_of(status, body)
    if told is None or isinstance(told, Outcome):
        return told
    code, words = told
    if code == -124:
        return Outcome(Result.ACCOUNT, "token_expired", words)
    if code == -32:
        return Outcome(Result.RETRY, "throttled", words, wait=60, pause=60)
    if code == -100:
        return Outcome(Result.UNKNOWN, "busy", words)
    if code == -133:
        return Outcome(Result.LATER, "night", words)
    if code in TOMORROW:
        return Outcome(Result.LATER, "oa_quota_day", words, wait=6 * 3600)
    if code in PAY:
        return Outcome(Result.REFUSED, "oa_tier", words)
    if code in RECEIVER:
        return Outcome(Result.REFUSED, "receiver", words)
    return Outcome(Result.REFUSED, "bad_content", words)


def _call(talk: Any, method: str, path: str, **content: Any) -> tuple[dict[str, Any], Outcome | None]:
    """As `transport.Zalo._call`, on this host."""
    return call(talk, method, f"{settings.LOA_CHANNEL_URLS['zalo_business']}{path}", classify, **content)


def send(sending: Any) -> Outcome:
    """One message. `payload`: {"template_id", "data", "to" (sealed), "tracking", "test"}."""
    payload = sending.payload
    if not payload.get("to"):
        return Outcome(Result.REFUSED, "receiver")
    body = {
        "phone": opened(payload["to"])["phone"],
        "template_id": payload["template_id"],
        "template_data": payload["data"],
        "tracking_id": payload["tracking"],
    }
    if payload.get("test"):
        body["mode"] = "development"
    sending.publishing()
    told, wrong = _call(sending, "POST", "/message/template", json=body)
    if wrong is not None and wrong.code == "night":
        morning = window(clock.local(clock.now()), random.random())  # noqa: S311 - spreads load
        return Outcome(Result.LATER, "night", wrong.detail, until=morning, wait=3600)
    if wrong is not None and wrong.result == Result.UNKNOWN:
        return Outcome(Result.ASK, "no_readback", wrong.detail)
    if wrong is not None:
        return wrong
    found = str((told.get("data") or {}).get("msg_id") or "")
    return Outcome(Result.SENT, external_id=found) if found else Outcome(Result.ASK, "no_readback")


def listed(talk: Any) -> tuple[list[dict[str, Any]], Outcome | None]:
    """(every template with its blanks, None), or ([], why not)."""
    rows: list[dict[str, Any]] = []
    for offset in range(0, MOST_TEMPLATES, 100):
        told, wrong = _call(talk, "GET", "/template/all", params={"offset": str(offset), "limit": "100"})
        if wrong is not None:
            return [], wrong
        page = told.get("data")
        if not isinstance(page, list):
            return [], Outcome(Result.UNKNOWN, "no_answer")
        for row in page:
            key = str(row.get("templateId") or "")
            detail, wrong = _call(talk, "GET", "/template/info/v2", params={"template_id": key})
            if wrong is not None and wrong.result in (Result.ACCOUNT, Result.UNKNOWN, Result.RETRY):
                return [], wrong
            rows.append({**row, **(detail.get("data") or {}), "templateId": key})
        if len(page) < 100:
            break
    return rows, None
