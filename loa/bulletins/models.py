"""Lists, who receives them and with what consent, bulletins, and the ledger of every letter."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loa.bulletins.rules import Letter, State, Why
from loa.core import clock
from loa.lib.mail import masked
from loa.newsroom.models import Story
from loa.org.models import Unit
from loa.plans.models import Topic

STATE_LABELS = {
    State.DRAFT: _("Đang soạn"),
    State.WAITING: _("Chờ duyệt"),
    State.SCHEDULED: _("Đã duyệt, chờ giờ gửi"),
    State.SENDING: _("Đang gửi"),
    State.HELD: _("Tạm dừng"),
    State.SENT: _("Đã gửi"),
    State.CANCELLED: _("Đã huỷ"),
}
WHY_LABELS = {
    Why.NONE: "",
    Why.REFUSED: _("Máy chủ thư từ chối"),
    Why.GAVE_UP: _("Đã thử lại nhiều lần, không được"),
    Why.UNKNOWN: _("Chưa rõ đã tới hay chưa (đứt kết nối khi đang gửi)"),
    Why.BOUNCED: _("Thư bị trả lại"),
    Why.LEFT: _("Đã huỷ nhận trước khi thư đi"),
    Why.SUPPRESSED: _("Trong danh sách không gửi"),
    Why.ERASED: _("Đã xoá dữ liệu theo yêu cầu"),
    Why.CANCELLED: _("Bản tin bị huỷ"),
}
WEEKDAYS = [
    (0, _("Thứ Hai")), (1, _("Thứ Ba")), (2, _("Thứ Tư")), (3, _("Thứ Năm")), (4, _("Thứ Sáu")),
    (5, _("Thứ Bảy")), (6, _("Chủ nhật")),
]  # fmt: skip


class ConsentText(models.Model):
    """What a person agreed to, word by word; a changed text is a new row, the old ones stay as proof."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    valid_from = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(_("Lời đồng ý, bản %d") % self.version)


class MailingList(models.Model):
    """A list people may put themselves on: "Bản tin tuần của Sở", "Tin trường THCS Sơn Thượng"."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="mailing_lists", verbose_name=_("Đơn vị")
    )
    title = models.CharField(_("Tên danh sách"), max_length=120)
    description = models.CharField(_("Nội dung và nhịp gửi"), max_length=300)
    topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Chủ đề")
    )
    #: stories of all units whose stories stand on the Sở's portal, not only of the unit itself
    whole_portal = models.BooleanField(_("Lấy tin của cả cổng"), default=False)
    #: anybody may subscribe on the public page; else only by import
    is_open = models.BooleanField(_("Nhận đăng ký công khai"), default=True)
    active = models.BooleanField(_("Đang dùng"), default=True)
    reply_to = models.EmailField(_("Thư trả lời gửi về"), blank=True)
    #: day on which a draft for the past week is made by itself; null: never
    draft_on = models.PositiveSmallIntegerField(_("Tự soạn nháp vào"), null=True, blank=True, choices=WEEKDAYS)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["unit__sort_key", "title", "pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "title"], name="bulletins_list_title")]

    def __str__(self) -> str:
        return self.title


class Subscriber(models.Model):
    """An address and nothing else about its owner. Deleting the row forgets the person; the ledger keeps
    counts."""

    email = models.CharField(max_length=254, unique=True)
    #: HMAC of the address: how the list of addresses never to be written to knows it, also after it was erased
    fingerprint = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    #: letters asking for confirmation: when the last went out, and how many that day
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_today = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return masked(self.email)


class Subscription(models.Model):
    """One person on one list, with the proof of consent."""

    class State(models.TextChoices):
        PENDING = "pending", _("Chờ xác nhận")
        ACTIVE = "active", _("Đang nhận")
        LEFT = "left", _("Đã huỷ")
        BOUNCED = "bounced", _("Thư bị trả lại")

    class Source(models.TextChoices):
        FORM = "form", _("Đăng ký trên trang web")
        IMPORT = "import", _("Nhập từ danh sách có sẵn")

    mailing_list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="subscriptions")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.FORM)
    consent_text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: for an import: where the consent is written down
    consent_proof = models.CharField(max_length=300, blank=True)
    #: when the list was asked for last; of who had left, that is all that is noted until they confirm
    asked_at = models.DateTimeField(default=clock.now)
    consent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: "one_click", "page", "bounce", "complaint", "staff"
    ended_how = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing_list", "subscriber"], name="bulletins_once_per_list"),
            # Nobody receives without a moment of consent and its proof.
            models.CheckConstraint(
                name="bulletins_consent_proved",
                condition=~Q(state="active")
                | (Q(consent_at__isnull=False) & (Q(consent_text__isnull=False) | ~Q(consent_proof=""))),
            ),
        ]
        indexes = [models.Index(fields=["mailing_list", "state"], name="bulletins_list_state")]

    def __str__(self) -> str:
        return f"{self.subscriber} · {self.get_state_display()}"


class Suppression(models.Model):
    """An address never to be written to again, known only by its fingerprint: from one list, or from any."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("Địa chỉ không còn dùng được")
        COMPLAINT = "complaint", _("Người nhận báo thư rác")
        REQUEST = "request", _("Người nhận yêu cầu")

    fingerprint = models.CharField(max_length=64)
    #: the list whose letters they left; null: no list at all
    mailing_list = models.ForeignKey(
        MailingList, on_delete=models.CASCADE, null=True, blank=True, related_name="suppressions"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["fingerprint"], name="bulletins_barred")]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(mailing_list=None), name="bulletins_barred_once"
            ),
            models.UniqueConstraint(
                fields=["fingerprint", "mailing_list"],
                condition=Q(mailing_list__isnull=False),
                name="bulletins_barred_once_a_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint[:8]}… {self.get_reason_display()}"


class FormUse(models.Model):
    """How often one place on the net used the public form in an hour; the address is kept as a day's HMAC only."""

    source = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "hour"], name="bulletins_form_use")]

    def __str__(self) -> str:
        return f"{self.hour}: {self.count}"


class Bulletin(models.Model):
    """One issue of a list. What was approved is frozen in `html` and `text`; only that is sent."""

    mailing_list = models.ForeignKey(MailingList, on_delete=models.PROTECT, related_name="bulletins")
    subject = models.CharField(_("Tiêu đề thư"), max_length=150)
    preheader = models.CharField(_("Câu xem trước"), max_length=150, blank=True)
    intro = models.TextField(_("Lời mở đầu"), max_length=3000, blank=True)
    period_from = models.DateField(_("Tin từ ngày"))
    period_to = models.DateField(_("đến ngày"))
    state = models.CharField(
        max_length=10, choices=[(s.value, label) for s, label in STATE_LABELS.items()], default=State.DRAFT
    )
    #: why it was returned, or why sending stopped
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: everybody who changed it: none of them may approve it
    hands = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    sent_for_approval_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: the letter as approved; marks (engine.mail) stand where each recipient's own links go
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    #: a story or picture in it was taken back or corrected since: the frozen letter is sent to nobody any more
    overtaken = models.BooleanField(default=False)
    #: the mail server is away until then, so many times in a row
    wait_until = models.DateTimeField(null=True, blank=True)
    away = models.PositiveSmallIntegerField(default=0)
    #: counted in the transaction that settles letters
    intended = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    #: outcomes before the last resume, which a person has looked at: failures are judged from there
    judged_sent = models.PositiveIntegerField(default=0)
    judged_failed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "send_at"], name="bulletins_due")]
        constraints = [
            models.CheckConstraint(
                name="bulletins_sum",
                condition=Q(intended=F("sent") + F("failed") + F("skipped") + F("waiting")),
            ),
            models.CheckConstraint(
                name="bulletins_sent_is_done", condition=~Q(state="sent") | Q(waiting=0, started_at__isnull=False)
            ),
            models.CheckConstraint(
                name="bulletins_two_people",
                condition=~Q(state__in=["scheduled", "sending", "sent"]) | Q(approved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def settled(self) -> int:
        """Letters whose outcome is known or given up."""
        return self.sent + self.failed + self.skipped


class Item(models.Model):
    """One story in a bulletin, in its place; `lead` replaces the story's own when the editor wrote one."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="items")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    lead = models.TextField(max_length=600, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "story"], name="bulletins_story_once")]

    def __str__(self) -> str:
        return str(self.story)


class Delivery(models.Model):
    """The ledger: one letter of one bulletin to one subscription. The row is the queue."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, on_delete=models.SET_NULL, null=True, related_name="deliveries")
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in Letter], default=Letter.WAITING
    )
    why = models.CharField(
        max_length=10, choices=[(w.value, label) for w, label in WHY_LABELS.items()], default="", blank=True
    )
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    #: who holds it, until when; empty when nobody does
    lease = models.CharField(max_length=32, default="", blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    #: last answer of the mail server
    code = models.PositiveSmallIntegerField(default=0)
    reply = models.CharField(max_length=300, default="", blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "subscription"], name="bulletins_letter_once"),
            models.CheckConstraint(
                name="bulletins_lease_held",
                condition=~Q(state="claimed") | (~Q(lease="") & Q(lease_until__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["bulletin", "state", "due_at"], name="bulletins_queue"),
            models.Index(fields=["lease"], name="bulletins_lease", condition=~Q(lease="")),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id}/{self.pk}: {self.state}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.reply = self.reply[:300]
        super().save(*args, **kwargs)
