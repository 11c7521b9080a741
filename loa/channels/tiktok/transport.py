"""Films onto a TikTok account. `publish_id` is kept before anything is uploaded and is the anchor of what follows:
a post is never begun anew once its last piece was called. (Content Posting API, direct post, FILE_UPLOAD.)"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from loa.channels.answers import body_of
from loa.channels.renewing import access_token
from loa.channels.rules import Intent, Outcome, Result
from loa.channels.tiktok.errors import classify
from loa.lib.http import Answer, DoorError

#: a piece has 5 to 64 MB, the last up to 128 MB; a film below 5 MB goes whole
PIECE = 16 * 1024 * 1024
LEAST = 5 * 1024 * 1024
LOOK = 10.0
PUBLIC = "PUBLIC_TO_EVERYONE"


def pieces(size: int) -> tuple[int, int]:
    """(bytes of a piece, how many): the last one takes what is left over."""
    if size <= PIECE:
        return size, 1
    return PIECE, size // PIECE


class TikTok:
    """See `kinds.Transport`."""

    def _call(self, sending: Any, path: str, content: dict[str, Any]) -> tuple[dict[str, Any], Outcome | None]:
        wrong: Outcome | None = None
        for anew in (False, True):
            token, missing = self._token(sending, anew=anew)
            if missing is not None:
                return {}, missing
            answer: Answer = sending.request(
                "POST",
                f"{settings.LOA_CHANNEL_URLS['tiktok']}/v2/{path}",
                headers={"Authorization": f"Bearer {token}"},
                json=content,
            )
            body = body_of(answer.body) or {}
            wrong = classify(answer.status, body)
            if wrong is None or wrong.code != "token_expired":
                data = body.get("data")
                return data if isinstance(data, dict) else {}, wrong
        return {}, wrong

    def _token(self, sending: Any, *, anew: bool = False) -> tuple[str, Outcome | None]:
        secret = sending.secret()
        form = {
            "client_key": str(secret.get("client_key", "")),
            "client_secret": str(secret.get("client_secret", "")),
        }
        return access_token(sending, f"{settings.LOA_CHANNEL_URLS['tiktok']}/v2/oauth/token/", form, anew=anew)

    def send(self, sending: Any, intent: str) -> Outcome:
        if intent != Intent.PUBLISH:
            return Outcome(Result.REFUSED, "no_api")
        video = sending.delivery.post.video
        if video is None:
            return Outcome(Result.REFUSED, "needs_film")
        if video.gone_at or not video.file.storage.exists(video.file.name):
            return Outcome(Result.REFUSED, "film_gone")
        if sending.steps.get("last_called"):
            # Its last piece may have arrived: what is there is looked at, nothing is begun anew.
            return self._look(sending)
        try:
            if not sending.steps.get("publish_id"):
                wrong = self._begin(sending, video)
                if wrong is not None:
                    return wrong
            return self._pour(sending, video)
        except DoorError as error:
            if sending.steps.get("last_called"):
                raise
            return Outcome(Result.RETRY, "upload_cut", error.detail, wait=5)

    def _begin(self, sending: Any, video: Any) -> Outcome | None:
        data, wrong = self._call(sending, "post/publish/creator_info/query/", {})
        if wrong is not None:
            return wrong
        options = data.get("privacy_level_options")
        if not isinstance(options, list) or PUBLIC not in options:
            # Clients TikTok has not audited may only post what nobody sees: of no use to an authority.
            return Outcome(Result.REFUSED, "tt_private", str(options)[:200])
        longest = data.get("max_video_post_duration_sec")
        if isinstance(longest, int) and video.seconds > longest:
            return Outcome(Result.REFUSED, "tt_too_long", f"{longest} s")
        piece, count = pieces(video.size)
        data, wrong = self._call(
            sending,
            "post/publish/video/init/",
            {
                "post_info": {
                    "title": sending.payload["text"],
                    "privacy_level": PUBLIC,
                    "disable_comment": False,
                    "disable_duet": True,
                    "disable_stitch": True,
                    "brand_content_toggle": False,
                    "brand_organic_toggle": False,
                },
                "source_info": {
                    "source": "FILE_UPLOAD",
                    "video_size": video.size,
                    "chunk_size": piece,
                    "total_chunk_count": count,
                },
            },
        )
        if wrong is not None:
            return wrong
        if not data.get("publish_id") or not data.get("upload_url"):
            return Outcome(Result.RETRY, "busy")
        sending.keep(publish_id=str(data["publish_id"]), upload_url=str(data["upload_url"]), offset=0)
        return None

    def _pour(self, sending: Any, video: Any) -> Outcome:
        piece, count = pieces(video.size)
        offset = int(sending.steps.get("offset", 0))
        with video.file.open("rb") as stored:
            while offset < video.size:
                sending.renew()
                number = offset // piece
                last = number >= count - 1
                end = video.size if last else offset + piece
                stored.seek(offset)
                raw = stored.read(end - offset)
                if last:
                    sending.keep(last_called=True)
                    sending.publishing()
                answer = sending.request(
                    "PUT",
                    sending.steps["upload_url"],
                    headers={
                        "Content-Type": "video/mp4",
                        "Content-Range": f"bytes {offset}-{end - 1}/{video.size}",
                    },
                    content=raw,
                    timeout=settings.LOA_DELIVERY_TIMEOUT * 2,
                )
                if answer.status not in (200, 201, 206):
                    return self._cut(sending, answer, last=last)
                offset = end
                sending.keep(offset=offset)
                sending.delivery.tries = 0
        return Outcome(Result.PROCESSING, "processing", external_id=sending.steps["publish_id"], wait=LOOK)

    def _cut(self, sending: Any, answer: Answer, *, last: bool) -> Outcome:
        if last:
            return Outcome(Result.UNKNOWN, "upload_cut", f"HTTP {answer.status}")
        if answer.status in (403, 404, 410, 416):
            # The address of the upload is over, or counts otherwise; nobody has seen anything: begun anew.
            sending.keep(publish_id="", upload_url="", offset=0)
        return Outcome(Result.RETRY, "upload_cut", f"HTTP {answer.status}", wait=15)

    def find(self, sending: Any, intent: str) -> Outcome:
        return self._look(sending)

    def poll(self, sending: Any, intent: str) -> Outcome:
        return self._look(sending)

    def _look(self, sending: Any) -> Outcome:
        key = sending.steps.get("publish_id")
        if not key:
            return Outcome(Result.ABSENT, "looked")
        data, wrong = self._call(sending, "post/publish/status/fetch/", {"publish_id": key})
        if wrong is not None:
            if wrong.result == Result.ACCOUNT:
                return wrong
            return Outcome(Result.UNKNOWN, "no_answer", wrong.detail, wait=wrong.wait)
        state = str(data.get("status") or "")
        if state == "PUBLISH_COMPLETE":
            post, link = self._place(sending.account, data)
            return Outcome(Result.SENT, external_id=post or key, permalink=link)
        if state == "FAILED":
            return self._failed(sending, str(data.get("fail_reason") or ""))
        if (
            state == "PROCESSING_UPLOAD"
            and int(data.get("uploaded_bytes") or 0) < sending.delivery.post.video.size
        ):
            # The last piece did not arrive: it is sent again to the same place.
            sending.keep(last_called=False)
            return Outcome(Result.ABSENT, "looked")
        if state:
            return Outcome(Result.PROCESSING, "processing", external_id=key, wait=LOOK)
        return Outcome(Result.UNKNOWN, "no_answer")

    @staticmethod
    def _place(account: Any, data: dict[str, Any]) -> tuple[str, str]:
        """(number, address) of the post; empty until TikTok has looked at it. The field is spelt so there."""
        rows = data.get("publicaly_available_post_id") or []
        post = str(rows[0]) if isinstance(rows, list) and rows else ""
        page = str(settings.LOA_CHANNEL_PAGES["tiktok"])
        return post, page.format(account=account.external_id.lstrip("@"), key=post) if post else ""

    def place(self, talk: Any, delivery: Any) -> tuple[str, str] | None:
        """See `Kind.place`: TikTok tells the number of a post only once it has looked at it."""
        key = delivery.steps.get("publish_id")
        data, wrong = self._call(talk, "post/publish/status/fetch/", {"publish_id": key}) if key else ({}, None)
        post, link = self._place(talk.account, data)
        return (post, link) if wrong is None and link else None

    @staticmethod
    def _failed(sending: Any, reason: str) -> Outcome:
        if reason in ("internal", "video_pull_failed", "publish_cancelled"):
            # TikTok has given it up: nothing was published, it may be begun anew.
            sending.keep(publish_id="", upload_url="", offset=0, last_called=False)
            return Outcome(Result.ABSENT, "looked", reason)
        code = "tt_too_many" if reason.startswith("spam_risk") else "film_error"
        return Outcome(Result.REFUSED, code, reason)

    def health(self, sending: Any) -> Outcome:
        """The token must be of this account, and may post for everybody."""
        data, wrong = self._call(sending, "post/publish/creator_info/query/", {})
        if wrong is not None:
            return wrong
        name = str(data.get("creator_username") or "")
        if name.lower() != sending.account.external_id.lstrip("@").lower():
            return Outcome(Result.ACCOUNT, "wrong_token", name)
        if PUBLIC not in (data.get("privacy_level_options") or []):
            return Outcome(Result.ACCOUNT, "tt_private")
        return Outcome(Result.SENT)
