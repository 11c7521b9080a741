"""From a source to items: claim, fetch (outside any transaction), store.

The source's row is the queue. A worker claims it by a conditional UPDATE with a lease, fetches without holding
anything, and stores what came in one transaction; one that dies leaves a lease that runs out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from loa.channels.youtube.errors import next_quota
from loa.core import clock
from loa.lib.private import masked, pseudonym
from loa.lib.vi import fold
from loa.listening.models import Fetch, Item, Source
from loa.listening.readers.model import Found, line, plain
from loa.listening.rules import (
    ARCHIVE,
    FETCHED,
    FILLED,
    PRIVATE,
    WHOLE,
    FeedStep,
    Fresh,
    SourceKind,
    canonical,
    fresh_of_call,
    fresh_of_look,
    key_of,
    key_of_clipping,
    key_of_remark,
    next_fetch,
    reads_articles,
)
from loa.listening.services.feeds import TAKEN, feed_failed, keep_feed
from loa.listening.services.films import films_now
from loa.listening.services.health import end_alarm, moments_of, renew_habit

#: a fetch that has not answered by then is somebody else's to try
LEASE = dt.timedelta(minutes=3)
#: an item "from tomorrow" has a wrong clock; one older than this is an archive, not news
AHEAD = dt.timedelta(hours=2)


def claim_due(limit: int = 50) -> list[int]:
    """Ids of sources that are due, now this worker's until their lease runs out; longest waiting first."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Source.objects.filter(free, active=True, kind__in=FETCHED, next_at__lte=now)
    claimed = []
    for pk in due.order_by("next_at").values_list("pk", flat=True)[:limit]:
        if Source.objects.filter(free, pk=pk, active=True, next_at__lte=now).update(lease_until=now + LEASE):
            claimed.append(pk)
    return claimed


def store(source: Source, found: Iterable[Found], *, read: bool = False, fresh: Fresh | None = None) -> int:
    """Keep what is new of `found`; returns how many. In the caller's transaction.

    Private authors become a code; telephone numbers, addresses and citizen numbers in private texts are masked.
    `read`: their articles are to be opened where the source wants it; then a bare address is something too.
    `fresh`: which of them may count toward a spike; None: all.
    """
    return _kept(source, found, read=read, fresh=fresh)[0]


def _kept(source: Source, found: Iterable[Found], *, read: bool, fresh: Fresh | None) -> tuple[int, list[str]]:
    """`store`: how many are new, and the keys of all of them."""
    now = clock.now()
    private = source.outlet in PRIVATE
    read = read and reads_articles(source.kind, source.outlet, wanted=source.full_text)
    rows: dict[str, Item] = {}
    before: dict[str, str] = {}
    days: dict[str, dt.date | None] = {}
    for one in found:
        title, text = _words(source, one)
        opened = read and len(text) < WHOLE and bool(canonical(one.url)) and len(one.url) <= 1000
        if not (title or text) and not (opened and not _archived(one, now)):
            continue
        author = pseudonym(settings.SECRET_KEY, one.author) if private else one.author[:120]
        at = one.published_at
        key, was = _keys(source, one, title, text)
        if was != key:
            before[key], days[key] = was, _day(one)
        # Of a day alone that is today the moment we saw it is nearer than any hour (rules.article_time).
        unsaid = at is None or at > now + AHEAD or (one.day_only and clock.local(at).date() == clock.today())
        guessed = unsaid or one.day_only
        rows.setdefault(
            key,
            Item(
                unit_id=source.unit_id,
                source=source,
                key=key,
                url=next((url for url in (one.url, one.under) if 0 < len(url) <= 1000), ""),
                talk=one.talk[:60],
                title=title,
                text=text,
                outlet=source.outlet,
                outlet_name=_outlet(source, one, private=private),
                author=author,
                published_at=now if unsaid or at is None else at,
                time_guessed=guessed,
                counts_from=fresh.since if fresh and not fresh.counts(None if guessed else at) else None,
                seen_at=now,
                keep_until=clock.today() + dt.timedelta(days=source.keep_days),
                reach=one.reach,
                read_due=now if opened else None,
            ),
        )
    known = set(Item.objects.filter(unit_id=source.unit_id, key__in=rows).values_list("key", flat=True))
    if before:
        known |= _known_before(source, rows, before, days)
    unknown = [row for key, row in rows.items() if key not in known]
    # Two workers may meet the same article in two feeds: the second one's row is passed over.
    Item.objects.bulk_create(unknown, ignore_conflicts=True, batch_size=200)
    return len(unknown), list(rows)


def _known_before(
    source: Source, rows: Mapping[str, Item], before: Mapping[str, str], days: Mapping[str, dt.date | None]
) -> set[str]:
    """Keys of what an earlier version kept otherwise. Remarks by their address or bare number, of a post the first
    that came; clippings by their words alone, of all days and papers the first. `before`: key → the key they had
    then; `days`: key → the day its source gave, if any.
    """
    old = {item.key: item for item in Item.objects.filter(unit_id=source.unit_id, key__in=before.values())}
    found = set()
    for key, was in before.items():
        row, then, day = rows[key], old.get(was), days[key]
        if then is None:
            continue
        if source.outlet not in PRIVATE:
            same = _paper(then.outlet_name) == _paper(row.outlet_name)
            same = same and day in (None, clock.local(then.published_at).date())
        elif canonical(row.url):
            same = (then.title, then.text) == (row.title, row.text)
        else:
            same = then.source_id == source.pk
        if same:
            found.add(key)
    return found


def _day(one: Found) -> dt.date | None:
    return clock.local(one.published_at).date() if one.published_at else None


def _paper(name: str) -> str:
    return fold(name.lower())


def _told_before(source: Source, keys: Sequence[str]) -> set[dt.datetime]:
    """When that appeared of a look which another source of the unit had brought before."""
    rows = Item.objects.filter(unit_id=source.unit_id, key__in=keys)
    return moments_of(rows.exclude(source=source))


def _words(source: Source, one: Found) -> tuple[str, str]:
    title, text = line(one.title), plain(one.text)
    return (masked(title), masked(text)) if source.outlet in PRIVATE else (title, text)


def _keys(source: Source, one: Found, title: str, text: str) -> tuple[str, str]:
    """The key of an item, and the one an earlier version gave it."""
    was = key_of(one.url, one.external, f"{title}\n{text}")
    if source.kind not in FILLED:
        return was, was
    if source.outlet not in PRIVATE:
        if canonical(one.url) or one.external:
            return was, was
        day = _day(one)
        paper = _paper(_outlet(source, one, private=False))
        return key_of_clipping(day.isoformat() if day else "", paper, f"{title}\n{text}"), was
    # one address, many remarks
    at = one.published_at
    who = pseudonym(settings.SECRET_KEY, one.author) or (at.isoformat() if at else "")
    return key_of_remark(source.pk, one.url, one.external, who=who, text=f"{title}\n{text}"), was


def stored(source: Source, one: Found) -> Item | None:
    """The item that `one` is, when the unit has it."""
    key, was = _keys(source, one, *_words(source, one))
    rows = {item.key: item for item in Item.objects.filter(unit_id=source.unit_id, key__in=(key, was))}
    return rows.get(key) or rows.get(was)


def _fresh(source: Source, now: dt.datetime) -> Fresh | None:
    if source.kind not in FETCHED:
        return fresh_of_call(now, since=source.created_at)
    gap = dt.timedelta(seconds=source.usual_gap) if source.usual_gap else None
    return fresh_of_look(now, looked=source.last_ok_at, minutes=source.every, gap=gap)


def _archived(one: Found, now: dt.datetime) -> bool:
    return one.published_at is not None and one.published_at < now - ARCHIVE


def shown(source: Source, one: Found) -> Found:
    """What a person may see of an item before it is kept: what would be kept, without the code of its writer."""
    title, text = _words(source, one)
    named = _outlet(source, one, private=source.outlet in PRIVATE)
    return replace(one, title=title, text=text, author="", outlet=named)


def _outlet(source: Source, one: Found, *, private: bool) -> str:
    """The paper, page or group; where the "page" is the writer (somebody's own wall), the source instead."""
    named = line(one.outlet)[:160] if private or source.kind in FILLED else ""
    if private and named and fold(named.lower()) == fold(line(one.author).lower()[:160]):
        named = ""
    return named or source.name


@transaction.atomic
def fetch_stored(
    *,
    source_id: int,
    found: Sequence[Found],
    status: int,
    size: int,
    ms: int,
    same: bool = False,
    etag: str = "",
    last_modified: str = "",
    url: str | None = None,
    feed_url: str = "",
    uploads: str = "",
    whole: bool = False,
) -> int:
    """What came of a fetch that went well; `same`: the server said that nothing changed; `url`: the address the
    source had then; `feed_url`: the feed that was read, when it was another. Of a YouTube channel `uploads`: its
    playlist, when it was asked for; `whole`: its list has no more films than `found`. Returns new items.
    """
    source = Source.objects.select_for_update().filter(pk=source_id).first()
    if source is None:  # its unit ended, the heir has one of this address
        return 0
    if url is not None and source.url != url:  # changed while it was looked at: the new address has its own look
        Source.objects.filter(pk=source_id).update(lease_until=None)
        return 0
    now = clock.now()
    source.last_fetch_at = now
    if not keep_feed(source, feed_url):
        source.save()
        Fetch.objects.create(source=source, outcome=TAKEN, status=status, size=size, found=len(found), ms=ms)
        return 0
    added, keys = _kept(source, found, read=True, fresh=_fresh(source, now))
    told = _told_before(source, keys) if len(keys) > added else set()
    if source.kind == SourceKind.YOUTUBE and not same:
        films_now(source, found, whole=whole)
    if uploads:
        source.uploads, source.feed_at = uploads, now
    source.last_ok_at = now
    source.feed_step = FeedStep.KEPT
    source.failures, source.error, source.lease_until = 0, "", None
    source.next_at = next_fetch(now, minutes=source.every, failures=0)
    if not same:
        source.etag, source.last_modified = etag[:300], last_modified[:100]
    if told:
        source.told_at = max(told)
    speaks = added > 0 or (bool(told) and (source.last_item_at is None or max(told) > source.last_item_at))
    if speaks:
        renew_habit(source, told)
    source.save()
    if speaks and source.silent_from and source.silent_from > now:
        end_alarm(source, back=True)
    Fetch.objects.create(
        source=source,
        outcome="same" if same else "ok",
        status=status,
        size=size,
        found=len(found),
        added=added,
        ms=ms,
    )
    return added


@transaction.atomic
def fetch_failed(
    *,
    source_id: int,
    code: str,
    status: int | None = None,
    size: int = 0,
    ms: int = 0,
    url: str | None = None,
    feed_url: str = "",
) -> None:
    """What came of a fetch that failed: tried again later and later, and shown with what to do.

    `url`: the address the source had then; `feed_url`: the feed that failed, when it was another: its page is
    looked at once more.
    """
    source = Source.objects.select_for_update().filter(pk=source_id).first()
    if source is None:
        return
    if url is not None and source.url != url:
        Source.objects.filter(pk=source_id).update(lease_until=None)
        return
    now = clock.now()
    source.last_fetch_at, source.lease_until = now, None
    source.failures = min(source.failures + 1, 1000)
    source.error = code[:40]
    soon = feed_failed(source, code, feed_url)
    source.next_at = now if soon else next_fetch(now, minutes=source.every, failures=source.failures)
    if code == "yt_quota":
        source.next_at = max(source.next_at, next_quota(now))
    if feed_url:
        keep_feed(source, feed_url)
    source.save()
    Fetch.objects.create(source=source, outcome=code[:40], status=status, size=size, ms=ms)
