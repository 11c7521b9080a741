"""Facebook Page as a kind of channel."""

from __future__ import annotations

from loa.channels.facebook.format import TEXT_LIMIT, fit
from loa.channels.facebook.login import FacebookLogin
from loa.channels.facebook.transport import Facebook
from loa.channels.kinds import Kind

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
    login=FacebookLogin(),
)
