"""What a person uploads as a photo, made into a picture that may be kept: verified, upright, without its secrets.

The file is opened and written anew: whatever stood in it besides pixels (place, camera, a script in a comment,
a second file behind the first) is gone.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from loa.core.errors import InvalidInput
from loa.lib import vi

#: as many pixels as a 100-megapixel phone makes; more is no photo, and would fill the memory
MAX_PIXELS = 110_000_000
#: kept at most this wide or high; the widest place on a page is 1600 px on a double-density screen
KEPT_SIDE = 3200
MIN_SIDE = 200
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True)
class Picture:
    """A verified picture, ready to be stored."""

    file: ContentFile
    width: int
    height: int
    #: file name as the person knows it, NFC, for the title
    title: str


def read_upload(upload: Any) -> Picture:
    """The picture in an uploaded file.

    Raises InvalidInput with what to do: too large, HEIC, no picture, broken, too many pixels, too small.
    """
    name = vi.clean(PurePath(str(upload.name).replace("\\", "/")).name)[:120] or _("Ảnh")
    limit = settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE
    if upload.size > limit:
        raise _bad(_("Ảnh “%(name)s” nặng hơn %(mb)d MB. Hãy chọn cỡ ảnh nhỏ hơn rồi tải lại."), name, limit)
    head = upload.read(32)
    upload.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise _bad(
            _(
                "Ảnh “%(name)s” là ảnh HEIC của iPhone nên trình duyệt không mở được. Vào Cài đặt › Camera › "
                "Định dạng, chọn “Tương thích nhất” rồi chụp lại; hoặc gửi ảnh qua Zalo cho mình rồi lưu về."
            ),
            name,
        )
    if not head:
        raise _bad(_("Tệp “%(name)s” rỗng. Hãy chọn lại ảnh."), name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(upload, formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise _bad(_("Ảnh “%(name)s” quá lớn. Hãy thu nhỏ còn dưới 100 triệu điểm ảnh."), name)
        if min(image.size) < MIN_SIDE:
            raise _bad(_("Ảnh “%(name)s” quá nhỏ, đăng lên sẽ vỡ. Hãy chọn ảnh gốc."), name)
        image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))  # JPEG: decode at a fraction, when that is enough
        image.load()
        image = ImageOps.exif_transpose(image)
        image.thumbnail((KEPT_SIDE, KEPT_SIDE))
        return _write(image, name)
    except Image.DecompressionBombError as error:
        raise _bad(_("Ảnh “%(name)s” quá lớn. Hãy thu nhỏ còn dưới 100 triệu điểm ảnh."), name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _bad(
            _("Tệp “%(name)s” không mở được như một ảnh. Hãy chọn ảnh JPG, PNG hoặc WEBP khác."), name
        ) from error


def _write(image: Image.Image, name: str) -> Picture:
    out = io.BytesIO()
    alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    see_through = alpha and image.convert("RGBA").getchannel("A").getextrema() != (255, 255)
    image = _standard_colours(image.convert("RGBA" if see_through else "RGB"))
    image.info = {}  # Pillow would write comments, places and profiles into the new file
    if see_through:
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    suffix = ".png" if see_through else ".jpg"
    return Picture(ContentFile(out.getvalue(), name=f"anh{suffix}"), image.width, image.height, name)


def _standard_colours(image: Image.Image) -> Image.Image:
    """In sRGB: a phone's wide-gamut photo looks dull once its profile is gone."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        return (
            ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            )
            or image
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken or grey profile: the pixels as they are


def _bad(message: str, name: str, limit: int = 0) -> InvalidInput:
    return InvalidInput(
        message % {"name": name, "mb": limit // 1024 // 1024}, code="newsroom.photo.unusable", field="photo"
    )
