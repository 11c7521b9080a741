"""A stand-in for the YouTube Data API: tokens, resumable uploads, processing, quota, a page one can look at.

No Django. `unaudited`: uploads are locked private, as those of projects Google has not looked at. `works_for`:
seconds until a film is ready. `quota`: units left today (an upload costs 1,600, as stored copies of Google's table
say).
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import Any

from loa.channels.sim.consent import OAuth
from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request

CHANNEL_ID, CHANNEL_NAME = "UCsonglam0000000000demo", "Sở GD&ĐT Sông Lam"
CLIENT_ID, CLIENT_SECRET, REFRESH = "demo-google-client", "demo-google-secret", "demo-google-refresh"
COSTS = {"POST": 1600, "PUT": 50, "DELETE": 50, "GET": 1}
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")


class YouTubeSim(OAuth):
    """One channel."""

    unaudited = False
    works_for = 0.0
    #: bytes of a piece that arrive at most, so that a session is taken up again
    takes = 0

    def fresh(self) -> dict[str, Any]:
        return {"token": "", "dead": [], "sessions": {}, "videos": [], "quota": 1_000_000}

    def error(self, status: int, reason: str, message: str) -> Reply:
        """An error of a Google API."""
        return Reply(
            status,
            {"error": {"code": status, "message": message, "errors": [{"reason": reason, "domain": "youtube"}]}},
        )

    def rate_reply(self) -> Reply:
        return self.error(403, "rateLimitExceeded", "Rate Limit Exceeded")

    def error_reply(self) -> Reply:
        return self.error(503, "backendError", "Backend Error")

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        if request.path == "/o/oauth2/v2/auth":
            return self.dialog(
                request,
                brand="Google",
                colour="#b31217",
                client=request.get("client_id") == CLIENT_ID,
                scopes=request.get("scope").split(),
            )
        if request.path == "/token":
            return self._token(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token or token != self.state["token"]:
            return self.error(401, "authError", "Invalid Credentials")
        if request.path.startswith("/phien/"):
            return self._piece(request, request.path.removeprefix("/phien/"))
        cost = COSTS.get(request.method, 1)
        if self.state["quota"] < cost:
            return self.error(
                403, "quotaExceeded", "The request cannot be completed: you have exceeded your quota."
            )
        self.state["quota"] -= cost
        if request.path == "/upload/youtube/v3/videos" and request.method == "POST":
            return self._start(request)
        if request.path == "/youtube/v3/videos":
            return self._videos(request)
        if request.path == "/youtube/v3/channels":
            return Reply(
                200,
                {
                    "items": [
                        {
                            "id": CHANNEL_ID,
                            "snippet": {"title": CHANNEL_NAME},
                            "statistics": {"subscriberCount": "3120", "hiddenSubscriberCount": False},
                            "contentDetails": {"relatedPlaylists": {"uploads": "UUdemo"}},
                        }
                    ]
                },
            )
        if request.path == "/youtube/v3/playlistItems":
            rows = [self._listed(video) for video in reversed(self.state["videos"])]
            return Reply(200, {"items": rows[: int(request.get("maxResults") or 5)]})
        return self.error(404, "notFound", "Not Found")

    def _token(self, request: Request) -> Reply:
        if request.get("client_id") != CLIENT_ID or request.get("client_secret") != CLIENT_SECRET:
            return Reply(401, {"error": "invalid_client"})
        if request.get("grant_type") == "authorization_code":
            kept = self.exchanged(request)
            if kept is None:
                return Reply(400, {"error": "invalid_grant", "error_description": "Bad Request"})
            more = {"scope": " ".join(kept["scopes"]), **({"refresh_token": REFRESH} if kept["offline"] else {})}
            return self._fresh(more)
        if request.get("refresh_token") != REFRESH or request.get("grant_type") != "refresh_token":
            return Reply(
                400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            )
        return self._fresh({})

    def _fresh(self, more: dict[str, Any]) -> Reply:
        self.state["token"] = f"ya29.{secrets.token_hex(8)}"
        self.save()
        told = {"access_token": self.state["token"], "expires_in": 3599, "token_type": "Bearer", **more}
        return Reply(200, told)

    def _start(self, request: Request) -> Reply:
        meta = request.json()
        snippet = meta.get("snippet") or {}
        title, text = str(snippet.get("title") or ""), str(snippet.get("description") or "")
        if not title or len(title) > 100 or "<" in title or ">" in title:
            return self.error(
                400, "invalidTitle", "The request metadata specifies an invalid or empty video title."
            )
        if len(text.encode()) > 5000 or "<" in text or ">" in text:
            return self.error(
                400, "invalidDescription", "The request metadata specifies an invalid video description."
            )
        size = request.headers.get("x-upload-content-length", "")
        if not size.isdigit():
            return self.error(400, "badRequest", "X-Upload-Content-Length")
        key = secrets.token_hex(12)
        self.state["sessions"][key] = {"size": int(size), "has": 0, "meta": meta, "video": ""}
        self.save()
        host = request.headers.get("host", "localhost")
        return Reply(200, "", headers={"Location": f"http://{host}/phien/{key}"})

    def _piece(self, request: Request, key: str) -> Reply:
        session = self.state["sessions"].get(key)
        if session is None:
            return self.error(404, "notFound", "Upload session not found")
        found = _RANGE.fullmatch(request.headers.get("content-range", ""))
        if found is None or int(found[3]) != session["size"]:
            return self.error(400, "badRequest", "Content-Range")
        if session["video"]:
            return Reply(200, self._shape(self._video(session["video"])))
        if found[1] is not None:
            start, end = int(found[1]), int(found[2]) + 1
            if start > session["has"] or end - start != len(request.raw):
                return self._waits(session)
            if end < session["size"] and (end - start) % (256 * 1024):
                return self.error(400, "badRequest", "Chunk size must be a multiple of 256 KB")
            if self.takes and end - session["has"] > self.takes:
                end = session["has"] + self.takes
            session["has"] = max(session["has"], end)
        if session["has"] < session["size"]:
            self.save()
            return self._waits(session)
        return self._make(session)

    def _waits(self, session: dict[str, Any]) -> Reply:
        headers = {"Range": f"bytes=0-{session['has'] - 1}"} if session["has"] else {}
        return Reply(308, "", headers=headers)

    def _make(self, session: dict[str, Any]) -> Reply:
        snippet, status = session["meta"]["snippet"], dict(session["meta"].get("status") or {})
        if self.unaudited:
            status["privacyStatus"] = "private"
        video = {
            "id": secrets.token_urlsafe(8)[:11],
            "title": snippet["title"],
            "description": snippet.get("description", ""),
            "status": status,
            "size": session["size"],
            "made": self.clock(),
        }
        self.state["videos"].append(video)
        session["video"] = video["id"]
        self.save()
        return Reply(200, self._shape(video))

    def _video(self, key: str) -> dict[str, Any]:
        return next(row for row in self.state["videos"] if row["id"] == key)

    def _shape(self, video: dict[str, Any]) -> dict[str, Any]:
        ready = self.clock() >= video["made"] + self.works_for
        status = {**video["status"], "uploadStatus": "processed" if ready else "uploaded"}
        return {"kind": "youtube#video", "id": video["id"], "status": {**status, **video.get("bad", {})}}

    def _listed(self, video: dict[str, Any]) -> dict[str, Any]:
        at = dt.datetime.fromtimestamp(video["made"], dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"snippet": {"title": video["title"], "publishedAt": at, "resourceId": {"videoId": video["id"]}}}

    def _videos(self, request: Request) -> Reply:
        key = request.json().get("id") if request.method == "PUT" else request.get("id")
        found = next((row for row in self.state["videos"] if row["id"] == key), None)
        if request.method == "GET":
            return Reply(200, {"items": [self._shape(found)] if found else []})
        if found is None:
            return self.error(404, "videoNotFound", "The video that you are trying to change cannot be found.")
        if request.method == "DELETE":
            self.state["videos"].remove(found)
            self.save()
            return Reply(204, "")
        snippet = request.json().get("snippet") or {}
        if not snippet.get("title") or not snippet.get("categoryId"):
            return self.error(400, "invalidTitle", "snippet.title, snippet.categoryId")
        found |= {"title": snippet["title"], "description": snippet.get("description", "")}
        self.save()
        return Reply(200, self._shape(found))

    def feed(self) -> str:
        """The channel's films, newest first."""
        articles = [
            article(
                anchor=video["id"],
                who=CHANNEL_NAME,
                at=video["made"],
                title=video["title"],
                text=f"▶ {video['size'] // 1024} KB · {video['status'].get('privacyStatus')}\n\n"
                + video["description"],
                link="",
                pictures=[],
            )
            for video in reversed(self.state["videos"][-100:])
        ]
        return page(
            brand="YouTube",
            colour="#b31217",
            name=CHANNEL_NAME,
            about="Kênh chính thức · các phim Loa vừa đăng hiện ở đây",
            articles=articles,
        )
