"""Newspapers and journalists, spokespersons, releases with their files and pictures, and the ledger of letters."""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.lib.mail import masked
from loa.newsroom.models import CONSENT_LABELS, Story, StoryPhoto
from loa.newsroom.rules import PUBLISHABLE, Consent
from loa.org.models import Unit
from loa.press.rules import Letter, State, What, Why

STATE_LABELS = {
    State.DRAFT: _("Đang soạn"),
    State.WAITING: _("Chờ duyệt"),
    State.APPROVED: _("Đã duyệt, chờ giờ phát hành"),
    State.RELEASED: _("Đã phát hành"),
    State.REPLACED: _("Đã thay bằng bản đính chính"),
    State.WITHDRAWN: _("Đã thu hồi"),
    State.CANCELLED: _("Đã huỷ"),
}
WHY_LABELS = {
    Why.NONE: "",
    Why.REFUSED: _("Máy chủ thư từ chối"),
    Why.GAVE_UP: _("Đã thử lại nhiều lần, không được"),
    Why.UNKNOWN: _("Chưa rõ đã tới hay chưa (đứt kết nối khi đang gửi)"),
    Why.LEFT: _("Người nhận đã thôi nhận"),
    Why.WITHDRAWN: _("Thông cáo đã thu hồi trước khi thư đi"),
    Why.FILES: _("Không đọc được tệp kèm theo"),
}
WHAT_LABELS = {
    What.RELEASE: _("Thông cáo"),
    What.CORRECTION: _("Bản đính chính"),
    What.WITHDRAWAL: _("Tin thu hồi"),
}


def private_storage() -> Storage:
    """Where files lie until somebody may have them; looked up late, tests have another one."""
    return storages["private"]


def stored_name(instance: Any, filename: str) -> str:
    """A name nobody can guess, with the ending of the file."""
    return f"press/{secrets.token_urlsafe(18)}{PurePosixPath(filename).suffix.lower()[:6]}"


class Beat(models.Model):
    """What a journalist follows and a release is about: "Thi và tuyển sinh". The register of one unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Mảng tin"), max_length=80)
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "slug"], name="press_beat_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Outlet(models.Model):
    """A newspaper, broadcaster or agency the unit works with."""

    class Kind(models.TextChoices):
        PAPER = "paper", _("Báo, tạp chí")
        BROADCAST = "broadcast", _("Báo và phát thanh, truyền hình")
        AGENCY = "agency", _("Hãng thông tấn")
        OTHER = "other", _("Cơ quan khác")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Đơn vị"))
    name = models.CharField(_("Tên cơ quan báo chí"), max_length=160)
    kind = models.CharField(_("Loại"), max_length=10, choices=Kind.choices, default=Kind.PAPER)
    website = models.URLField(_("Trang web"), blank=True)
    active = models.BooleanField(_("Còn gửi"), default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="press_outlet_once")]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A journalist or a desk of an outlet: one address letters go to, and on what ground."""

    class Basis(models.TextChoices):
        DESK = "desk", _("Hộp thư tiếp nhận toà soạn công bố")
        ASKED = "asked", _("Chính người này đề nghị nhận")
        GIVEN = "given", _("Toà soạn cử, có giấy giới thiệu")

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("Họ tên hoặc tên ban"), max_length=120)
    position = models.CharField(_("Chức danh"), max_length=120, blank=True)
    email = models.CharField(_("Thư điện tử"), max_length=254)
    phone = models.CharField(_("Điện thoại công việc"), max_length=30, blank=True)
    beats = models.ManyToManyField(Beat, related_name="contacts", blank=True, verbose_name=_("Mảng theo dõi"))
    basis = models.CharField(_("Căn cứ được gửi"), max_length=6, choices=Basis.choices)
    basis_note = models.CharField(_("Căn cứ lưu ở đâu"), max_length=300)
    consented_on = models.DateField(_("Ngày đồng ý hoặc công bố"))
    #: gets releases before their embargo ends
    keeps_embargo = models.BooleanField(_("Đã cam kết giữ giờ đăng (embargo)"), default=False)
    active = models.BooleanField(_("Đang nhận"), default=True)
    left_at = models.DateTimeField(null=True, blank=True)
    #: "link", "staff", "dead" (the address is nobody's)
    left_how = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["outlet__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["outlet", "email"], name="press_contact_once"),
            # Nobody is written to without a ground that can be shown.
            models.CheckConstraint(name="press_contact_basis", condition=~Q(basis_note="")),
            models.CheckConstraint(name="press_contact_left", condition=Q(active=True) | Q(left_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.outlet}"

    @property
    def masked(self) -> str:
        """The address as lists show it."""
        return masked(self.email)


class Spokesperson(models.Model):
    """Who speaks for the unit to the press, from when to when, by which decision (Nghị định 09/2017)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Đơn vị"))
    name = models.CharField(_("Họ tên"), max_length=120)
    position = models.CharField(_("Chức vụ"), max_length=120)
    phone = models.CharField(_("Điện thoại"), max_length=30)
    email = models.EmailField(_("Thư điện tử"))
    decision = models.CharField(_("Văn bản giao, uỷ quyền"), max_length=160)
    valid_from = models.DateField(_("Từ ngày"))
    valid_to = models.DateField(_("Hết ngày"), null=True, blank=True)
    #: stands on the public page for the press
    published = models.BooleanField(_("Công khai trên trang báo chí"), default=True)

    class Meta:
        ordering = ["-valid_from", "name"]
        constraints = [
            models.CheckConstraint(
                name="press_spokesperson_days", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.position}"


class Release(models.Model):
    """A press release. What was approved is frozen in its two documents; only that is sent and shown."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="releases", verbose_name=_("Đơn vị"))
    #: stays the same through corrections: what receivers know the release by
    uid = models.CharField(max_length=32)
    #: 1, then one more with every correction
    edition = models.PositiveSmallIntegerField(default=1)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    story = models.ForeignKey(Story, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField(_("Số văn bản"), null=True, blank=True)
    title = models.CharField(_("Tiêu đề"), max_length=200)
    lead = models.TextField(_("Tóm tắt"), max_length=600, blank=True)
    body = models.TextField(_("Nội dung"), blank=True)
    beats = models.ManyToManyField(Beat, related_name="releases", blank=True, verbose_name=_("Mảng tin"))
    spokesperson = models.ForeignKey(
        Spokesperson, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("Người phát ngôn"),
    )  # fmt: skip
    #: whom a journalist calls; on the release and the public page
    contact = models.CharField(_("Liên hệ cho báo chí"), max_length=300, blank=True)
    #: nobody may publish before; those who did not promise to keep it get the release only then
    embargo_until = models.DateTimeField(_("Không đăng trước"), null=True, blank=True)
    ai_assisted = models.BooleanField(_("Có dùng công cụ AI khi viết"), default=False)
    #: what was wrong, in a correction
    correction_note = models.TextField(_("Điều được đính chính"), max_length=1000, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    receivers = models.ManyToManyField(Contact, related_name="+", blank=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, label) for s, label in STATE_LABELS.items()], default=State.DRAFT
    )
    #: why it was returned
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: everybody who changed it: none of them may approve it
    hands = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    signer_title = models.CharField(max_length=160, blank=True)
    #: when letters begin to go
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    #: when it became public: at its release, or when its embargo ended
    announced_at = models.DateTimeField(null=True, blank=True)
    docx = models.FileField(storage=private_storage, upload_to=stored_name, blank=True)
    pdf = models.FileField(storage=private_storage, upload_to=stored_name, blank=True)
    #: opens the page for the press before the embargo ends; one for all, so that nobody is followed by it
    key = models.CharField(max_length=40, unique=True)
    #: counted in the transaction that settles letters
    intended = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "release_at"], name="press_due"),
            models.Index(fields=["unit", "state", "-released_at"], name="press_public"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["uid", "edition"], name="press_edition_once"),
            models.CheckConstraint(
                name="press_sum",
                condition=Q(intended=F("sent") + F("failed") + F("skipped") + F("waiting")),
            ),
            models.CheckConstraint(
                name="press_two_people",
                condition=~Q(state__in=["approved", "released", "replaced", "withdrawn"])
                | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="press_frozen",
                condition=~Q(state__in=["released", "replaced", "withdrawn"])
                | (~Q(docx="") & ~Q(pdf="") & Q(released_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReleaseFile(models.Model):
    """A document that goes with a release."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=160)
    file = models.FileField(storage=private_storage, upload_to=stored_name)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["release", "sha256"], name="press_file_once")]

    def __str__(self) -> str:
        return self.name


class ReleasePhoto(models.Model):
    """A picture the press may print: with its credit, a caption, and consent to just that."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="photos")
    #: a consent withdrawn at the story is withdrawn here
    story_photo = models.ForeignKey(StoryPhoto, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    #: JPEG as large as we have it, and small for pages
    file = models.FileField(storage=private_storage, upload_to=stored_name)
    thumb = models.FileField(storage=private_storage, upload_to=stored_name)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    caption = models.CharField(_("Chú thích"), max_length=300, blank=True)
    alt = models.CharField(_("Mô tả cho người không nhìn thấy ảnh"), max_length=300, blank=True)
    credit = models.CharField(_("Nguồn ảnh"), max_length=160, blank=True)
    consent = models.CharField(
        _("Người trong ảnh đồng ý cho báo chí dùng"),
        max_length=14,
        choices=[(c.value, label) for c, label in CONSENT_LABELS.items()],
        default=Consent.UNKNOWN,
    )
    #: consent to the press is none to a page on Facebook; one to a story on the portal is (`story_photo`)
    on_channels = models.BooleanField(_("Đồng ý cả cho đăng trên kênh công khai (Facebook, Zalo)"), default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["release", "sha256"], name="press_photo_once")]

    def __str__(self) -> str:
        return self.caption or self.alt or str(_("Ảnh"))

    @property
    def missing(self) -> list[str]:
        """What must be filled in before the press may have it: names of fields."""
        found = [name for name in ("caption", "alt", "credit") if not getattr(self, name).strip()]
        return found if self.consent in PUBLISHABLE else [*found, "consent"]

    @property
    def held_back(self) -> str:
        """Why it may not stand on public channels: a code of `texts.HELD_BACK`; empty when it may."""
        if self.missing:
            return "missing"
        if self.story_photo is not None:
            return "" if self.story_photo.consent in PUBLISHABLE else "story"
        return "press_only" if self.consent == Consent.OBTAINED and not self.on_channels else ""

    @property
    def ref(self) -> int:
        """Its number on the channels, the same in every edition of the release."""
        return int(self.sha256[:15], 16)


class ReleaseLetter(models.Model):
    """The ledger: one letter about a release to one contact. The row is the queue."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="letters")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="letters")
    #: whom it was meant for, should the contact be deleted
    outlet = models.CharField(max_length=160)
    what = models.CharField(max_length=10, choices=[(w.value, label) for w, label in WHAT_LABELS.items()])
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in Letter], default=Letter.WAITING
    )
    why = models.CharField(
        max_length=10, choices=[(w.value, label) for w, label in WHY_LABELS.items()], default="", blank=True
    )
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32, default="", blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    #: committed before the letter can arrive: what is found claimed and handed over is never sent again by itself
    handed_at = models.DateTimeField(null=True, blank=True)
    code = models.PositiveSmallIntegerField(default=0)
    reply = models.CharField(max_length=300, default="", blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["outlet", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "contact", "what"], name="press_letter_once"),
            models.CheckConstraint(
                name="press_lease_held",
                condition=~Q(state="claimed") | (~Q(lease="") & Q(lease_until__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="press_queue")]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.pk}: {self.state}"
