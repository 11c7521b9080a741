"""A code brought back from a log-in at a channel, exchanged for tokens (RFC 6749, 4.1.3; RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from loa.channels.answers import body_of
from loa.channels.sending import door
from loa.core.errors import Conflict


def challenge(verifier: str) -> str:
    """base64url without padding of the SHA-256 of the verifier (S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def ask(method: str, url: str, **content: Any) -> tuple[int, dict[str, Any]]:
    """(status, JSON object) of one request that belongs to no account yet; raises DoorError."""
    answer = door().send(
        method, url, timeout=settings.LOA_DELIVERY_TIMEOUT, most_bytes=1_000_000, redirects=False, **content
    )
    return answer.status, body_of(answer.body) or {}


def exchanged(
    url: str, form: Mapping[str, str], *, channel: str, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the channel gave for the code, access and refresh token in it; raises Conflict, DoorError.

    Called once: a code works once.
    """
    data = {**form, "grant_type": "authorization_code"}
    status, body = ask("POST", url, headers=dict(headers or {}), data=data)
    if not body.get("access_token"):
        words = body.get("error_description") or body.get("error_name") or body.get("error") or f"HTTP {status}"
        raise Conflict(
            _("%(channel)s không nhận lượt kết nối này (%(words)s). Hãy bắt đầu kết nối lại.")
            % {"channel": channel, "words": str(words)[:200]}
        )
    if not body.get("refresh_token"):
        raise Conflict(
            _(
                "%(channel)s không cho quyền dùng lâu dài. Hãy gỡ quyền của Loa trong phần bảo mật của tài khoản "
                "đó, rồi kết nối lại."
            )
            % {"channel": channel}
        )
    return body
