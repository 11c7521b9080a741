"""Letters that correct a signed plan (công văn đính chính)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.plans.models.life import private_storage


class Correction(models.Model):
    """A letter that says what is misprinted in a signed plan and what should stand there. The plan's own text, and
    what is in force of it, do not change by it; that is what amendments are for."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Đang soạn")
        ISSUED = "issued", _("Đã ban hành")

    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="corrections")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    subject = models.CharField(_("Trích yếu"), max_length=400)
    #: [{"finding": number or None, "place", "printed", "right"}] in the order of the letter
    items = models.JSONField(default=list)
    #: one to a line
    addressees = models.TextField(blank=True)
    recipients = models.TextField(blank=True)
    number = models.CharField(_("Số, ký hiệu"), max_length=60, blank=True)
    signed_on = models.DateField(_("Ngày ký"), null=True, blank=True)
    signer = models.CharField(_("Người ký"), max_length=120, blank=True)
    file = models.FileField(storage=private_storage, upload_to="plans/%Y/%m/", blank=True)
    filename = models.CharField(max_length=255, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-signed_on", "-pk"]

    def __str__(self) -> str:
        return self.subject
