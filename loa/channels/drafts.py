"""What an upper domain hands down: the words and pictures of something to be published, not yet fitted."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from loa.core.errors import InvalidInput

if TYPE_CHECKING:
    from loa.channels.kinds import Kind

#: `Picture.ref` of a draft's drawn cover
COVER = -1


@dataclass(frozen=True)
class Picture:
    """A picture whose people agreed to its publication. `open` gives the bytes as uploaded."""

    open: Callable[[], bytes]
    alt: str
    caption: str = ""
    #: address at which a logged-in person sees it small, for the preview
    thumb: str = ""
    #: the upper domain's number of it, by which it can be taken back
    ref: int = 0
    #: gives `thumb` where it costs work
    small: Callable[[], str] | None = None

    def seen(self) -> Picture:
        """With the address for the preview filled in."""
        return self if self.thumb or self.small is None else replace(self, thumb=self.small())


@dataclass(frozen=True)
class Draft:
    """Something to publish. `source`, `source_id`: what it is made of; `link`: its public page."""

    source: str
    source_id: int
    unit_id: int
    title: str
    lead: str
    #: the body as paragraphs of plain text
    paragraphs: list[str]
    link: str
    signed: str = ""
    #: the public page itself, where `link` is a counted address of it
    page: str = ""
    pictures: list[Picture] = field(default_factory=list)
    #: drawn for channels that take nothing without a picture (`cards.cover`); its `ref` is COVER
    cover: Picture | None = None
    #: told at once: quiet hours do not hold it back
    urgent: bool = False

    def for_kind(self, kind: Kind) -> Draft:
        """As that kind of channel gets it: with the drawn cover where a picture is needed and there is none."""
        return self if self.pictures else replace(self, pictures=self.bare(kind))

    def bare(self, kind: Kind) -> list[Picture]:
        """What stands in when no picture is left: the drawn cover, where one is needed."""
        return [self.cover] if kind.needs_picture and self.cover is not None else []

    def picked(self, refs: set[int]) -> list[Picture]:
        """Of its pictures, and its cover, those of these numbers."""
        every = [*self.pictures, *([self.cover] if self.cover is not None else [])]
        return [picture for picture in every if picture.ref in refs]


def as_jpeg(raw: bytes, *, width: int, most: int) -> tuple[bytes, int, int]:
    """A picture as JPEG, not wider than `width` pixels and at most `most` bytes: (bytes, width, height)."""
    try:
        with Image.open(io.BytesIO(raw)) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput(_("Có ảnh không đọc được. Hãy thay ảnh rồi đăng lại."), field="pictures") from error
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    for quality in (88, 80, 70, 60, 45):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= most:
            return out.getvalue(), image.width, image.height
    raise InvalidInput(_("Có ảnh quá nặng, không thu nhỏ được. Hãy thay ảnh khác."), field="pictures")
