"""Zalo's OAuth v4 for Official Accounts, with PKCE (S256 is implied there).

`state` comes back only as part of the address a person is sent back to, so it is put there.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from loa.channels import granting
from loa.channels.kinds import Grant
from loa.core.errors import Conflict


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
            "code_challenge": granting.challenge(verifier),
            "state": state,
        }
        return f"{settings.LOA_CHANNEL_URLS['zalo_oauth']}/v4/oa/permission?{urlencode(asked)}"

    def finish(self, params: dict[str, str], state: str, verifier: str, back: str) -> list[Grant]:
        body = granting.exchanged(
            f"{settings.LOA_CHANNEL_URLS['zalo_oauth']}/v4/oa/access_token",
            {"code": params["code"], "app_id": settings.LOA_ZALO_APP_ID, "code_verifier": verifier},
            channel="Zalo",
            headers={"secret_key": settings.LOA_ZALO_APP_SECRET},
        )
        token, renewing = str(body["access_token"]), str(body["refresh_token"])
        url = f"{settings.LOA_CHANNEL_URLS['zalo']}/v2.0/oa/getoa"
        told = granting.ask("GET", url, headers={"access_token": token})[1].get("data")
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
