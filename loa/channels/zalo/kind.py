"""Zalo OA as a kind of channel."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.channels.kinds import Kind
from loa.channels.rules import Intent
from loa.channels.zalo.format import DESCRIPTION, fit
from loa.channels.zalo.login import ZaloLogin
from loa.channels.zalo.measures import measures
from loa.channels.zalo.transport import Zalo

KIND = Kind(
    code="zalo",
    label="Zalo OA",
    icon="zalo",
    transport=Zalo(),
    fit=fit,
    preview="channels/zalo/preview.html",
    limits={"text": DESCRIPTION},
    most_pictures=6,
    picture_width=1280,
    picture_bytes=950_000,
    # An article is worked on for a minute or two, and stands in no list before: one whose token was lost is not
    # taken for absent sooner than that.
    settles=180,
    works_for=1200,
    login=ZaloLogin(),
    # Articles take comments, which no call of the OA's API reads (looked for in its documents, found none).
    comments_at=(_("trang quản trị OA"), "https://oa.zalo.me/"),
    measures=measures,
    needs_picture=True,
    intents=frozenset({Intent.PUBLISH, Intent.WITHDRAW, Intent.UPDATE, Intent.BROADCAST, Intent.TEMPLATE}),
    whole_updates=True,
    secrets=(
        ("access_token", "Mã truy cập OA (access token)"),
        ("refresh_token", "Mã gia hạn (refresh token)"),
        ("app_id", "Mã ứng dụng (App ID)"),
        ("app_secret", "Khoá bí mật của ứng dụng"),
        ("webhook_secret", "Khoá webhook của OA (OA Secret Key)"),
    ),
    events_key="webhook_secret",
    manager="https://oa.zalo.me/",
)
