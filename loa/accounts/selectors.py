"""Reads about people: notices, devices, what was done with an account."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.accounts.models import LoginSession, Notice
from loa.audit.models import LogEntry
from loa.audit.texts import label
from loa.core import clock


def notices_of(user: Any) -> QuerySet[Notice]:
    """What the person has been told, newest first, without what was taken back before it was read."""
    return Notice.objects.filter(user=user, cancelled_at=None).order_by("-created_at", "-pk")


def unread_count(user: Any) -> int:
    """How many notices the person has not read; 0 for somebody who is not logged in."""
    if not getattr(user, "is_authenticated", False):
        return 0
    return Notice.objects.filter(user=user, read_at=None, cancelled_at=None).count()


@dataclass(frozen=True)
class Device:
    """One log-in as its owner reads it."""

    row: LoginSession
    label: str
    current: bool


_BROWSERS = [
    ("Edg", "Edge"),
    ("CocCoc|coc_coc", "Cốc Cốc"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]


def device_label(agent: str) -> str:
    """ "Chrome trên Windows", from the browser's own words."""
    browser = next((name for sign, name in _BROWSERS if re.search(sign, agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s trên %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Thiết bị không rõ")


def sessions_of(user: Any, *, current: str) -> list[Device]:
    """Where the person is logged in, this device first. One query."""
    alive = clock.now() - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = list(LoginSession.objects.filter(user=user, started_at__gt=alive).order_by("-seen_at")[:50])
    rows.sort(key=lambda row: row.session_key != current)
    return [Device(row, device_label(row.agent), row.session_key == current) for row in rows]


@dataclass(frozen=True)
class OwnDeed:
    """Something done with one's account, in words."""

    at: dt.datetime
    label: str
    actor: str
    by_other: bool
    address: str


def account_deeds(user: Any, most: int = 10) -> list[OwnDeed]:
    """What was done lately with the person's account, newest first. One query."""
    rows = LogEntry.objects.filter(
        object_type=user._meta.label, object_id=user.pk, action__startswith="accounts."
    ).order_by("-at", "-pk")[:most]
    return [
        OwnDeed(row.at, label(row.action), row.actor_name, row.actor_id not in (None, user.pk), row.address)
        for row in rows
    ]
