"""Live broadcasts on a Page: made unseen, begun and ended by a person.

Making one that nobody sees may be repeated; beginning and ending set a state, which is read back when an answer is
lost. (developers.facebook.com: Live Video API; a Page needs 100 followers, an account 60 days.)
"""

from __future__ import annotations

import json
from typing import Any

from loa.channels.facebook.transport import Facebook
from loa.channels.rules import LiveState, Outcome, Result

FIELDS = "id,status,permalink_url,live_views,secure_stream_url"
STATES = {
    "UNPUBLISHED": LiveState.READY,
    "SCHEDULED_UNPUBLISHED": LiveState.READY,
    "SCHEDULED_LIVE": LiveState.READY,
    "LIVE": LiveState.LIVE,
    "LIVE_STOPPED": LiveState.ENDED,
    "PROCESSING": LiveState.ENDED,
    "VOD": LiveState.ENDED,
    "SCHEDULED_EXPIRED": LiveState.ENDED,
    "SCHEDULED_CANCELED": LiveState.ENDED,
}
_api = Facebook()


class FacebookLive:
    """See `kinds.LiveTransport`."""

    def make(self, talk: Any, live: Any) -> tuple[Outcome, dict[str, str]]:
        data = {"status": "UNPUBLISHED", "title": live.title, "description": live.text}
        if live.starts_at is not None:
            data["status"] = "SCHEDULED_UNPUBLISHED"
            data["event_params"] = json.dumps({"start_time": int(live.starts_at.timestamp())})
        body, wrong = _api._call(talk, "POST", f"{live.account.external_id}/live_videos", data=data)
        if wrong is not None:
            return wrong, {}
        if not body.get("id"):
            return Outcome(Result.UNKNOWN, "busy"), {}
        stream = str(body.get("secure_stream_url") or body.get("stream_url") or "")
        return Outcome(Result.SENT), {"id": str(body["id"]), "stream": stream}

    def begin(self, talk: Any, live: Any) -> Outcome:
        _body, wrong = _api._call(talk, "POST", live.external_id, data={"status": "LIVE_NOW"})
        return wrong or Outcome(Result.SENT)

    def end(self, talk: Any, live: Any) -> Outcome:
        if live.state != LiveState.LIVE:
            _body, wrong = _api._call(talk, "DELETE", live.external_id)
            return Outcome(Result.SENT) if wrong is None or wrong.code == "gone" else wrong
        _body, wrong = _api._call(talk, "POST", live.external_id, data={"end_live_video": "true"})
        return wrong or Outcome(Result.SENT)

    def look(self, talk: Any, live: Any) -> tuple[Outcome, str, dict[str, str]]:
        body, wrong = _api._call(talk, "GET", live.external_id, params={"fields": FIELDS})
        if wrong is not None:
            return wrong, "", {}
        link = str(body.get("permalink_url") or "")
        if link.startswith("/"):
            link = f"https://www.facebook.com{link}"
        told = {"permalink": link}
        if isinstance(body.get("live_views"), int):
            told["viewers"] = str(body["live_views"])
        return Outcome(Result.SENT), str(STATES.get(str(body.get("status")), "")), told
