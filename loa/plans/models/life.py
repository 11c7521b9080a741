"""The year of a plan in force: who works on its tasks, what was amended, who accepted that below."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.org.models import Unit
from loa.plans.rules.changes import ChangeKind
from loa.plans.rules.tasks import TaskState


def private_storage():
    """Where uploads lie that only a view with an access check may serve."""
    return storages["private"]


class TaskProgress(models.Model):
    """One unit's work on one task. There is a row only once somebody wrote something: without one nothing has
    begun."""

    task = models.ForeignKey("plans.Task", on_delete=models.CASCADE, related_name="progress")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="task_progress")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in TaskState], default=TaskState.TODO
    )
    percent = models.PositiveSmallIntegerField(default=0)
    #: who in the unit sees to it
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    #: the day it was done
    done_on = models.DateField(null=True, blank=True)
    #: when the unit was merged, split or closed: who goes on, from which day; this row then stands still
    moved_to = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    moved_on = models.DateField(null=True, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "unit"], name="plans_progress_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="plans_progress_percent"),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="plans_progress_unit")]

    def __str__(self) -> str:
        return f"{self.task} · {self.unit}: {self.state}"


class TaskNote(models.Model):
    """A dated word on a unit's work on a task; with `state` it is the word that went with a move."""

    task = models.ForeignKey("plans.Task", on_delete=models.CASCADE, related_name="notes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["task", "unit", "at"], name="plans_note_where")]

    def __str__(self) -> str:
        return self.text or self.state


class TaskEvidence(models.Model):
    """A proof that a task was worked on: a file, a link, or something of an upper domain by its number (story,
    report; see loa.plans.events.task_proofs)."""

    class Kind(models.TextChoices):
        LINK = "link", _("Đường dẫn")
        FILE = "file", _("Tệp")
        STORY = "story", _("Tin, bài trên Loa")
        REPORT = "report", _("Báo cáo trên Loa")

    task = models.ForeignKey("plans.Task", on_delete=models.CASCADE, related_name="evidence")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(_("Tên"), max_length=300)
    url = models.URLField(_("Đường dẫn"), max_length=500, blank=True)
    file = models.FileField(_("Tệp"), storage=private_storage, upload_to="task-evidence/%Y/%m/", blank=True)
    #: number of the story or report
    ref = models.PositiveBigIntegerField(null=True, blank=True)
    #: normalised link, file hash, "story:12": the same proof is not added twice
    fingerprint = models.CharField(max_length=120)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "unit", "fingerprint"],
                condition=Q(removed_at=None),
                name="plans_task_evidence_once",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Amendment(models.Model):
    """A signed document that amends or adds to a plan in force ("Kế hoạch điều chỉnh, bổ sung")."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Đang soạn")
        ISSUED = "issued", _("Đã ban hành")

    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="amendments")
    number = models.CharField(_("Số, ký hiệu"), max_length=60)
    title = models.CharField(_("Trích yếu"), max_length=400)
    signed_on = models.DateField(_("Ngày ký"))
    #: first day on which its changes hold
    effective_on = models.DateField(_("Có hiệu lực từ ngày"))
    reason = models.CharField(_("Lý do"), max_length=500)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    file = models.FileField(storage=private_storage, upload_to="plans/%Y/%m/", blank=True)
    filename = models.CharField(max_length=255, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="plans_amendment_number", condition=~Q(number="")
            )
        ]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """One thing added, altered or cancelled in a plan in force: "trước: … nay: …". Applied on its day."""

    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="changes")
    amendment = models.ForeignKey(Amendment, on_delete=models.CASCADE, null=True, related_name="changes")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ChangeKind])
    #: "task" or "directive"
    subject = models.CharField(max_length=10)
    task = models.ForeignKey("plans.Task", on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    #: the version it changes; of something added, the directive itself
    directive = models.ForeignKey(
        "plans.Directive", on_delete=models.CASCADE, null=True, blank=True, related_name="changes"
    )
    #: fields that differ, as they were and as they are to be (JSON values, dates as ISO text)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    effective_on = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    #: the change above that this one follows
    source = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    #: when it was decided (the amendment issued), and when it took effect in the rows
    decided_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["effective_on", "pk"]
        indexes = [models.Index(fields=["plan", "effective_on"], name="plans_change_when")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.effective_on}"


class Acceptance(models.Model):
    """A plan below took over a change above."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="acceptances")
    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="acceptances")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "plan"], name="plans_acceptance_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} ← {self.change_id}"


#: a version ends after it began
VERSION_POSITIVE = models.CheckConstraint(
    condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
    name="plans_directive_version",
)
