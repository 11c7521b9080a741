"""What reporting tells those above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loa.core.registry import Registry

#: (actor=, plan=, units=, text=, day=), in the transaction in which an office reminded late units by hand
units_reminded: Registry[Callable[..., Any]] = Registry("units reminded")
