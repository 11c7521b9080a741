"""Facebook Login of the stand-in: the dialog a person sees, codes that work once, tokens, what a token is.

State: `codes` {code: back address}, `users` {token: {"long": bool}}, `scopes` granted to the app.
"""

from __future__ import annotations

import html
import secrets
from typing import Any
from urllib.parse import urlencode

from loa.channels.sim.page import page
from loa.channels.sim.server import Reply, Request, Simulator

APP_ID = "730000000000001"
#: seconds a long-lived token of a person lives
LONG = 5_184_000
#: what the app has before anybody logged in; from the fourth on what the inbox takes
SCOPES = (
    "pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_read_user_content",
    "pages_manage_engagement", "pages_manage_metadata", "pages_messaging",
)  # fmt: skip


class Logins(Simulator):
    """Dialog, tokens, pages of the person. `tasks`: what the person may do on their pages."""

    app_secret = ""
    tasks = ("CREATE_CONTENT", "MANAGE", "MODERATE", "ANALYZE", "MESSAGING")
    #: pages in one answer of /me/accounts
    accounts_at_once = 25

    def error(self, status: int, code: int, message: str, *, sub: int = 0, **more: Any) -> Reply:
        """See FacebookSim."""
        raise NotImplementedError

    def granted(self) -> list[str]:
        """What the app may do: what the last log-in allowed, everything before the first."""
        return list(self.state.get("scopes") or SCOPES)

    def lacking(self, *scopes: str) -> Reply | None:
        """The refusal of a call that takes scopes which were not allowed."""
        missing = [name for name in scopes if name not in self.granted()]
        if not missing:
            return None
        return self.error(403, 200, f"(#200) Requires {missing[0]} permission to manage the object")

    def login_api(self, request: Request, path: list[str]) -> Reply | None:
        """The answer, or None when it is no matter of logging in."""
        if path == ["dialog", "oauth"]:
            return self._dialog(request)
        if path == ["oauth", "access_token"]:
            return self._exchange(request)
        if path == ["debug_token"]:
            return self._debug(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip() or request.get(
            "access_token"
        )
        if token in self.state.setdefault("users", {}):
            return self._person(request, path)
        return None

    def _dialog(self, request: Request) -> Reply:
        back = request.get("redirect_uri")
        if request.get("client_id") != APP_ID or not back.startswith(("http://", "https://")):
            return Reply(400, "<h1>Ứng dụng không hợp lệ</h1>", kind="text/html; charset=utf-8")
        code = secrets.token_urlsafe(24)
        scopes = request.get("scope").split(",")
        self.state.setdefault("codes", {})[code] = {"back": back, "scopes": scopes}
        few = secrets.token_urlsafe(24)
        talkless = [name for name in scopes if name not in SCOPES[3:]]
        self.state["codes"][few] = {"back": back, "scopes": talkless}
        self.save()
        state = request.get("state")
        yes = f"{back}?{urlencode({'code': code, 'state': state})}"
        part = f"{back}?{urlencode({'code': few, 'state': state})}"
        no = f"{back}?{urlencode({'error': 'access_denied', 'error_reason': 'user_denied', 'state': state})}"
        names = "".join(f"<li>{html.escape(row['name'])}</li>" for row in self.state["pages"].values())
        asked = "".join(f"<li><code>{html.escape(name)}</code></li>" for name in request.get("scope").split(","))
        more = (
            f"<article><h2>Loa muốn quản lý các trang của bạn</h2><ul>{names}</ul><p>Quyền được hỏi:</p>"
            f"<ul>{asked}</ul>"
            f'<p><a class="link" href="{html.escape(yes)}">Tiếp tục với tên Trần Quang Minh</a></p>'
            f'<p><a class="link" href="{html.escape(no)}">Huỷ</a></p>'
            f'<p><a class="link" href="{html.escape(part)}">Tiếp tục, nhưng bỏ quyền bình luận và tin nhắn</a></p>'
            "</article>"
        )
        body = page(brand="Facebook", colour="#1658b5", name="Đăng nhập", about="Cho phép Loa", articles=[more])
        return Reply(200, body, kind="text/html; charset=utf-8")

    def _exchange(self, request: Request) -> Reply:
        if request.get("client_id") != APP_ID or request.get("client_secret") != self.app_secret:
            return self.error(400, 100, "Error validating client secret.")
        users = self.state.setdefault("users", {})
        if request.get("grant_type") == "fb_exchange_token":
            short = request.get("fb_exchange_token")
            if short not in users:
                return self.error(400, 190, "Invalid OAuth access token.")
            long = secrets.token_urlsafe(30)
            users[long] = {**users[short], "long": True}
            self.save()
            return Reply(200, {"access_token": long, "token_type": "bearer", "expires_in": LONG})
        kept = self.state.setdefault("codes", {}).pop(request.get("code"), None)
        if kept is None:
            return self.error(400, 100, "This authorization code has been used.", sub=36009)
        if kept["back"] != request.get("redirect_uri"):
            return self.error(400, 100, "Error validating verification code. redirect_uri differs.", sub=36008)
        token = secrets.token_urlsafe(30)
        users[token] = {"long": False, "scopes": kept["scopes"]}
        self.state["scopes"] = kept["scopes"]
        self.save()
        return Reply(200, {"access_token": token, "token_type": "bearer", "expires_in": 5400})

    def _person(self, request: Request, path: list[str]) -> Reply | None:
        """What a person's own token may read."""
        if path == ["me", "accounts"]:
            start = int(request.get("after") or 0)
            rows = list(self.state["pages"].items())
            shown = rows[start : start + self.accounts_at_once]
            after = start + self.accounts_at_once
            paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(after)}}
            if len(rows) > after:
                paging["next"] = "there is more"
            host = request.headers.get("host", "localhost")
            data = [
                {
                    "id": key,
                    "name": row["name"],
                    "access_token": row["token"],
                    "tasks": list(self.tasks),
                    "link": f"http://{host}/",
                }
                for key, row in shown
            ]
            return Reply(200, {"data": data, "paging": paging})
        if path == ["me", "businesses"]:
            return Reply(200, {"data": [], "paging": {}})
        if path == ["me"]:
            return Reply(200, {"id": "90001", "name": "Trần Quang Minh"})
        return self.error(400, 190, "A Page access token is required before impersonating a user's page.")

    def _debug(self, request: Request) -> Reply:
        if request.get("access_token") != f"{APP_ID}|{self.app_secret}":
            return self.error(400, 190, "Invalid OAuth access token - Cannot parse access token")
        token = request.get("input_token")
        dead = self.state["dead"].get(token)
        known = any(row["token"] == token for row in self.state["pages"].values())
        if dead or not known:
            error = {"code": 190, "message": "Error validating access token", "subcode": dead or 467}
            return Reply(200, {"data": {"is_valid": False, "error": error, "scopes": []}})
        found = {
            "app_id": APP_ID,
            "type": "PAGE",
            "is_valid": True,
            "expires_at": 0,
            "data_access_expires_at": int(self.clock()) + 90 * 86_400,
            "scopes": self.granted(),
        }
        return Reply(200, {"data": found})
