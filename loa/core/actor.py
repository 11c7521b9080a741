"""Where the present request comes from, for the audit log (who acts is always passed to the service)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

_address: ContextVar[str] = ContextVar("address", default="")


@contextlib.contextmanager
def request_from(address: str) -> Iterator[None]:
    """Remember the network address for the time of one request."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def address() -> str:
    """The network address of the present request, or an empty text outside one."""
    return _address.get()
