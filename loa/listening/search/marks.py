"""Marks of an entry: what it is about, as words of their own that no text can hold.

One letter, a colon, a value. On PostgreSQL they stand among the words behind a ~.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

#: the form of an entry, its marks and words together: one more whenever they change, so that what was indexed
#: before is written anew (`renew.py`). 2: with ASKING
FORM = 2

#: not about education here; the only mark that is asked for by its absence, because most items lack it
ELSEWHERE = "x:1"


#: somebody asks something
ASKING = "q:1"


def listener(unit_id: int) -> str:
    """Heard by that unit."""
    return f"u:{unit_id}"


def about(unit_id: int) -> str:
    """Means that unit."""
    return f"v:{unit_id}"


def topic(code: str) -> str:
    """Of that topic."""
    return f"t:{code}"


def source(source_id: int) -> str:
    """From that source."""
    return f"s:{source_id}"


def outlet(code: str) -> str:
    """From that sort of outlet."""
    return f"o:{code}"


def tone(code: str) -> str:
    """In that tone."""
    return f"k:{code}"


def harm(code: str) -> str:
    """That toxic."""
    return f"h:{code}"


def of(
    *,
    unit_id: int,
    source_id: int,
    relevant: bool,
    outlet_code: str,
    tone_code: str,
    harm_code: str,
    topics: Iterable[str],
    units: Iterable[int],
    asking: bool = False,
) -> list[str]:
    """All marks of an item."""
    marks = [listener(unit_id), source(source_id), outlet(outlet_code)]
    if not relevant:
        marks.append(ELSEWHERE)
    if asking:
        marks.append(ASKING)
    if tone_code:
        marks.append(tone(tone_code))
    if harm_code:
        marks.append(harm(harm_code))
    return [*marks, *(topic(code) for code in topics), *(about(pk) for pk in units)]


# — months, by which PostgreSQL is kept from reading years of a word —————————————————————


def month(moment: dt.datetime) -> int:
    """Months since the year 0, in UTC."""
    at = moment.astimezone(dt.UTC)
    return at.year * 12 + at.month - 1


def in_month(number: int) -> str:
    """Of that month."""
    return f"m:{number}"
