"""What people wish, what they were reminded of, and the one mail of a day. What is due is never stored."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.org.models import Unit
from loa.plans.models import Plan
from loa.reminders.rules import Wish


def _nonce() -> str:
    return secrets.token_urlsafe(9)


def _before() -> list[int]:
    return list(Wish().before)


# Functions, not moments: Django takes a fixed hour near the present one for a mistake (fields.W161).
def _at() -> dt.time:
    return Wish.at


def _quiet_from() -> dt.time:
    return Wish.quiet_from


def _quiet_to() -> dt.time:
    return Wish.quiet_to


class Preference(models.Model):
    """How one person is reminded, and when next. The row is the queue: claimed by conditional UPDATE."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminding")
    in_app = models.BooleanField(_("Báo trên Loa"), default=True)
    by_mail = models.BooleanField(_("Gửi thư điện tử"), default=True)
    #: kinds of causes the person does without
    muted = models.JSONField(default=list)
    before = models.JSONField(default=_before)
    on_day = models.BooleanField(_("Nhắc đúng ngày hạn"), default=True)
    late_every = models.PositiveSmallIntegerField(_("Khi đã quá hạn"), default=Wish.late_every)
    at = models.TimeField(_("Giờ nhắc"), default=_at)
    quiet_from = models.TimeField(_("Không làm phiền từ"), default=_quiet_from)
    quiet_to = models.TimeField(_("đến"), default=_quiet_to)
    workdays_only = models.BooleanField(_("Chỉ nhắc vào ngày làm việc"), default=True)
    weekly = models.BooleanField(_("Tóm tắt tuần"), default=True)
    weekly_on = models.PositiveSmallIntegerField(_("Vào"), default=0)
    #: part of the address that stops the mails; a new one makes old addresses worthless
    nonce = models.CharField(max_length=16, default=_nonce)
    next_at = models.DateTimeField(db_index=True)
    #: who is at work on it, and until when that holds
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user)

    @property
    def wish(self) -> Wish:
        """The same as a plain value."""
        return Wish(
            muted=frozenset(self.muted),
            before=tuple(self.before),
            on_day=self.on_day,
            late_every=self.late_every,
            at=self.at,
            quiet_from=self.quiet_from,
            quiet_to=self.quiet_to,
            workdays_only=self.workdays_only,
            weekly=self.weekly,
            weekly_on=self.weekly_on,
        )


class Digest(models.Model):
    """All that one person is reminded of on one day. One row a day, whatever happens: so never two mails."""

    class State(models.TextChoices):
        READY = "ready", _("Chờ gửi")
        SENDING = "sending", _("Đang gửi")
        SENT = "sent", _("Đã gửi")
        #: the line broke before the relay answered; never sent again blindly
        UNKNOWN = "unknown", _("Không rõ thư đã đi hay chưa")
        FAILED = "failed", _("Không gửi được")
        #: everything in it was done, cancelled or moved before it went, or its day was over
        DROPPED = "dropped", _("Không cần gửi nữa")
        #: told inside Loa only
        TOLD = "told", _("Đã báo trên Loa")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_digests")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices)
    weekly = models.BooleanField(default=False)
    #: how many things were in the mail (or the notice)
    items = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    send_after = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    #: what the relay said, for the administrator
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="reminders_digest_once")]
        indexes = [models.Index(fields=["state", "send_after"], name="reminders_queue")]

    def __str__(self) -> str:
        return f"{self.user} · {self.day:%d/%m/%Y}: {self.get_state_display()}"


class Reminder(models.Model):
    """The ledger: this person was told of this cause at this moment. Written before anything leaves."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=60)
    moment = models.CharField(max_length=24)
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "cause", "moment"], name="reminders_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.moment}"


class Nudge(models.Model):
    """An office reminded a unit of what is late under a plan: told in the next digest of its people."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(db_index=True)
    text = models.CharField(max_length=300, blank=True)
    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "unit", "day"], name="reminders_nudge_once")]

    def __str__(self) -> str:
        return f"{self.plan} · {self.unit} · {self.day:%d/%m/%Y}"
