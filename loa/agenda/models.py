"""Appointments of units, days the office sets, feeds people subscribe to. What is owed is never copied here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loa.agenda.rules import DayKind, EventKind
from loa.core import clock
from loa.org.models import Unit

EVENT_LABELS = {
    EventKind.MEETING: _("Cuộc họp"),
    EventKind.CAMPAIGN: _("Đợt truyền thông"),
    EventKind.EVENT: _("Sự kiện"),
}
DAY_LABELS = {
    DayKind.OFF: _("Ngày nghỉ"),
    DayKind.WORK: _("Ngày làm bù"),
    DayKind.MARK: _("Mốc, ngày của ngành"),
}


class Event(models.Model):
    """A meeting, campaign or event of a unit; the unit and all below it see it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(_("Loại"), max_length=10, choices=EVENT_LABELS.items())
    title = models.CharField(_("Tên"), max_length=200)
    place = models.CharField(_("Địa điểm"), max_length=200, blank=True)
    note = models.TextField(_("Ghi chú"), blank=True)
    #: days in Việt Nam, inclusive
    on = models.DateField(_("Ngày"))
    until = models.DateField(_("Đến hết ngày"))
    #: empty: all day
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["on", "starts_at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("on")), name="agenda_event_positive")]
        indexes = [models.Index(fields=["unit", "on", "until"], name="agenda_event_of_unit")]

    def __str__(self) -> str:
        return self.title


class CalendarDay(models.Model):
    """A day off, a working Saturday or a milestone that a unit sets for itself and all below it.

    Days off are announced anew each year, a province may add its own: data, beside what the law fixes.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("Loại"), max_length=5, choices=DAY_LABELS.items())
    title = models.CharField(_("Tên"), max_length=160)
    on = models.DateField(_("Ngày"))
    until = models.DateField(_("Đến hết ngày"))
    #: the document that says so
    basis = models.CharField(_("Căn cứ"), max_length=160, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("on")), name="agenda_day_positive"),
            models.UniqueConstraint(fields=["unit", "on", "title"], name="agenda_day_once"),
        ]
        indexes = [models.Index(fields=["on", "until"], name="agenda_day_on")]

    def __str__(self) -> str:
        return self.title


class Feed(models.Model):
    """A person's subscription: whoever has its address reads what that person may see. One a person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    #: sha256 of the secret in the address; the secret itself is shown once and not kept
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    #: when some program last asked for it
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user)
