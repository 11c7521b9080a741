"""Rows of the job machinery: which workers live, and when each periodic job is due."""

from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """A worker process and the last moment it was heard of."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.worker_id


class PeriodicRun(models.Model):
    """When a periodic job of config/schedule.py is next due. One row a job, claimed by conditional UPDATE."""

    name = models.CharField(max_length=120, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class ProbeState(models.Model):
    """How a line of the system page stood when it was last watched (loa.core.health)."""

    name = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=8)
    #: what the trouble was about: with another mark it is told anew
    mark = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class SearchEntry(models.Model):
    """What the full-text index knows of one object; its words live in the index of the database (`core.fts`).

    The primary key begins with the time of the object, so that the newest come first without sorting.
    """

    #: BigAutoField, because on SQLite only that is the rowid itself; the keys are given, never counted
    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=24)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    unit_id = models.BigIntegerField(null=True)
    site_id = models.BigIntegerField(null=True)
    topic_id = models.BigIntegerField(null=True)
    #: may be shown to anyone; what is not public is found only where the caller limits units itself
    public = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="core_search_object_once")]
        indexes = [
            models.Index(fields=["unit_id", "-id"], name="core_search_unit"),
            models.Index(fields=["topic_id", "-id"], name="core_search_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
