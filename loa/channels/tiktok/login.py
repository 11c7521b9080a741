"""TikTok's log-in (developers.tiktok.com, Login Kit for web, manage user access tokens)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from loa.channels import granting
from loa.channels.kinds import Grant
from loa.core.errors import Conflict

NAME = "TikTok"
PUBLISH = "video.publish"
SCOPES = ("user.info.basic", PUBLISH)


class TikTokLogin:
    """See `kinds.Login`."""

    def ready(self) -> bool:
        return bool(settings.LOA_TIKTOK_CLIENT_KEY and settings.LOA_TIKTOK_CLIENT_SECRET)

    def begin(self, state: str, verifier: str, back: str) -> str:
        asked = {
            "client_key": settings.LOA_TIKTOK_CLIENT_KEY,
            "scope": ",".join(SCOPES),
            "response_type": "code",
            "redirect_uri": back,
            "state": state,
        }
        return f"{settings.LOA_TIKTOK_DIALOG_URL}/v2/auth/authorize/?{urlencode(asked)}"

    def finish(self, params: dict[str, str], state: str, verifier: str, back: str) -> list[Grant]:
        client = {
            "client_key": settings.LOA_TIKTOK_CLIENT_KEY,
            "client_secret": settings.LOA_TIKTOK_CLIENT_SECRET,
        }
        base = f"{settings.LOA_CHANNEL_URLS['tiktok']}/v2"
        form = {**client, "code": params["code"], "redirect_uri": back}
        body = granting.exchanged(f"{base}/oauth/token/", form, channel=NAME)
        if PUBLISH not in str(body.get("scope") or PUBLISH).split(","):
            raise Conflict(
                _("Chưa cho quyền đăng phim (video.publish). Hãy kết nối lại và đồng ý mọi quyền được hỏi.")
            )
        token = str(body["access_token"])
        _status, told = granting.ask(
            "POST",
            f"{base}/post/publish/creator_info/query/",
            headers={"Authorization": f"Bearer {token}"},
            json={},
        )
        data = told.get("data")
        data = data if isinstance(data, dict) else {}
        key = str(data.get("creator_username") or "")
        if not key:
            raise Conflict(_("TikTok không cho biết tài khoản nào vừa cho phép. Hãy bắt đầu kết nối lại."))
        return [
            Grant(
                external_id=key,
                name=str(data.get("creator_nickname") or key),
                secret={
                    **client, "refresh_token": str(body["refresh_token"]), "access_token": token, "by_login": "1",
                },
                url=settings.LOA_CHANNEL_HOMES["tiktok"].format(key=key),
                lives=float(body.get("expires_in") or 86_400),
            )
        ]  # fmt: skip
