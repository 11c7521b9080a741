"""Whether a remark may stay: legal grounds as data with dates, rulings with evidence, a second person, appeal."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.channels.inbound.models import Action
from loa.core import clock
from loa.feedback.models.inbox import Remark
from loa.feedback.rules import Deed, Klass, Stage

KLASS_LABELS = {
    Klass.CRITICISM: _("Phê bình, ý kiến trái chiều"),
    Klass.STATE: _("Chống Nhà nước, chia rẽ đoàn kết dân tộc"),
    Klass.VIOLENCE: _("Kích động bạo lực, hận thù; khiêu dâm, mê tín"),
    Klass.SECRET: _("Lộ bí mật nhà nước"),
    Klass.SLANDER: _("Bịa đặt, vu khống, xúc phạm danh dự, nhân phẩm"),
    Klass.DISCRIMINATION: _("Phân biệt đối xử giới, tôn giáo, dân tộc"),
    Klass.PRIVATE: _("Lộ đời tư, dữ liệu cá nhân của người khác"),
    Klass.CHILD: _("Lộ đời tư, hình ảnh, thông tin của trẻ em"),
    Klass.FRAUD: _("Lừa đảo, đường dẫn giả mạo, quảng cáo hàng cấm"),
}
DEED_LABELS = {Deed.KEEP: _("Để nguyên và trả lời"), Deed.HIDE: _("Ẩn"), Deed.DELETE: _("Xoá")}
STAGE_LABELS = {
    Stage.PROPOSED: _("Chờ người thứ hai"),
    Stage.CARRIED: _("Đã đồng ý"),
    Stage.DECLINED: _("Không đồng ý, giữ bình luận"),
    Stage.APPEALED: _("Người viết khiếu nại"),
    Stage.UPHELD: _("Khiếu nại: giữ nguyên"),
    Stage.OVERTURNED: _("Khiếu nại đúng"),
}


class Ground(models.Model):
    """A rule of law that forbids something, for as long as it holds."""

    code = models.CharField(max_length=40, unique=True)
    klass = models.CharField(_("Nhóm vi phạm"), max_length=20, choices=list(KLASS_LABELS.items()))
    law = models.CharField(_("Văn bản"), max_length=200)
    article = models.CharField(_("Điều, khoản"), max_length=120, blank=True)
    text = models.CharField(_("Nội dung cấm"), max_length=400)
    valid_from = models.DateField(_("Có hiệu lực từ"))
    #: the first day on which it holds no more
    valid_to = models.DateField(_("Hết hiệu lực từ"), null=True, blank=True)

    class Meta:
        ordering = ["klass", "-valid_from", "code"]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.article, self.law) if part)

    def holds_on(self, day: dt.date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Ruling(models.Model):
    """One question whether a remark may stay, from proposal to appeal."""

    remark = models.ForeignKey(Remark, on_delete=models.PROTECT, related_name="rulings")
    klass = models.CharField(max_length=20, choices=list(KLASS_LABELS.items()))
    ground = models.ForeignKey(Ground, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    deed = models.CharField(max_length=10, choices=list(DEED_LABELS.items()))
    reason = models.CharField(max_length=1000)
    stage = models.CharField(max_length=10, choices=list(STAGE_LABELS.items()), default=Stage.PROPOSED)
    due_at = models.DateTimeField()
    #: 1: who decides was told that it ends soon, 2: that it is late
    reminded = models.PositiveSmallIntegerField(default=0)
    #: the remark as it stood: sealed (words, writer, time, address), and its sha256
    evidence = models.TextField()
    evidence_hash = models.CharField(max_length=64)
    evidence_at = models.DateTimeField(default=clock.now)
    evidence_until = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField(max_length=1000, blank=True)
    #: what the channel was asked for last: to hide or delete, after an appeal to show again
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appeal_answer = models.CharField(max_length=1000, blank=True)
    appeal_decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["remark"],
                condition=models.Q(stage__in=[Stage.PROPOSED, Stage.APPEALED]),
                name="feedback_ruling_open_once",
            )
        ]
        indexes = [models.Index(fields=["stage", "due_at"], name="feedback_ruling_stage")]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.get_klass_display()}"
