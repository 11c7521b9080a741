"""What the portal does when stories become public, change or go: in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from loa.core import fts
from loa.core.after import enqueue_after_commit
from loa.newsroom.models import Story
from loa.org.models import UnitEvent
from loa.portal.models import MemberSite
from loa.portal.place import story_canonical
from loa.portal.selectors.search import KIND, entry_of
from loa.portal.selectors.sites import main_site
from loa.portal.services import public_changed, site_open
from loa.portal.tasks import prepare_pictures


def story_shown(*, story: Story, actor: Any) -> None:
    """A story became public or its public text changed."""
    fts.index_many([entry_of(story)])
    public_changed()
    enqueue_after_commit(prepare_pictures, story.pk)


def story_gone(*, story: Story, actor: Any) -> None:
    """A story was taken down."""
    fts.remove(KIND, story.pk)
    public_changed()


def units_changed(event: UnitEvent) -> None:
    """Units were renamed, moved, merged …: their names stand on public pages. The first of all has the portal."""
    if event.kind == UnitEvent.Kind.FOUND and not MemberSite.objects.filter(is_main=True).exists():
        for unit in event.successors.filter(parent=None):
            site_open(unit=unit, actor=None, is_main=True)
    public_changed()


def links_of(story: Story) -> list[tuple[str, str]]:
    """Where the public finds this story: (words, address)."""
    if not story.live:
        return []
    main = main_site()
    site = getattr(story.unit, "site", None)
    found = []
    address = story_canonical(story, main)
    if address is not None:
        on_main = story.on_main_portal and main is not None
        found.append((str(main.name if on_main and main else story.unit.name), address))
    if story.on_main_portal and main is not None and site is not None and site.active and not site.is_main:
        story_on_site = story_canonical(story, None)
        if story_on_site:
            found.append((site.name, story_on_site))
    return found


def own_site(unit_id: int) -> str:
    """The name of the unit's own open site; empty when it has none, or has the Sở's portal."""
    site = MemberSite.objects.filter(unit=unit_id, active=True, is_main=False).values_list("name", flat=True)
    return site.first() or ""


def addresses_of(stories: Sequence[Story]) -> dict[int, str]:
    """The one public address of each story that has one: two queries for any number of stories."""
    prefetch_related_objects(list(stories), "unit__site")
    main = main_site()
    found = {story.pk: story_canonical(story, main) for story in stories if story.live}
    return {pk: address for pk, address in found.items() if address is not None}
