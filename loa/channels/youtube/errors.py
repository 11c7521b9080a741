"""What an answer of the Data API means; decided by `errors[].reason`."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from loa.channels.rules import Outcome, Result

#: the quota of a project starts anew at midnight there
PACIFIC = ZoneInfo("America/Los_Angeles")
QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded", "userRateLimitExceededUnreg"})
SLOW = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
AGAIN = frozenset({"backendError", "internalError", "processingFailure", "SERVICE_UNAVAILABLE"})

#: what comments are refused for (developers.google.com/youtube/v3/docs/errors) → code of `texts`
COMMENTS = {
    "commentsDisabled": "yt_comments_off",
    "ineligibleAccount": "yt_ineligible",
    "operationNotSupported": "yt_no_reply",
    "commentTextTooLong": "yt_too_long",
    "parentCommentNotFound": "yt_comment_gone",
    "commentNotFound": "yt_comment_gone",
    "commentThreadNotFound": "yt_comment_gone",
}


def next_quota(now: dt.datetime) -> dt.datetime:
    """When the project's quota starts anew."""
    there = now.astimezone(PACIFIC)
    day = there.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(0, 2), tzinfo=PACIFIC).astimezone(dt.UTC)


def reasons_of(body: dict[str, Any]) -> set[str]:
    """Every `errors[].reason` of an answer."""
    error = body.get("error")
    rows = error.get("errors") if isinstance(error, dict) else None
    return {str(row.get("reason")) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()


def classify_comments(wrong: Outcome, body: dict[str, Any], now: dt.datetime) -> Outcome:
    """What an error means where comments are read, answered or moderated.

    A spent quota does not make the account rest: uploads are counted by themselves.
    """
    reasons = reasons_of(body)
    if wrong.code == "yt_quota" and wrong.until is not None:
        wait = (wrong.until - now).total_seconds()
        return Outcome(Result.LATER, "yt_quota", wrong.detail, wait=wait, until=wrong.until)
    if "insufficientPermissions" in reasons:
        return Outcome(Result.ACCOUNT, "yt_scope", wrong.detail)
    if "parentCommentIsPrivate" in reasons:
        # Lists run behind what we ourselves let be shown a moment ago.
        return Outcome(Result.RETRY, "yt_private", wrong.detail, wait=60)
    for reason in reasons & COMMENTS.keys():
        return Outcome(Result.REFUSED, COMMENTS[reason], wrong.detail)
    if "forbidden" in reasons:
        return Outcome(Result.REFUSED, "yt_forbidden", wrong.detail)
    return wrong


def classify(status: int, body: dict[str, Any], now: dt.datetime) -> Outcome | None:
    """None for a good answer; else what its error means. Nothing is published before the last byte is taken."""
    if 200 <= status < 300:
        return None
    error = body.get("error")
    error = error if isinstance(error, dict) else {}
    reasons = reasons_of(body)
    words = str(error.get("message") or f"HTTP {status}")[:300]
    if status == 401 or reasons & {"authError", "invalidCredentials"}:
        return Outcome(Result.ACCOUNT, "token_expired", words)
    if reasons & QUOTA:
        until = next_quota(now)
        return Outcome(Result.LATER, "yt_quota", words, until=until, pause=(until - now).total_seconds())
    if "uploadLimitExceeded" in reasons:
        return Outcome(Result.LATER, "yt_upload_limit", words, wait=24 * 3600)
    if status == 429 or reasons & SLOW:
        return Outcome(Result.RETRY, "throttled", words, wait=60, pause=60)
    if status >= 500 or reasons & AGAIN or not body:
        return Outcome(Result.RETRY, "busy", words)
    if "youtubeSignupRequired" in reasons:
        return Outcome(Result.ACCOUNT, "yt_no_channel", words)
    if status == 403:
        return Outcome(Result.ACCOUNT, "permission", words)
    if status == 404:
        return Outcome(Result.REFUSED, "gone", words)
    return Outcome(Result.REFUSED, "bad_content", words)
