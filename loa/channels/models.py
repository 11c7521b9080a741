"""Accounts on channels, what is sent to them, and every try. The row is the queue."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.channels.rules import Intent, LiveState, Status, kept_hour
from loa.core import clock
from loa.org.models import Unit

STATUS_LABELS = {
    Status.PENDING: _("Chờ"),
    Status.SENDING: _("Đang gửi"),
    Status.PROCESSING: _("Kênh đang xử lý"),
    Status.RETRY: _("Sẽ thử lại"),
    Status.CHECKING: _("Đang đối chiếu"),
    Status.UNKNOWN: _("Chưa rõ kết quả"),
    Status.SENT: _("Đã gửi"),
    Status.FAILED: _("Lỗi"),
    Status.CANCELLED: _("Đã huỷ"),
    Status.TODO: _("Cần làm bằng tay"),
}
INTENT_LABELS = {
    Intent.PUBLISH: _("Đăng"),
    Intent.UPDATE: _("Sửa bài đã đăng"),
    Intent.WITHDRAW: _("Gỡ bài"),
    Intent.BROADCAST: _("Gửi tới người quan tâm"),
    Intent.TEMPLATE: _("Tin theo mẫu"),
}


LIVE_LABELS = {
    LiveState.NEW: _("Chưa tạo trên kênh"),
    LiveState.READY: _("Sẵn sàng"),
    LiveState.LIVE: _("Đang phát"),
    LiveState.ENDED: _("Đã kết thúc"),
    LiveState.DROPPED: _("Đã bỏ"),
}


class Health(models.TextChoices):
    """Whether an account can be used, found by the last check or try."""

    UNCHECKED = "unchecked", _("Chưa kiểm tra")
    GOOD = "good", _("Dùng được")
    BROKEN = "broken", _("Cần kết nối lại")


class ChannelAccount(models.Model):
    """An official page or OA of a unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Đơn vị"))
    kind = models.CharField(_("Kênh"), max_length=20)
    name = models.CharField(_("Tên trang"), max_length=160)
    #: id of the page or OA at the channel
    external_id = models.CharField(_("Mã trang (ID)"), max_length=64)
    url = models.URLField(_("Địa chỉ trang"), blank=True)
    decision_number = models.CharField(_("Quyết định lập trang, số"), max_length=60, blank=True)
    decided_on = models.DateField(_("Ngày quyết định"), null=True, blank=True)
    owner = models.CharField(_("Người chịu trách nhiệm"), max_length=120, blank=True)
    first_admin = models.CharField(_("Quản trị thứ nhất"), max_length=120, blank=True)
    second_admin = models.CharField(_("Quản trị thứ hai"), max_length=120, blank=True)
    verified = models.BooleanField(_("Trang đã được kênh xác thực"), default=False)
    expires_on = models.DateField(_("Gói hoặc xác thực hết hạn ngày"), null=True, blank=True)
    #: how many broadcasts a follower may receive in a month, by the OA's package
    monthly_cap = models.PositiveSmallIntegerField(
        _("Số tin truyền thông mỗi người nhận trong tháng"), default=1, blank=True
    )
    #: no post is sent between these hours (local time); both empty: at any hour
    quiet_from = models.TimeField(_("Không đăng từ"), null=True, blank=True)
    quiet_to = models.TimeField(_("đến"), null=True, blank=True)
    active = models.BooleanField(default=True)
    health = models.CharField(max_length=10, choices=Health.choices, default=Health.UNCHECKED)
    health_code = models.CharField(max_length=40, blank=True)
    health_detail = models.CharField(max_length=400, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    #: what the channel says of it: followers, package, package_until, verified, token_until (ISO dates)
    facts = models.JSONField(default=dict, blank=True)
    #: the channel asked for it, or too much failed: nothing is sent before
    paused_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    #: one worker at a time sends for an account: that keeps the order
    lease_owner = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "external_id"], name="channels_account_once")]

    def __str__(self) -> str:
        return self.name


class ChannelSecret(models.Model):
    """Tokens of an account, encrypted (`vault`). A row of its own, so that no list ever loads it."""

    account = models.OneToOneField(ChannelAccount, on_delete=models.CASCADE, related_name="secret")
    sealed = models.TextField()
    #: when the access token in it dies; null: not known
    expires_at = models.DateTimeField(null=True, blank=True)
    #: who renews it at the moment: a refresh token may be used once
    lease_owner = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"secret of account {self.account_id}"


class Connection(models.Model):
    """One time a person went to a channel to allow Loa to use their pages; kept for a quarter of an hour.

    `state` is what comes back with them (its hash), `verifier` the secret of PKCE, `grants` the tokens they
    brought until they have chosen the pages: the last two sealed (`vault`) and emptied as soon as they are used.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    #: the page that is connected again; null: new ones
    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=64, unique=True)
    verifier = models.TextField(blank=True)
    grants = models.TextField(blank=True)
    begun_at = models.DateTimeField(default=clock.now)
    #: the code that came back was used: it can be used once
    back_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.begun_at:%d/%m/%Y %H:%M}"


def private_storage() -> Storage:
    """Where frozen pictures lie; looked up late, tests have another one."""
    return storages["private"]


def video_name(instance: Video, filename: str) -> str:
    """A name nobody can guess."""
    return f"channels/phim/{secrets.token_urlsafe(18)}.mp4"


class Video(models.Model):
    """A film for posts. The file never changes; it goes when consent to it is taken back."""

    class Consent(models.TextChoices):
        NO_PEOPLE = "no_people", _("Không nhận ra ai trong phim")
        PUBLIC_EVENT = "public_event", _("Người lớn trong hoạt động công khai")
        OBTAINED = "obtained", _("Đã được đồng ý (của trẻ từ 7 tuổi và cha mẹ)")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Đơn vị"))
    title = models.CharField(_("Tên phim"), max_length=160)
    #: what is seen and heard, for who sees or hears it not
    description = models.CharField(_("Phim có gì (cho người không xem được)"), max_length=500)
    consent = models.CharField(_("Người trong phim"), max_length=12, choices=Consent.choices)
    file = models.FileField(storage=private_storage, upload_to=video_name)
    size = models.BigIntegerField()
    seconds = models.FloatField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sound = models.BooleanField(default=True)
    #: consent was taken back: the file is gone, nothing shows it any more
    gone_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["unit", "-uploaded_at"], name="channels_films")]

    def __str__(self) -> str:
        return self.title


class Post(models.Model):
    """What one account is to show, frozen when it was approved. `payload`: see the kind's `format.py`."""

    #: what it was made from: a label and id of an upper domain, which alone knows what they mean
    source = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    payload = models.JSONField()
    #: a person wrote the words for this page: they are not replaced without being asked
    own_words = models.BooleanField(default=False)
    video = models.ForeignKey(Video, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    #: made once by the form that asked for it: sending the form twice makes one post
    key = models.CharField(max_length=80, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["source", "source_id"], name="channels_post_source")]

    def __str__(self) -> str:
        return self.title


def picture_name(instance: PostPicture, filename: str) -> str:
    """A name nobody can guess."""
    return f"channels/{secrets.token_urlsafe(18)}.jpg"


class PostPicture(models.Model):
    """A picture as the channel gets it: JPEG, in size. `key` opens its public address."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField()
    #: the upper domain's number of the picture; 0: none
    ref = models.BigIntegerField(default=0)
    #: its people took back their consent: shown and sent no more
    gone = models.BooleanField(default=False)
    file = models.FileField(storage=private_storage, upload_to=picture_name)
    alt = models.CharField(max_length=300, blank=True)
    caption = models.CharField(max_length=300, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    key = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.alt or self.key


class Delivery(models.Model):
    """Sending one post to one account."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="deliveries")
    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="deliveries")
    intent = models.CharField(max_length=10, choices=[(i.value, label) for i, label in INTENT_LABELS.items()])
    status = models.CharField(
        max_length=10, choices=[(s.value, label) for s, label in STATUS_LABELS.items()], default=Status.PENDING
    )
    due_at = models.DateTimeField()
    #: when a worker looks at it next; equal to `due_at` until something happened
    next_at = models.DateTimeField()
    #: ids the channel gave on the way (photos, article token): kept before the next step
    steps = models.JSONField(default=dict)
    external_id = models.CharField(max_length=120, blank=True)
    permalink = models.URLField(max_length=500, blank=True)
    tries = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)
    #: when the call that publishes was begun; what is read back is not older
    called_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=600, blank=True)
    #: an update or withdrawal: of what that delivery put on the channel
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers")
    #: asked for while it was under way; done once it is known to be out
    withdraw_wanted = models.BooleanField(default=False)
    update_wanted = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: when what it put on the channel was taken down again
    gone_at = models.DateTimeField(null=True, blank=True)
    #: when the channel was last asked for reactions and reach
    measured_at = models.DateTimeField(null=True, blank=True)
    #: when the channel was last asked where a post stands of which it told no address
    place_asked_at = models.DateTimeField(null=True, blank=True)
    #: may go out in quiet hours
    urgent = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "account", "intent"], name="channels_delivery_once"),
        ]
        indexes = [
            models.Index(fields=["status", "next_at"], name="channels_due"),
            models.Index(fields=["account", "status", "due_at"], name="channels_order"),
            models.Index(fields=["account", "external_id"], name="channels_external"),
            models.Index(fields=["-due_at", "-id"], name="channels_newest"),
            models.Index(fields=["status", "sent_at"], name="channels_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.post} → {self.account}"

    @property
    def kept_until(self) -> dt.datetime | None:
        """The hour at which the channel, which has it, will show it; None once it has come, and for all others."""
        hour = kept_hour(self.post.payload) if self.intent == Intent.PUBLISH else None
        kept = hour is not None and self.status == Status.SENT and not self.gone_at and hour > clock.now()
        return hour if kept else None

    @property
    def standing(self) -> str:
        """Where it stands, in words: what was corrected or taken down is done, what is kept is not out yet."""
        hour = self.kept_until
        if hour is not None:
            from loa.channels.kinds import kind_of

            words = {"channel": kind_of(self.account).label, "at": clock.local(hour).strftime("%H:%M %d/%m/%Y")}
            return str(_("%(channel)s giữ, đăng lúc %(at)s") % words)
        if self.status == Status.SENT and self.intent in (Intent.UPDATE, Intent.WITHDRAW):
            return str(_("Đã xong"))
        return str(self.get_status_display())


class Measure(models.Model):
    """One number a channel tells of a post (`rules.MEASURES`), as it was last told. What is not told is not 0."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="measures")
    name = models.CharField(max_length=20)
    #: null: the channel does not tell it, `code` says why
    value = models.BigIntegerField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "name"], name="channels_measure_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class MeasureDay(models.Model):
    """How far a number had grown by the last look of a day (local)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    day = models.DateField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "name", "day"], name="channels_measure_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}: {self.value}"


class FollowerDay(models.Model):
    """How many people followed an account at the last look of a day (local), as the channel told."""

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="channels_follower_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class PostLink(models.Model):
    """The counted address of one public page on one account (`services.links`)."""

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="+")
    #: what the page is of, as in `Post`
    source = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    code = models.CharField(max_length=12, unique=True)
    target = models.URLField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "source", "source_id"], name="channels_link_once")
        ]

    def __str__(self) -> str:
        return self.code


class PostLinkDay(models.Model):
    """How often it was opened on one day (local), by all together."""

    link = models.ForeignKey(PostLink, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="channels_link_day")]

    def __str__(self) -> str:
        return f"{self.link} {self.day}: {self.count}"


class Broadcast(models.Model):
    """Articles that are out, to be sent to an OA's followers. Nothing leaves before another person approved it."""

    class State(models.TextChoices):
        ASKED = "asked", _("Chờ người thứ hai duyệt")
        APPROVED = "approved", _("Đã duyệt")
        DECLINED = "declined", _("Không duyệt")
        DROPPED = "dropped", _("Đã rút lại")

    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="broadcasts")
    articles = models.ManyToManyField(Delivery, through="BroadcastArticle", related_name="+")
    #: Zalo's field → its numbers (`zalo.targets`); empty: every follower
    target = models.JSONField(default=dict)
    #: wished for; the window of the channel may move it
    at = models.DateTimeField()
    note = models.CharField(max_length=300)
    #: made once by the form that asked for it
    key = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    #: what the approver was shown of followers and quotas
    forecast = models.JSONField(default=dict)
    delivery = models.OneToOneField(
        Delivery, on_delete=models.PROTECT, null=True, blank=True, related_name="broadcast"
    )

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["account", "state", "at"], name="channels_broadcasts")]

    def __str__(self) -> str:
        return self.note


class BroadcastArticle(models.Model):
    """One article of a broadcast, in its place."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="items")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["broadcast", "delivery"], name="channels_article_once")]

    def __str__(self) -> str:
        return str(self.delivery)


class MessageTemplate(models.Model):
    """A template of messages the channel approved (ZBS at Zalo), as it was last read there."""

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="templates")
    template_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    #: the channel's own words: ENABLE, PENDING_REVIEW, REJECT, DISABLE …; GONE: not listed there any more
    status = models.CharField(max_length=20)
    quality = models.CharField(max_length=20, blank=True)
    tag = models.CharField(max_length=20, blank=True)
    #: đồng for one message; empty: not told
    price = models.CharField(max_length=20, blank=True)
    preview_url = models.URLField(max_length=500, blank=True)
    #: [{"name", "required", "longest"}]
    params = models.JSONField(default=list)
    synced_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "template_id"], name="channels_template_once")]

    def __str__(self) -> str:
        return self.name


class Live(models.Model):
    """A live broadcast on a Page: prepared, on the air, ended, by people; Loa never starts one by itself."""

    account = models.ForeignKey(ChannelAccount, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Tên buổi phát"), max_length=160)
    text = models.CharField(_("Lời giới thiệu"), max_length=2000, blank=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, label) for s, label in LIVE_LABELS.items()], default=LiveState.NEW
    )
    #: announced for; null: it begins when somebody begins it
    starts_at = models.DateTimeField(_("Giờ dự kiến"), null=True, blank=True)
    external_id = models.CharField(max_length=64, blank=True)
    #: where the camera program sends to: holds the stream key, so sealed (`vault`)
    stream = models.TextField(blank=True)
    permalink = models.URLField(max_length=500, blank=True)
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    key = models.CharField(max_length=40, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """One try: written before the call, completed after it. One without an end was cut off."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    #: "send", "check", "poll"
    what = models.CharField(max_length=10)
    worker = models.CharField(max_length=40)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: the channel's own number of the request, for its support
    request_id = models.CharField(max_length=120, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    #: what it answered, without tokens
    body = models.TextField(blank=True)
    result = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="channels_attempt_number")]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"


class Hold(models.Model):
    """Nothing is sent for a unit and all below it (without a unit: for anyone) until somebody lifts it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-begun_at"]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=models.Q(ended_at=None), name="channels_hold_once")
        ]

    def __str__(self) -> str:
        return self.reason


# What comes back has its own rows; Django looks for models here.
import loa.channels.inbound.models  # noqa: E402
import loa.channels.sms.models  # noqa: E402
import loa.channels.webpush.models  # noqa: E402, F401
