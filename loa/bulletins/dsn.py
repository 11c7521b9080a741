"""Reports that come back by mail: delivery failures (RFC 3464) and complaints (ARF, RFC 5965).

A report is believed only when it names a letter of ours by its Message-ID or by the address it came back to
(VERP): both carry a MAC. Addresses inside a report are never believed, so that a forged one bars nobody.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from loa.bulletins import tokens

#: most bytes of a report that are looked at
MOST_BYTES = 1024 * 1024
_NAMED = re.compile(r"thu-tin\.(\d{1,18}-[0-9a-f]{24})@")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class Report:
    """What a mail says about one of our letters."""

    letter: int
    #: enhanced status, "5.1.1"; empty for a complaint
    code: str
    text: str
    complaint: bool = False


def read(data: bytes) -> Report | None:
    """The report in a mail, or None when it is none about a letter of ours (an answer, a notice of absence,
    spam)."""
    message = email.message_from_bytes(data[:MOST_BYTES], policy=email.policy.default)
    kinds = {part.get_content_type() for part in message.walk()}
    complaint = "message/feedback-report" in kinds
    if not complaint and "message/delivery-status" not in kinds and not _from_a_machine(message):
        return None
    letter = _letter(message, data)
    if letter is None:
        return None
    if complaint:
        return Report(letter, "", "", complaint=True)
    code, text = _status(message)
    return Report(letter, code, text) if code else None


def _from_a_machine(message: EmailMessage) -> bool:
    """Old servers report in plain text, from nobody or from the mailer's own name."""
    sender = str(message.get("From", "")).lower()
    empty = str(message.get("Return-Path", "x")).strip() in ("<>", "")
    return empty or "mailer-daemon" in sender or "postmaster@" in sender


def _letter(message: EmailMessage, data: bytes) -> int | None:
    """Which letter: the address the report came to, else any of our Message-IDs in what it quotes."""
    addresses = " ".join(str(message.get(name, "")) for name in ("To", "Delivered-To", "X-Original-To"))
    for text in (addresses, data[:MOST_BYTES].decode("ascii", errors="replace")):
        for found in _NAMED.finditer(text):
            letter = tokens.read("letter", found[1])
            if letter is not None:
                return letter
    return None


def _status(message: EmailMessage) -> tuple[str, str]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks: Any = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            action = str(block.get("Action", "")).strip().lower()
            found = _STATUS.search(str(block.get("Status", "")))
            if found and action in ("failed", "delayed", ""):
                code = found[1]
                if action == "delayed" and code.startswith("5"):
                    code = "4" + code[1:]
                return code, " ".join(str(block.get("Diagnostic-Code", "")).split())[:250]
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    found = _STATUS.search(text)
    return (found[1], "") if found and found[1][0] in "45" else ("", "")
