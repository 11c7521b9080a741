"""What letters need to know of the portal: where a unit's pages begin, and pictures that may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from loa.bulletins.hooks import Cover
from loa.portal.images import SIZES, image_path
from loa.portal.models import MemberSite
from loa.portal.place import canonical_base, main_origin
from loa.portal.selectors.stories import cover_of, pictures


def covers(story_ids: Sequence[int]) -> dict[int, Cover]:
    """The picture of each public story that has one, as an absolute address of a JPEG (mail programs know no
    WebP)."""
    found = {}
    for story_id, photos in pictures(story_ids).items():
        photo = cover_of(photos)
        if photo is not None:
            width = SIZES["c1"][1]
            url = main_origin() + image_path(photo, "c1", "jpg")
            found[story_id] = Cover(url, photo.alt, width, width * 2 // 3)
    return found


def home(unit_id: int) -> str:
    """The foot of the unit's own site; of the main portal when it has none."""
    site = MemberSite.objects.filter(unit=unit_id, active=True).first()
    return canonical_base(site) if site is not None else main_origin()
