"""A stand-in for TikTok's Content Posting API: tokens, creator info, uploads in pieces, moderation. No Django.

`unaudited`: only SELF_ONLY may be chosen, as for clients TikTok has not audited. `works_for`: seconds until a film
is out.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from loa.channels.sim.consent import OAuth
from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request

USERNAME, NICKNAME = "sogddt.songlam", "Sở GD&ĐT Sông Lam"
CLIENT_KEY, CLIENT_SECRET, REFRESH = "demo-tiktok-key", "demo-tiktok-secret", "demo-tiktok-refresh"
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class TikTokSim(OAuth):
    """One account."""

    unaudited = False
    works_for = 0.0
    #: seconds after which a film that is out has been looked at, and its number is told
    reviewed_after = 0.0
    longest = 600

    def fresh(self) -> dict[str, Any]:
        return {"token": "", "refresh": REFRESH, "posts": {}, "next": 7_300_000_000_000_000_000}

    def answer(self, data: dict[str, Any], status: int = 200, code: str = "ok", message: str = "") -> Reply:
        """An answer in TikTok's frame."""
        return Reply(
            status, {"data": data, "error": {"code": code, "message": message, "log_id": secrets.token_hex(8)}}
        )

    def rate_reply(self) -> Reply:
        return self.answer({}, 429, "rate_limit_exceeded", "The API rate limit was exceeded.")

    def error_reply(self) -> Reply:
        return self.answer({}, 500, "internal_error", "Something is wrong. Please try again later.")

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        if request.path == "/v2/auth/authorize/":
            return self.dialog(
                request,
                brand="TikTok",
                colour="#111111",
                client=request.get("client_key") == CLIENT_KEY,
                scopes=request.get("scope").split(","),
            )
        if request.path == "/v2/oauth/token/":
            return self._token(request)
        if request.path.startswith("/tai/"):
            return self._piece(request, request.path.removeprefix("/tai/"))
        if request.headers.get("authorization", "").removeprefix("Bearer ") != self.state["token"]:
            return self.answer({}, 401, "access_token_invalid", "The access token is invalid or not found.")
        if request.path == "/v2/post/publish/creator_info/query/":
            levels = ["SELF_ONLY"] if self.unaudited else ["PUBLIC_TO_EVERYONE", "SELF_ONLY"]
            return self.answer(
                {
                    "creator_username": USERNAME,
                    "creator_nickname": NICKNAME,
                    "privacy_level_options": levels,
                    "max_video_post_duration_sec": self.longest,
                }
            )
        if request.path == "/v2/post/publish/video/init/":
            return self._init(request)
        if request.path == "/v2/post/publish/status/fetch/":
            return self._status(request)
        return self.answer({}, 404, "invalid_params", "Unsupported path")

    def _token(self, request: Request) -> Reply:
        good = request.get("client_key") == CLIENT_KEY and request.get("client_secret") == CLIENT_SECRET
        scopes = {}
        if good and request.get("grant_type") == "authorization_code":
            kept = self.exchanged(request)
            good, scopes = kept is not None, {"scope": ",".join((kept or {}).get("scopes", [])), "open_id": "demo"}
        else:
            good = good and request.get("refresh_token") == self.state["refresh"]
        if not good:
            return Reply(
                200, {"error": "invalid_grant", "error_description": "Refresh token is invalid or expired."}
            )
        self.state["token"] = f"act.{secrets.token_hex(8)}"
        self.save()
        return Reply(
            200,
            {
                "access_token": self.state["token"],
                "expires_in": 86400,
                "refresh_token": self.state["refresh"],
                "token_type": "Bearer",
                **scopes,
            },
        )

    def _init(self, request: Request) -> Reply:
        body = request.json()
        post, source = body.get("post_info") or {}, body.get("source_info") or {}
        level = post.get("privacy_level")
        if self.unaudited and level != "SELF_ONLY":
            return self.answer({}, 403, "unaudited_client_can_only_post_to_private_accounts", "Unaudited client")
        found = [source.get(name) for name in ("video_size", "chunk_size", "total_chunk_count")]
        size, piece, count = (one if isinstance(one, int) else 0 for one in found)
        if (
            min(size, piece, count) <= 0
            or count != max(size // piece, 1)
            or (size > 64 << 20 and not 5 << 20 <= piece <= 64 << 20)
        ):
            return self.answer({}, 400, "invalid_params", "The chunk size or count is invalid")
        if len(str(post.get("title") or "").encode("utf-16-le")) // 2 > 2200:
            return self.answer({}, 400, "invalid_params", "The title is too long")
        key = f"v_pub_file~{secrets.token_hex(8)}"
        self.state["posts"][key] = {
            "title": post.get("title", ""), "size": size, "has": 0, "made": 0, "number": "", "bad": "",
        }  # fmt: skip
        self.save()
        host = request.headers.get("host", "localhost")
        return self.answer({"publish_id": key, "upload_url": f"http://{host}/tai/{key}"})

    def _piece(self, request: Request, key: str) -> Reply:
        post = self.state["posts"].get(key.replace("%7E", "~"))
        found = _RANGE.fullmatch(request.headers.get("content-range", ""))
        if post is None or found is None:
            return Reply(404, "")
        start, end = int(found[1]), int(found[2]) + 1
        if start != post["has"] or end - start != len(request.raw) or int(found[3]) != post["size"]:
            return Reply(416, "")
        post["has"] = end
        if end < post["size"]:
            self.save()
            return Reply(206, "")
        post["made"] = self.clock()
        self.state["next"] += 1
        post["number"] = str(self.state["next"])
        self.save()
        return Reply(201, "")

    def _status(self, request: Request) -> Reply:
        post = self.state["posts"].get(str(request.json().get("publish_id")))
        if post is None:
            return self.answer({}, 400, "invalid_publish_id", "publish_id is not found")
        if post["bad"]:
            return self.answer({"status": "FAILED", "fail_reason": post["bad"]})
        if not post["made"]:
            return self.answer({"status": "PROCESSING_UPLOAD", "uploaded_bytes": post["has"]})
        if self.clock() < post["made"] + self.works_for:
            return self.answer({"status": "PROCESSING_UPLOAD", "uploaded_bytes": post["has"]})
        number = (
            [int(post["number"])] if self.clock() >= post["made"] + self.works_for + self.reviewed_after else []
        )
        return self.answer({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": number})

    @property
    def published(self) -> list[dict[str, Any]]:
        """Films that are out."""
        return [post for post in self.state["posts"].values() if post["made"]]

    def feed(self) -> str:
        """The account's films, newest first."""
        rows = sorted(self.published, key=lambda post: -post["made"])
        articles = [
            article(
                anchor=post["number"],
                who=f"@{USERNAME}",
                at=post["made"],
                text=f"▶ {post['size'] // 1024} KB\n\n{post['title']}",
                pictures=[],
            )
            for post in rows[:100]
        ]
        return page(
            brand="TikTok",
            colour="#111111",
            name=NICKNAME,
            about="Tài khoản chính thức · các phim Loa vừa đăng hiện ở đây",
            articles=articles,
        )
