"""The feeds a page says it has: `<link rel="alternate" type="application/rss+xml" href="…">`.

HTML Standard, link type "alternate"; RSS Advisory Board, RSS Autodiscovery; jsonfeed.org, 1.1, "Discovery".
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from loa.lib.vi import fold
from loa.listening.readers.page import document

_FEED = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
#: what some pages call their feed, and others all sorts of things: the address must say it too
_PERHAPS = frozenset({"application/xml", "text/xml", "application/rdf+xml", "application/json"})
_SAYS_FEED = re.compile(r"rss|feed|atom", re.I)
_NO_FEED = re.compile(r"wp-json|oembed", re.I)
#: what readers say below the articles is no news of the paper
_COMMENTS = re.compile(r"\b(comments?|replies|binh luan|phan hoi)\b")
#: words of an address that name no section
_NO_SECTION = frozenset(
    re.findall(
        r"\w+", "index default home trang chu html htm php asp aspx jsp category chuyen muc tin tuc tag portal"
    )
)
MOST_LENGTH = 500


def feed_links(data: bytes, *, base: str) -> list[str]:
    """Addresses of the feeds a page names, the best first; empty when it names none.

    `base`: where the page came from. A section's own feed comes before the site's, else the page's own order
    holds (its first is its main one); feeds of comments and the page itself are left out. Raises Unreadable
    ("not_page", "empty") for what is no page.
    """
    page = document(data, base)
    for element in page.iterfind(".//base[@href]"):
        try:
            base_of = urljoin(base, element.get("href").strip())
        except ValueError:
            continue
        break
    else:
        base_of = base
    found: dict[str, bool] = {}
    for link in page.iter("link", "a"):
        url = _feed(link, base_of)
        title = link.get("title") or ""
        comments = _COMMENTS.search(_folded(f"{title} {urlsplit(url).path}"))
        if url and url != base.partition("#")[0] and not comments:
            found.setdefault(url, _of_section(base, url, title))
    return sorted(found, key=lambda url: not found[url])


def _feed(link, base: str) -> str:  # lxml's own type
    """Where the link leads, when it is one to a feed; else empty."""
    rel = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    href = (link.get("href") or "").strip()
    if not href or "alternate" not in rel or "stylesheet" in rel:
        return ""
    if kind not in _FEED and not (kind in _PERHAPS and _SAYS_FEED.search(href) and not _NO_FEED.search(href)):
        return ""
    try:
        url = urljoin(base, href).partition("#")[0]
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return ""
    good = parts.scheme in ("http", "https") and parts.hostname and len(url) <= MOST_LENGTH
    return url if good else ""


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(text.lower()))


def _of_section(page: str, url: str, title: str) -> bool:
    """Whether the feed is the own one of the section that the page is: below its address, or called like it."""
    path = urlsplit(page).path.rstrip("/")
    if not path:
        return False
    parts = urlsplit(url)
    if parts.path.startswith(path + "/"):
        return True
    section = set(re.findall(r"[a-z]{2,}", _folded(path.rpartition("/")[2]))) - _NO_SECTION
    return bool(section) and section <= set(_folded(f"{title} {parts.path} {parts.query}").split())
