"""The page cache: outermost, in memory, in every web process; told by the database when something public changed.

    request ─▶ PageCache ─hit─▶ bytes, compressed once
                  └─miss─▶ one request renders, the others of that key wait ─▶ Django

What may be kept is said by the page itself (header `Loa-Cache: <seconds>`, see `keep`), never guessed. Kept are
only answers 200 to GET without Set-Cookie; requests that carry a session are never answered from here, because
staff shall see the newest. Public pages do not differ from reader to reader.

Every deed that changes what is public adds one to `PublicVersion` in its own transaction. Each process reads that
number at most once a second (POLL) and answers only from pages made at the present number: a withdrawn story is
gone everywhere within about a second, on as many machines as there are. A page is marked with the number read
before it was made, so a page made while the deed was committing counts as old.

Parameters that no page knows (utm_source, fbclid, random ones) are dropped before the page sees them: they can
neither change a page nor fill the memory.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import brotli
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.utils.http import parse_http_date_safe

#: seconds between two looks at the version
POLL = 1.0
#: bytes of answers one process keeps
MAX_BYTES = 64 * 1024 * 1024
#: bytes of the largest answer kept
MAX_BODY = 700 * 1024
#: seconds a request waits for another one that makes the same page
WAIT = 10.0
HEADER = "Loa-Cache"
#: parameters that public pages read (loa.portal.params); all others are dropped
PARAMETERS = frozenset({"q", "khoa", "trang", "thang", "thoi-gian", "chu-de", "the-loai", "nguon", "cap", "xa"})
#: never answered from here, and their parameters never touched
PRIVATE = ("/lam-viec", "/cms", "/tai-khoan", "/kenh", "/static/", "/media/", "/api", "/healthz", "/__")
_COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/xml",
    "application/rss",
    "application/atom",
    "application/feed+json",
    "image/svg",
)

StartResponse = Callable[..., Any]
Environ = dict[str, Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


def keep(response: HttpResponse, seconds: int) -> HttpResponse:
    """Let the page cache keep this answer for so long (shorter when something public changes).

    Browsers ask again each time (and get 304), so that what is withdrawn does not live on in them.
    """
    response[HEADER] = str(seconds)
    if "Cache-Control" not in response:
        response["Cache-Control"] = "public, no-cache"
    return response


def read_version() -> int | None:
    """The number of changes of what is public; None when the database does not answer."""
    from loa.portal.models import PublicVersion

    try:
        connection.close_if_unusable_or_obsolete()
        value = PublicVersion.objects.values_list("value", flat=True).order_by("pk").first()
        connection.close_if_unusable_or_obsolete()
    except DatabaseError:
        return None
    return value or 0


class VersionWatch:
    """The version as this process knows it, read again at most every `every` seconds."""

    def __init__(self, read: Callable[[], int | None] = read_version, every: float = POLL) -> None:
        self._read, self._every = read, every
        self._known: int | None = None
        self._next = 0.0
        self._lock = threading.Lock()

    def value(self) -> int | None:
        """The version; the last known one while the database is silent (nothing changes there either)."""
        if time.monotonic() >= self._next and self._lock.acquire(blocking=False):
            try:
                value = self._read()
                if value is not None:
                    self._known = value
                self._next = time.monotonic() + self._every
            finally:
                self._lock.release()
        return self._known

    def look_again(self) -> None:
        """Read at the next request."""
        self._next = 0.0


#: the one watch of this process
watch = VersionWatch()


def look_again() -> None:
    """This process has just changed something public: do not wait for the next look."""
    watch.look_again()


@dataclass(slots=True)
class Entry:
    """One kept answer."""

    version: int
    until: float
    headers: list[tuple[str, str]]
    etag: str
    plain: bytes | None
    gz: bytes
    br: bytes

    @property
    def size(self) -> int:
        return len(self.plain or b"") + len(self.gz) + len(self.br) + 1024


class PageCache:
    """WSGI wrapper; see the module."""

    def __init__(
        self,
        app: App,
        *,
        version: VersionWatch | None = None,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.version = version or watch
        self.max_bytes = max_bytes
        self.clock = clock
        self.hits = self.misses = 0
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, ...], Entry] = OrderedDict()
        self._flights: dict[tuple[str, ...], threading.Event] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not self._may_answer(environ):
            return self.app(environ, _without_mark(start_response))
        version = self.version.value()
        if version is None:
            return self.app(environ, _without_mark(start_response))
        query = known_query(environ.get("QUERY_STRING", ""))
        key = (
            str(environ.get("HTTP_X_FORWARDED_PROTO") or environ.get("wsgi.url_scheme", "")),
            str(environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")).lower(),
            str(environ.get("PATH_INFO", "/")),
            query,
        )
        entry = self._find(key, version)
        if entry is not None and entry.until > self.clock():
            self.hits += 1
            return _answer(entry, environ, start_response)
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                mine = self._flights[key] = threading.Event()
        if flight is not None:
            if entry is None:
                flight.wait(WAIT)
                entry = self._find(key, version)
            if entry is not None:  # made meanwhile, or just past its time and being renewed
                self.hits += 1
                return _answer(entry, environ, start_response)
            return self.app({**environ, "QUERY_STRING": query}, _without_mark(start_response))
        try:
            return self._make(key, version, query, environ, start_response)
        finally:
            with self._lock:
                self._flights.pop(key, None)
            mine.set()

    def _may_answer(self, environ: Environ) -> bool:
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and not environ.get("PATH_INFO", "/").startswith(PRIVATE)
            and "HTTP_AUTHORIZATION" not in environ
            and f"{settings.SESSION_COOKIE_NAME}=" not in environ.get("HTTP_COOKIE", "")
        )

    def _find(self, key: tuple[str, ...], version: int) -> Entry | None:
        with self._lock:
            entry = self._kept.get(key)
            if entry is None:
                return None
            if entry.version != version:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return entry

    def _drop(self, key: tuple[str, ...]) -> None:
        entry = self._kept.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size

    def _make(
        self, key: tuple[str, ...], version: int, query: str, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        self.misses += 1
        said: list[Any] = []

        def listen(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            said[:] = [status, headers]
            return lambda data: None

        asked = {**environ, "REQUEST_METHOD": "GET", "QUERY_STRING": query}
        # The page decides by itself whether it has changed; conditions are answered here, from the whole page.
        for condition in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"):
            asked.pop(condition, None)
        body = self.app(asked, listen)
        status, headers = said
        seconds = _seconds(status, headers)
        headers = [(name, value) for name, value in headers if name.lower() != HEADER.lower()]
        if not seconds:
            start_response(status, headers)
            return body if environ["REQUEST_METHOD"] == "GET" else _closed(body)
        try:
            data = b"".join(body)
        finally:
            _closed(body)
        entry = _entry(version, self.clock() + seconds, headers, data)
        if len(data) <= MAX_BODY:
            with self._lock:
                self._drop(key)
                self._kept[key] = entry
                self._bytes += entry.size
                while self._bytes > self.max_bytes and self._kept:
                    self._drop(next(iter(self._kept)))
        return _answer(entry, environ, start_response)


def known_query(query: str) -> str:
    """The parameters that public pages know, in order, each once."""
    if not query:
        return ""
    try:
        pairs = dict(parse_qsl(query, max_num_fields=50))
    except ValueError:
        return ""
    return urlencode(sorted((name, value) for name, value in pairs.items() if name in PARAMETERS))


def _seconds(status: str, headers: list[tuple[str, str]]) -> int:
    """How long the answer may be kept; 0: not at all."""
    found = {name.lower(): value for name, value in headers}
    if not status.startswith("200") or "set-cookie" in found or HEADER.lower() not in found:
        return 0
    if "cookie" in found.get("vary", "").lower() or "private" in found.get("cache-control", ""):
        return 0
    return int(found[HEADER.lower()])


def _entry(version: int, until: float, headers: list[tuple[str, str]], data: bytes) -> Entry:
    own = {"content-length", "etag", "vary", "content-encoding"}
    kept = [(name, value) for name, value in headers if name.lower() not in own]
    kind = next((value for name, value in kept if name.lower() == "content-type"), "")
    etag = f'W/"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'
    if kind.startswith(_COMPRESSIBLE) and len(data) > 512:
        gz, br = gzip.compress(data, 6, mtime=0), brotli.compress(data, quality=5)
        # Nearly every reader takes one of the two: the plain form is unpacked for the others.
        return Entry(version, until, [*kept, ("Vary", "Accept-Encoding")], etag, None, gz, br)
    return Entry(version, until, kept, etag, data, b"", b"")


def _answer(entry: Entry, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    headers = [*entry.headers, ("ETag", entry.etag)]
    if _unchanged(entry, environ):
        start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() != "content-type"])
        return []
    data = entry.plain
    if data is None:
        encoding = chosen_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        data = entry.br if encoding == "br" else entry.gz if encoding == "gzip" else gzip.decompress(entry.gz)
    headers.append(("Content-Length", str(len(data))))
    start_response("200 OK", headers)
    return [data] if environ["REQUEST_METHOD"] == "GET" else []


def _unchanged(entry: Entry, environ: Environ) -> bool:
    """Whether the asker has it already: by its tag, else (RFC 9110, 13.1.3) by its date."""
    tags = environ.get("HTTP_IF_NONE_MATCH", "")
    if tags:
        return entry.etag in tags
    since = environ.get("HTTP_IF_MODIFIED_SINCE", "")
    changed = next((value for name, value in entry.headers if name.lower() == "last-modified"), "")
    if not since or not changed:
        return False
    asked, known = parse_http_date_safe(since), parse_http_date_safe(changed)
    return asked is not None and known is not None and asked >= known


def chosen_encoding(accepted: str) -> str:
    """ "br", "gzip" or "" from an Accept-Encoding header; a quality of 0 refuses."""
    offered = {}
    for part in accepted.lower().split(","):
        name, _semicolon, parameters = part.partition(";")
        offered[name.strip()] = parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("br", "gzip") if offered.get(name)), "")


def _without_mark(start_response: StartResponse) -> StartResponse:
    def listen(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [pair for pair in headers if pair[0].lower() != HEADER.lower()], *more)

    return listen


def _closed(body: Any) -> list[bytes]:
    close = getattr(body, "close", None)
    if close is not None:
        close()
    return []
