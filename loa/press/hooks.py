"""What the layer above tells and wants to be told: addresses of public pages, what of them changed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse

from loa.core.registry import Registry
from loa.press import tokens
from loa.press.models import Release

#: (unit id) → absolute address at which the unit's public pages begin, without a slash at its end
homes: Registry[Callable[[int], str]] = Registry("press_homes")
#: () called in the transaction that changes what is public
changed: Registry[Callable[[], None]] = Registry("press_changed")
#: (release) called in the transaction in which a release became public, or its public text went
announced: Registry[Callable[[Release], None]] = Registry("press_announced")


def home_of(unit_id: int) -> str:
    """Where the unit's public pages begin."""
    for source in homes:
        return source(unit_id)
    return settings.BASE_URL.rstrip("/")


def page_of(release: Release) -> str:
    """The public page of a release."""
    return home_of(release.unit_id) + reverse("portal:press_release", args=[f"thong-cao-{release.pk}"])


def private_page_of(release: Release) -> str:
    """The page for those who hold the release before its embargo ends. One address for all of them."""
    return settings.BASE_URL.rstrip("/") + reverse("portal:press_private", args=[release.key])


def leave_page_of(contact_id: int) -> str:
    """Where a journalist stops the letters, without a log-in."""
    return settings.BASE_URL.rstrip("/") + reverse("portal:press_leave", args=[tokens.token("leave", contact_id)])


def public_changed() -> None:
    """Tell that a page of the press changed."""
    for listener in changed:
        listener()
