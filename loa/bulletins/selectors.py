"""Reads: lists with their figures, bulletins, proposals, the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from loa.bulletins import access
from loa.bulletins.models import Bulletin, Delivery, Item, MailingList, Subscription, Suppression
from loa.bulletins.rules import Letter, State, Why
from loa.channels.holding import held_units
from loa.core import clock
from loa.newsroom.models import Story
from loa.org.access import in_force, units_where
from loa.org.models import UnitLink
from loa.plans.selectors.families import within

#: most stories proposed and shown to choose from
MOST = 40


def lists_for(user: Any) -> QuerySet[MailingList]:
    """Lists of the person with how many receive them, and when one was last sent: one query."""
    return (
        access.lists_readable(user)
        .select_related("unit", "topic")
        .annotate(
            receivers=Count("subscriptions", filter=Q(subscriptions__state=Subscription.State.ACTIVE)),
            pending=Count("subscriptions", filter=Q(subscriptions__state=Subscription.State.PENDING)),
        )
        .order_by("unit__sort_key", "title", "pk")
    )


def bulletins_for(user: Any, list_id: int | None = None) -> QuerySet[Bulletin]:
    """Bulletins of the person, what needs somebody first, then the newest."""
    found = access.bulletins_readable(user).select_related("mailing_list__unit", "approved_by")
    return found.filter(mailing_list=list_id) if list_id else found


def waiting_for(user: Any) -> int:
    """Bulletins that wait for this person's approval, and those that stopped by themselves."""
    return (
        Bulletin.objects.filter(
            Q(state=State.WAITING, mailing_list__unit__in=units_where(user, "bulletin.approve"))
            & ~Exists(Bulletin.hands.through.objects.filter(bulletin=OuterRef("pk"), user=user))
        ).count()
        if access.sees_bulletins(user)
        else 0
    )


def stories_of(mailing_list: MailingList, first: dt.date, last: dt.date) -> QuerySet[Story]:
    """Public stories a bulletin of that list may tell of in a period, newest first."""
    found = Story.objects.filter(
        live=True, published_at__gte=clock.start_of(first), published_at__lt=clock.end_of(last)
    )
    if mailing_list.whole_portal:
        found = found.filter(on_main_portal=True)
    else:
        links = UnitLink.objects.filter(in_force(clock.today()), above=mailing_list.unit_id)
        found = found.filter(unit__in=links.values("below"))
    if mailing_list.topic_id:
        found = found.filter(topic__in=within([mailing_list.topic_id]))
    return found.order_by("-published_at", "-pk")


def proposal(mailing_list: MailingList, first: dt.date, last: dt.date, *, most: int = 8) -> list[Story]:
    """What Loa proposes: the newest, but no unit and no topic twice while others have something to tell."""
    rows = list(stories_of(mailing_list, first, last)[:MOST])
    chosen: list[Story] = []
    units: set[int] = set()
    topics: set[int | None] = set()
    for strict in (2, 1, 0):
        for story in rows:
            if len(chosen) >= most:
                return chosen
            fresh = (story.unit_id not in units) + (story.topic_id is None or story.topic_id not in topics)
            if story not in chosen and fresh >= strict:
                chosen.append(story)
                units.add(story.unit_id)
                topics.add(story.topic_id)
    return chosen


def items_of(bulletin: Bulletin) -> list[Item]:
    """The stories of a bulletin in order, also those withdrawn since."""
    return list(bulletin.items.select_related("story__unit").order_by("position", "pk"))


def candidates(bulletin: Bulletin) -> list[Story]:
    """Stories of the period that are not in the bulletin."""
    inside = bulletin.items.values("story")
    found = stories_of(bulletin.mailing_list, bulletin.period_from, bulletin.period_to)
    return list(found.exclude(pk__in=inside).select_related("unit")[:MOST])


def receivers(mailing_list: MailingList) -> int:
    """How many would receive a bulletin sent now."""
    return mailing_list.subscriptions.filter(state=Subscription.State.ACTIVE).count()


def barred(mailing_list_id: int, fingerprints: Iterable[str]) -> set[str]:
    """Those of the fingerprints that must not be written to: by nobody, or not from this list."""
    rows = Suppression.objects.filter(
        Q(mailing_list=None) | Q(mailing_list=mailing_list_id), fingerprint__in=list(fingerprints)
    )
    return set(rows.values_list("fingerprint", flat=True))


def reasons(bulletin: Bulletin) -> list[Any]:
    """Failed and skipped letters by reason and answer, the most frequent first (at most 30 kinds)."""
    rows = (
        Delivery.objects.filter(bulletin=bulletin, state__in=[Letter.FAILED, Letter.SKIPPED])
        .values("state", "why", "code", "reply")
        .annotate(count=Count("pk"))
        .order_by("-count", "why")[:30]
    )
    return list(rows)


def unknown_count(bulletin: Bulletin) -> int:
    """Letters of which nobody knows whether they arrived."""
    return Delivery.objects.filter(bulletin=bulletin, state=Letter.FAILED, why=Why.UNKNOWN).count()


def retrying(bulletin: Bulletin) -> int:
    """Letters that wait for another try."""
    return Delivery.objects.filter(bulletin=bulletin, state=Letter.WAITING, attempts__gt=0).count()


def overdue() -> QuerySet[Bulletin]:
    """Approved bulletins that should have begun five minutes ago, and running ones in which nothing moves; what a
    hold stops is not late."""
    late = clock.now() - dt.timedelta(minutes=5)
    return (
        not_held()
        .filter(
            Q(state=State.SCHEDULED, send_at__lt=late)
            | Q(
                state=State.SENDING, deliveries__state=Letter.WAITING, deliveries__due_at__lt=late, wait_until=None
            )
        )
        .distinct()
    )


# — holds ————————————————————————————————————————————————————————————————————————————
def not_held() -> QuerySet[Bulletin]:
    """Bulletins that no hold of the channels stops (for everybody, or for a branch their list is in)."""
    return Bulletin.objects.exclude(mailing_list__in=MailingList.objects.filter(held_units()))


def is_held(mailing_list_id: int) -> bool:
    """Whether a hold stops the letters of a list: asked anew before every few of them."""
    return MailingList.objects.filter(held_units(), pk=mailing_list_id).exists()


#: anybody may read it: its sending has begun
PUBLIC = (State.SENDING, State.HELD, State.SENT)


def public() -> QuerySet[Bulletin]:
    """Issues anybody may read on the web: of lists anybody may join, once they are being sent; newest first."""
    found = Bulletin.objects.filter(state__in=PUBLIC, started_at__isnull=False, mailing_list__is_open=True)
    return found.select_related("mailing_list__unit").order_by("-started_at", "-pk")


def is_public(bulletin: Bulletin) -> bool:
    """Whether its web page is open."""
    return bulletin.state in PUBLIC and bulletin.started_at is not None and bulletin.mailing_list.is_open


def open_lists(unit_id: int, *, main: bool) -> list[MailingList]:
    """Lists on the public page of a site: the unit's own; on the Sở's portal also those of its divisions."""
    found = MailingList.objects.filter(active=True, is_open=True).select_related("unit")
    condition = Q(unit=unit_id)
    if main:
        condition |= Q(unit__parent=unit_id, whole_portal=True)
    return list(found.filter(condition).order_by(F("whole_portal").desc(), "title"))


def kept_lists(subscriber_id: int) -> list[dict[str, Any]]:
    """Lists on a person's page of preferences: those they are or were on, and open ones of the same units."""
    own = {
        row.mailing_list_id: row
        for row in Subscription.objects.filter(subscriber=subscriber_id).select_related("mailing_list")
    }
    units = {row.mailing_list.unit_id for row in own.values()}
    lists = (
        MailingList.objects.filter(active=True)
        .filter(Q(pk__in=own) | Q(unit__in=units, is_open=True))
        .select_related("unit")
    )
    return [
        {"list": row, "on": row.pk in own and own[row.pk].state == Subscription.State.ACTIVE} for row in lists[:60]
    ]


def named_lists(ids: list[int]) -> list[MailingList]:
    """Active lists by their keys, for the page that confirms."""
    return list(MailingList.objects.filter(pk__in=ids, active=True).select_related("unit"))


def list_counts(mailing_list: MailingList) -> dict[str, int]:
    """How many subscriptions stand how."""
    rows = mailing_list.subscriptions.values_list("state").annotate(count=Count("pk"))
    return dict.fromkeys(Subscription.State.values, 0) | dict(rows)
