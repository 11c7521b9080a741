"""Web push as a kind of channel: one post, every browser that asked."""

from __future__ import annotations

from loa.channels.kinds import Kind
from loa.channels.rules import Intent
from loa.channels.webpush.format import TEXT_LIMIT, fit
from loa.channels.webpush.keys import prepared
from loa.channels.webpush.transport import WebPush, reached

KIND = Kind(
    code="webpush",
    label="Thông báo trình duyệt",
    icon="bell",
    transport=WebPush(),
    fit=fit,
    preview="channels/webpush/preview.html",
    limits={"text": TEXT_LIMIT},
    most_pictures=0,
    picture_width=0,
    picture_bytes=0,
    # What stands on a screen cannot be changed or taken back.
    tracks_links=False,
    intents=frozenset({Intent.PUBLISH}),
    recalls=False,
    settles=5,
    secrets=(("contact", "Thư điện tử để dịch vụ thông báo liên hệ khi có sự cố"),),
    prepare=prepared,
    reached=reached,
)
