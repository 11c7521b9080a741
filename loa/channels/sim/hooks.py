"""Events a simulator sends out: signed, tried again on a ladder, twice, in another order or forged on demand."""

from __future__ import annotations

import heapq
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: seconds after which a delivery that failed is tried again
LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)

#: Zalo waits so many seconds for 200; Facebook does not say, and is not more patient here
PATIENCE = 2.0


@dataclass
class Knobs:
    """What goes wrong with events. `pace`: share of the usual waits."""

    #: every delivery so often
    copies: int = 1
    #: hold this many back and send them newest first
    reorder: int = 0
    #: sign with a wrong secret
    forge: bool = False
    pace: float = 1.0
    #: nothing leaves
    silent: bool = False


@dataclass(order=True)
class _Waiting:
    at: float
    number: int
    body: bytes = field(compare=False)
    tries: int = field(compare=False, default=0)


class Outbox:
    """Sends events to one address from a thread of its own. `sign`: (raw bytes, forged?) → headers."""

    def __init__(self, sign: Callable[[bytes, bool], dict[str, str]]) -> None:
        self.url = ""
        self.sign = sign
        self.knobs = Knobs()
        #: (status or 0, tries) of every delivery, for assertions
        self.sent: list[tuple[int, int]] = []
        self._queue: list[_Waiting] = []
        self._held: list[bytes] = []
        self._number = 0
        self._wake = threading.Condition()
        self._busy = 0
        self._thread: threading.Thread | None = None

    def post(self, event: dict[str, Any]) -> None:
        """Send an event soon. Odd white space and Vietnamese letters as they are: signatures hold for bytes."""
        if not self.url or self.knobs.silent:
            return
        raw = json.dumps(event, ensure_ascii=False, separators=(" , ", ":")).encode()
        with self._wake:
            if self.knobs.reorder:
                self._held.append(raw)
                if len(self._held) < self.knobs.reorder:
                    return
                batch, self._held = list(reversed(self._held)), []
            else:
                batch = [raw]
            for body in batch:
                for _copy in range(max(self.knobs.copies, 1)):
                    self._push(body, time.monotonic(), 0)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            self._wake.notify()

    def _push(self, body: bytes, at: float, tries: int) -> None:
        self._number += 1
        heapq.heappush(self._queue, _Waiting(at, self._number, body, tries))

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._queue or self._queue[0].at > time.monotonic():
                    wait = self._queue[0].at - time.monotonic() if self._queue else None
                    self._wake.wait(wait)
                one = heapq.heappop(self._queue)
                self._busy += 1
            status = self._send(one)
            with self._wake:
                self._busy -= 1
                self.sent.append((status, one.tries))
                # A refusal is an answer; silence and failures are tried again.
                if (status == 0 or status >= 500) and one.tries < len(LADDER):
                    self._push(one.body, time.monotonic() + LADDER[one.tries] * self.knobs.pace, one.tries + 1)
                self._wake.notify_all()

    def _send(self, one: _Waiting) -> int:
        headers = {"Content-Type": "application/json", **self.sign(one.body, self.knobs.forge)}
        if one.tries:
            headers["num_retry"] = str(one.tries)
        request = urllib.request.Request(self.url, data=one.body, headers=headers)  # noqa: S310 - loopback only
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0

    def settled(self, timeout: float = 10) -> bool:
        """Wait until nothing is due (tests). Returns whether it came to that."""
        until = time.monotonic() + timeout
        with self._wake:
            while self._busy or any(one.at <= time.monotonic() for one in self._queue):
                if not self._wake.wait(min(until - time.monotonic(), 0.2)) and time.monotonic() > until:
                    return False
        return True

    def replay(self, raw: bytes) -> None:
        """Send bytes once more as they are."""
        with self._wake:
            self._push(raw, time.monotonic(), 0)
            self._wake.notify()
