"""The one HTTP door: every request of Loa to the outside goes through a `Door`. See README.md."""

from __future__ import annotations

from .door import Answer, Door, DoorError
from .guard import Blocked, check_url

__all__ = ["Answer", "Blocked", "Door", "DoorError", "check_url"]
