"""What other domains receive (comments on our pages, messages to us) comes to listening through `core.heard`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.heard import Heard
from loa.lib.private import masked
from loa.listening.models import Correction, Item, ItemTopic, ItemUnit, Source
from loa.listening.readers.model import Found, kept, plain
from loa.listening.rules import Outlet, SourceKind, fresh_of_call, keep_days
from loa.listening.selectors import said_to_us
from loa.listening.services.collect import store
from loa.listening.services.gathering import count_cases
from loa.listening.services.health import end_alarm, expect, forget_words, renew_habit
from loa.listening.services.heard import unheard

_ORIGINS = {"facebook": "Facebook", "zalo": "Zalo OA", "youtube": "YouTube", "portal": "Cổng thông tin"}


@transaction.atomic
def heard_taken(one: Heard) -> int:
    """Keep it as an item of the unit's own channel; the same twice is one item. Returns how many are new."""
    source = _channel(one)
    found = Found(
        url="",
        external=one.key,
        title="",
        text=one.text,
        author=one.author,
        published_at=one.at,
        outlet=one.place,
        under=one.url,
        talk=one.talk,
    )
    added = store(source, [found], fresh=fresh_of_call(clock.now(), since=source.created_at))
    if added:
        _spoke(source.pk, one.at)
    return added


def _channel(one: Heard) -> Source:
    """The source of the account it was said to, which has the name of the account; made when there is none."""
    name = _("%(origin)s: %(place)s") % {"origin": _ORIGINS.get(one.origin, one.origin), "place": one.place}
    name = name[:160]
    ours = Source.objects.filter(unit=one.unit_id, kind=SourceKind.OURS)
    mine = {"place_key": one.place_key} if one.place_key else {"place_key": "", "name": name}
    source = ours.filter(**mine).first()
    if source is None and one.place_key:
        # An earlier version knew it by its name alone.
        source = ours.filter(place_key="", name=name).select_for_update().first()
        if source is not None:
            source.place_key = one.place_key
            source.save(update_fields=["place_key"])
    if source is None:
        source, _made = Source.objects.get_or_create(
            unit_id=one.unit_id,
            kind=SourceKind.OURS,
            **mine,
            defaults={"name": name, "outlet": Outlet.OWN, "keep_days": keep_days(Outlet.OWN)},
        )
    if source.name != name:
        before, source.name = source.name, name
        source.save(update_fields=["name"])
        log("listening.source.renamed", actor=None, obj=source, unit_id=source.unit_id, before=before)
    return source


def _spoke(source_id: int, at: dt.datetime) -> None:
    """The channel lives: its habit is learnt anew once a day, an alarm about it ends."""
    source = Source.objects.select_for_update().get(pk=source_id)
    last = source.last_item_at
    if last is not None and at <= last:  # written before, come late
        return
    if last is None or clock.local(at).date() != clock.local(last).date():
        renew_habit(source)
    else:
        source.last_item_at = at
        expect(source, at)
    source.save(update_fields=["last_item_at", "usual_gap", "silent_from"])
    # An old word fetched late is no proof that the page is connected again.
    if source.silent_from is None or source.silent_from > clock.now():
        end_alarm(source, back=True)


@transaction.atomic
def heard_changed(key: str, text: str) -> int:
    """Its writer changed it: its words here are those now, to be judged anew. Returns how many items.

    Until then it is in no list. What people set right was about the old words, and so it goes; so does its place
    in a case, where what said the same has its own words now.
    """
    words = masked(plain(kept(text)))
    items = [item for item in said_to_us([key]).select_for_update(of=("self",)) if item.text != words]
    keys = [item.pk for item in items]
    if not words or not items:
        return forget_words(keys)
    unheard(keys)
    for links in (ItemTopic, ItemUnit, Correction):
        links.objects.filter(item__in=keys).delete()
    Item.objects.filter(copy_of__in=keys).update(copy_of=None)
    Item.objects.filter(pk__in=keys).update(
        text=words, analysed_at=None, model="", relevant=None, tone="", score=None, margin=None, harm="",
        language="", fingerprint="", case=None, copy_of=None,
    )  # fmt: skip
    count_cases({item.case_id for item in items if item.case_id})
    return len(items)


@transaction.atomic
def heard_gone(keys: Sequence[str]) -> int:
    """Its writer took it back, or had it erased: the words go here too. Returns how many items."""
    return forget_words(list(said_to_us(keys).values_list("pk", flat=True)))
