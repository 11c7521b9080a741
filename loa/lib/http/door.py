"""Requests to the outside, bounded in time and size, to public addresses alone."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpcore
import httpx

from .guard import Blocked, GuardedBackend, Inside, check_url, deadline

MOST_REDIRECTS = 5


class DoorError(Exception):
    """No usable answer. `code`: see README.md; `sent`: False when the request surely never arrived, else None."""

    def __init__(self, code: str, detail: str = "", *, sent: bool | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.sent = sent


@dataclass(frozen=True)
class Answer:
    """Any answer, whatever its status. `url`: where it came from in the end; `ms`: how long it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    ms: int

    def header(self, name: str) -> str:
        """A header by name, in any case; empty when it is not there."""
        return str(self.headers.get(name.lower(), ""))


class _Transport(httpx.HTTPTransport):
    def __init__(self, inside: Inside, context: ssl.SSLContext) -> None:
        super().__init__(verify=context)
        # httpx has no public place for httpcore's documented `network_backend`.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=64,
            max_keepalive_connections=16,
            keepalive_expiry=20,
            network_backend=GuardedBackend(inside),
        )


class Door:
    """One client with its connections; safe for many threads. Proxies of the environment are not used.

    `inside`: (host, port) pairs of the own network that may be reached all the same. `agent`: the User-Agent.
    """

    def __init__(self, *, agent: str = "Loa", inside: Iterable[tuple[str, int]] = ()) -> None:
        self.inside: Inside = frozenset(inside)
        self.agent = agent

    @cached_property
    def _client(self) -> httpx.Client:
        context = ssl.create_default_context()
        return httpx.Client(
            transport=_Transport(self.inside, context),
            headers={"User-Agent": self.agent},
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            trust_env=False,
        )

    def get(self, url: str, **options: Any) -> Answer:
        """`send("GET", …)`."""
        return self.send("GET", url, **options)

    def send(
        self,
        method: str,
        url: str,
        *,
        timeout: float = 15,
        most_bytes: int = 10_000_000,
        redirects: bool = True,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Answer:
        """Send one request and read the answer.

        `timeout`: seconds for all of it; `most_bytes`: of the unpacked body; `content`: httpx's `params`, `json`,
        `data`, `files`, `content`. Raises DoorError.
        """
        self._check(url)
        start = time.monotonic()
        answered = False
        held = deadline.set(start + timeout)
        try:
            limits = httpx.Timeout(timeout, connect=min(timeout, 10))
            with self._client.stream(
                method, url, headers=headers, timeout=limits, follow_redirects=redirects, **content
            ) as response:
                answered = True
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > most_bytes:
                        raise DoorError("too_large", f"> {most_bytes}")
                    # A server that sends a byte a second keeps every single read in time.
                    if time.monotonic() - start > timeout:
                        raise DoorError("slow", "body")
                taken = int((time.monotonic() - start) * 1000)
                return Answer(response.status_code, response.headers, bytes(body), str(response.url), taken)
        except DoorError:
            raise
        except Blocked as error:
            raise DoorError("blocked", str(error), sent=None if answered else False) from error
        except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise DoorError("slow", str(error), sent=False) from error
        except httpx.TimeoutException as error:
            raise DoorError("slow", str(error)) from error
        except httpx.UnsupportedProtocol as error:
            raise DoorError("blocked", str(error), sent=False) from error
        except httpx.ConnectError as error:
            raise DoorError("unreachable", str(error), sent=False) from error
        except (httpx.TransportError, ssl.SSLError) as error:
            raise DoorError("broken", str(error)) from error
        except (httpx.TooManyRedirects, httpx.InvalidURL, httpx.DecodingError, ValueError) as error:
            raise DoorError("odd", str(error)) from error
        finally:
            deadline.reset(held)

    def _check(self, url: str) -> None:
        try:
            parsed = httpx.URL(url)
            if (parsed.host, parsed.port or (443 if parsed.scheme == "https" else 80)) in self.inside:
                return
            check_url(url)
        except (Blocked, httpx.InvalidURL, TypeError) as error:
            raise DoorError("blocked", str(error), sent=False) from error

    def close(self) -> None:
        """Shut the connections."""
        if "_client" in self.__dict__:
            self._client.close()
