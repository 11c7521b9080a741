"""A stand-in for a push service with a few telephones: shows what they would show. Loopback only, no Django."""

from __future__ import annotations

import json
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request, Simulator
from loa.channels.webpush.keys import padded, point, unpadded

#: telephones of the demo
PHONES = 12


def phone_key(number: int) -> Any:
    """The private key of a telephone: known to anybody, it stands for nobody."""
    return ec.derive_private_key(0x5A17 * 1_000_003 + number, ec.SECP256R1())


def phone(number: int) -> dict[str, str]:
    """(path, keys) a telephone would hand over when somebody presses the button."""
    auth = unpadded(bytes([number % 256]) * 16)
    return {"path": f"/day/{number}", "p256dh": unpadded(point(phone_key(number).public_key())), "auth": auth}


class PushSim(Simulator):
    """Takes messages for telephones 1, 2, … and opens them with their keys."""

    def fresh(self) -> dict[str, Any]:
        return {"shown": {}, "gone": [], "order": []}

    def rate_reply(self) -> Reply:
        return Reply(429, "", headers={"Retry-After": "1"})

    def error_reply(self) -> Reply:
        return Reply(503, "")

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        number = request.path.removeprefix("/day/")
        if request.method != "POST" or not number.isdigit():
            return Reply(404, "")
        if int(number) in self.state["gone"]:
            return Reply(410, "")
        if not request.headers.get("authorization", "").startswith("vapid t="):
            return Reply(401, "")
        if "ttl" not in request.headers or request.headers.get("content-encoding") != "aes128gcm":
            return Reply(400, "")
        try:
            opened = http_ece.decrypt(
                request.raw,
                private_key=phone_key(int(number)),
                auth_secret=padded(phone(int(number))["auth"]),
                version="aes128gcm",
            )
            message = json.loads(opened)
        except (http_ece.ECEException, ValueError):
            return Reply(400, "")
        # One tag, one notification: what comes again takes the place of what is there.
        shown = self.state["shown"].setdefault(number, {})
        shown[message["tag"]] = {**message, "at": self.clock()}
        if message["tag"] in self.state["order"]:
            self.state["order"].remove(message["tag"])
        self.state["order"].append(message["tag"])
        self.save()
        return Reply(201, "", headers={"Location": f"/tin/{number}-{message['tag']}"})

    def feed(self) -> str:
        """What stands on the screens, newest first."""
        articles = []
        for tag in reversed(self.state["order"][-60:]):
            rows = [shown[tag] for shown in self.state["shown"].values() if tag in shown]
            if not rows:
                continue
            who = f"{len(rows)} điện thoại"
            articles.append(
                article(
                    anchor=tag,
                    who=who,
                    at=max(row["at"] for row in rows),
                    title=rows[0]["title"],
                    text=rows[0]["body"],
                    link=rows[0]["url"],
                    pictures=[],
                )
            )
        return page(
            brand="Thông báo trình duyệt",
            colour="#3b2a6b",
            name="Màn hình của người đăng ký",
            about="Những thông báo Loa vừa gửi hiện ở đây, mỗi thông báo một lần trên mỗi máy",
            articles=articles,
        )
