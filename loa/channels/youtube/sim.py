"""A stand-in for the YouTube Data API: tokens, quota, films, comments, a page one can look at. No Django."""

from __future__ import annotations

from loa.channels.sim.page import article, page
from loa.channels.sim.server import Reply, Request
from loa.channels.youtube.sim_api import CHANNEL_ID, CHANNEL_NAME, CLIENT_ID, CLIENT_SECRET, REFRESH
from loa.channels.youtube.sim_comments import Comments
from loa.channels.youtube.sim_films import Films
from loa.channels.youtube.sim_lists import Lists

__all__ = ["CHANNEL_ID", "CHANNEL_NAME", "CLIENT_ID", "CLIENT_SECRET", "REFRESH", "YouTubeSim"]


class YouTubeSim(Films, Comments, Lists):
    """One channel that is ours, read and written with a token; others, read with a key."""

    def handle(self, request: Request) -> Reply:
        if request.path == "/":
            return Reply(200, self.feed(), kind="text/html; charset=utf-8")
        if request.path == "/watch":
            return self.watch(request)
        visited = self.visit(request)
        if visited is not None:
            return visited
        if request.path == "/o/oauth2/v2/auth":
            return self.dialog(
                request,
                brand="Google",
                colour="#b31217",
                client=request.get("client_id") == CLIENT_ID,
                scopes=request.get("scope").split(),
            )
        if request.path == "/token":
            return self.tokens(request)
        if request.path.startswith("/phien/"):
            return self.turned_away(request) or self.piece(request, request.path.removeprefix("/phien/"))
        listed = self.lists_api(request)
        if listed is not None:
            return listed
        refused = self.turned_away(request) or self.spent(request)
        if refused is not None:
            return refused
        for part in (self.films_api, self.comments_api):
            reply = part(request)
            if reply is not None:
                return reply
        return self.error(404, "notFound", "Not Found")

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
                below=self.below(video["id"]),
            )
            for video in reversed(self.state["videos"][-100:])
        ]
        return page(
            brand="YouTube",
            colour="#b31217",
            name=CHANNEL_NAME,
            about="Kênh chính thức · các phim Loa vừa đăng hiện ở đây; bạn có thể bình luận như một người xem",
            articles=articles,
        )
