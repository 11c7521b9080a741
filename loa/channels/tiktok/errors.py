"""What an answer of the Content Posting API means; decided by `error.code`."""

from __future__ import annotations

from typing import Any

from loa.channels.rules import Outcome, Result

ACCOUNT = {"access_token_invalid": "token_expired", "scope_not_authorized": "permission",
           "scope_permission_missed": "permission"}  # fmt: skip
SLOW = frozenset({"rate_limit_exceeded"})
TOMORROW = frozenset({"spam_risk_too_many_posts", "reached_active_user_cap", "spam_risk_too_many_pending_share"})
LOCKED = frozenset({"unaudited_client_can_only_post_to_private_accounts", "privacy_level_option_mismatch"})


def classify(status: int, body: dict[str, Any]) -> Outcome | None:
    """None for a good answer. Nothing is published by any of these calls alone: only the last piece does that."""
    error = body.get("error")
    error = error if isinstance(error, dict) else {}
    code = str(error.get("code") or "")
    if status < 300 and code in ("ok", ""):
        return None if body else Outcome(Result.RETRY, "busy", f"HTTP {status}")
    words = " · ".join(str(error[name]) for name in ("code", "message", "log_id") if error.get(name))[:300]
    if code in ACCOUNT or status == 401:
        return Outcome(Result.ACCOUNT, ACCOUNT.get(code, "token_expired"), words)
    if code in SLOW or status == 429:
        return Outcome(Result.RETRY, "throttled", words, wait=60, pause=60)
    if code in TOMORROW:
        return Outcome(Result.LATER, "tt_too_many", words, wait=24 * 3600, pause=24 * 3600)
    if code in LOCKED:
        return Outcome(Result.REFUSED, "tt_private", words)
    if status >= 500 or code in ("internal_error", "internal", "") or not body:
        return Outcome(Result.RETRY, "busy", words or f"HTTP {status}")
    return Outcome(Result.REFUSED, "bad_content", words)
