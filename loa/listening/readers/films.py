"""Addresses of YouTube as people paste them, and lists of films as its API gives them. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from loa.listening.readers.model import Found, line, moment, plain

_HOSTS = frozenset({"youtube.com", "youtu.be", "youtube-nocookie.com"})
_CHANNEL = re.compile(r"UC[\w-]{22}")
_FILM = re.compile(r"[\w-]{6,20}")
#: first parts of an address that name no channel ("youtube.com/ten" is an old short name of one)
_NO_NAME = frozenset(
    {"watch", "playlist", "results", "feed", "feeds", "hashtag", "premium", "about", "gaming", "account", "t"}
    | {"post", "clip", "redirect", "signin", "login", "channels", "trending", "explore", "shorts", "live", "embed"}
)


@dataclass(frozen=True)
class Named:
    """How an address names a channel: `kind` "id", "handle", "user", "name" (old /c/…) or "video" (one of its
    films); `value` in NFC, without "@".
    """

    kind: str
    value: str


def on_youtube(url: str) -> bool:
    """Whether the address is one of YouTube's."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return re.sub(r"^(www|m|music)\.", "", host) in _HOSTS


def named(url: str) -> Named | None:
    """The channel that an address names, by whatever name; None when it names none."""
    if not on_youtube(url):
        return None
    parts = urlsplit(url)
    path = [unicodedata.normalize("NFC", unquote(part)).strip() for part in parts.path.split("/") if part.strip()]
    query = {name: values[0].strip() for name, values in parse_qs(parts.query).items()}
    first, second = [*path, "", ""][:2]
    if (parts.hostname or "").lower().endswith("youtu.be"):
        return _film(first)
    if first.startswith("@"):
        return Named("handle", first[1:]) if len(first) > 1 else None
    if first == "channel":
        return Named("id", second) if _CHANNEL.fullmatch(second) else None
    if first in ("user", "c"):
        return Named("user" if first == "user" else "name", second.removeprefix("@")) if second else None
    if first in ("shorts", "live", "embed", "v"):
        return _film(second)
    if first == "watch":
        return _film(query.get("v", ""))
    if first == "feeds":
        channel, user = query.get("channel_id", ""), query.get("user", "")
        if _CHANNEL.fullmatch(channel):
            return Named("id", channel)
        return Named("user", user) if user else None
    return Named("name", first) if first and first not in _NO_NAME else None


def _film(key: str) -> Named | None:
    return Named("video", key) if _FILM.fullmatch(key) else None


#: lines and letters of a description that are kept: what the film is about, not whom to follow where
_LINES, _LETTERS = 5, 600
_NO_WORDS = re.compile(r"(https?://\S+|[#@][\w.-]+|[\W_])+", re.I)


def first_lines(text: str) -> str:
    """The beginning of a description, without lines of addresses, hashtags and ornaments."""
    lines = [part.strip() for part in plain(text, limit=5000).splitlines()]
    kept = [part for part in lines if part and not _NO_WORDS.fullmatch(part)][:_LINES]
    return "\n".join(kept)[:_LETTERS]


def read_films(body: dict[str, Any], *, page: str) -> list[Found]:
    """Films of an answer of playlistItems.list, in its order; `page`: where one is seen ("…{key}…").

    What is not for everybody, or has no time of its own (taken down meanwhile), is left out.
    """
    rows = body.get("items")
    found = []
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        snippet, details = row.get("snippet") or {}, row.get("contentDetails") or {}
        key = str(details.get("videoId") or (snippet.get("resourceId") or {}).get("videoId") or "")
        public = (row.get("status") or {}).get("privacyStatus", "public") == "public"
        at = moment(str(details.get("videoPublishedAt") or ""))
        if _FILM.fullmatch(key) and public and at is not None:
            found.append(
                Found(
                    url=page.format(key=key),
                    external=key,
                    title=line(str(snippet.get("title") or "")),
                    text=first_lines(str(snippet.get("description") or "")),
                    published_at=at,
                )
            )
    return found
