"""Broadcasts of the Zalo stand-in: a window, looked at for half an hour, then one a day and a few a month.

State: `broadcasts` [{"id", "oa", "articles", "target", "at"}]. Numbers of a real OA's quota are not published.
"""

from __future__ import annotations

import datetime as dt
import html
import secrets
from typing import Any

from loa.channels.sim.server import Reply, Request, Simulator

ZONE = dt.timezone(dt.timedelta(hours=7))
#: seconds a broadcast is looked at before it goes to the followers
LOOKED_AT = 1800
MOST = 5


class Broadcasts(Simulator):
    """`verified`: only such an OA may; `oa_left`: broadcasts the OA may still send, None: any number."""

    verified = True
    oa_left: int | None = None

    def error(self, code: int, message: str) -> Reply:
        """See ZaloSim."""
        raise NotImplementedError

    def good(self, data: Any = None) -> Reply:
        """See ZaloSim."""
        raise NotImplementedError

    def is_broadcast(self, request: Request) -> bool:
        """Broadcasts share their address with other messages: the body decides."""
        recipient = request.json().get("recipient")
        return request.path == "/v2.0/oa/message" and isinstance(recipient, dict) and "target" in recipient

    def broadcast(self, request: Request, oa: str) -> Reply:
        """Take it, or say why not."""
        body = request.json()
        hour = dt.datetime.fromtimestamp(self.clock(), ZONE).hour
        if hour >= 22 or hour < 6:
            return self.error(-234, "This message could not be sent at night (from 22:00 to 05:59)")
        if not self.verified:
            return self.error(-221, "OA has not been verified")
        if self.oa_left is not None and self.oa_left <= 0:
            return self.error(-211, "Out of quota")
        try:
            elements = body["message"]["attachment"]["payload"]["elements"]
            wanted = [element["attachment_id"] for element in elements if element["media_type"] == "article"]
        except (KeyError, TypeError):
            return self.error(-201, "message is invalid!")
        known = {row["id"]: row for row in self.state["articles"] if row["oa"] == oa}
        if not 1 <= len(wanted) <= MOST or len(wanted) != len(elements):
            return self.error(-201, "elements is invalid!")
        if any(key not in known or known[key]["body"].get("status", "hide") != "show" for key in wanted):
            return self.error(-201, "attachment_id is invalid!")
        if self.oa_left is not None:
            self.oa_left -= 1
        key = secrets.token_hex(10)
        target = body["recipient"]["target"]
        self.state.setdefault("broadcasts", []).append(
            {"id": key, "oa": oa, "articles": wanted, "target": target, "at": self.clock()}
        )
        self.save()
        return self.good({"message_id": key})

    def broadcast_cards(self) -> list[str]:
        """The newest broadcasts as the page shows them."""
        titles = {row["id"]: row["body"]["title"] for row in self.state["articles"]}
        found = []
        for row in reversed(self.state.get("broadcasts", [])[-5:]):
            done = self.clock() - row["at"] >= LOOKED_AT
            state = "Đã gửi tới người quan tâm" if done else "Zalo đang duyệt (khoảng 30 phút)"
            items = "".join(f"<li>{html.escape(titles.get(key, key))}</li>" for key in row["articles"])
            when = dt.datetime.fromtimestamp(row["at"], ZONE).strftime("%H:%M %d/%m/%Y")
            aimed = "người được chọn" if row["target"] else "mọi người quan tâm"
            found.append(
                f'<article id="{row["id"]}"><div class="who">Tin truyền thông tới {aimed}</div>'
                f'<div class="when">{when} · {state}</div><ul>{items}</ul></article>'
            )
        return found
