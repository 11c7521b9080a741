"""Slots, shares and states: exact on dates."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.reporting.rules import (
    Life,
    Slot,
    State,
    Terms,
    current_slot,
    days_late,
    fingerprint_of_url,
    owed,
    slot_of,
    slots,
    state,
)

D = dt.date


NEW_YEAR, NEW_YEARS_EVE = D(2026, 1, 1), D(2026, 12, 31)


def quota(count: int = 1, period: str = "quarter", start: D = NEW_YEAR, end: D = NEW_YEARS_EVE) -> Terms:
    return Terms(1, "quota", count, period, start, end)


def recurring(period: str, due_day: int | None) -> Terms:
    return Terms(2, "recurring", 1, period, D(2026, 1, 1), D(2026, 12, 31), due_day=due_day)


DEADLINE = Terms(3, "deadline", 1, "", D(2026, 1, 20), D(2026, 12, 31), due_on=D(2026, 3, 15))


def test_a_quarterly_quota_has_four_slots_due_on_their_last_day():
    assert [(s.start, s.end, s.due) for s in slots(quota())] == [
        (D(2026, 1, 1), D(2026, 3, 31), D(2026, 3, 31)),
        (D(2026, 4, 1), D(2026, 6, 30), D(2026, 6, 30)),
        (D(2026, 7, 1), D(2026, 9, 30), D(2026, 9, 30)),
        (D(2026, 10, 1), D(2026, 12, 31), D(2026, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("start", "first_slot"),
    [(D(2026, 1, 20), D(2026, 1, 1)), (D(2026, 2, 14), D(2026, 1, 1)), (D(2026, 3, 1), D(2026, 4, 1))],
)
def test_a_period_mostly_before_the_plan_is_not_asked_for(start, first_slot):
    assert slots(quota(start=start))[0].start == first_slot


@pytest.mark.parametrize(
    ("due_day", "february", "november"),
    [
        (25, D(2026, 2, 25), D(2026, 11, 25)),
        (31, D(2026, 2, 28), D(2026, 11, 30)),
        (-5, D(2026, 3, 5), D(2026, 12, 5)),
        (None, D(2026, 2, 28), D(2026, 11, 30)),
    ],
)
def test_the_due_day_of_a_monthly_duty(due_day, february, november):
    due = {slot.start.month: slot.due for slot in slots(recurring("month", due_day))}
    assert (due[2], due[11]) == (february, november)


def test_a_deadline_is_one_slot_and_what_comes_after_it_still_counts_for_it():
    (slot,) = slots(DEADLINE)
    assert (slot.start, slot.due) == (D(2026, 1, 20), D(2026, 3, 15))
    assert slot_of(DEADLINE, D(2026, 4, 2)) == slot
    assert slot_of(DEADLINE, D(2026, 1, 2)) is None


def test_one_works_on_the_slot_that_holds_the_day_else_on_the_last_one():
    assert current_slot(quota(), D(2026, 5, 3)).start == D(2026, 4, 1)
    assert current_slot(quota(end=D(2026, 6, 30)), D(2026, 9, 1)).start == D(2026, 4, 1)
    assert current_slot(quota(), D(2025, 12, 31)) is None


Q2 = Slot(D(2026, 4, 1), D(2026, 6, 30), D(2026, 6, 30), "Quý II/2026")


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([Life(7, D(2020, 1, 1))], 4),
        ([Life(7, D(2026, 5, 16))], 2),  # 46 of 91 days
        ([Life(7, D(2026, 6, 30))], 0),
        ([Life(7, D(2020, 1, 1), D(2026, 4, 1))], 0),
        ([Life(7, D(2020, 1, 1), D(2026, 4, 24))], 1),  # 23 of 91 days
        ([Life(7, D(2020, 1, 1), D(2026, 5, 1)), Life(7, D(2026, 6, 1))], 3),  # away in May: 60 of 91 days
        ([], 0),
    ],
)
def test_a_quota_is_pro_rated_by_the_days_the_unit_was_there(spans, expected):
    assert owed(quota(4), Q2, spans) == expected


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([Life(7, D(2026, 3, 15))], 1),
        ([Life(7, D(2026, 3, 16))], 0),
        ([Life(7, D(2020, 1, 1), D(2026, 3, 15))], 0),
    ],
)
def test_a_deadline_is_owed_by_whoever_is_there_on_its_day(spans, expected):
    assert owed(DEADLINE, slots(DEADLINE)[0], spans) == expected


@pytest.mark.parametrize(
    ("share", "total", "in_time", "today", "expected"),
    [
        (0, 3, 3, D(2026, 5, 1), State.NOT_OWED),
        (2, 0, 0, D(2026, 5, 1), State.PENDING),
        (2, 1, 1, D(2026, 6, 30), State.DOING),
        (2, 1, 1, D(2026, 7, 1), State.OVERDUE),
        (2, 2, 1, D(2026, 7, 5), State.LATE),
        (2, 3, 2, D(2026, 7, 5), State.MET),
        (1, 0, 0, D(2026, 6, 30), State.PENDING),
    ],
)
def test_the_state_follows_from_proofs_and_dates(share, total, in_time, today, expected):
    assert state(owed=share, total=total, in_time=in_time, slot=Q2, today=today) == expected


def test_days_late():
    assert days_late(Q2, D(2026, 6, 30)) == 0
    assert days_late(Q2, D(2026, 7, 3)) == 3


@pytest.mark.parametrize(
    "url",
    [
        "https://www.baosonglam.vn/giao-duc/tu-sach-123.html",
        "http://baosonglam.vn/giao-duc/tu-sach-123.html/",
        "https://m.baosonglam.vn/giao-duc/tu-sach-123.html?utm_source=zalo&fbclid=abc#binh-luan",
    ],
)
def test_the_same_article_is_one_proof_however_its_link_is_written(url):
    assert fingerprint_of_url(url) == "baosonglam.vn/giao-duc/tu-sach-123.html"


def test_different_articles_are_different_proofs():
    assert fingerprint_of_url("https://a.vn/xem?id=1") != fingerprint_of_url("https://a.vn/xem?id=2")


days = st.dates(D(2024, 1, 1), D(2028, 12, 31))
periods = st.sampled_from(["week", "month", "quarter", "semester", "year", "school_year"])


@given(days, days, periods, days)
def test_slots_never_overlap_and_a_day_has_at_most_one(start, end, period, day):
    if end < start:
        start, end = end, start
    terms = quota(1, period, start, end)
    found = slots(terms)
    assert all(a.end < b.start for a, b in itertools.pairwise(found))
    assert sum(slot.start <= day <= slot.end for slot in found) <= 1


@given(st.integers(0, 12), days, st.one_of(st.none(), days))
def test_a_share_is_never_negative_nor_more_than_the_whole(count, start, end):
    if end is not None and end <= start:
        end = None
    for slot in slots(quota(count)):
        assert 0 <= owed(quota(count), slot, [Life(1, start, end)]) <= count


@given(st.integers(1, 12), days)
def test_two_units_that_follow_each_other_owe_the_whole_within_rounding(count, cut):
    before, after = Life(1, D(2020, 1, 1), cut), Life(2, cut)
    for slot in slots(quota(count)):
        both = owed(quota(count), slot, [before]) + owed(quota(count), slot, [after])
        assert abs(both - count) <= 1
