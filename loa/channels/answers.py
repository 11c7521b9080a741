"""What came back from a channel, as an object."""

from __future__ import annotations

import json
from typing import Any


def body_of(raw: bytes) -> dict[str, Any] | None:
    """The JSON object of an answer, or None (an HTML page of a gateway, a list, half an answer)."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
