"""Template messages: only approved ones, right numbers, not twice by itself, numbers sealed, masked, forgotten."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.channels import engine, services
from loa.channels.models import Delivery, MessageTemplate, Post
from loa.channels.rules import Status
from loa.channels.tests.factories import at, draft, facebook_account, zalo_account
from loa.channels.zalo.templates import classify, masked, phone_of
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused

pytestmark = pytest.mark.django_db
DATA = {"ho_ten": "Lô Thị Mai", "ma_phan_anh": "PA-0012", "ket_qua": "Đã sửa mái lớp 3B"}


@pytest.fixture
def oa(cast, sims):
    return zalo_account(cast.so)


@pytest.fixture
def template(cast, oa):
    assert services.templates_sync(actor=cast.editor, account_id=oa.pk) == 2
    return MessageTemplate.objects.get(template_id="338801")


def send(cast, template, *, phone="0912 345 678", key="k" * 20, data=None, **more):
    return services.template_send(
        actor=cast.editor, template_id=template.pk, phone=phone, data=data or DATA, key=key, **more
    )


def settled(row):
    engine.drain()
    row.refresh_from_db()
    return row


def sent(sims):
    return sims[1].state.get("zbs", [])


def test_templates_are_read_and_what_is_gone_is_gone(cast, template, sims, monkeypatch):
    from loa.channels.zalo import sim_templates

    assert [param["name"] for param in template.params] == list(DATA)
    assert MessageTemplate.objects.get(template_id="338802").status == "PENDING_REVIEW"
    monkeypatch.setattr(sim_templates, "TEMPLATES", sim_templates.TEMPLATES[1:])
    services.templates_sync(actor=cast.editor, account_id=template.account_id)
    template.refresh_from_db()
    assert template.status == "GONE"
    with pytest.raises(Conflict):
        send(cast, template)


def test_one_message_goes_out_once_and_the_number_is_forgotten(cast, template, sims):
    row = send(cast, template)
    assert send(cast, template).pk == row.pk
    assert "84912345678" not in str(row.post.payload)
    row = settled(row)
    [told] = sent(sims)
    assert (row.status, told["phone"], told["data"], told["test"]) == (Status.SENT, "84912345678", DATA, False)
    payload = Post.objects.get(pk=row.post_id).payload
    assert (payload["to"], payload["data"], payload["mask"]) == ("", {}, "84912•••678")
    assert "912345678" not in "".join(row.attempts.values_list("body", flat=True))


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "error", "html_after"])
def test_a_lost_answer_asks_a_person(cast, template, sims, fault):
    sims[1].faults.script = [fault]
    row = settled(send(cast, template))
    assert row.status == Status.UNKNOWN
    assert len(sent(sims)) == ("after" in fault)
    services.delivery_decide(actor=cast.editor, delivery_id=row.pk, answer="drop")
    assert services.forget_receivers() == 1
    assert Post.objects.get(pk=row.post_id).payload["to"] == ""


def test_a_used_up_quota_waits_and_stands_in_no_articles_way(cast, template, sims):
    sims[1].zbs_left = 0
    row = send(cast, template)
    engine.work("here")
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.RETRY, "oa_quota_day")
    Delivery.objects.filter(pk=row.pk).update(next_at=clock.now() + dt.timedelta(hours=6))
    article = services.post_queue(
        actor=cast.editor, account_id=template.account_id, draft=draft(cast.so, pictures=1), key="a" * 20
    )
    assert settled(article).status == Status.SENT


def test_a_number_without_zalo_fails_with_its_reason(cast, template, sims):
    row = settled(send(cast, template, phone="+84 912 345 000"))
    assert (row.status, row.code) == (Status.FAILED, "receiver")
    assert services.forget_receivers() == 0  # kept a week for another try
    Delivery.objects.update(created_at=clock.now() - dt.timedelta(days=8))
    assert services.forget_receivers() == 1


@pytest.mark.parametrize(
    ("phone", "data"),
    [
        ("0212 345 678", DATA),
        ("12345", DATA),
        ("", DATA),
        ("0912345678", {**DATA, "ket_qua": ""}),
        ("0912345678", {**DATA, "ho_ten": "x" * 31}),
    ],
)
def test_what_cannot_be_sent_is_refused(cast, template, phone, data):
    with pytest.raises(InvalidInput):
        send(cast, template, phone=phone, data=data)
    assert not Delivery.objects.exists()


def test_who_may(cast, client, template, sims):
    for who in (cast.owner, cast.lead, cast.outsider):
        with pytest.raises((Refused, NotFound)):
            services.template_send(actor=who, template_id=template.pk, phone="0912345678", data=DATA, key="k" * 20)
        with pytest.raises((Refused, NotFound)):
            services.templates_sync(actor=who, account_id=template.account_id)
    assert sent(sims) == []
    client.force_login(cast.editor)
    assert "Trả lời phản ánh" in client.get(reverse("channels:templates")).content.decode()
    url = reverse("channels:template", args=[template.pk])
    wrong = client.post(url, {"phone": "12", "p-ho_ten": "Chị Mai", "key": "k" * 20})
    assert wrong.status_code == 400
    assert "Chị Mai" in wrong.content.decode()
    form = {
        "phone": "0912345678",
        "key": "k" * 20,
        "test": "1",
        **{f"p-{name}": text for name, text in DATA.items()},
    }
    client.post(url, form)
    row = Delivery.objects.get()
    shown = client.get(reverse("channels:delivery", args=[row.pk])).content.decode()
    assert "84912•••678" in shown
    assert "912345678" not in shown
    assert settled(row).status == Status.SENT
    assert sent(sims)[0]["test"] is True


def test_a_token_that_died_is_renewed_on_this_host_too(cast, template, sims):
    sims[1].state["tokens"][0]["dies"] = 0
    assert settled(send(cast, template)).status == Status.SENT
    assert sims[1].state["refreshes"] == 1


def test_at_night_zalo_says_when(cast, template, sims, monkeypatch):
    from loa.channels.zalo import templates

    monkeypatch.setattr(
        templates, "_call", lambda *_a, **_k: ({}, classify(200, {"error": -133, "message": "night"}))
    )
    with at(sims, "2026-11-25T23:00:00+07:00"):
        row = settled(send(cast, template))
    local = clock.local(row.next_at)
    assert (row.status, local.hour, local.day) == (Status.RETRY, 6, 26)


def test_only_zalo_has_templates(cast, client, sims):
    facebook_account(cast.so)
    client.force_login(cast.editor)
    assert "Đồng bộ từ" not in client.get(reverse("channels:templates")).content.decode()


def test_numbers():
    assert phone_of("0912.345.678") == phone_of("+84 912 345 678") == phone_of("84912345678") == "84912345678"
    assert [phone_of(text) for text in ("0212345678", "091234567", "09123456789", "abc")] == [""] * 4
    assert masked("84912345678") == "84912•••678"
