"""Numbers that agreed to be told, and what became of each of them for one post."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.channels.models import ChannelAccount, Delivery
from loa.core import clock


class SmsRecipient(models.Model):
    """One number of one account. The row is deleted when it is taken off: the number is known no more."""

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="sms_recipients")
    #: the number, encrypted (`vault`): {"phone": "84…"}
    sealed = models.TextField()
    #: keyed hash of account and number: the same number is entered once
    digest = models.CharField(max_length=64)
    #: the number as screens show it
    mask = models.CharField(max_length=20)
    consent_on = models.DateField(_("Ngày đồng ý"))
    consent_how = models.CharField(_("Đồng ý bằng cách nào"), max_length=200)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    #: False: the provider says that this number takes no messages; nothing more is sent to it
    active = models.BooleanField(default=True)
    #: why not, a code of `texts`
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "channels"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="channels_sms_once")]

    def __str__(self) -> str:
        return self.mask


class SmsMessage(models.Model):
    """One post to one number. Written before anything is sent: the rows are who was meant to get it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Chưa gửi")
        TAKEN = "taken", _("Nhà cung cấp đã nhận")
        DELIVERED = "arrived", _("Đã tới máy")
        FAILED = "failed", _("Không gửi được")
        SKIPPED = "skipped", _("Bỏ qua")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="sms_messages")
    #: null: taken off the list meanwhile
    recipient = models.ForeignKey(SmsRecipient, on_delete=models.SET_NULL, null=True, related_name="messages")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    #: why it failed or was skipped, a code of `texts`
    code = models.CharField(max_length=40, blank=True)
    #: the provider's number of the message
    sms_id = models.CharField(max_length=60, blank=True)
    #: our number of it, which a report may name instead
    request_id = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    #: when the provider told whether it arrived, and how often it was asked
    reported_at = models.DateTimeField(null=True, blank=True)
    asked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "channels"
        constraints = [models.UniqueConstraint(fields=["delivery", "recipient"], name="channels_sms_message_once")]
        indexes = [
            models.Index(fields=["delivery", "state"], name="channels_sms_states"),
            models.Index(fields=["sms_id"], name="channels_sms_theirs"),
            models.Index(fields=["request_id"], name="channels_sms_ours"),
            models.Index(fields=["state", "taken_at"], name="channels_sms_silent"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.state}"
