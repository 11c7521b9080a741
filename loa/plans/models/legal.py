"""The register of legal documents: data with validity dates, and what cites them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loa.org.models import Unit


class LegalDocument(models.Model):
    """A legal document known to Loa, with its validity: data, never text in code."""

    kind = models.CharField(_("Tên loại"), max_length=60)
    number = models.CharField(_("Số, ký hiệu"), max_length=60)
    #: year of the number, else of its signing, else 0: numbers without a year are given anew every year
    year = models.PositiveSmallIntegerField(default=0)
    #: number folded and without spaces, for look-up of what texts print
    key = models.CharField(max_length=60, db_index=True)
    #: for laws: their name folded, for texts that print no number ("Luật Báo chí 2016")
    name_key = models.CharField(max_length=60, blank=True, db_index=True)
    signed_on = models.DateField(_("Ngày ban hành"), null=True, blank=True)
    issuer = models.CharField(_("Cơ quan ban hành"), max_length=200, blank=True)
    subject = models.CharField(_("Trích yếu"), max_length=500, blank=True)
    valid_from = models.DateField(_("Có hiệu lực từ"), null=True, blank=True)
    #: first day on which it no longer holds
    valid_to = models.DateField(_("Hết hiệu lực từ"), null=True, blank=True)
    note = models.TextField(_("Ghi chú"), blank=True)
    #: where the facts come from, in words; whether somebody held them against the document itself
    source = models.CharField(_("Nguồn"), max_length=300, blank=True)
    verified = models.BooleanField(_("Đã đối chiếu văn bản gốc"), default=False)
    #: everything one would search for, folded
    folded = models.TextField(blank=True)
    #: set by the first edit of a person; from then on the project's own file no longer changes the line
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "number"]
        constraints = [models.UniqueConstraint(fields=["number", "year"], name="plans_legal_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class LegalChange(models.Model):
    """What became of a document by a later one: replaced, replaced in part, amended, explained in detail."""

    class Kind(models.TextChoices):
        REPLACED = "replaced", _("Bị thay thế bởi")
        PARTLY = "partly", _("Bị thay thế một phần bởi")
        AMENDED = "amended", _("Được sửa đổi, bổ sung bởi")

    document = models.ForeignKey(LegalDocument, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: the later document when the register has it; its words always
    by = models.ForeignKey(
        LegalDocument, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes_made"
    )
    by_printed = models.CharField(max_length=200)
    since = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["document", "kind", "by_printed"], name="plans_legal_change_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.by_printed}"


class LegalCitation(models.Model):
    """Something that cites a document by number: a plan in force, its amendment, a published story.

    Kept by number, not by the register's row: a document added to the register tomorrow is cited already.
    """

    class Source(models.TextChoices):
        PLAN = "plan", _("Kế hoạch")
        AMENDMENT = "amendment", _("Điều chỉnh kế hoạch")
        STORY = "story", _("Tin, bài")

    source = models.CharField(max_length=10, choices=Source.choices)
    object_id = models.PositiveBigIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    #: number or name of a law, folded as in LegalDocument
    key = models.CharField(max_length=60, blank=True)
    name_key = models.CharField(max_length=60, blank=True)
    #: of the printed date, 0 when none is printed
    year = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=400)
    on = models.DateField()

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(fields=["key", "year"], name="plans_citation_key"),
            models.Index(fields=["name_key"], name="plans_citation_name", condition=~Q(name_key="")),
            models.Index(fields=["source", "object_id"], name="plans_citation_source"),
        ]

    def __str__(self) -> str:
        return self.title
