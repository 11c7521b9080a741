"""Names of feeds, for pages and feeds alike."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: url name, title, media type
FEEDS = (
    ("rss", _("Tin mới (RSS)"), "application/rss+xml"),
    ("atom", _("Tin mới (Atom)"), "application/atom+xml"),
    ("json", _("Tin mới (JSON Feed)"), "application/feed+json"),
)
