"""Films at the YouTube stand-in: resumable uploads, processing, what is out. No Django."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import Any

from loa.channels.sim.server import Reply, Request
from loa.channels.youtube.sim_api import CHANNEL_ID, CHANNEL_NAME, UPLOADS, Google

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")


class Films(Google):
    """`unaudited`: uploads are locked private, as those of projects Google has not looked at. `works_for`: seconds
    until a film is ready."""

    unaudited = False
    works_for = 0.0
    #: bytes of a piece that arrive at most, so that a session is taken up again
    takes = 0

    def films_api(self, request: Request) -> Reply | None:
        """Answers what is about films; None for everything else."""
        if request.path == UPLOADS and request.method == "POST":
            return self._start(request)
        if request.path == "/youtube/v3/videos":
            return self._videos(request)
        if request.path == "/youtube/v3/channels":
            channel = {
                "id": CHANNEL_ID,
                "snippet": {"title": CHANNEL_NAME},
                "statistics": {"subscriberCount": "3120", "hiddenSubscriberCount": False},
                "contentDetails": {"relatedPlaylists": {"uploads": "UUdemo"}},
            }
            return Reply(200, {"items": [channel]})
        if request.path == "/youtube/v3/playlistItems":
            rows = [self._uploaded(video) for video in reversed(self.state["videos"])]
            return Reply(200, {"items": rows[: int(request.get("maxResults") or 5)]})
        return None

    def piece(self, request: Request, key: str) -> Reply:
        """A piece of an upload, or the question how far it is. Costs nothing of the quota."""
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

    def show(self, title: str, text: str = "", *, at: float = 0) -> str:
        """A film somebody put there without Loa. Returns its id."""
        with self.lock:
            key = secrets.token_urlsafe(8)[:11]
            status = {"privacyStatus": "public"}
            row = {"id": key, "title": title, "description": text, "status": status, "size": 8_000_000}
            self.state["videos"].append({**row, "made": at or self.clock()})
            self.save()
        return key

    def _video(self, key: str) -> dict[str, Any]:
        return next(row for row in self.state["videos"] if row["id"] == key)

    def _shape(self, video: dict[str, Any]) -> dict[str, Any]:
        ready = self.clock() >= video["made"] + self.works_for
        status = {**video["status"], "uploadStatus": "processed" if ready else "uploaded"}
        return {
            "kind": "youtube#video",
            "id": video["id"],
            "snippet": {"title": video["title"]},
            "status": {**status, **video.get("bad", {})},
        }

    def _uploaded(self, video: dict[str, Any]) -> dict[str, Any]:
        at = dt.datetime.fromtimestamp(video["made"], dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"snippet": {"title": video["title"], "publishedAt": at, "resourceId": {"videoId": video["id"]}}}

    def _videos(self, request: Request) -> Reply:
        key = request.json().get("id") if request.method == "PUT" else request.get("id")
        found = next((row for row in self.state["videos"] if row["id"] == key), None)
        if request.method == "GET":
            keys = request.get("id").split(",")
            return Reply(200, {"items": [self._shape(row) for row in self.state["videos"] if row["id"] in keys]})
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
