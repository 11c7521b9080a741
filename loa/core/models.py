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
