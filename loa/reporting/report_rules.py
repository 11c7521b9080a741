"""Periods, states and printed forms of a unit's report. No Django here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from loa.lib.calendar import Period, make_period, period_of, previous_period, school_year
from loa.org.papers import agency_code, agency_name, authority_lines, head_title, unit_code

__all__ = ["agency_code", "agency_name", "authority_lines", "head_title", "unit_code"]

#: periods a unit reports on, in the order in which they are offered
PERIODS = ("month", "quarter", "semester", "year", "school_year")

#: state → states it may move to
MOVES = {
    "draft": ("submitted",),
    "returned": ("submitted",),
    "submitted": ("approved", "returned", "draft"),
    "approved": (),
}
#: states in which its unit may still write in it
EDITABLE = frozenset({"draft", "returned"})

#: texts a person writes, by section code, with the most characters each may have
TEXT_LIMIT = 4000
TEXTS = ("assessment", "difficulties", "proposals")
#: figures the unit counts itself: code → most that is believed (above it, it is a slip of the keyboard)
OWN_FIGURES = {"sessions": 999}


def period_at(kind: str, day: dt.date) -> Period:
    """The period on which a unit reports when it starts a report on `day`.

    The present one; until the 10th of a month still the month before is being reported on, and likewise a
    longer period in the first month after it has ended. Raises ValueError for a kind nobody reports on.
    """
    if kind not in PERIODS:
        raise ValueError(f"Không có loại báo cáo theo “{kind}”.")
    period = period_of(day, kind)  # type: ignore[arg-type]
    grace = 10 if kind == "month" else 30
    if 0 <= (day - period.start).days < grace:
        return previous_period(period)
    return period


def period_starting(kind: str, start: dt.date) -> Period:
    """The period of a kind that begins on `start`. Raises ValueError when none does."""
    if kind not in PERIODS:
        raise ValueError(f"Không có loại báo cáo theo “{kind}”.")
    period = period_of(start, kind)  # type: ignore[arg-type]
    if period.start != start:
        raise ValueError(f"Không có kỳ báo cáo nào bắt đầu ngày {start:%d/%m/%Y}.")
    return period


def year_span(period: Period) -> tuple[dt.date, str]:
    """First day of the year in which the period's figures are summed up, and what that sum is called."""
    if period.kind in ("semester", "school_year"):
        return school_year(period.year).start, "Cả năm học"
    return make_period("year", period.end.year).start, "Cả năm"


def subject(period: Period) -> str:
    """The trích yếu: "Công tác truyền thông tháng 11 năm 2026"."""
    return f"Công tác truyền thông {spoken(period)}"


def spoken(period: Period) -> str:
    """The period as a document says it: "tháng 11 năm 2026", "học kỳ I năm học 2026-2027"."""
    years = f"{period.year}-{period.year + 1}"
    roman = ("", "I", "II", "III", "IV")[period.number % 5]
    return {
        "month": f"tháng {period.number:02d}" if period.number < 3 else f"tháng {period.number}",
        "quarter": f"quý {roman}",
        "semester": f"học kỳ {roman} năm học {years}",
        "year": f"năm {period.year}",
        "school_year": f"năm học {years}",
    }[period.kind] + (f" năm {period.year}" if period.kind in ("month", "quarter") else "")


def short_name(period: Period) -> str:
    """For a heading beside the unit's name: "tháng 11", "quý IV", "học kỳ I", "năm 2026"."""
    roman = ("", "I", "II", "III", "IV")[period.number % 5]
    return {
        "month": f"tháng {period.number}",
        "quarter": f"quý {roman}",
        "semester": f"học kỳ {roman}",
        "year": f"năm {period.year}",
        "school_year": f"năm học {period.year}-{period.year + 1}",
    }[period.kind]


def printed(count: int | None, of: int | None = None) -> str:
    """A figure as documents print it: 1 → "01", 6 of 7 → "06/07", 2047 → "2.047"; nothing counted → "-"."""
    if count is None:
        return "-"
    text = f"{count:02d}" if count < 1000 else f"{count:,}".replace(",", ".")
    return text if of is None else f"{text}/{printed(of)}"


def season_period(day: dt.date) -> Period:
    """The longer report of the season: a semester or the school year around its end, else the calendar year."""
    semester = period_at("semester", day)
    if -45 <= (semester.end - day).days <= 45 or -45 <= (day - semester.end).days <= 45:
        return semester
    return period_at("year", day)


def grouped_late(late: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Late things of one directive in one line: `label`, `missing` in all, `parts` (each with `slot` or `due`)."""
    groups: dict[str, dict[str, Any]] = {}
    for item in late:
        group = groups.setdefault(item["label"], {"label": item["label"], "missing": 0, "parts": []})
        group["missing"] += item["missing"]
        due = dt.date.fromisoformat(item["due"])
        group["parts"].append(
            {
                "slot": item["slot"],
                "due": due,
                "missing": item["missing"],
                "name": item["slot"] or f"{due:%d/%m/%Y}",
            }
        )
    return list(groups.values())
