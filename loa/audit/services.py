"""Writing the audit log, inside the transaction of the deed itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from loa.audit.models import LogEntry
from loa.core import actor as request_actor


def log(
    action: str, *, actor: Any, obj: models.Model | None = None, unit_id: int | None = None, **data: Any
) -> LogEntry:
    """Record one deed. `actor` is a user, or None for the system; `data` must be JSON-able.

    Call it in the transaction that does the deed, so that the one is never without the other.
    """
    entry = _entry(action, actor, obj, unit_id, data)
    entry.save()
    return entry


def log_at(
    unit_ids: Iterable[int], action: str, *, actor: Any, obj: models.Model | None = None, **data: Any
) -> None:
    """Record one deed done to many units: an entry in the log of each. One statement a few hundred units."""
    LogEntry.objects.bulk_create(
        [_entry(action, actor, obj, unit_id, data) for unit_id in unit_ids], batch_size=500
    )


def _entry(
    action: str, actor: Any, obj: models.Model | None, unit_id: int | None, data: dict[str, Any]
) -> LogEntry:
    return LogEntry(
        action=action,
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor) if actor is not None else "",
        object_type=obj._meta.label if obj is not None else "",
        object_id=obj.pk if obj is not None else None,
        object_label=str(obj)[:300] if obj is not None else "",
        unit_id=unit_id,
        data=data,
        address=request_actor.address(),
    )


def log_many(
    action: str, *, actor: Any, deeds: Iterable[tuple[models.Model, int | None, dict[str, Any]]]
) -> list[LogEntry]:
    """Record the same deed done to many objects, each with its unit and data, in a few statements."""
    address = request_actor.address()
    return LogEntry.objects.bulk_create(
        [
            LogEntry(
                action=action,
                actor_id=getattr(actor, "pk", None),
                actor_name=str(actor) if actor is not None else "",
                object_type=obj._meta.label,
                object_id=obj.pk,
                object_label=str(obj)[:300],
                unit_id=unit_id,
                data=data,
                address=address,
            )
            for obj, unit_id, data in deeds
        ],
        batch_size=500,
    )
