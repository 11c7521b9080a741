"""Two texts compared by words, to be read aloud as well as seen: what was put in, what was taken out."""

from __future__ import annotations

import difflib
import html
import re
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from loa.newsroom.body import blocks_of

_WORD = re.compile(r"\s+|[^\s]+")
#: two blocks with less than this in common are one taken out and one put in, not one changed
ALIKE = 0.3


@dataclass(frozen=True)
class Line:
    """One block of the compared text."""

    tag: str
    content: SafeString
    changed: bool


@dataclass(frozen=True)
class Compared:
    """A comparison: its blocks, and how many places were put in and taken out."""

    lines: list[Line]
    added: int
    removed: int

    @property
    def changed(self) -> bool:
        return bool(self.added or self.removed)


def _ins(text: str) -> SafeString:
    return format_html('<ins><span class="vh">{}</span>{}</ins>', _("[thêm] "), text)


def _del(text: str) -> SafeString:
    return format_html('<del><span class="vh">{}</span>{}</del>', _("[bỏ] "), text)


def words(old: str, new: str) -> tuple[SafeString, int, int]:
    """Two plain texts as one with <ins> and <del>, and the numbers of places put in and taken out."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    pieces: list[SafeString] = []
    added = removed = 0
    for kind, a1, a2, b1, b2 in _joined(difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes(), a):
        if kind == "equal":
            pieces.append(format_html("{}", "".join(a[a1:a2])))
            continue
        if gone := "".join(a[a1:a2]).strip():
            pieces.append(_del(gone))
            removed += 1
        if come := "".join(b[b1:b2]).strip():
            pieces.append(mark_safe(" ") if gone else mark_safe(""))
            pieces.append(_ins(come))
            added += 1
        if (b2 > b1 and b[b2 - 1].isspace()) or (a2 > a1 and a[a2 - 1].isspace()):
            pieces.append(mark_safe(" "))
    return format_html_join("", "{}", ((piece,) for piece in pieces)), added, removed


def _joined(codes: list, a: list[str]) -> list:
    """Changes parted by nothing but a space are one change: read as one."""
    made: list = []
    for index, (kind, a1, a2, b1, b2) in enumerate(codes):
        only_space = kind == "equal" and not "".join(a[a1:a2]).strip()
        between = made and made[-1][0] != "equal" and index + 1 < len(codes)
        if (kind != "equal" or (only_space and between)) and made and made[-1][0] != "equal":
            _kind, x1, _x2, y1, _y2 = made[-1]
            made[-1] = ("replace", x1, a2, y1, b2)
        else:
            made.append((kind, a1, a2, b1, b2))
    return made


def _text(block: str) -> tuple[str, str]:
    tag = block[1:].split(">", 1)[0]
    block = block.replace("</li><li>", "\n• ").replace("<br>", "\n")
    inner = html.unescape(re.sub(r"<[^>]+>", "", block))
    return tag, f"• {inner}" if tag in ("ul", "ol") else inner


def bodies(old: str, new: str) -> Compared:
    """Two cleaned bodies compared block by block, and by words inside the blocks that changed."""
    a = [_text(block) for block in blocks_of(old)]
    b = [_text(block) for block in blocks_of(new)]
    lines: list[Line] = []
    added = removed = 0

    def put(tag: str, content: SafeString, plus: int, minus: int) -> None:
        nonlocal added, removed
        added, removed = added + plus, removed + minus
        lines.append(Line("p" if tag in ("ul", "ol", "hr") else tag, content, bool(plus or minus)))

    for kind, a1, a2, b1, b2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            for tag, text in b[b1:b2]:
                put(tag, format_html("{}", text), 0, 0)
            continue
        left, right = a[a1:a2], b[b1:b2]
        for index in range(max(len(left), len(right))):
            before = left[index] if index < len(left) else None
            after = right[index] if index < len(right) else None
            if before and after and _alike(before[1], after[1]):
                put(after[0], *words(before[1], after[1]))
                continue
            if before:
                put(before[0], _del(before[1] or "—"), 0, 1)
            if after:
                put(after[0], _ins(after[1] or "—"), 1, 0)
    return Compared(lines, added, removed)


def _alike(old: str, new: str) -> bool:
    return difflib.SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio() >= ALIKE


@dataclass(frozen=True)
class StoryDiff:
    """Title, lead and body of two versions of a story compared."""

    title: SafeString
    lead: SafeString
    body: Compared
    added: int
    removed: int


def stories(old: dict[str, str], new: dict[str, str]) -> StoryDiff:
    """Two texts of a story (see selectors.text_of) compared."""
    title, title_added, title_removed = words(old["title"], new["title"])
    lead, lead_added, lead_removed = words(old["lead"], new["lead"])
    body = bodies(old["body"], new["body"])
    return StoryDiff(
        title,
        lead,
        body,
        body.added + title_added + lead_added,
        body.removed + title_removed + lead_removed,
    )
