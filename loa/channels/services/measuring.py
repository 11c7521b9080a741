"""Writes: reactions and reach, as the channels tell them. Nothing here touches a post."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from loa.channels import notices
from loa.channels.kinds import kind_of, kinds
from loa.channels.models import ChannelAccount, Delivery, Health, Measure, MeasureDay
from loa.channels.rules import Intent, Measured, Outcome, Result, Status, ask_again
from loa.channels.sending import DoorError, Talk
from loa.channels.services.accounts import account_check
from loa.core import clock
from loa.core.errors import AppError

log = logging.getLogger("loa.channels")
#: posts asked about in one run; the rest follows in the next
MOST = 200
OLDEST = dt.timedelta(days=30)
#: for so long it is asked where a post stands; so many in one run (TikTok: thirty such calls a minute)
PLACED, MOST_PLACES = dt.timedelta(days=7), 20


def measure_due() -> int:
    """Ask about posts that are out and were not asked about for a while. Returns how many were told."""
    now = clock.now()
    rows = Delivery.objects.filter(
        intent=Intent.PUBLISH, status=Status.SENT, gone_at=None, sent_at__gt=now - OLDEST, account__active=True
    ).exclude(Q(external_id="") | Q(account__health=Health.BROKEN) | Q(account__paused_until__gt=now))
    rows = rows.filter(Q(measured_at=None) | Q(measured_at__lt=now - dt.timedelta(hours=1)))
    # Those never asked about come first, on either database.
    rows = rows.select_related("account", "post").order_by(F("measured_at").asc(nulls_first=True), "pk")
    by_account: dict[int, list[Delivery]] = {}
    for row in rows[: MOST * 5]:
        assert row.sent_at is not None
        every = ask_again(now - row.sent_at)
        if every is not None and (row.measured_at is None or row.measured_at <= now - every):
            by_account.setdefault(row.account_id, []).append(row)
    told, left = 0, MOST
    for mine in by_account.values():
        told += measure(mine[0].account, mine[:left])
        left -= len(mine[:left])
        if left <= 0:
            break
    return told


def place_due() -> int:
    """Ask where posts stand whose channel told that they are out but not where. Returns how many were told."""
    asking = [code for code, kind in kinds().items() if kind.place is not None]
    now = clock.now()
    rows = Delivery.objects.filter(
        account__kind__in=asking, intent=Intent.PUBLISH, status=Status.SENT, permalink="", gone_at=None,
        sent_at__gt=now - PLACED, account__active=True, account__secret__isnull=False,
    ).exclude(Q(account__health=Health.BROKEN) | Q(account__paused_until__gt=now))  # fmt: skip
    told = 0
    # Those asked longest ago first: films that are never shown in public do not stand in the way of the others.
    rows = rows.select_related("account").order_by(F("place_asked_at").asc(nulls_first=True), "-sent_at")
    for row in rows[:MOST_PLACES]:
        Delivery.objects.filter(pk=row.pk).update(place_asked_at=now)
        ask = kind_of(row.account).place
        try:
            found = ask(Talk(row.account), row) if ask is not None else None
        except (AppError, DoorError) as error:
            log.warning("delivery %s: where it stands: %s", row.pk, error)
            continue
        if found is not None:
            told += Delivery.objects.filter(pk=row.pk, permalink="").update(
                external_id=found[0], permalink=found[1][:500]
            )
    return told


def measure(account: ChannelAccount, rows: list[Delivery]) -> int:
    """Ask the channel about these posts of one account, and write it down. Returns how many were told."""
    ask = kind_of(account).measures
    if ask is None:
        return 0
    told = 0
    try:
        for row, found in ask(Talk(account), rows):
            if isinstance(found, Outcome) and found.code == "gone":
                _gone(row)
                continue
            if isinstance(found, Outcome):
                _stopped(account, found)
                break
            _write(row, found)
            told += 1
    except DoorError:
        return told  # asked again in the next run
    return told


def _stopped(account: ChannelAccount, outcome: Outcome) -> None:
    """The channel wants to be left alone, or the token died: what was told so far stays."""
    if outcome.pause:
        until = clock.now() + dt.timedelta(seconds=outcome.pause)
        ChannelAccount.objects.filter(pk=account.pk).update(paused_until=until)
    if outcome.result == Result.ACCOUNT:
        account_check(account=account)


@transaction.atomic
def _gone(row: Delivery) -> None:
    """A post that was there is not any more: somebody took it down on the page; its people hear of it."""
    Delivery.objects.filter(pk=row.pk).update(measured_at=clock.now())
    if not Measure.objects.filter(delivery=row, value__isnull=False).exists():
        return  # never seen there: nothing is known
    if Delivery.objects.filter(pk=row.pk, gone_at=None).update(gone_at=clock.now(), code="gone_there"):
        notices.gone(row)


@transaction.atomic
def _write(row: Delivery, found: list[Measured]) -> None:
    now, today = clock.now(), clock.today()
    Delivery.objects.filter(pk=row.pk).update(measured_at=now)
    for one in found:
        fields: dict[str, Any] = {"value": one.value, "code": one.code, "taken_at": now}
        if one.value is None:
            # An older number stays on its day; the newest line says that nothing is told now.
            Measure.objects.update_or_create(delivery=row, name=one.name, defaults=fields)
            continue
        Measure.objects.update_or_create(delivery=row, name=one.name, defaults=fields)
        MeasureDay.objects.update_or_create(delivery=row, name=one.name, day=today, defaults={"value": one.value})
