"""The receiving door: what is forged, repeated, overtaken, stale or too large changes nothing and is counted.

Contract tests 4, 5 and 15 of the channels' reference have their number in their name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
import unicodedata

import pytest
from django.urls import reverse

from loa.channels import engine, services
from loa.channels.facebook import sim as fb
from loa.channels.facebook.sim_comments import sign as hub_sign
from loa.channels.inbound import door, polling, reading
from loa.channels.inbound.models import HookEvent, HookState, HookTally
from loa.channels.inbound.rules import MOST_BYTES, MOST_TRIES, hub_signed
from loa.channels.models import ChannelAccount, ChannelSecret
from loa.channels.tests.factories import draft, facebook_account, zalo_account
from loa.channels.vault import seal
from loa.channels.zalo import sim as zl
from loa.core import clock
from loa.core.health import State
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.LOA_FACEBOOK_APP_SECRET = fb.APP_SECRET


@pytest.fixture
def heard():
    """What the upper domains were told."""
    found = []

    def listener(said):
        new = (said.words.external_id, said.words.verb) not in [(w.external_id, w.verb) for w in found]
        if new:
            found.append(said.words)
        return new

    kept = dict(reading.said._entries)
    reading.said._entries = {}
    reading.said.register("test", listener)
    yield found
    reading.said._entries = kept


@pytest.fixture
def page(db):
    return facebook_account(make_unit("Sở"))


@pytest.fixture
def oa(db):
    return zalo_account(make_unit("Sở"), webhook_secret=zl.OA_SECRET)


def comment(text="Cháu chào Sở ạ", *, key="9_1", verb="add", at=None, page=fb.PAGE_ID):
    at = at or clock.now().timestamp()
    value = {
        "item": "comment", "verb": verb, "comment_id": key, "post_id": f"{page}_9", "parent_id": f"{page}_9",
        "from": {"id": "77", "name": "Người dân"}, "message": text, "created_time": int(at),
    }  # fmt: skip
    entry = {"id": page, "time": int(at), "changes": [{"field": "feed", "value": value}]}
    return {"object": "page", "entry": [entry]}


def send(client, body, *, raw=None, secret=fb.APP_SECRET):
    raw = raw if raw is not None else json.dumps(body, ensure_ascii=False).encode()
    headers = hub_sign(secret, raw, False)
    return client.post(
        reverse("channel_hook", args=["facebook"]), raw, content_type="application/json", headers=headers
    ).status_code


def zalo_body(text="Cho em hỏi lịch thi", *, key="m1", at=None):
    at = str(int((at or clock.now().timestamp()) * 1000))
    return {
        "app_id": zl.APP_ID, "sender": {"id": "111"}, "recipient": {"id": zl.OA_ID}, "user_id_by_app": "1",
        "event_name": "user_send_text", "message": {"text": text, "msg_id": key}, "timestamp": at,
    }  # fmt: skip


def send_zalo(client, body, *, secret=zl.OA_SECRET, first=zl.APP_ID, prefix="mac=", raw=None):
    raw = raw if raw is not None else json.dumps(body, ensure_ascii=False).encode()
    mac = hashlib.sha256(first.encode() + raw + body["timestamp"].encode() + secret.encode()).hexdigest()
    return client.post(
        reverse("channel_hook", args=["zalo"]), raw, content_type="application/json",
        headers={"X-ZEvent-Signature": prefix + mac},
    ).status_code  # fmt: skip


def soon(true, seconds=10):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


def counts(kind="facebook"):
    return {row.code: row.count for row in HookTally.objects.filter(kind=kind) if row.count}


def test_facebook_checks_the_address(client):
    url = reverse("channel_hook", args=["facebook"])
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": door.verify_token("facebook"),
    }
    answer = client.get(url, query)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert client.get(url, {**query, "hub.verify_token": "x"}).status_code == 403
    assert client.get(reverse("channel_hook", args=["nothing"])).status_code == 404


def test_zalo_sees_that_the_domain_is_ours(client, settings):
    url = "/zalo_verifierAbC-d_1.html"
    assert client.get(url).status_code == 404
    settings.LOA_ZALO_VERIFIER = ["AbC-d_1", "second"]
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<meta name="zalo-platform-site-verification" content="AbC-d_1">' in answer.content.decode()
    assert client.get("/zalo_verifiersecond.html").status_code == 200
    for other in ("abc-d_1", "", "AbC-d_1x"):
        assert client.get(f"/zalo_verifier{other}.html").status_code == 404
    assert client.post(url).status_code == 405


def test_who_manages_a_page_finds_the_address_to_enter_there(cast, client):
    page = facebook_account(cast.so)
    client.force_login(cast.chief)
    body = client.get(reverse("channels:account", args=[page.pk])).content.decode()
    assert "/kenh/nhan/facebook/" in body
    assert door.verify_token("facebook") in body


def test_a_signed_comment_is_heard(client, page, heard):
    assert send(client, comment()) == 200
    assert reading.drain() == 1
    [words] = heard
    assert (words.what, words.verb, words.text, words.author) == ("comment", "add", "Cháu chào Sở ạ", "77")
    event = HookEvent.objects.get()
    assert (event.state, event.body) == (HookState.DONE, {})  # the words are not kept twice


def test_contract_04_verified_on_raw_bytes_and_re_serialised_fails(client, page, oa, heard):
    body = comment("Cơm  trưa \t nguội ạ “lắm”")
    raw = json.dumps(body, ensure_ascii=False, separators=(" ,  ", " : ")).encode()
    header = hub_sign(fb.APP_SECRET, raw, False)["X-Hub-Signature-256"]
    assert hub_signed(raw, header, [fb.APP_SECRET])
    assert not hub_signed(json.dumps(json.loads(raw)).encode(), header, [fb.APP_SECRET])
    assert send(client, body, raw=raw) == 200
    zalo = zalo_body("Nhà trường   ơi")
    odd = json.dumps(zalo, ensure_ascii=False, separators=(" , ", ":")).encode()
    assert send_zalo(client, zalo, raw=odd) == 200
    mac = hashlib.sha256(zl.APP_ID.encode() + odd + zalo["timestamp"].encode() + zl.OA_SECRET.encode()).hexdigest()
    again = json.dumps(json.loads(odd)).encode()
    url = reverse("channel_hook", args=["zalo"])
    answer = client.post(url, again, content_type="application/json", headers={"X-ZEvent-Signature": f"mac={mac}"})
    assert answer.status_code == 403
    assert (counts("zalo"), counts()) == ({"taken": 1, "forged": 1}, {"taken": 1})


def test_contract_05_nfc_and_nfd_have_the_same_verdict(client, page, heard):
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, "Trường làm thủ tục chuyển trường thế nào ạ")
        assert send(client, comment(text, key=f"9_{form}")) == 200
    assert reading.drain() == 2
    assert len(heard) == 2


def test_contract_15_the_same_event_five_times_is_one_record(client, page, heard):
    body = comment()
    assert [send(client, body) for _time in range(5)] == [200] * 5
    reading.drain()
    assert (HookEvent.objects.count(), len(heard)) == (1, 1)
    assert counts() == {"taken": 1, "duplicate": 4}


def test_a_forged_event_changes_nothing_and_is_counted(client, page, heard):
    assert send(client, comment(), secret="stolen") == 403
    url = reverse("channel_hook", args=["facebook"])
    assert client.post(url, json.dumps(comment()), content_type="application/json").status_code == 403
    assert (HookEvent.objects.count(), reading.drain(), heard) == (0, 0, [])
    assert counts() == {"forged": 2}
    assert reading.standing().state == State.LOOK
    assert "giả mạo 2" in reading.standing().figure


def test_without_any_secret_nothing_is_taken(client, page, settings):
    settings.LOA_FACEBOOK_APP_SECRET = ""
    assert send(client, comment(), secret="") == 403
    assert not HookEvent.objects.exists()


def test_the_secret_of_one_page_speaks_for_no_other_named_beside_it(client, page, heard, settings):
    settings.LOA_FACEBOOK_APP_SECRET = ""
    other = ChannelAccount.objects.create(unit=page.unit, kind="facebook", name="Trang trường", external_id="555")
    own = "khoa-cua-ung-dung-rieng-cua-truong"
    ChannelSecret.objects.create(account=other, sealed=seal({"access_token": "x", "app_secret": own}))
    body = comment("Của trường", key="5_1", page="555")
    body["entry"] += comment("Giả lời dân trên trang của Sở")["entry"]
    assert send(client, body, secret=own) == 200
    reading.drain()
    assert [words.text for words in heard] == ["Của trường"]
    assert counts() == {"taken": 1, "forged": 1}


def test_nothing_is_read_without_a_length(client, page):
    raw = json.dumps(comment()).encode()
    answer = client.generic(
        "POST", reverse("channel_hook", args=["facebook"]), raw, content_type="application/json",
        headers=hub_sign(fb.APP_SECRET, raw, False), CONTENT_LENGTH="",
    )  # fmt: skip
    assert answer.status_code == 400
    assert counts() == {"malformed": 1}


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"entry": ' + b"[" * 50_000, b"\xff\xfe", b"", b"null", b'"x"'])
def test_no_body_breaks_the_door(client, page, raw):
    assert send(client, None, raw=raw) in (400, 403)
    assert sum(counts().values()) == 1


def test_an_oversized_delivery_is_not_read(client, page, oa):
    assert send(client, comment("a" * MOST_BYTES["facebook"])) == 413
    many = comment()
    many["entry"][0]["changes"] *= 1001
    assert send(client, many) == 413
    assert send_zalo(client, zalo_body("a" * MOST_BYTES["zalo"])) == 413
    assert counts() == {"oversized": 2}
    assert not HookEvent.objects.exists()


def test_a_replayed_old_event_is_stale(client, page, heard):
    old = (clock.now() - dt.timedelta(hours=49)).timestamp()
    assert send(client, comment(at=old)) == 200
    assert counts() == {"stale": 1}
    assert reading.drain() == 0


def test_malformed_bodies_and_unknown_pages_are_counted(client, page):
    for raw in (b"", b"[]", b"\xff\xfe", b"[" * 50_000):
        assert send(client, None, raw=raw) == 400
    assert send(client, comment(page="404")) == 200
    odd = {"object": "page", "entry": [{"id": fb.PAGE_ID, "time": "x", "changes": [7, {"field": "feed"}]}, 3]}
    assert send(client, odd) == 200
    like = comment()
    like["entry"][0]["changes"][0]["value"]["item"] = "reaction"
    assert send(client, like) == 200
    assert counts() == {"malformed": 4, "unknown": 1, "ignored": 1}
    assert not HookEvent.objects.exists()


@pytest.mark.parametrize(
    ("first", "secret", "prefix"),
    [
        (zl.APP_ID, zl.OA_SECRET, "mac="),
        (zl.APP_ID, zl.APP_SECRET, "mac="),
        (zl.OA_ID, zl.OA_SECRET, "mac="),
        (zl.APP_ID, zl.OA_SECRET, ""),
    ],
)
def test_every_documented_variant_of_zalos_signature_holds(client, oa, heard, first, secret, prefix):
    assert send_zalo(client, zalo_body(), first=first, secret=secret, prefix=prefix) == 200
    reading.drain()
    assert [words.text for words in heard] == ["Cho em hỏi lịch thi"]


def test_what_cannot_be_dealt_with_is_tried_again_then_shown(client, page, heard, monkeypatch):
    def broken(said):
        raise RuntimeError

    reading.said._entries = {}
    reading.said.register("broken", broken)
    send(client, comment())
    for _try in range(MOST_TRIES):
        HookEvent.objects.update(next_at=clock.now())
        reading.work()
    assert HookEvent.objects.get().state == HookState.FAILED
    assert reading.standing().state == State.LOOK
    # That a page fell silent too does not hide it.
    page.facts = {"hook_silent": "2026-11-01"}
    page.save(update_fields=["facts"])
    assert "1 tin báo không xử lý được" in reading.standing().figure
    HookEvent.objects.all().delete()
    assert "thôi báo tin cho Loa" in reading.standing().figure


def test_events_that_wait_for_a_minute_are_an_alarm(client, page):
    send(client, comment())
    HookEvent.objects.update(next_at=clock.now() - dt.timedelta(minutes=2))
    assert reading.standing().state == State.BAD


def test_events_are_forgotten_after_a_week(client, page):
    send(client, comment())
    HookEvent.objects.update(received_at=clock.now() - dt.timedelta(days=8))
    assert reading.forget() == 1


def test_simulators_send_signed_events_with_retries_copies_and_disorder(live_server, page, oa, sims, heard):
    facebook, zalo = sims
    facebook.outbox.url = live_server.url + reverse("channel_hook", args=["facebook"])
    zalo.outbox.url = live_server.url + reverse("channel_hook", args=["zalo"])
    facebook.outbox.knobs.copies, facebook.outbox.knobs.reorder = 3, 2
    post = facebook._add(fb.PAGE_ID, "Bài", "", [])["id"]
    key = facebook.say(post, "Hay quá")
    facebook.take_back(key)
    assert facebook.outbox.settled()
    assert {status for status, _tries in facebook.outbox.sent} == {200}
    assert counts() == {"taken": 2, "duplicate": 4}
    zalo.outbox.knobs.forge = True
    person = zalo.meet("An")
    assert zalo.outbox.settled()
    zalo.outbox.knobs.forge = False
    zalo.write(person, "chào")
    assert zalo.outbox.settled()
    assert counts("zalo") == {"forged": 1, "taken": 1}
    # An address that is down is tried again on the ladder.
    good, zalo.outbox.url = zalo.outbox.url, "http://127.0.0.1:9/"
    zalo.outbox.knobs.pace = 0.001
    zalo.write(person, "còn ai không ạ")
    assert soon(lambda: (0, 0) in zalo.outbox.sent)
    zalo.outbox.url = good
    assert soon(lambda: any(status == 200 and tries for status, tries in zalo.outbox.sent))
    reading.drain()
    assert [words.text for words in heard if words.what == "message"] == ["chào", "còn ai không ạ"]


def test_what_no_event_told_is_found_by_asking(cast, sims, heard):
    page = facebook_account(cast.so)
    zalo_account(cast.so)
    row = services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="k" * 20)
    engine.drain()
    row.refresh_from_db()
    facebook, zalo = sims
    first = facebook.say(row.external_id, "Bài hay")
    facebook.say(row.external_id, "Đúng vậy", parent=first)
    person = zalo.meet("Bình")
    zalo.write(person, "Trường nghỉ Tết từ ngày nào?")
    assert polling.catch_up() == 3
    assert polling.catch_up() == 0
    assert [(words.text, words.thread == first) for words in heard if words.what == "comment"] == [
        ("Bài hay", True),
        ("Đúng vậy", True),
    ]


def test_a_page_that_no_longer_sends_events_is_asked_to_again(page, sims):
    assert polling.subscribe() == 1
    assert set(sims[0].state["subscribed"]) == {"feed", "messages"}
    assert polling.subscribe() == 1
