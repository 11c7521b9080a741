"""A stand-in for an SMS provider (eSMS): shows and reports what telephones get. Loopback only, no Django."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request, Simulator

API_KEY, SECRET_KEY, BRANDNAME = "SIM-API-KEY", "SIM-SECRET-KEY", "SGDSONGLAM"
PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
BALANCE, STATUS = "/MainService.svc/json/GetBalance_json", "/MainService.svc/json/GetSendStatus"
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
    """Takes messages, each RequestId once. `state`: "money", "blocked" and "foreign" numbers, "strict" words.

    "off": numbers whose telephone is switched off. `calls_after`: seconds until the address of a message is
    called; None: never by itself.
    """

    calls_after: float | None = None

    def fresh(self) -> dict[str, Any]:
        return {"messages": {}, "money": 100_000, "blocked": [], "foreign": [], "strict": "", "off": []}

    def rate_reply(self) -> Reply:
        return Reply(429, "")

    def error_reply(self) -> Reply:
        return Reply(503, "")

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        if request.path == STATUS:
            return self._status(request)
        body = request.json()
        if request.method == "POST" and request.path == BALANCE:
            good = self._known(body)
            told = {"CodeResponse": "100", "Balance": self.state["money"], "UserID": 1}
            return Reply(200, told if good else {"CodeResponse": "101", "ErrorMessage": WORDS["101"]})
        if request.method != "POST" or request.path != PATH:
            return Reply(404, "")
        code = self.judged(body)
        if code != "100":
            return Reply(200, {"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": WORDS[code]})
        self.state["money"] -= 1
        number = len(self.state["messages"]) + 1
        self.state["messages"][str(body["RequestId"])] = {
            "id": f"sim-{number}", "phone": body["Phone"], "text": body["Content"], "at": self.clock(),
            "callback": str(body.get("CallbackUrl") or ""),
        }  # fmt: skip
        self.save()
        if self.calls_after is not None:
            threading.Timer(self.calls_after, self.call, [str(body["RequestId"])]).start()
        return Reply(200, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": f"sim-{number}"})

    @staticmethod
    def _known(keys: Any) -> bool:
        return (keys.get("ApiKey"), keys.get("SecretKey")) == (API_KEY, SECRET_KEY)

    def report(self, request_id: str) -> dict[str, Any]:
        """What became of a message, in the provider's words."""
        row = self.state["messages"][request_id]
        good = row["phone"] not in self.state["off"]
        return {
            "SMSID": row["id"], "SendFailed": int(not good), "SendStatus": 5, "SendSuccess": int(good),
            "TotalPrice": 850.0, "TotalReceiver": 1, "TotalSent": 1,
        }  # fmt: skip

    def call(self, request_id: str) -> int:
        """Call the address of a message, as the provider does once it knows. The HTTP status; 0: no answer."""
        row = self.state["messages"][request_id]
        more = {"RequestId": request_id, "TypeId": 2, "telcoid": 1, "phonenumber": row["phone"]}
        url = f"{row['callback']}?{urlencode(self.report(request_id) | more)}"
        if not row["callback"].startswith("http"):
            return 0
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback only
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0

    def _status(self, request: Request) -> Reply:
        if not self._known(request.query):
            return Reply(200, {"CodeResponse": "101", "ErrorMessage": WORDS["101"]})
        for key, row in self.state["messages"].items():
            if row["id"] == request.get("RefId"):
                return Reply(200, {"CodeResponse": "100", **self.report(key)})
        return Reply(200, {"CodeResponse": "99", "ErrorMessage": "Not found"})

    def judged(self, body: dict[str, Any]) -> str:
        """The provider's code for a request."""
        if not self._known(body):
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
