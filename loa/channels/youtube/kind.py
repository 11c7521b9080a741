"""A YouTube channel as a kind of channel."""

from __future__ import annotations

from loa.channels.kinds import Film, Kind
from loa.channels.youtube.format import TEXT_LIMIT, fit
from loa.channels.youtube.login import YouTubeLogin
from loa.channels.youtube.transport import YouTube

KIND = Kind(
    code="youtube",
    label="YouTube",
    icon="video",
    transport=YouTube(),
    fit=fit,
    preview="channels/youtube/preview.html",
    limits={"text": TEXT_LIMIT},
    most_pictures=0,
    picture_width=0,
    picture_bytes=0,
    needs_film=True,
    login=YouTubeLogin(),
    manager="https://studio.youtube.com/",
    settles=10,
    comments_at=("YouTube Studio", "https://studio.youtube.com/"),
    works_for=3 * 3600,
    # 256 GB or 12 hours, whichever comes first
    films={
        "video": Film("Phim", 274_877_906_944, 1, 12 * 3600, 9 / 16, 21 / 9),
        # What is upright and short becomes a Short by itself.
        "reel": Film("Phim dọc ngắn (Reel, Short)", 274_877_906_944, 1, 180, 9 / 16, 1),
    },
    secrets=(
        ("refresh_token", "Refresh token của kênh (OAuth, quyền youtube.upload, youtube và youtube.force-ssl)"),
        ("client_id", "Client ID của ứng dụng Google"),
        ("client_secret", "Client secret"),
    ),
)
