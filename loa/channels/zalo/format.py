"""A post as a Zalo article: title, description, cover, body."""

from __future__ import annotations

import html
from typing import Any

from loa.channels.drafts import Draft
from loa.channels.rules import fitted

TITLE, AUTHOR, DESCRIPTION = 150, 50, 300


def fit(draft: Draft, changes: dict[str, str]) -> dict[str, Any]:
    """The payload: {"title", "author", "text" (description), "paragraphs", "link"}."""
    description = changes.get("text")
    if description is None:
        description = draft.lead or (draft.paragraphs[0] if draft.paragraphs else draft.title)
    return {
        "title": fitted(draft.title, TITLE),
        "author": fitted(draft.signed, AUTHOR),
        "text": fitted(description, DESCRIPTION),
        "paragraphs": draft.paragraphs,
        "link": draft.link,
    }


def body_of_article(payload: dict[str, Any], pictures: list[tuple[str, str]]) -> list[dict[str, str]]:
    """The article's blocks; `pictures` as (address, caption), the first of them is the cover and stands above."""
    blocks = [
        {"type": "text", "content": f"<p>{html.escape(paragraph, quote=False)}</p>"}
        for paragraph in payload.get("paragraphs") or [payload["text"]]
    ]
    blocks += [{"type": "image", "url": url, "caption": caption} for url, caption in pictures[1:]]
    if payload.get("link"):
        link = html.escape(payload["link"])
        blocks.append({"type": "text", "content": f'<p>Đọc trên cổng: <a href="{link}">{link}</a></p>'})
    return blocks
