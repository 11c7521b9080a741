"""Films on a Page: uploaded in pieces and taken up where the line was cut, published by one last call.

Nobody sees anything of an upload before `finish`; the video's id is known from the start, so that a lost answer to
`finish` is read back from the video itself. (developers.facebook.com: Video API, Reels publishing.)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from loa.channels.answers import body_of
from loa.channels.facebook.errors import classify
from loa.channels.rules import Outcome, Result, kept_hour
from loa.core import clock
from loa.lib.http import DoorError

#: most bytes of one piece, whatever the channel offers
PIECE = 8 * 1024 * 1024
#: subcode: the piece does not begin where the channel stands; it says where
WRONG_OFFSET = 1363037
FIELDS = "id,status,permalink_url,description"
#: seconds between two looks at a film the channel works on
LOOK = 10.0


#: an hour nearer than that is not kept there (10 minutes, and clocks differ): the post is sent at its hour
KEPT_FROM = dt.timedelta(minutes=12)


def keeps_hour(sending: Any) -> tuple[bool, Outcome | None]:
    """(whether the page is to keep the post until its hour, or why to wait). An hour that is over: at once."""
    hour = kept_hour(sending.payload)
    ahead = hour - clock.now() if hour is not None else dt.timedelta()
    if dt.timedelta() < ahead < KEPT_FROM:
        return False, Outcome(Result.LATER, "own_hour", until=hour)
    return ahead > dt.timedelta(), None


class Films:
    """What `transport.Facebook` does with films. `_call` is the transport's."""

    def _call(self, sending: Any, method: str, path: str, **content: Any) -> tuple[dict[str, Any], Outcome | None]:
        raise NotImplementedError

    def _film(self, sending: Any) -> Outcome:
        """Send a film: start, pieces, finish."""
        video = sending.delivery.post.video
        if video.gone_at or not video.file.storage.exists(video.file.name):
            return Outcome(Result.REFUSED, "film_gone")
        reel = sending.payload["form"] == "reel"
        edge = f"{sending.account.external_id}/{'video_reels' if reel else 'videos'}"
        if not sending.steps.get("video_id"):
            wrong = self._start(sending, edge, video, reel)
            if wrong is not None:
                return wrong
        try:
            wrong = self._pour(sending, video) if reel else self._pieces(sending, edge, video)
        except DoorError as error:
            wrong = Outcome(Result.RETRY, "upload_cut", error.detail, wait=5)
        if wrong is not None:
            return wrong
        return self._finish(sending, edge, video, reel)

    def _start(self, sending: Any, edge: str, video: Any, reel: bool) -> Outcome | None:
        size = {} if reel else {"file_size": str(video.size)}
        body, wrong = self._call(sending, "POST", edge, data={"upload_phase": "start", **size})
        if wrong is not None:
            return _harmless(wrong)
        if not body.get("video_id"):
            return Outcome(Result.RETRY, "busy")
        sending.keep(
            video_id=str(body["video_id"]),
            session=str(body.get("upload_session_id") or ""),
            upload_url=str(body.get("upload_url") or ""),
            offset=int(body.get("start_offset") or 0),
            end=int(body.get("end_offset") or 0),
        )
        return None

    # — an ordinary film: pieces the channel asks for ————————————————————————————
    def _pieces(self, sending: Any, edge: str, video: Any) -> Outcome | None:
        offset, end = int(sending.steps["offset"]), int(sending.steps["end"])
        with video.file.open("rb") as stored:
            while offset < video.size:
                sending.renew()
                stored.seek(offset)
                piece = stored.read(min(max(end - offset, 1), PIECE))
                body, wrong = self._call(
                    sending,
                    "POST",
                    edge,
                    data={
                        "upload_phase": "transfer",
                        "upload_session_id": sending.steps["session"],
                        "start_offset": str(offset),
                    },
                    files={"video_file_chunk": ("phim.mp4", piece, "video/mp4")},
                    timeout=settings.LOA_DELIVERY_TIMEOUT * 2,
                )
                if wrong is not None:
                    told = _where(sending)
                    if told is None:
                        return self._cut(sending, wrong)
                    body = told
                if "start_offset" not in body:
                    return Outcome(Result.RETRY, "upload_cut", wait=5)
                offset, end = int(body["start_offset"]), int(body.get("end_offset") or video.size)
                sending.keep(offset=offset, end=end)
                sending.delivery.tries = 0  # it gets on: only standing still counts
                if offset == end and offset < video.size:
                    return Outcome(Result.RETRY, "upload_cut", wait=5)
        return None

    def _cut(self, sending: Any, wrong: Outcome) -> Outcome:
        """A piece was not taken. The session itself may be gone: then it is begun anew, nobody has seen it."""
        if wrong.code in ("gone", "bad_content"):
            sending.keep(video_id="", session="", offset=0, end=0)
            return Outcome(Result.RETRY, "upload_cut", wrong.detail, wait=30)
        return _harmless(wrong)

    # — a reel: all of it, from where it stands ——————————————————————————————————
    def _pour(self, sending: Any, video: Any) -> Outcome | None:
        offset = int(sending.steps["offset"])
        if sending.steps.get("poured") or offset:
            body, wrong = self._call(sending, "GET", sending.steps["video_id"], params={"fields": "status"})
            if wrong is not None:
                return self._cut(sending, wrong)
            offset = _arrived(body)
            sending.keep(offset=offset)
        if offset >= video.size:
            return None
        sending.keep(poured=True)

        def body_from() -> Iterator[bytes]:
            with video.file.open("rb") as stored:
                stored.seek(offset)
                while piece := stored.read(1024 * 1024):
                    sending.renew()
                    yield piece

        sending.renew()
        answer = sending.request(
            "POST",
            sending.steps["upload_url"],
            headers={
                # Here "OAuth", not "Bearer".
                "Authorization": f"OAuth {sending.token()}",
                "offset": str(offset),
                "file_size": str(video.size),
                "Content-Length": str(video.size - offset),
            },
            content=body_from(),
            timeout=settings.LOA_DELIVERY_TIMEOUT * 2,
        )
        told = body_of(answer.body)
        wrong = classify(answer.status, told)
        if wrong is not None:
            return _harmless(wrong)
        if not (told or {}).get("success"):
            return Outcome(Result.RETRY, "upload_cut", str(told)[:200], wait=5)
        sending.keep(offset=video.size)
        return None

    # — publishing ———————————————————————————————————————————————————————————————
    def _finish(self, sending: Any, edge: str, video: Any, reel: bool) -> Outcome:
        text, at = sending.payload["text"], sending.payload.get("scheduled_for")
        kept, wrong = keeps_hour(sending)
        if wrong is not None:
            return wrong
        data = {
            "upload_phase": "finish",
            "title": sending.payload.get("title") or video.title,
            "description": text,
        }
        if reel:
            data |= {"video_id": sending.steps["video_id"], "video_state": "SCHEDULED" if kept else "PUBLISHED"}
        else:
            data |= {"upload_session_id": sending.steps["session"], "published": "false" if kept else "true"}
        if kept:
            data["scheduled_publish_time"] = str(at)
        sending.publishing()
        body, wrong = self._call(sending, "POST", edge, data=data)
        if wrong is not None:
            if wrong.code == "throttled" and reel:
                return Outcome(Result.LATER, "reels_limit", wrong.detail, wait=6 * 3600)
            return wrong
        if body.get("success") is not True:
            return Outcome(Result.UNKNOWN, "busy")
        return Outcome(Result.PROCESSING, "processing", external_id=sending.steps["video_id"], wait=LOOK)

    def _look_at_film(self, sending: Any, *, sent: bool) -> Outcome:
        """How the film stands. `sent`: `finish` was surely taken; else the film says whether it was."""
        key = sending.steps.get("video_id")
        if not key:
            return Outcome(Result.ABSENT, "looked")
        body, wrong = self._call(sending, "GET", key, params={"fields": FIELDS})
        if wrong is not None:
            if wrong.result == Result.ACCOUNT or wrong.code == "gone":
                return wrong
            return Outcome(Result.UNKNOWN, "no_answer", wrong.detail, pause=wrong.pause)
        state = str((body.get("status") or {}).get("video_status") or "")
        link = str(body.get("permalink_url") or "")
        if link.startswith("/"):
            link = f"https://www.facebook.com{link}"
        if state == "ready":
            self._place(sending, key)
            return Outcome(Result.SENT, external_id=key, permalink=link)
        if state == "error":
            return Outcome(Result.REFUSED, "film_error", str(body.get("status"))[:300])
        if state in ("processing", "in_progress") or sent:
            return Outcome(Result.PROCESSING, "processing", external_id=key, permalink=link, wait=LOOK)
        return Outcome(Result.ABSENT, "looked")

    def _place(self, sending: Any, key: str) -> None:
        """Keep the post that shows the film: its comments stand under that one.

        A call of its own: without an answer the film is out all the same.
        """
        try:
            body, _wrong = self._call(sending, "GET", key, params={"fields": "post_id"})
        except DoorError:
            return
        post = str(body.get("post_id") or "")
        if post:
            # Sometimes told without the page in front.
            sending.keep(post_id=post if "_" in post else f"{sending.account.external_id}_{post}")


def _harmless(wrong: Outcome) -> Outcome:
    """A call that may be repeated: what is not known of it does not matter."""
    if wrong.result == Result.UNKNOWN:
        return Outcome(Result.RETRY, wrong.code, wrong.detail, pause=wrong.pause)
    return wrong


def _where(sending: Any) -> dict[str, Any] | None:
    """Where the channel stands, when it refused a piece for beginning elsewhere."""
    error = (body_of(sending.last.body) or {}).get("error") if sending.last is not None else None
    if not isinstance(error, dict) or error.get("error_subcode") != WRONG_OFFSET:
        return None
    told = error.get("error_data")
    return told if isinstance(told, dict) and "start_offset" in told else None


def _arrived(body: dict[str, Any]) -> int:
    """Bytes of a reel that have arrived; the field is spelt with one r there."""
    phase = (body.get("status") or {}).get("uploading_phase") or {}
    return int(phase.get("bytes_transfered") or phase.get("bytes_transferred") or 0)
