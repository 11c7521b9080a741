"""Dates as official documents print them, exact to the day, the month or the year.

Printed forms: 25/12/2024 · 25/12/24 · 25-12-2024 · 25.12.2024 · ngày 05 tháng 02 năm 2024 · tháng 3/2025 ·
tháng 3 năm 2025 · 25/12 (the year is the plan's). Impossible days (31/4/2025) give None, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_SEP = r"\s?[/.\-–]\s?"
#: "25/12/2024", "08/7/2020", "5 - 9 - 2024"
NUMERIC = rf"(?P<d>\d{{1,2}}){_SEP}(?P<m>\d{{1,2}}){_SEP}(?P<y>(?:19|20)\d{{2}})(?![\d/])"
#: "27/8/24", "05-12-25": the year in two digits
SHORT_YEAR = r"(?P<d>\d{1,2})[/\-](?P<m>\d{1,2})[/\-](?P<y>\d{2})(?![\w/%\-]|[.,]\d)"
#: "05 tháng 02 năm 2024", "05 tháng 02/2024", "mùng 7 tháng 8 năm 2025"
WORDED = r"(?:m[ùồ]ng\s+)?(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})(?:\s+năm\s+|\s*/\s*)(?P<y>(?:19|20)\d{2})(?!\d)"
#: "25/12", "25/12." but not "25/12/2024", "1/1000" or a fraction of a number
DAY_MONTH = r"(?P<d>\d{1,2})\s?[/]\s?(?P<m>\d{1,2})(?![\d/]|[.,]\d)"
#: "25 tháng 12"
DAY_MONTH_WORDED = r"(?:m[ùồ]ng\s+)?(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})(?!\s*/|\s+năm\s+\d|\d)"
#: "tháng 3/2025", "tháng 03 năm 2025"
MONTH_YEAR = r"tháng\s+(?P<m>\d{1,2})\s*(?:/|-|năm)\s*(?P<y>(?:19|20)\d{2})(?!\d)"
#: "tháng 3"
MONTH = r"tháng\s+(?P<m>\d{1,2})(?!\s*[/\-]?\s*\d|\s+năm\s+\d)"


def _numbered(pattern: str, number: int) -> str:
    """The same pattern with group names made unique (`d` → `d1`)."""
    return re.sub(r"\?P<([a-z])>", lambda m: f"?P<{m[1]}{number}>", pattern)


#: one pattern for a full day; groups d1 m1 y1, d2 m2 y2 or d7 m7 y7
FULL_DAY = f"(?:{_numbered(WORDED, 1)}|{_numbered(NUMERIC, 2)}|{_numbered(SHORT_YEAR, 7)})"


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as printed. `iso` is "2024-12-25", "2025-01" or "2013" according to `precision`."""

    iso: str
    precision: str
    #: the year was not printed but follows from the period of the plan
    year_inferred: bool = False


def make(day: str | int | None, month: str | int | None, year: str | int) -> PrintedDate | None:
    """A date from its printed numbers; None when no calendar has it.

    >>> make("25", "12", "2024")
    PrintedDate(iso='2024-12-25', precision='day', year_inferred=False)
    >>> make("31", "4", "2025") is None
    True
    """
    if len(str(year)) == 2:
        year = f"20{year}"
    try:
        if day is not None and month is not None:
            return PrintedDate(date(int(year), int(month), int(day)).isoformat(), "day")
        if month is not None:
            return PrintedDate(date(int(year), int(month), 1).isoformat()[:7], "month")
        return PrintedDate(f"{int(year):04d}", "year")
    except ValueError:
        return None


def from_match(match: re.Match[str], *numbers: int) -> PrintedDate | None:
    """The date of a match of FULL_DAY (or of patterns numbered by `_numbered`)."""
    groups = match.groupdict()
    for number in numbers or (1, 2, 7):
        if groups.get(f"y{number}"):
            return make(groups.get(f"d{number}"), groups.get(f"m{number}"), groups[f"y{number}"])
    return None


@dataclass(frozen=True, slots=True)
class Period:
    """The period a plan governs: a calendar year or quarters of it, or a school year (its first year)."""

    year: int | None = None
    school_year: int | None = None
    #: without gaps; none: the whole year
    quarters: tuple[int, ...] = ()

    def year_of(self, month: int) -> int | None:
        """The year of a day printed without one; school years run from August to July."""
        if self.year is not None:
            return self.year
        if self.school_year is not None:
            return self.school_year + (0 if month >= 8 else 1)
        return None

    def to_dict(self) -> dict[str, object] | None:
        if self.year is not None:
            year: dict[str, object] = {"year": self.year}
            if len(self.quarters) == 1:
                return year | {"quarter": self.quarters[0]}
            return year | {"quarters": list(self.quarters)} if self.quarters else year
        if self.school_year is not None:
            return {"school_year": f"{self.school_year}-{self.school_year + 1}"}
        return None


def code_of(printed: str, words: tuple[tuple[str, str], ...]) -> str:
    """The code of a printed word for a stretch of time, by a table of (code, pattern)."""
    printed = " ".join(printed.split())
    for code, pattern in words:
        if re.fullmatch(pattern, printed, re.I):
            return code
    raise ValueError(printed)


_SCHOOL_YEAR = re.compile(r"năm\s+học(?:\s*:)?\s+(?P<a>20\d{2})\s*[-–—/]\s*(?P<b>20\d{2})", re.I)
_YEAR = re.compile(r"năm\s+(?P<y>20\d{2})(?!\s*[-–—]\s*20\d{2})", re.I)


_QUARTER = r"(?:quý|quí)\s+"
_NUMBER = r"(?<!\w)(?:IV|I{1,3}|[1-4])(?!\w)"
_OF_YEAR = r"(?:\s+năm|\s*/)\s*(20\d{2})(?!\d)"
_AND = r"\s*(?:[,&–—-]|và|đến(?:\s+hết)?|tới)\s*"
#: "quý II năm 2026", "quý III, IV/2026", "từ quý I năm 2026 đến quý III năm 2026"
_OF_PLAN = re.compile(rf"{_QUARTER}{_NUMBER}(?:(?:{_OF_YEAR})?{_AND}(?:{_QUARTER})?{_NUMBER})*{_OF_YEAR}", re.I)
#: a year of something else: how far it looks ("Đề án … đến năm 2030"), the day of a document
_BESIDE = re.compile(r"(?:đến|tầm\s+nhìn|tháng\s+\d{1,2})\s+năm\s+20\d{2}", re.I)
_FROM = re.compile(rf"từ\s+{_QUARTER}", re.I)


def _quarters_of(title: str) -> Period | None:
    """The quarters of one year that a title names, from the first to the last; of several years the latest, for
    then it is not about these quarters alone. None without a quarter of a year."""
    runs = list(_OF_PLAN.finditer(title))
    if not runs:
        return None
    years = {int(year) for run in runs for year in re.findall(_OF_YEAR, run[0], re.I)}
    years |= {int(year) for year in _YEAR.findall(title if _FROM.search(title) else _BESIDE.sub("", title))}
    if len(years) > 1:
        return Period(year=max(years))
    named = [re.sub(_OF_YEAR, "", run[0], flags=re.I) for run in runs]
    named += re.findall(_QUARTER + _NUMBER, title, re.I)
    numbers = [_quarter(one) for text in named for one in re.findall(_NUMBER, text, re.I)]
    quarters = tuple(range(min(numbers), max(numbers) + 1))
    return Period(year=years.pop(), quarters=quarters if len(quarters) < 4 else ())


def _quarter(printed: str) -> int:
    return int(printed) if printed.isdigit() else ("I", "II", "III", "IV").index(printed.upper()) + 1


def period_of(title: str) -> Period:
    """The period named in a title.

    >>> period_of("Truyền thông về giáo dục và đào tạo năm học 2020 - 2021").to_dict()
    {'school_year': '2020-2021'}
    >>> period_of("Thông tin, tuyên truyền năm 2025").to_dict()
    {'year': 2025}
    >>> period_of("Truyền thông và tư vấn tuyển sinh quý II năm 2026").to_dict()
    {'year': 2026, 'quarter': 2}
    >>> period_of("Truyền thông từ quý I đến quý III năm 2026").to_dict()
    {'year': 2026, 'quarters': [1, 2, 3]}
    """
    school = _SCHOOL_YEAR.search(title)
    if school and int(school["b"]) == int(school["a"]) + 1:
        return Period(school_year=int(school["a"]))
    if quarters := _quarters_of(title):
        return quarters
    years = _YEAR.findall(title)
    if years:
        return Period(year=int(years[-1]))
    return Period()
