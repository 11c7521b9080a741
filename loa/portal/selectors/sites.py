"""Which site a request speaks to, and the sites there are."""

from __future__ import annotations

from django.db.models import Q
from django.http.request import split_domain_port

from loa.portal.models import FormerSlug, MemberSite
from loa.portal.place import Place


def place_at(host: str, slug: str | None) -> Place | None:
    """The place a request to `host` (and /truong/<slug>/) speaks to; None when there is no such site.

    One query, by indexes (see stories.YES), whatever the number of sites.
    """
    name = split_domain_port(host)[0].rstrip(".")
    wanted = Q(is_main__in=[True]) | Q(host=name)
    if slug:
        wanted |= Q(slug=slug)
    found = list(MemberSite.objects.filter(wanted, active=True).select_related("unit", "unit__parent"))
    main = next((site for site in found if site.is_main), None)
    if main is None:
        return None
    hosted = next((site for site in found if site.host and site.host == name and not site.is_main), None)
    if slug:
        site = next((site for site in found if site.slug == slug), None)
        if site is None or hosted is not None:
            return None
        return Place(site=site, main=main, prefix=f"/truong/{slug}", on_main_host=True)
    if hosted is not None:
        return Place(site=hosted, main=main, prefix="", on_main_host=False)
    return Place(site=main, main=main, prefix="", on_main_host=True)


def main_site() -> MemberSite | None:
    """The Sở's portal, once it is open."""
    return MemberSite.objects.filter(is_main=True, active=True).select_related("unit").first()


def new_slug(slug: str) -> str | None:
    """Where a site that once stood at `slug` stands now."""
    return (
        FormerSlug.objects.filter(slug=slug, site__active=True, site__is_main=False)
        .values_list("site__slug", flat=True)
        .first()
    )
