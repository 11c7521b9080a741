"""SMS brandname: each number once whatever breaks, every number accounted for, numbers sealed and forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.channels import engine, sending, services
from loa.channels.drafts import Draft
from loa.channels.models import ChannelAccount, Delivery, Health
from loa.channels.rules import Intent, Result, Status
from loa.channels.sms import audience
from loa.channels.sms.errors import classify
from loa.channels.sms.format import fit, plain
from loa.channels.sms.models import SmsMessage, SmsRecipient
from loa.channels.sms.sim import API_KEY, BRANDNAME, SECRET_KEY, SmsSim
from loa.core import clock
from loa.core.errors import InvalidInput, NotFound, Refused

pytestmark = pytest.mark.django_db
KEYS = {"api_key": API_KEY, "secret_key": SECRET_KEY, "brandname": BRANDNAME}
LINK = "https://so.example/tin/1/"


class World:
    """A provider, and an account with numbers."""

    def __init__(self, cast: Any, settings: Any) -> None:
        self.sim = SmsSim()
        self.server = self.sim.serve()
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        settings.LOA_CHANNEL_URLS = {**settings.LOA_CHANNEL_URLS, "sms": url}
        settings.LOA_DELIVERY_PACE = 0.01
        sending.door.cache_clear()
        self.cast = cast
        self.account = services.account_save(
            actor=cast.chief, account_id=None, unit_id=cast.so.pk, kind="sms",
            fields={"name": "Tin nhắn của Sở", "external_id": BRANDNAME},
        )  # fmt: skip
        services.account_connect(actor=cast.chief, account_id=self.account.pk, secret=KEYS)

    def add(self, numbers: str, **more: Any) -> audience.Added:
        ground = {"consent_on": clock.today(), "consent_how": "Phiếu đăng ký đầu năm", **more}
        return audience.recipients_add(
            actor=self.cast.chief, account_id=self.account.pk, numbers=numbers, **ground
        )

    def many(self, count: int) -> None:
        self.add("\n".join(f"09000000{number:02d}" for number in range(1, count + 1)))

    def post(self, key: str = "a") -> Delivery:
        draft = Draft("test", 1, self.cast.so.pk, "Nghỉ học ngày 02/12 vì rét", "Trẻ nghỉ.", [], LINK)
        return services.post_queue(actor=self.cast.chief, account_id=self.account.pk, draft=draft, key=key)

    def phones(self) -> list[str]:
        return sorted(row["phone"] for row in self.sim.state["messages"].values())


@pytest.fixture
def world(cast: Any, settings: Any) -> Iterator[World]:
    made = World(cast, settings)
    yield made
    made.server.shutdown()
    sending.door.cache_clear()


def run(row: Delivery, tries: int = 40) -> Delivery:
    for _ in range(tries):
        with clock.frozen(clock.now()):
            engine.drain()
        row.refresh_from_db()
        if row.status in (Status.SENT, Status.FAILED, Status.UNKNOWN):
            break
        Delivery.objects.filter(pk=row.pk).update(next_at=clock.now())
        ChannelAccount.objects.filter(pk=row.account_id).update(paused_until=None)
    return row


def counts(row: Delivery) -> dict[str, int]:
    found = audience.ledger(row)
    assert found is not None
    assert sum(n for _label, n in found["states"]) == found["meant"]
    rows = SmsMessage.objects.filter(delivery=row).values_list("state", flat=True)
    return {state: list(rows).count(state) for state in set(rows)}


# — words ————————————————————————————————————————————————————————————————————————————
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Đường Trường Sơn – Nghệ An…", "Duong Truong Son - Nghe An..."),
        ("“Nghỉ học” ngày 02/12", '"Nghi hoc" ngay 02/12'),
        ("Đa\u0323i ho\u0323c 🎓 [mới]", "Dai hoc  (moi)"),
    ],
)
def test_words_lose_accents_and_keep_capitals(text: str, told: str) -> None:
    assert plain(text) == told


def test_a_message_is_one_part_with_its_link() -> None:
    draft = Draft("test", 1, 1, "Thông báo nghỉ học " * 30, "", [], LINK)
    payload = fit(draft, {})
    assert payload["text"].endswith(f"... {LINK}")
    assert payload["text"].isascii()
    assert (payload["parts"], payload["characters"]) == (1, len(payload["text"]))
    assert len(payload["text"]) <= 160


def test_words_a_person_wrote_may_take_two_parts_and_keep_one_link() -> None:
    draft = Draft("test", 1, 1, "Nghỉ", "", [], LINK)
    payload = fit(draft, {"text": f"Trẻ nghỉ học {'rất lâu ' * 25} {LINK}"})
    assert payload["parts"] == 2
    assert payload["text"].count(LINK) == 1
    assert len(payload["text"]) <= 306
    assert fit(draft, {"text": payload["text"]})["text"] == payload["text"]


# — the provider's codes ——————————————————————————————————————————————————————————————
@pytest.mark.parametrize(
    ("code", "result", "why"),
    [
        ("99", Result.REFUSED, "sms_blocked"), ("101", Result.ACCOUNT, "sms_key"),
        ("103", Result.ACCOUNT, "sms_money"), ("104", Result.ACCOUNT, "sms_brandname"),
        ("108", Result.REFUSED, "sms_number"), ("146", Result.REFUSED, "sms_template"),
        ("177", Result.REFUSED, "sms_network"), ("555", Result.REFUSED, "bad_content"),
    ],
)  # fmt: skip
def test_codes(code: str, result: Result, why: str) -> None:
    outcome = classify(200, {"CodeResult": code})
    assert outcome is not None
    assert (outcome.result, outcome.code) == (result, why)


def test_good_and_lost_answers() -> None:
    assert classify(200, {"CodeResult": "100"}) is None
    assert classify(200, {"CodeResult": "124"}) is None
    for status, body in ((502, None), (200, None), (200, {})):
        outcome = classify(status, body)
        assert outcome is not None
        assert outcome.result == Result.UNKNOWN


# — sending ——————————————————————————————————————————————————————————————————————————
def test_every_number_gets_it_once(world: World) -> None:
    world.many(5)
    row = run(world.post())
    assert (row.status, row.external_id) == (Status.SENT, "5")
    assert counts(row) == {"taken": 5}
    assert world.phones() == [f"090000000{n}" for n in range(1, 6)]
    told = next(iter(world.sim.state["messages"].values()))["text"]
    assert told == f"Nghi hoc ngay 02/12 vi ret {row.post.payload['link']}"
    assert row.permalink == LINK
    assert "090000000" not in "".join(row.attempts.values_list("body", flat=True))


def test_lost_answers_send_nothing_twice(world: World) -> None:
    world.many(8)
    world.sim.faults.script = ["ok", "drop_after", "drop_before", "error", "html", "html_after", "rate", "ok"]
    row = run(world.post())
    assert row.status == Status.SENT
    assert counts(row) == {"taken": 8}
    assert len(world.phones()) == 8 == len(set(world.phones()))
    assert len(world.sim.calls) == 8 + 6


def test_a_worker_that_died_goes_on_and_sends_nothing_twice(world: World) -> None:
    world.many(4)
    row = run(world.post())
    # It died after the provider took the last two, before that was written.
    late = SmsMessage.objects.filter(delivery=row).order_by("-pk")[:2]
    SmsMessage.objects.filter(pk__in=[one.pk for one in late]).update(state="waiting")
    Delivery.objects.filter(pk=row.pk).update(status=Status.SENDING, called_at=clock.now())
    row = run(row)
    assert (row.status, counts(row)) == (Status.SENT, {"taken": 4})
    assert len(world.phones()) == 4


def test_a_long_list_goes_out_in_turns(world: World, monkeypatch: Any) -> None:
    from loa.channels.sms import transport

    monkeypatch.setattr(transport, "BATCH", 2)
    world.many(15)
    row = run(world.post())
    assert (row.status, row.external_id) == (Status.SENT, "15")
    assert len(world.sim.calls) == 15


def test_bad_numbers_are_marked_and_the_others_go_on(world: World) -> None:
    world.many(4)
    world.sim.state |= {"blocked": ["0900000002"], "foreign": ["0900000003"]}
    row = run(world.post())
    assert (row.status, row.external_id) == (Status.SENT, "2")
    assert counts(row) == {"taken": 2, "failed": 2}
    marked = SmsRecipient.objects.exclude(code="").order_by("pk").values_list("code", "active")
    assert list(marked) == [("sms_blocked", False), ("sms_network", True)]
    world.sim.calls.clear()
    again = run(world.post("b"))
    assert counts(again) == {"taken": 2, "failed": 1}
    assert len(world.sim.calls) == 3


def test_no_money_stops_the_account_and_goes_on_where_it_was(world: World) -> None:
    world.many(12)
    world.sim.state["money"] = 7
    row = run(world.post(), tries=3)
    world.account.refresh_from_db()
    assert (row.status in (Status.RETRY, Status.CHECKING), row.code) == (True, "sms_money")
    assert (world.account.health, world.account.health_code) == (Health.BROKEN, "sms_money")
    assert counts(row) == {"taken": 7, "waiting": 5}
    world.sim.state["money"] = 100
    services.account_check(account=world.account)
    row = run(row)
    assert (row.status, counts(row)) == (Status.SENT, {"taken": 12})
    assert len(world.phones()) == 12


def test_words_that_match_no_template_fail_with_words(world: World) -> None:
    world.many(2)
    world.sim.state["strict"] = "SGD Song Lam:"
    row = run(world.post())
    assert (row.status, row.code, counts(row)) == (Status.FAILED, "sms_template", {"waiting": 2})


def test_a_silent_provider_is_for_a_person_after_hours(world: World) -> None:
    world.many(1)
    row = world.post()
    world.sim.faults.error = 1
    run(row, tries=2)
    assert row.status == Status.PROCESSING
    steps = {**row.steps, "first_call": (clock.now() - dt.timedelta(hours=7)).isoformat()}
    Delivery.objects.filter(pk=row.pk).update(steps=steps, next_at=clock.now())
    row = run(row)
    assert (row.status, row.code) == (Status.UNKNOWN, "sms_lost")


def test_nobody_to_tell_is_said(world: World) -> None:
    row = run(world.post())
    assert (row.status, row.code) == (Status.FAILED, "sms_nobody")


def test_a_withdrawn_story_and_a_hold_stop_the_rest(world: World, monkeypatch: Any) -> None:
    from loa.channels.sms import transport

    monkeypatch.setattr(transport, "BATCH", 2)
    world.many(6)
    row = world.post()
    with clock.frozen(clock.now()):  # one turn, however slow the machine
        engine.work("here")
    row.refresh_from_db()
    assert counts(row) == {"taken": 2, "waiting": 4}
    hold = services.hold_begin(actor=world.cast.chief, unit_id=None, reason="Bão số 9")
    run(row, tries=2)
    assert (row.code, counts(row)) == ("sms_held", {"taken": 2, "waiting": 4})
    services.hold_end(actor=world.cast.chief, hold_id=hold.pk)
    Delivery.objects.filter(pk=row.pk).update(withdraw_wanted=True)
    row = run(row)
    assert (row.status, counts(row)) == (Status.SENT, {"taken": 2, "skipped": 4})


# — the list —————————————————————————————————————————————————————————————————————————
def test_numbers_are_sealed_masked_entered_once_and_forgotten(world: World) -> None:
    added = world.add("0912 345 678\n+84 912 345 678\n\n0987.654.321,")
    assert (added.new, added.known) == (2, 0)
    assert world.add("0912345678") == audience.Added(new=0, known=1)
    row = SmsRecipient.objects.get(mask="84912•••678")
    assert "912345678" not in f"{row.sealed}{row.digest}"
    delivery = world.post()
    engine.work("nobody")  # goes out to both
    audience.recipient_remove(actor=world.cast.chief, account_id=world.account.pk, recipient_id=row.pk)
    assert SmsRecipient.objects.count() == 1
    assert SmsMessage.objects.filter(delivery=delivery, recipient=None).count() == 1
    assert LogEntry.objects.filter(action="channels.sms.removed").exists()
    assert "912345678" not in str(list(LogEntry.objects.values()))


def test_wrong_lines_are_told_one_by_one_and_nothing_is_lost(world: World, client: Any) -> None:
    client.force_login(world.cast.chief)
    url = reverse("channels:sms_recipients", args=[world.account.pk])
    text = "\n0912345678\n02438224567\nabc"
    answer = client.post(url, {"numbers": text, "consent_on": "2026-09-05", "consent_how": "Phiếu đăng ký"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Dòng 3: “02438224567”" in page
    assert "Dòng 4: “abc”" in page
    assert "0912345678" in page
    assert not SmsRecipient.objects.exists()
    answer = client.post(
        url, {"numbers": "0912345678", "consent_on": "2026-09-05", "consent_how": "Phiếu đăng ký"}
    )
    assert answer.status_code == 302
    page = client.get(url).content.decode()
    assert "84912•••678" in page
    assert "0912345678" not in page


@pytest.mark.parametrize("more", [{"consent_how": " "}, {"consent_on": dt.date(2099, 1, 1)}])
def test_no_number_without_a_ground(world: World, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        world.add("0912345678", **more)
    assert not SmsRecipient.objects.exists()


@pytest.mark.parametrize("brand", ["", "QUA-DAI-QUA-DAI", "SỞ GD"])
def test_a_brandname_is_as_the_networks_take_it(world: World, brand: str) -> None:
    other = services.account_save(
        actor=world.cast.chief, account_id=None, unit_id=world.cast.so.pk, kind="sms",
        fields={"name": "Khác", "external_id": "khac"},
    )  # fmt: skip
    with pytest.raises(InvalidInput):
        services.account_connect(actor=world.cast.chief, account_id=other.pk, secret={**KEYS, "brandname": brand})


def test_only_who_manages_the_account_sees_its_numbers(world: World, client: Any) -> None:
    world.add("0912345678")
    row = SmsRecipient.objects.get()
    url = reverse("channels:sms_recipients", args=[world.account.pk])
    away = reverse("channels:sms_remove", args=[world.account.pk, row.pk])
    ground = {"numbers": "0912345679", "consent_on": "2026-09-05", "consent_how": "Phiếu đăng ký"}
    for user in (world.cast.editor, world.cast.outsider):
        client.force_login(user)
        assert client.get(url).status_code in (403, 404)
        assert client.post(url, ground).status_code in (403, 404)
        assert client.post(away).status_code in (403, 404)
        with pytest.raises((NotFound, Refused)):
            audience.recipient_remove(actor=user, account_id=world.account.pk, recipient_id=row.pk)
    client.logout()
    assert client.get(url).status_code == 302
    assert client.post(away).status_code == 302
    assert SmsRecipient.objects.count() == 1
    client.force_login(world.cast.chief)
    assert client.get(url).status_code == 200
    assert client.post(away).status_code == 302
    assert not SmsRecipient.objects.exists()


def test_numbers_of_another_account_are_not_reached(world: World) -> None:
    world.add("0912345678")
    other = ChannelAccount.objects.create(unit=world.cast.so, kind="sms", name="Khác", external_id="khac")
    with pytest.raises(NotFound):
        audience.recipient_remove(
            actor=world.cast.chief, account_id=other.pk, recipient_id=SmsRecipient.objects.get().pk
        )
    page = ChannelAccount.objects.create(unit=world.cast.so, kind="facebook", name="Trang", external_id="1")
    with pytest.raises(NotFound):
        audience.account_for(world.cast.chief, page.pk)


def test_the_list_costs_the_same_however_long(world: World, client: Any) -> None:
    from django.db import connection

    client.force_login(world.cast.chief)
    url = reverse("channels:sms_recipients", args=[world.account.pk])
    asked = []
    for numbers in ("0912345678", "\n".join(f"09000000{n:02d}" for n in range(30))):
        world.add(numbers)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_delivery_page_accounts_for_every_number(world: World, client: Any) -> None:
    world.many(3)
    world.sim.state["blocked"] = ["0900000002"]
    row = run(world.post())
    client.force_login(world.cast.chief)
    page = client.get(reverse("channels:delivery", args=[row.pk])).content.decode()
    for words in (
        "Định gửi tới",
        "3 số",
        "Nhà cung cấp đã nhận",
        "chưa phải là tin đã tới điện thoại",
        "chặn tin",
    ):
        assert words in page
    assert "data-preview-parts>1</span>" in page


def test_a_withdrawal_under_way_sends_nobody_anything(world: World, monkeypatch: Any) -> None:
    from loa.channels.sms import transport

    monkeypatch.setattr(transport, "BATCH", 2)
    world.many(6)
    row = world.post()
    with clock.frozen(clock.now()):  # one turn, however slow the machine
        engine.work("here")
    assert len(world.phones()) == 2
    services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    row = run(row)
    todo = Delivery.objects.get(intent=Intent.WITHDRAW)
    run(todo, tries=3)
    assert (row.status, todo.status, todo.code) == (Status.SENT, Status.TODO, "no_recall")
    assert len(world.phones()) == 2
    assert not SmsMessage.objects.filter(delivery=todo).exists()
    services.delivery_review(actor=world.cast.chief, delivery_id=todo.pk, answer="done")
    row.refresh_from_db()
    assert row.gone_at is None  # it is still on two telephones


def test_withdrawn_before_the_first_number_nobody_gets_it_and_nobody_is_asked(
    world: World, monkeypatch: Any
) -> None:
    from loa.channels.sms import transport

    world.many(3)
    row = world.post()
    with monkeypatch.context() as patch, clock.frozen(clock.now()):
        patch.setattr(transport, "BATCH", 0)
        engine.work("here")
    services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    row = run(row, tries=3)
    assert (row.status, row.code, world.phones()) == (Status.CANCELLED, "withdrawn", [])
    assert counts(row) == {"skipped": 3}
    assert Delivery.objects.count() == 1


# — stopped on its way ———————————————————————————————————————————————————————————————
def half(world: World, monkeypatch: Any, state: Status) -> Delivery:
    """A post that two of six telephones have, and that stands in `state`."""
    from loa.channels.sms import transport

    monkeypatch.setattr(transport, "BATCH", 2)
    world.many(6)
    row = world.post()
    with clock.frozen(clock.now()):  # one turn, however slow the machine
        engine.work("here")
    if state == Status.RETRY:
        world.sim.state["money"] = 0
        Delivery.objects.filter(pk=row.pk).update(next_at=clock.now())
        engine.drain()
        ChannelAccount.objects.update(health=Health.GOOD, paused_until=None)
        world.sim.state["money"] = 1000
    Delivery.objects.filter(pk=row.pk).update(status=state, code="sms_money")
    row.refresh_from_db()
    assert counts(row) == {"taken": 2, "waiting": 4}
    return row


@pytest.mark.parametrize("state", [Status.RETRY, Status.FAILED, Status.CHECKING, Status.UNKNOWN])
def test_withdrawn_when_some_have_it_a_person_is_asked_to_tell_them(
    world: World, monkeypatch: Any, state: Status
) -> None:
    row = half(world, monkeypatch, state)
    services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    if state == Status.UNKNOWN:
        services.delivery_decide(actor=world.cast.chief, delivery_id=row.pk, answer="drop")
    Delivery.objects.filter(status=Status.CHECKING).update(next_at=clock.now())
    row = run(row, tries=3)
    assert (row.status, counts(row), len(world.phones())) == (Status.CANCELLED, {"taken": 2, "waiting": 4}, 2)
    todo = Delivery.objects.get(intent=Intent.WITHDRAW)
    assert (todo.status, todo.code, todo.follows_id) == (Status.TODO, "no_recall", row.pk)
    assert services.source_withdraw(actor=world.cast.chief, source="test", source_id=1) == 0
    assert Delivery.objects.count() == 2


def test_withdrawn_before_anybody_had_it_nobody_is_asked(world: World) -> None:
    world.many(2)
    row = world.post()
    Delivery.objects.filter(pk=row.pk).update(status=Status.RETRY, code="sms_money")
    services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    assert list(Delivery.objects.values_list("status", flat=True)) == [Status.CANCELLED]


def test_the_rest_called_off_by_a_person_and_then_the_story_withdrawn(
    world: World, monkeypatch: Any, client: Any
) -> None:
    row = half(world, monkeypatch, Status.RETRY)
    client.force_login(world.cast.chief)
    told = client.post(reverse("channels:cancel", args=[row.pk]), follow=True).content.decode()
    assert "Đã huỷ phần còn lại: 2 người đã nhận, không ai nhận thêm." in told
    assert Delivery.objects.count() == 1
    assert services.source_withdraw(actor=world.cast.chief, source="test", source_id=1) == 1
    todo = Delivery.objects.get(intent=Intent.WITHDRAW)
    assert (todo.status, todo.code) == (Status.TODO, "no_recall")
    assert len(world.phones()) == 2


@pytest.mark.parametrize("state", [Status.RETRY, Status.FAILED, Status.CHECKING, Status.CANCELLED])
def test_corrected_when_some_have_the_wrong_words_the_correction_says_so(
    world: World, monkeypatch: Any, state: Status
) -> None:
    row = half(world, monkeypatch, state if state != Status.CANCELLED else Status.RETRY)
    if state == Status.CANCELLED:
        services.delivery_cancel(actor=world.cast.chief, delivery_id=row.pk)
    new = Draft("test", 1, world.cast.so.pk, "Đi học lại", "Từ 04/12.", [], LINK)
    services.source_correct(actor=world.cast.chief, draft=new, note="Đổi ngày.", version=2)
    Delivery.objects.filter(status=Status.CHECKING).update(next_at=clock.now())
    run(row, tries=3)
    made = Delivery.objects.exclude(pk=row.pk).get()
    if state == Status.CANCELLED:
        assert (made.intent, made.status, made.code) == (Intent.UPDATE, Status.TODO, "no_recall")
        assert len(world.phones()) == 2
        return
    if state == Status.FAILED:
        assert made.status == Status.FAILED  # a person says when it is tried
        services.delivery_retry(actor=world.cast.chief, delivery_id=made.pk)
    made = run(made)
    assert (made.intent, made.status) == (Intent.PUBLISH, Status.SENT)
    texts = [message["text"] for message in world.sim.state["messages"].values()]
    assert len([text for text in texts if "Dinh chinh" in text]) == 6
    assert len(texts) == 8


@pytest.mark.parametrize(("fault", "arrived"), [("drop_after", 1), ("drop_before", 0)])
def test_withdrawn_when_one_may_have_it_a_person_is_asked(world: World, fault: str, arrived: int) -> None:
    world.many(3)
    row = world.post()
    world.sim.faults.only, world.sim.faults.script = "SendMultiple", [fault]
    with clock.frozen(clock.now()):
        engine.work("here")
    services.source_withdraw(actor=world.cast.chief, source="test", source_id=1)
    row = run(row)
    assert (row.status, len(world.phones())) == (Status.SENT, arrived)
    assert sorted(SmsMessage.objects.values_list("state", "code")) == [
        ("skipped", "sms_unclear"), ("skipped", "withdrawn"), ("skipped", "withdrawn"),
    ]  # fmt: skip
    todo = Delivery.objects.get(intent=Intent.WITHDRAW)
    assert (todo.status, todo.code) == (Status.TODO, "no_recall")


def test_an_answer_that_comes_at_last_is_no_doubt_any_more(world: World) -> None:
    world.many(2)
    row = world.post()
    world.sim.faults.only, world.sim.faults.script = "SendMultiple", ["drop_after"]
    row = run(row)
    assert (row.status, counts(row), len(world.phones())) == (Status.SENT, {"taken": 2}, 2)
    assert set(SmsMessage.objects.values_list("code", flat=True)) == {""}


# — stopped by the night ———————————————————————————————————————————————————————————————
def halfway(world: World, monkeypatch: Any) -> Delivery:
    """A post that two of six telephones have when the quiet hours begin, at ten in the evening."""
    quiet(world, dt.time(22), dt.time(6))
    with clock.frozen("2026-11-25T21:59:00+07:00"):
        row = half(world, monkeypatch, Status.PROCESSING)
    with clock.frozen("2026-11-25T22:05:00+07:00"):
        engine.drain()
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.PROCESSING, "quiet")
    assert clock.local(row.next_at).isoformat() == "2026-11-26T06:00:00+07:00"
    return row


def quiet(world: World, start: dt.time | None, end: dt.time | None) -> None:
    services.account_save(
        actor=world.cast.chief, account_id=world.account.pk, unit_id=world.cast.so.pk, kind="sms",
        fields={"quiet_from": start, "quiet_to": end},
    )  # fmt: skip


def test_what_cannot_wait_goes_out_at_night_though_the_rest_of_another_post_waits(
    world: World, monkeypatch: Any
) -> None:
    row = halfway(world, monkeypatch)
    with clock.frozen("2026-11-25T22:10:00+07:00"):
        draft = Draft("test", 2, world.cast.so.pk, "Nghỉ học ngày mai vì bão", "", [], LINK, urgent=True)
        urgent = services.post_queue(actor=world.cast.chief, account_id=world.account.pk, draft=draft, key="b")
        assert engine.work("here") == 1
        run(urgent)
    assert (urgent.status, counts(urgent), counts(row)) == (
        Status.SENT, {"taken": 6}, {"taken": 2, "waiting": 4},
    )  # fmt: skip


def test_quiet_hours_that_are_changed_hold_the_rest_no_longer(world: World, monkeypatch: Any) -> None:
    row = halfway(world, monkeypatch)
    with clock.frozen("2026-11-25T22:10:00+07:00"):
        quiet(world, None, None)
        assert engine.work("here") == 1
        assert counts(row) == {"taken": 4, "waiting": 2}
        assert run(row).status == Status.SENT
    assert counts(row) == {"taken": 6}
