"""Stories for tests, made through the services so that the workflow stands as in life."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from loa.newsroom import services
from loa.newsroom.models import Story
from loa.newsroom.rules import Consent

TEXT = {
    "title": "Bữa cơm bán trú ngày mưa ở Sơn Thượng",
    "lead": "Ba ngày nước ngập ngầm tràn, bếp ăn bán trú vẫn đỏ lửa đúng giờ cho 186 học sinh.",
    "body": "<p>4 giờ 30 sáng, cô Sen nhóm bếp.</p><p>Kho chỉ còn gạo và bí đỏ.</p>",
    "byline": "Lương Thị Mến",
}


def draft(cast: Any, *, author: Any = None, unit: Any = None, **fields: Any) -> Story:
    """A draft of the owner at the school."""
    return services.story_create(
        actor=author or cast.owner, unit_id=(unit or cast.school).pk, fields={**TEXT, **fields}
    )


def sent(cast: Any, **fields: Any) -> Story:
    """Sent, waiting for the lead."""
    story = draft(cast, **fields)
    return services.story_submit(actor=story.author, story_id=story.pk, version=story.version)


def on_board(cast: Any, **fields: Any) -> Story:
    """Approved by the lead, waiting for the board."""
    story = sent(cast, **fields)
    return services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=story.version)


def published(cast: Any, **fields: Any) -> Story:
    """Public."""
    story = on_board(cast, **fields)
    return services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)


def picture(name: str = "Ảnh bếp.jpg", size: tuple[int, int] = (900, 600), kind: str = "JPEG", **save: Any) -> Any:
    """An uploaded picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (90, 60, 160)).save(out, kind, **save)
    return SimpleUploadedFile(name, out.getvalue(), content_type=f"image/{kind.lower()}")


def with_photo(
    cast: Any, story: Story, consent: Consent = Consent.PUBLIC_EVENT, alt: str = "Hai cô chia cơm"
) -> Any:
    """A photo in a draft of the owner."""
    photo = services.photo_add(actor=story.author, story_id=story.pk, upload=picture())
    return services.photo_edit(
        actor=story.author,
        photo_id=photo.pk,
        version=photo.version,
        fields={"alt": alt, "consent": consent, "caption": "Giờ cơm trưa"},
    )
