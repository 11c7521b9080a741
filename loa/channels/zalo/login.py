"""Zalo's OAuth v4 for Official Accounts, with PKCE (S256 is implied there).

`state` comes back only as part of the address a person is sent back to, so it is put there.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from loa.channels.facebook.errors import body_of
from loa.channels.kinds import Grant
from loa.channels.sending import door
from loa.core.errors import Conflict


def challenge(verifier: str) -> str:
    """base64url without padding of the SHA-256 of the verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _back(back: str, state: str) -> str:
    return f"{back}?{urlencode({'state': state})}"


class ZaloLogin:
    """See `kinds.Login`."""

    def ready(self) -> bool:
        return bool(settings.LOA_ZALO_APP_ID and settings.LOA_ZALO_APP_SECRET)

    def begin(self, state: str, verifier: str, back: str) -> str:
        asked = {
            "app_id": settings.LOA_ZALO_APP_ID,
            "redirect_uri": _back(back, state),
            "code_challenge": challenge(verifier),
            "state": state,
        }
        return f"{settings.LOA_CHANNEL_URLS['zalo_oauth']}/v4/oa/permission?{urlencode(asked)}"

    def finish(self, params: dict[str, str], state: str, verifier: str, back: str) -> list[Grant]:
        options: dict[str, Any] = {
            "timeout": settings.LOA_DELIVERY_TIMEOUT,
            "most_bytes": 1_000_000,
            "redirects": False,
        }
        answer = door().send(
            "POST",
            f"{settings.LOA_CHANNEL_URLS['zalo_oauth']}/v4/oa/access_token",
            headers={"secret_key": settings.LOA_ZALO_APP_SECRET},
            data={
                "code": params["code"],
                "app_id": settings.LOA_ZALO_APP_ID,
                "grant_type": "authorization_code",
                "code_verifier": verifier,
            },
            **options,
        )
        body = body_of(answer.body) or {}
        token, renewing = str(body.get("access_token") or ""), str(body.get("refresh_token") or "")
        if not token or not renewing:
            words = str(body.get("error_name") or body.get("error") or f"HTTP {answer.status}")[:200]
            raise Conflict(
                _("Zalo không nhận lượt kết nối này (%(words)s). Hãy bắt đầu kết nối lại.") % {"words": words}
            )
        url = f"{settings.LOA_CHANNEL_URLS['zalo']}/v2.0/oa/getoa"
        told = (body_of(door().send("GET", url, headers={"access_token": token}, **options).body) or {}).get(
            "data"
        )
        told = told if isinstance(told, dict) else {}
        oa = str(told.get("oaid") or told.get("oa_id") or params.get("oa_id") or "")
        if not oa or (params.get("oa_id") and params["oa_id"] != oa):
            raise Conflict(_("Không rõ OA nào vừa cho phép. Hãy bắt đầu kết nối lại."))
        return [
            Grant(
                external_id=oa,
                name=str(told.get("name") or oa),
                secret={"access_token": token, "refresh_token": renewing, "by_login": "1"},
                lives=float(body.get("expires_in") or 90_000),
            )
        ]
