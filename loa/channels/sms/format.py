"""A message: Vietnamese without accents, so that every telephone shows it and 160 characters are one part.

Lengths of unaccented messages: 160 in one part, 306 in two (GSM 03.38).
"""

from __future__ import annotations

import unicodedata
from typing import Any

from loa.channels.drafts import Draft
from loa.channels.rules import fitted
from loa.lib import vi

ONE, TWO = 160, 306
#: fewest characters for words beside the link before a second part is taken
LEAST = 60
#: characters that are none of the alphabet, or count twice in it
_SIGNS = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'", "–": "-", "—": "-",
        "−": "-", "…": "...", "•": "-", "·": "-", "→": "->", "≥": ">=", "≤": "<=", "×": "x", "°": " do",
        "€": "EUR", "₫": "d",
        "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "~": "-", "^": "", "\t": " ", "\r": "",
    }
)  # fmt: skip


def plain(text: str) -> str:
    """`text` without accents, every character one of the basic alphabet. Capitals stay."""
    out = []
    for char in unicodedata.normalize("NFC", text):
        flat = vi.fold(char)
        out.append(flat.upper() if char.isupper() else flat)
    kept = "".join(out).translate(_SIGNS)
    return "".join(char for char in kept if char == "\n" or (char.isascii() and char.isprintable()))


def parts(text: str) -> int:
    """How many messages the provider charges for."""
    return 1 if len(text) <= ONE else 2


def _cut(text: str, limit: int) -> str:
    """Whole words within `limit`, with "..." where something is missing."""
    if len(text) <= limit:
        return text
    return fitted(text, limit - 2).removesuffix("…") + "..."


def fit(draft: Draft, changes: dict[str, str]) -> dict[str, Any]:
    """The payload. `text` is the whole message, its link last; words a person wrote may take two parts."""
    link = draft.link if draft.link.isascii() else ""
    words = plain(changes.get("text") or "").strip()
    own = bool(words)
    if own and link and link in words:
        words = words.replace(link, "").strip()
    words = words or plain(draft.title).strip() or plain(draft.lead).strip()
    tail = f" {link}" if link else ""
    room = (TWO if own or ONE - len(tail) < LEAST else ONE) - len(tail)
    if room < LEAST:
        tail, room = "", TWO if own else ONE
    text = _cut(words, room) + tail if words else ""
    return {
        "title": draft.title,
        "text": text,
        "link": draft.link,
        "page": draft.page or draft.link,
        "characters": len(text),
        "parts": parts(text),
    }
