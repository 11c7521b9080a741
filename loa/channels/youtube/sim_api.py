"""What every call to the YouTube stand-in passes: tokens with their scopes, the day's quota, Google's errors.

A part of the API is a mixin in a file of its own with one method `(Request) -> Reply | None`; `sim.py` asks them
in turn. No Django.
"""

from __future__ import annotations

import secrets
from typing import Any

from loa.channels.sim.consent import OAuth
from loa.channels.sim.server import Reply, Request

CHANNEL_ID, CHANNEL_NAME = "UCsonglam0000000000demo", "Sở GD&ĐT Sông Lam"
CLIENT_ID, CLIENT_SECRET, REFRESH = "demo-google-client", "demo-google-secret", "demo-google-refresh"
#: units of a call; uploads are counted by themselves (developers.google.com/youtube/v3/determine_quota_cost)
COSTS = {"GET": 1, "POST": 50, "PUT": 50, "DELETE": 50}
UPLOADS = "/upload/youtube/v3/videos"


class Google(OAuth):
    """One project of one channel. State: "quota": units left today, "uploads": uploads left today."""

    def fresh(self) -> dict[str, Any]:
        return {"token": "", "sessions": {}, "videos": [], "quota": 1_000_000, "uploads": 10_000}

    def error(self, status: int, reason: str, message: str, *, domain: str = "youtube") -> Reply:
        """An error of a Google API."""
        rows = [{"message": message, "domain": domain, "reason": reason}]
        return Reply(status, {"error": {"code": status, "message": message, "errors": rows}})

    def rate_reply(self) -> Reply:
        return self.error(403, "rateLimitExceeded", "Rate Limit Exceeded")

    def error_reply(self) -> Reply:
        return self.error(503, "backendError", "Backend Error")

    def turned_away(self, request: Request) -> Reply | None:
        """None when the call's token holds."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token or token != self.state["token"]:
            return self.error(401, "authError", "Invalid Credentials", domain="global")
        return None

    def spent(self, request: Request) -> Reply | None:
        """None when the day's quota had enough left for the call, which is taken off."""
        name, cost = ("uploads", 1) if request.path == UPLOADS else ("quota", COSTS.get(request.method, 1))
        left = self.state.setdefault(name, 10_000)
        if left < cost:
            return self.error(
                403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota."
            )
        self.state[name] = left - cost
        return None

    def tokens(self, request: Request) -> Reply:
        """The address where codes and refresh tokens become access tokens."""
        if request.get("client_id") != CLIENT_ID or request.get("client_secret") != CLIENT_SECRET:
            return Reply(401, {"error": "invalid_client"})
        if request.get("grant_type") == "authorization_code":
            kept = self.exchanged(request)
            if kept is None:
                return Reply(400, {"error": "invalid_grant", "error_description": "Bad Request"})
            self.state["scopes"] = kept["scopes"]
            more = {"scope": " ".join(kept["scopes"]), **({"refresh_token": REFRESH} if kept["offline"] else {})}
            return self._token(more)
        if request.get("refresh_token") != REFRESH or request.get("grant_type") != "refresh_token":
            return Reply(
                400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            )
        return self._token({})

    def _token(self, more: dict[str, Any]) -> Reply:
        self.state["token"] = f"ya29.{secrets.token_hex(8)}"
        self.save()
        told = {"access_token": self.state["token"], "expires_in": 3599, "token_type": "Bearer", **more}
        return Reply(200, told)
