"""What upper layers want done when Loa starts to serve; registered in `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loa.core.registry import Registry

#: done before the first page is served: callable(command=…, demo=bool); it must be quick when nothing is to do
before_serving: Registry[Callable[..., Any]] = Registry("before serving")

#: lines printed with the address: callable(demo=bool) → list of lines (the demo's log-ins, for one)
welcome_lines: Registry[Callable[..., list[str]]] = Registry("welcome lines")
