"""A TikTok account as a kind of channel."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.channels.kinds import Film, Kind
from loa.channels.rules import Intent
from loa.channels.tiktok.format import TEXT_LIMIT, fit
from loa.channels.tiktok.login import TikTokLogin
from loa.channels.tiktok.transport import TikTok

TIKTOK = TikTok()
KIND = Kind(
    code="tiktok",
    label="TikTok",
    icon="music",
    transport=TIKTOK,
    place=TIKTOK.place,
    fit=fit,
    preview="channels/tiktok/preview.html",
    limits={"text": TEXT_LIMIT},
    most_pictures=0,
    picture_width=0,
    picture_bytes=0,
    # There is no call that edits or deletes: a person does it in the app.
    intents=frozenset({Intent.PUBLISH}),
    needs_film=True,
    login=TikTokLogin(),
    manager="https://www.tiktok.com/tiktokstudio",
    settles=10,
    # No scope of developers.tiktok.com reads comments (/doc/tiktok-api-scopes); see docs/how-to/connect-pages.md.
    comments_at=(_("ứng dụng TikTok"), "https://www.tiktok.com/"),
    works_for=3 * 3600,
    films={
        "video": Film("Phim", 4_000_000_000, 3, 600, 9 / 16, 16 / 9),
        "reel": Film("Phim dọc ngắn (Reel, Short)", 4_000_000_000, 3, 600, 9 / 16, 1),
    },
    secrets=(
        ("refresh_token", "Refresh token (quyền video.publish)"),
        ("client_key", "Client key của ứng dụng TikTok"),
        ("client_secret", "Client secret"),
    ),
)
