"""Films onto a YouTube channel. No film exists there before its last byte has arrived, and the session says at any
time how far it is: whatever breaks, the session is asked first. (Data API v3: resumable uploads.)"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from loa.channels.answers import body_of
from loa.channels.renewing import access_token
from loa.channels.rules import Intent, Outcome, Result
from loa.channels.youtube.errors import classify, classify_comments
from loa.channels.youtube.format import CATEGORY
from loa.core import clock
from loa.lib.http import Answer, DoorError

#: bytes of one piece; a multiple of 256 KB
PIECE = 8 * 1024 * 1024
#: seconds between two looks at a film the channel works on
LOOK = 15.0
_RANGE = re.compile(r"bytes=0-(\d+)")


class YouTube:
    """See `kinds.Transport`."""

    def _call(
        self, sending: Any, method: str, path: str, **content: Any
    ) -> tuple[Answer | None, dict[str, Any], Outcome | None]:
        """(answer, body, what is wrong or None); a token that was refused is renewed once."""
        url = path if path.startswith("http") else f"{settings.LOA_CHANNEL_URLS['youtube']}/{path}"
        headers = content.pop("headers", {})
        wrong: Outcome | None = None
        for anew in (False, True):
            token, missing = self._token(sending, anew=anew)
            if missing is not None:
                return None, {}, missing
            answer: Answer = sending.request(
                method, url, headers={**headers, "Authorization": f"Bearer {token}"}, **content
            )
            if answer.status == 308:  # a session that waits for more
                return answer, {}, None
            body = body_of(answer.body) or {}
            wrong = classify(answer.status, body, clock.now())
            if wrong is None or answer.status != 401:
                return answer, body, wrong
        return None, {}, wrong

    def _token(self, sending: Any, *, anew: bool = False) -> tuple[str, Outcome | None]:
        secret = sending.secret()
        form = {
            "client_id": str(secret.get("client_id", "")),
            "client_secret": str(secret.get("client_secret", "")),
        }
        return access_token(sending, f"{settings.LOA_CHANNEL_URLS['youtube_oauth']}/token", form, anew=anew)

    # — doing ————————————————————————————————————————————————————————————————————
    def send(self, sending: Any, intent: str) -> Outcome:
        if intent == Intent.WITHDRAW:
            return self._withdraw(sending)
        if intent == Intent.UPDATE:
            return self._update(sending)
        if intent != Intent.PUBLISH:
            return Outcome(Result.REFUSED, "no_api")
        if sending.steps.get("video_id"):
            return self._standing(sending, sending.steps["video_id"])
        video = sending.delivery.post.video
        if video is None:
            return Outcome(Result.REFUSED, "needs_film")
        if video.gone_at or not video.file.storage.exists(video.file.name):
            return Outcome(Result.REFUSED, "film_gone")
        try:
            return self._upload(sending, video)
        except DoorError as error:
            if sending.delivery.called_at is not None:
                raise  # the last piece may have arrived: the engine has it looked up
            return Outcome(Result.RETRY, "upload_cut", error.detail, wait=5)

    def _upload(self, sending: Any, video: Any) -> Outcome:
        if not sending.steps.get("session"):
            wrong = self._start(sending, video)
            if wrong is not None:
                return wrong
            offset = 0
        else:
            found = self._ask_session(sending, video.size)
            if isinstance(found, Outcome):
                return found
            offset = found
        with video.file.open("rb") as stored:
            while True:
                sending.renew()
                stored.seek(offset)
                piece = stored.read(PIECE)
                last = offset + len(piece) >= video.size
                if last:
                    sending.publishing()
                answer, body, wrong = self._call(
                    sending,
                    "PUT",
                    sending.steps["session"],
                    headers={
                        "Content-Range": f"bytes {offset}-{offset + len(piece) - 1}/{video.size}",
                        "Content-Type": "video/mp4",
                    },
                    content=piece,
                    timeout=settings.LOA_DELIVERY_TIMEOUT * 2,
                )
                if wrong is not None:
                    return self._cut(sending, wrong, last=last)
                assert answer is not None
                if answer.status == 308:
                    arrived = _arrived(answer)
                    if arrived <= offset or last:
                        # It gets nowhere, or says the last piece did not arrive whole.
                        return Outcome(Result.RETRY, "upload_cut", wait=5)
                    offset = arrived
                    sending.keep(offset=offset)
                    sending.delivery.tries = 0  # it gets on: only standing still counts
                    continue
                return self._made(sending, body)

    def _start(self, sending: Any, video: Any) -> Outcome | None:
        payload = sending.payload
        meta = {
            "snippet": {
                "title": payload["title"],
                "description": payload["text"],
                "categoryId": CATEGORY,
                "defaultLanguage": "vi",
            },
            "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False, "embeddable": True},
        }
        answer, _body, wrong = self._call(
            sending,
            "POST",
            "upload/youtube/v3/videos",
            params={"uploadType": "resumable", "part": "snippet,status", "notifySubscribers": "true"},
            headers={"X-Upload-Content-Type": "video/mp4", "X-Upload-Content-Length": str(video.size)},
            json=meta,
        )
        if wrong is not None:
            return wrong
        session = answer.header("location") if answer is not None else ""
        if not session or not session.startswith(settings.LOA_CHANNEL_URLS["youtube"]):
            return Outcome(Result.RETRY, "busy", "no session")
        sending.keep(session=session, offset=0)
        return None

    def _ask_session(self, sending: Any, size: int) -> int | Outcome:
        """How many bytes have arrived; an Outcome when the film is there already or the session is gone."""
        answer, body, wrong = self._call(
            sending, "PUT", sending.steps["session"], headers={"Content-Range": f"bytes */{size}"}, content=b""
        )
        if wrong is not None:
            if wrong.code == "gone" or (answer is not None and answer.status == 410):
                sending.keep(session="", offset=0)
                return Outcome(Result.RETRY, "upload_cut", wrong.detail, wait=5)
            return wrong
        assert answer is not None
        if answer.status == 308:
            return _arrived(answer)
        return self._made(sending, body)

    def _cut(self, sending: Any, wrong: Outcome, *, last: bool) -> Outcome:
        if wrong.code == "gone" and not last:
            sending.keep(session="", offset=0)
            return Outcome(Result.RETRY, "upload_cut", wrong.detail, wait=5)
        if last and wrong.result in (Result.RETRY, Result.REFUSED):
            return Outcome(Result.UNKNOWN, wrong.code, wrong.detail, pause=wrong.pause)
        return wrong

    def _made(self, sending: Any, body: dict[str, Any]) -> Outcome:
        key = str(body.get("id") or "")
        if not key:
            return Outcome(Result.UNKNOWN, "busy", "no id")
        sending.keep(video_id=key)
        return Outcome(Result.PROCESSING, "processing", external_id=key, permalink=_link(key), wait=LOOK)

    def _withdraw(self, sending: Any) -> Outcome:
        if not sending.external_id:
            return Outcome(Result.REFUSED, "no_id")
        _answer, _body, wrong = self._call(
            sending, "DELETE", "youtube/v3/videos", params={"id": sending.external_id}
        )
        if wrong is not None and wrong.code != "gone":
            return wrong
        return Outcome(Result.SENT, external_id=sending.external_id)

    def _update(self, sending: Any) -> Outcome:
        if not sending.external_id:
            return Outcome(Result.REFUSED, "no_id")
        payload = sending.payload
        snippet = {
            "title": payload["title"],
            "description": payload["text"],
            "categoryId": CATEGORY,
            "defaultLanguage": "vi",
        }
        _answer, _body, wrong = self._call(
            sending,
            "PUT",
            "youtube/v3/videos",
            params={"part": "snippet"},
            json={"id": sending.external_id, "snippet": snippet},
        )
        if wrong is not None:
            return wrong
        return Outcome(Result.SENT, external_id=sending.external_id, permalink=_link(sending.external_id))

    # — looking ——————————————————————————————————————————————————————————————————
    def find(self, sending: Any, intent: str) -> Outcome:
        """The session knows whether the last byte arrived."""
        if intent != Intent.PUBLISH or not sending.steps.get("session"):
            return Outcome(Result.ABSENT, "looked")  # deleting and editing may be repeated
        if sending.steps.get("video_id"):
            return self._standing(sending, sending.steps["video_id"])
        answer, body, wrong = self._call(
            sending,
            "PUT",
            sending.steps["session"],
            headers={"Content-Range": f"bytes */{sending.delivery.post.video.size}"},
            content=b"",
        )
        if wrong is not None:
            if wrong.code == "gone":
                # The session is forgotten: only the list of uploads can tell now.
                return self._among_uploads(sending)
            return wrong if wrong.result == Result.ACCOUNT else Outcome(Result.UNKNOWN, "no_answer", wrong.detail)
        assert answer is not None
        if answer.status == 308:
            return Outcome(Result.ABSENT, "looked")
        return self._made(sending, body)

    def _among_uploads(self, sending: Any) -> Outcome:
        _answer, body, wrong = self._call(
            sending, "GET", "youtube/v3/channels", params={"part": "contentDetails", "mine": "true"}
        )
        if wrong is not None:
            return Outcome(Result.UNKNOWN, "no_answer", wrong.detail)
        try:
            uploads = body["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
        except (KeyError, IndexError, TypeError):
            return Outcome(Result.UNKNOWN, "no_answer")
        _answer, body, wrong = self._call(
            sending,
            "GET",
            "youtube/v3/playlistItems",
            params={"part": "snippet", "playlistId": uploads, "maxResults": "50"},
        )
        if wrong is not None or not isinstance(body.get("items"), list):
            return Outcome(Result.UNKNOWN, "no_answer")
        since = sending.since.strftime("%Y-%m-%dT%H:%M")
        for item in body["items"]:
            snippet = item.get("snippet") or {}
            key = str((snippet.get("resourceId") or {}).get("videoId") or "")
            fresh = str(snippet.get("publishedAt") or "") >= since
            if key and fresh and snippet.get("title") == sending.payload["title"] and not sending.taken(key):
                return self._made(sending, {"id": key})
        sending.keep(session="", offset=0)
        return Outcome(Result.ABSENT, "looked")

    def poll(self, sending: Any, intent: str) -> Outcome:
        return self._standing(sending, sending.steps.get("video_id") or sending.external_id)

    def _standing(self, sending: Any, key: str) -> Outcome:
        """How the film stands: worked on, seen by everybody, or locked."""
        _answer, body, wrong = self._call(
            sending, "GET", "youtube/v3/videos", params={"part": "status", "id": key}
        )
        if wrong is not None:
            return wrong if wrong.result == Result.ACCOUNT else Outcome(Result.UNKNOWN, "no_answer", wrong.detail)
        items = body.get("items")
        if not isinstance(items, list):
            return Outcome(Result.UNKNOWN, "no_answer")
        if not items:
            return Outcome(Result.REFUSED, "gone")
        status = items[0].get("status") or {}
        state = str(status.get("uploadStatus") or "")
        if state in ("failed", "rejected", "deleted"):
            words = str(status.get("failureReason") or status.get("rejectionReason") or state)
            return Outcome(Result.REFUSED, "film_error", words, external_id=key, permalink=_link(key))
        if state != "processed":
            return Outcome(Result.PROCESSING, "processing", external_id=key, permalink=_link(key), wait=LOOK)
        if status.get("privacyStatus") == "private":
            # Projects Google has not audited: every upload is locked.
            return Outcome(Result.REFUSED, "yt_locked", external_id=key, permalink=_link(key))
        return Outcome(Result.SENT, external_id=key, permalink=_link(key))

    def health(self, sending: Any) -> Outcome:
        """The token must be of this channel. That it may read no comments breaks nothing: it is kept as a fact."""
        _answer, body, wrong = self._call(
            sending, "GET", "youtube/v3/channels", params={"part": "id,statistics", "mine": "true"}
        )
        if wrong is not None:
            return wrong
        found = {str(item.get("id")): item for item in body.get("items") or []}
        if not found:
            return Outcome(Result.ACCOUNT, "yt_no_channel")
        mine = found.get(sending.account.external_id)
        if mine is None:
            return Outcome(Result.ACCOUNT, "wrong_token", ", ".join(found))
        told = mine.get("statistics") or {}
        count = str(told.get("subscriberCount") or "")
        hidden = bool(told.get("hiddenSubscriberCount")) or not count.isdecimal()
        facts = {} if hidden else {"followers": int(count)}
        return Outcome(Result.SENT, facts={**facts, "comments": self._comments(sending)})

    def _comments(self, sending: Any) -> str | None:
        """Why comments do not come to the inbox; None when they do."""
        _answer, body, wrong = self._call(
            sending,
            "GET",
            "youtube/v3/commentThreads",
            params={"part": "id", "allThreadsRelatedToChannelId": sending.account.external_id, "maxResults": "1"},
        )
        if wrong is None:
            return None
        code = classify_comments(wrong, body, clock.now())
        return code.code if code.result not in (Result.RETRY, Result.UNKNOWN) else None


def _arrived(answer: Any) -> int:
    found = _RANGE.search(answer.header("range"))
    return int(found[1]) + 1 if found else 0


def _link(key: str) -> str:
    return str(settings.LOA_CHANNEL_PAGES["youtube"].format(key=key))
