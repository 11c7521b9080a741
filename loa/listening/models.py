"""Sources, what was found in them, and what the office made of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.listening.digest.model import Digest, DigestLine, DigestMail, DigestPlan
from loa.listening.figures.model import Answer, AnswerAbout, Tally, ToneSum
from loa.listening.rules import UNSURE, CaseState, Harm, Outlet, SourceKind, Tone
from loa.listening.search.model import Entry, Follow, IndexState, SavedSearch
from loa.listening.watch.model import Alert, AlertWish, Spike, Telling, ZaloLink
from loa.listening.ways.model import ItemFile, PushCall, PushCount
from loa.org.models import Unit

#: models that live beside what they are for
BESIDE = (
    *(Alert, AlertWish, Answer, AnswerAbout, Entry, Follow, IndexState, ItemFile),
    *(PushCall, PushCount, SavedSearch, Spike, Tally, Telling, ToneSum, ZaloLink),
    *(Digest, DigestLine, DigestMail, DigestPlan),
)

SOURCE_KIND_LABELS = {
    SourceKind.FEED: _("Trang báo, cổng thông tin (RSS, Atom)"),
    SourceKind.YOUTUBE: _("Kênh YouTube"),
    SourceKind.SITEMAP: _("Sơ đồ trang (sitemap)"),
    SourceKind.PAGE: _("Trang web không có RSS"),
    SourceKind.HAND: _("Nhập tay: báo in, phát thanh, truyền hình"),
    SourceKind.PUSH: _("Nhận từ hệ thống khác (webhook, tệp)"),
    SourceKind.OURS: _("Kênh của đơn vị"),
}
OUTLET_LABELS = {
    Outlet.PRESS: _("Báo trung ương, báo ngành"),
    Outlet.LOCAL: _("Báo, đài địa phương"),
    Outlet.STATE: _("Cổng cơ quan nhà nước"),
    Outlet.SOCIAL: _("Mạng xã hội"),
    Outlet.VIDEO: _("Kênh video"),
    Outlet.PRINT: _("Báo in"),
    Outlet.AIR: _("Phát thanh, truyền hình"),
    Outlet.OWN: _("Kênh của đơn vị"),
}
TONE_LABELS = {Tone.POS: _("Tích cực"), Tone.NEU: _("Trung tính"), Tone.NEG: _("Tiêu cực")}
HARM_LABELS = {Harm.CLEAN: _("Bình thường"), Harm.OFFENSIVE: _("Xúc phạm"), Harm.HATE: _("Thù ghét")}
CASE_LABELS = {
    CaseState.NEW: _("Chưa xem"),
    CaseState.WATCH: _("Đang theo dõi"),
    CaseState.DONE: _("Đã xử lý"),
    CaseState.IRRELEVANT: _("Không liên quan"),
}


class Source(models.Model):
    """A place where people write about education; the row is also the queue of its fetching."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(_("Tên nguồn"), max_length=160)
    kind = models.CharField(_("Cách lấy tin"), max_length=10, choices=SOURCE_KIND_LABELS.items())
    outlet = models.CharField(_("Loại"), max_length=10, choices=OUTLET_LABELS.items())
    url = models.URLField(_("Địa chỉ"), max_length=500, blank=True)
    active = models.BooleanField(_("Đang theo dõi"), default=True)
    #: minutes between fetches
    every = models.PositiveSmallIntegerField(_("Lấy tin mỗi (phút)"), default=30)
    #: days for which words of its items are kept
    keep_days = models.PositiveSmallIntegerField(_("Giữ nội dung (ngày)"))
    #: new articles are opened and read, not their headlines alone (rules.reads_articles)
    full_text = models.BooleanField(_("Đọc toàn văn bài"), default=True)

    #: the feed that the page at `url` names: read ever after; empty: `url` itself is read
    feed_url = models.URLField(max_length=500, blank=True)
    #: rules.FeedStep
    feed_step = models.CharField(max_length=6, blank=True)
    #: when it was found
    feed_at = models.DateTimeField(null=True, blank=True)

    #: the playlist of a YouTube channel's uploads; `feed_url` is the channel then
    uploads = models.CharField(max_length=64, blank=True)

    #: of a channel of our own: its account, whatever it is called (core.heard.Heard.place_key); empty: not told
    place_key = models.CharField(max_length=40, blank=True)

    # the queue
    next_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # what the server told us, for asking conditionally
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    # health
    last_fetch_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_item_at = models.DateTimeField(null=True, blank=True)
    #: the newest of what its last look found that another source had brought before
    told_at = models.DateTimeField(null=True, blank=True)
    #: longest gap between items that is still usual, in seconds; None until known
    usual_gap = models.PositiveIntegerField(null=True, blank=True)
    #: the moment from which saying nothing is an alarm; kept so that the sweep asks an index
    silent_from = models.DateTimeField(null=True, blank=True)
    #: when the alarm was raised; None: all is well
    silent_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=40, blank=True)
    #: goes up when the secret of calls that push is changed
    push_serial = models.PositiveSmallIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "url"], condition=~Q(url=""), name="listening_source_once"),
            # Two first comments at once find one channel.
            models.UniqueConstraint(
                fields=["unit", "place_key"], condition=~Q(place_key=""), name="listening_place_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "kind", "name"],
                condition=Q(kind=SourceKind.OURS, place_key=""),
                name="listening_ours_once",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(active=True), name="listening_source_due"),
            models.Index(fields=["silent_from"], condition=Q(active=True), name="listening_source_silent"),
        ]

    def __str__(self) -> str:
        return self.name


class Theme(models.Model):
    """A topic as the office has it: one of the standing list changed, or one of its own."""

    #: a code of the standing list, or made from the name
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("Tên chủ đề"), max_length=80)
    #: phrases by which it is recognised, one a line
    phrases = models.TextField(_("Cụm từ thường gặp"), blank=True)
    active = models.BooleanField(_("Đang theo dõi"), default=True)
    #: the theme of a plan that it was made from
    plan_topic = models.ForeignKey(
        "plans.Topic", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def listed(self) -> list[str]:
        """The phrases."""
        return [line for line in self.phrases.splitlines() if line]


class Fetch(models.Model):
    """One look at a source: what came, or why nothing did."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="fetches")
    at = models.DateTimeField(default=clock.now)
    #: "ok", "same" (nothing new since), or a code of `texts.FETCH_ERRORS`
    outcome = models.CharField(max_length=40)
    status = models.PositiveSmallIntegerField(null=True)
    size = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    ms = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["source", "-at"], name="listening_fetch_of_source")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.at} {self.outcome}"


class Case(models.Model):
    """Items about one thing: near-duplicates and articles of one event. One decision holds for all of them."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    title = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=CASE_LABELS.items(), default=CaseState.NEW)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    size = models.PositiveIntegerField(default=0)
    outlets = models.PositiveIntegerField(default=0)
    negative = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    #: not stored: items a decision just set aside, or took back
    also = 0

    class Meta:
        ordering = ["-last_at"]
        indexes = [
            models.Index(fields=["unit", "-last_at"], name="listening_case_of_unit"),
            models.Index(fields=["unit", "state", "-last_at"], name="listening_case_state"),
        ]

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """One public text, or one sent to us. Words go after `keep_until`; figures stay."""

    #: the unit whose listening it belongs to (that of its source)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="items")
    #: rules.key_of: the same article met twice is one item
    key = models.CharField(max_length=64)
    url = models.URLField(max_length=1000, blank=True)
    title = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)
    #: the paper, channel or page; never a private person
    outlet_name = models.CharField(max_length=160, blank=True)
    outlet = models.CharField(max_length=10, choices=OUTLET_LABELS.items())
    #: code of a private author (rules.pseudonym); the printed name of a journalist
    author = models.CharField(max_length=120, blank=True)
    published_at = models.DateTimeField()
    #: the source gave no time: taken for the moment we saw it
    time_guessed = models.BooleanField(default=False)
    #: found on a look after a hole (rules.Fresh): counts toward a spike only with a time of its own from here on;
    #: None: it counts
    counts_from = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(default=clock.now)
    keep_until = models.DateField()
    forgotten = models.BooleanField(default=False)
    #: how many people saw, liked, shared it, where the service says
    reach = models.PositiveIntegerField(null=True, blank=True)

    #: of what was said to us: its conversation (core.heard.Heard.talk); `url` is the page it stands under
    talk = models.CharField(max_length=60, blank=True)
    #: from when on its article may be asked for (the row is the queue); None: it was, or need not be
    read_due = models.DateTimeField(null=True, blank=True)

    # the analysis (None, empty: not yet)
    analysed_at = models.DateTimeField(null=True, blank=True)
    model = models.CharField(max_length=40, blank=True)
    relevant = models.BooleanField(null=True)
    tone = models.CharField(max_length=3, choices=TONE_LABELS.items(), blank=True)
    score = models.FloatField(null=True)
    #: how far the tone is from being another, 0…1 (None: analysed before this was kept)
    margin = models.FloatField(null=True)
    harm = models.CharField(max_length=10, choices=HARM_LABELS.items(), blank=True)
    language = models.CharField(max_length=8, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True)
    case = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, blank=True, related_name="items")
    #: the item whose words these are, passed on; None: its own words
    copy_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies")
    #: not stored: copies for which what a person just said of this one holds as well
    also = 0

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "key"], name="listening_item_once")]
        indexes = [
            # Partial: asked for as a bare column, a truth among the columns of an index is of no use to SQLite.
            models.Index(
                fields=["unit", "-published_at", "-id"], condition=Q(relevant=True), name="listening_item_news"
            ),
            models.Index(
                fields=["unit", "tone", "-published_at"], condition=Q(relevant=True), name="listening_item_tones"
            ),
            models.Index(fields=["source", "-published_at"], name="listening_item_source"),
            models.Index(fields=["case", "published_at"], name="listening_item_case"),
            models.Index(fields=["keep_until"], condition=Q(forgotten=False), name="listening_item_keep"),
            models.Index(fields=["id"], condition=Q(analysed_at=None), name="listening_item_waiting"),
            models.Index(fields=["read_due"], condition=Q(read_due__isnull=False), name="listening_item_unread"),
            models.Index(
                fields=["unit", "-published_at"],
                condition=Q(relevant=True, forgotten=False, margin__lt=UNSURE),
                name="listening_item_unsure",
            ),
            # What was said to us is found again whichever unit heard it.
            models.Index(fields=["key"], condition=Q(outlet="own"), name="listening_item_said"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:80]

    @property
    def day_only(self) -> bool:
        """Whether its source gave the day alone; without even that its time is when it was seen."""
        return self.time_guessed and self.published_at != self.seen_at


def counts_in_case(item: str = "") -> Q:
    """Items (`item`: the path to them, "item__") that count in their case: what is about education; of a case set
    aside as a whole all that it is made of.
    """
    return Q(**{f"{item}relevant": True}) | Q(**{f"{item}case__state": CaseState.IRRELEVANT})


class ItemTopic(models.Model):
    """A topic of an item; `code` from the office's list (`Theme`)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="topics")
    code = models.CharField(max_length=40)
    score = models.FloatField()
    #: repeated from the item, so that a topic's stream is read from one index
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="listening_topic_once")]
        indexes = [models.Index(fields=["code", "-at"], name="listening_topic_stream")]

    def __str__(self) -> str:
        return self.code


class ItemUnit(models.Model):
    """A unit that an item means, with the words it was recognised by."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="mentions")
    score = models.FloatField()
    quote = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "unit"], name="listening_unit_once")]
        indexes = [models.Index(fields=["unit", "-at"], name="listening_unit_stream")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.quote}"


class Correction(models.Model):
    """What a person set right in an item's analysis, or said is right (`was` equal to `now`); the trainer learns
    from these."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="corrections")
    #: "relevant", "tone", "harm", "topics", "units"
    field = models.CharField(max_length=12)
    was = models.JSONField()
    now = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["item", "field", "-at"], name="listening_correction_of")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.field}"


class Host(models.Model):
    """A web server we read from: what it allows, and who of our workers is there now."""

    name = models.CharField(max_length=253, unique=True)
    #: the text of its robots.txt; empty: it has none
    robots = models.TextField(blank=True)
    robots_at = models.DateTimeField(null=True)
    #: one worker at a time, so that the pace holds however many workers there are
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
