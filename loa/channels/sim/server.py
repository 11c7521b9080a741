"""What the simulators share: a small threaded web server, faults on demand, a state kept in one file.

No Django here: a simulator starts at once. Loopback only.
"""

from __future__ import annotations

import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HTML_502 = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Faults:
    """How often (0…1) something goes wrong, and what. `delay`: seconds before every answer."""

    drop_before: float = 0
    drop_after: float = 0
    error: float = 0
    #: the deed is done, and the answer is a passing failure all the same
    error_after: float = 0
    html: float = 0
    rate: float = 0
    #: the channel does not want this content
    refuse: float = 0
    #: the line breaks in the middle of what is sent
    cut: float = 0
    delay: float = 0
    #: what the next requests meet, before chance is asked: names of the fields above, or "ok"
    script: list[str] = field(default_factory=list)
    #: only requests whose path holds this meet faults
    only: str = ""
    dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - faults, no secrets

    def pick(self, path: str) -> str:
        """The fault of this request, or an empty text."""
        if self.only and self.only not in path:
            return ""
        if self.script:
            return self.script.pop(0)
        roll = self.dice.random()
        for name in ("drop_before", "drop_after", "error", "error_after", "html", "rate", "refuse", "cut"):
            roll -= getattr(self, name)
            if roll < 0:
                return name
        return ""


@dataclass
class Request:
    """A request, read whole."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    form: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """A field of the form or the query."""
        return self.form.get(name, self.query.get(name, default))

    def json(self) -> dict[str, Any]:
        """The JSON object of the body, or an empty one."""
        try:
            found = json.loads(self.raw or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass
class Reply:
    """An answer."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json; charset=utf-8"

    def raw(self) -> bytes:
        """The bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False).encode()


class Simulator:
    """One channel. Subclasses answer in `handle`; the other replies are the channel's own words."""

    #: most requests are counted, for assertions
    def __init__(self, *, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.faults = Faults()
        self.clock = clock
        self.lock = threading.RLock()
        self.calls: list[tuple[str, str]] = []
        self.folder = folder
        self.state: dict[str, Any] = self.fresh()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            with suppress(OSError, ValueError):
                self.state = json.loads((folder / "state.json").read_text(encoding="utf-8"))

    def fresh(self) -> dict[str, Any]:
        """The state at the very first start."""
        raise NotImplementedError

    def handle(self, request: Request) -> Reply:
        """The channel's answer; called under the lock."""
        raise NotImplementedError

    def rate_reply(self) -> Reply:
        """Too many requests."""
        raise NotImplementedError

    def error_reply(self) -> Reply:
        """A passing failure."""
        raise NotImplementedError

    def refusal_reply(self) -> Reply:
        """Content the channel will never take."""
        return Reply(400, {"error": "refused"})

    def save(self) -> None:
        """Keep the state, when there is a folder for it."""
        if self.folder is not None:
            new = self.folder / "state.new"
            new.write_text(json.dumps(self.state, ensure_ascii=False), encoding="utf-8")
            new.replace(self.folder / "state.json")

    def store(self, name: str, raw: bytes) -> None:
        """Keep a picture for the page."""
        if self.folder is not None:
            (self.folder / name).write_bytes(raw)

    def stored(self, name: str) -> Reply:
        """A kept picture."""
        if self.folder is None or not re.fullmatch(r"[\w.-]+\.jpg", name) or not (self.folder / name).is_file():
            return Reply(404, {"error": "not found"})
        return Reply(200, (self.folder / name).read_bytes(), kind="image/jpeg")

    def serve(self, port: int = 0) -> ThreadingHTTPServer:
        """Listen on loopback; port 0 takes a free one. Runs in a thread until `shutdown()`."""
        server = _Server(("127.0.0.1", port), _Handler)
        server.simulator = self
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    simulator: Simulator

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 50_000_000))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw)
        kind = headers.get("content-type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            request.form = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        elif kind.startswith("multipart/form-data"):
            whole = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw)
            for part in whole.iter_parts():
                name = str(part.get_param("name", header="content-disposition"))
                payload = part.get_payload(decode=True)
                content = payload if isinstance(payload, bytes) else b""
                if part.get_filename():
                    request.files[name] = content
                else:
                    request.form[name] = content.decode("utf-8", "replace")
        return request

    def _do(self) -> None:
        sim = self.server.simulator
        request = self._read()
        if request.path == "/favicon.ico":
            return self._answer(Reply(204, b""))
        page = request.path == "/" or request.path.startswith(("/anh/", "/_sim"))
        fault = "" if page else sim.faults.pick(request.path)
        if not page:
            with sim.lock:
                sim.calls.append((request.method, request.path))
            if sim.faults.delay:
                time.sleep(sim.faults.delay)
        if fault == "drop_before":
            return self._hang_up()
        if fault == "cut":
            # Half of the body arrived; a form that is not whole is no form.
            whole = len(request.raw)
            request.raw, request.files, request.form = request.raw[: whole // 2], {}, {}
            with sim.lock:
                sim.handle(request)
            return self._hang_up()
        if fault == "error":
            reply = sim.error_reply()
        elif fault == "rate":
            reply = sim.rate_reply()
        elif fault == "refuse":
            reply = sim.refusal_reply()
        elif fault == "html":
            reply = Reply(502, HTML_502, kind="text/html")
        else:
            with sim.lock:
                reply = self._faults(request, sim) if request.path == "/_sim/faults" else sim.handle(request)
            if fault == "drop_after":
                return self._hang_up()
            if fault == "error_after":
                reply = sim.error_reply()
            if fault == "html_after":
                reply = Reply(200, HTML_502, kind="text/html")
        return self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        raw = reply.raw()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def _faults(self, request: Request, sim: Simulator) -> Reply:
        for name, value in request.json().items():
            if name == "only":
                sim.faults.only = str(value)
            elif isinstance(getattr(sim.faults, name, None), int | float):
                setattr(sim.faults, name, float(value))
        return Reply(200, {"ok": True})

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_DELETE = do_PUT = do_HEAD = _do
