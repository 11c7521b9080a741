"""Sitemaps, with Google's news extension where a paper uses it (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import gzip
import io
import re
import xml.etree.ElementTree as ET
import zlib

from loa.listening.readers.model import MOST_ITEMS, Found, Reading, Unreadable, line, moment

_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)
MOST_UNPACKED = 50 * 1024 * 1024  # the protocol's own limit


def _unpacked(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            text = stream.read(MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable("not_sitemap") from error
    if len(text) > MOST_UNPACKED:
        raise Unreadable("too_large")
    return text


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def read_sitemap(data: bytes) -> Reading:
    """Addresses of a sitemap, newest first; of an index the three sitemaps changed last, in `more`.

    Raises Unreadable ("not_sitemap", "entities", "too_large", "empty").
    """
    data = _unpacked(data)
    if not data.strip():
        raise Unreadable("empty")
    if _DOCTYPE.search(data):
        raise Unreadable("entities")
    try:
        root = ET.fromstring(data)  # noqa: S314 - documents with a DOCTYPE were refused above
    except ET.ParseError as error:
        raise Unreadable("not_sitemap") from error
    if _name(root.tag) == "sitemapindex":
        rows = [{_name(cell.tag): (cell.text or "").strip() for cell in row} for row in root]
        rows.sort(key=lambda row: row.get("lastmod", ""), reverse=True)
        return Reading(more=[row["loc"] for row in rows if row.get("loc")][:3])
    if _name(root.tag) != "urlset":
        raise Unreadable("not_sitemap")
    found = []
    for row in root:
        cells = {_name(cell.tag): (cell.text or "").strip() for cell in row.iter()}
        if cells.get("loc"):
            found.append(
                Found(
                    url=cells["loc"][:1000],
                    title=line(cells.get("title", "")),
                    outlet=line(cells.get("name", ""), 160),
                    published_at=moment(cells.get("publication_date") or cells.get("lastmod", "")),
                )
            )
    found.sort(key=lambda item: item.published_at.timestamp() if item.published_at else 0, reverse=True)
    return Reading(found[:MOST_ITEMS])
