"""The line of the health page: stuck within half a minute, not bad while something keeps the post back."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.channels import services
from loa.channels.models import ChannelAccount, Delivery, Health
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
