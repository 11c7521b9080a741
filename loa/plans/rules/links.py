"""One text for the many ways to write one link. Pure."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit


def fingerprint_of_url(url: str) -> str:
    """One text for the many ways to write one link: same article, same proof.

    Scheme, "www.", fragments, tracking parameters and a trailing slash make no difference.
    """
    parts = urlsplit(unicodedata.normalize("NFC", url.strip()))
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    kept = [
        (key, value)
        for key, value in sorted(parse_qsl(parts.query))
        if not key.startswith("utm_") and key not in {"fbclid", "gclid", "zarsrc", "gidzl"}
    ]
    return f"{host}{parts.path.rstrip('/')}{'?' + urlencode(kept) if kept else ''}"
