"""A signed plan, what was read in it, and what it asks of whom."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.org.models import Unit, UnitClass
from loa.plans.models.corrections import Correction
from loa.plans.models.legal import LegalChange, LegalCitation, LegalDocument
from loa.plans.models.life import (
    VERSION_POSITIVE,
    Acceptance,
    Amendment,
    Change,
    TaskEvidence,
    TaskNote,
    TaskProgress,
    private_storage,
)
from loa.plans.models.tables import TableImport
from loa.plans.rules import DirectiveKind, FindingKind, FindingState, PlanStatus, Proof
from loa.plans.rules.inherited import fixed_fields

__all__ = [
    "Acceptance",
    "Amendment",
    "Change",
    "Correction",
    "Directive",
    "Finding",
    "LegalBasis",
    "LegalChange",
    "LegalCitation",
    "LegalDocument",
    "Plan",
    "PlanDocument",
    "TableImport",
    "Task",
    "TaskEvidence",
    "TaskNote",
    "TaskProgress",
    "TaskUnit",
    "Topic",
    "private_storage",
]


class Plan(models.Model):
    """One plan of one unit for one period."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(_("Trích yếu"), max_length=400, blank=True)
    number = models.CharField(_("Số, ký hiệu"), max_length=60, blank=True)
    signed_on = models.DateField(_("Ngày ký"), null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    signer = models.CharField(_("Người ký"), max_length=120, blank=True)
    starts_on = models.DateField(_("Từ ngày"), null=True, blank=True)
    ends_on = models.DateField(_("Đến hết ngày"), null=True, blank=True)
    status = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in PlanStatus],
        default=PlanStatus.READING,
        db_index=True,
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    #: the plan above that this one carries out, and since when changes above wait to be accepted
    parent_plan = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="plans_below"
    )
    derived_at = models.DateTimeField(null=True, blank=True)
    #: when somebody said so of a signed plan that was read; None of one drawn up in Loa from the plan above
    linked_at = models.DateTimeField(null=True, blank=True)
    #: paragraphs of its own document: purpose, requirements, organisation, recipients
    texts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["unit", "status"], name="plans_plan_unit_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="plans_plan_positive",
            )
        ]

    def __str__(self) -> str:
        return self.title or str(_("Kế hoạch chưa đọc"))

    @property
    def drawn_up(self) -> bool:
        """Whether it was drawn up in Loa from the plan above, and so has a printed document of Loa's."""
        return self.parent_plan_id is not None and self.linked_at is None


class PlanDocument(models.Model):
    """The uploaded file and what the reader made of it; the row is also the queue of the reading job."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Chờ đọc")
        READING = "reading", _("Đang đọc")
        READ = "read", _("Đã đọc")
        FAILED = "failed", _("Không đọc được")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="documents")
    file = models.FileField(storage=private_storage, upload_to="plans/%Y/%m/")
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=120, blank=True)
    #: code and Vietnamese sentence when it could not be read
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    #: normalised source text; offsets of findings point into it
    text = models.TextField(blank=True)
    #: blocks for display (paragraphs, table rows) with offsets, page and line
    blocks = models.JSONField(default=list, blank=True)
    #: the reading as `loa doc read --json` prints it
    reading = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename


class Finding(models.Model):
    """One thing the reader found, with its span; an officer confirms, edits or dismisses it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="findings")
    #: the text its offsets point into
    document = models.ForeignKey(PlanDocument, on_delete=models.CASCADE, null=True, related_name="findings")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in FindingKind])
    #: number shown beside the span and in the list
    position = models.PositiveIntegerField()
    label = models.CharField(max_length=500)
    #: fields by kind, editable (see plans/README.md)
    data = models.JSONField(default=dict)
    #: as read, never changed: what an edit is compared with
    original = models.JSONField(default=dict)
    quote = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    line = models.PositiveIntegerField(null=True)
    page = models.PositiveIntegerField(null=True)
    #: a plain question while unsure: {"kind": "audience"|"name"|"choice", "text", "choices": [{"label", "data"}]}
    question = models.JSONField(null=True, blank=True)
    #: {"code", "tone": "act"|"wait", "data"}: expired basis, impossible number …; words in plans.texts
    warning = models.JSONField(null=True, blank=True)
    #: marked in the document by a person, not found by the reader
    added = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in FindingState], default=FindingState.PROPOSED
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="plans_finding_position")]

    def __str__(self) -> str:
        return self.label


class LegalBasis(models.Model):
    """A document the plan stands on or cites, as printed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="bases")
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=120)
    signed_on = models.CharField(max_length=10, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10)
    position = models.PositiveIntegerField(default=0)
    #: what an officer wrote beside it, e.g. the document that replaces it; the plan's own words stay
    note = models.CharField(max_length=300, blank=True)
    finding = models.ForeignKey(Finding, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Topic(models.Model):
    """A theme of the plan (nội dung/chủ đề), one or two levels."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="topics")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    number = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=500)
    #: a short name for matrices and chips, editable
    short_title = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField(default=0)
    finding = models.ForeignKey(Finding, on_delete=models.SET_NULL, null=True, related_name="+")
    #: the topic of the plan above that it was taken over from
    source = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="taken_over")
    #: by hand, to the plan in force; None: it stands in the signed text
    added_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.short_title or self.title


class Task(models.Model):
    """A line of the assignment table: what, product, when, who leads and who supports."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks")
    number = models.CharField(max_length=20, blank=True)
    content = models.TextField()
    product = models.CharField(max_length=300, blank=True)
    #: as printed ("Quý II, III", "Thường xuyên"), and the dates it means when it means any
    timeframe = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    #: a standing duty from the text ("thường xuyên", "hằng ngày"), not a line of the table; never counted
    standing = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    finding = models.ForeignKey(Finding, on_delete=models.SET_NULL, null=True, related_name="+")
    #: the task, or the directive, of the plan above that it carries out: what is inherited is not edited here
    source_task = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="taken_over"
    )
    source_directive = models.ForeignKey(
        "plans.Directive", on_delete=models.SET_NULL, null=True, blank=True, related_name="carried_out_by"
    )
    #: added in mid-year: first day it holds; cancelled: first day it no longer does
    valid_from = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.content[:120]

    @property
    def given(self) -> bool:
        """Whether it carries out a task or a duty of the plan above, and so is not the unit's to take out."""
        return self.source_task_id is not None or self.source_directive_id is not None

    @property
    def fixed_fields(self) -> tuple[str, ...]:
        """Fields that stay as the plan above gave them."""
        directive = self.source_directive
        return fixed_fields(
            by_task=self.source_task_id is not None,
            by_directive=directive is not None,
            topic=directive is not None and directive.topic_id is not None,
        )

    @property
    def latest_day(self) -> dt.date | None:
        """The last day the plan above allows for a duty of its; None where it asks none."""
        directive = self.source_directive
        return None if directive is None else directive.due_on or directive.ends_on


class TaskUnit(models.Model):
    """Who leads or supports a task: one unit, or a class of units; always with the words as printed."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Chủ trì")
        SUPPORT = "support", _("Phối hợp")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="units")
    role = models.CharField(max_length=10, choices=Role.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="task_roles")
    unit_class = models.ForeignKey(UnitClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    as_printed = models.CharField(max_length=200, blank=True)
    #: changed by an amendment: first day it holds, and the first it no longer does
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.unit or self.unit_class or self.as_printed}"


class Directive(models.Model):
    """A quota, deadline or recurring duty in force. What each unit owes is computed from it (reporting)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="directives")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in DirectiveKind])
    title = models.CharField(max_length=300)
    #: quota: how many per period; deadline and recurring: 1
    count = models.PositiveIntegerField(default=1)
    #: word printed for what is counted: "bài", "tin", "video", "lần", "báo cáo"
    noun = models.CharField(max_length=30, default="bài")
    #: week, month, quarter, semester, year, school_year; empty for a single deadline
    period = models.CharField(max_length=12, blank=True)
    proof = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Proof], default=Proof.STORY)
    #: for proof by story: genres that count (empty: all)
    genres = models.JSONField(default=list, blank=True)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="directives")
    #: single deadline: last day on which it is in time
    due_on = models.DateField(null=True, blank=True)
    #: quota, recurring: by when each period is due: day of its last month (25), of a week 1 (Monday) … 7;
    #: negative: so many days after its end; None: its end
    due_day = models.SmallIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    #: to whom it is sent, as printed
    recipient = models.CharField(max_length=200, blank=True)
    #: who owes it: {"classes": [codes], "units": [ids], "except": [ids]}; and the words of the plan for it
    audience = models.JSONField(default=dict)
    who = models.CharField(max_length=300, blank=True)
    finding = models.ForeignKey(Finding, on_delete=models.SET_NULL, null=True, related_name="+")
    #: the directive of the plan above that it carries out, as a person confirmed for a signed plan
    source = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="kept_by")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancel_reason = models.CharField(max_length=300, blank=True)
    #: Versions. An amended directive gets a successor; all versions share the `line` (the first one, None for
    #: itself). A version is in force from `valid_from` until before `valid_to`; None: from its start, for good.
    line = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="versions")
    supersedes = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="superseded_by"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    #: of a version that took over inside a period: the day on which that period was due until then
    running_due = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["plan", "starts_on", "ends_on"], name="plans_directive_in_force")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="plans_directive_positive"),
            models.CheckConstraint(condition=Q(count__gte=1), name="plans_directive_counts"),
            models.CheckConstraint(
                condition=~Q(kind=DirectiveKind.DEADLINE.value) | Q(due_on__isnull=False),
                name="plans_deadline_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(period="week") | Q(due_day=None) | Q(due_day__lte=7), name="plans_weekday_of_a_week"
            ),
            VERSION_POSITIVE,
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def line_id_of(self) -> int:
        """The number under which all its versions are known: that of the first one."""
        return self.line_id or self.pk
