"""Figures of a desk, computed beforehand: counting 5,000 units takes longer than a page may."""

from __future__ import annotations

from django.db import models

from loa.core import clock
from loa.org.models import Unit
from loa.plans.models import Plan


class Figures(models.Model):
    """The summary of one plan under one unit (console.summary), as plain values; outlives processes."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    #: the day the figures are about; on the next day they are history
    day = models.DateField()
    data = models.JSONField()
    computed_at = models.DateTimeField()
    #: when somebody began to compute them afresh; a claim older than CLAIM is forgotten
    claimed_at = models.DateTimeField(null=True)
    #: who nobody looks at is not kept up to date
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "plan"], name="console_figures_once")]

    def __str__(self) -> str:
        return f"{self.plan} · {self.unit} · {self.day}"
