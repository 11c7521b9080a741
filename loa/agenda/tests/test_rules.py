"""Grids, days and bars."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.agenda.rules import Entry, EntryKind, bars, by_day, month_bounds, weeks

D = dt.date


def entry(on, until=None, *, title="x", at=None, kind=EntryKind.EVENT):
    return Entry(uid=title, kind=kind, title=title, on=on, until=until or on, at=at)


@given(st.dates(D(1900, 1, 1), D(2190, 1, 1)))
def test_a_month_is_whole_weeks_from_monday(day):
    month = day.replace(day=1)
    first, last = month_bounds(month)
    assert (first.weekday(), last.weekday()) == (0, 6)
    assert first <= month <= last
    grid = weeks(month, [])
    assert all(len(week) == 7 for week in grid)
    days = [cell.day for week in grid for cell in week]
    assert days == [first + dt.timedelta(days=n) for n in range(len(days))]
    assert sum(cell.inside for week in grid for cell in week) in (28, 29, 30, 31)


def test_what_runs_over_days_stands_on_each_of_them():
    found = by_day([entry(D(2026, 11, 28), D(2026, 12, 2))], D(2026, 11, 30), D(2026, 12, 1))
    assert sorted(found) == [D(2026, 11, 30), D(2026, 12, 1)]


def test_days_of_the_year_come_first_then_all_day_then_by_the_hour():
    noon = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
    morning = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)
    day = D(2026, 11, 20)
    rows = [
        entry(day, title="trưa", at=noon), entry(day, title="sáng", at=morning), entry(day, title="hạn"),
        entry(day, title="Ngày Nhà giáo", kind=EntryKind.DAY),
    ]  # fmt: skip
    assert [one.title for one in by_day(rows, day, day)[day]] == ["Ngày Nhà giáo", "hạn", "sáng", "trưa"]


YEAR = D(2026, 1, 1), D(2026, 12, 31)


def test_bars_that_overlap_go_below_each_other():
    tasks = [
        ("a", D(2026, 1, 1), D(2026, 3, 31), "now", ""),
        ("b", D(2026, 3, 1), D(2026, 6, 30), "now", ""),
        ("c", D(2026, 4, 1), D(2026, 4, 30), "now", ""),
    ]
    assert [(bar.title, bar.line) for bar in bars(tasks, *YEAR)] == [("a", 0), ("b", 1), ("c", 0)]


@pytest.mark.parametrize(
    ("starts", "due", "expected"),
    [
        (None, D(2026, 12, 31), (0, 100)),
        (D(2026, 1, 1), None, None),  # a standing duty has no bar
        (D(2025, 1, 1), D(2026, 1, 1), (0, 0.27)),  # begun before: cut at the edge
        (D(2024, 1, 1), D(2025, 12, 31), None),
        (D(2027, 1, 1), D(2027, 2, 1), None),
        (D(2026, 12, 31), D(2027, 6, 1), (99.73, 0.27)),
    ],
)
def test_where_a_bar_lies(starts, due, expected):
    found = bars([("a", starts, due, "now", "")], *YEAR)
    assert [(bar.left, bar.width) for bar in found] == ([expected] if expected else [])


@given(st.lists(st.tuples(st.integers(0, 364), st.integers(0, 364)), max_size=30))
def test_no_two_bars_lie_on_each_other(spans):
    tasks = [
        (
            str(n),
            D(2026, 1, 1) + dt.timedelta(days=min(a, b)),
            D(2026, 1, 1) + dt.timedelta(days=max(a, b)),
            "now",
            "",
        )
        for n, (a, b) in enumerate(spans)
    ]
    found = bars(tasks, *YEAR)
    assert len(found) == len(tasks)
    for number, one in enumerate(found):
        for two in found[number + 1 :]:
            apart = one.left + one.width <= two.left + 0.02 or two.left + two.width <= one.left + 0.02
            assert one.line != two.line or apart
