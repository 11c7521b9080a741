"""Consultation messages of an OA, files, followers, labels; reading back what was said.

A message may be sent within seven days of the person's last one; it is free within 48 hours.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

from loa.channels.inbound.rules import Verb, Words, moment
from loa.channels.rules import Outcome, Result, same_text
from loa.channels.zalo.calls import rested
from loa.channels.zalo.hooks import parted
from loa.channels.zalo.transport import SLACK, Zalo

MOST = {Verb.MESSAGE: 2000}
WINDOW = dt.timedelta(days=7)
FREE: dt.timedelta | None = dt.timedelta(hours=48)
#: a chat shows only its newest ten lines: what is not among them is said again once
AGAIN = 1
VERBS = frozenset({Verb.MESSAGE, Verb.TAG, Verb.UNTAG})
#: codes that say the person may not be written to (any more)
CLOSED = ("-213", "-217", "-218", "-227", "-230", "-232", "-233", "-244", "-248")
#: most bytes of a file, and its kinds
FILE_BYTES, FILE_KINDS = 5_000_000, ("pdf", "doc", "docx", "csv")

_api = Zalo()
#: "attachment_id was expired"
EXPIRED = "-100:"


def do(doing: Any, action: Any) -> Outcome:
    """Carry it out; a lost answer of what says something is UNKNOWN."""
    return rested(doing, _do(doing, action))


def _do(doing: Any, action: Any) -> Outcome:
    if action.verb == Verb.MESSAGE:
        return _message(doing, action)
    if action.verb in (Verb.TAG, Verb.UNTAG) and parted(action.target) is None:
        path = "tagfollower" if action.verb == Verb.TAG else "rmfollowerfromtag"
        body = {"user_id": action.target, "tag_name": str(action.payload.get("tag") or "")}
        _body, wrong = _api._call(doing, "POST", f"/v2.0/oa/tag/{path}", json=body)
        return wrong or Outcome(Result.SENT)
    return Outcome(Result.REFUSED, "no_api")


def _message(doing: Any, action: Any) -> Outcome:
    message: dict[str, Any] = {}
    text = str(action.payload.get("text") or "")
    if text:
        message["text"] = text
    if action.payload.get("file"):
        token, wrong = _upload(doing, action)
        if wrong is not None:
            return wrong
        message = {"attachment": {"type": "file", "payload": {"token": token}}}
    recipient, path = {"user_id": action.target}, "/v3.0/oa/message/cs"
    unknown = parted(action.target)
    if unknown is not None:
        # The address is known, the names of the fields only from stored public code: not tried on a real OA yet.
        recipient, path = dict(zip(("anonymous_id", "conversation_id"), unknown, strict=True)), "/v2.0/oa/message"
    doing.calling()
    answer, wrong = _api._call(doing, "POST", path, json={"recipient": recipient, "message": message})
    if wrong is not None:
        if wrong.code == "oa_quota":
            return replace(wrong, code="message_quota")
        if wrong.detail.split(":")[0] in CLOSED:
            return Outcome(Result.REFUSED, "window", wrong.detail)
        if action.payload.get("file") and wrong.detail.startswith(EXPIRED):
            # Nothing was sent: what was uploaded lives seven days, and is uploaded anew.
            doing.keep(file_token="")
            return Outcome(Result.RETRY, "upload_expired", wrong.detail)
        return wrong
    data = answer.get("data") or {}
    key = str(data.get("message_id") or "")
    return Outcome(Result.SENT, external_id=key) if key else Outcome(Result.UNKNOWN, "busy")


def _upload(doing: Any, action: Any) -> tuple[str, Outcome | None]:
    """The token of the file at Zalo, uploaded once; uploading may be repeated."""
    known = action.steps.get("file_token")
    if known:
        return str(known), None
    from loa.channels.models import private_storage

    name = str(action.payload.get("file_name") or "tep.pdf")
    with private_storage().open(str(action.payload["file"]), "rb") as stored:
        raw = stored.read()
    body, wrong = _api._call(doing, "POST", "/v2.0/oa/upload/file", files={"file": (name, raw)})
    if wrong is not None:
        return "", Outcome(Result.RETRY, wrong.code, wrong.detail) if wrong.result == Result.UNKNOWN else wrong
    token = str((body.get("data") or {}).get("token") or "")
    if not token:
        return "", Outcome(Result.RETRY, "busy")
    doing.keep(file_token=token)
    return token, None


def find(doing: Any, action: Any) -> Outcome:
    """Look in the newest ten lines of the chat for what we said."""
    if parted(action.target) is not None:
        # Chats are listed by the person's number at Zalo: somebody who did not log in has none.
        return Outcome(Result.ASK, "no_readback")
    rows, wrong = _lines(doing, action.target)
    if wrong is not None:
        return wrong if wrong.result == Result.ACCOUNT else Outcome(Result.UNKNOWN, "no_answer", wrong.detail)
    text = str(action.payload.get("text") or "")
    since = doing.since - SLACK
    for row in rows:
        key, at = str(row.get("message_id") or ""), moment(row.get("time"))
        from_us = str(row.get("src")) != "1"
        same = same_text(str(row.get("message") or ""), text) if text else row.get("type") == "file"
        if from_us and same and at is not None and at >= since and not doing.taken(key):
            return Outcome(Result.SENT, external_id=key)
    return Outcome(Result.ABSENT, "looked")


def _lines(talk: Any, person: str) -> tuple[list[dict[str, Any]], Outcome | None]:
    data = json.dumps({"user_id": person, "offset": 0, "count": 10})
    return _rows(talk, "/v2.0/oa/conversation", data)


def _rows(talk: Any, path: str, data: str) -> tuple[list[dict[str, Any]], Outcome | None]:
    body, wrong = _api._call(talk, "GET", path, params={"data": data})
    if wrong is not None:
        return [], wrong
    rows = body.get("data")
    if not isinstance(rows, list):
        return [], Outcome(Result.UNKNOWN, "no_answer")
    return [row for row in rows if isinstance(row, dict)], None


def recent(talk: Any) -> list[Words] | None:
    """The newest lines of the OA's chats, as if events had told them; None when they could not be read."""
    found: list[Words] = []
    for offset in range(0, 50, 10):
        rows, wrong = _rows(talk, "/v2.0/oa/listrecentchat", json.dumps({"offset": offset, "count": 10}))
        if wrong is not None:
            return found or None
        for row in rows:
            theirs = str(row.get("src")) == "1"
            person, at = str(row.get("from_id" if theirs else "to_id") or ""), moment(row.get("time"))
            key = str(row.get("message_id") or "")
            if person and at and key:
                text = str(row.get("message") or "")
                found.append(Words("message", "add", key, person, at, author=person, text=text, ours=not theirs))
        if len(rows) < 10:
            break
    return found


def followers(talk: Any, *, tag: str = "") -> int | None:
    """How many people follow the OA (and have a label); None when that could not be found out."""
    wanted: dict[str, Any] = {"offset": 0, "count": 1, "is_follower": True}
    if tag:
        wanted["tag_name"] = tag
    body, wrong = _api._call(talk, "GET", "/v3.0/oa/user/getlist", params={"data": json.dumps(wanted)})
    if wrong is not None:
        return None
    total = str((body.get("data") or {}).get("total") or "0")
    return int(total) if total.isdigit() else None


def labels(talk: Any) -> list[str] | None:
    """Labels of the OA; None when they could not be read."""
    body, wrong = _api._call(talk, "GET", "/v2.0/oa/tag/gettagsofoa")
    rows = body.get("data")
    return [str(row) for row in rows] if wrong is None and isinstance(rows, list) else None
