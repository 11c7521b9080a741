"""What an answer of Zalo's OA API means: HTTP says 200, `error` decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loa.channels.rules import Outcome, Result

#: the access token: renewed once, then a person
TOKEN = frozenset({-216, -220})
PROCESSING = -214
#: below that share of the calls of a minute an account rests so many seconds (all OAs of an app share them)
SLOWER = ((0.02, 60.0), (0.1, 15.0))


def code_of(status: int, body: dict[str, Any] | None) -> tuple[int, str] | Outcome | None:
    """(error number, Zalo's words); None for a good answer; an Outcome when it is no answer of Zalo's at all."""
    if body is None or status >= 500 or "error" not in body:
        return Outcome(Result.UNKNOWN, "busy", f"HTTP {status}")
    try:
        code = int(body["error"])
    except (TypeError, ValueError):
        return Outcome(Result.UNKNOWN, "busy", f"HTTP {status}")
    if code == 0:
        return None
    return code, f"{code}: {body.get('message') or body.get('error_description') or ''}"


def rest_after(headers: Mapping[str, str]) -> float:
    """Seconds to rest before a limit of calls is reached: the window slides, so that a little rest gives room."""
    try:
        limit, remain = (int(headers.get(f"x-ratelimit-{name}", "")) for name in ("limit", "remain"))
    except ValueError:
        return 0
    for share, rest in SLOWER:
        if limit > 0 and remain < limit * share:
            return rest
    return 0


def answered(wrong: Outcome) -> bool:
    """Whether Zalo itself said so, with a number of its own: no gateway, no broken page."""
    return wrong.detail.startswith("-")


def classify(status: int, body: dict[str, Any] | None) -> Outcome | None:
    """None for a good answer; else what its error means. A token to renew is ACCOUNT with code "token_expired"."""
    told = code_of(status, body)
    if told is None or isinstance(told, Outcome):
        return told
    code, words = told
    if code in TOKEN:
        return Outcome(Result.ACCOUNT, "token_expired", words)
    if code == -32:
        # Counted and turned away before anything was done.
        return Outcome(Result.RETRY, "throttled", words, wait=60, pause=60)
    if code == PROCESSING:
        return Outcome(Result.PROCESSING, "processing", words, wait=5)
    if code == -223:
        if "quota" in words.lower():
            return Outcome(Result.REFUSED, "oa_quota", words)
        return Outcome(Result.ACCOUNT, "permission", words)
    if code == -234:
        return Outcome(Result.LATER, "night", words)
    if code == -211:
        return Outcome(Result.REFUSED, "oa_quota", words)
    if code in (-224, -221, -320, -321):
        return Outcome(Result.REFUSED, "oa_tier", words)
    if code in (-204, -205, -209, -212, -240, -242):
        return Outcome(Result.ACCOUNT, "permission", words)
    if code == -200:
        return Outcome(Result.UNKNOWN, "busy", words)
    return Outcome(Result.REFUSED, "bad_content", words)
