"""The body of a story as HTML of a small allowed set: cleaned on the way in, so that it may be shown as it is.

Allowed: paragraphs, two levels of headings, bold, italic, lists, links, quotes, a rule. Nothing has attributes
but a link its address. What Word, Zalo or a web page put on the clipboard comes down to this set with its words
whole. For a browser without JavaScript the same body goes out and in as plain text with light marks
(`to_marks`, `from_marks`), without loss.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import nh3

from loa.lib import vi

#: blocks, marks inside them, and what other editors call them
BLOCKS = frozenset({"p", "h2", "h3", "blockquote", "ul", "ol", "hr"})
_RENAMED = {
    "strong": "b",
    "em": "i",
    "h1": "h2",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "div": "p",
    "section": "p",
    "article": "p",
    "td": "p",
    "th": "p",
    "pre": "p",
    "figcaption": "p",
}
_MARKS = frozenset({"b", "i", "a"})
_TAGS = BLOCKS | _MARKS | {"li", "br"} | set(_RENAMED)
_SCHEMES = {"http", "https", "mailto", "tel"}
_SPACE = re.compile(r"[ \t\r\n\f]+")
BODY_LIMIT = 200_000


class _Normal(HTMLParser):
    """Brings safe but foreign HTML to flat blocks: no nesting but lists, no empty block, no bare text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._kind = "p"  # block that text falls into
        self._text: list[str] = []  # pieces of the open block
        self._open: list[tuple[str, str]] = []  # marks open in it: (tag, opening piece)
        self._lists: list[tuple[str, list[str]]] = []
        self._quote = 0

    # — pieces of the open block —
    def _flush(self) -> None:
        closing = "".join(f"</{tag}>" for tag, _piece in reversed(self._open))
        inner = _tidy("".join(self._text) + closing)
        self._text = [piece for _tag, piece in self._open]
        if not _words_in(inner):
            return
        if self._lists:
            self._lists[-1][1].append(f"<li>{inner}</li>")
        elif self._quote:
            self.blocks.append(f"<blockquote>{inner}</blockquote>")
        else:
            self.blocks.append(f"<{self._kind}>{inner}</{self._kind}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = _RENAMED.get(tag, tag)
        if tag in _MARKS:
            href = html.escape(dict(attrs).get("href") or "", quote=True)
            if tag == "a" and not href:
                return
            piece = f'<a href="{href}">' if tag == "a" else f"<{tag}>"
            self._open.append((tag, piece))
            self._text.append(piece)
        elif tag == "br":
            self._text.append("<br>")
        elif tag == "hr":
            self._flush()
            if not self._lists:
                self.blocks.append("<hr>")
        elif tag in ("ul", "ol"):
            self._flush()
            self._lists.append((tag, []))
        elif tag == "blockquote":
            self._flush()
            self._quote += 1
        elif tag in ("p", "li", "h2", "h3"):
            self._flush()
            self._kind = tag if tag != "li" else "p"

    def handle_endtag(self, tag: str) -> None:
        tag = _RENAMED.get(tag, tag)
        if tag in _MARKS:
            if any(opened == tag for opened, _piece in self._open):
                while True:
                    opened, _piece = self._open.pop()
                    self._text.append(f"</{opened}>")
                    if opened == tag:
                        break
        elif tag in ("ul", "ol") and self._lists:
            self._flush()
            kind, items = self._lists.pop()
            if items and self._lists:
                self._lists[-1][1].extend(items)  # a list in a list becomes one list
            elif items:
                self.blocks.append(f"<{kind}>{''.join(items)}</{kind}>")
        elif tag == "blockquote":
            self._flush()
            self._quote = max(0, self._quote - 1)
        elif tag in ("p", "li", "h2", "h3"):
            self._flush()
            self._kind = "p"

    def handle_data(self, data: str) -> None:
        self._text.append(html.escape(_SPACE.sub(" ", data), quote=False))

    def result(self) -> list[str]:
        self.close()
        while self._lists:
            self.handle_endtag(self._lists[-1][0])
        self._flush()
        return self.blocks


def _words_in(inner: str) -> bool:
    return bool(re.sub(r"<[^>]*>|&nbsp;|[\s\u00a0]", "", inner))


def _tidy(inner: str) -> str:
    """No empty marks, no breaks or spaces at the ends, no double spaces made by cutting tags."""
    before = None
    while before != inner:
        before = inner
        inner = re.sub(r"<(b|i)>(\s*)</\1>", r"\2", inner)
        inner = re.sub(r'<a href="[^"]*">(\s*)</a>', r"\1", inner)
        inner = re.sub(r"</(b|i)>(\s*)<\1>", r"\2", inner)
        inner = re.sub(r"^(?:\s|\u00a0|<br>)+|(?:\s|\u00a0|<br>)+$", "", inner)
        inner = re.sub(r"\s*<br>\s*", "<br>", inner)
    return inner


def clean_body(raw: str) -> str:
    """Safe, normal HTML of the allowed set; words stay as they are (NFC), everything else goes."""
    safe = nh3.clean(
        vi.nfc(raw)[: BODY_LIMIT * 4],
        tags=set(_TAGS),
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel=None,
        strip_comments=True,
    )
    parser = _Normal()
    parser.feed(safe)
    return "".join(_split_breaks(parser.result()))


def _split_breaks(blocks: list[str]) -> list[str]:
    """A paragraph with an empty line in it is two paragraphs (pasted text, other editors)."""
    made: list[str] = []
    for block in blocks:
        if block.startswith("<p>") and "<br><br>" in block and not re.search(r"<[bia][ >]", block):
            parts = re.split(r"(?:<br>){2,}", block[3:-4])
            made += [f"<p>{part}</p>" for part in map(_tidy, parts) if _words_in(part)]
        else:
            made.append(re.sub(r"(?:<br>){2,}", "<br>", block))
    return made


_BLOCK = re.compile(r"<hr>|<(p|h2|h3|blockquote|ul|ol)>.*?</\1>", re.DOTALL)


def blocks_of(body: str) -> list[str]:
    """Blocks of a cleaned body, in order: what photos stand after."""
    return [match.group() for match in _BLOCK.finditer(body)]


def plain(body: str) -> str:
    """Words of a cleaned body, a line for each block."""
    lines = []
    for block in blocks_of(body):
        block = block.replace("</li><li>", "\n").replace("<br>", "\n")
        lines.append(html.unescape(re.sub(r"<[^>]+>", "", block)))
    return "\n".join(line for line in lines if line)


# — without JavaScript ————————————————————————————————————————————————————————————
_SPECIAL = re.compile(r"([\\*_\[\]])")
_LEADING = re.compile(r"^(##?#? |>|- |\d+\. |---$)")


def _marks_inline(inner: str) -> str:
    pieces = re.split(r"(<[^>]+>)", inner)
    out: list[str] = []
    link = ""
    for piece in pieces:
        if piece in ("<b>", "</b>"):
            out.append("**")
        elif piece in ("<i>", "</i>"):
            out.append("_")
        elif piece.startswith("<a "):
            link = html.unescape(piece[9:-2])
            out.append("[")
        elif piece == "</a>":
            out.append(f"]({link.replace('(', '%28').replace(')', '%29')})")
        elif piece == "<br>":
            out.append("\n")
        else:
            out.append(_SPECIAL.sub(r"\\\1", html.unescape(piece)))
    return "\n".join(_LEADING.sub(r"\\\1", line) for line in "".join(out).split("\n"))


def to_marks(body: str) -> str:
    """A cleaned body as plain text with light marks: what the textarea shows when there is no JavaScript."""
    out = []
    for block in blocks_of(body):
        if block == "<hr>":
            out.append("---")
            continue
        tag, inner = re.match(r"<(\w+)>(.*)</\1>$", block, re.DOTALL).groups()  # type: ignore[union-attr]
        if tag in ("ul", "ol"):
            items = re.findall(r"<li>(.*?)</li>", inner, re.DOTALL)
            out.append(
                "\n".join(
                    f"{'-' if tag == 'ul' else f'{number}.'} {_marks_inline(item.replace('<br>', ' '))}"
                    for number, item in enumerate(items, 1)
                )
            )
        else:
            prefix = {"h2": "## ", "h3": "### ", "blockquote": "> "}.get(tag, "")
            text = _marks_inline(inner)
            out.append(prefix + (text.replace("\n", "\n> ") if tag == "blockquote" else text))
    return "\n\n".join(out)


_INLINE = re.compile(r"\\(.)|\*\*|_|\[|\]\(([^()\s]*)\)", re.DOTALL)


def _inline_html(text: str) -> str:
    out: list[str] = []
    at, bold, italic = 0, False, False
    links: list[int] = []
    for match in _INLINE.finditer(text):
        out.append(html.escape(text[at : match.start()], quote=False))
        at = match.end()
        mark = match.group()
        if match.group(1) is not None:
            out.append(html.escape(match.group(1), quote=False))
        elif mark == "**":
            bold = not bold
            out.append("<b>" if bold else "</b>")
        elif mark == "_":
            italic = not italic
            out.append("<i>" if italic else "</i>")
        elif mark == "[":
            links.append(len(out))
            out.append("[")
        elif links:
            out[links.pop()] = f'<a href="{html.escape(match.group(2))}">'
            out.append("</a>")
        else:
            out.append(html.escape(mark, quote=False))
    out.append(html.escape(text[at:], quote=False))
    return "".join(out).replace("\n", "<br>")


def from_marks(text: str) -> str:
    """The cleaned body that a text with light marks means; blank lines part paragraphs."""
    made: list[str] = []
    for part in re.split(r"\n\s*\n", vi.nfc(text).replace("\r\n", "\n").strip("\n")):
        part = part.strip("\n")
        lines = part.split("\n")
        if part.strip() == "---":
            made.append("<hr>")
        elif part.startswith("### "):
            made.append(f"<h3>{_inline_html(part[4:])}</h3>")
        elif part.startswith("## "):
            made.append(f"<h2>{_inline_html(part[3:])}</h2>")
        elif all(line.startswith(">") for line in lines):
            quote = "\n".join(line[1:].removeprefix(" ") for line in lines)
            made.append(f"<blockquote>{_inline_html(quote)}</blockquote>")
        elif all(line.startswith("- ") for line in lines):
            made.append("<ul>" + "".join(f"<li>{_inline_html(line[2:])}</li>" for line in lines) + "</ul>")
        elif all(re.match(r"\d+\. ", line) for line in lines):
            items = (re.sub(r"^\d+\. ", "", line) for line in lines)
            made.append("<ol>" + "".join(f"<li>{_inline_html(item)}</li>" for item in items) + "</ol>")
        elif part.strip():
            made.append(f"<p>{_inline_html(part)}</p>")
    return clean_body("".join(made))
