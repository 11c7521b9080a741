"""What becomes of a release reaches everybody who may have any edition of it, once each."""

from __future__ import annotations

import time
from threading import Thread

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from loa.accounts.models import Notice
from loa.press import access, engine, services
from loa.press.models import Contact, Release, ReleaseLetter
from loa.press.rules import Letter, State, What, Why
from tests.press.test_holds import correction
from tests.press.test_sending import balance

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "Lịch thi chưa được duyệt."


def withdraw(desk, release):
    services.release_withdraw(actor=desk.speaker, release_id=release.pk, reason=REASON)
    engine.send_for(5)
    balance(release)


def told():
    return sorted(message.to[0] for message in mail.outbox if message.message()["Subject"].startswith("[THU HỒI]"))


def test_a_correction_withdrawn_before_its_letters_left_is_told_to_who_has_the_first_edition(desk):
    release = desk.released([desk.desk, desk.binh])
    engine.send_for(5)
    new = correction(desk, release)
    services.start_due()
    withdraw(desk, new)
    assert told() == ["binh@ttx.example", "giaoduc@baosonglam.example"]
    assert set(new.letters.values_list("what", "state", "why")) == {
        (What.CORRECTION, Letter.SKIPPED, Why.WITHDRAWN), (What.WITHDRAWAL, Letter.SENT, ""),
    }  # fmt: skip
    balance(release)


def test_who_got_both_editions_is_told_once_whatever_their_paper_is_called_now(desk, cast):
    release = desk.released([desk.desk])
    engine.send_for(5)
    services.outlet_save(
        actor=cast.office,
        unit_id=cast.so.pk,
        outlet_id=desk.paper.pk,
        name="Báo và Đài Sông Lam",
        kind="broadcast",
    )
    new = correction(desk, release, receiver_ids=[desk.binh.pk])
    services.start_due()
    engine.send_for(5)
    withdraw(desk, new)
    assert told() == ["binh@ttx.example", "giaoduc@baosonglam.example"]
    assert ReleaseLetter.objects.filter(what=What.WITHDRAWAL).count() == 2


def test_who_surely_has_none_or_stopped_the_letters_is_not_told(desk, cast):
    release = desk.released([desk.desk, desk.binh, desk.an])
    engine.send_for(5)
    release.letters.filter(contact=desk.binh).update(state=Letter.FAILED, why=Why.REFUSED)
    release.letters.filter(contact=desk.desk).update(state=Letter.FAILED, why=Why.UNKNOWN)
    Release.objects.filter(pk=release.pk).update(sent=1, failed=2)
    services.contact_off(actor=cast.office, contact_id=desk.an.pk)
    new = correction(desk, release)
    services.start_due()
    # Nobody knows whether it arrived: told as if it had.
    assert list(new.letters.values_list("contact", flat=True)) == [desk.desk.pk]
    withdraw(desk, new)
    assert told() == ["giaoduc@baosonglam.example"]
    assert Contact.objects.filter(active=True).count() == 2


def test_the_third_edition_reaches_who_has_only_the_first(desk):
    release = desk.released([desk.desk])
    engine.send_for(5)
    second = correction(desk, release)
    services.start_due()
    third = correction(desk, second)
    services.start_due()
    engine.send_for(5)
    assert [message.message()["Subject"].split()[0] for message in mail.outbox] == ["[Thông", "[ĐÍNH"]
    assert third.letters.get().contact == desk.desk
    second.refresh_from_db()
    assert (second.state, second.letters.get().why) == (State.REPLACED, Why.WITHDRAWN)


def test_no_page_of_an_earlier_edition_keeps_what_was_withdrawn(desk):
    release = desk.released([desk.desk])
    new = correction(desk, release)
    services.start_due()
    page = f"/bao-chi/thong-cao-{release.pk}/"
    visitor = {"HTTP_HOST": "songlam.example", "follow": True}
    assert "Sở công bố lịch thi" in Client().get(page, **visitor).content.decode()
    withdraw(desk, new)
    body = Client().get(page, **visitor).content.decode()
    assert REASON in body
    assert "Sở công bố lịch thi" not in body
    release.refresh_from_db()
    assert (release.state, release.withdrawn_reason) == (State.WITHDRAWN, REASON)
    assert Client().get("/bao-chi/", **visitor).content.decode().count("Đã thu hồi") == 1


def test_an_approved_correction_of_what_was_withdrawn_is_a_draft_again(desk):
    release = desk.released([desk.desk])
    engine.send_for(5)
    new = correction(desk, release)
    assert new.state == State.APPROVED
    withdraw(desk, release)
    services.start_due()
    engine.send_for(5)
    new.refresh_from_db()
    assert (new.state, new.release_at, new.letters.count()) == (State.DRAFT, None, 0)
    assert REASON in new.note
    assert Notice.objects.filter(code="press.returned", key=str(new.pk)).exists()
    assert told() == ["giaoduc@baosonglam.example"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time: nobody waits for a row")
def test_withdrawn_at_the_moment_its_correction_goes_out_neither_stands_in_the_others_way(desk):
    release = desk.released([desk.desk])
    new = correction(desk, release)
    wrong = []

    def start():
        try:
            services.start_due()
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    worker = Thread(target=start)
    with transaction.atomic():
        access.release_for_control(desk.speaker, release.pk)
        worker.start()
        time.sleep(0.5)  # it waits for the same row
        services.release_withdraw(actor=desk.speaker, release_id=release.pk, reason=REASON)
    worker.join()
    new.refresh_from_db()
    assert (wrong, new.state) == ([], State.DRAFT)
