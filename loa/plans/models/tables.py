"""A table given in and looked at before anything is written: lines of the register, tasks of a plan."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock


class TableImport(models.Model):
    """The lines of a file as read; what they would do is worked out anew each time they are looked at."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Sổ văn bản")
        TASKS = "tasks", _("Bảng nhiệm vụ")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    filename = models.CharField(max_length=200)
    #: [{"line": 5, "values": {column: text}}]
    rows = models.JSONField(default=list)
    remarks = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename
