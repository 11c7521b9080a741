"""Events as they came, how many of which kind, and what we do on a channel. The row is the queue."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.channels.inbound.rules import Count, Verb
from loa.channels.rules import Status
from loa.core import clock


class HookState(models.TextChoices):
    """Where an event stands."""

    WAITING = "waiting", _("Chờ xử lý")
    DONE = "done", _("Đã xử lý")
    FAILED = "failed", _("Không xử lý được")


class HookEvent(models.Model):
    """One event from a channel, its signature checked. Its body goes as soon as it was dealt with."""

    kind = models.CharField(max_length=20)
    account = models.ForeignKey("channels.ChannelAccount", on_delete=models.CASCADE, related_name="+")
    #: rules.identity of what it is known by: an event sent twice is one row
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    body = models.JSONField(default=dict)
    #: the channel's own time
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=HookState.choices, default=HookState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="channels_hook_once")]
        indexes = [
            models.Index(fields=["state", "next_at"], name="channels_hook_due"),
            models.Index(fields=["received_at"], name="channels_hook_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class HookTally(models.Model):
    """How many events of a day came to which end: what was forged or repeated changes nothing but these."""

    day = models.DateField()
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Count])
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "kind", "code"], name="channels_tally_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.code}: {self.count}"


VERB_LABELS = {
    Verb.REPLY: _("Trả lời bình luận"),
    Verb.PRIVATE: _("Nhắn riêng người bình luận"),
    Verb.MESSAGE: _("Nhắn tin"),
    Verb.HIDE: _("Ẩn bình luận"),
    Verb.UNHIDE: _("Hiện lại bình luận"),
    Verb.DELETE: _("Xoá bình luận"),
    Verb.TAG: _("Gắn nhãn trên kênh"),
    Verb.UNTAG: _("Bỏ nhãn trên kênh"),
}


class Action(models.Model):
    """One thing we do on a channel with what was said there: an answer, hiding, a label."""

    account = models.ForeignKey("channels.ChannelAccount", on_delete=models.PROTECT, related_name="actions")
    verb = models.CharField(max_length=10, choices=[(v.value, label) for v, label in VERB_LABELS.items()])
    #: the comment, or the person of the chat
    target = models.CharField(max_length=120)
    #: {"text", "file", "tag"}
    payload = models.JSONField(default=dict)
    #: made once by whoever asks for it: asking twice is one action
    key = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Status], default=Status.PENDING)
    next_at = models.DateTimeField(default=clock.now)
    steps = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(default=0)
    checks = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=600, blank=True)
    lease_owner = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["status", "next_at"], name="channels_action_due"),
            models.Index(fields=["account", "target", "status"], name="channels_action_target"),
            models.Index(fields=["account", "external_id"], name="channels_action_external"),
        ]

    def __str__(self) -> str:
        return str(VERB_LABELS[Verb(self.verb)])


class ActionAttempt(models.Model):
    """One try: written before the call, completed after it. One without an end was cut off."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    #: "send", "check"
    what = models.CharField(max_length=10)
    worker = models.CharField(max_length=40)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    #: what it answered, without tokens
    body = models.TextField(blank=True)
    result = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["action", "number"], name="channels_action_attempt")]

    def __str__(self) -> str:
        return f"{self.action_id}/{self.number}"
