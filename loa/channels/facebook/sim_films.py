"""Films of the Graph stand-in: sessions that know how far they are, pieces refused at a wrong place.

State: `films` {id: {"page", "kind", "size", "got", "session", "text", "done", "finished", "at", "state"}}.
"""

from __future__ import annotations

import secrets
from typing import Any

from loa.channels.facebook.sim_insights import grown
from loa.channels.sim.server import Reply, Request, Simulator

#: reels by API in 24 hours
MOST_REELS = 30


class Films(Simulator):
    """`film_works_for`: seconds a finished film is worked on; `piece`: bytes asked for at a time."""

    film_works_for = 3.0
    piece = 1_048_576

    def error(self, status: int, code: int, message: str, *, sub: int = 0, **more: Any) -> Reply:
        """See FacebookSim."""
        raise NotImplementedError

    def _number(self) -> int:
        raise NotImplementedError

    def _add(self, mine: str, message: str, link: str, media: list[str], **more: Any) -> dict[str, Any]:
        raise NotImplementedError

    @property
    def films(self) -> dict[str, Any]:
        """The films, in a state that may be older than they are."""
        found: dict[str, Any] = self.state.setdefault("films", {})
        return found

    def _met(self, request: Request, key: str, film: dict[str, Any]) -> dict[str, Any]:
        """How a film was met, when that is asked for."""
        if "views" not in request.get("fields"):
            return {}
        hours = (self.clock() - film["finished"]) / 3600
        counted = {"data": [], "summary": {"total_count": grown(key + "l", hours, 180)}}
        return {
            "views": grown(key + "v", hours, 6000),
            "likes": counted,
            "comments": {"data": [], "summary": {"total_count": 0}},
        }

    def films_api(self, request: Request, mine: str, path: list[str]) -> Reply | None:
        """The answer about films; None for everything else."""
        if path == [mine, "videos"] and request.method == "POST":
            return self._videos(request, mine)
        if path == [mine, "video_reels"] and request.method == "POST":
            return self._reels(request, mine)
        if len(path) == 1 and path[0] in self.films and self.films[path[0]]["page"] == mine:
            return self._film(request, path[0])
        return None

    def _begin(self, mine: str, kind: str, size: int) -> tuple[str, dict[str, Any]]:
        key = str(900_000_000 + self._number())
        film = {"page": mine, "kind": kind, "size": size, "got": 0, "session": secrets.token_hex(8), "text": ""}
        self.films[key] = {**film, "finished": 0, "at": self.clock(), "state": "uploading"}
        self.save()
        return key, self.films[key]

    def _offsets(self, film: dict[str, Any]) -> dict[str, str]:
        return {
            "start_offset": str(film["got"]),
            "end_offset": str(min(film["got"] + self.piece, film["size"])),
        }

    def _videos(self, request: Request, mine: str) -> Reply:
        phase = request.get("upload_phase")
        if phase == "start":
            size = int(request.get("file_size") or 0)
            if size <= 0:
                return self.error(400, 100, "(#100) file_size is required")
            key, film = self._begin(mine, "video", size)
            return Reply(200, {"upload_session_id": film["session"], "video_id": key, **self._offsets(film)})
        session = request.get("upload_session_id")
        found = next(((key, one) for key, one in self.films.items() if one["session"] == session), None)
        if found is None or found[1]["page"] != mine:
            return self.error(400, 100, "(#100) Invalid upload session", sub=33)
        key, film = found
        if phase == "transfer":
            piece = request.files.get("video_file_chunk", b"")
            if request.get("start_offset") != str(film["got"]) or not piece:
                message = "Your video upload timed out before it could be completed."
                return self.error(400, 6000, message, sub=1363037, error_data=self._offsets(film))
            film["got"] = min(film["got"] + len(piece), film["size"])
            self.save()
            return Reply(200, self._offsets(film))
        return self._finished(request, mine, key)

    def _reels(self, request: Request, mine: str) -> Reply:
        if request.get("upload_phase") == "start":
            key, _film = self._begin(mine, "reel", 0)
            url = f"http://{request.headers.get('host', 'localhost')}/video-upload/{key}"
            return Reply(200, {"video_id": key, "upload_url": url})
        key = request.get("video_id")
        if key not in self.films:
            return self.error(400, 100, "(#100) Invalid video_id", sub=33)
        recent = [one for one in self.films.values() if one["kind"] == "reel" and one["finished"]]
        if sum(one["finished"] > self.clock() - 86_400 for one in recent) >= MOST_REELS:
            return self.error(400, 613, "(#613) Calls to this api have exceeded the rate limit.")
        return self._finished(request, mine, key)

    def pour(self, request: Request, key: str) -> Reply:
        """Bytes of a reel at the address the start gave."""
        film = self.films.get(key)
        if film is None:
            return Reply(404, {"debug_info": {"type": "NotFound", "message": "no such upload"}})
        if not request.headers.get("authorization", "").startswith("OAuth "):
            return Reply(401, {"debug_info": {"type": "NotAuthorizedError", "message": "Not authorized"}})
        offset, size = int(request.headers.get("offset") or -1), int(request.headers.get("file_size") or 0)
        if offset != film["got"] or size <= 0:
            return Reply(400, {"debug_info": {"type": "OffsetInvalidError", "message": "offset"}})
        film["size"] = size
        film["got"] = min(offset + len(request.raw), size)
        self.save()
        return Reply(200, {"success": film["got"] == size})

    def _finished(self, request: Request, mine: str, key: str) -> Reply:
        film = self.films[key]
        if film["got"] < film["size"] or not film["size"]:
            return self.error(400, 6000, "There was a problem uploading your video file.", sub=1363030)
        if not film["finished"]:
            film["text"], film["finished"] = request.get("description"), self.clock()
            film["state"] = "processing"
            at = float(request.get("scheduled_publish_time") or 0)
            self._add(mine, film["text"], "", [], film=key, scheduled=at)
            self.save()
        return Reply(200, {"success": True})

    def _film(self, request: Request, key: str) -> Reply:
        film = self.films[key]
        if request.method == "DELETE":
            del self.films[key]
            self.state["posts"] = [post for post in self.state["posts"] if post.get("film") != key]
            self.save()
            return Reply(200, {"success": True})
        if request.method == "POST":
            film["text"] = request.get("description") or film["text"]
            for post in self.state["posts"]:
                if post.get("film") == key:
                    post["message"] = film["text"]
            self.save()
            return Reply(200, {"success": True})
        state = film["state"]
        if state == "processing" and self.clock() >= film["finished"] + self.film_works_for:
            state = "ready"
        status: dict[str, Any] = {"video_status": state}
        if film["kind"] == "reel":
            status["uploading_phase"] = {"status": "complete", "bytes_transfered": film["got"]}
        post = next((one["id"] for one in self.state["posts"] if one.get("film") == key), "")
        # Told without the page in front, as it often is.
        told = {"post_id": post.split("_")[1]} if post and "post_id" in request.get("fields") else {}
        where = "reel" if film["kind"] == "reel" else "videos"
        host = request.headers.get("host", "localhost")
        return Reply(
            200,
            {
                "id": key,
                "status": status,
                "description": film["text"],
                "permalink_url": f"http://{host}/#{where}-{key}",
                **told,
                **self._met(request, key, film),
            },
        )
