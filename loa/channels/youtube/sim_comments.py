"""Comments at the YouTube stand-in: threads, replies, moderation, a visitor who writes below a film. No Django.

What is answered and refused how: developers.google.com/youtube/v3/docs/commentThreads, …/comments; the fields are
those of the discovery document youtube.v3.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import secrets
from typing import Any

from loa.channels.sim.page import comments_below
from loa.channels.sim.server import Reply, Request
from loa.channels.youtube.sim_api import CHANNEL_ID, CHANNEL_NAME, Google

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
THREADS, COMMENTS = "/youtube/v3/commentThreads", "/youtube/v3/comments"
MODERATE = f"{COMMENTS}/setModerationStatus"
#: replies that come with their thread; ids that may be asked for at once; letters of a comment
EMBEDDED, MOST_IDS, LONGEST = 5, 50, 10_000
LISTED = ("published", "heldForReview", "likelySpam")


class Comments(Google):
    """State: {"comments": [...]} below the films of `state["videos"]`."""

    #: seconds until lists show what was said: they run behind
    shows_after = 0.0
    #: one missing id makes the whole question "not found", instead of being left out of the answer
    strict_ids = False

    # — what visitors do —————————————————————————————————————————————————————————
    def say(
        self,
        video: str,
        text: str,
        *,
        who: str = "",
        name: str = "",
        parent: str = "",
        at: float = 0,
        status: str = "published",
    ) -> str:
        """A comment of a visitor, or of the channel itself. Returns its id."""
        with self.lock:
            key = f"{parent}.{secrets.token_hex(11)}" if parent else f"Ug{secrets.token_hex(9)}AaABAg"
            now = at or self.clock()
            row = {
                "id": key, "video": video, "parent": parent, "who": who or f"UCkhach{secrets.token_hex(6)}",
                "name": name or "@nguoixem", "text": text, "at": now, "updated": now, "status": status,
            }  # fmt: skip
            self.said.append(row)
            self.save()
        return key

    def change(self, key: str, text: str) -> None:
        """The visitor edits the comment."""
        with self.lock:
            self._one(key).update(text=text, updated=self.clock())
            self.save()

    def take_back(self, key: str) -> None:
        """The visitor deletes the comment; replies go with it."""
        with self.lock:
            self.state["comments"] = [row for row in self.said if key not in (row["id"], row["parent"])]
            self.save()

    @property
    def said(self) -> list[dict[str, Any]]:
        """Every comment."""
        found: list[dict[str, Any]] = self.state.setdefault("comments", [])
        return found

    def _one(self, key: str) -> dict[str, Any]:
        return next(row for row in self.said if row["id"] == key)

    # — the API ——————————————————————————————————————————————————————————————————
    def comments_api(self, request: Request) -> Reply | None:
        """Answers what is about comments; None for everything else."""
        if request.path not in (THREADS, COMMENTS, MODERATE):
            return None
        granted = self.state.get("scopes")
        if granted is not None and SCOPE not in granted:
            return self.error(
                403, "insufficientPermissions", "Request had insufficient authentication scopes.", domain="global"
            )
        if request.path == MODERATE and request.method == "POST":
            return self._moderate(request)
        if request.path == THREADS and request.method == "GET":
            return self._threads(request)
        doing = {"GET": self._comments, "POST": self._reply, "DELETE": self._delete}.get(request.method)
        return doing(request) if doing is not None and request.path == COMMENTS else None

    def wrong(self, status: int, reason: str, message: str) -> Reply:
        """An error of this part of the API."""
        return self.error(status, reason, message, domain="youtube.comment")

    def _listed(self) -> list[dict[str, Any]]:
        """What lists know of: they run behind; a film that is down or takes no comments hides all of its own."""
        films = {one["id"] for one in self.state["videos"] if not one.get("comments_off")}
        late = self.clock() - self.shows_after
        return [row for row in self.said if row["at"] <= late and row["video"] in films]

    def _threads(self, request: Request) -> Reply:
        given = [
            name for name in ("id", "videoId", "allThreadsRelatedToChannelId", "channelId") if request.get(name)
        ]
        if not request.get("part") or len(given) != 1:
            return self.wrong(400, "missingRequiredParameter", "part, and exactly one filter")
        tops = [row for row in self._listed() if not row["parent"]]
        if given == ["id"]:
            if any(request.get(name) for name in ("maxResults", "moderationStatus", "order", "pageToken")):
                return self.wrong(400, "incompatibleParameters", "not supported in conjunction with id")
            out = [row for row in tops if row["status"] == "published"]
            return self._by_id(request, out, self._thread, "commentThreadNotFound")
        status = request.get("moderationStatus", "published")
        if status not in LISTED:
            return self.wrong(400, "invalidParameter", f"Invalid value '{status}'")
        video = request.get("videoId")
        if video:
            film = next((one for one in self.state["videos"] if one["id"] == video), None)
            if film is None:
                return self.wrong(404, "videoNotFound", "The video identified by the videoId cannot be found.")
            if film.get("comments_off"):
                return self.off()
            tops = [row for row in tops if row["video"] == video]
        elif request.get("allThreadsRelatedToChannelId") != CHANNEL_ID:
            return self.wrong(404, "channelNotFound", "The channel cannot be found.")
        if status == "published":
            tops = [row for row in tops if row["status"] == status]
        else:
            there = {row["parent"] or row["id"] for row in self._listed() if row["status"] == status}
            tops = [row for row in tops if row["id"] in there]
        tops.sort(key=lambda row: -row["at"])
        return self._paged(request, tops, lambda row: self._thread(row, request, status))

    def _comments(self, request: Request) -> Reply:
        if not request.get("part") or bool(request.get("id")) == bool(request.get("parentId")):
            return self.wrong(400, "missingRequiredParameter", "part, and exactly one filter")
        if request.get("id"):
            rows = [row for row in self._listed() if row["status"] != "rejected"]
            return self._by_id(request, rows, self._shown, "commentNotFound")
        above = request.get("parentId")
        if not any(row["id"] == above for row in self._listed()):
            return self.wrong(404, "commentNotFound", "One or more of the specified comments cannot be found.")
        rows = [row for row in self._listed() if row["parent"] == above and row["status"] == "published"]
        return self._paged(request, rows, lambda row: self._shown(row, request))

    def _by_id(self, request: Request, rows: list[dict[str, Any]], shape: Any, missing: str) -> Reply:
        wanted = request.get("id").split(",")
        if len(wanted) > MOST_IDS:
            return self.wrong(400, "invalidFilters", "too many ids")
        known = {row["id"]: row for row in rows}
        if self.strict_ids and not known.keys() >= set(wanted):
            return self.wrong(404, missing, "One or more of them cannot be found.")
        return Reply(200, {"items": [shape(known[key], request, "") for key in wanted if key in known]})

    def _paged(self, request: Request, rows: list[dict[str, Any]], shape: Any) -> Reply:
        most = request.get("maxResults", "20")
        if not most.isdigit() or not 1 <= int(most) <= 100:
            return self.wrong(400, "invalidParameter", "Acceptable values are 1 to 100")
        after = request.get("pageToken")
        keys = [row["id"] for row in rows]
        if after and after not in keys:
            return self.wrong(400, "invalidPageToken", "The request specifies an invalid page token.")
        start = keys.index(after) + 1 if after else 0
        page = rows[start : start + int(most)]
        more = {"nextPageToken": page[-1]["id"]} if len(rows) > start + int(most) else {}
        told = {"items": [shape(row) for row in page], "pageInfo": {"resultsPerPage": len(page)}, **more}
        return Reply(200, told)

    def _thread(self, row: dict[str, Any], request: Request, status: str) -> dict[str, Any]:
        below = [one for one in self._listed() if one["parent"] == row["id"]]
        out = [one for one in below if one["status"] == "published"]
        shown = [one for one in below if one["status"] == (status or "published")]
        found: dict[str, Any] = {
            "kind": "youtube#commentThread",
            "id": row["id"],
            "snippet": {
                "channelId": CHANNEL_ID,
                "videoId": row["video"],
                "topLevelComment": self._shown(row, request, status or ""),
                "canReply": not row.get("closed"),
                "totalReplyCount": len(out),
                "isPublic": row["status"] == "published",
            },
        }
        if shown and "replies" in request.get("part"):
            newest = sorted(shown, key=lambda one: one["at"])[-EMBEDDED:]
            found["replies"] = {"comments": [self._shown(one, request, status) for one in newest]}
        return found

    def _shown(self, row: dict[str, Any], request: Request, status: str = "list") -> dict[str, Any]:
        plain = request.get("textFormat", "html") == "plainText"
        snippet: dict[str, Any] = {
            "channelId": CHANNEL_ID,
            "videoId": row["video"],
            "textDisplay": row["text"] if plain else html.escape(row["text"]).replace("\n", "<br>"),
            "authorDisplayName": row["name"],
            "authorChannelId": {"value": row["who"]},
            "canRate": True,
            "viewerRating": "none",
            "likeCount": 0,
            "publishedAt": _stamp(row["at"]),
            "updatedAt": _stamp(row["updated"]),
        }
        if row["who"] == CHANNEL_ID:  # only to who wrote it
            snippet["textOriginal"] = row["text"]
        if row["parent"]:
            snippet["parentId"] = row["parent"]
        if status:  # not when asked for by id
            snippet["moderationStatus"] = row["status"]
        return {"kind": "youtube#comment", "id": row["id"], "snippet": snippet}

    def off(self) -> Reply:
        """Nobody may comment below that film."""
        words = "The video identified by the videoId parameter has disabled comments."
        return self.error(403, "commentsDisabled", words, domain="youtube.commentThread")

    def _reply(self, request: Request) -> Reply:
        snippet = request.json().get("snippet") or {}
        above, text = str(snippet.get("parentId") or ""), str(snippet.get("textOriginal") or "")
        if request.get("part") != "snippet" or not above:
            return self.wrong(400, "parentIdMissing", "The comment must be linked to a parent comment.")
        if not text.strip():
            return self.wrong(400, "commentTextRequired", "Comments cannot be empty.")
        if len(text) > LONGEST:
            return self.wrong(400, "commentTextTooLong", "The comment contains too many characters.")
        row = next((one for one in self.said if one["id"] == above), None)
        if row is None:
            return self.wrong(404, "parentCommentNotFound", "The specified parent comment could not be found.")
        if row["status"] != "published":
            return self.wrong(400, "parentCommentIsPrivate", "The specified parent comment is private.")
        if row["parent"] or row.get("closed"):
            return self.wrong(400, "operationNotSupported", "The API user is not able to insert a reply here.")
        if any(one["id"] == row["video"] and one.get("comments_off") for one in self.state["videos"]):
            return self.off()
        key = self.say(row["video"], text, who=CHANNEL_ID, name=CHANNEL_NAME, parent=above)
        return Reply(200, self._shown(self._one(key), request, ""))

    def _moderate(self, request: Request) -> Reply:
        status, keys = request.query.get("moderationStatus", ""), request.query.get("id", "").split(",")
        if status not in ("published", "heldForReview", "rejected"):
            return self.wrong(400, "invalidParameter", f"Invalid value '{status}'")
        rows = [row for row in self.said if row["id"] in keys]
        if len(rows) != len(keys):
            return self.wrong(404, "commentNotFound", "One or more of the specified comments cannot be found.")
        for row in rows:
            row["status"] = status
        self.save()
        return Reply(204, "")

    def _delete(self, request: Request) -> Reply:
        row = next((one for one in self.said if one["id"] == request.query.get("id")), None)
        if row is None:
            return self.wrong(404, "commentNotFound", "The specified comment cannot be found.")
        if row["who"] != CHANNEL_ID:
            return self.wrong(403, "forbidden", "The comment cannot be deleted due to insufficient permissions.")
        self.take_back(row["id"])
        return Reply(204, "")

    # — the page one can look at —————————————————————————————————————————————————
    def below(self, video: str) -> str:
        """The comments under a film as a visitor sees them, those kept back marked, and a box to write one."""
        notes = {
            "heldForReview": "giữ lại chờ kênh xem, người khác không thấy",
            "likelySpam": "YouTube xếp vào thư rác",
            "rejected": "kênh đã gỡ, người khác không thấy",
        }
        rows = sorted((row for row in self.said if row["video"] == video), key=lambda row: row["at"])
        tops = [row["id"] for row in rows if not row["parent"]]
        ordered = [row for top in tops for row in rows if top in (row["id"], row["parent"])]
        shown = [(bool(row["parent"]), row["name"], notes.get(row["status"], ""), row["text"]) for row in ordered]
        return comments_below(video, shown)

    def visit(self, request: Request) -> Reply | None:
        """What a visitor sends from that page; None for everything else."""
        if request.path != "/_sim/binh-luan" or request.method != "POST":
            return None
        video, text = request.get("post"), request.get("text").strip()[:2000]
        if text and any(one["id"] == video for one in self.state["videos"]):
            name = request.get("name").strip()[:60]
            who = f"UCkhach{hashlib.sha256(name.encode()).hexdigest()[:12]}" if name else ""
            self.say(video, text, who=who, name=name)
        return Reply(303, b"", {"Location": f"/#{video}"})


def _stamp(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
