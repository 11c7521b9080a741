"""Evidence that something owed was done, and the reports made from it. What is owed itself is computed."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.newsroom.models import Story
from loa.org.models import Unit, UnitVersion
from loa.plans.models import Directive, Plan, Topic


def private_storage():
    """Where uploads lie that only a view with an access check may serve."""
    return storages["private"]


class Evidence(models.Model):
    """One proof for one directive and unit. Published stories make theirs by themselves."""

    class Kind(models.TextChoices):
        STORY = "story", _("Tin, bài trên Loa")
        REPORT = "report", _("Báo cáo trên Loa")
        LINK = "link", _("Đường dẫn")
        CLIPPING = "clipping", _("Báo chí đã đăng")
        FILE = "file", _("Tệp")

    directive = models.ForeignKey(Directive, on_delete=models.CASCADE, related_name="evidence")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="evidence")
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: first day of the slot (period) it counts for; see loa.reporting.rules.Slot
    slot = models.DateField()
    #: the day it was done (publication, sending): in time or late
    on = models.DateField(_("Ngày"))
    title = models.CharField(_("Tên"), max_length=300)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, null=True, blank=True, related_name="evidence")
    report = models.ForeignKey(
        "reporting.Report", on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    url = models.URLField(_("Đường dẫn"), max_length=500, blank=True)
    outlet = models.CharField(_("Báo, đài"), max_length=160, blank=True)
    file = models.FileField(_("Tệp"), storage=private_storage, upload_to="evidence/%Y/%m/", blank=True)
    #: normalised link, file hash or story id: the same proof is not used twice for one directive
    fingerprint = models.CharField(max_length=100)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    #: when somebody above refused it, and why; it then no longer counts
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "fingerprint"],
                condition=models.Q(refused_at=None),
                name="reporting_evidence_once",
            )
        ]
        indexes = [
            models.Index(fields=["directive", "slot", "unit", "on"], name="reporting_evidence_slot"),
            models.Index(fields=["unit", "on"], name="reporting_evidence_on"),
            models.Index(fields=["topic", "on"], name="reporting_evidence_topic"),
        ]

    def __str__(self) -> str:
        return self.title


class Report(models.Model):
    """A unit's report for one period, prefilled from its data, signed by its lead."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Đang soạn")
        SUBMITTED = "submitted", _("Chờ ký duyệt")
        RETURNED = "returned", _("Cần sửa lại")
        APPROVED = "approved", _("Đã ký duyệt")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports")
    #: who writes, signs and keeps it since the unit ended (its successor); empty: the unit itself
    keeper = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="kept_reports")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="reports")
    #: the directive that asks for it, if one does
    directive = models.ForeignKey(
        Directive, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    #: month, quarter, semester, year, school_year
    period = models.CharField(max_length=12)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(max_length=300)
    number = models.CharField(_("Số"), max_length=60, blank=True)
    #: what the person wrote, by section code
    texts = models.JSONField(default=dict)
    #: figures as they stood when it was submitted (afterwards the evidence may grow, the report not)
    figures = models.JSONField(default=dict)
    #: header as of the day of signing
    unit_version = models.ForeignKey(UnitVersion, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    #: name and title as printed under the signature, as of that day
    signer_name = models.CharField(max_length=120, blank=True)
    signer_title = models.CharField(max_length=120, blank=True)
    return_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-ends_on", "unit_id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "period", "starts_on"], name="reporting_report_once"),
        ]
        indexes = [
            models.Index(fields=["unit", "-ends_on"]),
            models.Index(fields=["status", "-submitted_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def office_id(self) -> int:
        """The unit whose people write and sign it: rights and header are asked of this one."""
        return self.keeper_id or self.unit_id
