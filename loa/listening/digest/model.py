"""Digests, their lines, and who they are mailed to."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.core.transitions import Transitions
from loa.listening.rules import Tone
from loa.listening.watch.model import MAIL_LABELS
from loa.listening.watch.rules import MailState
from loa.org.models import Unit


class Kind(StrEnum):
    """How long a time it speaks of."""

    DAY = "day"
    MONTH = "month"


class State(StrEnum):
    """What became of the draft."""

    DRAFT = "draft"
    APPROVED = "approved"


KIND_LABELS = {Kind.DAY: _("Điểm báo ngày"), Kind.MONTH: _("Báo cáo dư luận tháng")}
STATE_LABELS = {State.DRAFT: _("Bản nháp"), State.APPROVED: _("Đã duyệt")}
DIGEST_MOVES = Transitions("listening.digest", {State.DRAFT: (State.APPROVED,)})
#: day of the month on which the opinion report drafts itself
MONTH_DAY = 25


class DigestPlan(models.Model):
    """When a unit's digests draft themselves, and to whom they go."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="digest_plan")
    active = models.BooleanField(_("Tự soạn điểm báo mỗi ngày làm việc"), default=True)
    hour = models.TimeField(_("Giờ soạn"), default=dt.time(7, 0))
    monthly = models.BooleanField(_("Tự soạn báo cáo dư luận ngày 25 hằng tháng"), default=True)
    #: addresses, one a line
    recipients = models.TextField(_("Gửi thư đến"), blank=True)

    def __str__(self) -> str:
        return f"{self.unit_id}"


class Digest(models.Model):
    """What was said between two moments, and what came too late for the one before, as of `gathered_at`."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    #: its unit ended: who carries on keeps it, with the header of its day
    keeper = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=5, choices=KIND_LABELS.items())
    day = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=STATE_LABELS.items(), default=State.DRAFT)
    #: words of the officer
    summary = models.TextField(_("Nhận định chung"), blank=True)
    proposal = models.TextField(_("Đề xuất"), blank=True)
    #: total, pos, neu, neg; before: how many there were `back` weeks or months ago (None: not heard then);
    #: opening: the sentence made of them; units and spikes as lists of rows
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=clock.now)
    #: when figures and lines were gathered last: what is analysed later belongs to the next
    gathered_at = models.DateTimeField(default=clock.now)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True)
    #: counts every change to words or lines that were there: a form filled before the last one overwrites nothing
    version = models.PositiveIntegerField(default=0)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day", "kind", "-pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "day"], name="listening_digest_once")]

    def __str__(self) -> str:
        if self.kind == Kind.DAY:
            return f"{_('Điểm báo ngày')} {self.day:%d/%m/%Y}"
        return f"{_('Báo cáo dư luận tháng')} {self.day:%m/%Y}"

    @property
    def kept_by(self) -> int:
        """The unit whose people see to it."""
        return self.keeper_id or self.unit_id


class DigestLine(models.Model):
    """A story, or one article of the list; a copy, so that what was approved stays as it was."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    #: a story has one; an article none
    case = models.ForeignKey("listening.Case", on_delete=models.SET_NULL, null=True, related_name="+")
    item = models.ForeignKey("listening.Item", on_delete=models.SET_NULL, null=True, related_name="+")
    story = models.BooleanField()
    title = models.CharField(max_length=400)
    outlet = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    url = models.URLField(max_length=1000, blank=True)
    tone = models.CharField(max_length=3, choices=[(tone.value, tone.value) for tone in Tone], blank=True)
    text = models.TextField(blank=True)
    shown = models.BooleanField(default=True)
    #: who put it in by hand; None: it was gathered
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["number", "pk"]

    def __str__(self) -> str:
        return self.title


class DigestMail(models.Model):
    """One letter of an approved digest; the row is also the queue."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="mails")
    address = models.EmailField()
    mail = models.CharField(max_length=8, choices=MAIL_LABELS.items(), default=MailState.READY)
    mail_after = models.DateTimeField()
    claim = models.CharField(max_length=24, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["digest", "address"], name="listening_digest_mail_once")]
        indexes = [
            models.Index(
                fields=["mail_after"],
                condition=models.Q(mail__in=["ready", "later"]),
                name="listening_dmail_ready",
            )
        ]

    def __str__(self) -> str:
        return self.address
