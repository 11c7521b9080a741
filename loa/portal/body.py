"""The body of a story as a reader gets it: cleaned again, cut into blocks, photos at their places."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

import nh3
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

from loa.lib.vi import words
from loa.portal.selectors.stories import Picture

#: what a body may hold; everything else goes, whatever the editor or an import let through
_TAGS = {"p", "h2", "h3", "b", "strong", "i", "em", "ol", "ul", "li", "a", "blockquote", "hr", "br"}
_VOID = {"hr", "br"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
    strip_comments=True,
)


@dataclass(frozen=True)
class Block:
    """A piece of the body: text, or photos that stand after it."""

    html: SafeString
    photos: tuple[Picture, ...] = ()


class _Splitter(HTMLParser):
    """Cuts clean HTML at the ends of its outermost elements."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source, self.depth, self.start, self.ends = source, 0, 0, list[int]()
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self.feed(source)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.depth += 1
        elif self.depth == 0:
            self.ends.append(self._here() + len(self.get_starttag_text() or ""))

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
        if self.depth == 0:
            self.ends.append(self._here() + len(tag) + 3)

    def pieces(self) -> list[str]:
        """The blocks in order; loose text goes with the block after it."""
        found, start = [], 0
        for end in [*self.ends, len(self.source)]:
            piece = self.source[start:end].strip()
            if piece:
                found.append(piece)
            start = end
        return found


def clean_html(body: str) -> str:
    """The stored rich text as safe HTML."""
    # One line: positions in it are then plain offsets whatever line breaks the text holds.
    return _CLEANER.clean(expand_db_html(body or "")).replace("\r", " ").replace("\n", " ")


def pieces_of(body: str) -> list[str]:
    """The body as safe HTML, cut at the ends of its outermost elements."""
    return _Splitter(clean_html(body)).pieces()


def blocks(pieces: list[str], photos: list[Picture]) -> list[Block]:
    """The pieces of a body in blocks, each followed by the photos meant to stand after it.

    `Picture.after` counts blocks from 1; 0 stands at the top and is not repeated here. A photo meant for a
    place beyond the end stands at the end.
    """
    last = max(len(pieces), 1)
    at: dict[int, list[Picture]] = {}
    for photo in photos:
        if photo.after:
            at.setdefault(min(photo.after, last), []).append(photo)
    # nh3 has cleaned every piece.
    found = [Block(mark_safe(piece), tuple(at.get(n, ()))) for n, piece in enumerate(pieces, 1)]  # noqa: S308
    if not pieces and at:
        found = [Block(mark_safe(""), tuple(at[1]))]
    return found


def word_count(body: str) -> int:
    """How many words (syllables) a reader has before him."""
    return len(words(nh3.clean(body or "", tags=set())))
