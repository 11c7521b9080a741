"""A few "newspapers" on loopback, each with its own habits: good, slow, broken, hostile."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from loa.lib.http import Door
from loa.listening.fetching import AGENT_LINE


def rss(*titles: str, at: str = "Thu, 26 Nov 2026 09:12:00 +0700") -> bytes:
    """A small feed; each item has an address of its own."""
    items = "".join(
        f"<item><title>{title}</title><link>https://bao.example/{abs(hash(title))}.html</link>"
        f"<pubDate>{at}</pubDate></item>"
        for title in titles
    )
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Báo</title>'
    return f"{head}{items}</channel></rss>".encode()


def rss_of(*articles: tuple[str, str], at: str = "Thu, 26 Nov 2026 09:12:00 +0700") -> bytes:
    """A feed of (address, title)."""
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><pubDate>{at}</pubDate></item>" for url, title in articles
    )
    return f'<rss version="2.0"><channel><title>Báo</title>{items}</channel></rss>'.encode()


def sitemap_of(*pages: tuple[str, str]) -> bytes:
    """An ordinary sitemap of (address, lastmod or empty): no titles."""
    rows = "".join(f"<url><loc>{url}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>" for url, at in pages)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


def index_of(*sitemaps: str) -> bytes:
    """A sitemap that names sitemaps."""
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in sitemaps)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'.encode()


def article(title: str, *paragraphs: str, at: str = "", author: str = "") -> bytes:
    """The page of one article, with a menu and a footer that are not it."""
    said = f'<meta property="article:published_time" content="{at}">' if at else ""
    said += f'<meta name="author" content="{author}">' if author else ""
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    head = f'<meta charset="utf-8"><title>{title} - Báo</title><meta property="og:title" content="{title}">{said}'
    main = f'<nav><a href="/">Trang chủ</a></nav><article><h1>{title}</h1>{body}</article>'
    return f"<html><head>{head}</head><body>{main}<footer>Giấy phép số 1</footer></body></html>".encode()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel/></rss>'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Papers

    def log_message(self, *args: Any) -> None:
        pass

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        papers = self.server
        papers.asked.append((self.path, dict(self.headers)))
        if self.path == "/robots.txt":
            self._send(*papers.robots)
            return
        if (status := papers.troubles.get(self.path)) is not None:
            self._send(status)
            return
        if (page := papers.pages.get(self.path)) is not None:
            if papers.etag and self.headers.get("If-None-Match") == papers.etag:
                self._send(304)
                return
            self._send(200, page, Content_Type="text/html", **papers.tags())
            return
        match self.path.split("?")[0]:
            case "/treo":
                papers.released.wait(20)
                self._send(200, rss("muộn"))
            case "/lon":
                self._send(200, b"<rss>" + b" " * papers.most)
            case "/vao-trong":
                self._send(302, Location="http://127.0.0.1:1/bi-mat")
            case "/bom":
                self._send(200, BOMB)
            case "/loi":
                self._send(503, b"dang bao tri")
            case "/mat":
                self._send(404, b"khong co")
            case "/tu-choi":
                self._send(403, b"cam")
            case "/trang":
                self._send(200, b"<html><body>khong phai rss</body></html>")
            case "/cat":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n<rss>")
                self.close_connection = True
            case "/tot":
                if papers.etag and self.headers.get("If-None-Match") == papers.etag:
                    self._send(304)
                else:
                    self._send(200, papers.feed, Content_Type="application/rss+xml", **papers.tags())
            case _:
                self._send(200, papers.feed, Content_Type="application/rss+xml")


class Papers(ThreadingHTTPServer):
    """`with Papers() as papers`. `feed` and `robots` are what it says now, `asked` what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.feed = rss("Khai giảng ở vùng cao")
        #: address → a page of HTML
        self.pages: dict[str, bytes] = {}
        #: address → a status without anything
        self.troubles: dict[str, int] = {}
        self.robots: tuple[int, bytes] = (404, b"")
        self.etag = ""
        self.most = 9_000_000
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()

    def tags(self) -> dict[str, str]:
        return {"ETag": self.etag} if self.etag else {}

    def __enter__(self) -> Papers:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_args: object) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()
        time.sleep(0)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def door(self) -> Door:
        """A door that may enter this server, and nothing else inside."""
        return Door(agent=AGENT_LINE, inside={("127.0.0.1", self.server_port)})

    def paths(self) -> list[str]:
        return [path for path, _headers in self.asked]
