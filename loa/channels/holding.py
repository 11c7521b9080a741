"""Whose pages, bulletins and releases a hold stops today."""

from __future__ import annotations

from django.db.models import Q

from loa.channels.models import ChannelAccount, Hold
from loa.core import clock
from loa.org.access import in_force
from loa.org.models import UnitLink


def held_units() -> Q:
    """What belongs to units (`unit`) for which a hold is in force today."""
    now = Hold.objects.filter(ended_at=None)
    if now.filter(unit=None).exists():
        return Q()
    below = UnitLink.objects.filter(in_force(clock.today()), above__in=now.values("unit")).values("below")
    return Q(unit__in=below)


def is_held(account: ChannelAccount) -> bool:
    """Whether a hold stops this account."""
    held = held_units()
    return not held or ChannelAccount.objects.filter(held, pk=account.pk).exists()
