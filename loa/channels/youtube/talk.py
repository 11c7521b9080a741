"""Comments below a channel's films: answered, held back, taken down. Only what says something is never said twice.

Answer: `comments.insert` with the id of the comment at the top (YouTube has one level of replies). Hide:
`comments.setModerationStatus` heldForReview, which can be undone; take down: rejected, or `comments.delete` for
what the channel itself wrote. Each costs 50 units of the project's 10,000 a day
(developers.google.com/youtube/v3/docs/comments; …/determine_quota_cost). All need the scope `youtube.force-ssl`.
How they are read: `looking.py`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from loa.channels.inbound.rules import Verb
from loa.channels.rules import Outcome, Result, same_text
from loa.channels.youtube.looking import asked, author, comment_time, heard, listed, rest, text_of
from loa.core import clock

__all__ = ["MOST", "VERBS", "do", "find", "heard", "rest"]
VERBS = frozenset({Verb.REPLY, Verb.HIDE, Verb.UNHIDE, Verb.DELETE})
#: characters; YouTube's own limit is not published (`commentTextTooLong`), commonly said to be 10,000
MOST = {Verb.REPLY: 5000}
#: their clock and ours
SLACK = dt.timedelta(minutes=2)
#: seconds before a lost answer is looked for, and between looks; lists run behind, so that what is not there is
#: only believed to be missing after so long
SETTLES, LOOK, BELIEVED = 30.0, 60.0, 180.0


def do(doing: Any, action: Any) -> Outcome:
    """Carry it out; a lost answer of what says something is UNKNOWN."""
    if action.verb == Verb.HIDE:
        return _moderated(doing, action.target, "heldForReview")
    if action.verb == Verb.UNHIDE:
        return _moderated(doing, action.target, "published")
    if action.verb == Verb.DELETE:
        return _taken_down(doing, action.target)
    if action.verb != Verb.REPLY:
        return Outcome(Result.REFUSED, "no_api")
    doing.calling()
    snippet = {"parentId": action.target, "textOriginal": str(action.payload.get("text") or "")}
    body, wrong = asked(
        doing, "POST", "comments", params={"part": "snippet"}, json={"snippet": snippet}
    )  # fmt: skip
    if wrong is not None:
        # `processingFailure` and 5xx: it may stand there all the same.
        return Outcome(Result.UNKNOWN, "busy", wrong.detail, wait=SETTLES) if wrong.code == "busy" else wrong
    key = str(body.get("id") or "")
    if not key:
        return Outcome(Result.UNKNOWN, "busy", wait=SETTLES)
    return Outcome(Result.SENT, external_id=key)


def _moderated(doing: Any, key: str, status: str) -> Outcome:
    params = {"id": key, "moderationStatus": status}
    _body, wrong = asked(doing, "POST", "comments/setModerationStatus", params=params)
    return wrong or Outcome(Result.SENT)


def _taken_down(doing: Any, key: str) -> Outcome:
    body, wrong = asked(doing, "GET", "comments", params={"part": "snippet", "id": key})
    rows = body.get("items") or []
    if wrong is None and not rows:
        return Outcome(Result.SENT)  # gone already
    if wrong is None:
        if author(rows[0]) == doing.account.external_id:
            _body, wrong = asked(doing, "DELETE", "comments", params={"id": key})
        else:
            return _gone_is_done(_moderated(doing, key, "rejected"))
    return _gone_is_done(wrong or Outcome(Result.SENT))


def _gone_is_done(outcome: Outcome) -> Outcome:
    return Outcome(Result.SENT) if outcome.code == "yt_comment_gone" else outcome


def find(doing: Any, action: Any) -> Outcome:
    """Look whether our answer stands below the comment."""
    rows, wrong = listed(doing, "comments", {"part": "snippet", "parentId": action.target})
    if wrong is not None:
        if wrong.result in (Result.ACCOUNT, Result.REFUSED):
            return wrong
        return Outcome(Result.UNKNOWN, "no_answer", wrong.detail, wait=wrong.wait)
    since, words = doing.since - SLACK, str(action.payload.get("text") or "")
    for row in rows:
        key, at = str(row.get("id") or ""), comment_time(row, "publishedAt")
        mine = author(row) == doing.account.external_id
        if mine and at and at >= since and same_text(text_of(row), words) and not doing.taken(key):
            return Outcome(Result.SENT, external_id=key)
    if clock.now() < doing.since + dt.timedelta(seconds=BELIEVED * settings.LOA_DELIVERY_PACE):
        return Outcome(Result.UNKNOWN, "no_answer", wait=LOOK)
    return Outcome(Result.ABSENT, "looked")
