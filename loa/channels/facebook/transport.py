"""Facebook Pages by the Graph API. One call publishes (`/feed`), and only that one is never repeated blindly."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import replace
from typing import Any

from django.conf import settings

from loa.channels.answers import body_of
from loa.channels.facebook.errors import classify, rest_after
from loa.channels.facebook.films import Films, keeps_hour
from loa.channels.facebook.login import app_token
from loa.channels.rules import Intent, Outcome, Result, kept_hour, same_text
from loa.core import clock
from loa.lib.http import DoorError

#: what is read back is at most so much older than our clock says: clocks differ
SLACK = dt.timedelta(minutes=2)
#: scopes without which nothing can be published
NEEDED = ("pages_manage_posts", "pages_read_engagement")
#: scopes without which something of the inbox does not work (developers.facebook.com, Permissions Reference): with
#: comments written by people, with answering and hiding them, with being told at once, with Messenger
TALKING = ("pages_read_user_content", "pages_manage_engagement", "pages_manage_metadata", "pages_messaging")
POST_FIELDS = "id,message,created_time,permalink_url"


def _sub(error: Any) -> dict[str, Any]:
    """code and subcode of `debug_token`'s own error, named as elsewhere."""
    found = error if isinstance(error, dict) else {}
    return {"error_subcode": found.get("subcode"), "message": str(found.get("message") or "")}


class Facebook(Films):
    """See `kinds.Transport`."""

    def _call(self, sending: Any, method: str, path: str, **content: Any) -> tuple[dict[str, Any], Outcome | None]:
        """(body, what is wrong with it or None)."""
        url = f"{settings.LOA_CHANNEL_URLS['facebook']}/{settings.LOA_FACEBOOK_GRAPH_VERSION}/{path}"
        token = sending.token()
        if not token:
            return {}, Outcome(Result.ACCOUNT, "token_missing")
        headers = {"Authorization": f"Bearer {token}"}
        kept = sending.secret()
        secret = str(kept.get("app_secret") or (settings.LOA_FACEBOOK_APP_SECRET if kept.get("by_login") else ""))
        if secret:
            proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            content["params"] = {**content.get("params", {}), "appsecret_proof": proof}
        answer = sending.request(method, url, headers=headers, **content)
        body = body_of(answer.body)
        return body or {}, classify(answer.status, body)

    def _rest(self, sending: Any) -> float:
        return rest_after(sending.last.headers) if sending.last is not None else 0

    # — doing ————————————————————————————————————————————————————————————————————
    def send(self, sending: Any, intent: str) -> Outcome:
        if intent == Intent.WITHDRAW:
            return self._withdraw(sending)
        if intent == Intent.UPDATE:
            return self._update(sending)
        if intent != Intent.PUBLISH:
            return Outcome(Result.REFUSED, "no_api")
        if sending.payload.get("form"):
            return self._film(sending)
        photos = dict(sending.steps.get("photos") or {})
        for picture in sending.pictures():
            if str(picture.position) in photos:
                continue
            with picture.file.open("rb") as stored:
                raw = stored.read()
            # Unpublished: whatever becomes of this upload, no reader sees it.
            body, wrong = self._call(
                sending,
                "POST",
                f"{sending.account.external_id}/photos",
                data={"published": "false", "alt_text_custom": picture.alt},
                files={"source": ("anh.jpg", raw, "image/jpeg")},
            )
            if wrong is None and not body.get("id"):
                wrong = Outcome(Result.RETRY, "busy")
            if wrong is not None:
                return self._refused(sending, self._harmless(wrong))
            photos[str(picture.position)] = str(body["id"])
            sending.keep(photos=photos)
        data: dict[str, str] = {"message": sending.payload["text"], "published": "true"}
        kept, wrong = keeps_hour(sending)
        if wrong is not None:
            return wrong
        if kept:
            data |= {"published": "false", "scheduled_publish_time": str(sending.payload["scheduled_for"])}
        if photos:
            for index, position in enumerate(sorted(photos, key=int)):
                data[f"attached_media[{index}]"] = f'{{"media_fbid":"{photos[position]}"}}'
        elif sending.payload.get("link"):
            data["link"] = sending.payload["link"]
        sending.publishing()
        body, wrong = self._call(
            sending,
            "POST",
            f"{sending.account.external_id}/feed",
            params={"fields": "id,permalink_url"},
            data=data,
        )
        if wrong is not None:
            return self._refused(sending, wrong)
        if not body.get("id"):
            return Outcome(Result.UNKNOWN, "busy")
        return Outcome(
            Result.SENT,
            external_id=str(body["id"]),
            permalink=str(body.get("permalink_url") or ""),
            pause=self._rest(sending),
        )

    def _refused(self, sending: Any, wrong: Outcome) -> Outcome:
        """A post that is not taken leaves no photos behind.

        What cannot be deleted now is unpublished, and used again if a person tries once more. After an earlier
        call of unsure outcome nothing is deleted: should that post turn up after all, it keeps its photos.
        """
        photos, answer = dict(sending.steps.get("photos") or {}), sending.last
        first, called = sending.steps.get("first_call"), sending.delivery.called_at
        only_call = first is None or (called is not None and first == called.isoformat())
        if wrong.result != Result.REFUSED or not photos or not only_call:
            return wrong
        for position, photo in list(photos.items()):
            try:
                _body, failed = self._call(sending, "DELETE", photo)
            except DoorError:
                break
            if failed is None or failed.code == "gone":
                del photos[position]
        sending.keep(photos=photos)
        sending.last = answer  # the attempt keeps why the post was refused
        return wrong

    def _harmless(self, wrong: Outcome) -> Outcome:
        """A call that may be repeated: what is not known of it does not matter."""
        if wrong.result == Result.UNKNOWN:
            return Outcome(Result.RETRY, wrong.code, wrong.detail, pause=wrong.pause)
        return wrong

    def _withdraw(self, sending: Any) -> Outcome:
        sending.publishing()
        _body, wrong = self._call(sending, "DELETE", sending.external_id)
        return self._done(sending) if wrong is None or wrong.code == "gone" else wrong

    def _update(self, sending: Any) -> Outcome:
        """The words, and photos whose people took back their consent: they leave the post one by one."""
        first = sending.first()
        photos = dict(first.steps.get("photos") or {})
        for position in first.post.pictures.filter(gone=True).values_list("position", flat=True):
            photo = photos.get(str(position))
            if photo is None or photo in (sending.steps.get("dropped") or []):
                continue
            _body, wrong = self._call(sending, "DELETE", photo)
            if wrong is not None and wrong.code != "gone":
                return self._harmless(wrong)
            sending.keep(dropped=[*(sending.steps.get("dropped") or []), photo])
        sending.publishing()
        field = "description" if sending.payload.get("form") else "message"
        _body, wrong = self._call(sending, "POST", sending.external_id, data={field: sending.payload["text"]})
        return wrong or self._done(sending)

    def _done(self, sending: Any) -> Outcome:
        return Outcome(Result.SENT, external_id=sending.external_id, permalink=sending.delivery.permalink)

    # — looking ——————————————————————————————————————————————————————————————————
    def find(self, sending: Any, intent: str) -> Outcome:
        if intent != Intent.PUBLISH:
            return self._find_change(sending, intent)
        if sending.payload.get("form"):
            return self._look_at_film(sending, sent=False)
        hour = kept_hour(sending.payload)
        if hour is not None:
            # What waits for its hour there is in no other list; it leaves this one when the hour comes, so that
            # the posts are read after it.
            outcome = self._among(sending, "scheduled_posts", {})
            if outcome.result != Result.ABSENT:
                return outcome
        # From the first call on: one that was kept has its hour as its time, one published early that of the deed.
        since = sending.since - SLACK
        outcome = self._among(sending, "posts", {"since": str(int(since.timestamp()))})
        if outcome.result != Result.ABSENT:
            return outcome
        left = (hour + SLACK - clock.now()).total_seconds() if hour is not None else 0
        if 0 < left < 2 * SLACK.total_seconds():
            # Just changing from one list to the other.
            return Outcome(Result.UNKNOWN, "no_answer", wait=left)
        if sending.delivery.code == "duplicate":
            # The channel says it has it, we cannot see it: sending again would only be refused.
            return Outcome(Result.ASK, "duplicate", sending.delivery.detail)
        return Outcome(Result.ABSENT, "looked")

    def _among(self, sending: Any, edge: str, narrowed: dict[str, str]) -> Outcome:
        """The post by its words in one list of the page; ABSENT only when the list was read whole."""
        path = f"{sending.account.external_id}/{edge}"
        params = {"fields": POST_FIELDS, "limit": "100", **narrowed}
        for _page in range(10):
            body, wrong = self._call(sending, "GET", path, params=params)
            if wrong is not None:
                if wrong.result == Result.ACCOUNT:
                    return wrong
                return Outcome(Result.UNKNOWN, "no_answer", wrong.detail, pause=wrong.pause)
            rows = body.get("data")
            if not isinstance(rows, list):
                return Outcome(Result.UNKNOWN, "no_answer")
            for row in rows:
                found = str(row.get("id") or "")
                if same_text(str(row.get("message") or ""), sending.payload["text"]) and not sending.taken(found):
                    return Outcome(Result.SENT, external_id=found, permalink=str(row.get("permalink_url") or ""))
            after = ((body.get("paging") or {}).get("cursors") or {}).get("after")
            if not after or not (body.get("paging") or {}).get("next"):
                return Outcome(Result.ABSENT, "looked")
            params["after"] = after
        return Outcome(Result.UNKNOWN, "no_answer")

    def _find_change(self, sending: Any, intent: str) -> Outcome:
        """Whether the post says the new words, or is gone. Both deeds may be repeated when they did not happen."""
        field = "description" if sending.payload.get("form") else "message"
        fields = f"id,{field}"
        body, wrong = self._call(sending, "GET", sending.external_id, params={"fields": fields})
        if wrong is not None and wrong.code == "gone":
            return self._done(sending) if intent == Intent.WITHDRAW else wrong
        if wrong is not None:
            if wrong.result == Result.ACCOUNT:
                return wrong
            return Outcome(Result.UNKNOWN, "no_answer", wrong.detail, pause=wrong.pause)
        if intent == Intent.UPDATE and same_text(str(body.get(field) or ""), sending.payload["text"]):
            return self._done(sending)
        return Outcome(Result.ABSENT, "looked")

    def poll(self, sending: Any, intent: str) -> Outcome:
        if sending.payload.get("form"):
            return self._look_at_film(sending, sent=True)
        return self.find(sending, intent)

    def health(self, sending: Any) -> Outcome:
        """The token must be this page's own and may publish."""
        body, wrong = self._call(sending, "GET", "me", params={"fields": "id,name"})
        if wrong is not None:
            return wrong
        if str(body.get("id")) != sending.account.external_id:
            return Outcome(Result.ACCOUNT, "wrong_token", str(body.get("name") or ""))
        outcome = self._debug(sending)
        if outcome.result != Result.SENT:
            return outcome
        # A call of its own: a number that is not told breaks no check.
        told, _wrong = self._call(sending, "GET", "me", params={"fields": "followers_count"})
        count = told.get("followers_count")
        return replace(outcome, facts={**outcome.facts, "followers": count}) if isinstance(count, int) else outcome

    def _debug(self, sending: Any) -> Outcome:
        """What the app may know of the token: whether it is a page's, what it may do, when it dies.

        Of a pasted token it knows that only when the token is of the same app: "unproven" says that it is not.
        """
        unseen = Outcome(Result.SENT, facts={"unproven": True})
        pasted = not sending.secret().get("by_login")
        if not app_token():
            return unseen if pasted else Outcome(Result.SENT)
        url = f"{settings.LOA_CHANNEL_URLS['facebook']}/{settings.LOA_FACEBOOK_GRAPH_VERSION}/debug_token"
        answer = sending.request("GET", url, params={"input_token": sending.token(), "access_token": app_token()})
        body = body_of(answer.body) or {}
        found = body.get("data")
        if not isinstance(found, dict) or (pasted and str(found.get("app_id")) != settings.LOA_FACEBOOK_APP_ID):
            # The page answered: that the token cannot be looked into closer harms nothing.
            return unseen if pasted else Outcome(Result.SENT)
        if not found.get("is_valid", True):
            return classify(400, {"error": {"code": 190, **_sub(found.get("error"))}}) or Outcome(Result.SENT)
        if str(found.get("type") or "PAGE") != "PAGE":
            return Outcome(Result.ACCOUNT, "wrong_token", str(found.get("type")))
        given = found.get("scopes")
        lacking = [name for name in NEEDED if isinstance(given, list) and name not in given]
        if lacking:
            return Outcome(Result.ACCOUNT, "permission", ", ".join(lacking))
        ends = [int(found[name]) for name in ("expires_at", "data_access_expires_at") if found.get(name)]
        until = dt.datetime.fromtimestamp(min(ends), dt.UTC).date().isoformat() if ends else ""
        silent = [name for name in TALKING if isinstance(given, list) and name not in given]
        return Outcome(Result.SENT, facts={"token_until": until, "unproven": False, "talk_scopes": silent or None})
