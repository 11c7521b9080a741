"""RSS, Atom and JSON Feed, as the papers really write them."""

from __future__ import annotations

import calendar
import datetime as dt
import io
import json
import re
from typing import Any

from loa.listening.readers.model import MOST_ITEMS, Found, Reading, Unreadable, line, moment, plain

#: entities of a document's own are how a few hundred bytes become gigabytes; no feed needs them
_ENTITY = re.compile(rb"<!ENTITY", re.I)


def read_feed(data: bytes, *, base: str = "", content_type: str = "") -> Reading:
    """Items of a feed; `base`: its address, for relative links.

    Raises Unreadable ("not_feed", "entities", "empty"). Broken XML and damaged character sets are read as far as
    they go (feedparser); a feed without items is no error.
    """
    if not data.strip():
        raise Unreadable("empty")
    if data.lstrip()[:1] == b"{":
        return _json_feed(data)
    if _ENTITY.search(data):
        raise Unreadable("entities")
    import feedparser  # late: the web process seldom reads feeds

    headers = {"content-location": base} if base else {}
    if content_type:
        headers["content-type"] = content_type
    parsed = feedparser.parse(
        io.BytesIO(data), response_headers=headers, resolve_relative_uris=bool(base), sanitize_html=False
    )
    if not parsed.get("version") and not parsed.entries:
        raise Unreadable("not_feed")
    outlet = line(str(parsed.feed.get("title", "")), 160)
    return Reading([_entry(entry, outlet) for entry in parsed.entries[:MOST_ITEMS]])


def _entry(entry: Any, outlet: str) -> Found:
    bodies = [str(part.get("value", "")) for part in entry.get("content", [])]
    body = max([*bodies, str(entry.get("summary", ""))], key=len)
    title = line(str(entry.get("title", "")))
    stamp = "published" if "published" in entry else "updated"
    when, printed = entry.get(f"{stamp}_parsed"), str(entry.get(stamp) or "")
    return Found(
        url=str(entry.get("link", "")).strip()[:1000],
        external=str(entry.get("id", "")).strip()[:300],
        title=title or line(body, 120),
        text=plain(body),
        author=line(str(entry.get("author", "")), 120),
        outlet=outlet,
        published_at=_moment(when, printed),
    )


def _moment(parsed: Any, printed: str) -> dt.datetime | None:
    # "26/11/2026 09:12": what no standard allows and every second Vietnamese paper writes. A standard reader takes
    # the month for the day, or nothing.
    if re.match(r"\s*\d{1,2}[/.]\d{1,2}[/.]\d{4}", printed) or parsed is None:
        return moment(printed)
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _json_feed(data: bytes) -> Reading:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        feed = json.loads(data.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_feed") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Unreadable("not_feed")
    outlet = line(str(feed.get("title") or ""), 160)
    found = []
    for item in items[:MOST_ITEMS]:
        if not isinstance(item, dict):
            continue
        body = str(item.get("content_html") or item.get("content_text") or item.get("summary") or "")
        authors = item.get("authors") or [item.get("author") or {}]
        first = authors[0] if isinstance(authors, list) and authors and isinstance(authors[0], dict) else {}
        found.append(
            Found(
                url=str(item.get("url") or item.get("external_url") or "").strip()[:1000],
                external=str(item.get("id") or "")[:300],
                title=line(str(item.get("title") or "")) or line(body, 120),
                text=plain(body),
                author=line(str(first.get("name") or ""), 120),
                outlet=outlet,
                published_at=moment(str(item.get("date_published") or item.get("date_modified") or "")),
            )
        )
    return Reading(found)
