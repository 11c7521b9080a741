"""Hot issues, what is attached to them, what was done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.incidents.rules import Deed, Level, State
from loa.listening.models import TONE_LABELS
from loa.org.models import Unit

LEVEL_LABELS = {Level.WATCH: _("Theo dõi"), Level.SERIOUS: _("Nghiêm trọng"), Level.GRAVE: _("Rất nghiêm trọng")}
STATE_LABELS = {State.OPEN: _("Mới lập"), State.HANDLING: _("Đang xử lý"), State.CLOSED: _("Đã kết thúc")}


class Incident(models.Model):
    """Something the office must deal with in public, and everything about it in one place."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Tên vấn đề"), max_length=300)
    level = models.PositiveSmallIntegerField(
        _("Mức độ"), choices=[(level.value, label) for level, label in LEVEL_LABELS.items()], default=Level.WATCH
    )
    state = models.CharField(max_length=10, choices=STATE_LABELS.items(), default=State.OPEN)
    #: "case:pk" or "spike:pk" it was made of
    key = models.CharField(max_length=40)
    case = models.ForeignKey("listening.Case", on_delete=models.SET_NULL, null=True, related_name="+")
    spike = models.ForeignKey("listening.Spike", on_delete=models.SET_NULL, null=True, related_name="+")
    #: total, pos, neu, neg, private, outlets, first, last, units [[pk, name, n]], topics [[code, name, n]]
    figures = models.JSONField(default=dict)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    statement = models.TextField(_("Phát ngôn ban đầu"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "key"], condition=~Q(state="closed"), name="incidents_open_once"
            )
        ]
        indexes = [models.Index(fields=["unit", "state", "-opened_at"], name="incidents_state")]

    def __str__(self) -> str:
        return self.title


class Evidence(models.Model):
    """One item that is attached; the words of a private person are not among it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="evidence")
    item = models.ForeignKey("listening.Item", on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=400, blank=True)
    outlet_name = models.CharField(max_length=160)
    url = models.URLField(max_length=1000, blank=True)
    at = models.DateTimeField()
    tone = models.CharField(max_length=3, choices=TONE_LABELS.items(), blank=True)
    private = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["incident", "item"], name="incidents_evidence_once")]

    def __str__(self) -> str:
        return self.title or self.outlet_name


class Entry(models.Model):
    """What was done, by whom; `deed` is rendered to words late."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deed = models.CharField(max_length=10, choices=[(deed.value, deed.value) for deed in Deed])
    data = models.JSONField(default=dict)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.deed}"
