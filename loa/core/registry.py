"""Registries: how an upper layer makes itself known to a lower one, in `ready()`, without being imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named entries in a fixed order (by `order`, then name). A second entry of one name is an error."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._entries: dict[str, tuple[int, T]] = {}

    def register(self, name: str, entry: T, *, order: int = 100) -> T:
        """Add `entry`; the same object may be registered again (autoreload), another one may not."""
        known = self._entries.get(name)
        if known and known[1] is not entry:
            raise ValueError(f"{self.title}: {name!r} is registered twice")
        self._entries[name] = (order, entry)
        return entry

    def get(self, name: str) -> T | None:
        """The entry of that name, or None."""
        found = self._entries.get(name)
        return found[1] if found else None

    def __getitem__(self, name: str) -> T:
        return self._entries[name][1]

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[T]:
        for _name, (_order, entry) in sorted(self._entries.items(), key=lambda item: (item[1][0], item[0])):
            yield entry

    def items(self) -> Iterator[tuple[str, T]]:
        """(name, entry) in order."""
        for name, (_order, entry) in sorted(self._entries.items(), key=lambda item: (item[1][0], item[0])):
            yield name, entry

    def __len__(self) -> int:
        return len(self._entries)
