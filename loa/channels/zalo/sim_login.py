"""Zalo's consent page of the stand-in: codes that live ten minutes and work once, PKCE checked.

`state` comes back only when it stands in the address one is sent back to, as at Zalo.
"""

from __future__ import annotations

import base64
import hashlib
import html
import secrets
from typing import Any
from urllib.parse import urlencode

from loa.channels.sim.page import page
from loa.channels.sim.server import Reply, Request, Simulator

#: seconds a code lives
CODE_LIVES = 600


class Consent(Simulator):
    """The permission page and the exchange of its code. Subclasses name the app."""

    app_id, app_secret = "", ""

    def permission(self, request: Request) -> Reply:
        """What the OA's administrator sees: one button for each OA."""
        back = request.get("redirect_uri")
        if request.get("app_id") != self.app_id:
            return self._told("Invalid appId.")
        if not back.startswith(("http://", "https://")):
            return self._told("Invalid redirect uri.")
        buttons = ""
        for key, row in self.state["oas"].items():
            code = secrets.token_urlsafe(24)
            self.state.setdefault("codes", {})[code] = {
                "oa": key,
                "challenge": request.get("code_challenge"),
                "dies": self.clock() + CODE_LIVES,
            }
            there = f"{back}{'&' if '?' in back else '?'}{urlencode({'code': code, 'oa_id': key})}"
            name = html.escape(row["name"])
            buttons += f'<p><a class="link" href="{html.escape(there)}">Cho phép với OA {name}</a></p>'
        self.save()
        asked = f"<article><h2>Ứng dụng Loa xin quyền quản lý OA</h2>{buttons}</article>"
        body = page(brand="Zalo OA", colour="#0057c2", name="Cấp quyền", about="Chọn OA", articles=[asked])
        return Reply(200, body, kind="text/html; charset=utf-8")

    def _told(self, words: str) -> Reply:
        return Reply(200, f"<h1>{words}</h1>", kind="text/html; charset=utf-8")

    def exchanged(self, request: Request) -> str | None:
        """The OA of a code that may be exchanged now; it is used up. None when it may not."""
        kept: dict[str, Any] | None = self.state.setdefault("codes", {}).pop(request.get("code"), None)
        if kept is None or kept["dies"] <= self.clock():
            return None
        digest = hashlib.sha256(request.get("code_verifier").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != kept["challenge"]:
            return None
        return str(kept["oa"])
