"""Moments and hours: exact examples and properties."""

from __future__ import annotations

import datetime as dt
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.core.clock import VIETNAM
from loa.reminders import rules
from loa.reminders.rules import BEFORE, DAY, LATE_EVERY, Cause, CauseKind, Wish, moment, next_at, quiet_until

DUE = dt.date(2026, 11, 20)


def cause(due=DUE, kind=CauseKind.TASK, **fields):
    return Cause(kind, "task:1:1", "Học bạ số", "/", due=due, **fields)


def test_the_examples_in_the_rules_hold():
    assert doctest.testmod(rules).failed == 0


def test_a_kind_that_is_muted_is_never_told():
    assert moment(cause(), Wish(muted=frozenset({"task"})), DUE) is None


def test_a_moved_deadline_is_told_anew():
    later = cause(DUE + 10 * DAY)
    assert moment(cause(), Wish(), DUE - DAY) == "20261120:before-1"
    assert moment(later, Wish(), DUE + 3 * DAY) == "20261130:before-7"


def test_a_duty_of_a_week_is_not_told_before_it_begins():
    weekly = cause(since=DUE - 4 * DAY)
    assert moment(weekly, Wish(before=(7, 1)), DUE - 4 * DAY) is None
    assert moment(weekly, Wish(before=(7, 1)), DUE - DAY) == "20261120:before-1"


def test_what_only_waits_is_told_from_the_second_day():
    waiting = Cause(CauseKind.REPORT, "report:1", "Báo cáo", "/", since=DUE)
    told = [moment(waiting, Wish(late_every=3), DUE + days * DAY) for days in (0, 1, 3, 4)]
    assert told == [None, "20261120:wait-0", "20261120:wait-0", "20261120:wait-1"]


def test_what_is_late_is_told_no_more_when_one_does_not_want_it():
    assert moment(cause(), Wish(late_every=0), DUE + DAY) is None


hours = st.builds(dt.time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
wishes = st.builds(
    Wish,
    before=st.sets(st.sampled_from(BEFORE)).map(tuple),
    on_day=st.booleans(),
    late_every=st.sampled_from(LATE_EVERY),
    at=hours,
    quiet_from=hours,
    quiet_to=hours,
    workdays_only=st.booleans(),
    weekly=st.booleans(),
    weekly_on=st.integers(0, 6),
)


@given(wishes)
def test_moments_follow_each_other_and_none_comes_back(wish):
    """Over the days each moment is one stretch: told once, it is over for good."""
    seen: list[str] = []
    for days in range(-20, 40):
        reached = moment(cause(), wish, DUE + days * DAY)
        if reached and (not seen or seen[-1] != reached):
            assert reached not in seen
            seen.append(reached)
    ahead = [one for one in seen if ":before" in one]
    assert len(ahead) == len(wish.before)
    assert ("20261120:day" in seen) == wish.on_day
    assert any(":late" in one for one in seen) == bool(wish.late_every)


@given(wishes, st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(VIETNAM)))
def test_the_next_time_is_later_on_a_day_with_reminders_and_not_quiet(wish, now):
    found = next_at(wish, now)
    assert found > now
    assert rules.sends_on(wish, found.date())
    assert not rules.is_quiet(wish, found.time())
    assert (found - now) < 16 * DAY  # the longest holiday


@given(wishes, st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(VIETNAM)))
def test_quiet_hours_end(wish, now):
    end = quiet_until(wish, now)
    assert (end is None) == (not rules.is_quiet(wish, now.time()))
    if end is not None:
        assert now < end <= now + DAY
        assert not rules.is_quiet(wish, end.time())


@given(wishes, st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)))
def test_a_week_has_one_summary(wish, day):
    """In any seven weeks about seven days are days of a summary, each one with reminders."""
    days = [day + n * DAY for n in range(49)]
    told = [one for one in days if rules.weekly_due(wish, one)]
    assert all(rules.sends_on(wish, one) for one in told)
    assert len(told) in ((5, 6, 7, 8) if wish.weekly else (0,))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T06:59", "2026-11-20T07:00"),
        ("2026-11-20T07:00", "2026-11-23T07:00"),  # Friday, then Monday
        ("2026-12-31T08:00", "2027-01-04T07:00"),  # over New Year's Day and a week-end
    ],
)
def test_the_hour_of_the_next_working_day(now, expected):
    moment_now = dt.datetime.fromisoformat(now).replace(tzinfo=VIETNAM)
    assert next_at(Wish(), moment_now) == dt.datetime.fromisoformat(expected).replace(tzinfo=VIETNAM)


def test_an_hour_chosen_inside_the_quiet_ones_waits_for_their_end():
    assert rules.hour_of(Wish(at=dt.time(5, 0))) == dt.time(6, 30)
