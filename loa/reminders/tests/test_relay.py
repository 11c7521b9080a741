"""Towards a relay that takes, refuses, is busy, or hangs up: what may have gone is not sent again."""

from __future__ import annotations

import datetime as dt
import email
import email.policy

import pytest

from loa.core import clock
from loa.plans.tests.factories import make_task
from loa.reminders import services, tasks
from loa.reminders.models import Digest

WHEN = dt.datetime(2026, 11, 20, 7, tzinfo=clock.VIETNAM)


@pytest.fixture
def digest(cast, plan):
    """Ready to go to the lead of the school."""
    cast.lead.email = "toan@truong.example"
    cast.lead.save()
    make_task(plan, "Bữa cơm bán trú", lead=cast.school, due_on=dt.date(2026, 11, 27))
    with clock.frozen(WHEN - dt.timedelta(days=1)):
        services.preference_change(actor=cast.lead, fields={"weekly": False})
    with clock.frozen(WHEN):
        services.prepare_due()
    return Digest.objects.get(user=cast.lead)


def run(minutes, digest):
    with clock.frozen(WHEN + dt.timedelta(minutes=minutes)):
        tasks.remind.call()
    digest.refresh_from_db()
    return digest.state


def test_a_mail_that_is_taken(relay, digest):
    assert run(1, digest) == "sent"
    message = email.message_from_bytes(relay.taken[0].encode(), policy=email.policy.default)
    assert message["Subject"] == "Loa: 1 việc cần nhớ, 20/11/2026"
    assert message["To"] == "toan@truong.example"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].strip().startswith("<http")
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert "Bữa cơm bán trú" in body
    assert "thứ Sáu, 20/11/2026" in body
    run(20, digest)
    assert len(relay.taken) == 1


def test_a_relay_that_hangs_up_after_the_mail_leaves_it_unknown_and_it_is_not_sent_again(relay, digest):
    relay.mood = "vanish"
    assert run(1, digest) == "unknown"
    relay.mood = ""
    for minutes in (10, 60, 300):
        assert run(minutes, digest) == "unknown"
    assert len(relay.taken) == 1


def test_a_mailbox_that_does_not_exist_is_not_tried_again(relay, digest):
    relay.mood = "refuse"
    assert run(1, digest) == "failed"
    assert "550" in digest.trouble
    relay.mood = ""
    assert run(60, digest) == "failed"
    assert relay.taken == []


def test_a_busy_relay_is_asked_again_later_and_not_for_ever(relay, digest):
    relay.mood = "busy"
    assert run(1, digest) == "ready"
    assert run(2, digest) == "ready"
    assert digest.attempts == 1  # its turn has not come
    relay.mood = ""
    assert run(7, digest) == "sent"
    assert len(relay.taken) == 1


def test_a_relay_that_is_away_is_asked_five_times(relay, digest, settings):
    settings.EMAIL_PORT = 1
    for minutes in (1, 7, 18, 39):
        assert run(minutes, digest) == "ready"
    assert run(80, digest) == "failed"
    assert digest.attempts == 5


def test_a_busy_day_does_not_stop_the_mails_of_others(relay, digest, cast, plan):
    """After a failure the line is opened anew."""
    relay.mood = "refuse"
    assert run(1, digest) == "failed"
    relay.mood = ""
    cast.outsider_lead.email = "loc@truong.example"
    cast.outsider_lead.save()
    make_task(plan, "Ngày hội", lead=cast.thpt, due_on=dt.date(2026, 11, 21))
    services.preference_of(cast.outsider_lead)
    cast.outsider_lead.reminding.next_at = WHEN
    cast.outsider_lead.reminding.save()
    run(10, digest)
    assert ["loc@truong.example" in one for one in relay.taken] == [True]
