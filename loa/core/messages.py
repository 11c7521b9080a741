"""Message registry: code → how it is worded. Domains register theirs in `ready()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loa.core.registry import Registry


@dataclass(frozen=True)
class Message:
    """Words of one notice; `text` is a lazy gettext string with %(name)s places for the notice's data."""

    text: Any
    icon: str = "bell"
    #: "act" (must do something), "info", "done"
    tone: str = "info"

    def render(self, data: dict[str, Any]) -> str:
        """The Vietnamese sentence."""
        return str(self.text) % data


messages: Registry[Message] = Registry("messages")
