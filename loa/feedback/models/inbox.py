"""Threads of comments and chats, what was said in them, and what helps to answer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loa.channels.inbound.models import Action
from loa.channels.models import ChannelAccount
from loa.core import clock
from loa.feedback.rules import Seen, Side, State, What
from loa.org.models import Unit

STATE_LABELS = {
    State.OPEN: _("Cần trả lời"),
    State.ELSEWHERE: _("Chờ nơi khác"),
    State.BOT: _("Chatbot đang trả lời"),
    State.DONE: _("Đã xong"),
}
SEEN_LABELS = {
    Seen.WAITING: _("Chờ đọc rồi mới hiện"),
    Seen.VISIBLE: _("Đang hiện"),
    Seen.HIDDEN: _("Đã ẩn"),
    Seen.DELETED: _("Đã xoá"),
    Seen.TAKEN_BACK: _("Người viết đã gỡ"),
}


class Speaker(models.Model):
    """A private person, by the channel's id, needed to answer, gone with the words. No name is kept."""

    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=120)
    #: lib.private.pseudonym
    code = models.CharField(max_length=16)
    first_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="feedback_speaker_once")]

    def __str__(self) -> str:
        return self.code[:4].upper()


class Tag(models.Model):
    """A label of a unit's inbox."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Nhãn"), max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="feedback_tag_once")]

    def __str__(self) -> str:
        return self.name


class Thread(models.Model):
    """A comment with its branch, or the chat with one person."""

    #: who answers; `home` is the unit of the page, which goes on seeing it
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="threads")
    home = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="threads")
    what = models.CharField(max_length=10, choices=[(w.value, w.value) for w in What])
    #: the comment at the top, or the person
    key = models.CharField(max_length=120)
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, null=True, related_name="threads")
    #: the post it stands under: its id at the channel, title, address, what it was made from
    place = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True)
    source = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=list(STATE_LABELS.items()), default=State.OPEN)
    urgent = models.BooleanField(default=False)
    #: until when it is to be answered; None: no clock
    due_at = models.DateTimeField(null=True, blank=True)
    #: 0 nobody told, 1 told that it is soon, 2 told that it is over
    reminded = models.PositiveSmallIntegerField(default=0)
    assigned = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="threads")
    #: the newest words of the person, masked
    excerpt = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    #: the person's last words: windows of the channels count from here
    last_in_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    #: answers so far; a form that was opened before another answer is not sent
    turn = models.PositiveIntegerField(default=0)
    forgotten = models.BooleanField(default=False)

    class Meta:
        ordering = ["due_at", "-last_at"]
        constraints = [models.UniqueConstraint(fields=["account", "what", "key"], name="feedback_thread_once")]
        indexes = [
            models.Index(fields=["unit", "state", "due_at"], name="feedback_thread_unit"),
            models.Index(fields=["home", "state", "due_at"], name="feedback_thread_home"),
            models.Index(fields=["state", "due_at"], condition=Q(reminded__lt=2), name="feedback_thread_clock"),
            models.Index(fields=["last_at"], condition=Q(forgotten=False), name="feedback_thread_keep"),
        ]

    def __str__(self) -> str:
        # Stands in the audit log for good: none of the person's words.
        words = _("Bình luận số %(n)s") if self.what == What.COMMENT else _("Cuộc nhắn tin số %(n)s")
        return str(words % {"n": self.pk})


class Remark(models.Model):
    """One thing said. `masked` is shown; the words as written are sealed, each look is on the record."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="remarks")
    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=5, choices=[(s.value, s.value) for s in Side])
    #: its id at the channel
    external_id = models.CharField(max_length=120, blank=True)
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    masked = models.TextField(blank=True)
    #: only when masking took something out
    sealed = models.TextField(blank=True)
    files = models.JSONField(default=list, blank=True)
    at = models.DateTimeField(default=clock.now)
    #: the channel's time of the newest change we know of: older news change nothing
    changed_at = models.DateTimeField(null=True, blank=True)
    edited = models.BooleanField(default=False)
    seen = models.CharField(max_length=10, choices=list(SEEN_LABELS.items()), default=Seen.VISIBLE)
    #: how an answer of ours leaves
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: an answer to the person alone
    private = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], condition=~Q(external_id=""), name="feedback_remark_once"
            )
        ]
        indexes = [models.Index(fields=["thread", "at"], name="feedback_remark_thread")]

    def __str__(self) -> str:
        return self.masked[:80]


class Canned(models.Model):
    """An answer the office has ready."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(_("Tên câu trả lời mẫu"), max_length=120)
    text = models.TextField(_("Nội dung"), max_length=2000)
    uses = models.PositiveIntegerField(default=0)
    active = models.BooleanField(_("Đang dùng"), default=True)

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["unit", "title"], name="feedback_canned_once")]

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """An answer being written: nothing is lost, and others see that somebody is at it."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="feedback_draft_once")]

    def __str__(self) -> str:
        return self.text[:80]
