"""Events of a Zalo OA: what people write to it, who follows. No Django here."""

from __future__ import annotations

from typing import Any

from loa.channels.inbound.rules import Arrived, Words, identity, moment

FROM_PERSON = ("user_send_", "anonymous_send_")
FROM_US = "oa_send_"
#: people who did not log in: what they write, what we write to them
STRANGERS = ("anonymous_send_", "oa_send_anonymous_")
STRANGER = "an:"


def accounts(body: dict[str, Any]) -> set[str]:
    """The OA an event is of."""
    name = str(body.get("event_name") or "")
    if name.startswith(FROM_US):
        found = _id(body, "sender")
    elif body.get("oa_id"):
        found = str(body["oa_id"])
    else:
        found = _id(body, "recipient")
    return {found} - {""}


def split(body: dict[str, Any]) -> list[Arrived]:
    """The one event of a delivery."""
    name, at = str(body.get("event_name") or ""), moment(body.get("timestamp"))
    found = accounts(body)
    if not name or at is None or not found:
        return []
    message = _part(body, "message")
    [oa] = found
    mark = message.get("msg_id")
    subject = _id(body, "sender") or _id(body, "follower")
    key = identity(oa, name, mark) if mark else identity(oa, name, body.get("timestamp"), subject)
    known = name.startswith((*FROM_PERSON, FROM_US)) or name in ("follow", "unfollow", "user_submit_info")
    return [Arrived(oa, key, name[:60] if known else "", at, body)]


def words(oa: str, name: str, body: dict[str, Any]) -> Words | None:
    """What an event says; None when nothing."""
    at = moment(body.get("timestamp"))
    if at is None:
        return None
    if name in ("follow", "unfollow"):
        person = _id(body, "follower")
        verb = "add" if name == "follow" else "remove"
        return Words("follow", verb, "", person, at, author=person) if person else None
    ours = name.startswith(FROM_US)
    person = _id(body, "recipient" if ours else "sender")
    if not person:
        return None
    message = _part(body, "message")
    text = str(message.get("text") or "")
    if name == "user_submit_info":
        info = _part(body, "info")
        text = ", ".join(str(info[part]) for part in ("name", "phone") if info.get(part))
    files = []
    for one in message.get("attachments") or []:
        payload = _part(one, "payload") if isinstance(one, dict) else {}
        if payload:
            files.append(
                {
                    "kind": str(one.get("type") or "file"),
                    "url": str(payload.get("url") or payload.get("thumbnail") or ""),
                    "name": str(payload.get("name") or ""),
                }
            )
    key = str(message.get("msg_id") or identity(oa, name, body.get("timestamp"), person)[:40])
    talk = str(message.get("conversation_id") or "")
    # Somebody who did not log in is answered in that conversation, and only there.
    thread = stranger(person, talk) if talk and name.startswith(STRANGERS) else person
    return Words("message", "add", key, thread, at, author=person, text=text, ours=ours, files=tuple(files))


def stranger(person: str, talk: str) -> str:
    """The key of a conversation with somebody who did not log in."""
    return f"{STRANGER}{talk}:{person}"


def parted(key: str) -> tuple[str, str] | None:
    """(person, conversation) of such a key; None for everybody else."""
    talk, colon, person = key.removeprefix(STRANGER).rpartition(":")
    return (person, talk) if key.startswith(STRANGER) and colon else None


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _id(body: dict[str, Any], name: str) -> str:
    return str(_part(body, name).get("id") or "")
