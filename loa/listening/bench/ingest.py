"""A round over a hundred sources of which a tenth fails in every way known: the rest must be on time.

Each source is a server of its own on loopback. The ten: hangs; sends its headers, or its body, a byte at a time;
sends 2 GB; answers small and unpacks to 2 GB; a billion laughs; redirects into the own network, and in circles;
cuts the connection; is not there. Everything is made for the run and rolled back. The named baseline is the same
round over the ninety good ones alone.
"""

from __future__ import annotations

import gzip
import resource
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import transaction

from loa.core import clock
from loa.lib.http import Door
from loa.listening import collecting
from loa.listening.fetching import AGENT_LINE, TIMEOUT
from loa.listening.models import Fetch, Host, Item, Source
from loa.org.bench import FOUNDED
from loa.org.models import Unit

GOOD, ITEMS = 90, 20
BAD = ("hang", "drip-headers", "drip-body", "two-gigabytes", "bomb", "laughs", "inside", "circle", "cut", "gone")
#: seconds after which a good source counts as late: the shortest interval between two looks at a source
ON_TIME = 300
#: megabytes by which the process may grow
ROOM = 200

_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><rss><channel><title>&lol9;</title></channel></rss>"
).encode()


class _Undo(Exception):
    pass


class _Paper(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *args: Any) -> None:
        pass

    def _whole(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/robots.txt" and self.server.way not in ("hang", "gone"):
            self._whole(b"", 404)
            return
        try:
            self._answer()
        except OSError:  # the reader has gone: that is the point
            self.close_connection = True

    def _answer(self) -> None:
        match self.server.way:
            case "hang":
                self.server.over.wait(120)
            case "drip-headers":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self._drip()
            case "drip-body":
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                self._drip()
            case "two-gigabytes":
                self.send_response(200)
                self.send_header("Content-Length", str(2_000_000_000))
                self.end_headers()
                for _piece in range(2000):
                    self.wfile.write(b" " * 1_000_000)
            case "bomb":
                self._whole(self.server.bomb, Content_Encoding="gzip")
            case "laughs":
                self._whole(_LAUGHS, Content_Type="application/rss+xml")
            case "inside":
                self._whole(b"", 302, Location="http://127.0.0.1:1/bi-mat")
            case "circle":
                self._whole(b"", 302, Location=self.path)
            case "cut":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n<rss>")
                self.close_connection = True
            case _:
                self._whole(self.server.feed, Content_Type="application/rss+xml")

    def _drip(self) -> None:
        while not self.server.over.wait(0.5):
            self.wfile.write(b".")
            self.wfile.flush()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    #: 2 GB of nothing, 2 MB packed
    bomb = b""

    def __init__(self, number: int, way: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Paper)
        self.way, self.over = way, threading.Event()
        items = "".join(
            f"<item><title>Học sinh trường số {number} làm việc tốt lần {n}</title>"
            f"<link>https://bao{number}.example/{n}.html</link></item>"
            for n in range(ITEMS)
        )
        self.feed = f"<rss version='2.0'><channel><title>Báo {number}</title>{items}</channel></rss>".encode()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/rss"


def run(out: Callable[..., None]) -> None:
    """Print how long the good ones took beside a round without the bad ones; a late one is an error."""
    if not _Server.bomb:
        _Server.bomb = _packed(2_000_000_000)
    alone = _round(())
    found = _round(BAD)
    out("sources", f"{GOOD + len(BAD)}", "of them bad", f"{len(BAD)}: {', '.join(BAD)}")
    out("good ones read", f"{found['good']} of {GOOD}", "items", f"{found['items']} of {GOOD * ITEMS}")
    out("last good one after", f"{found['last']:.1f} s", "without the bad ones", f"{alone['last']:.1f} s")
    out("median good one after", f"{found['median']:.1f} s", "without the bad ones", f"{alone['median']:.1f} s")
    out("whole round", f"{found['whole']:.1f} s", "a request is given up after", f"{TIMEOUT:.0f} s")
    out("processor time an item, fetched and stored", f"{alone['cpu'] / (GOOD * ITEMS) * 1000:.2f} ms")
    out("memory grew by", f"{found['grown']:.0f} MB", "allowed", f"{ROOM} MB")
    for way, code in found["codes"].items():
        out(f"told of {way}", code)
    if found["good"] < GOOD or found["items"] < GOOD * ITEMS or found["last"] > ON_TIME:
        raise SystemExit("listening-ingest: a good source was late")
    if found["grown"] > ROOM or not all(found["codes"].values()):
        raise SystemExit("listening-ingest: a bad source was let in")


def _packed(size: int) -> bytes:
    """So many zeros, packed: members of 20 MB behind each other, which is one gzip stream."""
    piece = gzip.compress(b"0" * 20_000_000, compresslevel=9)
    return piece * (size // 20_000_000)


def _round(bad: tuple[str, ...]) -> dict[str, Any]:
    servers = [_Server(number) for number in range(GOOD)]
    evil = [_Server(GOOD + number, way) for number, way in enumerate(bad)]
    for server in servers + evil:
        if server.way == "gone":
            server.server_close()
        else:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        with transaction.atomic():
            found = _measured(servers, evil)
            raise _Undo
    except _Undo:
        return found
    finally:
        for server in servers + evil:
            server.over.set()
            if server.way != "gone":
                server.shutdown()
                server.server_close()


def _measured(servers: list[_Server], evil: list[_Server]) -> dict[str, Any]:
    unit = Unit.objects.create(
        slug="bench-ingest", name="Sở đo", short_name="Sở đo", kind="so", folded="so do", sort_key="so do",
        founded_on=FOUNDED,
    )  # fmt: skip
    now = clock.now()
    # The bad ones are due first: whoever waits behind them shows it.
    rows = Source.objects.bulk_create(
        Source(
            unit=unit, name=f"Báo {server.server_port}", kind="feed", outlet="local", url=server.url,
            keep_days=900,
            next_at=now,
        )
        for server in evil + servers
    )  # fmt: skip
    ways = dict(zip([row.pk for row in rows], [server.way for server in evil + servers], strict=True))
    door = Door(agent=AGENT_LINE, inside={("127.0.0.1", server.server_port) for server in servers + evil})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.monotonic(), time.process_time()
    began = clock.now()
    collecting.collect_due(limit=200, door=door, pause=True)
    whole, used = time.monotonic() - start, time.process_time() - cpu
    door.close()
    good = [pk for pk, way in ways.items() if not way]
    after = sorted(
        (at - began).total_seconds()
        for at in Fetch.objects.filter(source__in=good, outcome="ok").values_list("at", flat=True)
    )
    errors = dict(Source.objects.filter(pk__in=ways).values_list("pk", "error"))
    found = {
        "good": len(after),
        "items": Item.objects.filter(unit=unit).count(),
        "last": after[-1] if after else 0.0,
        "median": after[len(after) // 2] if after else 0.0,
        "whole": whole,
        "cpu": used,
        "grown": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "codes": {way: errors[pk] for pk, way in ways.items() if way},
    }
    Host.objects.filter(name__startswith="127.0.0.1:").delete()
    return found
