"""Comments and messages of a Page: read, answered, hidden, deleted. Only what says something is never said twice.

Private replies and Messenger: developers.facebook.com, Messenger Platform (private replies: one for a comment,
within seven days; messages: within 24 hours of the person's last one).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from loa.channels.facebook.transport import SLACK, Facebook
from loa.channels.inbound.rules import Verb, Words, moment
from loa.channels.rules import Outcome, Result, fitted, same_text

#: characters of a comment and of a message
MOST = {Verb.REPLY: 8000, Verb.PRIVATE: 2000, Verb.MESSAGE: 2000}
#: buttons below a message, and characters on one (developers.facebook.com, Messenger Platform, quick replies)
CHOICES, CHOICE_TITLE = 13, 20
#: how long after a person's last message we may write (hours); a private reply: after the comment
WINDOW = dt.timedelta(hours=24)
PRIVATE_WINDOW = dt.timedelta(days=7)
#: from when on an answer is charged; nothing here is
FREE: dt.timedelta | None = None
#: how often what is surely not there is said again before a person is asked
AGAIN = 4
VERBS = frozenset({Verb.REPLY, Verb.PRIVATE, Verb.MESSAGE, Verb.HIDE, Verb.UNHIDE, Verb.DELETE})
#: subcode of "sent outside of allowed window"; codes of private replies that are not possible (any more)
OUTSIDE_WINDOW, ANSWERED_ALREADY = 2018278, (10900, 10901, 10902, 10903)
#: what the Page is asked to tell us
EVENTS = frozenset({"feed", "messages"})
COMMENT_FIELDS = "id,from,message,created_time,parent{id},is_hidden,permalink_url"

_api = Facebook()


def do(doing: Any, action: Any) -> Outcome:
    """Carry it out; a lost answer of what says something is UNKNOWN."""
    text = str(action.payload.get("text") or "")
    if action.verb in (Verb.HIDE, Verb.UNHIDE):
        hidden = "true" if action.verb == Verb.HIDE else "false"
        return _plain(doing, "POST", action.target, data={"is_hidden": hidden})
    if action.verb == Verb.DELETE:
        return _plain(doing, "DELETE", action.target)
    if action.verb == Verb.REPLY:
        doing.calling()
        body, wrong = _api._call(doing, "POST", f"{action.target}/comments", data={"message": text})
        return wrong or _said(body.get("id"))
    if action.verb in (Verb.MESSAGE, Verb.PRIVATE):
        name = "id" if action.verb == Verb.MESSAGE else "comment_id"
        data = {"recipient": json.dumps({name: action.target}), "message": json.dumps(_worded(text, action))}
        if action.verb == Verb.MESSAGE:
            data["messaging_type"] = "RESPONSE"
        doing.calling()
        body, wrong = _api._call(doing, "POST", f"{doing.account.external_id}/messages", data=data)
        if wrong is not None:
            error: dict[str, Any] = body.get("error") or {}
            if error.get("error_subcode") == OUTSIDE_WINDOW:
                return Outcome(Result.REFUSED, "window", wrong.detail)
            if error.get("code") in ANSWERED_ALREADY:
                return Outcome(Result.REFUSED, "answered_once", wrong.detail)
            return wrong
        return _said(body.get("message_id"))
    return Outcome(Result.REFUSED, "no_api")


def _worded(text: str, action: Any) -> dict[str, Any]:
    """A message; with buttons where the chatbot offers what to choose."""
    buttons = [
        {"content_type": "text", "title": fitted(str(title), CHOICE_TITLE), "payload": str(sends)[:1000]}
        for title, sends in (action.payload.get("choices") or [])[:CHOICES]
    ]
    return {"text": text, "quick_replies": buttons} if buttons else {"text": text}


def _plain(doing: Any, method: str, path: str, **content: Any) -> Outcome:
    _body, wrong = _api._call(doing, method, path, **content)
    if wrong is not None and wrong.code == "gone" and method == "DELETE":
        return Outcome(Result.SENT)
    return wrong or Outcome(Result.SENT)


def _said(key: Any) -> Outcome:
    return Outcome(Result.SENT, external_id=str(key)) if key else Outcome(Result.UNKNOWN, "busy")


def find(doing: Any, action: Any) -> Outcome:
    """Look whether what we said is there."""
    if action.verb == Verb.PRIVATE:
        # Whom it went to is only known from its answer.
        return Outcome(Result.ASK, "no_answer")
    page, text = doing.account.external_id, str(action.payload.get("text") or "")
    since = doing.since - SLACK
    if action.verb == Verb.REPLY:
        rows, wrong = _comments(doing, action.target, since)
    else:
        rows, wrong = _messages(doing, action.target)
    if wrong is not None:
        return wrong
    for row in rows:
        key, at = str(row.get("id") or ""), _time(row.get("created_time"))
        mine = str((row.get("from") or {}).get("id") or "") == page
        if mine and at and at >= since and same_text(str(row.get("message") or ""), text) and not doing.taken(key):
            return Outcome(Result.SENT, external_id=key)
    return Outcome(Result.ABSENT, "looked")


def _comments(talk: Any, key: str, since: dt.datetime) -> tuple[list[dict[str, Any]], Outcome | None]:
    found: list[dict[str, Any]] = []
    params = {
        "fields": COMMENT_FIELDS,
        "filter": "stream",
        "order": "chronological",
        "since": str(int(since.timestamp())),
        "limit": "100",
    }
    for _page in range(20):
        body, wrong = _api._call(talk, "GET", f"{key}/comments", params=params)
        if wrong is not None:
            return [], _unread(wrong)
        rows = body.get("data")
        if not isinstance(rows, list):
            return [], Outcome(Result.UNKNOWN, "no_answer")
        found += [row for row in rows if isinstance(row, dict)]
        paging = body.get("paging") or {}
        after = (paging.get("cursors") or {}).get("after")
        if not after or not paging.get("next"):
            return found, None
        params["after"] = after
    return found, None


def _messages(talk: Any, person: str) -> tuple[list[dict[str, Any]], Outcome | None]:
    params = {
        "platform": "messenger",
        "user_id": person,
        "fields": "messages.limit(20){id,message,from,created_time}",
    }
    body, wrong = _api._call(talk, "GET", f"{talk.account.external_id}/conversations", params=params)
    if wrong is not None:
        return [], _unread(wrong)
    rows = body.get("data")
    if not isinstance(rows, list):
        return [], Outcome(Result.UNKNOWN, "no_answer")
    return [line for row in rows for line in ((row.get("messages") or {}).get("data") or [])], None


def _unread(wrong: Outcome) -> Outcome:
    if wrong.result == Result.ACCOUNT:
        return wrong
    return Outcome(Result.UNKNOWN, "no_answer", wrong.detail, pause=wrong.pause)


def comments(talk: Any, post: str, since: dt.datetime) -> list[Words] | None:
    """Comments under a post since a moment, as if events had told them; None when they could not be read."""
    rows, wrong = _comments(talk, post, since)
    if wrong is not None:
        return None
    page = talk.account.external_id
    found = []
    for row in rows:
        at = _time(row.get("created_time"))
        key, writer = str(row.get("id") or ""), row.get("from") or {}
        parent = str((row.get("parent") or {}).get("id") or "")
        if not key or at is None:
            continue
        found.append(
            Words(
                what="comment",
                verb="add",
                external_id=key,
                thread=parent or key,
                at=at,
                author=str(writer.get("id") or ""),
                name=str(writer.get("name") or ""),
                text=str(row.get("message") or ""),
                place=post,
                parent=parent,
                link=str(row.get("permalink_url") or ""),
                ours=str(writer.get("id") or "") == page,
            )
        )
    return found


def untold(talk: Any) -> frozenset[str] | None:
    """Of `EVENTS`, what the Page does not tell us, having been asked to; None when that could not be found out.

    All are asked for in one call, for the last call may stand for all. One that is refused must not cost the
    others: then each is asked for by itself, comments first, and the first that is taken is what there is.
    """
    path = f"{talk.account.external_id}/subscribed_apps"
    body, wrong = _api._call(talk, "GET", path)
    if wrong is not None:
        return EVENTS if wrong.code == "permission" else None
    fields = {name for row in body.get("data") or [] for name in row.get("subscribed_fields") or []}
    if fields >= EVENTS:
        return frozenset()
    refused = ("permission", "bad_content")
    for wanted in (EVENTS, *(frozenset({name}) for name in sorted(EVENTS - fields))):
        _body, wrong = _api._call(
            talk, "POST", path, data={"subscribed_fields": ",".join(sorted(wanted | fields))}
        )
        if wrong is None:
            return EVENTS - wanted - fields
        if wrong.code not in refused:
            return None
    return EVENTS - fields


def _time(value: Any) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return moment(value)
