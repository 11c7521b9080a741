"""Reactions and reach of posts on a Page. Each metric is asked for by itself: one that is gone fails a whole call.

Names of metrics change every year: LOA_FACEBOOK_METRICS names them. What is counted on the post itself (reactions,
comments, shares) needs no insights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from loa.channels.facebook.errors import rest_after
from loa.channels.facebook.transport import Facebook
from loa.channels.rules import Measured, Outcome, Result

COUNTED = "shares,reactions.summary(true).limit(0),comments.summary(true).limit(0)"
_api = Facebook()


def measures(talk: Any, rows: list[Any]) -> Iterator[tuple[Any, list[Measured] | Outcome]]:
    """See `kinds.Kind.measures`."""
    for row in rows:
        if row.post.payload.get("form"):
            yield row, _of_film(talk, row)
            continue
        body, wrong = _api._call(talk, "GET", row.external_id, params={"fields": COUNTED})
        if wrong is not None:
            yield row, wrong
            if wrong.code != "gone":
                return
            continue
        found = [_counted(body, "reactions"), _counted(body, "comments"), _shares(body)]
        for name, metric in settings.LOA_FACEBOOK_METRICS.items():
            told, wrong = _api._call(talk, "GET", f"{row.external_id}/insights", params={"metric": metric})
            if (
                wrong is not None
                and wrong.result in (Result.ACCOUNT, Result.UNKNOWN)
                and wrong.code != "permission"
            ):
                yield row, found
                yield row, wrong
                return
            found.append(_metric(name, told, wrong))
        yield row, found
        rest = rest_after(talk.last.headers) if talk.last is not None else 0
        if rest:
            # What is left of the budget belongs to posts.
            yield row, Outcome(Result.RETRY, "throttled", pause=rest)
            return


def _of_film(talk: Any, row: Any) -> list[Measured] | Outcome:
    """A film counts its own likes and comments."""
    fields = "views,likes.summary(true).limit(0),comments.summary(true).limit(0)"
    body, wrong = _api._call(talk, "GET", row.external_id, params={"fields": fields})
    if wrong is not None:
        return wrong
    likes = _counted(body, "likes")
    views = body.get("views")
    return [
        Measured("views", views) if isinstance(views, int) else Measured("views", None, "not_told"),
        Measured("reactions", likes.value, likes.code),
        _counted(body, "comments"),
    ]


def _counted(body: dict[str, Any], name: str) -> Measured:
    total = ((body.get(name) or {}).get("summary") or {}).get("total_count")
    return Measured(name, total) if isinstance(total, int) else Measured(name, None, "not_told")


def _shares(body: dict[str, Any]) -> Measured:
    # The field is left out while there is none.
    count = (body.get("shares") or {}).get("count", 0)
    return Measured("shares", count) if isinstance(count, int) else Measured("shares", None, "not_told")


def _metric(name: str, body: dict[str, Any], wrong: Outcome | None) -> Measured:
    if wrong is not None:
        return Measured(name, None, "metric_rights" if wrong.code == "permission" else "metric_gone")
    rows = body.get("data")
    try:
        value = rows[0]["values"][-1]["value"]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        return Measured(name, None, "not_told")
    if isinstance(value, dict):
        value = sum(part for part in value.values() if isinstance(part, int))
    return Measured(name, value) if isinstance(value, int) else Measured(name, None, "not_told")
