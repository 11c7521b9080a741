"""Where photos stand between the paragraphs of a story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loa.newsroom.body import blocks_of


def article(body: str, photos: Sequence[Any], *, held: bool = False) -> dict[str, Any]:
    """A story as a reader sees it: {"cover", "parts": [{"html"} | {"photo"}], "held": how many are not shown}.

    `photos` in their order; with `held`, also those that are held back (for the head of the unit).
    """
    shown = [photo for photo in photos if held or photo.publishable]
    blocks = blocks_of(body)
    parts: list[dict[str, Any]] = [{"photo": photo} for photo in shown if photo.after == 0]
    for index, block in enumerate(blocks, 1):
        parts.append({"html": block})
        parts += [{"photo": photo} for photo in shown if photo.after == index]
    parts += [{"photo": photo} for photo in shown if photo.after > len(blocks)]
    cover = parts.pop(0)["photo"] if parts and "photo" in parts[0] else None
    return {"cover": cover, "parts": parts, "held": len(photos) - len(shown)}
