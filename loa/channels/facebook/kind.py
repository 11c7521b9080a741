"""Facebook Page as a kind of channel."""

from __future__ import annotations

from loa.channels.facebook.format import TEXT_LIMIT, fit
from loa.channels.facebook.live import FacebookLive
from loa.channels.facebook.login import FacebookLogin
from loa.channels.facebook.measures import measures
from loa.channels.facebook.transport import Facebook
from loa.channels.kinds import Film, Kind

KIND = Kind(
    code="facebook",
    label="Facebook",
    icon="facebook",
    transport=Facebook(),
    fit=fit,
    preview="channels/facebook/preview.html",
    limits={"text": TEXT_LIMIT},
    most_pictures=10,
    picture_width=2048,
    picture_bytes=3_500_000,
    settles=30,
    works_for=3600,  # films; a long one is worked on for a while
    login=FacebookLogin(),
    films={
        "video": Film("Phim", 10_000_000_000, 1, 4 * 3600, 9 / 16, 16 / 9),
        "reel": Film("Reel (phim dọc ngắn)", 1_000_000_000, 3, 90, 9 / 16, 9 / 16, least_height=960),
    },
    keeps_hours=True,
    manager="https://business.facebook.com/",
    live=FacebookLive(),
    measures=measures,
)
