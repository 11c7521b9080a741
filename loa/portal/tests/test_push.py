"""The page of notices: there only when the channel is, and only our own pages may ask."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loa.channels import services
from loa.channels.webpush.models import PushSubscription
from loa.channels.webpush.sim import phone

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
def account(town: Any) -> Any:
    made = services.account_save(
        actor=town.chief, account_id=None, unit_id=town.so.pk, kind="webpush",
        fields={"name": "Thông báo", "external_id": "so"},
    )  # fmt: skip
    return services.account_connect(actor=town.chief, account_id=made.pk, secret={"contact": "vp@songlam.example"})


def ask(client: Any, path: str, data: Any, **headers: str) -> Any:
    headers = {"origin": "https://songlam.example", **headers}
    return client.post(path, json.dumps(data), content_type="application/json", headers=headers)


def subscription() -> dict[str, Any]:
    one = phone(1)
    return {"endpoint": ENDPOINT, "keys": {"p256dh": one["p256dh"], "auth": one["auth"]}}


def test_without_the_channel_there_is_no_page(town: Any, client: Any) -> None:
    assert client.get("/thong-bao/tren-may-nay/").status_code == 404
    assert "/thong-bao/tren-may-nay/" not in client.get("/nhan-tin/").content.decode()
    assert ask(client, "/thong-bao/bat/", subscription()).status_code == 404


def test_the_page_offers_a_button_and_sets_no_cookie(account: Any, client: Any) -> None:
    answer = client.get("/thong-bao/tren-may-nay/")
    html = answer.content.decode()
    assert 'data-scope="/"' in html
    assert 'data-worker="/sw.js"' in html
    assert not answer.cookies
    assert "/thong-bao/tren-may-nay/" in client.get("/nhan-tin/").content.decode()
    assert client.get("/truong/son-thuong/thong-bao/tren-may-nay/").status_code == 404
    worker = client.get("/sw.js")
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert b"showNotification" in worker.content


def test_on_and_off(account: Any, client: Any) -> None:
    for _ in range(2):
        assert ask(client, "/thong-bao/bat/", subscription()).status_code == 200
    assert PushSubscription.objects.get().endpoint == ENDPOINT
    assert ask(client, "/thong-bao/tat/", {"endpoint": ENDPOINT}).status_code == 200
    assert not PushSubscription.objects.exists()


def test_only_our_own_pages_may_ask(account: Any, client: Any) -> None:
    assert ask(client, "/thong-bao/bat/", subscription(), origin="https://la.example").status_code == 400
    assert client.post("/thong-bao/bat/", subscription()).status_code == 400
    for wrong in ([], {"endpoint": 5}, {"endpoint": ENDPOINT}, {"endpoint": ENDPOINT, "keys": "x"}, "x" * 5000):
        assert ask(client, "/thong-bao/bat/", wrong).status_code == 400
    assert not PushSubscription.objects.exists()
