"""What the Graph stand-in tells of a post: reactions, comments, shares, insights. They grow with age."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from loa.channels.sim.server import Reply, Request, Simulator

#: metrics that are alive; any other fails the whole call
ALIVE = {"post_total_media_view_unique": 1.0, "post_clicks": 0.06, "post_reactions_by_type_total": 0.05}
INVALID = "(#100) The value must be a valid insights metric"


def grown(key: str, hours: float, most: float) -> int:
    """A number between a tenth of `most` and `most` that belongs to `key`, reached within some days."""
    dice = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") / 2**32
    return int(most * (0.1 + 0.9 * dice) * (1 - math.exp(-max(hours, 0) / 30)))


class Insights(Simulator):
    """`dead_metrics`: names that are not told any more."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.dead_metrics: set[str] = set()

    def error(self, status: int, code: int, message: str, *, sub: int = 0, **more: Any) -> Reply:
        """See FacebookSim."""
        raise NotImplementedError

    def counted(self, request: Request, post: dict[str, Any]) -> dict[str, Any]:
        """The fields that are counted on the post itself, as far as they were asked for."""
        asked, hours = request.get("fields"), (self.clock() - post["created"]) / 3600
        found: dict[str, Any] = {}
        if "reactions.summary" in asked:
            found["reactions"] = {"data": [], "summary": {"total_count": grown(post["id"] + "r", hours, 240)}}
        if "comments.summary" in asked:
            said = sum(row.get("post") == post["id"] for row in self.state.get("comments", []))
            found["comments"] = {"data": [], "summary": {"total_count": said}}
        shares = grown(post["id"] + "s", hours, 40)
        if "shares" in asked and shares:
            found["shares"] = {"count": shares}
        return found

    def insights(self, request: Request, post: dict[str, Any]) -> Reply:
        """GET /{post}/insights."""
        wanted = [name for name in request.get("metric").split(",") if name]
        if not wanted or any(name not in ALIVE or name in self.dead_metrics for name in wanted):
            return self.error(400, 100, INVALID)
        hours = (self.clock() - post["created"]) / 3600
        data = [
            {
                "name": name,
                "period": "lifetime",
                "values": [{"value": int(grown(post["id"] + "v", hours, 4200) * ALIVE[name])}],
                "id": f"{post['id']}/insights/{name}/lifetime",
            }
            for name in wanted
        ]
        return Reply(200, {"data": data, "paging": {}})
