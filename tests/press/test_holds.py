"""A hold, for everybody or for a branch: releases and their letters wait; what mends what is out does not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from loa.channels import services as channels
from loa.core import clock
from loa.core.health import State as Standing
from loa.org.tests.factories import make_unit
from loa.press import engine, selectors, services
from loa.press.rules import Letter, State, What

pytestmark = pytest.mark.django_db(transaction=True)


def hold(desk, unit=None):
    return channels.hold_begin(
        actor=desk.cast.chief, unit_id=unit and unit.pk, reason="Chờ ý kiến Giám đốc về vụ việc"
    )


def correction(desk, release, **fields):
    new = services.release_correct(actor=desk.cast.office, release_id=release.pk)
    services.release_save(
        actor=desk.cast.office, release_id=new.pk, version=new.version, title=new.title, body="<p>Ngày 07/6.</p>",
        correction_note="Bản trước ghi 05/6, đúng là 07/6.", **{"receiver_ids": [], **fields},
    )  # fmt: skip
    services.release_submit(actor=desk.cast.office, release_id=new.pk)
    new.refresh_from_db()
    return services.release_approve(actor=desk.speaker, release_id=new.pk, version=new.version)


def subjects():
    return [(message.to[0], message.message()["Subject"].split("]")[0] + "]") for message in mail.outbox]


def test_under_a_hold_no_release_goes_out_and_afterwards_it_does(desk):
    release = desk.approved([desk.desk])
    stop = hold(desk)
    with clock.frozen(clock.now() + dt.timedelta(minutes=30)):
        assert services.start_due() == 0
        assert engine.send_for(1) == 0
        release.refresh_from_db()
        assert (release.state, release.letters.count()) == (State.APPROVED, 0)
        assert engine.standing().state == Standing.GOOD
        channels.hold_end(actor=desk.cast.chief, hold_id=stop.pk)
        assert engine.standing().state == Standing.BAD
        assert services.start_due() == 1
        assert engine.send_for(5) == 1
    assert len(mail.outbox) == 1


def test_one_under_embargo_waits_too(desk):
    desk.approved([desk.binh], embargo_until=clock.now() + dt.timedelta(hours=3))
    hold(desk, desk.unit)
    assert services.start_due() == 0
    assert not mail.outbox


def test_a_hold_of_another_branch_stops_nothing_here(desk):
    desk.approved([desk.desk])
    hold(desk, make_unit("Xã Bình Sơn", "xa", desk.unit))
    assert services.start_due() == 1
    assert engine.send_for(5) == 1


def test_letters_under_way_wait_and_a_withdrawal_does_not(desk):
    release = desk.released([desk.desk, desk.binh])
    first = engine.claim()
    engine.send(first)
    stop = hold(desk)
    with clock.frozen(clock.now() + dt.timedelta(minutes=30)):
        assert engine.claim() is None
        assert engine.standing().state == Standing.GOOD
    release.refresh_from_db()
    assert (release.sent, release.waiting) == (1, 1)
    services.release_withdraw(actor=desk.speaker, release_id=release.pk, reason="Lịch thi chưa được duyệt.")
    assert engine.send_for(5) == 1
    assert [words for _to, words in subjects()] == ["[Thông cáo báo chí]", "[THU HỒI]"]
    channels.hold_end(actor=desk.cast.chief, hold_id=stop.pk)
    assert engine.send_for(1) == 0


def test_after_the_hold_each_letter_goes_once(desk):
    release = desk.released([desk.desk, desk.binh])
    stop = hold(desk, desk.unit)
    assert engine.send_for(1) == 0
    channels.hold_end(actor=desk.cast.chief, hold_id=stop.pk)
    assert engine.send_for(5) == 2
    assert sorted(to for to, _words in subjects()) == ["binh@ttx.example", "giaoduc@baosonglam.example"]
    release.refresh_from_db()
    assert (release.sent, release.waiting) == (2, 0)


def test_a_correction_reaches_who_has_the_wrong_one_and_nobody_else(desk):
    release = desk.released([desk.desk])
    engine.send_for(5)
    stop = hold(desk)
    new = correction(desk, release, receiver_ids=[desk.binh.pk])
    assert services.start_due() == 1
    assert engine.send_for(5) == 1
    assert subjects()[1:] == [("giaoduc@baosonglam.example", "[ĐÍNH CHÍNH]")]
    assert new.letters.get(contact=desk.binh).state == Letter.WAITING
    channels.hold_end(actor=desk.cast.chief, hold_id=stop.pk)
    assert engine.send_for(5) == 1
    assert set(new.letters.values_list("state", "what")) == {(Letter.SENT, What.CORRECTION)}


def test_the_screen_says_who_holds_it_and_what_to_do(desk, client):
    release = desk.approved([desk.desk])
    url = reverse("press:release", args=[release.pk])
    stop = hold(desk)
    client.force_login(desk.cast.office)
    body = client.get(url).content.decode()
    for words in ("Chờ vì đang dừng mọi lịch đăng", "Chờ ý kiến Giám đốc về vụ việc", str(desk.cast.chief)):
        assert words in body
    lifts = reverse("channels:deliveries")
    client.force_login(desk.speaker)
    body = client.get(url).content.decode()
    assert lifts in body[body.index("<main") :]
    channels.hold_end(actor=desk.cast.chief, hold_id=stop.pk)
    assert "dừng mọi lịch đăng" not in client.get(url).content.decode()
    services.start_due()
    hold(desk)
    assert "Chờ vì đang dừng mọi lịch đăng" in client.get(url).content.decode()
    services.release_withdraw(actor=desk.speaker, release_id=release.pk, reason="Lịch thi chưa được duyệt.")
    release.refresh_from_db()
    assert selectors.holds_on(release) == []
