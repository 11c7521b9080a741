"""What is listened to, how a source is judged silent, what is kept of a person: tables and pure functions."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import log, sqrt
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from loa.core.clock import VIETNAM
from loa.core.transitions import Transitions
from loa.lib.vi import fold


class SourceKind(StrEnum):
    """How items of a source reach us."""

    FEED = "feed"  # RSS, Atom, JSON Feed, or a page that names one
    YOUTUBE = "youtube"  # films of a channel, by the Data API
    SITEMAP = "sitemap"  # news sitemap
    PAGE = "page"  # a list page without a feed, watched for new links
    HAND = "hand"  # clippings from print, radio and television; the bookmarklet
    PUSH = "push"  # another program sends them, signed; or its exports come as files
    OURS = "ours"  # comments and messages on our own channels


#: kinds that a worker fetches by itself
FETCHED = frozenset({SourceKind.FEED, SourceKind.YOUTUBE, SourceKind.SITEMAP, SourceKind.PAGE})
#: kinds a person adds
ADDED_BY_HAND = (
    *(SourceKind.FEED, SourceKind.YOUTUBE, SourceKind.SITEMAP, SourceKind.PAGE),
    *(SourceKind.HAND, SourceKind.PUSH),
)
#: kinds that people fill, by hand or by file
FILLED = frozenset({SourceKind.HAND, SourceKind.PUSH})
#: kinds that ought to say something by themselves: their silence is an alarm
SPEAKING = FETCHED | {SourceKind.PUSH, SourceKind.OURS}


class Outlet(StrEnum):
    """What sort of voice an outlet is."""

    PRESS = "press"  # báo trung ương, ngành
    LOCAL = "local"  # báo, đài địa phương
    STATE = "state"  # cổng của cơ quan nhà nước
    SOCIAL = "social"  # mạng xã hội công khai
    VIDEO = "video"
    PRINT = "print"  # báo in
    AIR = "air"  # phát thanh, truyền hình
    OWN = "own"  # kênh của chính mình


class Tone(StrEnum):
    """Sentiment as it is shown and counted."""

    POS = "pos"
    NEU = "neu"
    NEG = "neg"


#: question of a model → the field people set right
LEARNT = {"sentiment": "tone", "relevant": "relevant", "toxic": "harm"}
#: tones nearer to another than this are shown to people first (learning queue)
UNSURE = 0.15


class Harm(StrEnum):
    """Toxicity."""

    CLEAN = "clean"
    OFFENSIVE = "offensive"
    HATE = "hate"


class CaseState(StrEnum):
    """What the office makes of a group of items about one thing; one decision for all of them."""

    NEW = "new"
    WATCH = "watch"
    DONE = "done"
    IRRELEVANT = "irrelevant"


CASE_MOVES = Transitions(
    "listening.case",
    {
        CaseState.NEW: (CaseState.WATCH, CaseState.DONE, CaseState.IRRELEVANT),
        CaseState.WATCH: (CaseState.DONE, CaseState.IRRELEVANT),
        CaseState.DONE: (CaseState.WATCH,),
        CaseState.IRRELEVANT: (CaseState.WATCH, CaseState.NEW),
    },
)


class FeedStep(StrEnum):
    """How it stands with the feed that a page named."""

    KEPT = ""  # it is read, or none was named
    AGAIN = "again"  # it died: the page is looked at next, for another one
    ASKED = "asked"  # the page was; not again until the feed answers


#: what does not pass by itself: a feed that fails so has died
LASTING = frozenset({"not_found", "forbidden", "robots", "not_feed", "blocked", "entities", "too_large"})
#: one that cannot be reached so often in a row has died too
DIED_AFTER = 5


def feed_died(code: str, failures: int) -> bool:
    """Whether a feed that failed with `code`, the `failures`-th time in a row, is gone."""
    return code in LASTING or failures >= DIED_AFTER


def sitemaps_in(robots: str, url: str, most: int = 3) -> tuple[str, ...]:
    """Sitemaps of its own host that a robots.txt names ("Sitemap: …", https://www.sitemaps.org/protocol.html)."""
    host = urlsplit(canonical(url)).netloc
    found = re.findall(r"(?im)^\s*sitemap\s*:\s*(\S{1,500})\s*$", robots)
    return tuple(dict.fromkeys(one for one in found if urlsplit(canonical(one)).netloc == host))[:most]


# — how often, and when silence is an alarm ————————————————————————————————————————————

MINUTES_MIN, MINUTES_MAX = 5, 24 * 60
#: gaps of how many items make a source's habit, and how many there must be before it is trusted
HABIT_OF, HABIT_FROM = 200, 8
#: a habit is never taken for shorter than this: one quiet lunch is no alarm
GAP_FLOOR = dt.timedelta(hours=1)
#: until a habit is known, a fetched source may say nothing for so long
UNKNOWN_GAP = dt.timedelta(days=3)
#: a source is silent after so many times its usual gap
SILENT_AFTER = 2


def usual_gap(moments: Sequence[dt.datetime]) -> dt.timedelta | None:
    """The longest gap that is still usual between items of a source: the 95th percentile of the last gaps.

    `moments`: when items were published, in any order. None while there are too few to know.
    A median would call every night an alarm: papers sleep. The 95th percentile knows their nights and weekends.
    """
    ordered = sorted(moments)[-(HABIT_OF + 1) :]
    gaps = sorted(later - earlier for earlier, later in pairwise(ordered))
    if len(gaps) < HABIT_FROM:
        return None
    return max(gaps[min(len(gaps) - 1, int(len(gaps) * 0.95))], GAP_FLOOR)


def silent_from(last_item: dt.datetime, gap: dt.timedelta | None) -> dt.datetime:
    """The moment from which a source that says nothing more counts as silent."""
    return last_item + SILENT_AFTER * gap if gap else last_item + UNKNOWN_GAP


def next_fetch(now: dt.datetime, *, minutes: int, failures: int) -> dt.datetime:
    """When a source is fetched again: its own pace, doubled with every failure in a row, at most six hours."""
    pace = dt.timedelta(minutes=minutes)
    if not failures:
        return now + pace
    return now + min(pace * 2 ** min(failures, 10), max(pace, dt.timedelta(hours=6)))


# — what was there before we looked ————————————————————————————————————————————————————————

#: looks further apart than so many of a source's own paces, and than so many of its usual gaps, leave a hole
HOLE_PACES, HOLE_GAPS = 4, 2
#: after a hole as long as this it is the source that is new (or back), not what it says
HOLE_LONG = dt.timedelta(days=1)
#: files of exports come once a working day, or after a weekend
FILE_PACE = dt.timedelta(days=4)
#: what is told to us (calls, comments) so long after it was said is a backlog
BACKLOG = dt.timedelta(days=1)


@dataclass(frozen=True)
class Fresh:
    """What of a look's items is said about now, so that it may count toward a spike: what carries a time of its
    own from `since` on; of what carries none, all (`undated`) or nothing.
    """

    since: dt.datetime
    undated: bool

    def counts(self, at: dt.datetime | None) -> bool:
        """Whether an item of that time (None: it gave none) does."""
        return self.undated if at is None else at >= self.since


def never(now: dt.datetime) -> Fresh:
    """Nothing of it: of any age, or of a source that was not there before."""
    return Fresh(now + dt.timedelta(days=1), undated=False)


def fresh_of_look(
    now: dt.datetime, *, looked: dt.datetime | None, minutes: int, gap: dt.timedelta | None
) -> Fresh | None:
    """What a look may count for; None: all of it. `looked`: the last good look, of which there may be none.

    A page shown at once, one moved to another address, one looked at again after a pause: how much it has says
    nothing about today. What a short failure of ours left out is known by its own time and counts.
    """
    if looked is None:
        return never(now)
    hole = max(HOLE_PACES * dt.timedelta(minutes=minutes), HOLE_GAPS * (gap or dt.timedelta()))
    if now - looked <= hole:
        return None
    return Fresh(looked, undated=False) if now - looked <= max(hole, HOLE_LONG) else never(now)


def fresh_of_file(now: dt.datetime, *, before: dt.datetime | None) -> Fresh:
    """What a file may count for; `before`: when the one before it was brought in."""
    return never(now) if before is None or now - before > FILE_PACE else Fresh(before, undated=False)


def fresh_of_call(now: dt.datetime, *, since: dt.datetime) -> Fresh:
    """What is told to us by a call or a comment may count for; `since`: from when the source is ours."""
    return Fresh(now - BACKLOG, undated=now - since >= HOLE_LONG)


# — articles read whole ——————————————————————————————————————————————————————————————————

#: an article that nobody answered for is asked for again after so long, and for so long after it was seen; one
#: without a headline longer, as without its article there is nothing of it
READ_AGAIN, READ_WITHIN, READ_WITHIN_BLANK = dt.timedelta(minutes=15), dt.timedelta(hours=1), dt.timedelta(days=1)
#: a feed that gives so many letters gives the article
WHOLE = 1500
#: an address without headline that its sitemap dates longer ago is the archive: not opened
ARCHIVE = dt.timedelta(days=30)
#: fewer letters than this are no article
PARAGRAPH = 150
#: letters of an article that are shown; the rest is the paper's
EXTRACT = 700


def reads_articles(kind: str, outlet: str, *, wanted: bool) -> bool:
    """Whether articles of a source are opened: of the press and of public bodies, never of private persons."""
    return wanted and kind in FETCHED and outlet not in PRIVATE


def article_time(said: dt.datetime | None, seen: dt.datetime) -> dt.datetime | None:
    """When an article says it appeared; None when it does not say, or says what cannot be.

    Many say the day alone (a midnight): on the day we saw it the moment we saw it is nearer, of other days
    the morning is.
    """
    if said is None or said > seen + dt.timedelta(hours=2):
        return None
    local = said.astimezone(VIETNAM)
    if local.time() != dt.time():
        return said
    return None if local.date() == seen.astimezone(VIETNAM).date() else local.replace(hour=8)


# — one item, one address ——————————————————————————————————————————————————————————————

#: query parameters that say who sent the reader, never what is read
_TRACKERS = re.compile(r"^(utm_.*|fbclid|gclid|zarsrc|mibextid|igshid|ref|ref_src|cmpid|_ga|_gl|spm)$", re.I)


def canonical(url: str, *, bare: bool = False) -> str:
    """The address without what only counts readers, so that one article has one address; empty for odd schemes.

    `bare`: parameters without a value count too ("/rss?giao-duc"), as they do where feeds are told apart.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return ""
    host = parts.hostname.lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    if port and port not in (80, 443):
        host = f"{host}:{port}"
    query = urlencode(
        sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=bare) if not _TRACKERS.match(k))
    )
    path = re.sub(r"/(amp|index\.html?)?/*$", "", parts.path) or "/"
    return urlunsplit(("https", host, path, query, ""))


def tidy(address: str) -> str:
    """An address as people type it, made whole: "bao.example/rss" → https, "@ten" → that channel of YouTube."""
    address = address.strip()
    if re.fullmatch(r"@[^\s/@]+", address):
        return f"https://www.youtube.com/{address}"
    if "://" not in address and re.fullmatch(r"[\w-]+(\.[\w-]+)+([:/?]\S*)?", address):
        return f"https://{address}"
    return address


def key_of(url: str, external: str = "", text: str = "") -> str:
    """What makes an item the same item wherever it is met again (64 hex digits).

    Its address; without one the service's own id; without both its words.
    """
    known = canonical(url) or (f"id:{external}" if external else f"text:{text}")
    return hashlib.sha256(known.encode()).hexdigest()


def key_of_remark(source: int, url: str, external: str = "", *, who: str = "", text: str = "") -> str:
    """The same for what private persons wrote, as a file or a call brings it: one post has many comments, so that
    its address tells none of them from another.

    The service's own id, which is no other service's; without one the address with its words and `who`: a code
    of the writer, or when it was written.
    """
    if external:
        return key_of("", f"{source}:{external}")
    return key_of("", "", f"{canonical(url)}\n{who}\n{text}")


def key_of_clipping(day: str, paper: str, text: str) -> str:
    """The same for what print, radio and television said, without an address or a number: one programme has one
    title every day, and papers share headlines.
    """
    return key_of("", "", f"{day}\n{paper}\n{text}")


# — people ————————————————————————————————————————————————————————————————————————————


#: kinds of outlet whose authors are private persons: only a code is kept
PRIVATE = frozenset({Outlet.SOCIAL, Outlet.VIDEO, Outlet.OWN})
#: days after which the words of items are forgotten (figures stay): the office may shorten it per source
KEEP_DAYS_PRESS, KEEP_DAYS_PRIVATE = 3 * 365, 180


#: YouTube allows 30 (its Developer Policies, III.E.4.d); two nights less, should the worker stand still
KEEP_DAYS_YOUTUBE = 28


def keep_days(outlet: str, kind: str = "") -> int:
    """How long the words of an item may stay, by the sort of its outlet and how it came."""
    if kind == SourceKind.YOUTUBE:
        return KEEP_DAYS_YOUTUBE
    return KEEP_DAYS_PRIVATE if outlet in PRIVATE else KEEP_DAYS_PRESS


# — questions —————————————————————————————————————————————————————————————————————————

#: what makes a text a question, in the words of people
_ASKING = (
    "?",
    "cho em hỏi",
    "cho hỏi",
    "xin hỏi",
    "ai biết",
    "giải thích giúp",
    "khi nào thì",
    "bao giờ thì",
)
_PLAIN_ASKING = tuple(fold(words) for words in _ASKING)


def asks(text: str) -> bool:
    """Whether somebody asks something; typed with accents or without."""
    said = text.lower()
    return any(words in said for words in _ASKING) or (
        said.isascii() and any(words in said for words in _PLAIN_ASKING)
    )


# — did an answer answer? ——————————————————————————————————————————————————————————————

#: days before and after a story of ours that are laid beside each other
AROUND = 7
#: fewer items than this before it say nothing
ENOUGH = 5
#: one-sided 5 %: a change smaller than this many standard errors may be chance
SURE_OF_CHANGE = 1.64


class Change(StrEnum):
    """What happened after a story of ours."""

    DOWN = "down"
    UP = "up"
    UNCLEAR = "unclear"  # too little, or no more than chance
    EARLY = "early"  # the days after are not over


def change(before: int, after: int, others_before: int, others_after: int) -> Change:
    """Whether something was spoken of less (or more) afterwards than everything else would lead one to expect.

    The ratio after/before is laid against that of all else in the same days (a Monday, a holiday and a new
    source change both alike); the logarithm of a ratio of counts has the variance of the sum of their inverses.
    It says what happened after, not why.
    """
    if before < ENOUGH:
        return Change.UNCLEAR
    counts = [before + 0.5, after + 0.5, others_before + 0.5, others_after + 0.5]
    ratio = log(counts[1] / counts[0]) - log(counts[3] / counts[2])
    sure = ratio / sqrt(sum(1 / n for n in counts))
    if sure <= -SURE_OF_CHANGE:
        return Change.DOWN
    return Change.UP if sure >= SURE_OF_CHANGE else Change.UNCLEAR
