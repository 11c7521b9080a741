"""Title and description as YouTube takes them. Sources: the discovery document of youtube.v3."""

from __future__ import annotations

from typing import Any

from loa.channels.drafts import Draft
from loa.channels.rules import fitted

#: letters of a title; bytes of a description
TITLE_LIMIT, TEXT_BYTES = 100, 5000
#: letters offered to who writes: what fits into the bytes in most Vietnamese texts
TEXT_LIMIT = 3000
#: "Education" among the categories
CATEGORY = "27"


def plain(text: str) -> str:
    """Without what YouTube refuses in titles and descriptions."""
    return text.replace("<", "‹").replace(">", "›")


def within_bytes(text: str, most: int) -> str:
    """The longest beginning that fits, ending at a word."""
    limit = len(text)
    while len(text.encode()) > most:
        limit = min(limit - 1, int(limit * most / len(text.encode())))
        text = fitted(text, limit)
    return text


def fit(draft: Draft, changes: dict[str, str]) -> dict[str, Any]:
    """The payload: description with the story's address, title, tags."""
    words = [draft.lead, *draft.paragraphs[:6]]
    tail = f"\n\nĐọc bài: {draft.link}" if draft.link else ""
    text = changes.get("text") or within_bytes("\n\n".join(words), TEXT_BYTES - len(tail.encode())) + tail
    return {
        "title": plain(fitted(draft.title, TITLE_LIMIT)),
        "text": plain(within_bytes(text, TEXT_BYTES)),
        "link": draft.link,
    }
