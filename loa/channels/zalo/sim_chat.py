"""The part of the Zalo stand-in that talks: people chat with the OA; events, messages, labels, followers."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import quote

from loa.channels.sim.chat import chat_page, lines
from loa.channels.sim.hooks import Outbox
from loa.channels.sim.server import Reply, Request, Simulator

#: a person may be written to for so long after their last message
WINDOW = 7 * 86_400
#: seconds an uploaded file may be sent
FILE_LIVES = 7 * 86_400
FILE_BYTES = 5_000_000


class Chat(Simulator):
    """Chats of people with the OA; state: {"people": {id: {...}}, "lines": [...], "files": {token: name}}."""

    app_id = ""
    oa_secret = ""
    oa_id = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.outbox = Outbox(self._sign)
        for name, empty in (("people", {}), ("lines", []), ("files", {})):
            self.state.setdefault(name, empty)

    def _sign(self, raw: bytes, forged: bool) -> dict[str, str]:
        at = str(json.loads(raw)["timestamp"])
        secret = "another-secret" if forged else self.oa_secret
        mac = hashlib.sha256(self.app_id.encode() + raw + at.encode() + secret.encode()).hexdigest()
        return {"X-ZEvent-Signature": f"mac={mac}"}

    # — what people do ———————————————————————————————————————————————————————————
    def meet(self, name: str = "") -> str:
        """A person who opens the OA's chat and follows it. Returns their id."""
        with self.lock:
            self.state["next"] += 1
            person = str(6_500_000_000_000_000_000 + self.state["next"])
            self.state["people"][person] = {"name": name or "Người dùng Zalo", "tags": [], "last": 0}
            self.save()
            at = str(int(self.clock() * 1000))
            self.outbox.post(
                {
                    "oa_id": self.oa_id,
                    "follower": {"id": person},
                    "user_id_by_app": person[:-3],
                    "event_name": "follow",
                    "source": "oa_profile",
                    "app_id": self.app_id,
                    "timestamp": at,
                }
            )
        return person

    def write(self, person: str, text: str) -> str:
        """A person writes to the OA. Returns the message's id."""
        with self.lock:
            self.state["people"][person]["last"] = self.clock()
            return self._line(person, text, ours=False)

    def _line(self, person: str, text: str, *, ours: bool, kind: str = "text") -> str:
        key, at = secrets.token_hex(10), int(self.clock() * 1000)
        row = {"id": key, "person": person, "text": text, "at": at, "ours": ours, "type": kind}
        self.state["lines"].append(row)
        self.save()
        ids = {"id": self.oa_id}, {"id": person}
        sender, recipient = ids if ours else (ids[1], ids[0])
        name = f"oa_send_{kind}" if ours else "user_send_text"
        self.outbox.post(
            {
                "app_id": self.app_id,
                "sender": sender,
                "recipient": recipient,
                "user_id_by_app": person[:-3],
                "event_name": name,
                "message": {"text": text, "msg_id": key},
                "timestamp": str(at),
            }
        )
        return key

    def stranger_writes(self, text: str, *, who: str = "", conversation: str = "") -> tuple[str, str]:
        """Somebody who did not log in writes to the OA. Returns their number and that of the conversation."""
        with self.lock:
            self.state["next"] += 1
            who = who or f"ff{self.state['next']:016x}"
            conversation = conversation or f"h{self.state['next']:012d}"
            self.state.setdefault("strangers", {})[conversation] = who
            self._strange_line(who, conversation, text, ours=False)
        return who, conversation

    def _strange_line(self, who: str, conversation: str, text: str, *, ours: bool) -> str:
        key, ids = secrets.token_hex(10), [{"id": who}, {"id": self.oa_id}]
        sender, recipient = reversed(ids) if ours else ids
        self.state.setdefault("strange_lines", []).append({"who": who, "text": text, "ours": ours})
        self.save()
        self.outbox.post(
            {
                "app_id": self.app_id,
                "sender": sender,
                "recipient": recipient,
                "event_name": "oa_send_anonymous_text" if ours else "anonymous_send_text",
                "message": {"text": text, "msg_id": key, "conversation_id": conversation},
                "timestamp": str(int(self.clock() * 1000)),
            }
        )
        return key

    def _to_stranger(self, request: Request) -> Reply:
        body = request.json()
        recipient, text = body.get("recipient") or {}, str((body.get("message") or {}).get("text") or "")
        who, conversation = str(recipient.get("anonymous_id") or ""), str(recipient.get("conversation_id") or "")
        if not who or self.state.get("strangers", {}).get(conversation) != who:
            return self.no(-201, "recipient is invalid!")
        if not text or len(text) > 2000:
            return self.no(-201, "text is invalid!")
        return self.yes({"message_id": self._strange_line(who, conversation, text, ours=True)})

    # — the API ——————————————————————————————————————————————————————————————————
    def chat_api(self, request: Request, oa: str) -> Reply | None:
        """Answers what is about chats; None for everything else."""
        verb = {
            "/v3.0/oa/message/cs": self._cs,
            "/v2.0/oa/message": self._to_stranger,
            "/v2.0/oa/upload/file": self._upload,
            "/v2.0/oa/conversation": self._conversation,
            "/v2.0/oa/listrecentchat": self._recent,
            "/v3.0/oa/user/getlist": self._followers,
            "/v3.0/oa/user/detail": self._detail,
            "/v2.0/oa/tag/tagfollower": self._tag,
            "/v2.0/oa/tag/rmfollowerfromtag": self._tag,
            "/v2.0/oa/tag/gettagsofoa": self._tags,
            "/v3.0/oa/quota/message": self._quota,
        }.get(request.path)
        return verb(request) if verb else None

    def no(self, code: int, message: str) -> Reply:
        """An error, under HTTP 200 like all of them."""
        return Reply(200, {"error": code, "message": message})

    def yes(self, data: Any = None) -> Reply:
        """Success."""
        return Reply(200, {"error": 0, "message": "Success"} | ({} if data is None else {"data": data}))

    def _cs(self, request: Request) -> Reply:
        body = request.json()
        person = str((body.get("recipient") or {}).get("user_id") or "")
        message = body.get("message") or {}
        known = self.state["people"].get(person)
        if known is None:
            return self.no(-213, "User has not followed OA")
        if known["last"] < self.clock() - WINDOW:
            return self.no(-230, "User has not interacted with the OA in the past 7 days")
        text, kind = str(message.get("text") or ""), "text"
        if len(text) > 2000:
            return self.no(-201, "text is invalid!")
        attachment = message.get("attachment") or {}
        if attachment.get("type") == "file":
            token = str((attachment.get("payload") or {}).get("token") or "")
            if token not in self.state["files"]:
                return self.no(-201, "token is invalid!")
            if self.state["files"][token]["dies"] <= self.clock():
                return self.no(-100, "attachment_id was expired")
            text, kind = self.state["files"][token]["name"], "file"
        if not text:
            return self.no(-201, "message is invalid!")
        key = self._line(person, text, ours=True, kind=kind)
        data = {"message_id": key, "user_id": person, "sent_time": str(int(self.clock() * 1000))}
        return self.yes(data)

    def _upload(self, request: Request) -> Reply:
        raw = request.files.get("file", b"")
        if not raw or len(raw) > FILE_BYTES:
            return self.no(-201, "file is invalid!")
        token = secrets.token_urlsafe(18)
        name = request.get("file_name") or "tệp đính kèm"
        self.state["files"][token] = {"name": name, "dies": self.clock() + FILE_LIVES}
        self.save()
        return self.yes({"token": token})

    def _query(self, request: Request) -> dict[str, Any]:
        try:
            found = json.loads(request.get("data") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        ids = self.oa_id, row["person"]
        sender, recipient = ids if row["ours"] else (ids[1], ids[0])
        return {
            "src": 0 if row["ours"] else 1,
            "time": row["at"],
            "type": row["type"],
            "message": row["text"],
            "message_id": row["id"],
            "from_id": sender,
            "to_id": recipient,
        }

    def _conversation(self, request: Request) -> Reply:
        wanted = self._query(request)
        rows = [row for row in reversed(self.state["lines"]) if row["person"] == str(wanted.get("user_id"))]
        start = int(wanted.get("offset") or 0)
        return self.yes([self._shown(row) for row in rows[start : start + min(int(wanted.get("count") or 5), 10)]])

    def _recent(self, request: Request) -> Reply:
        wanted = self._query(request)
        start = int(wanted.get("offset") or 0)
        rows = list(reversed(self.state["lines"]))[start : start + min(int(wanted.get("count") or 5), 10)]
        return self.yes([self._shown(row) for row in rows])

    def _followers(self, request: Request) -> Reply:
        wanted = self._query(request)
        count, start = int(wanted.get("count") or 50), int(wanted.get("offset") or 0)
        if count > 50 or start > 9951:
            return self.no(-210, "Parameter is over limit")
        tag = wanted.get("tag_name")
        found = [key for key, row in self.state["people"].items() if not tag or tag in row["tags"]]
        users = [{"user_id": key} for key in found[start : start + count]]
        return self.yes({"total": len(found), "count": len(users), "offset": start, "users": users})

    def _detail(self, request: Request) -> Reply:
        person = str(self._query(request).get("user_id") or "")
        known = self.state["people"].get(person)
        if known is None:
            return self.no(-213, "User has not followed OA")
        last = dt.datetime.fromtimestamp(known["last"], dt.UTC).strftime("%d/%m/%Y")
        info = {"notes": [], "tag_names": known["tags"]}
        return self.yes(
            {
                "user_id": person,
                "display_name": known["name"],
                "user_is_follower": True,
                "user_last_interaction_date": last,
                "tags_and_notes_info": info,
            }
        )

    def _tag(self, request: Request) -> Reply:
        body = request.json()
        known = self.state["people"].get(str(body.get("user_id")))
        if known is None:
            return self.no(-213, "User has not followed OA")
        tags = set(known["tags"])
        tag = str(body.get("tag_name") or "")
        known["tags"] = sorted(tags | {tag} if request.path.endswith("tagfollower") else tags - {tag})
        self.save()
        return self.yes()

    def _tags(self, request: Request) -> Reply:
        return self.yes(sorted({tag for row in self.state["people"].values() for tag in row["tags"]}))

    def _quota(self, request: Request) -> Reply:
        known = self.state["people"].get(str(request.json().get("user_id")))
        if known is None:
            return self.no(-213, "User has not followed OA")
        return self.yes({"last_interaction": str(int(known["last"] * 1000))})

    # — the page one can look at —————————————————————————————————————————————————
    def visit(self, request: Request) -> Reply | None:
        """The chat of a visitor with the OA; None for everything else."""
        if not request.path.startswith("/_sim/chat"):
            return None
        person = request.get("u")
        if person not in self.state["people"]:
            person = self.meet(request.get("name").strip()[:60])
            return Reply(303, b"", {"Location": f"/_sim/chat?u={person}"})
        if request.method == "POST":
            text = request.get("text").strip()[:2000]
            if text:
                self.write(person, text)
            return Reply(303, b"", {"Location": f"/_sim/chat?u={quote(person)}#cuoi"})
        if request.path == "/_sim/chat/lines":
            return Reply(200, self._lines_html(person), kind="text/html; charset=utf-8")
        return Reply(200, self._chat_page(person), kind="text/html; charset=utf-8")

    def _lines_html(self, person: str) -> str:
        rows = [row for row in self.state["lines"] if row["person"] == person][-60:]
        return lines(person, [(row["ours"], row["text"]) for row in rows])

    def _chat_page(self, person: str) -> str:
        name = self.state["oas"][self.oa_id]["name"]
        inner = self._lines_html(person)
        return chat_page(brand="Zalo", colour="#0057c2", name=name, person=person, inner=inner)
