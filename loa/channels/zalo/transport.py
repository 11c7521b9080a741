"""Zalo OA: articles are taken, worked on, and have an id only afterwards."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse

from loa.channels.kinds import kind_of
from loa.channels.models import ChannelSecret
from loa.channels.rules import Intent, Outcome, Result, same_text, squeeze
from loa.channels.zalo import targets, templates, tokens
from loa.channels.zalo.broadcast import window
from loa.channels.zalo.calls import call, rested
from loa.channels.zalo.errors import answered, classify
from loa.channels.zalo.format import body_of_article
from loa.core import clock

SLACK = dt.timedelta(minutes=2)


def _texts(body: Any) -> list[str]:
    """What a reader sees of an article's blocks: words and addresses of pictures."""
    rows = body if isinstance(body, list) else []
    return [squeeze(str(row.get("content") or row.get("url") or "")) for row in rows if isinstance(row, dict)]


def day_of(text: Any) -> str | None:
    """ "31/12/2026" as an ISO date; None when it is none."""
    try:
        return dt.datetime.strptime(str(text), "%d/%m/%Y").date().isoformat()
    except ValueError:
        return None


class Zalo:
    """See `kinds.Transport`."""

    def _call(self, sending: Any, method: str, path: str, **content: Any) -> tuple[dict[str, Any], Outcome | None]:
        """(body, what is wrong or None). A token about to die is renewed ahead of time."""
        row = ChannelSecret.objects.filter(account=sending.account).first()
        if row is not None and tokens.due(row):
            wrong = tokens.renew(sending, sending.token())
            if wrong is not None and wrong.result == Result.ACCOUNT:
                return {}, wrong
        return call(sending, method, f"{settings.LOA_CHANNEL_URLS['zalo']}{path}", classify, **content)

    def _article(self, sending: Any) -> dict[str, Any]:
        payload = sending.payload
        pictures = [
            (settings.BASE_URL + reverse("channel_picture", args=[picture.key]), picture.caption)
            for picture in sending.pictures()
        ]
        return {
            "type": "normal",
            "title": payload["title"],
            "author": payload["author"],
            "description": payload["text"],
            "cover": {"cover_type": "photo", "photo_url": pictures[0][0] if pictures else "", "status": "show"},
            "body": body_of_article(payload, pictures),
            # Without it the article exists and nobody sees it.
            "status": "show",
            "comment": "show",
        }

    def _broadcast(self, sending: Any) -> Outcome:
        """Hand articles to the followers. What became of a lost answer cannot be read back: a person looks."""
        morning = window(clock.local(clock.now()), random.random())  # noqa: S311 - spreads load
        if morning is not None:
            return Outcome(Result.LATER, "night", until=morning)
        elements = [{"media_type": "article", "attachment_id": article} for article in sending.payload["articles"]]
        body = {
            "recipient": {"target": targets.sent(sending.payload["target"])},
            "message": {
                "attachment": {"type": "template", "payload": {"template_type": "media", "elements": elements}}
            },
        }
        if sending.leaving():
            return Outcome(Result.REFUSED, "article_gone")
        sending.publishing()
        answer, wrong = self._call(sending, "POST", "/v2.0/oa/message", json=body)
        if wrong is not None and wrong.code == "night":
            return Outcome(Result.LATER, "night", wrong.detail, until=clock.now() + dt.timedelta(hours=1))
        if wrong is not None and wrong.result == Result.UNKNOWN:
            return Outcome(Result.ASK, "no_readback", wrong.detail)
        if wrong is not None:
            return replace(wrong, code="broadcast_quota") if wrong.code == "oa_quota" else wrong
        found = str((answer.get("data") or {}).get("message_id") or "")
        return Outcome(Result.SENT, external_id=found) if found else Outcome(Result.ASK, "no_readback")

    def send(self, sending: Any, intent: str) -> Outcome:
        return rested(sending, self._send(sending, intent))

    def _send(self, sending: Any, intent: str) -> Outcome:
        if intent == Intent.BROADCAST:
            return self._broadcast(sending)
        if intent == Intent.TEMPLATE:
            return templates.send(sending)
        if intent == Intent.WITHDRAW:
            sending.publishing()
            _body, wrong = self._call(sending, "POST", "/v2.0/article/remove", json={"id": sending.external_id})
            return wrong or Outcome(Result.SENT, external_id=sending.external_id)
        if not sending.pictures():
            return Outcome(Result.REFUSED, "no_cover")
        article = self._article(sending)
        path = "/v2.0/article/create"
        if intent == Intent.UPDATE:
            article, path = {**article, "id": sending.external_id}, "/v2.0/article/update"
        if sending.steps.get("token"):
            sending.keep(token="")  # of an earlier try: it says nothing of this one
        sending.publishing()
        body, wrong = self._call(sending, "POST", path, json=article)
        if wrong is not None:
            return wrong
        token = str((body.get("data") or {}).get("token") or "")
        if not token:
            return Outcome(Result.UNKNOWN, "busy")
        sending.keep(token=token)
        return Outcome(Result.PROCESSING, "processing", wait=4)

    def poll(self, sending: Any, intent: str) -> Outcome:
        return rested(sending, self._poll(sending))

    def _poll(self, sending: Any) -> Outcome:
        body, wrong = self._call(sending, "POST", "/v2.0/article/verify", json={"token": sending.steps["token"]})
        if wrong is not None:
            if wrong.result in (Result.REFUSED, Result.UNKNOWN):
                return Outcome(Result.UNKNOWN, wrong.code if answered(wrong) else "no_answer", wrong.detail)
            return wrong
        data = body.get("data") or {}
        found = str(data.get("id") or data.get("article_id") or "")
        if not found:
            return Outcome(Result.UNKNOWN, "no_answer")
        return Outcome(Result.SENT, external_id=found, permalink=self._link(sending, found))

    def _link(self, sending: Any, found: str) -> str:
        """The reader's address; without it the article is published all the same."""
        for row in self._slice(sending)[0] or []:
            if str(row.get("id")) == found:
                return str(row.get("link_view") or "")
        return ""

    def _slice(self, sending: Any, offset: int = 0) -> tuple[list[dict[str, Any]] | None, Outcome | None]:
        params = {"offset": str(offset), "limit": "10", "type": "normal"}
        body, wrong = self._call(sending, "GET", "/v2.0/article/getslice", params=params)
        rows = (body.get("data") or {}).get("medias")
        return (None, wrong) if wrong is not None or not isinstance(rows, list) else (rows, None)

    def find(self, sending: Any, intent: str) -> Outcome:
        return rested(sending, self._find(sending, intent))

    def _find(self, sending: Any, intent: str) -> Outcome:
        if intent in (Intent.BROADCAST, Intent.TEMPLATE):
            return Outcome(Result.ASK, "no_readback")
        if intent == Intent.WITHDRAW:
            return self._find_removed(sending)
        told: Outcome | None = None
        if sending.steps.get("token"):
            told = self._poll(sending)
            if told.result not in (Result.UNKNOWN, Result.PROCESSING) or told.code == "no_answer":
                return told
        found = self._find_update(sending) if intent == Intent.UPDATE else self._find_listed(sending)
        if found.result != Result.ABSENT or told is None:
            return found
        # Not to be seen, and the token still says something: what is worked on is not sent again, and what Zalo
        # gives up is only once it had the time in which it lists articles.
        if told.result == Result.PROCESSING:
            return told
        left = self._settles_in(sending)
        return Outcome(Result.UNKNOWN, told.code, told.detail, wait=left) if left > 0 else found

    def _settles_in(self, sending: Any) -> float:
        """Seconds (unscaled) until the list can be believed to lack an article."""
        called = sending.delivery.called_at
        if called is None or not settings.LOA_DELIVERY_PACE:
            return 0
        age = (clock.now() - called).total_seconds() / settings.LOA_DELIVERY_PACE
        return float(kind_of(sending.account).settles - age)

    def _find_listed(self, sending: Any) -> Outcome:
        """The article by its title, among those made since our first call."""
        since = int((sending.since - SLACK).timestamp() * 1000)
        for offset in range(0, 100, 10):
            rows, wrong = self._slice(sending, offset)
            if wrong is not None and wrong.result == Result.ACCOUNT:
                return wrong
            if rows is None:
                return Outcome(Result.UNKNOWN, "no_answer")
            for row in rows:
                found = str(row.get("id") or "")
                fresh = int(row.get("create_date") or 0) >= since
                title = str(row.get("title") or "")
                if fresh and same_text(title, sending.payload["title"]) and not sending.taken(found):
                    return Outcome(Result.SENT, external_id=found, permalink=str(row.get("link_view") or ""))
            if len(rows) < 10 or all(int(row.get("create_date") or 0) < since for row in rows):
                return Outcome(Result.ABSENT, "looked")
        # A hundred newer ones, and more behind them: not read whole.
        return Outcome(Result.UNKNOWN, "no_answer")

    def _detail(self, sending: Any) -> tuple[dict[str, Any] | None, Outcome | None]:
        """The article as it stands: (its fields, None), or (None, why not)."""
        params = {"id": sending.external_id}
        body, wrong = self._call(sending, "GET", "/v2.0/article/getdetail", params=params)
        if wrong is not None:
            return None, wrong
        found = body.get("data")
        return (found, None) if isinstance(found, dict) else (None, Outcome(Result.UNKNOWN, "no_answer"))

    def _find_removed(self, sending: Any) -> Outcome:
        """An article that is gone is not known any more: -201, "id is invalid!"."""
        _found, wrong = self._detail(sending)
        if wrong is None:
            return Outcome(Result.ABSENT, "looked")
        if wrong.code == "bad_content":
            return Outcome(Result.SENT, external_id=sending.external_id)
        return wrong if wrong.result == Result.ACCOUNT else Outcome(Result.UNKNOWN, "no_answer", wrong.detail)

    def _find_update(self, sending: Any) -> Outcome:
        """Whether the article has the new title, description and text. Sending them twice does no harm."""
        found, wrong = self._detail(sending)
        if found is None:
            if wrong is not None and wrong.result in (Result.ACCOUNT, Result.REFUSED):
                return wrong
            return Outcome(Result.UNKNOWN, "no_answer")
        wanted = self._article(sending)
        same = all(same_text(str(found.get(name) or ""), wanted[name]) for name in ("title", "description"))
        if same and _texts(found.get("body")) == _texts(wanted["body"]):
            return Outcome(Result.SENT, external_id=sending.external_id, permalink=sending.delivery.permalink)
        return Outcome(Result.ABSENT, "looked")

    def health(self, sending: Any) -> Outcome:
        """The OA behind the token must be this one; who may not read its articles may not write them either."""
        body, wrong = self._call(sending, "GET", "/v2.0/oa/getoa")
        if wrong is not None:
            return wrong
        data = body.get("data") or {}
        if str(data.get("oaid") or data.get("oa_id")) != sending.account.external_id:
            return Outcome(Result.ACCOUNT, "wrong_token", str(data.get("name") or ""))
        facts = {
            "followers": data.get("num_follower"),
            "verified": data.get("is_verified"),
            "package": data.get("package_name"),
            "package_until": day_of(data.get("package_valid_through_date")),
            "zca": _linked(data),
        }
        facts = {name: value for name, value in facts.items() if value is not None}
        params = {"offset": "0", "limit": "1", "type": "normal"}
        _body, wrong = self._call(sending, "GET", "/v2.0/article/getslice", params=params)
        if wrong is not None and wrong.result == Result.ACCOUNT:
            return wrong
        if wrong is None or wrong.result == Result.REFUSED:
            # A package without articles is no broken connection: people are still answered through it.
            facts["articles"] = wrong.code if wrong else ""
        return Outcome(Result.SENT, facts=facts)


def _linked(data: dict[str, Any]) -> bool | None:
    """Whether a Zalo Cloud Account is linked; the two copies of Zalo's page spell the field differently."""
    told = next((data[name] for name in ("linked_ZCA", "linked_zca") if name in data), None)
    return None if told is None else str(told).lower() not in ("", "0", "false", "null", "none")
