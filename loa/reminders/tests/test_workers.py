"""Workers at the same moment, for real: only where the database knows more than one writer."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core import mail
from django.db import connection

from loa.accounts.models import Notice
from loa.core import clock
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.plans.tests.factories import make_plan, make_task
from loa.reminders import services
from loa.reminders.models import Digest, Preference, Reminder

MORNING = dt.datetime(2026, 11, 20, 7, tzinfo=clock.VIETNAM)
PEOPLE, WORKERS = 40, 4


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_tell_everybody_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; the claims are tested one after the other")
    so = make_unit("Sở", Kind.SO)
    plan = make_plan(so)
    for number in range(PEOPLE):
        unit = make_unit(kind=Kind.THCS, parent=so)
        user = make_user("", (Role.UNIT_LEAD, unit), email=f"n{number}@truong.example")
        make_task(plan, f"Nhiệm vụ {number}", lead=unit, due_on=dt.date(2026, 11, 21))
        Preference.objects.create(user=user, next_at=MORNING, weekly=False)
    start = threading.Barrier(WORKERS)
    failed: list[BaseException] = []

    def work():
        try:
            with clock.frozen(MORNING):
                start.wait()
                while services.prepare_due(7):
                    pass
                start.wait()
                while services.send_due(5):
                    pass
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert failed == []
    assert sorted(one.to[0] for one in mail.outbox) == sorted(
        f"n{number}@truong.example" for number in range(PEOPLE)
    )
    assert Digest.objects.filter(state="sent").count() == PEOPLE
    assert Reminder.objects.count() == Notice.objects.count() == PEOPLE
