"""Public stories, photos and sites, made straight in the database (services have their own tests)."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from loa.core import clock, fts
from loa.lib.vi import fold, slugify_vi
from loa.newsroom.models import Story, StoryImage, StoryPhoto
from loa.newsroom.rules import Consent, Stage
from loa.org.models import Unit
from loa.plans.models import Plan, Topic
from loa.plans.rules import PlanStatus
from loa.portal.models import MemberSite
from loa.portal.selectors.search import entry_of

_count = itertools.count(1)


def make_site(unit: Unit, *, is_main: bool = False, slug: str = "", **fields: Any) -> MemberSite:
    """The open site of a unit."""
    values: dict[str, Any] = {"name": unit.name, "slug": slug or unit.slug, "is_main": is_main, **fields}
    return MemberSite.objects.create(unit=unit, **values)


def make_story(unit: Unit, author: Any, title: str = "", *, live: bool = True, **fields: Any) -> Story:
    """A story; public unless told otherwise."""
    number = next(_count)
    title = title or f"Tin thứ {number} của nhà trường"
    values: dict[str, Any] = {
        "title": title,
        "slug": slugify_vi(title, 120),
        "lead": f"Sa-pô của tin thứ {number}.",
        "body": "<p>Đoạn thứ nhất.</p><p>Đoạn thứ hai.</p><p>Đoạn thứ ba.</p>",
        "live": live,
        "stage": Stage.PUBLISHED if live else Stage.DRAFT,
        "published_at": clock.now() - dt.timedelta(minutes=number) if live else None,
        "folded": fold(title)[:340],
    }
    values |= fields
    if live:
        values.setdefault("first_published_at", values["published_at"])
    story = Story.objects.create(unit=unit, author=author, **values)
    if live:
        fts.index_many([entry_of(story)])
    return story


def withdraw(story: Story) -> None:
    """Take a story down as the newsroom does."""
    Story.objects.filter(pk=story.pk).update(live=False, stage=Stage.WITHDRAWN, withdrawn_reason="Sai số liệu")


def jpeg(width: int = 900, height: int = 600, *, exif: bytes = b"") -> bytes:
    """A small picture; `exif` as it would come from a phone."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(
        out, "JPEG", **({"exif": exif} if exif else {})
    )
    return out.getvalue()


def make_photo(story: Story, *, data: bytes = b"", **fields: Any) -> StoryPhoto:
    """A photo in a story that may be shown, unless told otherwise."""
    number = next(_count)
    upload = SimpleUploadedFile(f"anh-{number}.jpg", data or jpeg(), "image/jpeg")
    image = StoryImage.objects.create(title=f"Ảnh {number}", file=upload, unit=story.unit)
    values: dict[str, Any] = {
        "caption": f"Chú thích ảnh {number}",
        "alt": f"Mô tả ảnh {number}",
        "source": "Nguyễn Văn Ảnh",
        "consent": Consent.OBTAINED,
        "sort_order": number,
    }
    values |= fields
    return StoryPhoto.objects.create(story=story, image=image, **values)


def make_plan(unit: Unit, *titles: str, status: str = PlanStatus.ISSUED) -> list[Topic]:
    """The plan of this year with its topics."""
    year = clock.today().year
    plan = Plan.objects.create(
        unit=unit,
        title="Kế hoạch truyền thông",
        number="21/KH-SGDĐT",
        signed_on=dt.date(year, 1, 16),
        starts_on=dt.date(year, 1, 1),
        ends_on=dt.date(year, 12, 31),
        status=status,
    )
    return [Topic.objects.create(plan=plan, title=title, position=n) for n, title in enumerate(titles, 1)]
