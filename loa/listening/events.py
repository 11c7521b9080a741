"""Doors of listening for domains above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loa.core.registry import Registry


@dataclass(frozen=True)
class Handover:
    """Something one tap makes of a case: `label` on the button, `may` (actor, case) whether it is offered, `make`
    (actor, case) makes it, with everything attached, and returns its address.
    """

    label: Any
    may: Callable[[Any, Any], bool]
    make: Callable[[Any, Any], str]


#: whoever deals with hot issues registers here; while nobody does, no button is shown
handovers: Registry[Handover] = Registry("listening_handovers")
