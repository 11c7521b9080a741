"""Alerts by Zalo: linked by a code, sent once through the channels' queue, by mail when Zalo does not let us."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from loa.channels.inbound import acting, reading
from loa.channels.inbound.models import Action
from loa.channels.inbound.reading import tell
from loa.channels.inbound.rules import Words
from loa.channels.rules import Status
from loa.channels.tests.factories import at as held
from loa.channels.tests.factories import simulators, zalo_account
from loa.core import clock
from loa.core.errors import Conflict
from loa.core.registry import Registry
from loa.listening import services
from loa.listening.models import Alert, AlertWish, Spike, Telling, ZaloLink
from loa.listening.services.alerts import _tell
from loa.listening.services.staff_zalo import settled
from loa.listening.watch.rules import Level, MailState
from loa.org.models import Membership

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=clock.VIETNAM)


@pytest.fixture
def sims(settings):
    with simulators(settings) as both:
        yield both


@pytest.fixture
def zalo(sims):
    return sims[1]


@pytest.fixture
def others(monkeypatch):
    """What everybody else hears."""
    heard: list[str] = []
    door: Registry = Registry("others")
    door.register("inbox", lambda said: heard.append(said.words.text) or True)
    monkeypatch.setattr(reading, "said", door)
    return heard


@pytest.fixture
def oa(cast, others):
    services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")
    return zalo_account(cast.so)


def says(oa, person, text, key, *, ours=False):
    return tell(oa, Words("message", "add", key, person, clock.now(), author=person, text=text, ours=ours))


def written(zalo):
    return [line["text"] for line in zalo.state["lines"] if line["ours"]]


def link(cast, oa, zalo, user=None):
    code = services.zalo_code(actor=user or cast.office).code
    person = zalo.meet("Phương")
    text = f"loa {code[:4]} {code[4:]}"
    key = zalo.write(person, text)
    assert says(oa, person, text, key)
    return person


def alert(cast, *, level=Level.ACT, number=0):
    now = clock.now()
    spike = Spike.objects.create(
        unit=cast.so, about="t:lam-thu", began_at=now - dt.timedelta(hours=2 + number), ended_at=now, items=9,
        expected=1.0, peak=5, negative=6, strength=9.0,
    )  # fmt: skip
    row = Alert.objects.create(unit=cast.so, spike=spike, level=level)
    _tell(row, {cast.office.pk: cast.office}, ["lam-thu"])
    return row


def test_a_code_links_and_nobody_else_hears_it(cast, oa, sims, zalo, others):
    with held(sims, NOON):
        person = link(cast, oa, zalo)
        row = ZaloLink.objects.get(user=cast.office)
        assert (row.person, row.account, row.code) == (person, oa, "")
        acting.drain()
        assert ["Đã nối Zalo này" in text for text in written(zalo)] == [True]
        # told again by asking, our own answer echoed: still nobody else's business
        for line in zalo.state["lines"]:
            assert says(oa, person, line["text"], line["id"], ours=line["ours"])
        acting.drain()
        assert len(written(zalo)) == 1
        assert says(oa, person, "OK", "ok1")
        assert others == []
        # but a question of the same person is a question
        says(oa, person, "Cho em hỏi lịch thi", "hoi1")
        assert others == ["Cho em hỏi lịch thi"]


def test_a_wrong_or_old_code_links_nobody(cast, oa, sims, zalo, others):
    with held(sims, NOON):
        code = services.zalo_code(actor=cast.office).code
        wrong = f"{(int(code) + 1) % 10**8:08d}"
        person = zalo.meet("Lạ")
        assert says(oa, person, f"LOA {wrong}", zalo.write(person, f"LOA {wrong}"))
    with held(sims, NOON + dt.timedelta(minutes=16)):
        assert says(oa, person, f"LOA {code}", zalo.write(person, f"LOA {code}"))
        acting.drain()
        assert not ZaloLink.objects.filter(linked_at__isnull=False).exists()
        assert ["không đúng hoặc đã hết hạn" in text for text in written(zalo)] == [True, True]
    assert others == []


def test_an_alert_goes_once_in_figures(cast, oa, sims, zalo):
    with held(sims, NOON):
        link(cast, oa, zalo)
        acting.drain()
        row = alert(cast)
        assert services.send_alert_zalo() == 1
        assert services.send_alert_zalo() == 0
        acting.drain()
        [text] = written(zalo)[1:]
        assert "9 tin" in text
        assert reverse("listening:alert", args=[row.pk]) in text
        telling = Telling.objects.get()
        assert (telling.zalo, telling.mail) == (
            MailState.SENT,
            MailState.READY if cast.office.email else MailState.NONE,
        )
        client = Client()
        client.force_login(cast.office)
        assert "Zalo: Đã gửi" in client.get(reverse("listening:alert", args=[row.pk])).content.decode()


def test_who_took_it_spares_the_others_and_wishes_count(cast, oa, sims, zalo):
    with held(sims, NOON):
        link(cast, oa, zalo)
        row = alert(cast)
        services.alert_take(actor=cast.office, alert=row)
        assert Telling.objects.get().zalo == MailState.DROPPED
        assert services.send_alert_zalo() == 0
        services.wish_save(actor=cast.office, zalo=Level.URGENT)
        alert(cast, number=5)
        assert Telling.objects.latest("pk").zalo == MailState.NONE
        services.wish_save(actor=cast.office, zalo=Level.NOTE)
    with held(sims, NOON.replace(hour=23)):
        alert(cast, number=9)
        assert clock.local(Telling.objects.latest("pk").zalo_after).hour == 6  # quiet hours


def test_a_flood_is_one_message(cast, oa, sims, zalo):
    for minute in range(3):
        with held(sims, NOON + dt.timedelta(minutes=minute)):
            if not minute:
                link(cast, oa, zalo)
            alert(cast, number=minute)
            services.send_alert_zalo()
            acting.drain()
    with held(sims, NOON + dt.timedelta(minutes=5)):
        for number in range(3, 6):
            alert(cast, number=number)
        services.send_alert_zalo()
        acting.drain()
        assert len(written(zalo)) == 1 + 3
    with held(sims, NOON + dt.timedelta(minutes=61)):
        services.send_alert_zalo()
        acting.drain()
    assert len(written(zalo)) == 1 + 3 + 1
    assert written(zalo)[-1].count("9 tin") == 3


def test_past_seven_days_it_goes_by_mail(cast, oa, sims, zalo):
    cast.office.email = "phuong@so.example"
    cast.office.save()
    with held(sims, NOON):
        link(cast, oa, zalo)
        acting.drain()
        AlertWish.objects.create(user=cast.office, mail=0)
    with held(sims, NOON + dt.timedelta(days=8)):
        alert(cast)
        services.send_alert_zalo()
        telling = Telling.objects.get()
        assert (telling.zalo, telling.mail) == (MailState.REFUSED, MailState.READY)
        services.send_alert_mails()
        assert len(mail.outbox) == 1
        assert not Action.objects.filter(key__startswith="staff:alert").exists()


def test_what_zalo_refuses_goes_by_mail_and_what_is_unknown_is_not_sent_again(cast, oa, sims, zalo):
    cast.office.email = "phuong@so.example"
    cast.office.save()
    with held(sims, NOON):
        person = link(cast, oa, zalo)
        acting.drain()
        AlertWish.objects.create(user=cast.office, mail=0)
        del zalo.state["people"][person]  # no longer a follower
        alert(cast)
        services.send_alert_zalo()
        acting.drain()
        telling = Telling.objects.get()
        assert (telling.zalo, telling.mail) == (MailState.REFUSED, MailState.READY)
        second = alert(cast, number=7)
        services.send_alert_zalo()
        action = Action.objects.latest("pk")
        action.status = Status.UNKNOWN
        settled(action)
        assert second.tellings.get().zalo == MailState.UNKNOWN
        assert services.send_alert_zalo() == 0


def test_the_page(cast, oa, sims, zalo):
    client = Client()
    client.force_login(cast.office)
    page, door = reverse("listening:alert_wish"), reverse("listening:alert_zalo")
    with held(sims, NOON):
        assert "Lấy mã" in client.get(page).content.decode()
        client.post(door)
        code = ZaloLink.objects.get().code
        assert f"LOA {code[:4]} {code[4:]}" in client.get(page).content.decode()
        link(cast, oa, zalo)
        assert "đã nối với OA" in client.get(page).content.decode()
        client.post(door, {"viec": "bo"})
        assert not ZaloLink.objects.exists()
        oa.active = False
        oa.save()
        assert "chưa kết nối Zalo OA" in client.get(page).content.decode()
        with pytest.raises(Conflict):
            services.zalo_code(actor=cast.office)
    other = Client()
    other.force_login(cast.owner)
    assert other.post(door).status_code == 403


def test_who_sees_to_it_no_more_gets_no_message(cast, oa, sims, zalo):
    with held(sims, NOON):
        link(cast, oa, zalo)
        acting.drain()
        row = alert(cast)
        Membership.objects.filter(user=cast.office).delete()
        assert services.send_alert_zalo() == 1
        acting.drain()
        assert len(written(zalo)) == 1
        assert Telling.objects.get(alert=row).zalo == "gone"
