"""Jobs of the portal."""

from __future__ import annotations

import datetime as dt
import logging

from django.utils.translation import gettext_lazy as _
from wagtail.images.models import SourceImageIOError

from loa.core.jobs import Retry, job
from loa.portal import hub
from loa.portal.images import AT_PUBLISHING, spec
from loa.portal.selectors.stories import publishable_photos

log = logging.getLogger("loa.portal")


@job(title=_("Gửi nguồn cấp tin cho nơi đăng ký (WebSub)"))
def websub() -> None:
    """Verify who asked, look whether feeds changed, deliver."""
    hub.tend()


@job(queue="slow", retry=Retry(attempts=3, first=dt.timedelta(seconds=30)), title=_("Chuẩn bị ảnh của bài"))
def prepare_pictures(story_id: int) -> int:
    """Make the usual sizes of a story's photos before readers ask. Returns how many photos were ready."""
    ready = 0
    for photo in publishable_photos().filter(story_id=story_id).select_related("image"):
        try:
            photo.image.get_renditions(*(spec(size, "webp") for size in AT_PUBLISHING), spec("og", "jpg"))
            ready += 1
        except (SourceImageIOError, OSError):
            log.warning("photo %s of story %s has no readable file", photo.pk, story_id)
    return ready
