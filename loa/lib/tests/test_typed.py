"""Numbers and days out of addresses."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib.typed import FIRST_YEAR, LAST_YEAR, day, month, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), (" 007 ", 7), ("0", 0), ("9" * 15, 10**15 - 1),
        ("9" * 16, None), ("²", None), ("٣", None), ("-1", None), ("+1", None), ("1_0", None), ("1.0", None),
        ("", None), (None, None), ("\x00", None),
    ],
)  # fmt: skip
def test_whole_numbers(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-05-16", dt.date(2026, 5, 16)), ("2026-02-30", None), ("0001-01-01", None), ("9999-12-31", None),
        ("16/05/2026", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_days(text, found):
    assert day(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("2026-05", dt.date(2026, 5, 1)), ("2026-13", None), ("9999-12", None), ("2026-05-16", None), ("", None)],
)
def test_months(text, found):
    assert month(text) == found


@given(st.text())
def test_no_text_breaks_them(text):
    for found in (day(text), month(text)):
        assert found is None or FIRST_YEAR <= found.year <= LAST_YEAR
    number = whole(text)
    assert number is None or 0 <= number < 10**15


@given(st.dates(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31)))
def test_what_was_written_is_read(on):
    assert day(on.isoformat()) == on
    assert month(f"{on:%Y-%m}") == on.replace(day=1)
    assert whole(on.toordinal()) == on.toordinal()
