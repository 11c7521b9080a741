"""The door against a real server on loopback: what it lets out, what it lets in, and what it says it knows."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from loa.lib.http import Blocked, Door, DoorError, check_url
from loa.lib.http import guard as guard_module
from loa.lib.http.guard import is_public


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]] = []

    def log_message(self, *args):
        pass

    def answer(self, status=200, body=b"xin chao", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.do_GET()

    def do_GET(self):
        size = int(self.headers.get("Content-Length", 0))
        sent = self.rfile.read(size).decode()
        Handler.seen.append((self.path, sent))
        match self.path:
            case "/loi":
                self.answer(503, b"dang ban")
            case "/lon":
                self.answer(body=b"x" * 200_000)
            case "/nen":
                self.answer(body=gzip.compress(b"0" * 5_000_000), Content_Encoding="gzip")
            case "/vong":
                self.answer(302, b"", Location="/vong")
            case "/chuyen":
                self.answer(302, b"", Location="/dich")
            case "/ra-trong":
                self.answer(302, b"", Location="http://169.254.169.254/latest/meta-data/")
            case "/tep":
                self.answer(302, b"", Location="file:///etc/passwd")
            case "/cat":
                self.connection.shutdown(socket.SHUT_RDWR)
            case "/nho-giot-tieu-de":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Cham: ")
                for _drop in range(60):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.1)
            case "/nho-giot":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                for _drop in range(60):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.1)
            case _:
                self.answer(X_Path=self.path, X_Agent=self.headers.get("User-Agent", ""))


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def base(server):
    Handler.seen = []
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def door(server):
    door = Door(agent="Loa-thu", inside={("127.0.0.1", server.server_port)})
    yield door
    door.close()


def test_any_status_is_an_answer(door, base):
    good = door.get(base + "/a?b=1")
    assert (good.status, good.body, good.header("X-Path"), good.header("x-agent")) == (
        200, b"xin chao", "/a?b=1", "Loa-thu",
    )  # fmt: skip
    bad = door.get(base + "/loi")
    assert (bad.status, bad.body) == (503, b"dang ban")
    assert door.send("POST", base + "/p", json={"a": "đ"}).status == 200
    assert Handler.seen[-1] == ("/p", '{"a":"đ"}')


def test_redirects_are_followed_and_may_be_declined(door, base):
    assert door.get(base + "/chuyen").url == base + "/dich"
    assert door.get(base + "/chuyen", redirects=False).status == 302
    with pytest.raises(DoorError) as error:
        door.get(base + "/vong")
    assert error.value.code == "odd"


@pytest.mark.parametrize("path", ["/ra-trong", "/tep"])
def test_a_redirect_leads_nowhere_inside(door, base, path):
    with pytest.raises(DoorError) as error:
        door.get(base + path)
    assert error.value.code == "blocked"


def test_nothing_inside_is_reached_unless_named(base):
    shut = Door()
    with pytest.raises(DoorError) as error:
        shut.get(base + "/a")
    assert (error.value.code, error.value.sent) == ("blocked", False)
    assert Handler.seen == []


def test_a_name_that_means_loopback_is_refused_at_the_connection(server, monkeypatch):
    """The look-up that is checked is the one that is used (DNS rebinding)."""
    asked = []

    def lookup(host, port, **_options):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(guard_module.socket, "getaddrinfo", lookup)
    Handler.seen = []
    with pytest.raises(DoorError) as error:
        Door().get(f"http://bao.example:{server.server_port}/a")
    assert (error.value.code, error.value.sent, asked, Handler.seen) == ("blocked", False, ["bao.example"], [])


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    rows = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(guard_module.socket, "getaddrinfo", lambda *a, **k: rows)
    with pytest.raises(DoorError) as error:
        Door().get("http://bao.example/")
    assert error.value.code == "blocked"


def test_sizes_are_of_the_unpacked_body(door, base):
    for path in ("/lon", "/nen"):
        with pytest.raises(DoorError) as error:
            door.get(base + path, most_bytes=100_000)
        assert error.value.code == "too_large"
    assert len(door.get(base + "/nen").body) == 5_000_000


def test_a_server_that_drips_is_slow(door, base):
    start = time.monotonic()
    with pytest.raises(DoorError) as error:
        door.get(base + "/nho-giot", timeout=0.5)
    assert (error.value.code, error.value.sent) == ("slow", None)
    assert time.monotonic() - start < 3


def test_a_server_that_drips_its_headers_is_slow_too(door, base):
    """Every single read is in time; all of them together are not."""
    start = time.monotonic()
    with pytest.raises(DoorError) as error:
        door.get(base + "/nho-giot-tieu-de", timeout=0.5)
    assert error.value.code == "slow"
    assert time.monotonic() - start < 3
    assert door.get(base + "/khac").status == 200


def test_what_is_known_of_a_request_that_failed(door, base, monkeypatch):
    with pytest.raises(DoorError) as error:
        door.send("POST", base + "/cat", content=b"mot bai")
    assert (error.value.code, error.value.sent) == ("broken", None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(DoorError) as error:
        Door(inside={("127.0.0.1", port)}).get(f"http://127.0.0.1:{port}/")
    assert (error.value.code, error.value.sent) == ("unreachable", False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://bao.example/a", "file:///etc/passwd", "http://", "//bao.example", "http://a:b@bao.example/",
        "http://127.0.0.1/", "http://[::1]/", "http://10.1.2.3/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
        "http://bao.example:port/", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_addresses_refused_before_any_look_up(url):
    with pytest.raises(Blocked):
        check_url(url)
    with pytest.raises(DoorError) as error:
        Door().get(url)
    assert (error.value.code, error.value.sent) == ("blocked", False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("172.16.0.1", False),
        ("192.168.1.1", False), ("127.0.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False), ("khong phai", False),
    ],
)  # fmt: skip
def test_public_addresses(address, public):
    assert is_public(address) is public
