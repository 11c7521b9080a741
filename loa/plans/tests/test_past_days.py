"""Amendments and days that are past: nobody is made late for one, nobody is let off one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from loa.core import clock
from loa.plans import services
from loa.plans.models import Directive
from loa.plans.rules import DirectiveKind
from loa.plans.rules.changes import came_due, keeps_its_day, running_share
from loa.plans.rules.slots import Slot, Terms, running_due, slots
from loa.plans.selectors.changes import terms_of
from loa.plans.tests.factories import make_class, make_directive, make_plan
from loa.plans.ui import consequences

D = dt.date
FIRST, LAST = D(2026, 1, 1), D(2026, 12, 31)
PERIODS = st.sampled_from(["week", "month", "quarter", "semester", "year"])
DAYS = st.none() | st.integers(1, 31) | st.integers(-10, -1)


def _day_of(period: str, due_day: int | None) -> int | None:
    return (due_day - 1) % 7 + 1 if period == "week" and due_day and due_day > 0 else due_day


def versions_of(period: str, due_days: list[int | None], days: list[dt.date]) -> list[Terms]:
    """A directive amended on `days`, as the services write its versions."""
    found = [Terms(1, "recurring", 1, period, FIRST, LAST, due_day=_day_of(period, due_days[0]))]
    for due_day, day in zip(due_days[1:], days, strict=True):
        held = running_due(found[-1], day)
        former = replace(found[-1], until=day)
        found[-1:] = [
            former, replace(former, due_day=_day_of(period, due_day), since=day, until=None, running_due=held)
        ]  # fmt: skip
    return found


@st.composite
def _lines(draw) -> tuple[list[Terms], list[dt.date]]:
    days = sorted(draw(st.lists(st.dates(D(2026, 1, 2), LAST), min_size=1, max_size=4, unique=True)))
    due_days = draw(st.lists(DAYS, min_size=len(days) + 1, max_size=len(days) + 1))
    return versions_of(draw(PERIODS), due_days, days), days


@given(_lines())
def test_every_period_belongs_to_one_version(line):
    versions, _days = line
    plain = Terms(1, "recurring", 1, versions[0].period, FIRST, LAST)
    starts = [slot.start for version in versions for slot in slots(version)]
    assert len(starts) == len(set(starts))
    assert {slot.start for slot in slots(plain)} - set(starts) <= {slots(plain)[0].start}, (
        "none is lost, but the first one whose day lay before the beginning"
    )


@given(_lines())
def test_on_no_day_is_anybody_made_late_or_let_off(line):
    """What was due before an amendment is so after it, on the same day; nothing else is due before it."""
    versions, days = line
    for at, day in enumerate(days):
        before = [*versions[:at], replace(versions[at], until=None)]
        after = [*versions[: at + 1], replace(versions[at + 1], until=None)]
        past = [
            {slot for version in those for slot in slots(version) if slot.due < day} for those in (before, after)
        ]
        assert past[0] == past[1]


@given(PERIODS, DAYS, DAYS, st.dates(D(2026, 1, 2), LAST))
def test_what_the_preview_says_is_what_happens(period, old, new, day):
    former, later = versions_of(period, [old, new], [day])
    bare = replace(former, until=None)
    kept, moved = {slot.start: slot for slot in slots(former)}, {slot.start: slot for slot in slots(later)}
    passed = came_due(bare, day)
    if passed is not None:
        assert kept[passed.start] == passed
    held = keeps_its_day(bare, later.due_day, day)
    if held is not None:
        assert passed is None
        assert moved[held[0].start].due == held[0].due >= day > held[1]


CASES = [
    # the monthly 25th made the 5th, from 10 March: March keeps the 25th
    ("month", 25, 5, D(2026, 3, 10), D(2026, 3, 1), D(2026, 3, 25), D(2026, 4, 5)),
    # the monthly 5th made the 25th, when the 5th is past: March stays due on the 5th
    ("month", 5, 25, D(2026, 3, 10), D(2026, 3, 1), D(2026, 3, 5), D(2026, 4, 25)),
    # Friday made Tuesday on a Wednesday
    ("week", 5, 2, D(2026, 3, 11), D(2026, 3, 9), D(2026, 3, 13), D(2026, 3, 17)),
    # on the day itself the new one may still be kept
    ("month", 25, 10, D(2026, 3, 10), D(2026, 3, 1), D(2026, 3, 10), D(2026, 4, 10)),
]


@pytest.mark.parametrize(("period", "old", "new", "day", "start", "due", "later"), CASES)
def test_the_day_of_the_running_period(period, old, new, day, start, due, later):
    found = [slot for version in versions_of(period, [old, new], [day]) for slot in slots(version)]
    at = next(n for n, slot in enumerate(found) if slot.start == start)
    assert (found[at].due, found[at + 1].due) == (due, later)


def test_a_quota_due_in_the_running_period_is_shared_as_long_as_it_is_open():
    terms = Terms(1, "quota", 4, "month", FIRST, LAST, due_day=25)
    slot, before, after, owed = running_share(terms, 8, D(2026, 3, 16))  # type: ignore[misc]
    assert (slot.due, before, after, owed) == (D(2026, 3, 25), 15, 16, 6)
    assert running_share(terms, 8, D(2026, 3, 26)) is None


def test_a_cancelled_duty_leaves_the_debt_of_its_day():
    weekly = Terms(1, "recurring", 1, "week", FIRST, LAST, due_day=2, until=D(2026, 3, 13))
    assert slots(weekly)[-1] == Slot(D(2026, 3, 9), D(2026, 3, 15), D(2026, 3, 10), slots(weekly)[-1].label)
    assert slots(replace(weekly, until=D(2026, 3, 10)))[-1].due == D(2026, 3, 3)


# — in the plan ———————————————————————————————————————————————————————————————————————


@pytest.fixture
def plan(cast):
    make_class()
    return make_plan(cast.so)


def amended(cast, plan, directive, values, day: dt.date, number: str = "9/KH") -> None:
    head = {"number": number, "title": "Điều chỉnh", "signed_on": day, "effective_on": day, "reason": "Theo Bộ"}
    with clock.frozen(day.isoformat()):
        draft = services.amendment_start(actor=cast.office, plan=plan, values=head)
        services.change_directive(actor=cast.office, amendment=draft, directive=directive, values=values)
        services.issue_amendment(actor=cast.office, amendment=draft)


def test_the_day_is_kept_through_a_second_amendment(cast, plan):
    row = make_directive(plan, kind=DirectiveKind.RECURRING, period="month", due_day=25)
    amended(cast, plan, row, {"due_day": 5}, D(2026, 3, 10))
    second = Directive.objects.get(supersedes=row)
    assert second.running_due == D(2026, 3, 25)
    amended(cast, plan, second, {"due_day": 8}, D(2026, 3, 20), "10/KH")
    third = Directive.objects.get(supersedes=second)
    rows = [slot for one in (row, second, third) for slot in slots(terms_of(Directive.objects.get(pk=one.pk)))]
    assert [slot.due for slot in rows][1:5] == [D(2026, 2, 25), D(2026, 3, 25), D(2026, 4, 8), D(2026, 5, 8)]
    # The same is found again for versions of before such days were kept.
    Directive.objects.update(running_due=None)
    import_module("loa.plans.migrations.0012_running_due").remember(apps, None)
    assert list(Directive.objects.order_by("pk").values_list("running_due", flat=True)) == [
        None, D(2026, 3, 25), D(2026, 3, 25)
    ]  # fmt: skip


def test_a_new_kind_of_period_begins_after_the_old_one(cast, plan):
    row = make_directive(plan, kind=DirectiveKind.RECURRING, period="month", due_day=5)
    amended(cast, plan, row, {"period": "quarter", "due_day": 20}, D(2026, 3, 10))
    later = Directive.objects.get(supersedes=row)
    assert (later.valid_from, later.running_due) == (D(2026, 4, 1), None)
    assert slots(terms_of(later))[0].due == D(2026, 6, 20)


SAID = [
    ({"due_day": 5}, 25, "Tháng 3/2026 giữ hạn 25/03/2026, vì hạn mới của kỳ này (05/03/2026) đã qua"),
    ({"due_day": 25}, 5, "Tháng 3/2026 đã đến hạn 05/03/2026 nên giữ nguyên như trước"),
    (None, 5, "Tháng 3/2026 đã đến hạn 05/03/2026 nên vẫn phải làm"),
    (None, 25, "Kỳ đang chạy không phải làm nữa"),
    ({"audience": {"classes": [], "units": [], "except": []}}, 5, "thôi, kể từ kỳ sau."),
    ({"count": 3}, 5, "Tháng 3/2026 đã đến hạn 05/03/2026 nên giữ nguyên như trước"),
    ({"count": 3}, None, "Tháng 3/2026 đang chạy tính theo ngày"),
]


@pytest.mark.parametrize(("values", "due_day", "words"), SAID)
def test_the_preview_says_what_stays(cast, plan, values, due_day, words):
    row = make_directive(plan, due_day=due_day)
    with clock.frozen("2026-03-10"):
        said = consequences.of_change(row, values, D(2026, 3, 10))
    assert any(words in one for one in said), said
