"""States as a table that can be read aloud, and the one function that moves along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from loa.core.errors import Conflict


class Transitions:
    """Allowed moves of one kind of thing: {from: (to, …)}; what is not in the table is refused."""

    def __init__(self, name: str, moves: Mapping[str, Iterable[str]]) -> None:
        self.name = name
        self.moves = {state: tuple(targets) for state, targets in moves.items()}

    def allows(self, current: str, target: str) -> bool:
        """Whether `current` → `target` is in the table."""
        return target in self.moves.get(current, ())

    def require(self, current: str, target: str, message: str) -> None:
        """Raise Conflict with `message` unless `current` → `target` is allowed."""
        if not self.allows(current, target):
            raise Conflict(message, code=f"{self.name}.{current}.{target}", current=current, target=target)


def set_status(obj: Any, target: str, table: Transitions, message: str, *, field: str = "status") -> None:
    """Move a locked row to `target` and save that field; raises Conflict on anything not in `table`."""
    table.require(getattr(obj, field), target, message)
    setattr(obj, field, target)
    obj.save(update_fields=[field])
