"""Films of a YouTube channel, through the Data API v3 (discovery document of youtube.v3; developers.google.com).

YouTube's robots.txt forbids /feeds/videos.xml to everybody, and robots are obeyed here: the API is the way in.
channels.list (by id, handle or user name) tells the playlist of a channel's uploads, playlistItems.list its last
50 films, each call one unit of the project's 10,000 a day (youtube/v3/determine_quota_cost), asked with the ETag
of the last answer (youtube/v3/getting-started). The key goes in a header, never in an address that may be logged
(cloud.google.com/docs/authentication/api-keys-use).

What is kept: title, first lines, time and address of a film; no figures, no picture, no comments. API data of
others may be stored for 30 days, then it is refreshed or deleted (YouTube API Services Developer Policies,
III.E.4.d): words go after rules.KEEP_DAYS_YOUTUBE, the channel is asked for again after as long, and what it
changes or takes back goes here too with the next look. Network only, no database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from loa.channels.answers import body_of
from loa.channels.youtube.errors import AGAIN, QUOTA, SLOW, reasons_of
from loa.core import clock
from loa.lib.http import Answer, Door, DoorError
from loa.listening.readers.films import Named, named, read_films
from loa.listening.readers.model import Found
from loa.listening.rules import ARCHIVE

TIMEOUT = 12.0
MOST_BYTES = 2_000_000
CHANNEL = "https://www.youtube.com/channel/{}"
#: the key is none, is not allowed to ask this or from here
_KEY = frozenset(
    {"keyInvalid", "keyExpired", "accessNotConfigured", "ipRefererBlocked", "API_KEY_INVALID", "SERVICE_DISABLED"}
    | {
        "API_KEY_SERVICE_BLOCKED",
        "API_KEY_IP_ADDRESS_BLOCKED",
        "API_KEY_HTTP_REFERRER_BLOCKED",
        "CONSUMER_SUSPENDED",
    }
)
_GONE = frozenset({"playlistNotFound", "channelNotFound", "channelClosed", "channelSuspended"})


@dataclass(frozen=True)
class Api:
    """Where the API answers, with which key (empty: none is set), and where a film is seen ("…{key}…")."""

    base: str
    key: str
    film: str


class Trouble(Exception):
    """No usable answer; `code`: one of texts.FETCH_ERRORS."""

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass
class Films:
    """What a look at a channel gave."""

    found: list[Found] = field(default_factory=list)
    #: nothing changed since the last look
    same: bool = False
    #: the list of uploads has no more films than these
    whole: bool = False
    etag: str = ""
    #: the address of the channel and the playlist of its uploads, when they were asked for now
    channel: str = ""
    uploads: str = ""
    title: str = ""
    status: int = 200
    size: int = 0
    ms: int = 0


def look(door: Door, api: Api, *, url: str, channel: str = "", uploads: str = "", etag: str = "") -> Films:
    """The last films of the channel that `url` leads to. Raises Trouble.

    `channel`: its own address, once known (a handle may go to somebody else one day); `uploads`: the playlist of
    its films, empty to ask for it; `etag`: of the list's last answer.
    """
    if not api.key:
        raise Trouble("yt_no_key")
    films = Films()
    if uploads:
        try:
            return _listed(door, api, films, uploads, etag)
        except Trouble as trouble:
            if trouble.code != "yt_gone":
                raise
    known = named(channel or url)
    if known is None:
        raise Trouble("yt_address")
    row = _channel(door, api, known, films)
    films.channel = CHANNEL.format(row["id"])
    films.title = str((row.get("snippet") or {}).get("title") or "")
    related = (row.get("contentDetails") or {}).get("relatedPlaylists") or {}
    films.uploads = str(related.get("uploads") or "")
    if not films.uploads:
        raise Trouble("yt_gone")
    try:
        return _listed(door, api, films, films.uploads, "")
    except Trouble as trouble:
        if trouble.code != "yt_gone":
            raise
        return films  # a channel without a film has no list either


def _channel(door: Door, api: Api, known: Named, films: Films) -> dict[str, Any]:
    """The channel as the API knows it. Raises Trouble ("yt_gone" when nobody is called so)."""
    if known.kind == "video":
        rows = _rows(_ask(door, api, films, "videos", {"part": "snippet", "id": known.value}))
        owner = str((rows[0].get("snippet") or {}).get("channelId") or "") if rows else ""
        if not owner:
            raise Trouble("yt_gone")
        known = Named("id", owner)
    # The old /c/… has no filter of its own: most such names have become handles, some were user names.
    filters = {"id": ["id"], "handle": ["forHandle"], "user": ["forUsername", "forHandle"]}.get(
        known.kind, ["forHandle", "forUsername"]
    )
    for name in filters:
        value = f"@{known.value}" if name == "forHandle" else known.value
        rows = _rows(_ask(door, api, films, "channels", {"part": "snippet,contentDetails", name: value}))
        if rows and rows[0].get("id"):
            return rows[0]
    raise Trouble("yt_gone")


def _listed(door: Door, api: Api, films: Films, uploads: str, etag: str) -> Films:
    params = {"part": "snippet,contentDetails,status", "playlistId": uploads, "maxResults": "50"}
    answer = _ask(door, api, films, "playlistItems", params, etag)
    if answer.status == 304:
        films.same = True
        return films
    body = body_of(answer.body) or {}
    since = clock.now() - ARCHIVE
    found = read_films(body, page=api.film)
    films.found = [one for one in found if one.published_at is not None and one.published_at >= since]
    # The next page would hold older films than any that matters here.
    films.whole = not body.get("nextPageToken") or len(films.found) < len(found)
    films.etag = answer.header("etag")
    return films


def _rows(answer: Answer) -> list[dict[str, Any]]:
    rows = (body_of(answer.body) or {}).get("items")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _ask(door: Door, api: Api, films: Films, name: str, params: dict[str, str], etag: str = "") -> Answer:
    headers = {"X-Goog-Api-Key": api.key, "Accept": "application/json"}
    if etag:
        headers["If-None-Match"] = etag
    try:
        answer = door.get(
            f"{api.base}/youtube/v3/{name}",
            params=params,
            headers=headers,
            timeout=TIMEOUT,
            most_bytes=MOST_BYTES,
            redirects=False,  # the key is for this host alone
        )
    except DoorError as error:
        raise Trouble("unreachable" if error.code == "broken" else error.code) from error
    films.status = answer.status
    films.size += len(answer.body)
    films.ms += answer.ms
    if answer.status not in (200, 304):
        raise Trouble(_code(answer), answer.status)
    return answer


def _code(answer: Answer) -> str:
    """What an error of a Google API means, by the reasons it gives."""
    body = body_of(answer.body) or {}
    error = body.get("error")
    details = error.get("details") if isinstance(error, dict) else None
    reasons = reasons_of(body)
    if isinstance(details, list):  # what is wrong with a key stands there
        reasons |= {str(row.get("reason")) for row in details if isinstance(row, dict)}
    if reasons & QUOTA:
        return "yt_quota"
    if answer.status == 429 or reasons & SLOW:
        return "throttled"
    if reasons & _KEY:
        return "yt_key"
    if answer.status >= 500 or reasons & AGAIN:
        return "server"
    if reasons & _GONE:
        return "yt_gone"
    return "yt_key" if answer.status in (401, 403) else "odd"
