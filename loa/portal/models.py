"""Member sites: one row a site, never a program a site."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.newsroom.models import Story
from loa.org.models import Unit


class MemberSite(models.Model):
    """The public site of a unit: the Sở's portal (the one `is_main`) or a school's member site."""

    class Palette(models.TextChoices):
        INK = "ink", _("Mực tím")
        BOARD = "board", _("Bảng xanh")
        FLAME = "flame", _("Hoa phượng")
        SKY = "sky", _("Áo chàm")
        EARTH = "earth", _("Đất đồi")
        RIVER = "river", _("Nước sông")
        LOTUS = "lotus", _("Sen hồng")

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="site")
    #: path under the main portal: /truong/<slug>/
    slug = models.SlugField(max_length=80, unique=True)
    #: own host name, when it has one
    host = models.CharField(_("Tên miền"), max_length=200, unique=True, null=True, blank=True)
    is_main = models.BooleanField(default=False)
    name = models.CharField(_("Tên trang"), max_length=200)
    intro = models.TextField(_("Giới thiệu"), blank=True)
    palette = models.CharField(_("Màu"), max_length=10, choices=Palette.choices, default=Palette.INK)
    #: key of a drawn emblem (rules.EMBLEMS), or letters; empty: letters of the unit's name
    emblem = models.CharField(_("Biểu trưng"), max_length=40, blank=True)
    #: the governing body as printed above the name ("UBND tỉnh Sông Lam"); empty: the unit above
    governing = models.CharField(_("Cơ quan chủ quản"), max_length=200, blank=True)
    #: responsible person by title, contacts shown in the footer (official ones only)
    responsible = models.CharField(_("Chịu trách nhiệm nội dung"), max_length=200, blank=True)
    address = models.CharField(_("Địa chỉ"), max_length=250, blank=True)
    email = models.EmailField(_("Thư điện tử"), blank=True)
    phone = models.CharField(_("Điện thoại"), max_length=30, blank=True)
    #: the story the editors put on top; empty: the newest one
    lead_story = models.ForeignKey(
        Story, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Tin chính")
    )
    active = models.BooleanField(default=True)
    #: goes up with every save; a save based on an older one is refused as a conflict
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["is_main"], name="portal_main")]
        constraints = [
            models.UniqueConstraint(fields=["is_main"], condition=models.Q(is_main=True), name="portal_one_main")
        ]

    def __str__(self) -> str:
        return self.name


class FormerSlug(models.Model):
    """A path under which a site once stood: it redirects for ever, and nobody else gets it."""

    slug = models.SlugField(max_length=80, unique=True)
    site = models.ForeignKey(MemberSite, on_delete=models.CASCADE, related_name="former_slugs")
    until = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.slug


class PublicVersion(models.Model):
    """One row: how often what is public has changed. Page caches of every process compare with it."""

    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)


class FeedTopic(models.Model):
    """A feed somebody subscribed to by WebSub: its address and what it said when it was last looked at."""

    url = models.CharField(max_length=500, unique=True)
    kind = models.CharField(max_length=80)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    #: `PublicVersion` at the last look: nothing is drawn anew before that has moved on
    seen = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.url


class FeedSubscriber(models.Model):
    """One callback of one feed. The row is the queue: what is asked waits for its verification, what was last
    delivered is compared with what the feed says now."""

    class Asked(models.TextChoices):
        NOTHING = "", ""
        SUBSCRIBE = "subscribe", "subscribe"
        UNSUBSCRIBE = "unsubscribe", "unsubscribe"

    url = models.CharField(max_length=500)
    callback = models.CharField(max_length=1000)
    host = models.CharField(max_length=200)
    #: verified, and delivered to until the lease ends
    active = models.BooleanField(default=False)
    topic = models.ForeignKey(
        FeedTopic, on_delete=models.CASCADE, null=True, blank=True, related_name="subscribers"
    )
    #: sealed; signs what is delivered. Empty: the subscriber gave none
    secret = models.TextField(blank=True)
    lease_ends = models.DateTimeField(null=True, blank=True)
    delivered = models.CharField(max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    #: a request that is not verified yet; the subscription that stands is not touched by it
    asked = models.CharField(max_length=12, choices=Asked.choices, default="", blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_secret = models.TextField(blank=True)
    asked_seconds = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    #: who works on the row, until when
    held_by = models.CharField(max_length=32, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["url", "callback"], name="portal_feed_callback_once"),
            models.CheckConstraint(
                name="portal_feed_active",
                condition=Q(active=False) | Q(topic__isnull=False, lease_ends__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="portal_feed_due"),
            models.Index(fields=["host"], name="portal_feed_host"),
        ]

    def __str__(self) -> str:
        return f"{self.host} ← {self.url}"


# Django looks for models here; readers' comments have a folder of their own.
from loa.portal.comments.model import (  # noqa: E402
    Comment,
    CommentAnswer,
    CommentSetting,
    CommentUse,
    StoryComments,
)

__all__ = [
    "Comment",
    "CommentAnswer",
    "CommentSetting",
    "CommentUse",
    "FeedSubscriber",
    "FeedTopic",
    "FormerSlug",
    "MemberSite",
    "PublicVersion",
    "StoryComments",
]
