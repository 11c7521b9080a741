"""Writes: everything that is sealed, sealed anew under the first key of LOA_CHANNEL_KEY."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import vault
from loa.channels.places import Place, places
from loa.core.errors import Conflict

#: rows read and written at a time
BATCH = 500


@dataclass
class Resealed:
    """What was found, by place: sealed anew, sealed under the first key already, opened by no key we have."""

    done: dict[str, int] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)


class _Only(Exception):
    """Ends a rehearsal: nothing stays written."""


def reseal(*, dry_run: bool = False, leave_lost: bool = False) -> Resealed:
    """Seal everything under the first key, in one transaction: all of it or nothing.

    What no key opens stops it, unless it is to be left as it is (`leave_lost`): it was of no use before either.
    Raises Conflict.
    """
    told = Resealed()
    try:
        with transaction.atomic():
            for name, place in places.items():
                _place(name, place, told)
            if told.lost and not leave_lost and not dry_run:
                raise Conflict(
                    _("Có mục không mở được bằng khoá nào đang khai báo, nên chưa đổi gì: %(where)s.")
                    % {"where": ", ".join(f"{name} ({n})" for name, n in told.lost.items())}
                )
            if dry_run:
                raise _Only
            log("channels.key.resealed", actor=None, obj=None, count=sum(told.done.values()))
    except _Only:
        pass
    return told


def _place(name: str, place: Place, told: Resealed) -> None:
    model: Any = apps.get_model(place.model)
    for rows in _batches(model, place):
        changed = []
        for row in rows:
            value = getattr(row, place.field)
            sealed = value.get(place.key) if place.key else value
            if not sealed:
                continue
            state, anew = vault.resealed(str(sealed))
            counts = getattr(told, state)
            counts[name] = counts.get(name, 0) + 1
            if state == "done":
                setattr(row, place.field, {**value, place.key: anew} if place.key else anew)
                changed.append(row)
        model.objects.bulk_update(changed, [place.field])


def _batches(model: Any, place: Place) -> Iterator[list[Any]]:
    """Locked rows in order of their keys; who renews a token meanwhile waits for us, and writes what is newer."""
    last = 0
    rows = model.objects.order_by("pk").select_for_update().only("pk", place.field)
    rows = (
        rows.filter(**{f"{place.field}__has_key": place.key}) if place.key else rows.exclude(**{place.field: ""})
    )
    while found := list(rows.filter(pk__gt=last)[:BATCH]):
        yield found
        last = found[-1].pk
