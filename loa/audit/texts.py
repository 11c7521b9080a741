"""Words of the audit log: code → sentence, made when it is read. Domains register theirs in `ready()`."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from loa.audit.models import LogEntry
from loa.core.registry import Registry


@dataclass(frozen=True)
class Deed:
    """Words of one action: `label` for lists and filters, `text` with %(name)s places for the entry's data.

    Always there: %(object)s (what it was done to), %(actor)s.
    """

    label: Any
    text: Any = ""


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

deeds: Registry[Deed] = Registry("audit deeds")


def label(action: str) -> str:
    """A few words for the action; the code itself when nobody registered it (never an error: it was done)."""
    deed = deeds.get(action)
    return str(deed.label) if deed else action


def _readable(value: Any) -> Any:
    """Days are stored as 2026-09-01 and read as 01/09/2026."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        year, month, day = value.split("-")
        return f"{day}/{month}/{year}"
    return value


def sentence(entry: LogEntry) -> str:
    """What was done, as a sentence; places without data stay empty."""
    deed = deeds.get(entry.action)
    if deed is None:
        return f"{entry.action} · {entry.object_label}".strip(" ·")
    data: dict[str, Any] = defaultdict(str)
    data.update({key: _readable(value) for key, value in entry.data.items() if value is not None})
    data["object"] = entry.object_label
    data["actor"] = entry.actor_name
    return str(deed.text or deed.label) % data
