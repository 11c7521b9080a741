"""Events of Facebook Pages: comments on our posts, messages to the Page. No Django here."""

from __future__ import annotations

from typing import Any

from loa.channels.inbound.rules import Arrived, Words, identity, moment

VERBS = {
    "add": "add",
    "edit": "edit",
    "edited": "edit",
    "update": "edit",
    "remove": "remove",
    "delete": "remove",
    "hide": "hide",
    "unhide": "unhide",
}


def accounts(body: dict[str, Any]) -> set[str]:
    """Ids of the pages a delivery speaks of."""
    if body.get("object") != "page":
        return set()
    return {str(entry.get("id") or "") for entry in _list(body.get("entry"))} - {""}


def split(body: dict[str, Any]) -> list[Arrived]:
    """The events of one delivery. What we make nothing of has an empty name."""
    found = []
    for entry in _list(body.get("entry")):
        page, at = str(entry.get("id") or ""), moment(entry.get("time"))
        for change in _list(entry.get("changes")):
            value = change.get("value")
            value = value if isinstance(value, dict) else {}
            known = change.get("field") == "feed" and value.get("item") == "comment"
            verb = VERBS.get(str(value.get("verb")), "")
            name = f"comment.{verb}" if known and verb and value.get("comment_id") else ""
            when = at or moment(value.get("created_time"))
            if when is not None:
                key = identity(page, change.get("field"), value, entry.get("time"))
                found.append(Arrived(page, key, name, when, {"value": value, "time": when.timestamp()}))
        for line in _list(entry.get("messaging")):
            when = moment(line.get("timestamp")) or at
            if when is None:
                continue
            message = _part(line, "message")
            mark = message.get("mid") or (line.get("postback") or {}).get("mid")
            known = bool(message.get("mid")) or isinstance(line.get("postback"), dict)
            key = identity(page, "messaging", mark) if mark else identity(page, line)
            found.append(Arrived(page, key, "message" if known else "", when, {"line": line}))
    return found


def words(page: str, name: str, body: dict[str, Any]) -> Words | None:
    """What an event says; None when nothing."""
    if name.startswith("comment."):
        return _comment(page, name.removeprefix("comment."), body)
    if name == "message":
        return _message(page, body["line"])
    return None


def _comment(page: str, verb: str, body: dict[str, Any]) -> Words | None:
    value = body["value"]
    writer = _part(value, "from")
    key, post = str(value["comment_id"]), str(value.get("post_id") or "")
    parent = str(value.get("parent_id") or "")
    created, when = moment(value.get("created_time")), moment(body.get("time"))
    at = (created if verb == "add" else when) or when
    if at is None:
        return None
    files = tuple(
        {"kind": kind, "url": str(value[kind]), "name": ""}
        for kind in ("photo", "video")
        if str(value.get(kind) or "").startswith("https://")
    )
    return Words(
        what="comment",
        verb=verb,
        external_id=key,
        # Below a comment everything belongs to the branch of the one at the top.
        thread=parent if parent and parent != post else key,
        at=at,
        author=str(writer.get("id") or ""),
        name=str(writer.get("name") or ""),
        text=str(value.get("message") or ""),
        place=post,
        parent=parent,
        ours=str(writer.get("id") or "") == page,
        files=files,
        link=str(_part(value, "post").get("permalink_url") or ""),
    )


def _message(page: str, line: dict[str, Any]) -> Words | None:
    message = line.get("message") or {}
    sender, recipient = (str((line.get(name) or {}).get("id") or "") for name in ("sender", "recipient"))
    ours = sender == page or bool(message.get("is_echo"))
    person = recipient if ours else sender
    at = moment(line.get("timestamp"))
    postback = line.get("postback") or {}
    # What a button stands for is ours and whole; its title is cut to twenty letters.
    chosen = _part(message, "quick_reply").get("payload")
    key = str(message.get("mid") or postback.get("mid") or identity(person, line.get("timestamp"))[:40])
    if not person or at is None:
        return None
    files = tuple(
        {
            "kind": str(one.get("type") or "file"),
            "url": str((one.get("payload") or {}).get("url") or ""),
            "name": "",
        }
        for one in _list(message.get("attachments"))
    )
    return Words(
        what="message",
        verb="add",
        external_id=key,
        thread=person,
        at=at,
        author=page if ours else person,
        text=str(chosen or message.get("text") or postback.get("title") or ""),
        ours=ours,
        files=files,
    )


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
