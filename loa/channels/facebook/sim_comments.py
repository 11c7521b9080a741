"""The part of the Facebook stand-in that talks back: visitors' comments and messages, events about them."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
from typing import Any

from loa.channels.facebook.sim_login import Logins
from loa.channels.sim.chat import chat_page, lines
from loa.channels.sim.hooks import Outbox
from loa.channels.sim.page import comments_below
from loa.channels.sim.server import Reply, Request


def sign(secret: str, raw: bytes, forged: bool) -> dict[str, str]:
    """Facebook's header."""
    key = "another-secret" if forged else secret
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()}


class Comments(Logins):
    """Comments below the posts of `state["posts"]`; state: {"comments": [...], "messages": [...]}."""

    app_secret = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.outbox = Outbox(lambda raw, forged: sign(self.app_secret, raw, forged))
        self.state.setdefault("comments", [])
        self.state.setdefault("messages", [])

    # — what visitors do —————————————————————————————————————————————————————————
    def say(self, post: str, text: str, *, who: str = "", name: str = "", parent: str = "", at: float = 0) -> str:
        """A comment of a visitor (or of the page itself). Returns its id."""
        with self.lock:
            number = self._count()
            key = f"{post.split('_')[-1]}_{900_000_000 + number}"
            row = {
                "id": key,
                "post": post,
                "parent": parent,
                "who": who or f"7700{number}",
                "name": name or "Người dùng Facebook",
                "message": text,
                "created": at or self.clock(),
                "hidden": False,
            }
            self.state["comments"].append(row)
            self.save()
            self._event(row, "add")
        return key

    def change(self, key: str, text: str) -> None:
        """The visitor edits the comment."""
        with self.lock:
            row = self._comment(key)
            row["message"] = text
            self.save()
            self._event(row, "edited")

    def take_back(self, key: str) -> None:
        """The visitor deletes the comment."""
        with self.lock:
            row = self._comment(key)
            self.state["comments"].remove(row)
            self.save()
            self._event(row, "remove")

    def write(self, page: str, text: str, *, who: str = "", choice: str = "") -> str:
        """A message of a visitor to the Page; `choice`: what the button they pressed stands for. Its id."""
        with self.lock:
            return self._line(page, who or f"8800{self._count()}", text, ours=False, choice=choice)

    def _line(self, page: str, person: str, text: str, *, ours: bool, choice: str = "", choices: Any = ()) -> str:
        key = f"m_{secrets.token_urlsafe(12)}"
        now = self.clock()
        row = {"id": key, "page": page, "person": person, "message": text, "created": now, "ours": ours}
        if choices:
            row["choices"] = [[one["title"], one["payload"]] for one in choices]
        if choice:
            row["choice"] = choice
        self.state["messages"].append(row)
        self.save()
        sender, recipient = (page, person) if ours else (person, page)
        message: dict[str, Any] = {"mid": key, "text": text}
        if ours:
            message["is_echo"] = True
        if choice:
            message["quick_reply"] = {"payload": choice}
        line = {
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            "timestamp": int(now * 1000),
            "message": message,
        }
        self.outbox.post({"object": "page", "entry": [{"id": page, "time": int(now * 1000), "messaging": [line]}]})
        return key

    def _count(self) -> int:
        self.state["next"] += 1
        return int(self.state["next"])

    def _comment(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = next(row for row in self.state["comments"] if row["id"] == key)
        return found

    def _event(self, row: dict[str, Any], verb: str) -> None:
        page = row["post"].split("_")[0]
        value = {
            "item": "comment",
            "verb": verb,
            "comment_id": row["id"],
            "post_id": row["post"],
            "parent_id": row["parent"] or row["post"],
            "from": {"id": row["who"], "name": row["name"]},
            "message": row["message"],
            "created_time": int(row["created"]),
        }
        entry = {"id": page, "time": int(self.clock()), "changes": [{"field": "feed", "value": value}]}
        self.outbox.post({"object": "page", "entry": [entry]})

    # — the API ——————————————————————————————————————————————————————————————————
    def comments_api(self, request: Request, mine: str, path: list[str]) -> Reply | None:
        """Answers what is about comments and messages; None for everything else."""
        if path == [mine, "messages"] and request.method == "POST":
            return self.lacking("pages_messaging") or self._send(request, mine)
        if path == [mine, "subscribed_apps"]:
            wrong = self.lacking("pages_manage_metadata")
            if request.method == "POST" and "messages" in request.get("subscribed_fields").split(","):
                wrong = wrong or self.lacking("pages_messaging")
            if wrong is not None:
                return wrong
            if request.method == "POST":
                self.state["subscribed"] = request.get("subscribed_fields").split(",")
                self.save()
                return Reply(200, {"success": True})
            fields = self.state.get("subscribed") or []
            return Reply(200, {"data": [{"id": "1", "subscribed_fields": fields}] if fields else []})
        if path == [mine, "conversations"] and request.method == "GET":
            return self.lacking("pages_messaging") or self._conversations(request, mine)
        if len(path) == 2 and path[1] == "comments":
            scope = "pages_manage_engagement" if request.method == "POST" else "pages_read_user_content"
            return self.lacking(scope) or self._list_or_reply(request, mine, path[0])
        if len(path) == 1 and any(row["id"] == path[0] for row in self.state["comments"]):
            scope = "pages_read_user_content" if request.method == "GET" else "pages_manage_engagement"
            return self.lacking(scope) or self._one(request, path[0])
        return None

    def _list_or_reply(self, request: Request, mine: str, key: str) -> Reply:
        # A film's comments are those of the post that shows it.
        key = next((post["id"] for post in self.state["posts"] if post.get("film") == key), key)
        posts = {post["id"] for post in self.state["posts"]}
        known = next((row for row in self.state["comments"] if row["id"] == key), None)
        if key not in posts and known is None:
            return self.missing(key)
        if request.method == "POST":
            text = request.get("message")
            if not text:
                return Reply(400, {"error": {"message": "(#100) message is required", "code": 100}})
            post = known["post"] if known else key
            parent = (known["parent"] or known["id"]) if known else ""
            return Reply(200, {"id": self.say(post, text, who=mine, name=self._name(mine), parent=parent)})
        since = float(request.get("since") or 0)
        rows = [
            row
            for row in self.state["comments"]
            if row["created"] >= since and (row["post"] == key or row["parent"] == key)
        ]
        start, limit = int(request.get("after") or 0), min(int(request.get("limit") or 25), 100)
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + limit)}}
        if len(rows) > start + limit:
            paging["next"] = f"http://{request.headers.get('host')}{request.path}?after={start + limit}"
        return Reply(200, {"data": [self._shown(row) for row in rows[start : start + limit]], "paging": paging})

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        created = dt.datetime.fromtimestamp(int(row["created"]), dt.UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        shown = {
            "id": row["id"],
            "from": {"id": row["who"], "name": row["name"]},
            "message": row["message"],
            "created_time": created,
            "is_hidden": row["hidden"],
            "can_hide": True,
            "can_remove": True,
        }
        if row["parent"]:
            shown["parent"] = {"id": row["parent"]}
        return shown

    def _one(self, request: Request, key: str) -> Reply:
        row = self._comment(key)
        if request.method == "DELETE":
            self.state["comments"] = [
                one for one in self.state["comments"] if one["id"] != key and one["parent"] != key
            ]
            self.save()
            self._event(row, "remove")
            return Reply(200, {"success": True})
        if request.method == "POST":
            hidden = request.get("is_hidden") == "true"
            changed, row["hidden"] = row["hidden"] != hidden, hidden
            self.save()
            if changed:
                self._event(row, "hide" if hidden else "unhide")
            return Reply(200, {"success": True})
        return Reply(200, self._shown(row))

    def _send(self, request: Request, mine: str) -> Reply:
        try:
            recipient, message = json.loads(request.get("recipient")), json.loads(request.get("message"))
        except ValueError:
            return Reply(400, {"error": {"message": "(#100) param recipient must be non-empty", "code": 100}})
        person = str(recipient.get("id") or "")
        if recipient.get("comment_id"):
            row = next((one for one in self.state["comments"] if one["id"] == recipient["comment_id"]), None)
            if row is None:
                return self.missing(str(recipient["comment_id"]))
            if row.get("answered"):
                return Reply(400, {"error": {"message": "(#10900) Activity already replied to", "code": 10900}})
            row["answered"], person = True, f"88{row['who']}"
        elif not any(
            line["person"] == person and not line["ours"] and line["created"] > self.clock() - 86_400
            for line in self.state["messages"]
        ):
            body = {"message": "(#10) This message is sent outside of allowed window.", "code": 10}
            return Reply(400, {"error": {**body, "error_subcode": 2018278}})
        choices = message.get("quick_replies") or []
        good = [
            one.get("content_type") == "text"
            and 0 < len(one.get("title") or "") <= 20
            and bool(one.get("payload"))
            for one in choices
        ]
        if len(choices) > 13 or not all(good):
            return Reply(400, {"error": {"message": "(#100) Invalid quick_replies", "code": 100}})
        key = self._line(mine, person, str(message.get("text") or ""), ours=True, choices=choices)
        return Reply(200, {"recipient_id": person, "message_id": key})

    def _conversations(self, request: Request, mine: str) -> Reply:
        person = request.get("user_id")
        lines = [
            {
                "id": row["id"],
                "message": row["message"],
                "from": {"id": mine if row["ours"] else person},
                "created_time": dt.datetime.fromtimestamp(row["created"], dt.UTC).strftime(
                    "%Y-%m-%dT%H:%M:%S+0000"
                ),
            }
            for row in reversed(self.state["messages"])
            if row["page"] == mine and row["person"] == person
        ]
        data = [{"id": f"t_{person}", "messages": {"data": lines[:20]}}] if lines else []
        return Reply(200, {"data": data})

    def _name(self, page: str) -> str:
        return str(self.state["pages"][page]["name"])

    def missing(self, key: str) -> Reply:
        """There is no such object."""
        message = f"Unsupported request. Object with ID '{key}' does not exist"
        return Reply(400, {"error": {"message": message, "code": 100, "error_subcode": 33}})

    # — the page one can look at —————————————————————————————————————————————————
    def below(self, post: str) -> str:
        """The comments under a post, and a box to write one."""
        rows = [row for row in self.state["comments"] if row["post"] == post]
        rows.sort(key=lambda row: (row["parent"] or row["id"], row["created"]))
        note = "đã ẩn, chỉ người viết thấy"
        shown = [(bool(row["parent"]), row["name"], note if row["hidden"] else "", row["message"]) for row in rows]
        return comments_below(post, shown)

    def visit(self, request: Request) -> Reply | None:
        """What a visitor sends from that page; None for everything else."""
        if request.path.startswith("/_sim/chat"):
            return self._chat(request)
        if request.path != "/_sim/binh-luan" or request.method != "POST":
            return None
        post, text = request.get("post"), request.get("text").strip()[:2000]
        if text and any(row["id"] == post for row in self.state["posts"]):
            name = request.get("name").strip()[:60]
            who = f"77{int(hashlib.sha256(name.encode()).hexdigest()[:10], 16)}" if name else ""
            self.say(post, text, who=who, name=name)
        return Reply(303, b"", {"Location": f"/#{post}"})

    def _chat(self, request: Request) -> Reply:
        """Messenger: the chat of a visitor with the first of the pages."""
        page, person = next(iter(self.state["pages"])), request.get("u")
        if not person.isdigit() or len(person) > 20:
            return Reply(303, b"", {"Location": f"/_sim/chat?u=8800{self._count()}"})
        mine = [row for row in self.state["messages"] if row["page"] == page and row["person"] == person][-60:]
        choices = [(title, sends) for title, sends in (mine[-1].get("choices") or [])] if mine else []
        if request.method == "POST":
            choice = request.get("choice")
            title = next((title for title, sends in choices if sends == choice), "")
            text = title or request.get("text").strip()[:2000]
            if text:
                self.write(page, text, who=person, choice=choice if title else "")
            return Reply(303, b"", {"Location": f"/_sim/chat?u={person}#cuoi"})
        inner = lines(person, [(row["ours"], row["message"]) for row in mine], choices)
        if request.path != "/_sim/chat/lines":
            inner = chat_page(
                brand="Messenger", colour="#1658b5", name=self._name(page), person=person, inner=inner
            )
        return Reply(200, inner, kind="text/html; charset=utf-8")
