"""Photos as the public gets them: few sizes, WebP with JPEG behind, no EXIF, while their story is public."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from loa.newsroom.models import StoryImage
from loa.portal.selectors.stories import Picture

#: name in the address → (Wagtail filter, width). c: 3:2 for cards, w: whole, q: square, og: for sharing
SIZES: dict[str, tuple[str, int]] = {
    "q": ("fill-176x176", 176),
    "c1": ("fill-480x320", 480),
    "c2": ("fill-960x640", 960),
    "w1": ("width-720", 720),
    "w2": ("width-1200", 1200),
    "w3": ("width-1800", 1800),
    "og": ("fill-1200x630", 1200),
}
#: ending in the address → (rest of the filter, media type)
FORMATS: dict[str, tuple[str, str]] = {
    "webp": ("format-webp|webpquality-76", "image/webp"),
    "jpg": ("format-jpeg|jpegquality-80|bgcolor-ffffff", "image/jpeg"),
}
CARD = ("c1", "c2")
WHOLE = ("w1", "w2", "w3")
#: made when a story is published, so that its first reader does not wait
AT_PUBLISHING = (*CARD, "w1", "w2", "q")


@dataclass(frozen=True)
class Source:
    """One candidate of a srcset."""

    url: str
    width: int


def spec(size: str, ending: str) -> str:
    """The Wagtail filter of a size and format. Raises KeyError when there is none of that name."""
    return f"{SIZES[size][0]}|{FORMATS[ending][0]}"


def image_path(photo: Picture, size: str, ending: str) -> str:
    """The address of one size of a photo, below the root of any host."""
    return reverse("portal:image", args=(photo.photo_id, photo.version, size, ending))


def sources(photo: Picture, sizes: tuple[str, ...], ending: str) -> list[Source]:
    """The candidates worth offering: none wider than the original, but always the smallest."""
    wanted = [size for size in sizes if SIZES[size][1] <= photo.width] or [sizes[0]]
    return [Source(image_path(photo, size, ending), SIZES[size][1]) for size in wanted]


def file_of(image: StoryImage, size: str, ending: str) -> bytes:
    """The bytes of one size of a photo, made on first demand, without EXIF."""
    rendition = image.get_rendition(spec(size, ending))
    with rendition.file.open("rb") as file:
        data = file.read()
    return without_metadata(data) if ending == "jpg" else data


def without_metadata(data: bytes) -> bytes:
    """A JPEG without the segments that tell where, when and by what it was taken (EXIF, XMP, IPTC, comments).

    Willow keeps EXIF when it saves JPEG. The colour profile (APP2) and Adobe's (APP14) stay: they change the
    picture. Anything that is not a well-formed JPEG comes back empty rather than unchecked.
    """
    if data[:2] != b"\xff\xd8":
        return b""
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:  # start of scan: the picture itself, to the end
            return b"".join([*kept, data[at:]])
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at : at + 2 + length]
        application = 0xE0 <= marker <= 0xEF
        if not (marker == 0xFE or (application and marker not in (0xE0, 0xE2, 0xEE))):
            kept.append(segment)
        at += 2 + length
    return b""
