"""Out to the web and back: politely, bounded, many hosts side by side, one host one request after another.

What touches the network here touches no database: threads get plain values and give plain values back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from loa.lib.http import Answer, Door, DoorError
from loa.listening import readers, youtube
from loa.listening.readers import Found, Reading, Unreadable
from loa.listening.rules import SourceKind

log = logging.getLogger("loa.listening")

AGENT = "LoaBot"
AGENT_LINE = "LoaBot/1.0 (theo doi tin giao duc; doc RSS cong khai)"
TIMEOUT = 12.0
MOST_BYTES = 8_000_000
#: a page with one article on it, pictures not among it
MOST_ARTICLE = 3_000_000
#: seconds for which the articles of one host are opened in one go
READ_FOR = 30.0
#: seconds between two requests to one host
PAUSE = 1.0
#: a feed address may lead to another; a sitemap's index to so many sitemaps
ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8"


@dataclass(frozen=True)
class Plan:
    """One source to look at."""

    source_id: int
    kind: str
    url: str
    etag: str = ""
    last_modified: str = ""
    #: the feed that the page at `url` named; empty: `url` itself is read
    feed_url: str = ""
    #: that feed died: the page is looked at once more, for another one
    again: bool = False
    #: of a YouTube channel: the API, and the playlist of its films (empty: to be asked for)
    api: youtube.Api | None = None
    uploads: str = ""

    @property
    def address(self) -> str:
        """What is asked for now."""
        if self.api is not None:
            return self.api.base
        return self.feed_url if self.feed_url and not self.again else self.url


@dataclass
class Outcome:
    """What came of it: `code` "ok", "same", "moved" (the page names a feed on another host, to be read there), or
    one of texts.FETCH_ERRORS.
    """

    source_id: int
    code: str
    #: the source's own address
    url: str = ""
    #: the feed that was read, or that the page named; empty: none but the source's own address
    feed_url: str = ""
    status: int | None = None
    size: int = 0
    ms: int = 0
    etag: str = ""
    last_modified: str = ""
    found: list[Found] = field(default_factory=list)
    #: of a YouTube channel: its playlist, when it was asked for; whether the list has no more films; its title
    uploads: str = ""
    whole: bool = False
    title: str = ""


@dataclass
class Visit:
    """All that is wanted of one host now; `robots` None: not known or too old."""

    host: str
    plans: list[Plan]
    robots: str | None = None


@dataclass
class Errand:
    """Articles of one host that are to be opened now: (item, address); `robots` as in Visit."""

    host: str
    articles: list[tuple[int, str]]
    robots: str | None = None


@dataclass(frozen=True)
class Opened:
    """What came of opening an article: "ok" with what was `found`, or one of texts.FETCH_ERRORS."""

    item_id: int
    code: str
    found: Found | None = None


@dataclass
class Harvest:
    """What came of an errand; articles for which there was no time are not in it."""

    host: str
    opened: list[Opened] = field(default_factory=list)
    robots: str | None = None


@dataclass
class Report:
    """What came of a visit; `robots` is set when it was read anew."""

    host: str
    outcomes: list[Outcome]
    robots: str | None = None


def host_of(url: str) -> str:
    """The host of an address with its port, as robots.txt counts it; empty for none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def by_host(plans: list[Plan]) -> list[Visit]:
    """Plans of one host together."""
    visits: dict[str, Visit] = {}
    for plan in plans:
        host = host_of(plan.address)
        visits.setdefault(host, Visit(host, [])).plans.append(plan)
    return list(visits.values())


_BY_STATUS = {401: "forbidden", 403: "forbidden", 404: "not_found", 410: "not_found", 429: "throttled"}
#: after one of these the host is left alone until next time
_HOST_IS_AWAY = ("slow", "unreachable", "broken", "yt_no_key", "yt_key", "yt_quota")


def _error(answer: Answer) -> str:
    if answer.status in _BY_STATUS:
        return _BY_STATUS[answer.status]
    return "server" if answer.status >= 500 else "odd"


def _door_code(error: DoorError) -> str:
    return "unreachable" if error.code == "broken" else error.code


def read_robots(door: Door, url: str) -> str:
    """The robots.txt of the host of `url`; empty when it has none (RFC 9309 2.3.1.3). Raises DoorError.

    While the server is in trouble (5xx) nothing is allowed (2.3.1.4).
    """
    parts = urlsplit(url)
    answer = door.get(
        urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")), timeout=TIMEOUT, most_bytes=500_000
    )
    if answer.status >= 500:
        raise DoorError("server")
    return answer.body.decode("utf-8", errors="replace") if answer.status == 200 else ""


def allowed(robots: str, url: str) -> bool:
    """Whether robots.txt lets us read `url`."""
    parser = RobotFileParser()
    parser.parse(robots.splitlines())
    return parser.can_fetch(AGENT, url)


def _away(plan: Plan, code: str) -> Outcome:
    """What is known of a plan before anything was answered."""
    kept = plan.api is not None or plan.address == plan.feed_url
    return Outcome(plan.source_id, code, plan.url, plan.feed_url if kept else "")


def look(door: Door, plan: Plan, robots: str, *, sleep: Callable[[float], object] = time.sleep) -> Outcome:
    """Look at one source, conditionally; from a page on to the feed it names, once. Never raises."""
    outcome = _away(plan, "ok")
    if plan.api is not None:
        _films(door, plan, plan.api, outcome)
        return outcome
    answer = _get(door, plan, plan.address, robots, outcome)
    if answer is None:
        return outcome
    _take(door, plan, answer, robots, outcome, sleep)
    if outcome.code == "not_feed" and not outcome.feed_url:
        _follow(door, plan, answer, robots, outcome, sleep)
    return outcome


def _films(door: Door, plan: Plan, api: youtube.Api, outcome: Outcome) -> None:
    """A YouTube channel: an API asked by contract, no page; robots.txt is about pages."""
    try:
        films = youtube.look(door, api, url=plan.url, channel=plan.feed_url, uploads=plan.uploads, etag=plan.etag)
    except youtube.Trouble as trouble:
        outcome.code, outcome.status = trouble.code, trouble.status
        return
    outcome.code = "same" if films.same else "ok"
    outcome.status, outcome.size, outcome.ms, outcome.etag = films.status, films.size, films.ms, films.etag
    outcome.found, outcome.whole, outcome.title = films.found, films.whole, films.title
    outcome.feed_url, outcome.uploads = films.channel or plan.feed_url, films.uploads


def _get(door: Door, plan: Plan, url: str, robots: str, outcome: Outcome) -> Answer | None:
    """A good answer; else None, and the outcome says what came."""
    if not allowed(robots, url):
        outcome.code = "robots"
        return None
    conditions = {"If-None-Match": plan.etag, "If-Modified-Since": plan.last_modified}
    asked = {name: value for name, value in conditions.items() if value and url == plan.address and not plan.again}
    try:
        answer = door.get(url, headers={"Accept": ACCEPT, **asked}, timeout=TIMEOUT, most_bytes=MOST_BYTES)
    except DoorError as error:
        outcome.code = _door_code(error)
        return None
    outcome.status = answer.status
    outcome.size += len(answer.body)
    outcome.ms += answer.ms
    if answer.status == 200:
        return answer
    outcome.code = "same" if answer.status == 304 else _error(answer)
    return None


def _take(
    door: Door, plan: Plan, answer: Answer, robots: str, outcome: Outcome, sleep: Callable[[float], object]
) -> None:
    """What the answer holds, and what the parts hold that it points to."""
    try:
        reading = _read(plan, answer)
        for more in reading.more:
            if host_of(more) == host_of(plan.url) and allowed(robots, more):
                sleep(PAUSE)
                part = door.get(more, timeout=TIMEOUT, most_bytes=MOST_BYTES)
                outcome.size += len(part.body)
                if part.status == 200:
                    reading.items += readers.read_sitemap(part.body).items
    except DoorError as error:
        outcome.code = _door_code(error)
    except Unreadable as error:
        outcome.code = error.code
    else:
        outcome.code, outcome.found = "ok", reading.items
        if reading.more:
            return  # that it stayed as it was would say nothing about its parts
        outcome.etag, outcome.last_modified = answer.header("etag"), answer.header("last-modified")


def _follow(
    door: Door, plan: Plan, page: Answer, robots: str, outcome: Outcome, sleep: Callable[[float], object]
) -> None:
    """On to the feed that the page names, never further: what lies behind a link that is no feed is an error.

    On another host it is only named: that host is visited by whoever holds its lease, at its own pace.
    """
    try:
        feeds = readers.feed_links(page.body, base=page.url)
    except Unreadable:
        return  # neither feed nor page
    feeds = [feed for feed in feeds if feed not in (plan.url, plan.feed_url)]
    if not feeds:
        outcome.code = "feed_lost" if plan.again else "no_feed"
        return
    outcome.feed_url = feeds[0]
    if host_of(feeds[0]) != host_of(plan.url):
        outcome.code = "moved"
        return
    sleep(PAUSE)
    answer = _get(door, plan, feeds[0], robots, outcome)
    if answer is not None:
        _take(door, plan, answer, robots, outcome, sleep)


def _read(plan: Plan, answer: Answer) -> Reading:
    if plan.kind == SourceKind.SITEMAP:
        return readers.read_sitemap(answer.body)
    if plan.kind == SourceKind.PAGE:
        return readers.read_links(answer.body, base=answer.url)
    return readers.read_feed(answer.body, base=answer.url, content_type=answer.header("content-type"))


def visit(door: Door, wanted: Visit, *, sleep: Callable[[float], object] = time.sleep) -> Report:
    """Look at every source of one host, one after another with a pause. A host that is away is asked once."""
    report = Report(wanted.host, [])
    robots = "" if wanted.plans[0].api else wanted.robots
    if robots is None:
        try:
            robots = report.robots = read_robots(door, wanted.plans[0].address)
            sleep(PAUSE)
        except DoorError as error:
            code = _door_code(error)
            report.outcomes = [_away(plan, code) for plan in wanted.plans]
            return report
    away = ""
    for number, plan in enumerate(wanted.plans):
        if away:
            report.outcomes.append(_away(plan, away))
            continue
        if number:
            sleep(PAUSE)
        outcome = look(door, plan, robots, sleep=sleep)
        report.outcomes.append(outcome)
        if outcome.code in _HOST_IS_AWAY:
            away = outcome.code
    return report


def open_articles(door: Door, errand: Errand, *, sleep: Callable[[float], object] = time.sleep) -> Harvest:
    """Open the articles of one host, one after another with a pause, for at most READ_FOR seconds."""
    harvest = Harvest(errand.host)
    until = time.monotonic() + READ_FOR
    robots, away = errand.robots, ""
    if robots is None:
        try:
            robots = harvest.robots = read_robots(door, errand.articles[0][1])
        except DoorError as error:
            away = _door_code(error)
    asked = errand.robots is None
    for item_id, url in errand.articles:
        if away:
            harvest.opened.append(Opened(item_id, away))
            continue
        if not allowed(robots or "", url):
            harvest.opened.append(Opened(item_id, "robots"))
            continue
        if asked:
            sleep(PAUSE)
        if time.monotonic() > until:
            break
        asked = True
        one = _opened(door, item_id, url)
        harvest.opened.append(one)
        if one.code in _HOST_IS_AWAY or one.code == "throttled":
            away = one.code
    return harvest


def _opened(door: Door, item_id: int, url: str) -> Opened:
    try:
        answer = door.get(url, headers={"Accept": "text/html"}, timeout=TIMEOUT, most_bytes=MOST_ARTICLE)
        if answer.status != 200:
            return Opened(item_id, _error(answer))
        return Opened(item_id, "ok", readers.read_article(answer.body, url=answer.url))
    except DoorError as error:
        return Opened(item_id, _door_code(error))
    except Unreadable as error:
        return Opened(item_id, error.code)
    except Exception:
        # What a stranger's page does to the libraries that read it must not cost the articles beside it.
        log.exception("article of item %s", item_id)
        return Opened(item_id, "no_text")
