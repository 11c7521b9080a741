"""SMS brandname as a kind of channel: one post, every number whose owner agreed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from loa.channels.kinds import Kind
from loa.channels.rules import Intent
from loa.channels.sms.audience import ledger, reached
from loa.channels.sms.format import TWO, fit
from loa.channels.sms.transport import Sms
from loa.core.errors import InvalidInput

#: characters of a brandname, as the networks register it
MOST_BRAND = 11


def prepared(secret: dict[str, Any]) -> dict[str, Any]:
    """The secret, when it is whole. Raises InvalidInput."""
    if not secret.get("secret_key"):
        raise InvalidInput(_("Hãy điền Secret key của nhà cung cấp SMS."), field="secret_key")
    brand = str(secret.get("brandname") or "")
    if not brand or len(brand) > MOST_BRAND or not brand.isascii():
        raise InvalidInput(
            _("Brandname là tên đã đăng ký với nhà mạng: không dấu, dài nhất %(n)d ký tự.") % {"n": MOST_BRAND},
            field="brandname",
        )
    return secret


KIND = Kind(
    code="sms",
    label="SMS brandname",
    icon="chat",
    transport=Sms(),
    fit=fit,
    preview="channels/sms/preview.html",
    limits={"text": TWO},
    most_pictures=0,
    picture_width=0,
    picture_bytes=0,
    interrupts=True,
    # What a telephone got cannot be changed or taken back.
    intents=frozenset({Intent.PUBLISH}),
    recalls=False,
    settles=5,
    secrets=(
        ("api_key", "API key của nhà cung cấp SMS (eSMS)"),
        ("secret_key", "Secret key"),
        ("brandname", "Brandname đã đăng ký (không dấu, dài nhất 11 ký tự)"),
    ),
    prepare=prepared,
    audience="channels:sms_recipients",
    manager="https://account.esms.vn/",
    reached=reached,
    ledger=ledger,
)
