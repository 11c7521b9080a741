"""Where readers may write, what they wrote, what was answered. Imported by `portal.models`."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.channels.models import ChannelAccount
from loa.core import clock
from loa.newsroom.models import Story
from loa.portal.comments.rules import DAYS, MOST_DAYS, MOST_NAME, State

STATE_LABELS = {
    State.WAITING: _("Chờ đọc"),
    State.SHOWN: _("Đang hiện"),
    State.HIDDEN: _("Không hiện"),
    State.DELETED: _("Đã xoá"),
    State.TAKEN_BACK: _("Người viết đã gỡ"),
    State.FORGOTTEN: _("Hết thời hạn lưu"),
}


class CommentSetting(models.Model):
    """Whether a site takes comments at all. No row: it does not."""

    site = models.OneToOneField("portal.MemberSite", on_delete=models.CASCADE, related_name="comment_setting")
    on = models.BooleanField(_("Nhận ý kiến bạn đọc dưới bài"), default=False)
    days = models.PositiveSmallIntegerField(
        _("Mỗi bài nhận trong bao nhiêu ngày"),
        default=DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    #: the site as the inbox knows it
    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.site)


class StoryComments(models.Model):
    """Whether readers may write below a story. No row: they may not."""

    story = models.OneToOneField(Story, on_delete=models.CASCADE, related_name="comment_switch")
    setting = models.ForeignKey(CommentSetting, on_delete=models.CASCADE, related_name="stories")
    on = models.BooleanField(default=False)
    #: the last day on which it takes any
    until = models.DateField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.story)

    @property
    def open(self) -> bool:
        """Whether it takes comments today."""
        return self.on and self.setting.on and clock.today() <= self.until


class Comment(models.Model):
    """What a reader wrote, as it may be shown: numbers and addresses masked. The inbox seals what was written."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="+")
    #: its id in the inbox
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=MOST_NAME, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=list(STATE_LABELS.items()), default=State.WAITING)
    said_at = models.DateTimeField(default=clock.now)
    shown_at = models.DateTimeField(null=True, blank=True)
    #: sha256 of the code its writer holds; made of the form's key, so that a form sent twice is one comment
    code_hash = models.CharField(max_length=64, unique=True)
    #: {"email", "code"} sealed, until the one letter has gone
    mail = models.TextField(blank=True)
    #: version of the text its writer agreed to
    consent = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-said_at", "-pk"]
        indexes = [
            models.Index(fields=["story", "state", "-said_at"], name="portal_comment_story"),
            models.Index(fields=["said_at"], name="portal_comment_mail", condition=~models.Q(mail="")),
        ]

    def __str__(self) -> str:
        # Stands in logs: none of the person's words.
        return str(_("Ý kiến số %(n)s") % {"n": self.pk})


class CommentAnswer(models.Model):
    """An answer of the office, below the comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="answers")
    #: the action of the inbox that brought it: brought twice it is one answer
    action = models.PositiveBigIntegerField(unique=True)
    #: the unit that answers
    signed = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.signed


class CommentUse(models.Model):
    """How many comments a place on the net sent below a story today: a keyed hash, gone the day after."""

    day = models.DateField()
    #: keyed hash of address and day; empty: all of a site
    source = models.CharField(max_length=64)
    #: the story, or (source empty) the account
    place = models.PositiveBigIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "source", "place"], name="portal_comment_use_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.count}"
