"""A browser asks to be told, or no longer. Who sits before it is not asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from loa.channels.models import ChannelAccount
from loa.channels.sending import Talk
from loa.channels.webpush import keys
from loa.channels.webpush.models import PushSubscription
from loa.core.errors import InvalidInput, Unavailable
from loa.lib.http import Blocked, check_url

CODE = "webpush"
#: browsers of one account
MOST = 200_000


def account_of(unit_id: int) -> ChannelAccount | None:
    """The account by which a unit tells browsers, when it is connected."""
    return (
        ChannelAccount.objects.filter(kind=CODE, unit=unit_id, active=True, secret__isnull=False)
        .order_by("pk")
        .first()
    )


def key_of(account: ChannelAccount) -> str:
    """What browsers subscribe with. Raises Unavailable when the account has none."""
    secret = Talk(account).secret()
    if not secret.get("vapid"):
        raise Unavailable(_("Kênh thông báo chưa được kết nối."), code="webpush.key")
    return keys.public_key(secret)


def takes(endpoint: str) -> bool:
    """Whether an endpoint belongs to a push service we know (LOA_WEBPUSH_HOSTS): we call no other address."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if f"{host}:{port}" in settings.LOA_WEBPUSH_INSIDE:
        return True
    try:
        check_url(endpoint)
    except Blocked:
        return False
    known = any(
        host == name.removeprefix("*.") or (name.startswith("*.") and host.endswith(name[1:]))
        for name in settings.LOA_WEBPUSH_HOSTS
    )
    return parts.scheme == "https" and port in (None, 443) and known


@transaction.atomic
def subscribe(*, account: ChannelAccount, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """A browser wants to be told. The same one twice is one. Raises InvalidInput, Unavailable (too many)."""
    if len(endpoint) > 1000 or not takes(endpoint):
        raise InvalidInput(_("Trình duyệt này dùng dịch vụ thông báo mà Cổng chưa hỗ trợ."), field="endpoint")
    try:
        keys.sealed(b"thu", p256dh, auth)
    except ValueError as error:
        raise InvalidInput(
            _("Khoá của trình duyệt không đúng. Hãy tải lại trang rồi thử lại."), field="keys"
        ) from error
    if len(p256dh) > 120 or len(auth) > 40:
        raise InvalidInput(_("Khoá của trình duyệt không đúng. Hãy tải lại trang rồi thử lại."), field="keys")
    known = PushSubscription.objects.filter(account=account, endpoint=endpoint)
    if not known.exists() and PushSubscription.objects.filter(account=account).count() >= MOST:
        raise Unavailable(_("Kênh thông báo đã đầy. Xin thử lại sau."), code="webpush.full")
    row, _made = PushSubscription.objects.update_or_create(
        account=account, endpoint=endpoint, defaults={"p256dh": p256dh, "auth": auth, "failures": 0}
    )
    return row


def unsubscribe(*, account: ChannelAccount, endpoint: str) -> int:
    """The browser wants to be told no more: its row goes at once. Whoever knows the endpoint is the browser."""
    return PushSubscription.objects.filter(account=account, endpoint=endpoint).delete()[0]


def count_of(account: ChannelAccount) -> int:
    """How many browsers are told."""
    return PushSubscription.objects.filter(account=account).count()
