"""What an address or a form field holds, read leniently: a value that cannot be meant is as good as none."""

from __future__ import annotations

import datetime as dt
from typing import Any

#: years something of Loa may lie in; a day outside cannot be reckoned with (`date.max` has no morrow)
FIRST_YEAR, LAST_YEAR = 1900, 2199


def whole(text: Any, *, digits: int = 15) -> int | None:
    """A whole number of at most `digits` plain digits, else None.

    `str.isdigit()` alone lets "²" through, which `int()` refuses, and thirty nines, which no column holds.
    """
    text = str(text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def day(text: Any) -> dt.date | None:
    """A day written as 2026-05-16, else None."""
    try:
        found = dt.date.fromisoformat(str(text or "").strip())
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def month(text: Any) -> dt.date | None:
    """The first day of a month written as 2026-05, else None."""
    return day(f"{str(text or '').strip()}-01")
