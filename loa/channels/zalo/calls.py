"""One call to a host of Zalo; an access token that died is renewed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from loa.channels.answers import body_of
from loa.channels.rules import Outcome, Result
from loa.channels.zalo import tokens
from loa.channels.zalo.errors import rest_after


def rested(talk: Any, outcome: Outcome) -> Outcome:
    """The outcome of a try, with a rest for the account where Zalo's last answer says that its calls run out."""
    rest = rest_after(talk.last.headers) if talk.last is not None else 0
    return replace(outcome, pause=rest) if rest > outcome.pause else outcome


def call(
    talk: Any,
    method: str,
    url: str,
    classify: Callable[[int, dict[str, Any] | None], Outcome | None],
    **content: Any,
) -> tuple[dict[str, Any], Outcome | None]:
    """(body, what is wrong or None). `classify`: the host's own error codes; "token_expired" asks for renewing.

    Calling again is safe for everything: a dead token is turned away before anything is done. Raises DoorError.
    """
    for renewed in (False, True):
        token = talk.token()
        if not token:
            return {}, Outcome(Result.ACCOUNT, "token_missing")
        answer = talk.request(method, url, headers={"access_token": token}, **content)
        body = body_of(answer.body)
        wrong = classify(answer.status, body)
        if wrong is None or wrong.code != "token_expired" or renewed:
            return body or {}, wrong
        lost = tokens.renew(talk, token)
        if lost is not None:
            return body or {}, lost
    raise AssertionError
