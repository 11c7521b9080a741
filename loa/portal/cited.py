"""Legal documents an article cites: the first mention of each leads to a line below the text that says what it is.

Only what the register knows is marked, only whole numbers inside one piece of text, never in a link or a heading.
That a document no longer holds is told to the public only when somebody held the register against the original.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from loa.core import clock
from loa.lib.vanban.lint import cited_in
from loa.plans.models import LegalDocument
from loa.plans.selectors.legal import known_documents, state_of

_TAG = re.compile(r"(<[^>]*>)")
_CLOSED = ("a", "h2", "h3")


@dataclass(frozen=True)
class CitedDocument:
    """One line below the text."""

    anchor: str
    document: LegalDocument
    #: "expired" or "" as far as the public is told
    state: str


def mark_citations(pieces: Sequence[str]) -> tuple[list[str], list[CitedDocument]]:
    """Pieces of clean HTML with their first mentions linked, and the documents in order. Two queries, or none."""
    text = "\n".join(html.unescape(_TAG.sub("", piece.replace("<br>", "\n"))) for piece in pieces)
    mentions = cited_in(text)
    known = known_documents(mentions) if mentions else {}
    if not known:
        return list(pieces), []
    listed: dict[int, CitedDocument] = {}
    today = clock.today()
    for one in mentions:
        row = known.get(one)
        if row is not None and row.pk not in listed:
            ended = row.verified and state_of(row, today) == "expired"
            listed[row.pk] = CitedDocument(f"van-ban-{len(listed) + 1}", row, "expired" if ended else "")
    keys = {(one.number, one.kind, one.date): listed[row.pk] for one, row in known.items()}
    waiting = set(listed)
    marked = [_marked(piece, keys, waiting) for piece in pieces]
    return marked, list(listed.values())


def _marked(piece: str, keys: dict[tuple[str, str, str], CitedDocument], waiting: set[int]) -> str:
    out, inside = [], 0
    for part in _TAG.split(piece):
        if part.startswith("<"):
            name = part.strip("</>").split(" ")[0]
            if name in _CLOSED:
                inside += -1 if part.startswith("</") else 1
            out.append(part)
            continue
        # An entity would shift the offsets: such words stay as they are.
        if inside or "&" in part or not waiting:
            out.append(part)
            continue
        at = 0
        for one in cited_in(part):
            target = keys.get((one.number, one.kind, one.date))
            if target is None or target.document.pk not in waiting:
                continue
            waiting.discard(target.document.pk)
            out.append(part[at : one.number_start])
            out.append(f'<a class="cited" href="#{target.anchor}">{part[one.number_start : one.number_end]}</a>')
            at = one.number_end
        out.append(part[at:])
    return "".join(out)
