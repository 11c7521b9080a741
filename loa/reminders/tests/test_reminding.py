"""From the hour of a person to a notice and a mail: none twice, none whose cause is gone, none in quiet hours."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import Notice
from loa.core import clock
from loa.org.models import Membership
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans.models import Task, TaskProgress
from loa.plans.tests.factories import make_task
from loa.reminders import services, tasks
from loa.reminders.models import Digest, Nudge, Preference, Reminder
from loa.reminders.rules import Cause, CauseKind
from loa.reminders.services import prepare
from loa.reporting.services.evidence import remind
from loa.reporting.tests.conftest import make_directive

DUE = dt.date(2026, 11, 27)  # a Friday


def day(number, hour=7, minute=0):
    return dt.datetime(2026, 11, number, hour, minute, tzinfo=clock.VIETNAM)


@pytest.fixture
def lead(cast):
    cast.lead.email = "toan@truong.example"
    cast.lead.save()
    with clock.frozen(day(18)):
        services.preference_change(actor=cast.lead, fields={"weekly": False})
    return cast.lead


@pytest.fixture
def task(cast, plan):
    return make_task(plan, "Học bạ số", lead=cast.school, due_on=DUE)


def run(moment):
    """What the timetable does then. Returns the mails that went out."""
    before = len(mail.outbox)
    with clock.frozen(moment):
        tasks.remind.call()
    return mail.outbox[before:]


def open_notices(user):
    return list(Notice.objects.filter(user=user, code="reminders.digest", read_at=None, cancelled_at=None))


@contextlib.contextmanager
def few_places():
    """SQLite with as few values in a statement as it ever allowed, whatever this one was built with."""
    raw = connection.connection
    if connection.vendor != "sqlite" or raw is None:
        yield
        return
    usual = raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
    try:
        yield
    finally:
        raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, usual)


def test_a_deadline_is_told_before_on_the_day_and_when_late(lead, task):
    told = [number for number in range(18, 31) if run(day(number))]
    # 7 days before, 1 day before, on the day; the 28th and 29th are a week-end
    assert told == [20, 26, 27, 30]
    assert mail.outbox[0].subject == "Loa: 1 việc cần nhớ, 20/11/2026"
    assert "Học bạ số" in mail.outbox[0].body
    # The 24th is a public holiday from 2026 on.
    assert "còn 4 ngày làm việc" in mail.outbox[0].body
    assert "trễ 3 ngày" in mail.outbox[-1].body
    assert {one.to[0] for one in mail.outbox} == {"toan@truong.example"}
    assert set(Digest.objects.filter(user=lead).values_list("state", flat=True)) == {"sent"}


def test_running_again_tells_nothing_twice(lead, task):
    assert len(run(day(20))) == 1
    assert run(day(20, 7, 5)) == []
    Preference.objects.update(next_at=day(20, 7))  # as if the hour had not been moved on
    assert run(day(20, 8)) == []
    assert Reminder.objects.filter(user=lead).count() == 1
    assert len(open_notices(lead)) == 1


def test_one_mail_a_day_gathers_everything(cast, plan, lead, task):
    make_task(plan, "Ngày hội đọc sách", lead=cast.school, due_on=DUE)
    (one,) = run(day(20))
    assert one.subject.startswith("Loa: 2 việc")
    Task.objects.filter(pk=task.pk).update(due_on=dt.date(2026, 11, 21))
    with clock.frozen(day(20, 9)):
        services.preference_change(actor=lead, fields={"at": dt.time(10, 0)})
    # A second hour on the same day brings no second mail.
    assert run(day(20, 10)) == []
    # It is told at the next hour instead.
    assert "Học bạ số" in run(day(23, 10))[0].body


def ready(lead, moment):
    """The mail lies ready but has not gone."""
    with clock.frozen(moment):
        services.prepare_due()
    return Digest.objects.get(user=lead, state="ready")


@pytest.mark.parametrize("how", ["done", "cancelled", "moved", "left", "closed", "unwanted"])
def test_a_cause_that_is_gone_before_the_mail_goes_is_not_told(cast, lead, task, how):
    digest = ready(lead, day(20))
    if how == "done":
        TaskProgress.objects.create(task=task, unit=cast.school, state="done")
    elif how == "cancelled":
        Task.objects.filter(pk=task.pk).update(cancelled_on=dt.date(2026, 11, 20))
    elif how == "moved":
        Task.objects.filter(pk=task.pk).update(due_on=dt.date(2026, 12, 20))
    elif how == "left":
        Membership.objects.filter(user=lead).update(valid_to=dt.date(2026, 11, 20))
    elif how == "closed":
        type(lead).objects.filter(pk=lead.pk).update(is_active=False)
    else:
        Preference.objects.filter(user=lead).update(by_mail=False)
    assert run(day(20, 7, 1)) == []
    digest.refresh_from_db()
    assert digest.state == "dropped"


def test_what_is_left_in_a_digest_is_still_told(cast, plan, lead, task):
    make_task(plan, "Ngày hội đọc sách", lead=cast.school, due_on=DUE)
    ready(lead, day(20))
    TaskProgress.objects.create(task=task, unit=cast.school, state="done")
    (one,) = run(day(20, 7, 1))
    assert "Ngày hội đọc sách" in one.body
    assert "Học bạ số" not in one.body


def test_an_unread_notice_is_taken_back_when_its_causes_are_gone(cast, lead, task):
    run(day(20))
    with clock.frozen(day(20, 8)):
        assert services.withdraw_stale() == 0
        assert len(open_notices(lead)) == 1
        TaskProgress.objects.create(task=task, unit=cast.school, state="done")
        assert services.withdraw_stale() == 1
    assert open_notices(lead) == []


def test_every_unread_notice_is_looked_at(cast, plan, lead, task, monkeypatch):
    """More of them are true than one batch holds; the one that is not stands behind them."""
    monkeypatch.setattr(prepare, "LOOKED_AT", 2)
    run(day(20))
    (notice,) = open_notices(lead)
    for number in range(5):
        Notice.objects.create(user=lead, code=notice.code, url=notice.url, key=f"x{number}",
                              data=notice.data | ({"causes": ["task:0:0"]} if number == 4 else {}))  # fmt: skip
    with clock.frozen(day(20, 8)):
        assert services.withdraw_stale(until=0) == 0, "no batch is begun when the time is over"
        assert services.withdraw_stale() == 1
    assert len(open_notices(lead)) == 5


def test_what_can_still_be_done_is_told_before_what_is_long_late(cast, plan, lead, monkeypatch):
    monkeypatch.setattr(prepare, "MOST", 3)
    for number in range(1, 8):
        make_task(plan, f"Trễ {number}", lead=cast.school, due_on=dt.date(2026, 11, number))
    make_task(plan, "Hạn ngày mai", lead=cast.school, due_on=dt.date(2026, 11, 20))
    names = dict(Task.objects.values_list("pk", "content"))
    told = []
    for number in (19, 20, 23, 25):
        with clock.frozen(day(number)):
            services.prepare_due()
        rows = Reminder.objects.filter(user=lead, digest__day=dt.date(2026, 11, number)).order_by("pk")
        told.append([names[int(cause.split(":")[1])] for cause in rows.values_list("cause", flat=True)])
    assert told == [
        ["Hạn ngày mai", "Trễ 7", "Trễ 6"],
        ["Hạn ngày mai", "Trễ 5", "Trễ 4"],
        ["Hạn ngày mai", "Trễ 7", "Trễ 6"],  # another week of being late has begun for these
        ["Trễ 3", "Trễ 2", "Trễ 1"],
    ]


def test_the_weeks_summary_stands_beside_a_full_digest(cast, plan, lead, monkeypatch):
    monkeypatch.setattr(prepare, "MOST", 2)
    with clock.frozen(day(18)):
        services.preference_change(actor=lead, fields={"weekly": True, "weekly_on": 0})
    for number in range(1, 6):
        make_task(plan, f"Trễ {number}", lead=cast.school, due_on=dt.date(2026, 11, number))
    with clock.frozen(day(23)):
        services.prepare_due()
    digest = Digest.objects.get(user=lead)
    assert (digest.weekly, digest.items) == (True, 2)


def test_one_notice_stands_in_the_bell_at_a_time(lead, task):
    run(day(20))
    run(day(26))
    (notice,) = open_notices(lead)
    assert notice.created_at == day(26)


def test_quiet_hours_are_kept_when_the_worker_comes_back_late(lead, task):
    assert run(day(20, 21)) == []  # it was away at seven
    assert open_notices(lead) == []
    assert Preference.objects.get(user=lead).next_at == day(21, 6, 30)
    assert run(day(21, 6, 30)) == []  # a Saturday
    assert len(run(day(23))) == 1


def test_a_mail_that_lay_until_the_quiet_hours_waits_or_its_day_is_over(lead, task):
    digest = ready(lead, day(20, 19, 59))
    assert run(day(20, 20)) == []
    digest.refresh_from_db()
    assert (digest.state, digest.attempts) == ("ready", 0)
    assert digest.send_after == day(21, 6, 30)
    assert run(day(21, 6, 30)) == []
    digest.refresh_from_db()
    assert digest.state == "dropped"


def test_inside_loa_only(lead, task):
    with clock.frozen(day(18)):
        services.preference_change(actor=lead, fields={"by_mail": False})
    assert run(day(20)) == []
    assert len(open_notices(lead)) == 1
    assert Digest.objects.get(user=lead).state == "told"


def test_by_mail_only(lead, task):
    with clock.frozen(day(18)):
        services.preference_change(actor=lead, fields={"in_app": False})
    assert len(run(day(20))) == 1
    assert open_notices(lead) == []


def test_the_week_is_told_once_with_what_is_not_told_singly(cast, plan, lead, task):
    with clock.frozen(day(18)):
        services.preference_change(actor=lead, fields={"weekly": True, "weekly_on": 0, "before": [1]})
    (one,) = run(day(23))  # Monday
    assert one.subject == "Loa: việc tuần này, 1 việc"
    assert "CÒN LẠI TRONG TUẦN NÀY" in one.body
    assert run(day(25)) == []


def test_two_workers_share_people_and_neither_tells_twice(cast, lead, task):
    """The second claims while the first holds its people; and even both at once are stopped by the ledger."""
    with clock.frozen(day(20)):
        first = prepare._claim(100)
        assert [row.user_id for row in first] == [lead.pk]
        assert prepare._claim(100) == []
        prepare._prepare(first)
        again = list(Preference.objects.filter(user=lead).select_related("user"))
        prepare._prepare(again)  # a worker that slept beyond its lease
    assert Digest.objects.filter(user=lead).count() == 1
    assert len(open_notices(lead)) == 1
    assert len(run(day(20, 7, 1))) == 1


def test_a_worker_that_dies_leaves_its_people_to_another(lead, task):
    with clock.frozen(day(20)):
        assert len(prepare._claim(100)) == 1
    assert run(day(20, 7, 4)) == []
    assert len(run(day(20, 7, 6))) == 1


def test_a_mail_in_the_hands_of_a_dead_worker_is_not_sent_again(lead, task):
    digest = ready(lead, day(20))
    Digest.objects.filter(pk=digest.pk).update(state="sending", claim="gone", lease_until=day(20, 7, 30))
    assert run(day(20, 7, 31)) == []
    digest.refresh_from_db()
    assert digest.state == "unknown"


def test_people_with_a_role_are_enrolled_once(cast):
    with clock.frozen(day(18)):
        nobody = make_user("Không Có Vai")
        assert services.enrol() > 10
        assert services.enrol() == 0
    assert not Preference.objects.filter(user=nobody).exists()
    assert set(Preference.objects.values_list("next_at", flat=True)) == {day(19)}


def test_an_offices_reminder_is_read_again_in_the_digest_until_nothing_is_late(cast, plan, lead):
    quota = make_directive(
        plan, period="quarter", ends_on=dt.date(2026, 9, 30), audience={"units": [cast.school.pk]}
    )
    with clock.frozen(day(18)):
        services.preference_change(actor=lead, fields={"muted": ["duty"]})
        remind(actor=cast.office, plan=plan, units=[cast.school], text="Gửi trước thứ Sáu giúp Sở.")
        remind(actor=cast.office, plan=plan, units=[cast.school], text="Lần hai.")
    assert Nudge.objects.count() == 1
    (one,) = run(day(19))
    assert "LỜI NHẮC CỦA CƠ QUAN CẤP TRÊN" in one.body
    assert "Gửi trước thứ Sáu giúp Sở." in one.body
    assert run(day(20)) == []
    with clock.frozen(day(20, 9)):
        remind(actor=cast.office, plan=plan, units=[cast.school], text="Nhắc thêm.")
    quota.delete()
    assert run(day(23)) == []


def test_a_refused_reminder_by_an_office_leaves_no_trace(cast, plan):
    from loa.core.errors import Refused

    with clock.frozen(day(18)), pytest.raises(Refused):
        remind(actor=cast.outsider, plan=plan, units=[cast.school])
    assert Nudge.objects.count() == 0


def test_old_digests_are_forgotten_with_their_lines(lead, task):
    run(day(20))
    with clock.frozen(dt.date(2028, 1, 3)):
        assert services.prune() == 1
    assert Reminder.objects.count() == 0


def test_a_batch_costs_as_many_questions_for_many_as_for_few(cast, plan, lead, task):
    def asked(moment):
        with clock.frozen(moment), CaptureQueriesContext(connection) as queries:
            services.prepare_due()
        return len(queries)

    few = asked(day(20))
    for number in range(30):
        unit = make_unit(kind=Kind.THCS, parent=cast.xa)
        user = make_user("", (Role.UNIT_LEAD, unit), email=f"n{number}@truong.example")
        make_task(plan, f"Nhiệm vụ {number}", lead=unit, due_on=dt.date(2026, 11, 30))
        with clock.frozen(day(20, 8)):
            services.preference_of(user)
    many = asked(day(23))
    assert Digest.objects.filter(state="ready", day=dt.date(2026, 11, 23)).count() == 30
    assert many == few


def test_a_batch_may_have_more_causes_than_a_statement_has_places(lead, monkeypatch):
    monkeypatch.setattr(prepare, "MOST", 300)
    causes = [Cause(CauseKind.TASK, f"task:{number}:1", "Học bạ số", "/", due=DUE) for number in range(1100)]
    monkeypatch.setattr(prepare, "causes_of", lambda users, today: dict.fromkeys(users, causes))
    with few_places():
        for moment in (day(26), day(27)):
            for _again in range(2):
                Preference.objects.update(next_at=moment)
                with clock.frozen(moment):
                    services.prepare_due()
    assert [row.lines.count() for row in Digest.objects.order_by("day")] == [300, 300]
