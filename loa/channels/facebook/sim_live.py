"""Live broadcasts of the Graph stand-in. State: `lives` {id: {"page", "title", "text", "status", "at", "key"}}."""

from __future__ import annotations

import json
import secrets
from typing import Any

from loa.channels.sim.server import Reply, Request, Simulator


class Lives(Simulator):
    """`followers` of the page: below 100 no live broadcast is let."""

    followers = 3200

    def error(self, status: int, code: int, message: str, *, sub: int = 0, **more: Any) -> Reply:
        """See FacebookSim."""
        raise NotImplementedError

    def _number(self) -> int:
        raise NotImplementedError

    @property
    def lives(self) -> dict[str, Any]:
        """The broadcasts, in a state that may be older than they are."""
        found: dict[str, Any] = self.state.setdefault("lives", {})
        return found

    def live_api(self, request: Request, mine: str, path: list[str]) -> Reply | None:
        """The answer about live broadcasts; None for everything else."""
        if path == [mine, "live_videos"] and request.method == "POST":
            return self._make(request, mine)
        if len(path) == 1 and path[0] in self.lives and self.lives[path[0]]["page"] == mine:
            return self._live(request, path[0])
        return None

    def _make(self, request: Request, mine: str) -> Reply:
        if request.get("planned_start_time"):
            return self.error(400, 100, "(#100) planned_start_time is deprecated")
        if self.followers < 100:
            return self.error(400, 200, "(#200) The Page needs at least 100 followers to go live")
        status = request.get("status") or "UNPUBLISHED"
        if status == "SCHEDULED_UNPUBLISHED":
            try:
                told = json.loads(request.get("event_params"))
                at = float(told["start_time"] if isinstance(told, dict) else told)
            except (ValueError, KeyError, TypeError):
                return self.error(400, 100, "(#100) event_params is invalid")
            if not self.clock() < at < self.clock() + 7 * 86_400:
                return self.error(400, 100, "(#100) start_time must be within 7 days")
        key = str(600_000_000 + self._number())
        self.lives[key] = {
            "page": mine,
            "title": request.get("title"),
            "text": request.get("description"),
            "status": "LIVE" if status == "LIVE_NOW" else status,
            "at": self.clock(),
            "key": secrets.token_urlsafe(12),
        }
        self.save()
        return Reply(200, {"id": key, **self._streams(key)})

    def _streams(self, key: str) -> dict[str, str]:
        end = f"rtmp-api.facebook.example:443/rtmp/{key}?s_bl=1&s_l=1&a={self.lives[key]['key']}"
        return {"stream_url": f"rtmp://{end}", "secure_stream_url": f"rtmps://{end}"}

    def _live(self, request: Request, key: str) -> Reply:
        row = self.lives[key]
        if request.method == "DELETE":
            del self.lives[key]
            self.save()
            return Reply(200, {"success": True})
        if request.method == "POST":
            if request.get("end_live_video") == "true":
                if row["status"] == "LIVE":
                    row["status"] = "VOD"
            elif request.get("status") == "LIVE_NOW":
                if row["status"] in ("VOD", "LIVE_STOPPED"):
                    return self.error(400, 100, "(#100) The live video has ended")
                row["status"] = "LIVE"
            self.save()
            return Reply(200, {"success": True})
        host = request.headers.get("host", "localhost")
        found = {"id": key, "status": row["status"], "permalink_url": f"http://{host}/#live-{key}"}
        if row["status"] == "LIVE":
            found["live_views"] = int(self.clock() - row["at"]) % 90 + 12
        return Reply(200, {**found, **self._streams(key)})

    def live_cards(self) -> list[Any]:
        """What is or was on the air, newest first: (id, row)."""
        return [(key, row) for key, row in reversed(self.lives.items()) if row["status"] in ("LIVE", "VOD")][:5]
