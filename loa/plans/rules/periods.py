"""The time a plan runs, and how many periods of a kind fall due in it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from loa.lib.calendar import Kind, make_period, periods_between

#: periods a directive may have
PERIODS = ("week", "month", "quarter", "semester", "year", "school_year")


def span_of(period: Mapping[str, Any] | None) -> tuple[dt.date, dt.date] | None:
    """First and last day of {"year": 2025}, {"year": 2026, "quarter": 2}, {"year": 2026, "quarters": [1, 2]} or
    {"school_year": "2020-2021"}.

    None when nothing of it is given.
    """
    if not period:
        return None
    if period.get("school_year"):
        made = make_period("school_year", int(str(period["school_year"])[:4]))
        return made.start, made.end
    if not period.get("year"):
        return None
    year = int(str(period["year"])[:4])
    quarters = period.get("quarters") or [period.get("quarter")]
    if quarters[0]:
        return make_period("quarter", year, quarters[0]).start, make_period("quarter", year, quarters[-1]).end
    made = make_period("year", year)
    return made.start, made.end


def falling_due(period: str, starts_on: dt.date, ends_on: dt.date) -> int:
    """How many periods end between two days, at least 1; also 1 for a single deadline ("").

    The figure shown before a plan is issued; what a unit really owes is computed by reporting.
    """
    if period not in PERIODS or ends_on < starts_on:
        return 1
    found = periods_between(starts_on, ends_on, cast(Kind, period))
    return max(1, sum(1 for one in found if starts_on <= one.end <= ends_on))
