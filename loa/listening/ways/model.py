"""Files that are brought in, and calls of programs that push."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock


def private_storage() -> Any:
    """Where uploads lie that no public address reaches."""
    return storages["private"]


#: a file that nobody confirms is deleted after so many days: it holds what people wrote, unmasked
FILE_DAYS = 7


class ItemFile(models.Model):
    """A file of items: read, its columns matched by a person, then written by a job.

    The row is the queue: `state` and lease; a job that dies is taken up where it was, and an item that is there
    already is passed over, so that nothing comes twice.
    """

    class State(models.TextChoices):
        READ = "read", _("Chờ xác nhận")
        QUEUED = "queued", _("Chờ nhập")
        WRITING = "writing", _("Đang nhập")
        DONE = "done", _("Đã nhập xong")
        DROPPED = "dropped", _("Đã bỏ")
        FAILED = "failed", _("Không nhập được")

    source = models.ForeignKey("listening.Source", on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    file = models.FileField(storage=private_storage, upload_to="listening/%Y/%m/")
    #: headings of the columns, as printed
    columns = models.JSONField(default=list)
    #: field of an item → heading
    mapping = models.JSONField(default=dict)
    #: remarks on the file as a whole
    remarks = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    lease_until = models.DateTimeField(null=True, blank=True)
    #: how often a worker began since a batch was last written
    tries = models.PositiveSmallIntegerField(default=0)
    #: lines that are written
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state__in=["queued", "writing"]), name="listening_file_waiting"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def until(self) -> dt.datetime:
        """When it is deleted, if nobody confirms it."""
        return self.created_at + dt.timedelta(days=FILE_DAYS)


class PushCall(models.Model):
    """A call of a program that pushes, kept for as long as its signature could be used again."""

    source = models.ForeignKey("listening.Source", on_delete=models.CASCADE, related_name="+")
    signature = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "signature"], name="listening_push_once")]
        indexes = [models.Index(fields=["at"], name="listening_push_at")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.at}"


class PushCount(models.Model):
    """How many calls of a day ended how: "ok", "forged", "old", "replayed", "oversize", "unreadable"."""

    source = models.ForeignKey("listening.Source", on_delete=models.CASCADE, related_name="push_counts")
    day = models.DateField()
    outcome = models.CharField(max_length=12)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "day", "outcome"], name="listening_push_count")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day} {self.outcome}: {self.n}"
