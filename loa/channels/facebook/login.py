"""Facebook Login: a person allows the app, we get their pages with a token for each.

Code → short token → long-lived token → page tokens, which have no end of their own but die with the person's role,
password or the app (developers.facebook.com, Facebook Login; Pages API).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from loa.channels.answers import body_of
from loa.channels.facebook.errors import classify
from loa.channels.kinds import Grant
from loa.channels.sending import door
from loa.core.errors import Conflict, Unavailable

#: what a person must be allowed to do on the page for Loa to publish there
TASKS = frozenset({"CREATE_CONTENT", "MANAGE"})
MOST_PAGES = 10


def app_token() -> str:
    """The app's own token, for `debug_token`; empty without an app."""
    app, secret = settings.LOA_FACEBOOK_APP_ID, settings.LOA_FACEBOOK_APP_SECRET
    return f"{app}|{secret}" if app and secret else ""


def _get(path: str, **params: str) -> dict[str, Any]:
    url = f"{settings.LOA_CHANNEL_URLS['facebook']}/{settings.LOA_FACEBOOK_GRAPH_VERSION}/{path}"
    answer = door().send(
        "GET", url, params=params, timeout=settings.LOA_DELIVERY_TIMEOUT, most_bytes=2_000_000, redirects=False
    )
    body = body_of(answer.body)
    wrong = classify(answer.status, body)
    if body is None or wrong is not None:
        raise Conflict(
            _("Facebook không nhận lượt kết nối này (%(words)s). Hãy bắt đầu kết nối lại.")
            % {"words": (wrong.detail if wrong else "")[:200] or "?"},
            code=wrong.code if wrong else "busy",
        )
    return body


class FacebookLogin:
    """See `kinds.Login`."""

    def ready(self) -> bool:
        return bool(app_token())

    def begin(self, state: str, verifier: str, back: str) -> str:
        asked = {
            "client_id": settings.LOA_FACEBOOK_APP_ID,
            "redirect_uri": back,
            "state": state,
            "response_type": "code",
            "scope": ",".join(settings.LOA_FACEBOOK_SCOPES),
        }
        version = settings.LOA_FACEBOOK_GRAPH_VERSION
        return f"{settings.LOA_FACEBOOK_DIALOG_URL}/{version}/dialog/oauth?{urlencode(asked)}"

    def finish(self, params: dict[str, str], state: str, verifier: str, back: str) -> list[Grant]:
        app = {"client_id": settings.LOA_FACEBOOK_APP_ID, "client_secret": settings.LOA_FACEBOOK_APP_SECRET}
        short = _get("oauth/access_token", **app, redirect_uri=back, code=params["code"])
        long = _get(
            "oauth/access_token",
            **app,
            grant_type="fb_exchange_token",
            fb_exchange_token=str(short.get("access_token") or ""),
        )
        token = str(long.get("access_token") or "")
        if not token:
            raise Unavailable(_("Facebook không trả mã truy cập. Hãy bắt đầu kết nối lại sau ít phút."))
        found = {}
        for row in self._pages(token):
            key, page_token = str(row.get("id") or ""), str(row.get("access_token") or "")
            if key and page_token and key not in found:
                tasks = row.get("tasks")
                able = not isinstance(tasks, list) or bool(TASKS & set(tasks))
                found[key] = Grant(
                    external_id=key,
                    name=str(row.get("name") or key),
                    secret={"access_token": page_token, "by_login": "1"},
                    url=str(row.get("link") or ""),
                    lacks="" if able else "role_lost",
                )
        return list(found.values())

    def _pages(self, token: str) -> list[dict[str, Any]]:
        """The person's own pages, and those they have through a business."""
        fields = "id,name,access_token,tasks,link"
        rows = self._all("me/accounts", token, fields)
        if "business_management" not in settings.LOA_FACEBOOK_SCOPES:
            return rows
        try:
            businesses = self._all("me/businesses", token, "id,name")
            for business in businesses:
                for which in ("owned_pages", "client_pages"):
                    rows += self._all(f"{business.get('id')}/{which}", token, fields)
        except Conflict:
            return rows  # a person without a business, or who did not allow it: their own pages do
        return rows

    def _all(self, path: str, token: str, fields: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        params = {"access_token": token, "fields": fields, "limit": "100"}
        for _number in range(MOST_PAGES):
            body = _get(path, **params)
            rows = body.get("data")
            if not isinstance(rows, list):
                raise Conflict(_("Facebook trả danh sách trang không đọc được. Hãy báo quản trị hệ thống."))
            found += [row for row in rows if isinstance(row, dict)]
            paging = body.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if not paging.get("next") or not after:
                break
            params["after"] = str(after)
        return found
