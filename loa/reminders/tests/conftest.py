"""A plan in force, and a relay that behaves as told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from loa.core import clock
from loa.reporting.tests.conftest import plan  # noqa: F401 - a fixture


@pytest.fixture
def at():
    """Hold the clock: `with at("2026-11-13T07:00:00+07:00"): …`."""
    return clock.frozen


class Relay:
    """An SMTP server: what it took, and how it behaves towards the next mails."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        #: "", "refuse" (550 to the recipient), "busy" (451 after the data), "vanish" (takes the data, hangs up)
        self.mood = ""


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        relay: Relay = self.server.relay  # type: ignore[attr-defined]
        self.wfile.write(b"220 relay\r\n")
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    text += part
                if relay.mood == "busy":
                    self.wfile.write(b"451 try later\r\n")
                    continue
                relay.taken.append(text.decode())
                if relay.mood == "vanish":
                    return
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            elif word.startswith(b"RCPT") and relay.mood == "refuse":
                self.wfile.write(b"550 no such mailbox\r\n")
            else:
                self.wfile.write(b"250 ok\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def relay(settings: Any) -> Iterator[Relay]:
    """The relay, with Loa's mail pointed at it."""
    relay = Relay()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.relay = relay  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = False
        yield relay
        server.shutdown()
