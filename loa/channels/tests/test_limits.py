"""Zalo's limit of calls: told with every answer, counted over the last minute, and never run into."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.channels import engine, services
from loa.channels.inbound import acting
from loa.channels.inbound.rules import Verb
from loa.channels.rules import Status
from loa.channels.sending import Talk
from loa.channels.tests.factories import at, draft, zalo_account
from loa.channels.zalo.errors import rest_after
from loa.channels.zalo.transport import Zalo
from loa.core import clock

pytestmark = pytest.mark.django_db
NINE = dt.datetime.fromisoformat("2026-11-25T09:00:00+07:00")


def later(seconds):
    return (NINE + dt.timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize(
    ("remain", "rest"),
    [("4000", 0), ("400", 0), ("399", 15), ("80", 15), ("79", 60), ("0", 60), ("", 0), ("x", 0)],
)
def test_the_nearer_the_limit_the_longer_the_rest(remain, rest):
    assert rest_after({"x-ratelimit-limit": "4000", "x-ratelimit-remain": remain}) == rest


def test_the_stand_in_counts_the_calls_of_the_last_minute(cast, sims):
    talk = Talk(zalo_account(cast.so))
    sims[1].limit = 3

    def call(second):
        with at(sims, later(second)):
            _body, wrong = Zalo()._call(talk, "GET", "/v2.0/oa/getoa")
        return wrong.code if wrong else "", talk.last.header("x-ratelimit-remain")

    assert [call(second) for second in (0, 1, 2, 3)] == [("", "2"), ("", "1"), ("", "0"), ("throttled", "0")]
    assert call(60) == ("", "0")  # the first has left the window
    assert call(62) == ("", "1")


def test_an_oa_slows_down_before_the_limit(cast, sims, settings):
    settings.LOA_DELIVERY_PACE = 1.0
    oa = zalo_account(cast.so)
    sims[1].limit = 40
    sims[1].minute = [NINE.timestamp() - 5] * 36
    with at(sims, NINE.isoformat()):
        row = services.post_queue(
            actor=cast.editor, account_id=oa.pk, draft=draft(cast.so, pictures=1), key="k" * 20
        )
        engine.drain()
        oa.refresh_from_db()
        assert oa.paused_until == NINE + dt.timedelta(seconds=15)
    with at(sims, later(56)):  # the calls of before have left the window
        engine.drain()
        oa.refresh_from_db()
        row.refresh_from_db()
        assert (row.status, oa.paused_until) == (Status.SENT, None)
    assert all(attempt.result != "retry" for attempt in row.attempts.all())


def test_an_answer_in_a_chat_lets_the_oa_rest_as_well(cast, sims, settings):
    settings.LOA_DELIVERY_PACE = 1.0
    oa = zalo_account(cast.so)
    sims[1].limit = 40
    person = sims[1].meet("An")
    sims[1].write(person, "Mai trường có nghỉ không ạ?")
    sims[1].minute = [sims[1].clock()] * 36
    acting.queue(actor=None, account=oa, verb=Verb.MESSAGE, target=person, payload={"text": "Dạ không ạ."})
    acting.drain()
    oa.refresh_from_db()
    assert oa.paused_until > clock.now() + dt.timedelta(seconds=10)
