"""What a mail server writes back when a letter it took could not be delivered (RFC 3464, in Postfix's form)."""

from __future__ import annotations

from email.utils import formatdate

HOST = "loa-sim"


def undelivered(sender: str, address: str, data: bytes, number: int) -> bytes:
    """The report to `sender` that nobody has `address`, with the headers of the letter below it."""
    headers = data.partition(b"\r\n\r\n")[0].decode("ascii", errors="replace")
    mark = f"{number:08X}.{HOST}"
    words = "550 5.1.1 No such user here"
    text = f"""Return-Path: <>
Delivered-To: {sender}
Date: {formatdate(localtime=True)}
From: MAILER-DAEMON@{HOST} (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {sender}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="{mark}"

--{mark}
Content-Type: text/plain; charset=us-ascii

<{address}>: host {HOST} said: {words}

--{mark}
Content-Type: message/delivery-status

Reporting-MTA: dns; {HOST}

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; {words}

--{mark}
Content-Type: text/rfc822-headers

"""
    whole = text.replace("\n", "\r\n") + headers + f"\r\n\r\n--{mark}--\r\n"
    return whole.encode("ascii", errors="replace")
