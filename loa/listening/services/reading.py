"""Articles behind headlines: which are to be opened, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from loa.core import clock
from loa.lib.nlp.text import MOST
from loa.listening.fetching import Opened
from loa.listening.models import Item, Source
from loa.listening.readers.model import Found
from loa.listening.rules import PARAGRAPH, READ_AGAIN, READ_WITHIN, READ_WITHIN_BLANK, SourceKind, article_time
from loa.listening.services.health import renew_habit

#: nobody answered: worth asking again
_PASSING = frozenset({"slow", "unreachable", "server", "throttled"})


def articles_due(limit: int = 5000) -> list[tuple[int, str]]:
    """(item, address) of the articles to be opened now: those that wait longest, of them the newest first."""
    due = Item.objects.filter(read_due__lte=clock.now()).order_by("read_due", "-published_at", "-pk")
    return list(due.values_list("pk", "url")[:limit])


@transaction.atomic
def articles_opened(opened: Sequence[Opened]) -> int:
    """Fill items from their articles; returns how many. One that could not be read keeps its headline.

    Of an article as much is kept as the analysis reads, and its source's own words where they say more.
    """
    rows = (
        Item.objects.select_for_update(of=("self",)).select_related("source").in_bulk([x.item_id for x in opened])
    )
    now = clock.now()
    filled = 0
    sources: dict[int, Source] = {}
    for one in opened:
        item = rows.get(one.item_id)
        # Forgotten, paused or analysed meanwhile: nobody waits for it any more.
        if item is None or item.read_due is None or item.forgotten:
            continue
        if one.found is None:
            item.read_due = _again(item, one.code, now)
            continue
        _fill(item, one.found)
        item.read_due = None
        filled += 1
        sources[item.source_id] = item.source
    fields = ["title", "text", "author", "published_at", "time_guessed", "read_due"]
    Item.objects.bulk_update(rows.values(), fields, batch_size=100)
    for source in Source.objects.select_for_update().filter(pk__in=sources).order_by("pk"):
        renew_habit(source)  # the times are the articles' own now
        source.save(update_fields=["last_item_at", "usual_gap", "silent_from"])
    return filled


def _again(item: Item, code: str, now: dt.datetime) -> dt.datetime | None:
    within = READ_WITHIN if item.title or item.text else READ_WITHIN_BLANK
    return now + READ_AGAIN if code in _PASSING and now < item.seen_at + within else None


def _fill(item: Item, found: Found) -> None:
    text = found.text[:MOST]
    # Less than a paragraph is "please switch scripts on", a consent, a film: nothing to judge anybody by.
    if len(text) > max(len(item.text), PARAGRAPH):
        item.text = text
    item.title = item.title or found.title
    item.author = item.author or found.author[:120]
    # A sitemap says when a page was changed, a list page nothing; only a feed knows as well as the article.
    at = article_time(found.published_at, item.seen_at)
    if at is not None and (item.time_guessed or item.source.kind == SourceKind.SITEMAP):
        item.published_at, item.time_guessed = at, False
