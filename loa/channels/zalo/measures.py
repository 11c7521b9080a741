"""Views and shares of an OA's articles: the list tells them ten at a time. Zalo tells nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from loa.channels.rules import Measured, Outcome, Result
from loa.channels.zalo.transport import Zalo

#: how far back the list is read
MOST_PAGES = 30
_api = Zalo()


def measures(talk: Any, rows: list[Any]) -> Iterator[tuple[Any, list[Measured] | Outcome]]:
    """See `kinds.Kind.measures`."""
    wanted = {row.external_id: row for row in rows}
    for number in range(MOST_PAGES):
        if not wanted:
            return
        listed, wrong = _api._slice(talk, number * 10)
        if listed is None:
            if wrong is not None:
                yield next(iter(wanted.values())), wrong
            return
        for told in listed:
            row = wanted.pop(str(told.get("id") or ""), None)
            if row is not None:
                yield row, [_count("views", told.get("total_view")), _count("shares", told.get("total_share"))]
        if len(listed) < 10:
            break
    else:
        return  # older than what was read: nothing is known
    for row in wanted.values():
        yield row, _missing(talk, row)


def _missing(talk: Any, row: Any) -> list[Measured] | Outcome:
    """An article the whole list does not hold is asked for by its number: removed ones are not known any more."""
    _body, wrong = _api._call(talk, "GET", "/v2.0/article/getdetail", params={"id": row.external_id})
    if wrong is None:
        return []  # hidden, or on its way
    gone = wrong.code == "bad_content" and wrong.detail.startswith("-201")
    return Outcome(Result.REFUSED, "gone", wrong.detail) if gone else wrong


def _count(name: str, value: Any) -> Measured:
    text = str(value if value is not None else "")
    return Measured(name, int(text)) if text.isdecimal() else Measured(name, None, "not_told")
