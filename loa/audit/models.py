"""The audit log: codes and data, written once, never changed; words are made when it is read."""

from __future__ import annotations

from typing import NoReturn

from django.db import models

from loa.core import clock


class AppendOnly(models.QuerySet["LogEntry"]):
    """Reads and appends; whatever else is refused here, and by the database itself (loa.audit.triggers)."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("The audit log is append-only")

    delete = update = bulk_update = update_or_create = _refuse


class LogEntry(models.Model):
    """One deed: who, what, on which object, for which unit, when."""

    at = models.DateTimeField(default=clock.now, db_index=True)
    #: greppable code of the deed, e.g. "newsroom.story.published"
    action = models.CharField(max_length=80, db_index=True)
    # Plain numbers, not foreign keys: the log outlives what it speaks of, and lies below accounts and org.
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor_name = models.CharField(max_length=200, blank=True)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=300, blank=True)
    unit_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    address = models.CharField(max_length=64, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"]),
            models.Index(fields=["unit_id", "-at"]),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk:
            raise TypeError("The audit log is append-only")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit log is append-only")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_type}#{self.object_id}"
