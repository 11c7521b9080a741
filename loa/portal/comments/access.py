"""Who may let readers write: the only way from a request to a switch."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.core.errors import NotFound
from loa.newsroom.models import Story
from loa.portal.access import may_edit, site_to_edit
from loa.portal.models import MemberSite
from loa.portal.selectors import stories
from loa.portal.selectors.sites import main_site


def site_of(story: Story) -> MemberSite | None:
    """The site a story's one address is on: the main portal when it stands there, else its unit's."""
    if story.on_main_portal:
        return main_site()
    return (
        MemberSite.objects.filter(unit_id=story.unit_id, active=True, is_main=False).select_related("unit").first()
    )


def stories_of(site: MemberSite) -> QuerySet[Story]:
    """Public stories whose one address is on the site, newest first."""
    own = Q(on_main_portal__in=stories.YES) if site.is_main else Q(unit_id=site.unit_id, on_main_portal=False)
    return stories.public().filter(own).order_by("-published_at", "-pk")


def story_to_switch(user: Any, unit_id: int, story_id: int) -> tuple[MemberSite, Story]:
    """The site and one of its public stories. Raises NotFound."""
    site = site_to_edit(user, unit_id)
    story = stories_of(site).filter(pk=story_id).first()
    if story is None:
        raise NotFound(_("Bài này không đứng trên trang của đơn vị, hoặc đã gỡ."), code="portal.comments.story")
    return site, story


def may_switch(user: Any, site: MemberSite | None) -> bool:
    """Whether the person may let readers write on the site."""
    return site is not None and may_edit(user, site.unit_id)
