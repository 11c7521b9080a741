"""What accounts asks of those above it, which know roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loa.core.registry import Registry

#: whether a person administers or edits, so that a stolen password does great harm
privileged: Registry[Callable[[Any], bool]] = Registry("privileged persons")
#: ids of persons whose account must not be closed for idleness (else nobody could open one again)
kept_open: Registry[Callable[[], set[int]]] = Registry("accounts kept open")


def is_privileged(user: Any) -> bool:
    """Whether any domain calls the person privileged."""
    return any(ask(user) for ask in privileged)
