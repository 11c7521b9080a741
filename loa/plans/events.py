"""What upper domains hear of plans. They register in `ready()`; the service calls, inside its transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loa.core.registry import Registry

#: directives came into force, by issuing a plan or by adding one: callable(plan=…)
directives_in_force: Registry[Callable[..., Any]] = Registry("directives_in_force")


def emit(registry: Registry[Callable[..., Any]], **values: Any) -> None:
    """Call every listener in order; an exception rolls the deed back."""
    for listener in registry:
        listener(**values)
