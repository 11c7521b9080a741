"""Which addresses may be connected to, decided at the moment of connecting."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import httpcore

#: (host as written, port) pairs inside the network that a deployment means to reach
Inside = frozenset[tuple[str, int]]


class Blocked(Exception):
    """The address is not a public one."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet (IPv4 inside IPv6 is looked at as IPv4)."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check_url(url: str) -> None:
    """Refuse what can be refused before any look-up: other schemes, no host, a name and password in the address.

    Raises Blocked. For forms: a person learns at once, the connection is checked again anyway.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise Blocked(url) from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise Blocked(url)
    literal = host.strip("[]")
    try:
        ipaddress.ip_address(literal)
    except ValueError:
        return
    if not is_public(literal):
        raise Blocked(url)


#: the moment (time.monotonic) at which the request of this thread must be over; None: its own timeouts alone
deadline: ContextVar[float | None] = ContextVar("door_deadline", default=None)


class _Timed(httpcore.NetworkStream):
    """A connection on which every read and write ends with the request's own time.

    A timeout is counted anew for every read: a server that sends its headers a byte at a time would hold a
    thread for days.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    @staticmethod
    def _left(timeout: float | None) -> float | None:
        until = deadline.get()
        if until is None:
            return timeout
        left = until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.SyncBackend):
    """Looks a name up once, refuses it unless every address is public, and connects to what was looked at."""

    def __init__(self, inside: Inside) -> None:
        super().__init__()
        self.inside = inside

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to a public address of `host`, or to a named one inside. Raises Blocked, ConnectError."""
        if (host, port) in self.inside:
            return _Timed(super().connect_tcp(host, port, timeout, local_address, socket_options))
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
        # One private address among public ones is an attack, not an accident.
        if not addresses or not all(is_public(address) for address in addresses):
            raise Blocked(host)
        failure: Exception = httpcore.ConnectError(host)
        until = time.monotonic() + timeout if timeout is not None else None
        for address in addresses[:4]:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise httpcore.ConnectTimeout(host)
            try:
                return _Timed(super().connect_tcp(address, port, left, local_address, socket_options))
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        """Never."""
        raise Blocked("unix socket")
