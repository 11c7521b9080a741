"""A notification: title, a sentence, where it leads. Screens cut what is longer."""

from __future__ import annotations

from typing import Any

from loa.channels.drafts import Draft
from loa.channels.rules import fitted

TITLE_LIMIT, TEXT_LIMIT = 80, 160


def fit(draft: Draft, changes: dict[str, str]) -> dict[str, Any]:
    """The payload. The link is the public page itself: nobody is followed by it."""
    return {
        "title": fitted(draft.title, TITLE_LIMIT),
        "text": fitted(changes.get("text") or draft.lead or draft.title, TEXT_LIMIT),
        "link": draft.link,
    }
