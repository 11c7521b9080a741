"""From the bytes of a feed, sitemap, page, file or message to what was found in it. Pure: no database, no network.

Every reader answers `Reading`: broken input gives what could be read, or raises `Unreadable` with a code of
`loa.listening.texts.FETCH_ERRORS`.
"""

from __future__ import annotations

from .feed import read_feed
from .links import feed_links
from .model import Found, Reading, Unreadable
from .page import read_article, read_links
from .sitemap import read_sitemap

__all__ = [
    "Found",
    "Reading",
    "Unreadable",
    "feed_links",
    "read_article",
    "read_feed",
    "read_links",
    "read_sitemap",
]
