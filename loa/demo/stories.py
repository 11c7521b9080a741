"""The demo's stories: many published ones in bulk, and some in every other state through the real services."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from loa.core import clock
from loa.demo.content_a import TALES_A, Tale
from loa.demo.content_b import TALES_B
from loa.demo.people import Cast, a_name
from loa.demo.pictures import draw, make_images
from loa.lib.vi import fold, slugify_vi
from loa.newsroom.models import Story, StoryImage, StoryPhoto
from loa.newsroom.rules import Consent, Stage
from loa.org.models import Unit
from loa.org.rules import Kind
from loa.plans.models import Plan, Topic

TALES = [*TALES_A, *TALES_B]
LEVELS = {
    "mn": Kind.MAM_NON, "th": Kind.TIEU_HOC, "thcs": Kind.THCS, "thpt": Kind.THPT, "gdtx": Kind.GDTX,
    "xa": Kind.UBND_XA, "so": Kind.PHONG_SO,
}  # fmt: skip
CONSENTS = [Consent.OBTAINED, Consent.OBTAINED, Consent.NO_PEOPLE, Consent.PUBLIC_EVENT]


@dataclass
class Text:
    """One story told of one unit."""

    tale: Tale
    title: str
    lead: str
    body: str
    caption: str
    alt: str


def tell(tale: Tale, unit: Unit, rng: random.Random) -> Text:
    """Fill the places of a tale for `unit`."""
    home = (
        unit.parent.short_name if unit.parent is not None and unit.parent.kind == Kind.UBND_XA else unit.short_name
    )
    place = (
        home.removeprefix("Xã ").removeprefix("Phường ").removeprefix("Trường THPT ").removeprefix("TT GDNN-GDTX ")
    )
    grade = {Kind.TIEU_HOC: rng.randint(1, 5), Kind.THCS: rng.randint(6, 9), Kind.THPT: rng.randint(10, 12)}.get(
        Kind(unit.kind), rng.randint(6, 9)
    )
    values = {
        "school": unit.short_name,
        "place": place
        if unit.kind != Kind.PHONG_SO
        else rng.choice(["vùng cao", "các xã ven biển", "toàn tỉnh", "các xã biên giới"]),
        "cls": f"{grade}{rng.choice('ABCDE')}",
        "n": rng.choice([3, 5, 6, 7, 8, 9, 12, 14]),
        "n2": rng.choice([24, 36, 42, 58, 63, 75, 86, 118, 164, 214]),
        "age": rng.choice([3, 4, 5]),
    }

    def fill(text: str) -> str:
        return text.format(**values)

    return Text(
        tale,
        fill(tale.title),
        fill(tale.lead),
        "".join(f"<p>{fill(paragraph)}</p>" for paragraph in tale.body),
        fill(tale.caption),
        fill(tale.alt),
    )


@dataclass
class Maker:
    """Chooses who tells what; keeps titles from repeating."""

    units: list[Unit]
    cast: Cast
    plan: Plan
    rng: random.Random

    def __post_init__(self) -> None:
        self.by_kind: dict[Kind, list[Unit]] = {}
        for unit in self.units:
            self.by_kind.setdefault(Kind(unit.kind), []).append(unit)
        self.topics = {topic.number: topic for topic in Topic.objects.filter(plan=self.plan)}
        self.seen: set[str] = set()

    def topic(self, tale: Tale) -> Topic | None:
        """The plan's topic of that number, however the plan prints it."""
        return self.topics.get(str(tale.topic)) or self.topics.get(f"{tale.topic}.")

    def author(self, unit: Unit) -> int:
        """Who writes for the unit."""
        return self.cast.contributors[unit.pk].pk

    def one(self, day: dt.date, unit: Unit | None = None) -> tuple[Unit, Text]:
        """A unit and a text that fits the month of `day`, not told before."""
        # In a large Sở titles come again sooner or later: looking long for a new one would only cost time.
        patience = 40 if len(self.seen) < 2000 else 1
        for attempt in range(60):
            fitting = [t for t in TALES if (not t.months or day.month in t.months)]
            if unit is not None:
                level = next(key for key, kind in LEVELS.items() if kind == unit.kind)
                fitting = [t for t in fitting if level in t.levels.split()] or fitting
            tale = self.rng.choice(fitting)
            teller = unit
            if teller is None:
                level = self.rng.choice(tale.levels.split())
                choices = self.by_kind.get(LEVELS[level]) or self.by_kind[Kind.THPT]
                teller = self.rng.choice(choices)
            text = tell(tale, teller, self.rng)
            if text.title not in self.seen or attempt >= patience:
                self.seen.add(text.title)
                return teller, text
        raise RuntimeError("no tale fits")


def publish_many(maker: Maker, *, count: int, until: dt.date, pictures_each: int = 14) -> int:
    """`count` published stories over the twelve months before `until`, in bulk."""
    rng = maker.rng
    images = make_images(sorted({tale.art for tale in TALES}), each=pictures_each, rng=rng)
    first = until - dt.timedelta(days=364)
    moments = sorted(
        clock.start_of(first + dt.timedelta(days=rng.randint(0, 363)))
        + dt.timedelta(hours=rng.randint(7, 20), minutes=rng.randint(0, 59))
        for _ in range(count)
    )
    batch: list[tuple[Story, Text]] = []
    made = 0
    for moment in moments:
        unit, text = maker.one(clock.local(moment).date())
        in_plan = maker.plan.starts_on is not None and clock.local(moment).date() >= maker.plan.starts_on
        written = moment - dt.timedelta(days=rng.randint(1, 4), hours=rng.randint(1, 5))
        story = Story(
            unit=unit, author_id=maker.author(unit), byline=a_name(rng) if rng.random() < 0.25 else "",
            genre=text.tale.genre, title=text.title, slug=slugify_vi(text.title)[:110], lead=text.lead, body=text.body,
            topic=maker.topic(text.tale) if in_plan else None, stage=Stage.PUBLISHED, live=True,
            has_unpublished_changes=False, published_at=moment, first_published_at=moment, last_published_at=moment,
            submitted_at=written, stage_since=moment, created_at=written, edited_at=moment, version=3,
            on_main_portal=rng.random() < 0.8, folded=fold(text.title)[:340],
        )  # fmt: skip
        batch.append((story, text))
        if len(batch) == 2000:
            made += _insert(batch, images, rng)
            batch = []
    return made + _insert(batch, images, rng)


def _insert(batch: list[tuple[Story, Text]], images: dict[str, list[StoryImage]], rng: random.Random) -> int:
    Story.objects.bulk_create([story for story, _text in batch])
    StoryPhoto.objects.bulk_create(
        [
            StoryPhoto(
                story=story, image=rng.choice(images[text.tale.art]), caption=text.caption, alt=text.alt,
                source=f"Minh họa: {story.unit.short_name}"[:160], consent=rng.choice(CONSENTS), sort_order=0,
            )
            for story, text in batch
        ]
    )  # fmt: skip
    return len(batch)


@dataclass(frozen=True)
class Way:
    """A story on its road: how far it comes, how many days ago it began, and at which unit."""

    end: str
    days: int
    where: str = ""


WAYS = [
    Way("draft", 0, "school"), Way("draft", 2), Way("draft", 9),
    Way("unit", 1, "school"), Way("unit", 2), Way("unit", 4), Way("unit", 1),
    Way("returned", 3, "school"), Way("returned", 6),
    Way("board", 1, "school"), Way("board", 1), Way("board", 2), Way("board", 3), Way("board", 1), Way("board", 5), Way("board", 2),
    Way("board_comment", 2), Way("board_comment", 4),
    Way("scheduled", 1), Way("scheduled", 2), Way("scheduled", 1),
    Way("published", 4, "school"), Way("published", 12, "school"), Way("published", 33, "school"), Way("published", 3), Way("published", 2), Way("published", 1),
    Way("withdrawn", 40), Way("corrected", 20),
]  # fmt: skip


def walk_some(maker: Maker, *, now: dt.datetime) -> int:
    """Stories in every state, made by the same services that people use, each deed at its own time."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from loa.newsroom import services as newsroom

    cast, rng = maker.cast, maker.rng
    editor, chief = cast.personas["minh"], cast.personas["ha"]
    for number, way in enumerate(WAYS):
        begun = now - dt.timedelta(days=way.days, hours=rng.randint(2, 6))
        unit = cast.school if way.where == "school" else None
        unit, text = maker.one(clock.local(begun).date(), unit)
        author = cast.contributors[unit.pk]
        lead = cast.leads.get(unit.pk)
        if lead is None or unit.kind == Kind.PHONG_SO:
            unit, text = maker.one(clock.local(begun).date(), rng.choice(maker.by_kind[Kind.THCS]))
            author, lead = cast.contributors[unit.pk], cast.leads[unit.pk]
        topic = maker.topic(text.tale)
        with clock.frozen(begun):
            story = newsroom.story_create(
                actor=author, unit_id=unit.pk,
                fields={
                    "title": text.title, "lead": text.lead, "body": text.body, "genre": text.tale.genre,
                    "topic": topic.pk if topic else None,
                },
            )  # fmt: skip
            photo = newsroom.photo_add(
                actor=author, story_id=story.pk,
                upload=SimpleUploadedFile(f"anh-{number}.jpg", draw(text.tale.art, rng), "image/jpeg"),
            )  # fmt: skip
            if way.end != "draft" or number == 1:
                newsroom.photo_edit(
                    actor=author, photo_id=photo.pk, version=photo.version,
                    fields={
                        "caption": text.caption, "alt": text.alt, "source": f"Ảnh: {author.full_name}",
                        "consent": Consent.OBTAINED if number % 5 else Consent.UNKNOWN,
                    },
                )  # fmt: skip
            story.refresh_from_db()
        if way.end == "draft":
            continue
        _go_on(way.end, story, author, lead, editor, chief, begun, now, rng)
    return len(WAYS)


def _go_on(end, story, author, lead, editor, chief, begun, now, rng) -> None:
    """Walk one story from its author's desk to where its way ends."""
    from loa.newsroom import services as newsroom

    def version() -> int:
        story.refresh_from_db()
        return story.version

    def later(hours: float) -> dt.datetime:
        return min(begun + dt.timedelta(hours=hours), now - dt.timedelta(minutes=5))

    with clock.frozen(later(1)):
        newsroom.story_submit(actor=author, story_id=story.pk, version=version())
    if end == "unit":
        return
    with clock.frozen(later(3)):
        if end == "returned":
            newsroom.story_return(
                actor=lead,
                story_id=story.pk,
                version=version(),
                reason="photo",
                text="Thầy cô bổ sung ý kiến của phụ huynh và chọn lại ảnh rõ hơn giúp nhà trường.",
            )
            return
        newsroom.story_approve_unit(actor=lead, story_id=story.pk, version=version())
    if end == "board":
        return
    with clock.frozen(later(5)):
        if end == "board_comment":
            newsroom.story_claim(actor=editor, story_id=story.pk)
            newsroom.story_comment(
                actor=editor,
                story_id=story.pk,
                text="Đoạn hai nên nêu rõ số học sinh tham gia để bạn đọc dễ hình dung.",
            )
            return
        if end == "scheduled":
            at = now + dt.timedelta(days=rng.randint(1, 3), hours=rng.randint(1, 8))
            newsroom.story_schedule(actor=editor, story_id=story.pk, version=version(), at=at)
            return
        newsroom.story_publish(actor=editor, story_id=story.pk, version=version())
    if end == "withdrawn":
        with clock.frozen(later(30)):
            newsroom.story_withdraw(
                actor=chief, story_id=story.pk, reason="Phụ huynh rút lại đồng ý cho dùng hình ảnh của con."
            )
    if end == "corrected":
        with clock.frozen(later(26)):
            newsroom.story_correct(
                actor=editor, story_id=story.pk, version=version(), note="Sửa lại số học sinh tham gia trong đoạn đầu.",
                fields={"lead": story.lead},
            )  # fmt: skip
