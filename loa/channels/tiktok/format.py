"""The caption as TikTok takes it."""

from __future__ import annotations

from typing import Any

from loa.channels.drafts import Draft
from loa.channels.rules import fitted

#: UTF-16 units of a caption; stored copies say 2,200, other clients keep to 2,000
TEXT_LIMIT = 2000


def fit(draft: Draft, changes: dict[str, str]) -> dict[str, Any]:
    """The payload. A caption holds no link one could press: the story's address is left out."""
    text = changes.get("text") or f"{draft.title}. {draft.lead}".strip()
    fitting = fitted(text, TEXT_LIMIT)
    while len(fitting.encode("utf-16-le")) // 2 > TEXT_LIMIT:
        fitting = fitted(fitting, len(fitting) - 1)
    return {"text": fitting, "title": draft.title[:150], "link": draft.link}
