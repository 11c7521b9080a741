"""Units with effective dates, the tree in time, and people's roles in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.org.rules import Kind, Role

KIND_LABELS = {
    Kind.SO: _("Sở Giáo dục và Đào tạo"),
    Kind.VAN_PHONG: _("Văn phòng Sở"),
    Kind.PHONG_SO: _("Phòng thuộc Sở"),
    Kind.PHONG_GDDT: _("Phòng GD&ĐT"),
    Kind.UBND_XA: _("UBND xã, phường"),
    Kind.PHONG_VHXH: _("Phòng Văn hóa – Xã hội"),
    Kind.MAM_NON: _("Trường mầm non"),
    Kind.TIEU_HOC: _("Trường tiểu học"),
    Kind.THCS: _("Trường THCS"),
    Kind.THPT: _("Trường THPT"),
    Kind.LIEN_CAP: _("Trường nhiều cấp học"),
    Kind.GDTX: _("Trung tâm GDNN–GDTX"),
    Kind.TRUNG_TAM: _("Trung tâm"),
    Kind.KHAC: _("Đơn vị khác"),
}
ROLE_LABELS = {
    Role.CONTRIBUTOR: _("Cộng tác viên"),
    Role.FOCAL: _("Đầu mối truyền thông"),
    Role.UNIT_LEAD: _("Trưởng đơn vị"),
    Role.EDITOR: _("Biên tập viên"),
    Role.CHIEF_EDITOR: _("Trưởng ban biên tập"),
    Role.SPOKESPERSON: _("Người phát ngôn"),
    Role.LEADER: _("Lãnh đạo"),
    Role.ADMIN: _("Quản trị"),
    Role.INSPECTOR: _("Thanh tra"),
}


class Unit(models.Model):
    """A unit is permanent; its name, kind and parent are versions with dates.

    `name`, `kind`, `short_name` and `parent` here repeat today's version, so that lists need no join; only
    loa.org.services writes them, together with the version.
    """

    slug = models.SlugField(max_length=80, unique=True)
    #: the authority's own code of the unit (school code of the Ministry …): by it an import knows a unit again
    code = models.CharField(_("Mã đơn vị"), max_length=40, blank=True)
    name = models.CharField(_("Tên đơn vị"), max_length=200)
    short_name = models.CharField(_("Tên gọn"), max_length=120)
    kind = models.CharField(
        _("Loại"), max_length=20, choices=[(k.value, label) for k, label in KIND_LABELS.items()]
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    #: folded name, for search without diacritics; collation key, for Vietnamese order
    folded = models.CharField(max_length=400, db_index=True)
    sort_key = models.CharField(max_length=600, db_index=True)
    founded_on = models.DateField()
    #: first day on which the unit is no more; None while it lives
    closed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["sort_key"]
        verbose_name = _("đơn vị")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="org_unit_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitVersion(models.Model):
    """What a unit was called, what it was and where it stood, from `valid_from` until before `valid_to`."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=[(k.value, label) for k, label in KIND_LABELS.items()])
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: place as printed on documents ("Sông Lam"), seat address, official contacts
    place = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=250, blank=True)
    #: 5-digit code of the commune where it stands; school code of the Ministry; QCVN 102 agency code
    commune_code = models.CharField(max_length=5, blank=True, db_index=True)
    codes = models.JSONField(default=dict, blank=True)
    #: abbreviation in document numbers, e.g. "SGDĐT"
    symbol = models.CharField(max_length=30, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["unit_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="org_version_one_start"),
            models.UniqueConstraint(fields=["unit"], condition=Q(valid_to=None), name="org_version_one_open"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="org_version_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from} – {self.valid_to or ''})"


class UnitLink(models.Model):
    """The tree in time, flattened: `below` is `depth` steps under `above` between two dates (0: itself).

    "My unit and all below, on a day" is one indexed look-up here, at any number of units.
    """

    above = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="links_down")
    below = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="links_up")
    depth = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["above", "valid_from", "valid_to", "below"], name="org_link_down"),
            models.Index(fields=["below", "valid_from", "valid_to", "above"], name="org_link_up"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["above", "below", "valid_from"], name="org_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.above_id} > {self.below_id}"


class UnitEvent(models.Model):
    """A reorganisation: found, rename, change (kind, seat, symbol …), reparent, merge, split, close."""

    class Kind(models.TextChoices):
        FOUND = "found", _("Thành lập")
        RENAME = "rename", _("Đổi tên")
        CHANGE = "change", _("Đổi thông tin")
        REPARENT = "reparent", _("Chuyển cơ quan quản lý")
        MERGE = "merge", _("Sáp nhập")
        SPLIT = "split", _("Chia tách")
        CLOSE = "close", _("Giải thể")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    effective_on = models.DateField()
    decision = models.CharField(_("Số quyết định"), max_length=120, blank=True)
    note = models.TextField(blank=True)
    predecessors = models.ManyToManyField(Unit, related_name="events_out", blank=True)
    successors = models.ManyToManyField(Unit, related_name="events_in", blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    #: of a split: who gets what where somebody chose, key of loa.org.events.Ward → unit id; the rest goes by rule
    choices = models.JSONField(default=dict, blank=True)
    #: when the upper domains were told (loa.org.events): on the day it takes effect, not before
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-effective_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_on}"


class UnitImport(models.Model):
    """A table of units somebody gave in: read, shown with its errors, then written as a whole by a job.

    The row is the queue: nothing of it is lost when a job dies.
    """

    class State(models.TextChoices):
        READ = "read", _("Chờ xác nhận")
        QUEUED = "queued", _("Đang chờ ghi")
        CHECKING = "checking", _("Đang kiểm tra lại")
        WRITING = "writing", _("Đang ghi")
        DONE = "done", _("Đã ghi xong")
        FAILED = "failed", _("Chưa ghi được")

    top = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="imports")
    filename = models.CharField(max_length=200)
    #: lines as read: [{"line", "values": {column: text}, "warnings": [...]}]
    rows = models.JSONField(default=list)
    #: remarks on the file as a whole (old encoding, columns nobody knows)
    remarks = models.JSONField(default=list)
    #: day from which changes of units that are there already hold
    effective_on = models.DateField()
    decision = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename


class PeopleImport(models.Model):
    """A table of people somebody gave in: read, shown line by line, then written by a job, line after line.

    The row is the queue; `done` lines of it are written, a job that died goes on there. Lines are forgotten after
    a month: they are personal data, and what came of them stands in accounts, memberships and the log.
    """

    class State(models.TextChoices):
        READ = "read", _("Chờ xác nhận")
        QUEUED = "queued", _("Đang chờ ghi")
        WRITING = "writing", _("Đang ghi")
        DONE = "done", _("Đã ghi xong")
        FAILED = "failed", _("Chưa ghi xong")

    top = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="people_imports")
    filename = models.CharField(max_length=200)
    #: lines as read: [{"line", "values": {column: text}, "warnings": [...]}]
    rows = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    #: what a person chose for a name of a unit that may mean several: key of `importers.places` → unit id
    choices = models.JSONField(default=dict, blank=True)
    #: first day of roles whose line tells none
    effective_on = models.DateField()
    decision = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    #: how many lines there are, and how many of them are written
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename


class ImportedPerson(models.Model):
    """An account that an import made: whether its one-time password was handed out yet."""

    batch = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    #: when the importer took the sheet with the password; once
    handed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "user"], name="org_imported_person_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.unit}"


class UnitAlias(models.Model):
    """Another way of writing a unit's name: abbreviations, former names, names of classes of units."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "folded"], name="org_alias_once")]

    def __str__(self) -> str:
        return self.text


class UnitClass(models.Model):
    """A class of units that plans speak of: "Các phòng thuộc Sở", "Các đơn vị, trường học trực thuộc".

    Who belongs is computed for a day: units below the issuing unit (`depth` 1 or any) of one of `kinds`.
    """

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=160)
    kinds = models.JSONField(default=list)
    #: None: at any depth below the issuing unit; 1: its direct children only
    depth = models.PositiveSmallIntegerField(null=True, blank=True)
    #: ways in which plans print it
    phrases = models.JSONField(default=list, blank=True)
    #: phrases that may mean it, but other things as well: always asked
    loose = models.JSONField(default=list, blank=True)
    #: the class that took over its duties when its units ended (phòng GD&ĐT → UBND xã since 01/07/2025)
    successor = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class Membership(models.Model):
    """A person's role in a unit between two dates. All rights come from here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        _("Vai trò"), max_length=20, choices=[(r.value, label) for r, label in ROLE_LABELS.items()]
    )
    title = models.CharField(_("Chức vụ"), max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "role"]), models.Index(fields=["user", "valid_from"])]
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role", "valid_from"], name="org_membership_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="org_membership_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.unit}"
