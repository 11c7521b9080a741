"""A post as a Facebook Page shows it: one text, a link or pictures."""

from __future__ import annotations

from typing import Any

from loa.channels.drafts import Draft
from loa.channels.rules import fitted

#: what the Graph API takes; a reader sees about 480 before "Xem thêm"
TEXT_LIMIT = 63_206
SEEN = 480


def fit(draft: Draft, changes: dict[str, str]) -> dict[str, Any]:
    """The payload: {"text", "link"}. With pictures the address stands in the text, a link would hide them."""
    text = changes.get("text")
    if text is None:
        pieces = [draft.title, draft.lead or (draft.paragraphs[0] if draft.paragraphs else "")]
        if draft.link and draft.pictures:
            pieces.append(draft.link)
        text = "\n\n".join(piece for piece in pieces if piece)
    return {
        "text": fitted(text, TEXT_LIMIT),
        "link": "" if draft.pictures else draft.link,
        "title": draft.title,
    }
