"""What a reader finds."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from html import unescape

from loa.core.clock import VIETNAM
from loa.lib.vi import clean, clean_lines, recover

#: no more items are taken from one document: a paper's feed has 20 to 200
MOST_ITEMS = 500
MOST_TEXT = 20_000


class Unreadable(Exception):
    """The document is not what it should be; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


#: control letters and halves of a pair (JSON may hold both): no database keeps them all
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def kept(text: str) -> str:
    """The text without letters that no database keeps."""
    return _UNKEPT.sub("", text)


@dataclass(frozen=True)
class Found:
    """One item as its source gives it; texts in NFC, without markup."""

    url: str = ""
    external: str = ""
    title: str = ""
    text: str = ""
    #: as printed; becomes a code when the source is of private persons
    author: str = ""
    outlet: str = ""
    published_at: dt.datetime | None = None
    #: its source gave the day alone: the hour is a guess
    day_only: bool = False
    #: of what was said to us: the page it stands under, and its conversation (core.heard.Heard.talk); neither is
    #: what makes it the same item
    under: str = ""
    talk: str = ""
    reach: int | None = None

    def __post_init__(self) -> None:
        for name in ("url", "external", "title", "text", "author", "outlet", "under", "talk"):
            words = getattr(self, name)
            if _UNKEPT.search(words):
                object.__setattr__(self, name, kept(words))


@dataclass
class Reading:
    """Items in the order of the document. `more`: further documents that it points to (a sitemap's index)."""

    items: list[Found] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    #: lines of a file that could not be used: (line number, what is wrong)
    errors: list[tuple[int, str]] = field(default_factory=list)


_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([\w-]{2,20})""", re.I)


def decoded(data: bytes) -> str:
    """The text of a page: UTF-8 when it is that, else what the page says, else the old Windows set."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    said = _CHARSET.search(data[:4096])
    try:
        return data.decode(said[1].decode("ascii") if said else "cp1258", errors="replace")
    except LookupError:
        return data.decode("utf-8", errors="replace")


_BREAK = re.compile(r"(?i)<\s*(br|/p|/div|/li|/h[1-6])\b[^>]*>")
_DROPPED = re.compile(r"(?is)<(script|style|noscript|iframe)\b.*?(</\1\s*>|$)")
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]{0,4000}>")


def plain(markup: str, *, limit: int = MOST_TEXT) -> str:
    """The words of a piece of HTML or text: no tags, entities read, old encodings recovered, NFC, at most `limit`.

    For reading and counting only; what is shown as HTML goes through a sanitiser instead.
    """
    text = markup[: limit * 8]
    if "<" in text:
        text = _DROPPED.sub(" ", text)
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    text = kept(unescape(unescape(text)))
    text, _encoding = recover(text)
    return clean_lines(text)[:limit]


def line(markup: str, limit: int = 400) -> str:
    """`plain` on one line."""
    return clean(plain(markup, limit=limit * 4))[:limit]


def aware(moment: dt.datetime | None) -> dt.datetime | None:
    """A time without zone was written in Việt Nam. None of the first and last year: no other zone says it."""
    if moment is None or not dt.MINYEAR < moment.year < dt.MAXYEAR:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=VIETNAM)
    return moment.astimezone(dt.UTC)


_VN_DATE = re.compile(
    r"(?P<d>\d{1,2})[/\-.](?P<m>\d{1,2})[/\-.](?P<y>\d{4})(?:\D{1,5}(?P<h>\d{1,2})[:hg](?P<min>\d{2}))?"
    r"|(?P<h2>\d{1,2})[:hg](?P<min2>\d{2})\D{1,12}(?P<d2>\d{1,2})[/\-.](?P<m2>\d{1,2})[/\-.](?P<y2>\d{4})"
)


def moment(text: str) -> dt.datetime | None:
    """A time as feeds, sitemaps, files and Vietnamese pages write it; None when it cannot be one.

    ISO 8601; "Thứ năm, 26/11/2026, 09:12 (GMT+7)"; "09:12 26/11/2026" (day first, always).
    """
    text = text.strip()
    if not text:
        return None
    try:
        return aware(dt.datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError:
        pass
    found = _VN_DATE.search(text)
    if not found:
        return None
    part = {name.rstrip("2"): value for name, value in found.groupdict().items() if value}
    try:
        return aware(
            dt.datetime(
                int(part["y"]), int(part["m"]), int(part["d"]), int(part.get("h", 0)), int(part.get("min", 0))
            )
        )
    except ValueError:
        return None
