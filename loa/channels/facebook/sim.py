"""A stand-in for the Graph API of Facebook Pages: tokens, usage headers, error bodies, pages one can look at.

Its choices where the real answer is unknown are those of the table in its README.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
from typing import Any

from loa.channels.facebook.sim_comments import Comments
from loa.channels.facebook.sim_films import Films
from loa.channels.facebook.sim_insights import Insights
from loa.channels.facebook.sim_live import Lives
from loa.channels.facebook.sim_login import Logins
from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request

#: the demo's page
PAGE_ID, PAGE_TOKEN, PAGE_NAME = "100200300400500", "demo-page-token", "Sở GD&ĐT Sông Lam"
APP_SECRET = "demo-app-secret"  # noqa: S105 - of the simulator


class FacebookSim(Comments, Logins, Insights, Films, Lives):
    """Pages, unpublished photos, posts. `usage`: percent in the usage headers."""

    app_secret = APP_SECRET
    usage = 5
    #: the app's switch "Require App Secret"
    wants_proof = False
    followers = 8_640
    #: minutes in the usage header
    regain = 0
    #: a post is seen in /posts only so many seconds after it was made
    hidden_for = 0.0
    #: words posted a second time within ten minutes are refused (at Facebook sometimes, never surely)
    refuses_twins = False

    def fresh(self) -> dict[str, Any]:
        return {
            "pages": {PAGE_ID: {"name": PAGE_NAME, "token": PAGE_TOKEN}},
            "posts": [],
            "photos": {},
            "comments": [],
            "messages": [],
            "dead": {},
            "next": 1,
        }

    def error(self, status: int, code: int, message: str, *, sub: int = 0, **more: Any) -> Reply:
        """An error of the Graph API."""
        body = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": secrets.token_hex(6)}
        if sub:
            body["error_subcode"] = sub
        return Reply(status, {"error": {**body, **more}})

    def rate_reply(self) -> Reply:
        return self.error(400, 32, "(#32) Page request limit reached")

    def error_reply(self) -> Reply:
        return self.error(500, 2, "An unexpected error has occurred. Please retry your request later.")

    def refusal_reply(self) -> Reply:
        return self.error(400, 368, "The action attempted has been deemed abusive or is otherwise disallowed")

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        if request.path.startswith("/anh/"):
            return self.stored(request.path.removeprefix("/anh/"))
        visit = self.visit(request)
        if visit is not None:
            return visit
        if request.path.startswith("/video-upload/"):
            return self.pour(request, request.path.removeprefix("/video-upload/"))
        path = re.sub(r"^/v\d+\.\d+", "", request.path).strip("/")
        reply = self.login_api(request, path.split("/")) or self._api(request, path.split("/"))
        budget = {"type": "pages", "call_count": self.usage, "total_cputime": 1, "total_time": 1}
        budget["estimated_time_to_regain_access"] = self.regain
        reply.headers["X-Business-Use-Case-Usage"] = json.dumps({PAGE_ID: [budget]})
        reply.headers["X-App-Usage"] = '{"call_count":1,"total_time":1,"total_cputime":1}'
        return reply

    def _page_of(self, request: Request) -> tuple[str, Reply | None]:
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip() or request.get(
            "access_token"
        )
        if not token:
            return "", self.error(400, 104, "An access token is required to request this resource.")
        if token in self.state["dead"]:
            return "", self.error(400, 190, "Error validating access token", sub=self.state["dead"][token])
        proof = request.get("appsecret_proof")
        if self.wants_proof and not proof:
            return "", self.error(400, 100, "API calls from the server require an appsecret_proof argument")
        if proof and proof != hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest():
            return "", self.error(400, 100, "Invalid appsecret_proof provided in the API argument")
        for key, row in self.state["pages"].items():
            if row["token"] == token:
                return key, None
        return "", self.error(400, 190, "Invalid OAuth access token.")

    def _api(self, request: Request, path: list[str]) -> Reply:
        mine, wrong = self._page_of(request)
        if wrong is not None:
            return wrong
        if path == ["me"] or path == [mine]:
            more = {"followers_count": self.followers} if "followers_count" in request.get("fields") else {}
            return Reply(200, {"id": mine, "name": self.state["pages"][mine]["name"], **more})
        if path[0] in self.state["pages"] and path[0] != mine:
            return self.error(403, 200, "(#200) Permissions error")
        talked = self.comments_api(request, mine, path)
        if talked is not None:
            return talked
        live = self.live_api(request, mine, path)
        if live is not None:
            return live
        film = self.films_api(request, mine, path)
        if film is not None:
            return film
        if path == [mine, "photos"] and request.method == "POST":
            return self._photo(request, mine)
        if path == [mine, "feed"] and request.method == "POST":
            return self._feed(request, mine)
        if len(path) == 2 and path[1] in ("posts", "feed", "scheduled_posts") and request.method == "GET":
            return self._list(request, mine, path[1])
        if len(path) == 2 and path[1] == "insights" and request.method == "GET":
            found = next((post for post in self.state["posts"] if post["id"] == path[0]), None)
            if found is None or not path[0].startswith(f"{mine}_"):
                return self.error(400, 100, f"Object with ID '{path[0]}' does not exist", sub=33)
            return self.insights(request, found)
        if len(path) == 1:
            return self._post(request, mine, path[0])
        return self.error(400, 100, f"(#100) Unknown path components: /{'/'.join(path[1:])}")

    def _number(self) -> int:
        self.state["next"] += 1
        return int(self.state["next"])

    def _photo(self, request: Request, mine: str) -> Reply:
        raw = request.files.get("source", b"")
        if not raw.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8")) or len(raw) > 4_000_000:
            return self.error(400, 324, "(#324) Missing or invalid image file", sub=1366046)
        key = str(700_000_000 + self._number())
        self.store(f"{key}.jpg", raw)
        self.state["photos"][key] = {"alt": request.get("alt_text_custom"), "page": mine}
        self.save()
        if request.get("published", "true") == "false":
            return Reply(200, {"id": key})
        post = self._add(mine, request.get("message") or request.get("caption"), "", [key])
        return Reply(200, {"id": key, "post_id": post["id"]})

    def _feed(self, request: Request, mine: str) -> Reply:
        message, link = request.get("message"), request.get("link")
        media = []
        for name in sorted(name for name in request.form if name.startswith("attached_media[")):
            try:
                media.append(str(json.loads(request.form[name])["media_fbid"]))
            except (ValueError, KeyError, TypeError):
                return self.error(400, 100, "(#100) Param attached_media must be an array.")
        if any(key not in self.state["photos"] for key in media):
            return self.error(400, 100, "(#100) Invalid media_fbid", sub=33)
        if not message and not link and not media:
            return self.error(400, 100, "(#100) Message or link is required")
        if len(message) > 63_206:
            return self.error(400, 100, "(#100) Message is too long")
        if link and not link.startswith(("http://", "https://")):
            return self.error(400, 100, "(#100) link URL is not properly formatted", sub=2061006)
        text, recent = re.sub(r"[ \t]+", " ", message), self.clock() - 600
        if self.refuses_twins and any(
            post["message"] == text and post["created"] > recent for post in self.state["posts"]
        ):
            return self.error(400, 506, "(#506) Duplicate status message")
        at = 0.0
        if request.get("published") == "false" and request.get("scheduled_publish_time"):
            at = float(request.get("scheduled_publish_time"))
            if not self.clock() + 600 <= at < self.clock() + 30 * 86_400:
                return self.error(400, 100, "(#100) The specified scheduled publish time is invalid")
        post = self._add(mine, message, link, media, scheduled=at)
        fields = request.get("fields").split(",")
        body = {"id": post["id"]}
        if "permalink_url" in fields:
            body["permalink_url"] = self._permalink(request, post)
        return Reply(200, body)

    def _add(self, mine: str, message: str, link: str, media: list[str], **more: Any) -> dict[str, Any]:
        # White space comes back otherwise than it was sent.
        text = re.sub(r"[ \t]+", " ", message)
        post = {
            "id": f"{mine}_{800_000_000 + self._number()}",
            "message": text,
            "link": link,
            "media": media,
            # A scheduled post has its hour as its time from the beginning.
            "created": more.get("scheduled") or self.clock(),
            **{name: value for name, value in more.items() if value},
        }
        self.state["posts"].append(post)
        self.save()
        return post

    def _permalink(self, request: Request, post: dict[str, Any]) -> str:
        return f"http://{request.headers.get('host', 'localhost')}/#{post['id']}"

    def _shape(self, request: Request, post: dict[str, Any]) -> dict[str, Any]:
        created = dt.datetime.fromtimestamp(post["created"], dt.UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {
            "id": post["id"],
            "message": post["message"],
            "created_time": created,
            "permalink_url": self._permalink(request, post),
        }

    def _list(self, request: Request, mine: str, which: str) -> Reply:
        if which == "scheduled_posts":
            waiting = [post for post in self.state["posts"] if post.get("scheduled", 0) > self.clock()]
            shapes = [{**self._shape(request, post), "is_published": False} for post in waiting]
            return Reply(200, {"data": [one for one in shapes if one["id"].startswith(f"{mine}_")]})
        since, limit = float(request.get("since") or 0), min(int(request.get("limit") or 25), 100)
        start = int(request.get("after") or 0)
        now = self.clock()
        rows = [
            post
            for post in reversed(self.state["posts"])
            if post["id"].startswith(f"{mine}_")
            and post["created"] >= since
            and post["created"] <= now - self.hidden_for
        ]
        shown = rows[start : start + limit]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + limit)}}
        if len(rows) > start + limit:
            paging["next"] = f"http://{request.headers.get('host')}{request.path}?after={start + limit}"
        return Reply(200, {"data": [self._shape(request, post) for post in shown], "paging": paging})

    def _post(self, request: Request, mine: str, key: str) -> Reply:
        found = next((post for post in self.state["posts"] if post["id"] == key), None)
        if found is None and request.method == "DELETE" and key in self.state["photos"]:
            del self.state["photos"][key]
            for post in self.state["posts"]:
                post["media"] = [media for media in post["media"] if media != key]
            self.save()
            return Reply(200, {"success": True})
        if found is None or not key.startswith(f"{mine}_"):
            return self.error(400, 100, f"Unsupported request. Object with ID '{key}' does not exist", sub=33)
        if request.method == "DELETE":
            self.state["posts"].remove(found)
            self.save()
            return Reply(200, {"success": True})
        if request.method == "POST":
            found["message"] = request.get("message") or found["message"]
            self.save()
            return Reply(200, {"success": True})
        return Reply(200, {**self._shape(request, found), **self.counted(request, found)})

    def feed(self) -> str:
        """The page of the posts, newest first."""
        articles = []
        for key, row in self.live_cards():
            state = "ĐANG PHÁT TRỰC TIẾP" if row["status"] == "LIVE" else "Đã phát trực tiếp"
            articles.append(
                article(
                    anchor=f"live-{key}",
                    who=self.state["pages"][row["page"]]["name"],
                    at=row["at"],
                    title=f"{state}: {row['title']}",
                    text=row["text"],
                    pictures=[],
                )
            )
        for post in reversed(self.state["posts"][-100:]):
            if post["created"] > self.clock():
                continue  # its hour has not come
            photos = [(f"/anh/{key}.jpg", self.state["photos"][key]["alt"]) for key in post["media"]]
            who = self.state["pages"][post["id"].split("_")[0]]["name"]
            articles.append(
                article(
                    anchor=post["id"],
                    who=who,
                    at=post["created"],
                    text=post["message"],
                    link=post["link"],
                    pictures=photos,
                    below=self.below(post["id"]),
                )
            )
        return page(
            brand="Facebook",
            colour="#1658b5",
            name=PAGE_NAME,
            about="Trang chính thức · các bài Loa vừa đăng hiện ở đây",
            articles=articles,
            more='<p><a class="link" href="/_sim/chat">Nhắn tin cho trang như một người dân (Messenger)</a></p>',
        )
