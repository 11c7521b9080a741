"""Other people's channels at the YouTube stand-in, as a key of the Data API reads them. No Django.

channels.list by id, handle or user name, playlistItems.list of a channel's uploads, videos.list; after the
discovery document of youtube.v3 and developers.google.com/youtube/v3/docs: one unit a call, pages of at most 50,
an ETag for every answer. What nobody has is an empty answer for channels and films, and 404 for a list; so is the
list of a channel that has no films yet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request
from loa.channels.youtube.sim_api import Google

API_KEY = "demo-google-key"
DAY = 24 * 3600.0
#: a channel of the demo's province
TELEVISION = "UCtruyenhinhsonglam0demo"
#: (days ago, title, description)
_FILMS = (
    (0.2, "Thời sự tối: học sinh toàn tỉnh nghỉ học ngày mai để phòng, chống bão",
     "Sở Giáo dục và Đào tạo cho học sinh nghỉ học. Các trường báo phụ huynh qua sổ liên lạc."),
    (1.1, "Phụ huynh băn khoăn về các khoản thu đầu năm học",
     "Phóng sự ghi ý kiến của phụ huynh. Nhà trường nói các khoản thu là tự nguyện."),
    (2.3, "Lớp học trên đỉnh núi: thầy cô đón học sinh trở lại sau lũ",
     "Điểm trường vùng cao khắc phục thiệt hại, bảo đảm việc học không gián đoạn."),
    (3.0, "Gương sáng: cô giáo mầm non 20 năm bám bản", "Chuyên mục Gương sáng quanh ta."),
    (4.6, "Trực tiếp: Hội thi giáo viên dạy giỏi cấp tỉnh", "Hội thi có 120 giáo viên tham gia."),
    (6.2, "Bếp ăn bán trú: kiểm tra đột xuất sau phản ánh của phụ huynh",
     "Đoàn kiểm tra liên ngành làm việc với ba trường tiểu học."),
    (8.4, "Giá vàng hôm nay tăng mạnh", "Bản tin kinh tế."),
    (10.0, "Học sinh Sông Lam đoạt giải Nhất cuộc thi khoa học kỹ thuật", "Đề tài lọc nước cho trường vùng lũ."),
    (13.5, "Cổng trường giờ tan học: bao giờ hết tắc?", "Ghi nhận tại các trường ở trung tâm."),
    (21.0, "Ngày hội đọc sách của học sinh tiểu học", "Hàng nghìn cuốn sách được trao cho thư viện trường."),
    (60.0, "Lễ khai giảng năm học mới", "Tường thuật trực tiếp."),
)  # fmt: skip


def film(key: str, title: str, at: float, text: str = "", privacy: str = "public") -> dict[str, Any]:
    """A film as the state keeps it; `at`: seconds since 1970."""
    return {"id": key, "title": title, "text": text, "at": at, "privacy": privacy}


def channel(key: str, title: str, *, handle: str = "", user: str = "", films: Any = ()) -> dict[str, Any]:
    """A channel as the state keeps it."""
    return {"id": key, "title": title, "handle": handle, "user": user, "films": list(films)}


def _moment(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Lists(Google):
    """State "others": channels of other people."""

    def others(self) -> list[dict[str, Any]]:
        """The channels; a state kept by an earlier version gets those of the demo."""
        if "others" not in self.state:
            now = self.clock()
            films = [
                film(
                    f"demofilm{number:03d}",
                    title,
                    now - days * DAY,
                    f"{text}\n\n#SongLam\nhttps://songlam.example",
                )
                for number, (days, title, text) in enumerate(_FILMS, 1)
            ]
            name = "Truyền hình Sông Lam"
            self.state["others"] = [channel(TELEVISION, name, handle="@truyenhinhsonglam", films=films)]
            self.save()
        found: list[dict[str, Any]] = self.state["others"]
        return found

    def watch(self, request: Request) -> Reply:
        """The page of a film."""
        known = [(row, one) for row in self.others() for one in row["films"] if one["id"] == request.get("v")]
        if not known or known[0][1]["privacy"] == "private":
            return Reply(404, "<h1>Video không có sẵn</h1>", kind="text/html; charset=utf-8")
        ((row, one),) = known
        shown = article(
            anchor=one["id"], who=row["title"], at=one["at"], title=one["title"], text=one["text"], link="",
            pictures=[],
        )  # fmt: skip
        body = page(brand="YouTube", colour="#b31217", name=row["title"], about=row["handle"], articles=[shown])
        return Reply(200, body, kind="text/html; charset=utf-8")

    def lists_api(self, request: Request) -> Reply | None:
        """Answers calls with a key; None for those with a token."""
        key = request.headers.get("x-goog-api-key") or request.query.get("key", "")
        if not key or "authorization" in request.headers:
            return None
        if key != API_KEY:
            return self._bad_key()
        refused = self.spent(request)
        if refused is not None:
            return refused
        name = request.path.removeprefix("/youtube/v3/")
        answer = {"channels": self._channels, "playlistItems": self._items, "videos": self._films}.get(name)
        if answer is None or request.method != "GET":
            return self.error(404, "notFound", "Not Found", domain="global")
        if not request.get("part"):
            return self.error(400, "missingRequiredParameter", "No filter selected.", domain="youtube.parameter")
        found = answer(request)
        return found if isinstance(found, Reply) else self._tagged(request, found)

    def _bad_key(self) -> Reply:
        words = "API key not valid. Please pass a valid API key."
        reply = self.error(400, "badRequest", words, domain="global")
        reply.body["error"] |= {
            "status": "INVALID_ARGUMENT",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
                 "domain": "googleapis.com", "metadata": {"service": "youtube.googleapis.com"}},
            ],
        }  # fmt: skip
        return reply

    def _tagged(self, request: Request, body: dict[str, Any]) -> Reply:
        tag = hashlib.sha1(json.dumps(body, sort_keys=True).encode(), usedforsecurity=False).hexdigest()[:27]
        headers = {"ETag": f'"{tag}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Reply(304, "", headers=headers)
        return Reply(200, {**body, "etag": tag}, headers=headers)

    def _channels(self, request: Request) -> dict[str, Any] | Reply:
        asked = {name: request.get(name) for name in ("id", "forHandle", "forUsername") if request.get(name)}
        if len(asked) != 1:
            return self.error(400, "missingRequiredParameter", "No filter selected.", domain="youtube.parameter")
        ((name, value),) = asked.items()
        value = value if name == "id" else value.removeprefix("@").lower()
        known = {"id": "id", "forHandle": "handle", "forUsername": "user"}[name]
        rows = [
            row
            for row in self.others()
            if row[known] and (row["id"] if name == "id" else row[known].removeprefix("@").lower()) == value
        ]
        body: dict[str, Any] = {"kind": "youtube#channelListResponse", "pageInfo": {"totalResults": len(rows)}}
        if rows:  # left out when there is none
            body["items"] = [
                {
                    "kind": "youtube#channel",
                    "id": row["id"],
                    "snippet": {"title": row["title"], "customUrl": row["handle"]},
                    "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + row["id"][2:]}},
                }
                for row in rows
            ]
        return body

    def _items(self, request: Request) -> dict[str, Any] | Reply:
        size = int(request.get("maxResults") or 5)
        if not 0 <= size <= 50:
            return self.error(400, "invalidValue", "Invalid value for maxResults.", domain="youtube.parameter")
        key = "UC" + request.get("playlistId")[2:]
        films = [
            one
            for row in self.others()
            if row["id"] == key
            for one in sorted(row["films"], key=lambda film: -film["at"])
            if one["privacy"] in ("public", "privacyStatusUnspecified")
        ]
        if not films:
            words = "The playlist identified with the request's playlistId parameter cannot be found."
            return self.error(404, "playlistNotFound", words, domain="youtube.playlistItem")
        start = int(request.get("pageToken") or 0)
        body = {
            "kind": "youtube#playlistItemListResponse",
            "pageInfo": {"totalResults": len(films), "resultsPerPage": size},
            "items": [
                {
                    "kind": "youtube#playlistItem",
                    "snippet": {
                        "publishedAt": _moment(one["at"]),
                        "channelId": key,
                        "title": one["title"],
                        "description": one["text"],
                        "resourceId": {"kind": "youtube#video", "videoId": one["id"]},
                    },
                    "contentDetails": {"videoId": one["id"], "videoPublishedAt": _moment(one["at"])},
                    "status": {"privacyStatus": one["privacy"]},
                }
                for one in films[start : start + size]
            ],
        }
        return {**body, "nextPageToken": str(start + size)} if start + size < len(films) else body

    def _films(self, request: Request) -> dict[str, Any]:
        keys = request.get("id").split(",")
        return {
            "kind": "youtube#videoListResponse",
            "items": [
                {
                    "kind": "youtube#video",
                    "id": one["id"],
                    "snippet": {"channelId": row["id"], "channelTitle": row["title"], "title": one["title"]},
                }
                for row in self.others()
                for one in row["films"]
                if one["id"] in keys and one["privacy"] == "public"
            ],
        }
