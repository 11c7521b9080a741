"""A task only taken over from the plan above is worked on there: calendar and reminders know it once."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.agenda.rules import EntryKind
from loa.agenda.selectors import tasks
from loa.core import clock
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.plans.models import Task
from loa.plans.tests.factories import derive_plan, make_plan, make_task
from loa.reminders.rules import CauseKind
from loa.reminders.selectors import causes_of

D = dt.date


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


def reminded(person) -> list[str]:
    return [cause.key for cause in causes_of([person.pk])[person.pk] if cause.kind == CauseKind.TASK]


def test_a_given_task_stands_once_in_calendar_and_reminders(cast):
    above = make_plan(cast.so)
    given = make_task(above, "Phòng, chống đuối nước", lead=cast.xa, due_on=D(2026, 5, 20))
    head = make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.xa))
    before = reminded(head)
    below = derive_plan(cast.xa, above)
    own = make_task(below, "Ngày hội đọc sách", lead=cast.xa, due_on=D(2026, 5, 21))
    assert Task.objects.filter(plan=below, source_task=given).exists()

    assert before == [f"task:{given.pk}:{cast.xa.pk}"]
    assert reminded(head) == [*before, f"task:{own.pk}:{cast.xa.pk}"]
    entries = tasks(cast.xa, D(2026, 5, 1), D(2026, 5, 31))
    assert [(entry.title, entry.note) for entry in entries if entry.kind == EntryKind.TASK] == [
        ("Phòng, chống đuối nước", "chủ trì"),
        ("Ngày hội đọc sách", "chủ trì"),
    ]


def test_a_calendar_over_new_year_knows_both_plans(cast):
    make_task(make_plan(cast.so, year=2026), "Tổng kết năm", lead=cast.xa, due_on=D(2026, 12, 30))
    make_task(make_plan(cast.so, year=2027), "Kế hoạch năm mới", lead=cast.xa, due_on=D(2027, 1, 15))
    with clock.frozen("2026-12-20"):
        titles = [entry.title for entry in tasks(cast.xa, D(2026, 12, 28), D(2027, 1, 31))]
    assert titles == ["Tổng kết năm", "Kế hoạch năm mới"]
