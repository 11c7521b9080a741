"""Films as their channel has them now: what it changed is changed here, what it took back is forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from loa.core import clock
from loa.lib.private import masked
from loa.listening import search
from loa.listening.models import Item, Source
from loa.listening.readers.model import Found, line, plain
from loa.listening.rules import ARCHIVE, key_of
from loa.listening.services.health import forget_words


def films_now(source: Source, found: Sequence[Found], *, whole: bool) -> int:
    """Bring stored films to what the channel's list says; returns how many were forgotten.

    `whole`: the list has no more films than `found`; else only those are judged that it must hold. One too old for
    a look (`ARCHIVE`) is in no list, and keeps its words for as long as they may stay. An empty list takes nothing
    back: what is forgotten cannot be had again, and at times YouTube has no list of a channel that lives. How an
    item was judged stays. In the caller's transaction. (Developer Policies, III.E.4.e: what is kept agrees with
    what the API serves.)
    """
    if not found:
        return 0
    listed = {key_of(one.url, one.external): one for one in found}
    kept = Item.objects.filter(source=source, forgotten=False, published_at__gte=clock.now() - ARCHIVE)
    if not whole:
        moments = [one.published_at for one in found if one.published_at]
        kept = kept.filter(published_at__gte=min(moments)) if moments else kept.none()
    changed: list[Item] = []
    gone: list[int] = []
    for item in kept:
        one = listed.get(item.key)
        if one is None:
            gone.append(item.pk)
            continue
        title, text = masked(line(one.title)), masked(plain(one.text))
        if (item.title, item.text) != (title, text):
            item.title, item.text = title, text
            changed.append(item)
    if changed:
        Item.objects.bulk_update(changed, ["title", "text"], batch_size=100)
        search.put(search.load([item.pk for item in changed if item.analysed_at]))
    if gone:
        forget_words(gone)
    return len(gone)
