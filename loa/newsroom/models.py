"""Stories: a non-page model on Wagtail's draft, revision, lock, workflow and preview machinery."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext
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
    TaskState,
    WorkflowMixin,
)

from loa.core import clock
from loa.core.errors import Refused
from loa.core.registry import Registry
from loa.newsroom.layout import article
from loa.newsroom.rules import (
    PAST_UNIT,
    PUBLISHABLE,
    Consent,
    Genre,
    Stage,
    UnitStep,
    VersionKind,
    stations_of,
)
from loa.org import access
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
    Genre.NOTICE: _("Thông báo"),
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


UNIT_STEP_LABELS = {
    UnitStep.NORMAL: "",
    UnitStep.NO_LEAD: _("Đơn vị chưa có người duyệt trên Loa nên bài đến thẳng Ban Biên tập."),
    UnitStep.LEAD_WROTE: _("Người duyệt của đơn vị cũng là người viết nên bài đến thẳng Ban Biên tập."),
    UnitStep.AGAIN: _("Đơn vị đã duyệt bài này ở lần gửi trước."),
    UnitStep.NOTICE: _("Thông báo trên cổng của Sở do Ban Biên tập duyệt ngay, không qua bước đơn vị."),
}
VERSION_LABELS = {
    VersionKind.DRAFT: _("Bản viết"),
    VersionKind.SENT: _("Bản gửi duyệt"),
    VersionKind.BOARD: _("Bản Ban Biên tập sửa"),
    VersionKind.PUBLISHED: _("Bản đã đăng"),
    VersionKind.CORRECTED: _("Bản đính chính"),
    VersionKind.CONFLICT: _("Bản giữ lại khi hai người cùng sửa"),
}

#: "<stage>.<action>" → service; filled in ready(), called by the workflow tasks below
task_deeds: Registry[Callable[..., Any]] = Registry("story_task_deeds")

#: what the service that is at work has allowed Wagtail to do: "publish", "schedule", "unpublish"
_allowed: ContextVar[str] = ContextVar("story_allowed", default="")


@contextlib.contextmanager
def through_service(what: str) -> Iterator[None]:
    """Opens `Story.publish` and `Story.unpublish` for the time of one service call."""
    token = _allowed.set(what)
    try:
        yield
    finally:
        _allowed.reset(token)


class StoryImage(AbstractImage):
    """A picture, owned by a unit; renditions and focal points are Wagtail's."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    credit = models.CharField(_("Nguồn ảnh"), max_length=160, blank=True)

    # Without "file": a picture comes in only through our own check, which strips what a camera writes into it.
    admin_form_fields = ("title", "description", "credit", "tags")
    # Where a picture is used names drafts: nobody is told by Wagtail's usage reports.
    wagtail_reference_index_ignore = True

    def get_upload_to(self, filename: str) -> str:
        """A name nobody can guess: a picture that is held back lies in the same public folder as the others."""
        return f"original_images/{secrets.token_urlsafe(18)}{PurePosixPath(filename).suffix.lower()[:6]}"

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


class Story(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """A piece of a unit.

    The row holds the newest text: what is public once it is live (from then on only a dated correction changes
    it), the draft before. Versions of the text are kept as Wagtail revisions, listed by `StoryVersion`.
    """

    # Usage reports and choosers of Wagtail must not name drafts.
    wagtail_reference_index_ignore = True

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
    #: of a notice: the last day it holds (none: until it is taken down), and whether everybody must see it at once
    valid_until = models.DateField(_("Có hiệu lực đến hết ngày"), null=True, blank=True)
    urgent = models.BooleanField(_("Khẩn"), default=False)
    #: set by services only; `live`, `go_live_at` and the workflow are Wagtail's
    stage = models.CharField(
        max_length=14, choices=[(s.value, label) for s, label in STAGE_LABELS.items()], default=Stage.DRAFT
    )
    #: what lists and the public pages need without opening revisions
    published_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    #: when it came to the present stage: "chờ từ bao giờ"
    stage_since = models.DateTimeField(default=clock.now)
    #: when the unit's lead approved it in this round; cleared when the author takes it back
    unit_approved_at = models.DateTimeField(null=True, blank=True)
    board_due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    #: goes up with every save of the text; a save based on an older one is refused as a conflict
    version = models.PositiveIntegerField(default=0)
    #: people besides the author who changed the text as writers: none of them may approve it
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    #: why the unit's approval was passed over (code of UnitStep)
    unit_step = models.CharField(
        max_length=12, choices=[(u.value, label) for u, label in UNIT_STEP_LABELS.items()], blank=True
    )
    #: last reason of returning; empty once it is sent again
    returned_reason = models.TextField(blank=True)
    withdrawn_reason = models.TextField(blank=True)
    #: title and byline folded, for search in lists without diacritics
    folded = models.CharField(max_length=340, blank=True)
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
            models.Index(fields=["stage", "go_live_at"], name="newsroom_due"),
            models.Index(fields=["stage", "unit"], name="newsroom_stage_unit"),
            # All that the list of everything filters by: 100,000 stories are looked through without their rows.
            models.Index(fields=["-edited_at", "unit", "stage", "genre", "folded"], name="newsroom_all"),
            models.Index(fields=["unit", "-edited_at"], name="newsroom_unit"),
            models.Index(fields=["author", "-edited_at"], name="newsroom_author"),
            models.Index(fields=["live", "on_main_portal", "-published_at"], name="newsroom_portal"),
            models.Index(fields=["live", "unit", "-published_at"], name="newsroom_site"),
            models.Index(fields=["live", "topic", "-published_at"], name="newsroom_topic"),
            # how many stories of a topic the units below somebody published in a year: from the index alone
            models.Index(
                fields=["topic", "published_at", "unit"], condition=models.Q(live=True), name="newsroom_topic_year"
            ),
            # what the portal shows of a topic, and how many: answered from the index alone
            models.Index(
                fields=["live", "on_main_portal", "topic", "-published_at"], name="newsroom_portal_topic"
            ),
            # notices of a site, and which of them are urgent: few among very many stories
            models.Index(
                fields=["unit", "-published_at"],
                condition=models.Q(genre="notice", live=True),
                name="newsroom_notices_site",
            ),
            models.Index(
                fields=["on_main_portal", "-published_at"],
                condition=models.Q(genre="notice", live=True),
                name="newsroom_notices_portal",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="newsroom_only_notices_end",
                condition=models.Q(genre="notice") | models.Q(valid_until__isnull=True, urgent=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Bài chưa đặt tên"))

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "newsroom/preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        photos = self.photos.select_related("image").prefetch_related("image__renditions").order_by("sort_order")
        context: dict[str, Any] = super().get_preview_context(request, mode_name)
        return {**context, "story": self, "article": article(self.body, list(photos))}

    #: what belongs to the story as a whole, not to one version of its text
    WHOLE = (
        "unit_id",
        "author_id",
        "slug",
        "stage",
        "on_main_portal",
        "published_at",
        "submitted_at",
        "stage_since",
        "unit_approved_at",
        "board_due_at",
        "created_at",
        "edited_at",
        "version",
        "unit_step",
        "returned_reason",
        "withdrawn_reason",
        "folded",
        "correction",
        "corrected_at",
        "go_live_at",
        "expire_at",
        "last_published_at",
        "live_revision_id",
    )

    def with_content_json(self, content: dict[str, Any]) -> Story:
        """The story with the text of a revision, and everything else as it is now (Wagtail's contract)."""
        story: Story = super().with_content_json(content)
        for name in self.WHOLE:
            setattr(story, name, getattr(self, name))
        # Whether people agreed to a picture is a fact about the picture, and newer than any revision.
        now = {photo.pk: photo for photo in self.photos.all()}
        for photo in story.photos.all():
            if photo.pk in now:
                photo.consent, photo.consent_note = now[photo.pk].consent, now[photo.pk].consent_note
        return story

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        """Wagtail's publishing, shut to every way round the service (`publish_scheduled`, admin views)."""
        if _allowed.get() == "schedule":
            return None  # the last task is done; our own timetable publishes it at its hour
        if _allowed.get() != "publish":
            raise Refused(
                gettext("Bài chỉ được đăng từ màn hình duyệt bài của Loa."), code="newsroom.publish.closed"
            )
        return super().publish(*args, **{**kwargs, "skip_permission_checks": True})

    def unpublish(self, *args: Any, **kwargs: Any) -> None:
        """See `publish`."""
        if _allowed.get() != "unpublish":
            raise Refused(
                gettext("Bài chỉ được gỡ từ màn hình của Loa, kèm lý do."), code="newsroom.unpublish.closed"
            )
        from wagtail.actions.unpublish import UnpublishAction  # it imports wagtail.models itself

        UnpublishAction(self, *args, **kwargs).execute(skip_permission_checks=True)

    @property
    def unit_step_note(self) -> Any:
        """The sentence that says why the unit's approval was passed over, or an empty text."""
        return UNIT_STEP_LABELS[UnitStep(self.unit_step)]

    @property
    def is_notice(self) -> bool:
        """Whether it is a notice."""
        return self.genre == Genre.NOTICE

    @property
    def own_notice(self) -> bool:
        """A notice for the unit's own site alone: the unit's lead approves it, and answers for it afterwards."""
        return self.is_notice and not self.on_main_portal

    @property
    def past(self) -> bool:
        """A notice whose last day is over."""
        return self.valid_until is not None and self.valid_until < clock.today()

    @property
    def headline(self) -> str:
        """The title as it stands where nothing else says that this is a notice."""
        if not self.is_notice:
            return self.title
        label = gettext("Thông báo khẩn") if self.urgent else gettext("Thông báo")
        return self.title if self.title.casefold().startswith(label.casefold()) else f"{label}: {self.title}"

    @property
    def stations(self) -> tuple[str, ...]:
        """The stations of its road."""
        return stations_of(
            notice=self.is_notice,
            on_main_portal=self.on_main_portal,
            stage=self.stage,
            unit_step=self.unit_step,
        )

    def written_by(self, user: Any) -> bool:
        """Whether the person is the author or changed the text as a writer: then they may not approve it."""
        return user.pk == self.author_id or self.writers.filter(pk=user.pk).exists()

    def unit_deciders(self) -> models.QuerySet[Any]:
        """Leads of the unit who may approve this story today."""
        return (
            access.users_who_can("story.approve_unit", self.unit_id)
            .exclude(pk=self.author_id)
            .exclude(pk__in=self.writers.values("pk"))
        )

    def why_no_unit_step(self) -> UnitStep:
        """Why the unit's approval is passed over; NORMAL (false) when it is not."""
        if self.unit_approved_at or Stage(self.stage) in PAST_UNIT:
            return UnitStep.AGAIN
        if self.is_notice and self.on_main_portal:
            return UnitStep.NOTICE
        if self.unit_deciders().exists():
            return UnitStep.NORMAL
        if access.users_who_can("story.approve_unit", self.unit_id).exists():
            return UnitStep.LEAD_WROTE
        return UnitStep.NO_LEAD

    @property
    def signed(self) -> str:
        """The name printed under the story."""
        return self.byline or str(self.author)


class StoryPhoto(Orderable):
    """A photo in a story, with its own caption, alternative text, source and consent."""

    story = ParentalKey(Story, on_delete=models.CASCADE, related_name="photos")
    # CASCADE and not PROTECT: a version that names a picture since removed must still open (modelcluster).
    image = models.ForeignKey(StoryImage, on_delete=models.CASCADE, related_name="+", verbose_name=_("Ảnh"))
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
    #: goes up with every change; a change based on an older one is refused as a conflict
    version = models.PositiveIntegerField(default=0)

    class Meta(Orderable.Meta):
        verbose_name = _("ảnh trong bài")
        verbose_name_plural = _("ảnh trong bài")

    def __str__(self) -> str:
        return self.caption or str(_("Ảnh chưa có chú thích"))

    @property
    def publishable(self) -> bool:
        """Consent and alternative text are there; a photo that is not is held back, never the story."""
        return self.consent in PUBLISHABLE and bool(self.alt.strip())


class StoryVersion(models.Model):
    """One kept version of the text: which revision holds it, whose it is and why it was kept."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="versions")
    #: as printed: "Bản 3"
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[(k.value, label) for k, label in VERSION_LABELS.items()])
    revision = models.OneToOneField("wagtailcore.Revision", on_delete=models.CASCADE, related_name="story_version")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    #: version of the story this text was written on; for a conflict, the one it should have been newer than
    base = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["story", "number"], name="newsroom_version_number")]

    def __str__(self) -> str:
        return str(_("Bản %(number)d") % {"number": self.number})


class StoryComment(models.Model):
    """A remark of a reviewer on a story (reasons of returning stand in the workflow's own comments too)."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    #: the words of the story it speaks of, if any
    quote = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class MembershipTask(Task):
    """A step of the review whose deciders are computed from memberships: no permission row anywhere.

    Wagtail asks these methods wherever it shows or moves a workflow; deeds go through our services, which
    `loa.newsroom.apps` puts into `task_deeds` (models lie below services).
    """

    ability = ""
    stage = Stage.UNIT_REVIEW

    class Meta:
        abstract = True

    def may_decide(self, story: Story, user: Any) -> bool:
        """Whether the person may decide on this story at this step: nobody decides on what they wrote."""
        return access.can(user, self.ability, story.unit_id) and not story.written_by(user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        if not self.may_decide(obj, user):
            return []
        return [("reject", _("Trả lại"), True), ("approve", _("Duyệt"), False)]

    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> None:
        story = Story.objects.get(pk=task_state.workflow_state.object_id)
        said = {"text": kwargs["comment"]} if kwargs.get("comment") else {}
        task_deeds[f"{self.stage}.{action_name}"](actor=user, story_id=story.pk, version=story.version, **said)

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return self.may_decide(obj, user)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return not self.may_decide(obj, user)

    def user_can_lock(self, obj: Any, user: Any) -> bool:
        return self.may_decide(obj, user)

    def user_can_unlock(self, obj: Any, user: Any) -> bool:
        return self.may_decide(obj, user)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        stories = (
            Story.objects.filter(stage=self.stage, unit__in=access.units_where(user, self.ability))
            .exclude(author=user)
            .exclude(writers=user)
        )
        return TaskState.objects.filter(
            task=self.task_ptr,
            status=TaskState.STATUS_IN_PROGRESS,
            workflow_state__base_content_type=Story.get_base_content_type(),
            workflow_state__object_id__in=stories.values(key=Cast("pk", models.CharField())),
        )


class UnitApprovalTask(MembershipTask):
    """First step of the review: a lead of the story's unit. Passed over when nobody there may decide."""

    ability = "story.approve_unit"
    stage = Stage.UNIT_REVIEW

    class Meta:
        verbose_name = _("Đơn vị duyệt")

    @classmethod
    def get_description(cls) -> Any:
        return _("Trưởng đơn vị của bài duyệt; người duyệt lấy từ phân công, không cần cấp quyền riêng.")

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        state = super().start(workflow_state, user=user)
        story = Story.objects.get(pk=workflow_state.object_id)
        if story.why_no_unit_step():
            state.status = TaskState.STATUS_SKIPPED
            state.finished_at = clock.now()
            state.save(update_fields=["status", "finished_at"])
        return state


class BoardReviewTask(MembershipTask):
    """Second step: the editorial board."""

    ability = "story.review"
    stage = Stage.BOARD_REVIEW

    class Meta:
        verbose_name = _("Ban Biên tập duyệt")

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        state = super().start(workflow_state, user=user)
        # The lead of a unit is publishing the unit's own notice: nothing is left for the board to decide.
        if _allowed.get() == "publish":
            state.status = TaskState.STATUS_SKIPPED
            state.finished_at = clock.now()
            state.save(update_fields=["status", "finished_at"])
        return state

    @classmethod
    def get_description(cls) -> Any:
        return _("Ban Biên tập duyệt; thành viên lấy từ phân công, không cần cấp quyền riêng.")
