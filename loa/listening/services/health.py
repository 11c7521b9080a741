"""Whether sources still speak, and what must be forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from loa.accounts.services import cancel_notices, notify
from loa.core import clock
from loa.listening import search
from loa.listening.access import MANAGE
from loa.listening.models import Item, Source
from loa.listening.rules import HABIT_OF, SPEAKING, SourceKind, silent_from, usual_gap
from loa.org.access import users_who_can

#: items from which a habit is learnt: sixty links of a page that gives no time are one moment (600 take 3 ms
#: of processor time a look that brought something, 201 took 1); comments on an own channel, many on a day
LOOKED_AT, OWN_LOOKED_AT = 3 * HABIT_OF, 2000


def renew_habit(source: Source, told: Iterable[dt.datetime] = ()) -> None:
    """Learn the source's usual gap anew from its last items, and when silence becomes an alarm. Saves nothing.

    `told`: times of what its look found that another source had brought before (two feeds of one paper).
    """
    rows = Item.objects.filter(source=source).order_by("-published_at")
    most = OWN_LOOKED_AT if source.kind == SourceKind.OURS else LOOKED_AT
    moments = moments_of(rows[:most])
    if source.kind == SourceKind.OURS:
        # Comments come in bursts below a post: a day on which people write to us is one sign of life.
        moments = set({clock.local(at).date(): at for at in sorted(moments)}.values())
    gap = usual_gap([*moments.union(told)])
    source.usual_gap = int(gap.total_seconds()) if gap else None
    source.last_item_at = max([*moments, *([source.told_at] if source.told_at else [])], default=None)
    if source.last_item_at:
        expect(source, source.last_item_at)


def moments_of(rows: QuerySet[Item]) -> set[dt.datetime]:
    """When items say that their source lives. One query.

    Of items without a time of their own only the look is known that found them: sixty at once are one moment.
    """
    return {
        seen_at.replace(second=0, microsecond=0) if guessed and at == seen_at else at
        for at, guessed, seen_at in rows.values_list("published_at", "time_guessed", "seen_at")
    }


def expect(source: Source, since: dt.datetime) -> None:
    """Set the moment from which the source counts as silent, when it says nothing after `since`. Saves nothing."""
    gap = dt.timedelta(seconds=source.usual_gap) if source.usual_gap else None
    # A page to which people seldom write may be quiet for months: it is expected once its habit is known.
    expected = source.kind in SPEAKING and (gap is not None or source.kind != SourceKind.OURS)
    source.silent_from = silent_from(since, gap) if expected else None


def end_alarm(source: Source, *, back: bool) -> None:
    """The source speaks again (`back`), or nobody listens to it any more."""
    if source.silent_since is None:
        return
    source.silent_since = None
    source.save(update_fields=["silent_since"])
    cancel_notices(code="listening.source_silent", key=str(source.pk))
    if back:
        notify(
            users=users_who_can(MANAGE, source.unit_id),
            code="listening.source_back",
            url=reverse("listening:source", args=[source.pk]),
            name=source.name,
        )


def sweep_silent() -> int:
    """Raise the alarm for every source that has been silent too long. Returns for how many. Runs every minute."""
    now = clock.now()
    raised = 0
    for source in Source.objects.filter(active=True, silent_since=None, silent_from__lte=now):
        with transaction.atomic():
            if not Source.objects.filter(pk=source.pk, silent_since=None, silent_from__lte=now).update(
                silent_since=now
            ):
                continue
            since = source.last_item_at or source.created_at
            notify(
                users=users_who_can(MANAGE, source.unit_id),
                code="listening.source_silent",
                key=str(source.pk),
                url=reverse("listening:source", args=[source.pk]),
                name=source.name,
                since=clock.local(since).strftime("%H:%M %d/%m/%Y"),
            )
            raised += 1
    return raised


def forget_old_words(limit: int = 5000) -> int:
    """Take the words, author and address of items past their time away; figures and the outlet stay."""
    old = list(
        Item.objects.filter(forgotten=False, keep_until__lt=clock.today()).values_list("pk", flat=True)[:limit]
    )
    return forget_words(old)


@transaction.atomic
def forget_words(item_ids: list[int]) -> int:
    """Take words, author, address and conversation of these items away, from the index too. Returns how many."""
    Item.objects.filter(pk__in=item_ids).update(title="", text="", author="", url="", talk="", forgotten=True)
    search.put(search.load(item_ids))
    return len(item_ids)
