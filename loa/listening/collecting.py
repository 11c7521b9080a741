"""Rounds of collecting: claim what is due, visit the hosts side by side, store as the answers come.

Lists of headlines in one, their articles in another, so that no headline waits for an article.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Q

from loa.channels.sending import simulators
from loa.core import clock
from loa.lib.http import Answer, Door, DoorError
from loa.listening import services
from loa.listening.fetching import (
    AGENT_LINE,
    Errand,
    Plan,
    Report,
    Visit,
    by_host,
    host_of,
    open_articles,
    visit,
)
from loa.listening.models import Host, Source
from loa.listening.readers.model import kept
from loa.listening.rules import KEEP_DAYS_YOUTUBE, FeedStep, SourceKind, sitemaps_in
from loa.listening.youtube import Api

log = logging.getLogger("loa.listening")

THREADS = 16
#: articles of one host that are opened in one go
ARTICLES = 12
ROBOTS_GOOD_FOR = dt.timedelta(hours=24)
HOST_LEASE = dt.timedelta(minutes=3)


def make_door() -> Door:
    """The door of listening.

    LOA_LISTEN_INSIDE names hosts of the own network that may be read ("host:port"); the demo's YouTube is one too.
    """
    inside = [(host, int(port)) for host, _colon, port in (x.rpartition(":") for x in settings.LOA_LISTEN_INSIDE)]
    return Door(agent=AGENT_LINE, inside=[*inside, *simulators("youtube")])


def collect_due(*, limit: int = 100, door: Door | None = None, pause: bool = True) -> int:
    """Look at every source that is due. Returns how many items are new.

    A source whose host another worker visits at this moment is given back and comes next round.
    """
    plans = _plans(services.claim_due(limit))
    visits, busy = _enter(by_host(plans))
    if busy:
        Source.objects.filter(pk__in=busy).update(lease_until=None)
    if not visits:
        return 0
    own = door or make_door()
    options = {} if pause else {"sleep": _no_sleep}
    added = 0
    try:
        with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="listen") as pool:
            for done in as_completed([pool.submit(visit, own, wanted, **options) for wanted in visits]):
                added += _settle(done.result())
    finally:
        Host.objects.filter(name__in=[wanted.host for wanted in visits]).update(lease_until=None)
        if door is None:
            own.close()
    return added


def _no_sleep(_seconds: float) -> None:
    """For tests against loopback."""


def _plans(ids: Iterable[int]) -> list[Plan]:
    rows = Source.objects.filter(pk__in=list(ids)).order_by("next_at")
    return [_plan(row) for row in rows]


def _plan(row: Source) -> Plan:
    plan = Plan(row.pk, row.kind, row.url, row.etag, row.last_modified, row.feed_url)
    if row.kind != SourceKind.YOUTUBE:
        return replace(plan, again=row.feed_step == FeedStep.AGAIN)
    # What the API said of the channel is no older than what it said of the films (Developer Policies, III.E.4.d).
    fresh = row.feed_at is not None and row.feed_at > clock.now() - dt.timedelta(days=KEEP_DAYS_YOUTUBE)
    return replace(plan, api=_youtube(), uploads=row.uploads if fresh else "")


def _youtube() -> Api:
    return Api(settings.LOA_CHANNEL_URLS["youtube"], settings.LOA_YOUTUBE_API_KEY, settings.LOA_YOUTUBE_WATCH)


def _enter(visits: list[Visit]) -> tuple[list[Visit], list[int]]:
    """The visits whose host is free, now ours; and the sources of those that are not."""
    now = clock.now()
    ours: list[Visit] = []
    busy: list[int] = []
    for wanted in visits:
        host = _entered(wanted.host, now)
        if host is None:
            busy += [plan.source_id for plan in wanted.plans]
            continue
        wanted.robots = _robots(host, now)
        ours.append(wanted)
    return ours, busy


def _entered(name: str, now: dt.datetime) -> Host | None:
    """The host, now ours until its lease runs out; None while another worker is there."""
    host, _made = Host.objects.get_or_create(name=name)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    return host if Host.objects.filter(free, pk=host.pk).update(lease_until=now + HOST_LEASE) else None


def _robots(host: Host, now: dt.datetime) -> str | None:
    """What it allows; None when that is not known or too old."""
    return host.robots if host.robots_at and host.robots_at > now - ROBOTS_GOOD_FOR else None


def _note_robots(name: str, robots: str | None) -> None:
    if robots is not None:
        Host.objects.filter(name=name).update(robots=kept(robots)[:500_000], robots_at=clock.now())


def _settle(report: Report) -> int:
    """Write down what came of one visit."""
    _note_robots(report.host, report.robots)
    added = 0
    for outcome in report.outcomes:
        if outcome.code in ("ok", "same"):
            added += services.fetch_stored(
                source_id=outcome.source_id,
                found=outcome.found,
                status=outcome.status or 200,
                size=outcome.size,
                ms=outcome.ms,
                same=outcome.code == "same",
                etag=outcome.etag,
                last_modified=outcome.last_modified,
                url=outcome.url,
                feed_url=outcome.feed_url,
                uploads=outcome.uploads,
                whole=outcome.whole,
            )
        elif outcome.code == "moved":
            services.feed_moved(
                source_id=outcome.source_id,
                url=outcome.url,
                feed_url=outcome.feed_url,
                status=outcome.status,
                size=outcome.size,
                ms=outcome.ms,
            )
        else:
            log.info("source %s: %s", outcome.source_id, outcome.code)
            services.fetch_failed(
                source_id=outcome.source_id,
                code=outcome.code,
                status=outcome.status,
                size=outcome.size,
                ms=outcome.ms,
                url=outcome.url,
                feed_url=outcome.feed_url,
            )
    return added


@dataclass(frozen=True)
class Checked:
    """What an address gives that nobody listens to yet.

    `code`: "ok", "busy" (a worker is at that host now) or one of texts.FETCH_ERRORS; `feed_url`: the feed that its
    page named.
    """

    code: str
    feed_url: str = ""
    title: str = ""
    items: int = 0
    newest: str = ""
    sitemaps: tuple[str, ...] = ()


#: seconds a person waits for it
CHECK_FOR = 15.0


class _Hurried(Door):
    """All its requests together take no longer than CHECK_FOR."""

    def __init__(self, door: Door) -> None:
        super().__init__(agent=door.agent, inside=door.inside)
        self.until = time.monotonic() + CHECK_FOR

    def send(self, method: str, url: str, *, timeout: float = CHECK_FOR, **options: Any) -> Answer:
        left = self.until - time.monotonic()
        if left <= 0:
            raise DoorError("slow", sent=False)
        return super().send(method, url, timeout=min(timeout, left), **options)


def check(*, kind: str, url: str, door: Door | None = None, pause: bool = True) -> Checked:
    """Look at an address for a person who is about to listen to it, as a worker would; nothing is kept of it.

    Takes at most about CHECK_FOR seconds. Obeys robots.txt, and the lease and pace of every host.
    """
    plan = Plan(0, kind, url, api=_youtube() if kind == SourceKind.YOUTUBE else None)
    hurried = _Hurried(door or make_door())
    robots = ""
    try:
        for _step in range(2):
            host = _entered(host_of(plan.address), clock.now())
            if host is None:
                return Checked("busy")
            try:
                wanted = Visit(host.name, [plan], _robots(host, clock.now()))
                report = visit(hurried, wanted, **({} if pause else {"sleep": _no_sleep}))
                _note_robots(host.name, report.robots)
            finally:
                Host.objects.filter(pk=host.pk).update(lease_until=None)
            (outcome,) = report.outcomes
            robots = robots or report.robots or wanted.robots or ""
            if outcome.code != "moved":
                break
            plan = Plan(0, kind, url, feed_url=outcome.feed_url)
    finally:
        hurried.close()
    moments = [one.published_at for one in outcome.found if one.published_at]
    return Checked(
        code=outcome.code,
        feed_url=outcome.feed_url,
        title=outcome.title or (outcome.found[0].outlet if outcome.found else ""),
        items=len(outcome.found),
        newest=clock.local(max(moments)).strftime("%H:%M %d/%m/%Y") if moments else "",
        sitemaps=sitemaps_in(robots, url),
    )


def open_due(*, door: Door | None = None, pause: bool = True) -> int:
    """Open articles that are due, a few of each host, the hosts side by side. Returns how many were read.

    No more hosts than threads: every one is begun at once, well within its lease.
    """
    now = clock.now()
    errands: list[Errand] = []
    wanted: dict[str, list[tuple[int, str]]] = {}
    for item_id, url in services.articles_due():
        of_host = wanted.setdefault(host_of(url), [])
        if len(of_host) < ARTICLES:
            of_host.append((item_id, url))
    for name, articles in wanted.items():
        if len(errands) == THREADS:
            break
        host = _entered(name, now)
        if host is not None:
            errands.append(Errand(name, articles, _robots(host, now)))
    if not errands:
        return 0
    own = door or make_door()
    options = {} if pause else {"sleep": _no_sleep}
    read = 0
    try:
        with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="listen") as pool:
            for done in as_completed([pool.submit(open_articles, own, errand, **options) for errand in errands]):
                harvest = done.result()
                _note_robots(harvest.host, harvest.robots)
                read += services.articles_opened(harvest.opened)
    finally:
        Host.objects.filter(name__in=[errand.host for errand in errands]).update(lease_until=None)
        if door is None:
            own.close()
    return read
