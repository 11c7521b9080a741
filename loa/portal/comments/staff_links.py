"""The way from a story's own page in Loa to the switch of its comments."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from loa.newsroom.models import Story
from loa.portal.comments.access import may_switch, site_of


def beside(user: Any, story: Story) -> list[tuple[str, str]]:
    """(words, address) for whoever may let readers write below it."""
    site = site_of(story)
    if site is None or not may_switch(user, site):
        return []
    return [(_("Ý kiến bạn đọc"), reverse("portal_sites:comments", args=[site.unit_id]) + f"?bai={story.pk}")]
