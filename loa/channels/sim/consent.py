"""The log-in page of a stand-in: codes live ten minutes and work once, for the address they were asked for."""

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


class OAuth(Simulator):
    """Dialog and exchange of OAuth 2.0. `grants`: scopes people grant; None: all that were asked for."""

    grants: list[str] | None = None

    def dialog(self, request: Request, *, brand: str, colour: str, client: bool, scopes: list[str]) -> Reply:
        """Yes and no, as links back. `client`: whether the app is known."""
        back = request.get("redirect_uri")
        if not client or not back.startswith(("http://", "https://")) or request.get("response_type") != "code":
            return Reply(400, "<h1>Ứng dụng không hợp lệ</h1>", kind="text/html; charset=utf-8")
        code = secrets.token_urlsafe(24)
        self.state.setdefault("codes", {})[code] = {
            "back": back,
            "challenge": request.get("code_challenge"),
            "scopes": scopes if self.grants is None else self.grants,
            "offline": request.get("access_type", "offline") == "offline",
            "dies": self.clock() + CODE_LIVES,
        }
        self.save()
        state = request.get("state")
        asked = "".join(f"<li><code>{html.escape(name)}</code></li>" for name in scopes)
        links = [
            (f"{back}?{urlencode({'code': code, 'state': state})}", "Cho phép"),
            (f"{back}?{urlencode({'error': 'access_denied', 'state': state})}", "Huỷ"),
        ]
        buttons = "".join(f'<p><a class="link" href="{html.escape(url)}">{word}</a></p>' for url, word in links)
        article = f"<article><h2>Ứng dụng Loa xin quyền</h2><ul>{asked}</ul>{buttons}</article>"
        body = page(
            brand=brand, colour=colour, name="Đăng nhập", about="Cho phép Loa đăng phim", articles=[article]
        )
        return Reply(200, body, kind="text/html; charset=utf-8")

    def exchanged(self, request: Request) -> dict[str, Any] | None:
        """What a code stands for that may be exchanged now; it is used up. None when it may not."""
        kept: dict[str, Any] | None = self.state.setdefault("codes", {}).pop(request.get("code"), None)
        self.save()
        if kept is None or kept["dies"] <= self.clock() or kept["back"] != request.get("redirect_uri"):
            return None
        digest = hashlib.sha256(request.get("code_verifier").encode()).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return None if kept["challenge"] and made != kept["challenge"] else kept
