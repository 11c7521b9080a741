"""Where a reader is: which site, by which address, and how addresses of every site are built.

A site can be read at its own host name and, always, under /truong/<slug>/ of the main portal (so that a school
whose domain is not ready yet is not cut off). One of the two is its canonical address: the host name if it has
one. Every page names its canonical address; both show the same rows by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property

from loa.portal.models import MemberSite
from loa.portal.rules import address_of, slug_id


def main_origin() -> str:
    """Scheme and host of the main portal, without a slash at the end."""
    return str(settings.BASE_URL).rstrip("/")


def host_origin(host: str) -> str:
    """Scheme and host of a site with its own name: scheme and port as the main portal's."""
    parts = urlsplit(main_origin())
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def canonical_base(site: MemberSite) -> str:
    """What stands before every canonical address of the site."""
    if site.is_main:
        return main_origin()
    return host_origin(site.host) if site.host else f"{main_origin()}/truong/{site.slug}"


def path_of(view: str, *args: Any) -> str:
    """The address of a public page below the foot of its site, e.g. "/tin/mot-bai-12/"."""
    return reverse(f"portal:{view}", args=args)


def story_path(pk: int, slug: str, title: str) -> str:
    """The address of a story below the foot of its site."""
    return path_of("story", slug_id(slug or address_of(title), pk))


def topic_path(pk: int, title: str) -> str:
    """The address of a topic below the foot of its site."""
    return path_of("topic", slug_id(address_of(title, 60), pk))


@dataclass(frozen=True)
class Place:
    """The site a request speaks to, and from where its links are seen."""

    site: MemberSite
    main: MemberSite
    #: "/truong/<slug>" when the site is read below the main portal, else empty
    prefix: str
    #: whether the request came to the main portal's host
    on_main_host: bool

    @property
    def is_main(self) -> bool:
        return self.site.is_main

    @cached_property
    def base(self) -> str:
        """What stands before every canonical address of this site."""
        return canonical_base(self.site)

    def url(self, view: str, *args: Any) -> str:
        """A link to a page of this site."""
        return self.prefix + path_of(view, *args)

    def canonical(self, view: str, *args: Any) -> str:
        """The canonical address of a page of this site."""
        return self.base + path_of(view, *args)

    @cached_property
    def main_root(self) -> str:
        """What stands before links to the main portal, as seen from here."""
        return "" if self.on_main_host else main_origin()

    def main_url(self, view: str, *args: Any) -> str:
        """A link to a page of the main portal."""
        return self.main_root + path_of(view, *args)

    def site_root(self, slug: str, host: str | None) -> str:
        """What stands before links to another member site, as seen from here."""
        return host_origin(host) if host else f"{self.main_root}/truong/{slug}"

    def story_url(self, pk: int, slug: str, title: str) -> str:
        """A link to a story on this site."""
        return self.prefix + story_path(pk, slug, title)

    def topic_url(self, pk: int, title: str) -> str:
        """A link to a topic on this site."""
        return self.prefix + topic_path(pk, title)


def story_canonical(story: Any, main: MemberSite | None) -> str | None:
    """The one address of a public story: the main portal when it stands there, else its unit's own site.

    None when it stands nowhere: not on the main portal, and its unit has no site.
    """
    path = story_path(story.pk, story.slug, story.title)
    if story.on_main_portal and main is not None:
        return canonical_base(main) + path
    site = getattr(story.unit, "site", None)
    return canonical_base(site) + path if site is not None and site.active else None
