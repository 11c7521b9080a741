"""Whether a message arrived: told at a secret address, asked where it was not told, never guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.channels import services
from loa.channels.inbound.models import HookTally
from loa.channels.models import Health
from loa.channels.rules import Status
from loa.channels.sending import DoorError, Sending
from loa.channels.sms import audience, reports
from loa.channels.sms.models import SmsMessage
from loa.channels.tests.test_sms import World, counts, run
from loa.channels.tests.test_sms import world as world
from loa.core import clock

pytestmark = pytest.mark.django_db


def _sent(world: World, numbers: int = 1) -> Any:
    world.many(numbers)
    row = run(world.post())
    assert row.status == Status.SENT
    return row


def _call(client: Any, world: World, **changes: Any) -> int:
    """The provider's call about its first message, as the simulator makes it."""
    key, kept = next(iter(world.sim.state["messages"].items()))
    query = {**world.sim.report(key), "RequestId": key, "phonenumber": kept["phone"], **changes}
    status: int = client.get(urlsplit(kept["callback"]).path, query).status_code
    return status


def _tally() -> dict[str, int]:
    return dict(HookTally.objects.filter(kind="sms").values_list("code", "count"))


def test_a_report_says_that_it_arrived_and_repeating_changes_nothing(world: World, client: Any) -> None:
    row = _sent(world, 2)
    assert _call(client, world) == 200
    assert counts(row) == {"arrived": 1, "taken": 1}
    assert [_call(client, world) for _time in range(5)] == [200] * 5
    assert _tally() == {"taken": 1, "duplicate": 5}
    assert counts(row) == {"arrived": 1, "taken": 1}


def test_what_did_not_arrive_is_said_and_a_late_arrival_corrects_it(world: World, client: Any) -> None:
    world.sim.state["off"] = ["0900000001"]
    row = _sent(world)
    assert _call(client, world) == 200
    message = SmsMessage.objects.get()
    assert (message.state, message.code) == ("failed", "sms_undelivered")
    found = audience.ledger(row)
    assert found is not None
    assert found["why"] == [("failed", "sms_undelivered", 1)]
    world.sim.state["off"] = []
    _call(client, world)
    assert counts(row) == {"arrived": 1}
    world.sim.state["off"] = ["0900000001"]
    _call(client, world)
    assert counts(row) == {"arrived": 1}


@pytest.mark.parametrize(
    ("told", "state", "counted"),
    [
        ({"SendStatus": "4"}, "failed", "taken"),
        ({"SendStatus": "1"}, "taken", "ignored"),
        ({"SendStatus": "2"}, "taken", "ignored"),
        ({"SendStatus": "x"}, "taken", "ignored"),
        ({"SendSuccess": "1", "SendFailed": "1"}, "taken", "ignored"),
        ({"SendSuccess": "-1"}, "taken", "ignored"),
        ({"SMSID": "khac", "RequestId": "khac"}, "taken", "unknown"),
        ({"SMSID": "", "RequestId": ""}, "taken", "malformed"),
    ],
)
def test_only_a_clear_word_about_a_message_of_ours_counts(
    world: World, client: Any, told: dict[str, str], state: str, counted: str
) -> None:
    row = _sent(world)
    assert _call(client, world, **told) == 200
    assert counts(row) == {state: 1}
    assert _tally() == {counted: 1}


def test_a_forged_or_oversized_report_changes_nothing_and_is_counted(world: World, client: Any) -> None:
    row = _sent(world)
    key = next(iter(world.sim.state["messages"]))
    query = {**world.sim.report(key), "RequestId": key}
    own = urlsplit(reports.address(world.account.pk)).path
    wrong = own.replace(reports.token_of(world.account.pk), reports.token_of(world.account.pk + 1))
    assert client.get(wrong, query).status_code == 403
    assert client.get(own, {**query, "phonenumber": "0" * 5000}).status_code == 413
    assert client.post(own, query).status_code == 405
    assert counts(row) == {"taken": 1}
    assert _tally() == {"forged": 1, "oversized": 1}


def test_another_account_cannot_settle_a_message(world: World, client: Any) -> None:
    row = _sent(world)
    other = services.account_save(
        actor=world.cast.chief, account_id=None, unit_id=world.cast.so.pk, kind="sms",
        fields={"name": "Tin khác", "external_id": "KHAC"},
    )  # fmt: skip
    key = next(iter(world.sim.state["messages"]))
    path = urlsplit(reports.address(other.pk)).path
    assert client.get(path, {**world.sim.report(key), "RequestId": key}).status_code == 200
    assert counts(row) == {"taken": 1}
    assert _tally() == {"unknown": 1}


def test_a_report_may_come_before_the_answer_that_was_lost(world: World, client: Any) -> None:
    world.many(1)
    world.sim.faults.script = ["drop_after"]
    row = world.post()
    run(row, tries=1)
    assert SmsMessage.objects.get().state == "waiting"
    key = next(iter(world.sim.state["messages"]))
    # Its own number is not known to us yet: the report names ours.
    assert _call(client, world, SMSID="sim-1") == 200
    assert counts(row) == {"arrived": 1}
    row = run(row)
    assert (row.status, row.external_id) == (Status.SENT, "1")
    assert list(world.sim.state["messages"]) == [key]


def test_a_report_that_overtakes_the_answer_is_not_forgotten_when_that_is_lost(
    world: World, client: Any, monkeypatch: Any
) -> None:
    world.many(1)
    row = world.post()
    request = Sending.request

    def overtaken(self: Sending, method: str, url: str, **more: Any) -> Any:
        request(self, method, url, **more)
        assert _call(client, world, SMSID="sim-1") == 200
        raise DoorError("slow", url, sent=None)

    with monkeypatch.context() as patch:
        patch.setattr(Sending, "request", overtaken)
        run(row, tries=1)
    assert counts(row) == {"arrived": 1}
    assert SmsMessage.objects.get().code == ""
    assert (run(row).status, len(world.sim.state["messages"])) == (Status.SENT, 1)


def test_a_silent_message_is_asked_about_three_times_and_no_more(world: World) -> None:
    row = _sent(world, 2)
    world.sim.state["off"] = ["0900000002"]
    kept = dict(world.sim.state["messages"])
    sent = clock.now()

    def asked(after: dt.timedelta) -> int:
        before = len([path for _method, path in world.sim.calls if path == reports.STATUS_PATH])
        with clock.frozen(sent + after):
            reports.ask_due()
        return len([path for _method, path in world.sim.calls if path == reports.STATUS_PATH]) - before

    world.sim.state["messages"] = {}  # the provider knows nothing yet
    assert asked(dt.timedelta(minutes=10)) == 0
    assert asked(dt.timedelta(minutes=31)) == 2
    assert asked(dt.timedelta(minutes=32)) == 0
    world.sim.state["messages"] = kept
    assert asked(dt.timedelta(hours=7)) == 2
    assert counts(row) == {"arrived": 1, "failed": 1}
    assert asked(dt.timedelta(days=3)) == 0


def test_an_answer_without_a_word_settles_nothing(world: World) -> None:
    row = _sent(world)
    with clock.frozen(clock.now() + dt.timedelta(hours=1)):
        world.sim.faults.script = ["html"]
        assert reports.ask_due() == 0
    assert counts(row) == {"taken": 1}


def test_the_check_asks_for_the_balance_and_finds_wrong_keys(world: World) -> None:
    services.account_check(account=world.account)
    world.account.refresh_from_db()
    assert (world.account.health, world.account.facts["balance"]) == (Health.GOOD, 100_000)
    world.sim.state["money"] = 0
    services.account_check(account=world.account)
    world.account.refresh_from_db()
    assert (world.account.health, world.account.health_code) == (Health.BROKEN, "sms_money")
    services.account_connect(
        actor=world.cast.chief, account_id=world.account.pk, secret={"api_key": "sai", "secret_key": "sai"}
    )
    services.account_check(account=world.account)
    world.account.refresh_from_db()
    assert (world.account.health, world.account.health_code) == (Health.BROKEN, "sms_key")


@given(st.dictionaries(st.sampled_from(["SendStatus", "SendSuccess", "SendFailed"]), st.text(max_size=3)))
def test_no_report_says_more_than_it_says(told: dict[str, str]) -> None:
    end = reports.verdict(told)
    if end is not None and end[0] == "arrived":
        assert told["SendStatus"].strip() == "5"
        assert told["SendSuccess"].strip() == "1"
