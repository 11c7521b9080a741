"""A stand-in for Zalo's OA API: single-use refresh tokens, articles worked on for a while, 200 for every error."""

from __future__ import annotations

import secrets
from typing import Any

from loa.channels.facebook.sim_insights import grown
from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request
from loa.channels.zalo.sim_broadcast import Broadcasts
from loa.channels.zalo.sim_chat import Chat
from loa.channels.zalo.sim_login import Consent
from loa.channels.zalo.sim_templates import Templates

OA_ID, OA_NAME = "2815340000000000001", "Sở GD&ĐT Sông Lam"
APP_ID, APP_SECRET = "4400000000000000001", "demo-zalo-secret"
#: signs the events; shown among the webhook settings of a real OA
OA_SECRET = "demo-oa-secret"  # noqa: S105 - of the simulator
ACCESS, REFRESH = "demo-zalo-access", "demo-zalo-refresh"
#: what getoa says of the package
PACKAGE = {
    "num_follower": 12480, "package_name": "Nâng cao", "package_valid_through_date": "31/12/2027",
    "linked_ZCA": "9900000000000000001",
}  # fmt: skip
#: ended on 2026-03-01; how Zalo words the refusal is not known
DEAD = frozenset({"/v3.0/oa/message/transaction", "/v3.0/oa/message/promotion"})
#: why an OA may make no article; -223 has two meanings, told apart by its words
NO_ARTICLES = {
    "tier": (-224, "OA tier is not allowed to use this API"),
    "quota": (-223, "Your OA has reach the limit quota create article"),
    "permission": (-223, "Your OA has not authorized this API"),
}
#: access tokens live so long (25 hours), refresh tokens three months
LIVES = 90_000


class ZaloSim(Chat, Consent, Broadcasts, Templates):
    """OAs with their articles. `works_for`: seconds an article is worked on; a job marked "spoilt" fails then."""

    app_id, app_secret, oa_secret, oa_id = APP_ID, APP_SECRET, OA_SECRET, OA_ID
    works_for = 3.0
    #: why the OA may make no article: one of `NO_ARTICLES`
    no_articles: tuple[int, str] | None = None
    #: calls of the app in any sixty seconds
    limit = 4000

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.minute: list[float] = []

    def fresh(self) -> dict[str, Any]:
        token = {"oa": OA_ID, "access": ACCESS, "refresh": REFRESH, "dies": self.clock() + LIVES}
        return {
            "oas": {OA_ID: {"name": OA_NAME}},
            "tokens": [token],
            "used": [],
            "articles": [],
            "people": {},
            "lines": [],
            "files": {},
            "jobs": {},
            "refreshes": 0,
            "next": 1,
        }

    def error(self, code: int, message: str) -> Reply:
        """An error, under HTTP 200 like all of them."""
        return Reply(200, {"error": code, "message": message})

    def good(self, data: Any = None) -> Reply:
        """Success."""
        body: dict[str, Any] = {"error": 0, "message": "Success"}
        if data is not None:
            body["data"] = data
        return Reply(200, body)

    def rate_reply(self) -> Reply:
        headers = {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remain": "0"}
        return Reply(200, {"error": -32, "message": "Your application reached limit call api"}, headers)

    def _counted(self, request: Request) -> Reply:
        """A call of the API, counted with those of the last minute; those over the limit do nothing."""
        now = self.clock()
        self.minute = [at for at in self.minute if now - 60 < at <= now]
        if len(self.minute) >= self.limit:
            return self.rate_reply()
        self.minute.append(now)
        reply = self._api(request)
        left = str(self.limit - len(self.minute))
        reply.headers |= {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remain": left}
        return reply

    def error_reply(self) -> Reply:
        return Reply(503, b"<html><body>Service Unavailable</body></html>", kind="text/html")

    def refusal_reply(self) -> Reply:
        return self.error(-201, "Params is invalid")

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        if request.path == "/v4/oa/access_token":
            return self._token(request)
        if request.path == "/v4/oa/permission":
            return self.permission(request)
        return self.visit(request) or self._counted(request)

    def _api(self, request: Request) -> Reply:
        token = request.headers.get("access_token", "")
        found = next((row for row in self.state["tokens"] if row["access"] == token), None)
        business = request.path.startswith(("/template/", "/message/"))
        if business and (found is None or found["dies"] <= self.clock()):
            return self.error(-124, "Access token invalid")
        if found is None:
            if token in self.state["used"]:
                return self.error(-220, "access_token is expired or removed")
            return self.error(-216, "Access token is invalid")
        if found["dies"] <= self.clock():
            return self.error(-220, "access_token is expired or removed")
        templated = self.zbs_api(request)
        if templated is not None:
            return templated
        if self.is_broadcast(request):
            return self.broadcast(request, found["oa"])
        if request.path in DEAD:
            return self.error(-233, "This message type is no longer supported")
        talked = self.chat_api(request, found["oa"])
        if talked is not None:
            return talked
        verb = {
            "/v2.0/article/create": self._create,
            "/v2.0/article/update": self._create,
            "/v2.0/article/verify": self._verify,
            "/v2.0/article/getslice": self._slice,
            "/v2.0/article/getdetail": self._article,
            "/v2.0/article/remove": self._remove,
            "/v2.0/oa/getoa": self._oa,
        }.get(request.path)
        if verb is None:
            return self.error(-201, "Params is invalid")
        return verb(request, found["oa"])

    def _token(self, request: Request) -> Reply:
        """Renewing: the old pair dies with the new one's birth."""
        found = next((row for row in self.state["tokens"] if row["refresh"] == request.get("refresh_token")), None)
        if request.get("app_id") != APP_ID or request.headers.get("secret_key") != APP_SECRET:
            return Reply(200, {"error": -14002, "error_name": "Invalid appId."})
        if request.get("grant_type") == "authorization_code":
            oa = self.exchanged(request)
            if oa is None:
                return Reply(200, {"error": -14004, "error_name": "Invalid code."})
            self.state["used"] += [row["access"] for row in self.state["tokens"] if row["oa"] == oa]
            self.state["tokens"] = [row for row in self.state["tokens"] if row["oa"] != oa]
            found = {"oa": oa, "access": "", "refresh": ""}
            self.state["tokens"].append(found)
            return self._pair(found)
        if found is None or request.get("grant_type") != "refresh_token":
            return Reply(200, {"error": -14014, "error_name": "Invalid refresh token."})
        self.state["used"] += [found["access"], found["refresh"]]
        self.state["refreshes"] += 1
        return self._pair(found)

    def _pair(self, found: dict[str, Any]) -> Reply:
        """A new pair of tokens."""
        found["access"], found["refresh"] = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        found["dies"] = self.clock() + LIVES
        self.save()
        # The lifetime is a text there.
        return Reply(
            200, {"access_token": found["access"], "refresh_token": found["refresh"], "expires_in": str(LIVES)}
        )

    def _create(self, request: Request, oa: str) -> Reply:
        if self.no_articles is not None:
            return self.error(*self.no_articles)
        body = request.json()
        if not body.get("title") or len(body["title"]) > 150:
            return self.error(-201, "title is invalid!")
        if len(body.get("description") or "") > 300:
            return self.error(-201, "description is invalid!")
        cover = body.get("cover") or {}
        if not str(cover.get("photo_url") or "").startswith(("http://", "https://")):
            return self.error(-201, "cover is invalid!")
        token = secrets.token_urlsafe(18)
        self.state["next"] += 1
        key = str(body.get("id") or f"{self.state['next']:020x}")
        now = self.clock()
        job = {"id": key, "ready": now + self.works_for}
        if body.get("id"):
            old = next((row for row in self.state["articles"] if row["id"] == key), None)
            if old is None:
                return self.error(-201, "id is invalid!")
            old.setdefault("coming", []).append({"body": body, "ready": job["ready"]})
        else:
            self.state["articles"].append({"id": key, "oa": oa, "body": body, "created": now, "job": token})
        self.state["jobs"][token] = job
        self.save()
        return self.good({"token": token})

    def _verify(self, request: Request, oa: str) -> Reply:
        job = self.state["jobs"].get(str(request.json().get("token")))
        if job is None:
            return self.error(-201, "token is invalid!")
        if job["ready"] > self.clock():
            return self.error(-214, "Article is being processed")
        if job.get("spoilt"):
            return self.error(-200, "Process failed")
        for row in self.state["articles"]:
            if row["id"] == job["id"] and row.get("coming"):
                self._done(row)
        return self.good({"id": job["id"]})

    def _done(self, row: dict[str, Any]) -> bool:
        """Whether an article is there for others: worked on long enough, and not given up. Updates that are ripe
        are in it from here on."""
        while row.get("coming") and row["coming"][0]["ready"] <= self.clock():
            row["body"] = {**row["body"], **row["coming"].pop(0)["body"]}
        job = self.state["jobs"].get(row.get("job"), {})
        return bool(job.get("ready", 0) <= self.clock() and not job.get("spoilt"))

    def _slice(self, request: Request, oa: str) -> Reply:
        start, limit = int(request.get("offset") or 0), min(int(request.get("limit") or 10), 10)
        # What is still worked on is not listed; "unlisted": nor is that.
        mine = [
            row
            for row in reversed(self.state["articles"])
            if row["oa"] == oa and not row.get("unlisted") and self._done(row)
        ]
        host = request.headers.get("host", "localhost")
        rows = [
            {
                "id": row["id"],
                "type": "normal",
                "title": row["body"]["title"],
                "status": row["body"].get("status", "hide"),
                "total_view": str(grown(row["id"] + "v", (self.clock() - row["created"]) / 3600, 2600)),
                "total_share": str(grown(row["id"] + "s", (self.clock() - row["created"]) / 3600, 60)),
                "create_date": int(row["created"] * 1000),
                "update_date": int(row["created"] * 1000),
                "thumb": "",
                "link_view": f"http://{host}/#{row['id']}",
            }
            for row in mine[start : start + limit]
        ]
        return self.good({"medias": rows, "total": len(mine)})

    def _article(self, request: Request, oa: str) -> Reply:
        found = next((row for row in self.state["articles"] if row["id"] == request.get("id")), None)
        if found is None or found["oa"] != oa or not self._done(found):
            return self.error(-201, "id is invalid!")
        return self.good({"id": found["id"], **found["body"]})

    def _remove(self, request: Request, oa: str) -> Reply:
        key = str(request.json().get("id"))
        before = len(self.state["articles"])
        self.state["articles"] = [row for row in self.state["articles"] if row["id"] != key]
        self.save()
        return self.good() if len(self.state["articles"]) < before else self.error(-201, "id is invalid!")

    def _oa(self, request: Request, oa: str) -> Reply:
        name = self.state["oas"][oa]["name"]
        return self.good(
            {
                "oaid": oa,
                "name": name,
                "oa_type": 4,
                "is_verified": self.verified,
                "num_follower": 12480,
                **PACKAGE,
            }
        )

    def feed(self) -> str:
        """The OA's page; articles that are hidden are not there, like at Zalo."""
        articles = []
        for row in reversed(self.state["articles"][-100:]):
            done, body = self._done(row), row["body"]
            if not done or body.get("status", "hide") != "show":
                continue
            articles.append(
                article(
                    anchor=row["id"],
                    who=self.state["oas"][row["oa"]]["name"],
                    at=row["created"],
                    title=body["title"],
                    text=body.get("description") or "",
                    pictures=[(body["cover"]["photo_url"], "Ảnh bìa của bài")],
                )
            )
        return page(
            brand="Zalo OA",
            colour="#0057c2",
            name=OA_NAME,
            about="Cơ quan nhà nước · đã xác thực",
            articles=[*self.broadcast_cards(), *articles],
            more='<p><a class="link" href="/_sim/chat">Trò chuyện với OA như một người dân</a></p>',
        )
