"""Reads of the audit log. Who may read what is decided above, where roles are known: `units` is their scope."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from loa.audit.models import LogEntry
from loa.core import clock
from loa.lib.vi import clean


@dataclass(frozen=True)
class Filter:
    """What to look for; empty fields match all."""

    person: str = ""
    unit_id: int | None = None
    action: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def entries(*, units: QuerySet | list[int], persons: QuerySet | list[int] | None = None) -> QuerySet[LogEntry]:
    """Entries of `units` (a subquery of ids), and those without a unit that are about, or by, `persons`."""
    condition = Q(unit_id__in=units)
    if persons is not None:
        condition |= Q(unit_id=None) & (
            Q(actor_id__in=persons) | Q(object_type="accounts.User", object_id__in=persons)
        )
    return LogEntry.objects.filter(condition).order_by("-at", "-pk")


def narrowed(rows: QuerySet[LogEntry], wanted: Filter) -> QuerySet[LogEntry]:
    """The entries that match; days are those on the wall in Việt Nam, `until` included."""
    if wanted.person:
        word = clean(wanted.person)
        rows = rows.filter(
            Q(actor_name__icontains=word) | Q(object_type="accounts.User", object_label__icontains=word)
        )
    if wanted.unit_id is not None:
        rows = rows.filter(unit_id=wanted.unit_id)
    if wanted.action:
        # "org." means all deeds of the domain.
        if wanted.action.endswith("."):
            rows = rows.filter(action__startswith=wanted.action)
        else:
            rows = rows.filter(action=wanted.action)
    if wanted.since:
        rows = rows.filter(at__gte=clock.start_of(wanted.since))
    if wanted.until:
        rows = rows.filter(at__lt=clock.end_of(wanted.until))
    return rows


def history_of(obj: Any, most: int = 50) -> list[LogEntry]:
    """What was done to one object, newest first. One query."""
    return list(
        LogEntry.objects.filter(object_type=obj._meta.label, object_id=obj.pk).order_by("-at", "-pk")[:most]
    )
