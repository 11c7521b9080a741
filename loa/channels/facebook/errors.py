"""What an answer of the Graph API means. Decided by `code`, not by HTTP status, which varies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from loa.channels.rules import Outcome, Result

THROTTLES = frozenset({4, 17, 32, 341, 613, 80001})
PERMISSION = frozenset({10, *range(200, 300)})
#: subcodes of 190 and 102 that need a person, worded by channels.texts
REVOKED = {
    458: "token_revoked",
    459: "token_revoked",
    460: "token_revoked",
    463: "token_expired",
    464: "token_revoked",
    467: "token_expired",
    492: "role_lost",
}
DUPLICATES = frozenset({506, 1404082, 1366051})
PICTURES = frozenset({324, 1366046, 2069019, 1349125})
LINKS = frozenset({1609005, 1609008, 2061006})
BUSY = frozenset({1363047, 1609010})
#: percent of a budget from which we slow down
FULL = 90


def classify(status: int, body: dict[str, Any] | None) -> Outcome | None:
    """None for a good answer; else what its error means. A busy channel may have done it all the same."""
    if body is None:
        return Outcome(Result.UNKNOWN, "busy", f"HTTP {status}")
    error = body.get("error")
    if not isinstance(error, dict):
        return None if status < 400 else Outcome(Result.UNKNOWN, "busy", f"HTTP {status}")
    code, sub = _number(error.get("code")), _number(error.get("error_subcode"))
    words = " · ".join(str(error[name]) for name in ("error_user_msg", "message", "fbtrace_id") if error.get(name))
    if code in (190, 102):
        if "impersonating" in str(error.get("message")):
            return Outcome(Result.ACCOUNT, "permission", words)
        return Outcome(Result.ACCOUNT, REVOKED.get(sub, "token_expired"), words)
    if code in THROTTLES:
        return Outcome(Result.UNKNOWN, "throttled", words, wait=60, pause=60)
    if code in (1, 2) or error.get("is_transient") or {code, sub} & BUSY:
        return Outcome(Result.UNKNOWN, "busy", words)
    if {code, sub} & DUPLICATES:
        return Outcome(Result.UNKNOWN, "duplicate", words)
    if code == 368:
        if sub == 1390008:
            return Outcome(Result.LATER, "too_fast", words, wait=3 * 86400, pause=3 * 86400)
        return Outcome(Result.REFUSED, "policy", words)
    if code in PERMISSION:
        return Outcome(Result.ACCOUNT, "permission", words)
    if {code, sub} & PICTURES:
        return Outcome(Result.REFUSED, "bad_picture", words)
    if {code, sub} & LINKS:
        return Outcome(Result.REFUSED, "bad_link", words)
    if code == 100 and sub == 33:
        return Outcome(Result.REFUSED, "gone", words)
    if status >= 500:
        return Outcome(Result.UNKNOWN, "busy", words)
    return Outcome(Result.REFUSED, "bad_content", words)


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def rest_after(headers: Mapping[str, str]) -> float:
    """Seconds to rest, from the usage headers of an answer: nothing below 90 % of a budget."""
    worst, minutes = 0.0, 0.0
    for name in ("x-app-usage", "x-business-use-case-usage"):
        try:
            found = json.loads(headers.get(name) or "{}")
        except ValueError:
            continue
        rows = [found] if name == "x-app-usage" else [row for rows in found.values() for row in rows]
        for row in rows:
            worst = max(
                [worst, *(float(row.get(key) or 0) for key in ("call_count", "total_time", "total_cputime"))]
            )
            minutes = max(minutes, float(row.get("estimated_time_to_regain_access") or 0))
    if worst < FULL and not minutes:
        return 0
    return minutes * 60 or (3600 if worst >= 100 else 120)
