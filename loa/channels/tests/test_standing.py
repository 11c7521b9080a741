"""The line of the health page: stuck within half a minute, not bad while something keeps the post back."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.channels import services
from loa.channels.models import Attempt, ChannelAccount, Delivery, Health
from loa.channels.rules import BREAKER, Status
from loa.channels.standing import standing
from loa.channels.tests.factories import draft, facebook_account
from loa.core import clock
from loa.core.health import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast):
    page = facebook_account(cast.so)
    made = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="k" * 20)
    late(made, 30)
    return made


def late(row, seconds):
    at = clock.now() - dt.timedelta(seconds=seconds)
    Delivery.objects.filter(pk=row.pk).update(due_at=at, next_at=at)


def account(**fields):
    ChannelAccount.objects.update(**fields)


def test_a_post_nobody_takes_is_stuck_after_half_a_minute(row):
    assert standing().state == State.BAD
    late(row, 10)
    assert standing().state == State.GOOD


def test_one_that_is_being_served_is_not_stuck_until_it_is_late(row):
    account(lease_until=clock.now() - dt.timedelta(seconds=3))
    assert standing().state == State.GOOD
    late(row, 400)
    assert standing().state == State.BAD


def test_what_is_kept_back_is_not_late(cast, row):
    late(row, 400)
    in_an_hour = clock.now() + dt.timedelta(hours=1)
    account(paused_until=in_an_hour)  # the channel asked for it, or quiet hours
    assert standing().state == State.GOOD
    account(failures=BREAKER)  # the breaker: the channel fails all the time
    assert standing().state == State.BAD
    account(paused_until=None, failures=0, health=Health.BROKEN)  # its people are told themselves
    assert standing().state == State.GOOD
    account(health=Health.GOOD)
    services.hold_begin(actor=cast.chief, unit_id=None, reason="Bão")
    assert standing().state == State.GOOD


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.TODO])
def test_what_waits_for_a_person_is_shown(row, status):
    Delivery.objects.filter(pk=row.pk).update(status=status)
    assert standing().state == State.LOOK


def put(row, **fields):
    Delivery.objects.filter(pk=row.pk).update(**fields)


def ahead(seconds=60):
    return clock.now() + dt.timedelta(seconds=seconds)


def ago(minutes):
    return clock.now() - dt.timedelta(minutes=minutes)


@pytest.mark.parametrize("status", [Status.RETRY, Status.CHECKING])
def test_a_post_tried_again_and_again_is_late_by_its_own_hour(cast, row, status):
    """Its next try always lies ahead, and the account rests until then."""
    behind = services.post_queue(actor=cast.editor, account_id=row.account_id, draft=draft(cast.so), key="b" * 20)
    put(behind, due_at=ago(6), next_at=ago(6))
    put(row, status=status, tries=3, due_at=ago(4), next_at=ahead())
    account(paused_until=ahead())
    assert standing().state == State.GOOD
    put(row, due_at=ago(6))
    reading = standing()
    assert (reading.state, reading.figure[:2]) == (State.BAD, "2 ")  # the one behind it as well
    Attempt.objects.create(delivery_id=row.pk, number=1, what="send", worker="w", result="unknown")
    Attempt.objects.create(delivery_id=row.pk, number=2, what="send", worker="w", result="later")
    assert standing().state == State.GOOD  # a quota, the channel's night: it said until when
    Attempt.objects.filter(number=2).delete()
    put(row, code="quiet")
    assert standing().state == State.GOOD


def test_an_article_worked_on_for_long_is_late_a_long_film_is_not(cast, row):
    put(row, status=Status.PROCESSING, due_at=ago(30), called_at=ago(4), next_at=ahead())
    account(kind="zalo", paused_until=ahead())
    assert standing().state == State.GOOD
    put(row, called_at=ago(6))
    assert standing().state == State.BAD
    account(kind="facebook")
    assert standing().state == State.GOOD
    put(row, called_at=ago(16))
    assert standing().state == State.BAD
    account(kind="sms")  # thousands of numbers, one after the other: its own sending
    assert standing().state == State.GOOD
