"""The calendar of an education authority: periods, working days, lunar dates, the sector's days. Pure Python."""

from __future__ import annotations

from .days import SECTOR_DAYS, SectorDay, sector_days
from .lunar import LunarDate, from_lunar, to_lunar
from .periods import (
    KIND_NAMES,
    KINDS,
    Kind,
    Period,
    SchoolYear,
    make_period,
    next_period,
    parse_period,
    period_of,
    periods_between,
    previous_period,
    school_year,
)
from .words import WEEKDAYS, ago_words, date_line, day_words, document_date, short_date, weekday_name
from .workdays import (
    VIETNAM,
    add_working_days,
    due_words,
    holiday_name,
    is_working_day,
    local_day,
    next_working_day,
    set_overrides,
    working_days_between,
    working_days_left,
)

__all__ = [
    "KINDS",
    "KIND_NAMES",
    "SECTOR_DAYS",
    "VIETNAM",
    "WEEKDAYS",
    "Kind",
    "LunarDate",
    "Period",
    "SchoolYear",
    "SectorDay",
    "add_working_days",
    "ago_words",
    "date_line",
    "day_words",
    "document_date",
    "due_words",
    "from_lunar",
    "holiday_name",
    "is_working_day",
    "local_day",
    "make_period",
    "next_period",
    "next_working_day",
    "parse_period",
    "period_of",
    "periods_between",
    "previous_period",
    "school_year",
    "sector_days",
    "set_overrides",
    "short_date",
    "to_lunar",
    "weekday_name",
    "working_days_between",
    "working_days_left",
]
