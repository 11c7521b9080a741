"""Stories: a non-page model on Wagtail's draft, revision, lock, workflow and preview machinery."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    Task,
    WorkflowMixin,
)

from loa.core import clock
from loa.newsroom.rules import PUBLISHABLE, Consent, Genre, Stage
from loa.org.models import Unit
from loa.plans.models import Task as PlanTask
from loa.plans.models import Topic

GENRE_LABELS = {
    Genre.NEWS: _("Tin"),
    Genre.ARTICLE: _("Bài"),
    Genre.FEATURE: _("Phóng sự"),
    Genre.PHOTO: _("Phóng sự ảnh"),
    Genre.VIDEO: _("Video"),
    Genre.INFOGRAPHIC: _("Infographic"),
}
STAGE_LABELS = {
    Stage.DRAFT: _("Bản nháp"),
    Stage.UNIT_REVIEW: _("Chờ đơn vị duyệt"),
    Stage.RETURNED: _("Cần sửa lại"),
    Stage.BOARD_REVIEW: _("Ban Biên tập đang duyệt"),
    Stage.SCHEDULED: _("Đã hẹn giờ đăng"),
    Stage.PUBLISHED: _("Đã đăng"),
    Stage.WITHDRAWN: _("Đã gỡ"),
}
CONSENT_LABELS = {
    Consent.UNKNOWN: _("Chưa xác nhận"),
    Consent.NO_PEOPLE: _("Không nhận ra người nào"),
    Consent.PUBLIC_EVENT: _("Người lớn tại hoạt động công cộng"),
    Consent.OBTAINED: _("Đã được đồng ý (phụ huynh và học sinh từ đủ 7 tuổi)"),
    Consent.REFUSED: _("Không đồng ý hoặc đã rút lại"),
}


class StoryImage(AbstractImage):
    """A picture, owned by a unit; renditions and focal points are Wagtail's."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    credit = models.CharField(_("Nguồn ảnh"), max_length=160, blank=True)

    admin_form_fields = ("title", "file", "description", "credit", "tags")

    class Meta:
        verbose_name = _("ảnh")
        verbose_name_plural = _("ảnh")


class StoryRendition(AbstractRendition):
    """One size of a picture."""

    image = models.ForeignKey(StoryImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="newsroom_rendition_once"
            )
        ]


class Story(  # type: ignore[misc]
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel
):
    """A piece of a unit. The row holds what is public (or the first draft); newer drafts are revisions."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="stories", verbose_name=_("Đơn vị"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="stories",
        verbose_name=_("Người viết"),
    )
    byline = models.CharField(_("Bút danh"), max_length=120, blank=True)
    genre = models.CharField(
        _("Thể loại"),
        max_length=12,
        choices=[(g.value, label) for g, label in GENRE_LABELS.items()],
        default=Genre.ARTICLE,
    )
    title = models.CharField(_("Tiêu đề"), max_length=200, blank=True)
    slug = models.SlugField(max_length=120, blank=True)
    lead = models.TextField(_("Sa-pô"), max_length=600, blank=True)
    body = RichTextField(
        _("Nội dung"),
        blank=True,
        features=["h2", "h3", "bold", "italic", "ol", "ul", "link", "blockquote", "hr"],
    )
    topic = models.ForeignKey(
        Topic,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
        verbose_name=_("Chủ đề của kế hoạch"),
    )
    task = models.ForeignKey(
        PlanTask,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
        verbose_name=_("Nhiệm vụ của kế hoạch"),
    )
    video_url = models.URLField(_("Đường dẫn video"), blank=True)
    ai_assisted = models.BooleanField(_("Có dùng công cụ AI khi viết"), default=False)
    #: on the Sở's portal too, or only on the unit's own site
    on_main_portal = models.BooleanField(_("Đăng trên cổng của Sở"), default=True)
    #: set by services only; `live`, `go_live_at` and the workflow are Wagtail's
    stage = models.CharField(
        max_length=14, choices=[(s.value, label) for s, label in STAGE_LABELS.items()], default=Stage.DRAFT
    )
    #: what lists and the public pages need without opening revisions
    published_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    board_due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    #: goes up with every save; a save based on an older one is refused as a conflict
    version = models.PositiveIntegerField(default=0)
    withdrawn_reason = models.TextField(blank=True)
    correction = models.TextField(_("Đính chính"), blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)

    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="story",
        for_concrete_model=False,
    )
    revisions = GenericRelation("wagtailcore.Revision", related_query_name="story")

    class Meta:
        verbose_name = _("tin, bài")
        verbose_name_plural = _("tin, bài")
        indexes = [
            models.Index(fields=["stage", "board_due_at"], name="newsroom_queue"),
            models.Index(fields=["unit", "-edited_at"], name="newsroom_unit"),
            models.Index(fields=["author", "-edited_at"], name="newsroom_author"),
            models.Index(fields=["live", "on_main_portal", "-published_at"], name="newsroom_portal"),
            models.Index(fields=["live", "unit", "-published_at"], name="newsroom_site"),
            models.Index(fields=["live", "topic", "-published_at"], name="newsroom_topic"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Bài chưa đặt tên"))

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "newsroom/preview.html"


class StoryPhoto(Orderable):
    """A photo in a story, with its own caption, alternative text, source and consent."""

    story = ParentalKey(Story, on_delete=models.CASCADE, related_name="photos")
    image = models.ForeignKey(StoryImage, on_delete=models.PROTECT, related_name="+", verbose_name=_("Ảnh"))
    caption = models.CharField(_("Chú thích"), max_length=300, blank=True)
    alt = models.CharField(_("Mô tả cho người không nhìn thấy ảnh"), max_length=300, blank=True)
    source = models.CharField(_("Nguồn, tác giả ảnh"), max_length=160, blank=True)
    consent = models.CharField(
        _("Đồng ý cho dùng hình ảnh"),
        max_length=14,
        choices=[(c.value, label) for c, label in CONSENT_LABELS.items()],
        default=Consent.UNKNOWN,
    )
    consent_note = models.CharField(_("Ghi chú về sự đồng ý"), max_length=300, blank=True)
    #: paragraph after which it stands; 0: at the top (the cover)
    after = models.PositiveSmallIntegerField(_("Đặt sau đoạn"), default=0)

    @property
    def publishable(self) -> bool:
        """Consent and alternative text are there; a photo that is not is held back, never the story."""
        return self.consent in PUBLISHABLE and bool(self.alt.strip())


class StoryComment(models.Model):
    """A remark of a reviewer on a story (reasons of returning stand in the workflow's own comments too)."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    #: the words of the story it speaks of, if any
    quote = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text[:80]


class UnitApprovalTask(Task):
    """First step of the review: the lead of the story's unit. Who may act is computed from memberships."""

    class Meta:
        verbose_name = _("Đơn vị duyệt")


class BoardReviewTask(Task):
    """Second step: the editorial board."""

    class Meta:
        verbose_name = _("Ban Biên tập duyệt")
