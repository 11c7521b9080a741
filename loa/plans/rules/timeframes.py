"""What the time column of an assignment table means in days, when it means any. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from loa.lib.vi import fold

_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = re.compile(
    r"\bquy\s+((?:i{1,3}|iv|[1-4])\b(?:\s*(?:,|va|-|–|;|\+)\s*(?:quy\s+)?(?:i{1,3}|iv|[1-4])\b)*)"
)
_MONTH = re.compile(
    r"\bthang\s+((?:1[0-2]|0?[1-9])\b(?:\s*(?:,|va|-|–|;|/)\s*(?:thang\s+)?(?:1[0-2]|0?[1-9])\b)*)"
)
_DAY = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?!\d)")


def dates_of(
    timeframe: str | None, starts_on: dt.date | None, ends_on: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    """First and last day meant by "Quý II, III", "Tháng 9", "Trước 30/6"; (None, None) when it means no days.

    Years come from the time of the plan: month 9 of a plan for school year 2026–2027 is September 2026.

    >>> dates_of("Quý II, III", dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    (datetime.date(2025, 4, 1), datetime.date(2025, 9, 30))
    """
    if not timeframe or starts_on is None or ends_on is None:
        return None, None
    text = fold(timeframe)
    quarters = [
        _QUARTERS[part] for found in _QUARTER.finditer(text) for part in re.findall(r"i{1,3}v?|iv|[1-4]", found[1])
    ]
    if quarters:
        return _months([(q - 1) * 3 + m for q in quarters for m in (1, 2, 3)], starts_on, ends_on)
    day = _DAY.search(text)
    if day:
        try:
            month, number = int(day[2]), int(day[1])
            year = int(day[3]) if day[3] else _year_of(month, starts_on, ends_on)
            return None, dt.date(year, month, number)
        except ValueError:
            return None, None
    months = [int(part) for found in _MONTH.finditer(text) for part in re.findall(r"\d{1,2}", found[1])]
    if months:
        if re.search(r"thang\s+\d{1,2}\s*[-–]\s*(?:thang\s+)?\d{1,2}", text) and len(months) == 2:
            first, last = months
            months = [*range(first, last + 1)] if first <= last else [*range(first, 13), *range(1, last + 1)]
        return _months(months, starts_on, ends_on)
    return None, None


#: what goes on in every quarter of the year, as the time column says it
_ALWAYS = re.compile(r"\b(?:thuong xuyen|lien tuc|ca nam|quanh nam|(?:hang|moi) (?:ngay|tuan|thang|quy))\b")


def goes_on(timeframe: str | None) -> bool:
    """Whether the words of the time column mean something that is done in every quarter.

    >>> [goes_on(words) for words in ("Thường xuyên", "Hằng tháng", "Mỗi quý", "Hằng năm", "Trong năm 2026", "")]
    [True, True, True, False, False, False]
    """
    return bool(_ALWAYS.search(fold(timeframe or "")))


def within(
    first: dt.date,
    last: dt.date,
    *,
    starts_on: dt.date | None,
    due_on: dt.date | None,
    timeframe: str | None = "",
) -> bool:
    """Whether a task is to be done between two days.

    From its start to its last day; without a start on its last day alone, without a last day when it starts;
    without either only when its words say that it goes on.

    >>> day = dt.date
    >>> quarter = day(2026, 4, 1), day(2026, 6, 30)
    >>> within(*quarter, starts_on=None, due_on=day(2026, 12, 15))
    False
    >>> within(*quarter, starts_on=day(2026, 2, 1), due_on=day(2026, 12, 15))
    True
    >>> within(*quarter, starts_on=None, due_on=None, timeframe="Thường xuyên")
    True
    """
    if starts_on is None and due_on is None:
        return goes_on(timeframe)
    begin, end = starts_on or due_on, due_on or starts_on
    assert begin is not None
    assert end is not None
    return begin <= last and end >= first


def _year_of(month: int, starts_on: dt.date, ends_on: dt.date) -> int:
    if starts_on.year == ends_on.year or month >= starts_on.month:
        return starts_on.year
    return ends_on.year


def _months(months: list[int], starts_on: dt.date, ends_on: dt.date) -> tuple[dt.date, dt.date]:
    pairs = sorted((_year_of(month, starts_on, ends_on), month) for month in months)
    (year, month), (last_year, last_month) = pairs[0], pairs[-1]
    return dt.date(year, month, 1), dt.date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
