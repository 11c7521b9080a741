"""Google's log-in for a YouTube channel (developers.google.com, OAuth 2.0 for web server applications, with PKCE).

`access_type=offline` and `prompt=consent`: without them no refresh token comes.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings

from loa.channels import granting
from loa.channels.kinds import Grant

NAME = "Google"
UPLOAD = "https://www.googleapis.com/auth/youtube.upload"
#: what every call about comments needs (discovery document youtube.v3, `comments`, `commentThreads`)
COMMENTS = "https://www.googleapis.com/auth/youtube.force-ssl"
SCOPES = (UPLOAD, "https://www.googleapis.com/auth/youtube", COMMENTS)


class YouTubeLogin:
    """See `kinds.Login`."""

    def ready(self) -> bool:
        return bool(settings.LOA_YOUTUBE_CLIENT_ID and settings.LOA_YOUTUBE_CLIENT_SECRET)

    def begin(self, state: str, verifier: str, back: str) -> str:
        asked = {
            "client_id": settings.LOA_YOUTUBE_CLIENT_ID,
            "redirect_uri": back,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "access_type": "offline",
            "prompt": "consent",
            "state": state,
            "code_challenge": granting.challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{settings.LOA_YOUTUBE_DIALOG_URL}/o/oauth2/v2/auth?{urlencode(asked)}"

    def finish(self, params: dict[str, str], state: str, verifier: str, back: str) -> list[Grant]:
        client = {
            "client_id": settings.LOA_YOUTUBE_CLIENT_ID,
            "client_secret": settings.LOA_YOUTUBE_CLIENT_SECRET,
        }
        url = f"{settings.LOA_CHANNEL_URLS['youtube_oauth']}/token"
        form = {**client, "code": params["code"], "redirect_uri": back, "code_verifier": verifier}
        body = granting.exchanged(url, form, channel=NAME)
        token = str(body["access_token"])
        _status, told = granting.ask(
            "GET",
            f"{settings.LOA_CHANNEL_URLS['youtube']}/youtube/v3/channels",
            params={"part": "id,snippet", "mine": "true"},
            headers={"Authorization": f"Bearer {token}"},
        )
        # A person may tick off single permissions in Google's dialog.
        granted = str(body.get("scope") or " ".join(SCOPES)).split()
        lacks = "permission" if UPLOAD not in granted else "yt_scope" if COMMENTS not in granted else ""
        rows = told.get("items")
        return [
            Grant(
                external_id=str(row["id"]),
                name=str((row.get("snippet") or {}).get("title") or row["id"]),
                secret={
                    **client, "refresh_token": str(body["refresh_token"]), "access_token": token, "by_login": "1",
                },
                url=settings.LOA_CHANNEL_HOMES["youtube"].format(key=row["id"]),
                lacks=lacks,
                lives=float(body.get("expires_in") or 3600),
            )
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and row.get("id")
        ]  # fmt: skip
