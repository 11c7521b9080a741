"""The feed a page named: kept on the source, refused when it is listened to already, sought anew once it dies."""

from __future__ import annotations

from django.db import transaction

from loa.core import clock
from loa.listening.models import Fetch, Source
from loa.listening.readers.model import kept
from loa.listening.rules import LASTING, FeedStep, SourceKind, canonical, feed_died
from loa.listening.services.health import end_alarm

#: the error of a source whose feed another source of the unit reads
TAKEN = "feed_taken"


def listened(unit_id: int, url: str, *, but: int | None = None) -> Source | None:
    """The source of the unit that reads this address already, however it is written; `but`: not this one."""
    wanted = canonical(url, bare=True)
    if not wanted:
        return None
    # One that was refused for its feed keeps that feed's address, and reads nothing.
    rows = Source.objects.filter(unit=unit_id).exclude(url="").exclude(error=TAKEN).order_by("pk")
    if but is not None:
        rows = rows.exclude(pk=but)
    return next((row for row in rows if wanted in _addresses(row)), None)


def keep_feed(source: Source, feed_url: str) -> bool:
    """Note what the source reads from now on; False when another one reads it: then this one stops. Saves nothing.

    In the caller's transaction, with the row locked.
    """
    feed_url = kept(feed_url)
    if feed_url == source.feed_url:
        return True
    source.feed_url = feed_url
    source.feed_at = clock.now() if feed_url else None
    source.etag = source.last_modified = ""
    source.last_ok_at = None  # what stands in another feed is of any age
    if not feed_url or listened(source.unit_id, feed_url, but=source.pk) is None:
        return True
    source.active, source.error, source.lease_until = False, TAKEN, None
    source.feed_step = FeedStep.KEPT
    end_alarm(source, back=False)
    return False


def feed_failed(source: Source, code: str, feed_url: str) -> bool:
    """A look failed: what it means for the feed. True when the page is to be looked at soon. Saves nothing."""
    if source.feed_step == FeedStep.AGAIN:  # this was the look at the page; one only away now is asked later
        if feed_url or code == "feed_lost" or code in LASTING:
            source.feed_step = FeedStep.ASKED
        return False
    # A channel's films are looked for anew within the look itself.
    named = feed_url and source.kind == SourceKind.FEED
    if source.feed_step == FeedStep.KEPT and named and feed_died(code, source.failures):
        source.feed_step = FeedStep.AGAIN
        return True
    return False


def _addresses(row: Source) -> tuple[str, str]:
    return canonical(row.url, bare=True), canonical(row.feed_url, bare=True)


@transaction.atomic
def feed_moved(
    *, source_id: int, url: str, feed_url: str, status: int | None = None, size: int = 0, ms: int = 0
) -> None:
    """The page at `url` names a feed on another host: read there, in a round of its own."""
    source = Source.objects.select_for_update().filter(pk=source_id).first()
    if source is None:  # its unit ended, the heir has one of this address
        return
    if source.url != url:  # changed while it was looked at: the new address has its own look
        Source.objects.filter(pk=source_id).update(lease_until=None)
        return
    now = clock.now()
    source.last_fetch_at, source.lease_until = now, None
    if keep_feed(source, feed_url):
        source.next_at = now
        if source.feed_step == FeedStep.AGAIN:
            source.feed_step = FeedStep.ASKED
    source.save()
    Fetch.objects.create(
        source=source,
        outcome="moved" if source.active else TAKEN,
        status=status,
        size=size,
        ms=ms,
    )
