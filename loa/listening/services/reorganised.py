"""A unit ended: what it listened to is its heir's, to be read, fetched, drafted and watched there.

What there is little of goes in the transaction of the event; items, of which there may be a million, follow in
portions, so that nobody waits for them: those that are still at a unit that ended are the queue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.listening import search
from loa.listening.digest.model import State
from loa.listening.models import (
    Alert,
    Case,
    Correction,
    Digest,
    DigestLine,
    DigestPlan,
    Item,
    ItemFile,
    SavedSearch,
    Source,
    Spike,
    Tally,
    ToneSum,
)
from loa.listening.rules import SourceKind
from loa.listening.services.gathering import count_cases
from loa.listening.services.heard import set_right, unheard
from loa.org import events
from loa.org.models import Unit, UnitEvent

#: items of a transaction, and portions that go with the event itself: most units have fewer
PORTION, AT_ONCE = 500, 4


def listening_moved(event: UnitEvent) -> None:
    """Sources, cases, alerts, searches, digests and items go to the first heir; the highest unit of all has none,
    and so nothing is fetched or drafted for it any more. Listens to `loa.org.events`.

    A digest that was approved keeps the header of its day: the heir keeps it. What the heir has already (an
    address, an item, a digest of that day) stays as the heir has it.
    """
    for unit in events.ended_by(event):
        heir = heir_of(unit)
        if heir is None:
            _stopped(unit)
            continue
        _moved(unit, heir)
        if not _drained(unit, heir):
            enqueue_after_commit(import_string("loa.listening.tasks.carry_on"))


def heir_of(unit: Unit) -> Unit | None:
    """Who carries on for a unit that ended; where that one ended too, its heir."""
    found: Unit | None = unit
    met: set[int] = set()
    while found is not None and found.closed_on and found.closed_on <= clock.today() and found.pk not in met:
        met.add(found.pk)
        event = found.events_out.filter(effective_on=found.closed_on).order_by("-pk").first()
        heirs = events.heirs_of(event, found) if event else []
        found = heirs[0] if heirs else None
    return found if found != unit else None


def carry_on() -> int:
    """The next portion of what units that ended still hold, in a transaction; 0 when all is where it belongs. Also
    what an earlier version left behind.
    """
    ended = Unit.objects.filter(closed_on__lte=clock.today())
    holds = Exists(Source.objects.filter(unit=OuterRef("pk"))) | Exists(Item.objects.filter(unit=OuterRef("pk")))
    for unit in ended.filter(holds).order_by("pk"):
        heir = heir_of(unit)
        if heir is None:
            continue
        with transaction.atomic():
            if Source.objects.filter(unit=unit).exists():
                _moved(unit, heir)
            if moved := _portion(unit, heir):
                return moved
    return 0


def source_stakes(unit_ids: Sequence[int]) -> list[events.Stake]:
    """What a reorganisation moves of the units. One query."""
    count = Source.objects.filter(unit__in=unit_ids, active=True).count()
    return [
        events.Stake(
            _("nguồn tin đang nghe"), count, _("Đơn vị tiếp nhận nghe tiếp, giữ tin đã nghe và điểm báo.")
        )
    ]


def _stopped(unit: Unit) -> None:
    Source.objects.filter(unit=unit, active=True).update(active=False, silent_from=None, silent_since=None)
    DigestPlan.objects.filter(unit=unit).update(active=False, monthly=False)


def _moved(unit: Unit, heir: Unit) -> None:
    """All but the items."""
    sources = _sources_moved(unit, heir)
    Case.objects.filter(unit=unit).update(unit=heir)
    _spikes_moved(unit, heir)
    Alert.objects.filter(unit=unit).update(unit=heir)
    Alert.objects.filter(meant=unit).update(meant=heir)
    SavedSearch.objects.filter(unit=unit).update(unit=heir)
    digests = _digests_moved(unit, heir)
    items = Item.objects.filter(unit=unit).count()
    if sources or digests or items:
        log(
            "listening.unit.moved",
            actor=None,
            obj=unit,
            unit_id=heir.pk,
            sources=sources,
            items=items,
            digests=digests,
        )


def _sources_moved(unit: Unit, heir: Unit) -> int:
    """Sources go along with their pace, habit and health; of two for one address, or one channel, the heir's is
    kept for both. Returns how many.
    """
    theirs = list(Source.objects.filter(unit=heir))
    rows = list(Source.objects.select_for_update().filter(unit=unit).order_by("pk"))
    for source in rows:
        kept = next((other for other in theirs if _same(source, other)), None)
        if kept is None:
            source.unit = heir
            source.save(update_fields=["unit"])
            continue
        Item.objects.filter(source=source).update(source=kept)
        ItemFile.objects.filter(source=source).update(source=kept)
        for saved in SavedSearch.objects.filter(params__nguon=str(source.pk)):
            saved.params["nguon"] = str(kept.pk)
            saved.save(update_fields=["params"])
        place_key = source.place_key
        source.delete()
        if place_key and not kept.place_key:
            kept.place_key = place_key
            kept.save(update_fields=["place_key"])
    return len(rows)


def _same(one: Source, other: Source) -> bool:
    if SourceKind.OURS not in (one.kind, other.kind):
        return bool(one.url) and one.url == other.url
    if one.place_key and other.place_key:
        return one.place_key == other.place_key
    # What an earlier version heard is known by its name.
    return (one.kind, one.name) == (other.kind, other.name)


def _spikes_moved(unit: Unit, heir: Unit) -> None:
    theirs = set(Spike.objects.filter(unit=heir).values_list("about", "began_at"))
    for spike in Spike.objects.filter(unit=unit) if theirs else ():
        while (spike.about, spike.began_at) in theirs:
            # Both heard it in the same hour: two spikes, each with its alert.
            spike.began_at += dt.timedelta(seconds=1)
        Spike.objects.filter(pk=spike.pk).update(began_at=spike.began_at)
    Spike.objects.filter(unit=unit).update(unit=heir)


def _digests_moved(unit: Unit, heir: Unit) -> int:
    """Approved ones are kept by the heir; a draft is the heir's own, unless it has one of that day itself. The
    plan goes along where the heir has none. Returns how many digests.
    """
    count = Digest.objects.filter(unit=unit, keeper=None).count()
    Digest.objects.filter(keeper=unit).update(keeper=heir)
    for draft in Digest.objects.select_for_update().filter(unit=unit, keeper=None, state=State.DRAFT):
        if not Digest.objects.filter(unit=heir, kind=draft.kind, day=draft.day).exists():
            Digest.objects.filter(pk=draft.pk).update(unit=heir)
    Digest.objects.filter(unit=unit, keeper=None).update(keeper=heir)
    plans = DigestPlan.objects.filter(unit=unit)
    if DigestPlan.objects.filter(unit=heir).exists():
        plans.update(active=False, monthly=False)
    else:
        plans.update(unit=heir)
    return count


def _drained(unit: Unit, heir: Unit) -> bool:
    """Whether a few portions were all."""
    try:
        with transaction.atomic():
            return any(_portion(unit, heir) == 0 for _n in range(AT_ONCE))
    except IntegrityError:
        # The heir heard one of these itself just now: no reason to refuse a reorganisation.
        return False


def _portion(unit: Unit, heir: Unit) -> int:
    """The next items, with their figures and their marks in the index; what is about education first, the newest
    first. Returns how many went.
    """
    rows = Item.objects.filter(unit=unit)
    # Held, so that two workers do not count one item twice, and what is just being analysed is waited for.
    held = rows.select_for_update().values_list("pk", "key")
    items = list(held.filter(relevant=True).order_by("-published_at", "-pk")[:PORTION])
    items = items or list(held.order_by("key")[:PORTION])
    theirs = Item.objects.filter(unit=heir, key__in=[key for _pk, key in items])
    known = dict(theirs.values_list("key", "pk"))
    went = [pk for pk, key in items if key not in known]
    before = search.load(went)
    Item.objects.filter(pk__in=went).update(unit=heir)
    set_right(before)
    _twice({pk: known[key] for pk, key in items if key in known})
    # A worker that was analysing when the unit ended may have begun one there since.
    Case.objects.filter(unit=unit).update(unit=heir)
    if not rows.exists():
        # What is forgotten stays counted, and went along: left are noughts.
        Tally.objects.filter(unit=unit).delete()
        ToneSum.objects.filter(unit=unit).delete()
    return len(items)


def _twice(known: dict[int, int]) -> None:
    """Items (→ the heir's) that the heir has too go; what people taught by them, and what digests say of them, is
    said of the heir's.
    """
    if not known:
        return
    for links in (Correction, DigestLine):
        for pk, item_id in links.objects.filter(item__in=known).values_list("pk", "item"):
            links.objects.filter(pk=pk).update(item=known[item_id])
    gone = Item.objects.filter(pk__in=known)
    cases = {case for case in gone.values_list("case", flat=True) if case}
    unheard(list(known))
    gone.delete()
    count_cases(cases)
