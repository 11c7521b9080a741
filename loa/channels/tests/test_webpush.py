"""Notices in browsers: sealed for each, once on every screen, forgotten when gone, never to strange addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from loa.channels import engine, sending, services
from loa.channels.drafts import Draft
from loa.channels.models import Delivery
from loa.channels.rules import Intent, Status
from loa.channels.webpush import keys, subscribing
from loa.channels.webpush.models import PushSubscription
from loa.channels.webpush.sim import PushSim, phone
from loa.core import clock
from loa.core.errors import InvalidInput

pytestmark = pytest.mark.django_db


class World:
    """A push service with telephones, and an account that tells them."""

    def __init__(self, cast: Any, settings: Any) -> None:
        self.sim = PushSim()
        self.server = self.sim.serve()
        port = self.server.server_address[1]
        settings.LOA_WEBPUSH_INSIDE = [f"127.0.0.1:{port}"]
        settings.LOA_DELIVERY_PACE = 0.01
        sending.door.cache_clear()
        self.base = f"http://127.0.0.1:{port}"
        self.cast = cast
        self.account = services.account_save(
            actor=cast.chief, account_id=None, unit_id=cast.so.pk, kind="webpush",
            fields={"name": "Thông báo", "external_id": "so"},
        )  # fmt: skip
        services.account_connect(
            actor=cast.chief, account_id=self.account.pk, secret={"contact": "vp@songlam.example"}
        )

    def phones(self, count: int) -> None:
        for number in range(1, count + 1):
            one = phone(number)
            subscribing.subscribe(
                account=self.account, endpoint=self.base + one["path"], p256dh=one["p256dh"], auth=one["auth"]
            )

    def post(self, key: str = "a", title: str = "Nghỉ học ngày 02/12 vì rét") -> Delivery:
        draft = Draft(
            "test", 1, self.cast.so.pk, title, "Học sinh tiểu học nghỉ.", [], "https://so.example/tin/1/"
        )
        return services.post_queue(actor=self.cast.chief, account_id=self.account.pk, draft=draft, key=key)

    def shown(self) -> list[dict[str, Any]]:
        return [message for screen in self.sim.state["shown"].values() for message in screen.values()]


@pytest.fixture
def world(cast: Any, settings: Any) -> Iterator[World]:
    made = World(cast, settings)
    yield made
    made.server.shutdown()
    sending.door.cache_clear()


def run(row: Delivery) -> Delivery:
    for _ in range(40):
        with clock.frozen(clock.now()):
            engine.drain()
        row.refresh_from_db()
        if row.status in (Status.SENT, Status.FAILED, Status.UNKNOWN):
            break
        Delivery.objects.filter(pk=row.pk).update(next_at=clock.now())
        type(row.account).objects.filter(pk=row.account_id).update(paused_until=None)
    return row


def test_every_browser_shows_it_once_and_reads_what_was_sealed_for_it(world: World) -> None:
    world.phones(5)
    row = run(world.post())
    assert (row.status, row.external_id) == (Status.SENT, "5")
    shown = world.shown()
    assert len(shown) == 5
    assert shown[0]["title"] == "Nghỉ học ngày 02/12 vì rét"
    assert shown[0]["url"] == "https://so.example/tin/1/"


def test_lost_answers_leave_one_notice_on_every_screen(world: World) -> None:
    world.phones(30)
    world.sim.faults.script = ["ok"] * 3 + ["drop_after"] + ["ok"] * 6 + ["drop_before", "error", "html", "rate"]
    row = run(world.post())
    assert row.status == Status.SENT
    assert len(world.shown()) >= 26
    assert all(len(screen) == 1 for screen in world.sim.state["shown"].values())


def test_many_go_out_in_turns(world: World, monkeypatch: Any) -> None:
    from loa.channels.webpush import transport

    monkeypatch.setattr(transport, "BATCH", 7)
    world.phones(20)
    row = run(world.post())
    assert (row.status, row.external_id) == (Status.SENT, "20")
    assert len(world.sim.calls) == 20


def test_a_worker_that_died_goes_on_where_it_was(world: World) -> None:
    world.phones(6)
    row = world.post()
    third = PushSubscription.objects.order_by("pk")[2].pk
    Delivery.objects.filter(pk=row.pk).update(
        status=Status.SENDING, called_at=clock.now(), steps={"after": third, "sent": 3, "lost": 0}
    )
    row = run(row)
    assert (row.status, row.external_id) == (Status.SENT, "6")
    assert len(world.sim.calls) == 3


def test_a_browser_that_is_gone_is_forgotten(world: World) -> None:
    world.phones(3)
    world.sim.state["gone"] = [2]
    assert run(world.post()).external_id == "2"
    assert PushSubscription.objects.count() == 2


def test_nobody_to_tell_is_said(world: World) -> None:
    row = run(world.post())
    assert (row.status, row.code) == (Status.FAILED, "push_nobody")


def test_connecting_again_keeps_the_key(world: World) -> None:
    before = subscribing.key_of(world.account)
    services.account_connect(
        actor=world.cast.chief, account_id=world.account.pk, secret={"contact": "khac@songlam.example"}
    )
    assert subscribing.key_of(world.account) == before
    assert len(keys.padded(before)) == 65


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:1/x", "https://169.254.169.254/x", "https://la.example/x", "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.la.example/x", "https://fcm.googleapis.com:444/x", "https://u:p@fcm.googleapis.com/x",
        "", "javascript:x", "https://push.apple.com.la/x",
    ],
)  # fmt: skip
def test_only_known_push_services_are_called(world: World, endpoint: str) -> None:
    one = phone(1)
    with pytest.raises(InvalidInput):
        subscribing.subscribe(account=world.account, endpoint=endpoint, p256dh=one["p256dh"], auth=one["auth"])
    assert not PushSubscription.objects.exists()


def test_known_ones_are_taken(world: World) -> None:
    assert subscribing.takes("https://fcm.googleapis.com/fcm/send/abc:def")
    assert subscribing.takes("https://web.push.apple.com/abc")


@pytest.mark.parametrize(
    "keys_", [{"p256dh": "", "auth": ""}, {"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": "ế", "auth": "ế"}]
)
def test_wrong_keys_are_refused(world: World, keys_: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        subscribing.subscribe(account=world.account, endpoint=f"{world.base}/day/1", **keys_)


@pytest.mark.parametrize("intent", [Intent.WITHDRAW, Intent.UPDATE])
def test_what_stands_on_screens_is_not_sent_again_to_take_it_back(
    world: World, monkeypatch: pytest.MonkeyPatch, intent: Intent
) -> None:
    from loa.channels.webpush import transport

    monkeypatch.setattr(transport, "BATCH", 2)
    world.phones(5)
    row = world.post()
    with clock.frozen(clock.now()):  # one turn, however slow the machine
        engine.work("here")
    if intent == Intent.WITHDRAW:
        services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    else:
        new = Draft("test", 1, world.cast.so.pk, "Đi học lại", "Từ 04/12.", [], "https://so.example/tin/1/")
        services.source_correct(actor=world.cast.chief, draft=new, note="Đổi ngày.", version=2)
    row = run(row)
    todo = Delivery.objects.get(follows=row)
    calls = len(world.sim.calls)
    engine.drain()
    assert (row.status, todo.intent, todo.status, todo.code) == (Status.SENT, intent, Status.TODO, "no_recall")
    assert (len(world.sim.calls), todo.attempts.count()) == (calls, 0)
    assert {message["title"] for message in world.shown()} == {"Nghỉ học ngày 02/12 vì rét"}


def test_withdrawn_on_its_way_the_other_browsers_are_spared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from loa.channels.webpush import transport

    monkeypatch.setattr(transport, "BATCH", 2)
    world.phones(5)
    row = world.post()
    with clock.frozen(clock.now()):  # one turn, however slow the machine
        engine.work("here")
    services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    row = run(row)
    todo = Delivery.objects.get(intent=Intent.WITHDRAW)
    assert (row.status, row.external_id, todo.status, todo.code) == (Status.SENT, "2", Status.TODO, "no_recall")
    assert len(world.shown()) == 2


@pytest.mark.parametrize(("steps", "told"), [({"sent": 3, "after": 9, "first_call": "x"}, True), ({}, False),
    ({"first_call": "x"}, True), ({"sent": 0, "after": 0, "first_call": "x"}, False)])  # fmt: skip
def test_withdrawn_while_it_waits_a_person_is_asked_if_somebody_has_it(
    world: World, steps: dict[str, Any], told: bool
) -> None:
    world.phones(1)
    row = world.post()
    Delivery.objects.filter(pk=row.pk).update(status=Status.RETRY, steps=steps)
    services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    row.refresh_from_db()
    assert (row.status, Delivery.objects.filter(status=Status.TODO).exists()) == (Status.CANCELLED, told)
    engine.drain()
    assert world.shown() == []


def test_a_hold_stops_the_other_browsers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from loa.channels.webpush import transport

    monkeypatch.setattr(transport, "BATCH", 2)
    world.phones(5)
    row = world.post()
    with clock.frozen(clock.now()):  # one turn, however slow the machine
        engine.work("here")
    hold = services.hold_begin(actor=world.cast.chief, unit_id=None, reason="Bão số 9")
    Delivery.objects.filter(pk=row.pk).update(next_at=clock.now())
    engine.drain()
    row.refresh_from_db()
    assert (row.status, row.code, len(world.shown())) == (Status.PROCESSING, "push_held", 2)
    services.hold_end(actor=world.cast.chief, hold_id=hold.pk)
    assert (run(row).status, len(world.shown())) == (Status.SENT, 5)
