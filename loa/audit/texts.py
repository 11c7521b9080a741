"""Words of the audit log: code → sentence, made when it is read. Domains register theirs in `ready()`."""

from __future__ import annotations

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


deeds: Registry[Deed] = Registry("audit deeds")


def label(action: str) -> str:
    """A few words for the action; the code itself when nobody registered it (never an error: it was done)."""
    deed = deeds.get(action)
    return str(deed.label) if deed else action


def sentence(entry: LogEntry) -> str:
    """What was done, as a sentence; places without data stay empty."""
    deed = deeds.get(entry.action)
    if deed is None:
        return f"{entry.action} · {entry.object_label}".strip(" ·")
    data: dict[str, Any] = defaultdict(str)
    data.update({key: value for key, value in entry.data.items() if value is not None})
    data["object"] = entry.object_label
    data["actor"] = entry.actor_name
    return str(deed.text or deed.label) % data
