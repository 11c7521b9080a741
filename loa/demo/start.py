"""What the demo does when Loa starts; the builder itself is imported only when there is something to build."""

from __future__ import annotations

from typing import Any

from loa.org.models import Unit


def load_if_empty(*, command: Any, demo: bool) -> None:
    """Fill an empty database when the demo is asked for; anything else stays as it is."""
    if demo and not Unit.objects.exists():
        from loa.demo.build import build

        build(say=command.stdout.write)
