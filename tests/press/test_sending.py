"""Letters to newsrooms: each once, an unknown one never again by itself, embargo, correction, withdrawal."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from contextlib import contextmanager

import pytest
from django.core import mail

from loa.bulletins.sim.server import Faults
from loa.bulletins.tests.factories import sink_running
from loa.core import clock
from loa.core.errors import InvalidInput, Refused
from loa.press import engine, services
from loa.press.models import Contact, Release, ReleaseLetter
from loa.press.rules import Letter, State, What, Why
from tests.press.factories import picture, upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail_server(settings):
    """The mail server of the bulletins' tests, with Loa's settings pointing to it."""

    @contextmanager
    def run(faults=None):
        with sink_running(faults) as running:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
            settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
            yield running.sink

    return run


def states(release):
    return {(row.outlet, row.what): row.state for row in release.letters.all()}


def balance(release):
    release.refresh_from_db()
    rows = list(release.letters.values_list("state", flat=True))
    assert release.intended == len(rows)
    assert release.sent == rows.count("sent")
    assert release.failed == rows.count("failed")
    assert release.skipped == rows.count("skipped")


def test_a_letter_carries_the_documents_and_leads_to_the_page(desk, cast):
    release = desk.draft()
    services.file_add(actor=cast.office, release_id=release.pk, file=upload("lịch thi.pdf"))
    services.photo_add(actor=cast.office, release_id=release.pk, upload=picture())
    photo = release.photos.get()
    services.photo_save(
        actor=cast.office, release_id=release.pk, photo_id=photo.pk, consent="no_people", caption="Phòng thi",
        alt="Bàn ghế xếp thẳng hàng", credit="Văn phòng Sở",
    )  # fmt: skip
    services.release_submit(actor=cast.office, release_id=release.pk)
    release.refresh_from_db()
    services.release_approve(actor=desk.speaker, release_id=release.pk, version=release.version)
    services.start_due()
    assert engine.send_for(5) == 2
    assert engine.send_for(5) == 0
    balance(release)
    assert release.sent == 2
    assert [message.to for message in mail.outbox] == [["giaoduc@baosonglam.example"], ["binh@ttx.example"]]
    raw = mail.outbox[0].message()
    read = email.message_from_bytes(raw.as_bytes(), policy=email.policy.default)
    assert read["Subject"] == "[Thông cáo báo chí] Công bố lịch thi vào lớp 10"
    assert read["Reply-To"] == "phatngon@songlam.example"
    assert "One-Click" in read["List-Unsubscribe-Post"]
    names = [part.get_filename() for part in read.iter_attachments()]
    assert names == [
        "thong-cao-cong-bo-lich-thi-vao-lop-10.pdf",
        "thong-cao-cong-bo-lich-thi-vao-lop-10.docx",
        "lịch thi.pdf",
        "anh-1-phong-thi.jpg",
    ]
    text = read.get_body(("plain",)).get_content()
    assert "https://songlam.example/bao-chi/thong-cao-" in text
    html = read.get_body(("html",)).get_content()
    assert "<img" not in html
    assert "<script" not in html


def test_a_mail_server_that_hangs_up_leaves_the_letter_to_a_person(desk, cast, mail_server):
    with mail_server(Faults(drop_after=1.0)) as sink:
        release = desk.released([desk.desk])
        for _ in range(3):
            engine.send_for(5)
            engine.recover()
        assert sink.total == 1
        balance(release)
        row = release.letters.get()
        assert (row.state, row.why) == (Letter.FAILED, Why.UNKNOWN)
    with mail_server() as sink:
        services.unknown_decide(actor=cast.office, release_id=release.pk, again=True)
        engine.send_for(5)
        assert sink.total == 1
        balance(release)
        assert release.sent == 1


def test_a_refused_address_is_written_to_no_more(desk, mail_server):
    with mail_server(Faults(permanent=1.0)):
        release = desk.released([desk.desk])
        engine.send_for(5)
    balance(release)
    assert release.letters.get().why == Why.REFUSED
    assert not Contact.objects.get(pk=desk.desk.pk).active
    assert Contact.objects.get(pk=desk.desk.pk).left_how == "dead"


def test_a_temporary_refusal_is_tried_again_later(desk, mail_server):
    with mail_server(Faults(temporary=1.0)):
        release = desk.released([desk.desk])
        engine.send_for(5)
        row = release.letters.get()
        assert (row.state, row.attempts) == (Letter.WAITING, 1)
        assert row.due_at > clock.now() + dt.timedelta(minutes=1)
    with mail_server() as sink, clock.frozen(clock.now() + dt.timedelta(minutes=5)):
        engine.send_for(5)
        assert sink.total == 1
    balance(release)


def test_a_server_that_is_away_costs_no_try(desk, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_USE_TLS = False
    release = desk.released([desk.desk])
    engine.send_for(5)
    row = release.letters.get()
    assert (row.state, row.attempts, row.handed_at) == (Letter.WAITING, 0, None)
    balance(release)


def test_a_process_that_died_before_the_handing_over_loses_nothing(desk):
    release = desk.released([desk.desk])
    row = engine.claim()
    assert engine.claim() is None
    later = clock.now() + dt.timedelta(minutes=11)
    with clock.frozen(later):
        assert engine.recover() == 1
        engine.send_for(5)
    balance(release)
    assert len(mail.outbox) == 1
    assert row.pk == release.letters.get().pk


def test_a_process_that_died_after_the_handing_over_doubles_nothing(desk):
    release = desk.released([desk.desk])
    row = engine.claim()
    assert engine._handed(row)
    with clock.frozen(clock.now() + dt.timedelta(minutes=11)):
        engine.recover()
        engine.send_for(5)
    balance(release)
    assert len(mail.outbox) == 0
    assert release.letters.get().why == Why.UNKNOWN


def test_who_left_before_the_letter_went_gets_none(desk):
    release = desk.released([desk.desk, desk.binh])
    services.contact_off(actor=desk.cast.office, contact_id=desk.desk.pk)
    engine.send_for(5)
    balance(release)
    assert [message.to for message in mail.outbox] == [["binh@ttx.example"]]
    assert release.letters.get(contact=desk.desk).why == Why.LEFT


def test_an_embargo_sends_early_to_those_who_keep_it_and_to_the_others_when_it_ends(desk):
    end = clock.now() + dt.timedelta(hours=3)
    release = desk.released([desk.desk, desk.binh], embargo_until=end)
    engine.send_for(5)
    assert [message.to for message in mail.outbox] == [["binh@ttx.example"]]
    assert "KHÔNG ĐĂNG TRƯỚC" in mail.outbox[0].message()["Subject"]
    assert f"/bao-chi/rieng/{release.key}/" in str(mail.outbox[0].message().get_body(("plain",)).get_content())
    assert services.embargoes_over() == 0
    with clock.frozen(end + dt.timedelta(seconds=1)):
        assert services.embargoes_over() == 1
        assert services.embargoes_over() == 0
        engine.send_for(5)
    assert len(mail.outbox) == 2
    assert "KHÔNG ĐĂNG" not in mail.outbox[1].message()["Subject"]
    balance(release)


def test_a_correction_reaches_whoever_got_the_first_one(desk, cast):
    release = desk.released([desk.desk])
    engine.send_for(5)
    new = services.release_correct(actor=cast.office, release_id=release.pk)
    assert services.release_correct(actor=cast.office, release_id=release.pk).pk == new.pk
    with pytest.raises(InvalidInput):
        services.release_submit(actor=cast.office, release_id=new.pk)
    services.release_save(
        actor=cast.office, release_id=new.pk, version=0, title=new.title, body="<p>Ngày 07/6.</p>",
        correction_note="Bản trước ghi 05/6, đúng là 07/6.", receiver_ids=[],
    )  # fmt: skip
    services.release_submit(actor=cast.office, release_id=new.pk)
    new.refresh_from_db()
    services.release_approve(actor=desk.speaker, release_id=new.pk, version=new.version)
    services.start_due()
    engine.send_for(5)
    release.refresh_from_db()
    new.refresh_from_db()
    assert (release.state, new.state, new.uid, new.edition) == (State.REPLACED, State.RELEASED, release.uid, 2)
    assert mail.outbox[1].message()["Subject"].startswith("[ĐÍNH CHÍNH]")
    balance(new)


def test_a_withdrawal_tells_those_who_got_it_and_stops_the_rest(desk, cast):
    end = clock.now() + dt.timedelta(hours=3)
    release = desk.released([desk.desk, desk.binh], embargo_until=end)
    engine.send_for(5)
    with pytest.raises(Refused):
        services.release_withdraw(actor=cast.office, release_id=release.pk, reason="Sai")
    services.release_withdraw(actor=desk.speaker, release_id=release.pk, reason="Lịch thi chưa được duyệt.")
    engine.send_for(5)
    balance(release)
    assert states(release) == {
        ("Báo Sông Lam", What.RELEASE): Letter.SKIPPED,
        ("Thông tấn xã Sông Lam", What.RELEASE): Letter.SENT,
        ("Thông tấn xã Sông Lam", What.WITHDRAWAL): Letter.SENT,
    }
    message = mail.outbox[1].message()
    assert message["Subject"].startswith("[THU HỒI]")
    assert list(message.iter_attachments()) == []
    with clock.frozen(end + dt.timedelta(minutes=1)):
        engine.send_for(5)
    assert len(mail.outbox) == 2


def test_more_receivers_get_it_once(desk, cast):
    release = desk.released([desk.desk])
    added = services.letters_add(actor=cast.office, release_id=release.pk, contact_ids=[desk.desk.pk, desk.an.pk])
    assert added == 1
    engine.send_for(5)
    balance(release)
    assert release.sent == 2


def test_a_link_in_the_letter_stops_the_letters(desk, client):
    release = desk.released([desk.desk])
    engine.send_for(5)
    link = mail.outbox[0].message()["List-Unsubscribe"].strip("<>").removeprefix("https://songlam.example")
    assert client.get(link).status_code == 200
    assert Contact.objects.get(pk=desk.desk.pk).active
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(link).status_code == 200
    row = Contact.objects.get(pk=desk.desk.pk)
    assert (row.active, row.left_how) == (False, "link")
    assert client.post(link[:-3] + "00/").status_code == 404
    release.refresh_from_db()
    assert Release.objects.count() == 1


def test_the_health_page_says_what_is_late(desk):
    release = desk.released([desk.desk])
    assert engine.standing().state == "good"
    ReleaseLetter.objects.update(due_at=clock.now() - dt.timedelta(minutes=6))
    assert engine.standing().state == "bad"
    engine.send_for(5)
    assert engine.standing().state == "good"
    balance(release)
