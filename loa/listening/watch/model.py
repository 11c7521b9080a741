"""Spikes, alerts and who was told of them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.listening.watch.rules import QUIET_FROM, QUIET_TO, ZALO_WINDOW, AlertState, Level, MailState
from loa.org.models import Unit

LEVEL_LABELS = {Level.NOTE: _("Để biết"), Level.ACT: _("Cần xử lý"), Level.URGENT: _("Khẩn")}
ALERT_LABELS = {
    AlertState.OPEN: _("Chưa ai nhận"),
    AlertState.ESCALATED: _("Đã báo lãnh đạo"),
    AlertState.TAKEN: _("Đang xử lý"),
    AlertState.CLOSED: _("Đã xong"),
}
MAIL_LABELS = {
    MailState.NONE: _("Chỉ báo trên Loa"),
    MailState.READY: _("Chờ gửi"),
    MailState.SENDING: _("Đang gửi"),
    MailState.SENT: _("Đã gửi"),
    MailState.LATER: _("Chờ gửi lại"),
    MailState.REFUSED: _("Không gửi được"),
    MailState.UNKNOWN: _("Không rõ đã đến chưa"),
    MailState.DROPPED: _("Không cần gửi nữa"),
    MailState.GONE: _("Không gửi: người này không còn phụ trách"),
}


class Spike(models.Model):
    """More was said of a topic or a unit than is usual for it at these hours."""

    #: the unit that hears
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    #: "t:code" a topic; "v:pk" a unit that is meant
    about = models.CharField(max_length=48)
    began_at = models.DateTimeField()
    #: end of the last unusual hour so far
    ended_at = models.DateTimeField()
    items = models.PositiveIntegerField()
    #: what is usual in these hours
    expected = models.FloatField()
    #: −log10 of how improbable the wildest hour is
    strength = models.FloatField()
    peak = models.PositiveIntegerField()
    negative = models.PositiveIntegerField(default=0)
    #: the case most of its items belong to
    case = models.ForeignKey("listening.Case", on_delete=models.SET_NULL, null=True, related_name="spikes")
    #: when people were last told, and of how many items: they are told anew when these have doubled
    told_at = models.DateTimeField(null=True)
    told_items = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "about", "began_at"], name="listening_spike_once")]
        indexes = [models.Index(fields=["unit", "-ended_at"], name="listening_spike_of_unit")]

    def __str__(self) -> str:
        return f"{self.about} {clock.local(self.began_at):%H:%M %d/%m}"


class Alert(models.Model):
    """Somebody is to look at this now. One for each spike; told of anew when it doubled or its level rose."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    spike = models.OneToOneField(Spike, on_delete=models.CASCADE, related_name="alert")
    #: the unit that is meant, of a spike of a unit
    meant = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(
        choices=[(level.value, label) for level, label in LEVEL_LABELS.items()]
    )
    state = models.CharField(max_length=10, choices=ALERT_LABELS.items(), default=AlertState.OPEN)
    at = models.DateTimeField(default=clock.now)
    #: since when nobody has taken it; moved when it is told anew
    waits_since = models.DateTimeField(default=clock.now)
    escalated_at = models.DateTimeField(null=True)
    #: since when leaders should hear of it and there are none
    leaderless_at = models.DateTimeField(null=True)
    #: who sees to it
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "state", "-at"], name="listening_alert_state"),
            models.Index(fields=["meant", "-at"], name="listening_alert_meant"),
        ]

    def __str__(self) -> str:
        return str(self.spike)


class AlertWish(models.Model):
    """How one person wants to be alerted; without a row the defaults hold."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_wish")
    #: told inside Loa from this level on
    least = models.PositiveSmallIntegerField(
        _("Báo trên Loa từ mức"),
        choices=[(level.value, label) for level, label in LEVEL_LABELS.items()],
        default=Level.NOTE,
    )
    #: mailed from this level on; 0: never
    mail = models.PositiveSmallIntegerField(
        _("Gửi thư điện tử từ mức"),
        choices=[(0, _("Không gửi thư")), *((level.value, label) for level, label in LEVEL_LABELS.items())],
        default=Level.ACT,
    )
    #: sent by Zalo from this level on, when the person has linked their Zalo; 0: never
    zalo = models.PositiveSmallIntegerField(
        _("Gửi Zalo từ mức"),
        choices=[(0, _("Không gửi Zalo")), *((level.value, label) for level, label in LEVEL_LABELS.items())],
        default=Level.ACT,
    )
    #: codes of topics; empty: all
    topics = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(_("Không gửi thư từ"), default=QUIET_FROM)
    quiet_to = models.TimeField(_("đến"), default=QUIET_TO)

    def __str__(self) -> str:
        return f"{self.user_id}"


class ZaloLink(models.Model):
    """A person's own Zalo as the office's OA knows it; made by sending the OA a code."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="zalo_link")
    account = models.ForeignKey("channels.ChannelAccount", on_delete=models.CASCADE, null=True, related_name="+")
    #: the id Zalo gives the person at this OA
    person = models.CharField(max_length=120, blank=True)
    #: eight digits, good until `code_until`
    code = models.CharField(max_length=8, blank=True)
    code_until = models.DateTimeField(null=True)
    #: id of the message that held the code
    said = models.CharField(max_length=120, blank=True)
    linked_at = models.DateTimeField(null=True)
    #: their last message: Zalo lets the OA write for seven days after it
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"], condition=~models.Q(person=""), name="listening_zalo_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.account_id}"

    @property
    def open_until(self) -> dt.datetime | None:
        """Until when the OA may write to the person."""
        return self.heard_at + ZALO_WINDOW if self.linked_at and self.heard_at else None

    def open_at(self, now: dt.datetime) -> bool:
        """Whether the OA may write at that moment."""
        return self.open_until is not None and now < self.open_until


class Telling(models.Model):
    """One person told of one alert; the row is also the queue of the mail."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="tellings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    mail = models.CharField(max_length=8, choices=MAIL_LABELS.items(), default=MailState.NONE)
    mail_after = models.DateTimeField(null=True)
    claim = models.CharField(max_length=24, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    #: the same by Zalo: handed to the queue of the channels under `zalo_key`
    zalo = models.CharField(max_length=8, choices=MAIL_LABELS.items(), default=MailState.NONE)
    zalo_after = models.DateTimeField(null=True)
    zalo_at = models.DateTimeField(null=True)
    zalo_key = models.CharField(max_length=80, blank=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["alert", "user"], name="listening_telling_once")]
        indexes = [
            models.Index(
                fields=["mail_after"],
                condition=models.Q(mail__in=["ready", "later"]),
                name="listening_telling_ready",
            ),
            models.Index(fields=["user", "-settled_at"], name="listening_telling_user"),
            models.Index(
                fields=["zalo_after"],
                condition=models.Q(zalo__in=["ready", "later"]),
                name="listening_telling_zalo",
            ),
            models.Index(
                fields=["zalo_key"], condition=models.Q(zalo="sending"), name="listening_telling_zalokey"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} → {self.user_id}"

    @property
    def wanted(self) -> bool:
        """Whether it is still to go out: nobody has the alert in hand, or it was told after somebody took it."""
        alert = self.alert
        if alert.state == AlertState.TAKEN:
            return alert.taken_at is not None and self.at > alert.taken_at
        return alert.state != AlertState.CLOSED
