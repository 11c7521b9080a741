"""A stand-in for an SMS provider (eSMS): shows what telephones would get. Loopback only, no Django."""

from __future__ import annotations

import re
from typing import Any

from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request, Simulator

API_KEY, SECRET_KEY, BRANDNAME = "SIM-API-KEY", "SIM-SECRET-KEY", "SGDSONGLAM"
PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
WORDS = {
    "99": "Phone number blocked",
    "101": "Authorize Failed",
    "103": "Balance not enough to send sms",
    "104": "Brandname not found",
    "108": "Invalid phone number",
    "124": "RequestId exists",
    "146": "Content does not match template",
    "177": "Network not registered for this brandname",
}


class SmsSim(Simulator):
    """Takes messages, each RequestId once. `state`: "money", "blocked" and "foreign" numbers, "strict" words."""

    def fresh(self) -> dict[str, Any]:
        return {"messages": {}, "money": 100_000, "blocked": [], "foreign": [], "strict": ""}

    def rate_reply(self) -> Reply:
        return Reply(429, "")

    def error_reply(self) -> Reply:
        return Reply(503, "")

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        if request.method != "POST" or request.path != PATH:
            return Reply(404, "")
        body = request.json()
        code = self.judged(body)
        if code != "100":
            return Reply(200, {"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": WORDS[code]})
        self.state["money"] -= 1
        number = len(self.state["messages"]) + 1
        self.state["messages"][str(body["RequestId"])] = {
            "id": f"sim-{number}", "phone": body["Phone"], "text": body["Content"], "at": self.clock(),
        }  # fmt: skip
        self.save()
        return Reply(200, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": f"sim-{number}"})

    def judged(self, body: dict[str, Any]) -> str:
        """The provider's code for a request."""
        if (body.get("ApiKey"), body.get("SecretKey")) != (API_KEY, SECRET_KEY):
            return "101"
        if body.get("Brandname") != BRANDNAME:
            return "104"
        if str(body.get("RequestId")) in self.state["messages"]:
            return "124"
        phone = str(body.get("Phone"))
        if not re.fullmatch(r"0[35789]\d{8}", phone):
            return "108"
        if phone in self.state["blocked"]:
            return "99"
        if phone in self.state["foreign"]:
            return "177"
        if self.state["strict"] and not str(body.get("Content")).startswith(self.state["strict"]):
            return "146"
        return "100" if self.state["money"] > 0 else "103"

    def feed(self) -> str:
        """What came, newest first: one article for the same words."""
        same: dict[str, list[dict[str, Any]]] = {}
        for row in self.state["messages"].values():
            same.setdefault(row["text"], []).append(row)
        articles = [
            article(
                anchor=rows[0]["id"],
                who=f"{BRANDNAME} tới {len(rows)} số",
                at=max(row["at"] for row in rows),
                text=text,
                pictures=[],
            )
            for text, rows in reversed(list(same.items())[-60:])
        ]
        return page(
            brand="SMS brandname",
            colour="#1d5b3a",
            name="Điện thoại của người nhận",
            about="Những tin Loa vừa gửi hiện ở đây, mỗi tin một lần tới mỗi số",
            articles=articles,
        )
