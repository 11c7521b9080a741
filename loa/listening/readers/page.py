"""A page without a feed: its new links; and the text of an article (trafilatura)."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from loa.listening.readers.model import Found, Reading, Unreadable, decoded, line, moment, plain

#: a headline has at least so many letters; shorter links are menus
HEADLINE = 20
MOST_LINKS = 200
#: lxml refuses a decoded text that still says how it was encoded
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_HTML = re.compile(rb"<\s*(html|body|a|div|p|article)\b", re.I)


def document(data: bytes, base: str):  # lxml's own type
    """The tree of a page. Raises Unreadable ("not_page", "empty")."""
    from lxml import html  # late: the web process seldom reads pages

    if not data.strip():
        raise Unreadable("empty")
    if not _HTML.search(data[:200_000]):
        raise Unreadable("not_page")
    try:
        return html.document_fromstring(_DECLARED.sub("", decoded(data)), base_url=base)
    except (ValueError, html.etree.ParserError) as error:
        raise Unreadable("not_page") from error


def read_links(data: bytes, *, base: str) -> Reading:
    """Headlines of a list page, in its order: links on the same host that look like an article's.

    A link counts once, with its longest text; menus (short texts), other hosts, files and anchors do not.
    Raises Unreadable ("not_page", "empty").
    """
    host = (urlsplit(base).hostname or "").removeprefix("www.")
    texts: dict[str, str] = {}
    for anchor in document(data, base).iterfind(".//a[@href]"):
        try:
            url = urljoin(base, anchor.get("href").strip())
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https") or (parts.hostname or "").removeprefix("www.") != host:
            continue
        if len(parts.path.strip("/")) < 4 or re.search(
            r"\.(jpe?g|png|gif|webp|pdf|docx?|xlsx?|zip|mp[34])$", parts.path, re.I
        ):
            continue
        url = url.partition("#")[0]
        text = line(anchor.text_content() or anchor.get("title") or "")
        if len(text) > len(texts.get(url, "")):
            texts[url] = text
        else:
            texts.setdefault(url, "")
    found = [Found(url=url[:1000], title=text) for url, text in texts.items() if len(text) >= HEADLINE]
    return Reading(found[:MOST_LINKS])


def read_article(data: bytes, *, url: str) -> Found:
    """Title, text, author and time of an article. Raises Unreadable ("not_page", "empty", "no_text")."""
    tree = document(data, url)
    import trafilatura

    found = trafilatura.bare_extraction(tree, url=url, include_comments=False, with_metadata=True)
    if found is None or isinstance(found, dict) or not (text := plain(found.text or "")):
        raise Unreadable("no_text")
    return Found(
        url=url,
        title=line(found.title or ""),
        text=text,
        author=line(found.author or "", 120),
        outlet=line(found.sitename or "", 160),
        published_at=moment(_published(data) or found.date or ""),
    )


_PUBLISHED = re.compile(
    rb"""<meta[^>]+(?:property|name|itemprop)=["'](?:article:published_time|pubdate|datePublished)["'][^>]*"""
    rb"""content=["']([^"']{8,40})["']""",
    re.I,
)


def _published(data: bytes) -> str:
    """The hour too, which trafilatura leaves out."""
    found = _PUBLISHED.search(data[:300_000])
    return found[1].decode("ascii", errors="ignore") if found else ""
