"""Periods in which work is owed and counted: week, month, quarter, half year, semester, year, school year.

All dates are inclusive and local (Asia/Ho_Chi_Minh).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["week", "month", "quarter", "half_year", "semester", "year", "school_year"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: what one of each is called
KIND_NAMES: dict[Kind, str] = {
    "week": "tuần",
    "month": "tháng",
    "quarter": "quý",
    "half_year": "sáu tháng",
    "semester": "học kỳ",
    "year": "năm",
    "school_year": "năm học",
}
ROMAN = ("", "I", "II", "III", "IV")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class SchoolYear:
    """The dates of one school year; `year` is the one in which it begins (2026 for 2026–2027).

    The default follows the framework the Ministry sets year after year (last read: 2025–2026): opening on 5/9,
    semester I over before 18/1, the year over before 31/5. A province's own dates replace it (`school_years=`).
    The reporting year has no gap: it runs from 1/9 (pupils are back a week before the opening) to 31/8, so that
    what happens in the summer belongs to the school year that has just been taught.
    """

    year: int
    start: dt.date
    opening: dt.date
    semester_1_end: dt.date
    semester_2_start: dt.date
    semester_2_end: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        dates = (
            self.start,
            self.opening,
            self.semester_1_end,
            self.semester_2_start,
            self.semester_2_end,
            self.end,
        )
        if list(dates) != sorted(dates) or self.semester_1_end >= self.semester_2_start:
            raise ValueError(f"Các mốc của năm học {self.year}–{self.year + 1} không theo thứ tự thời gian.")


SchoolYears = Mapping[int, SchoolYear]


def school_year(year: int, school_years: SchoolYears | None = None) -> SchoolYear:
    """The dates of the school year that begins in `year`: as decided, or the usual pattern."""
    if school_years and year in school_years:
        return school_years[year]
    return SchoolYear(
        year=year,
        start=dt.date(year, 9, 1),
        opening=dt.date(year, 9, 5),
        semester_1_end=dt.date(year + 1, 1, 17),
        semester_2_start=dt.date(year + 1, 1, 18),
        semester_2_end=dt.date(year + 1, 5, 31),
        end=dt.date(year + 1, 8, 31),
    )


@dataclass(frozen=True, order=True)
class Period:
    """One period. Sorts by start. `number` is the week (ISO), month, quarter, half or semester, 0 for whole years.

    `year` is the year in which a school year (and its semesters) begins; for a week the ISO year.
    """

    start: dt.date
    end: dt.date
    kind: Kind
    year: int
    number: int = 0

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def code(self) -> str:
        """Stable and sortable within a kind: 2026-W47, 2026-11, 2026-Q4, 2026-H2, 2026-2027-S1, 2026,
        2026-2027."""
        years = f"{self.year}-{self.year + 1}"
        return {
            "week": f"{self.year}-W{self.number:02d}",
            "month": f"{self.year}-{self.number:02d}",
            "quarter": f"{self.year}-Q{self.number}",
            "half_year": f"{self.year}-H{self.number}",
            "semester": f"{years}-S{self.number}",
            "year": f"{self.year}",
            "school_year": years,
        }[self.kind]

    @property
    def label(self) -> str:
        """For the middle of a sentence: "quý IV/2026", "học kỳ I năm học 2026–2027"."""
        years = f"năm học {self.year}–{self.year + 1}"
        return {
            "week": f"tuần {self.number}/{self.year}",
            "month": f"tháng {self.number}/{self.year}",
            "quarter": f"quý {ROMAN[self.number % 5]}/{self.year}",
            "half_year": f"sáu tháng {'đầu' if self.number == 1 else 'cuối'} năm {self.year}",
            "semester": f"học kỳ {ROMAN[self.number % 5]} {years}",
            "year": f"năm {self.year}",
            "school_year": years,
        }[self.kind]

    @property
    def title(self) -> str:
        """`label` with a capital: "Quý IV/2026"."""
        return self.label[0].upper() + self.label[1:]

    @property
    def span(self) -> str:
        """ "01/10–31/12/2026"."""
        first = f"{self.start:%d/%m}" if self.start.year == self.end.year else f"{self.start:%d/%m/%Y}"
        return f"{first}–{self.end:%d/%m/%Y}"

    def overlap(self, start: dt.date | None, end: dt.date | None) -> int:
        """Days this period shares with start…end (None = open): what pro-rating is made from."""
        first = self.start if start is None else max(self.start, start)
        last = self.end if end is None else min(self.end, end)
        return max(0, (last - first).days + 1)


def make_period(kind: Kind, year: int, number: int = 0, school_years: SchoolYears | None = None) -> Period:
    """The period of that kind, year and number. Raises ValueError when there is none (week 53 of a short year)."""
    if kind not in KINDS:
        raise ValueError(f"Không có loại kỳ “{kind}”.")
    limit = {"week": 53, "month": 12, "quarter": 4, "half_year": 2, "semester": 2, "year": 0, "school_year": 0}[
        kind
    ]
    if not (min(limit, 1) <= number <= limit):
        raise ValueError(f"Không có {KIND_NAMES[kind]} {number} trong năm {year}.")
    if kind == "week":
        start = dt.date.fromisocalendar(year, number, 1)
        return Period(start, start + 6 * _DAY, kind, year, number)
    if kind in ("semester", "school_year"):
        of = school_year(year, school_years)
        if kind == "school_year":
            return Period(of.start, of.end, kind, year)
        if number == 1:
            return Period(of.start, of.semester_1_end, kind, year, 1)
        return Period(of.semester_2_start, of.semester_2_end, kind, year, 2)
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[kind]
    first = months * (number - 1) + 1 if number else 1
    after = first + months
    end = dt.date(year + (after > 12), (after - 1) % 12 + 1, 1) - _DAY
    return Period(dt.date(year, first, 1), end, kind, year, number)


def period_of(day: dt.date, kind: Kind, school_years: SchoolYears | None = None) -> Period:
    """The period of a kind to which a day counts.

    A day between two semesters (the summer, the break in January) counts to the one just over, so the period may
    end before the day: `day in period` tells.
    """
    if kind == "week":
        year, week, _ = day.isocalendar()
        return make_period("week", year, week)
    if kind in ("semester", "school_year"):
        year = day.year if day >= school_year(day.year, school_years).start else day.year - 1
        if kind == "school_year":
            return make_period("school_year", year, 0, school_years)
        second = day >= school_year(year, school_years).semester_2_start
        return make_period("semester", year, 2 if second else 1, school_years)
    number = {"month": day.month, "quarter": (day.month + 2) // 3, "half_year": (day.month + 5) // 6, "year": 0}[
        kind
    ]
    return make_period(kind, day.year, number)


def next_period(period: Period, school_years: SchoolYears | None = None) -> Period:
    """The period of the same kind that follows."""
    if period.kind == "week":
        return period_of(period.end + _DAY, "week")
    last = {"month": 12, "quarter": 4, "half_year": 2, "semester": 2}.get(period.kind, 0)
    if period.number < last:
        return make_period(period.kind, period.year, period.number + 1, school_years)
    return make_period(period.kind, period.year + 1, min(1, last), school_years)


def previous_period(period: Period, school_years: SchoolYears | None = None) -> Period:
    """The period of the same kind that comes before."""
    if period.kind == "week":
        return period_of(period.start - _DAY, "week")
    if period.number > 1:
        return make_period(period.kind, period.year, period.number - 1, school_years)
    last = {"month": 12, "quarter": 4, "half_year": 2, "semester": 2}.get(period.kind, 0)
    return make_period(period.kind, period.year - 1, last, school_years)


def periods_between(
    start: dt.date, end: dt.date, kind: Kind, school_years: SchoolYears | None = None
) -> list[Period]:
    """All periods of a kind that share at least one day with start…end, in order; [] when end is before start."""
    found: list[Period] = []
    period = period_of(start, kind, school_years)
    while period.start <= end:
        if period.overlap(start, end):
            found.append(period)
        period = next_period(period, school_years)
    return found


_CODES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("week", re.compile(r"(\d{4})-W(\d\d)")),
    ("school_year", re.compile(r"(?P<a>\d{4})-(?P<b>\d{4})")),
    ("semester", re.compile(r"(\d{4})-\d{4}-S(\d)")),
    ("month", re.compile(r"(\d{4})-(\d\d)")),
    ("quarter", re.compile(r"(\d{4})-Q(\d)")),
    ("half_year", re.compile(r"(\d{4})-H(\d)")),
    ("year", re.compile(r"(\d{4})")),
)


def parse_period(code: str, school_years: SchoolYears | None = None) -> Period:
    """The period with that code. Raises ValueError when it names none."""
    for kind, pattern in _CODES:
        found = pattern.fullmatch(code)
        if found:
            number = 0 if kind in ("year", "school_year") else int(found[2])
            period = make_period(kind, int(found[1]), number, school_years)
            if period.code == code:
                return period
    raise ValueError(f"“{code}” không phải mã của một kỳ (ví dụ: 2026-11, 2026-Q4, 2026-2027-S1).")
