"""Subscribing, confirming, leaving, being forgotten: as services and as anybody meets them on the public pages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from loa.audit.models import LogEntry
from loa.bulletins import services, tokens
from loa.bulletins.models import Subscriber, Subscription, Suppression
from loa.bulletins.services.lists import read_addresses
from loa.bulletins.services.subscribers import FORMS_AN_HOUR
from loa.bulletins.tasks import forget
from loa.bulletins.tests.factories import fill, make_list
from loa.core import clock
from loa.core.errors import InvalidInput, NotFound, Refused
from loa.lib.mail import address_of, masked

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"email": "Lan.Nguyen@Truong.edu.vn", "agreed": "1"}


@pytest.fixture
def visitor(town):
    """A browser that checks CSRF like the real one."""
    return Client(enforce_csrf_checks=True)


def ask(visitor, town, path="/nhan-tin/", **fields):
    return visitor.post(path, {**FORM, "lists": [town.list.pk], **fields})


def link(kind: str, message=None) -> str:
    text = (message or mail.outbox[-1]).body
    return re.search(rf"https://songlam\.example(/nhan-tin/{kind}/\S+)", text)[1]


def test_from_the_form_to_the_list(town, visitor):
    page = visitor.get("/nhan-tin/").content.decode()
    assert "Bản tin tuần của Sở" in page
    answer = ask(visitor, town)
    assert answer.status_code == 302
    assert "Xin xem hộp thư" in visitor.get(answer["Location"]).content.decode()
    row = Subscription.objects.get()
    assert (row.state, row.consent_at, row.subscriber.email) == ("pending", None, "lan.nguyen@truong.edu.vn")
    assert mail.outbox[0].to == ["lan.nguyen@truong.edu.vn"]
    address = link("xac-nhan")
    # A scanner opens the link: nothing happens.
    assert visitor.get(address).status_code == 200
    assert visitor.head(address).status_code == 200
    row.refresh_from_db()
    assert row.state == "pending"
    assert "Đã đăng ký" in visitor.post(address).content.decode()
    row.refresh_from_db()
    assert row.state == "active"
    assert row.consent_at is not None
    assert row.consent_text.version == 1
    assert "thư điện tử" in row.consent_text.text
    assert visitor.post(address).status_code == 200  # twice does no harm
    assert LogEntry.objects.filter(action="bulletins.confirmed").count() == 1
    assert not LogEntry.objects.filter(object_label__contains="lan.nguyen").exists()


def test_known_and_unknown_addresses_get_the_same_answer(town, visitor):
    known = fill(town.list, 1)[0].subscriber
    answers = [ask(visitor, town, email=email) for email in (known.email, "moi@truong.edu.vn")]
    assert len({(a.status_code, a["Location"], a.content) for a in answers}) == 1
    one, two = mail.outbox
    assert one.subject == two.subject
    assert re.sub(r"/nhan-tin/\S+", "", one.body) == re.sub(r"/nhan-tin/\S+", "", two.body)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "lan@"}, "chưa đúng"),
        ({"email": "lan@truong.edu.vn\r\nBcc: x@y.vn"}, "chưa đúng"),
        ({"email": '"a b"@truong.edu.vn'}, "chưa đúng"),
        ({"lists": []}, "ít nhất một danh sách"),
        ({"lists": ["999999"]}, "ít nhất một danh sách"),
        ({"agreed": ""}, "ô đồng ý"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(town, visitor, fields, words):
    answer = ask(visitor, town, **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Subscriber.objects.exists()
    assert not mail.outbox


def test_closed_lists_take_nobody(town, visitor):
    town.list.is_open = False
    town.list.save()
    assert ask(visitor, town).status_code == 422
    assert "Đơn vị chưa mở bản tin" in visitor.get("/nhan-tin/").content.decode()


def test_a_member_site_shows_its_own_lists(town, visitor):
    own = make_list(town.school, "Tin trường Sơn Thượng")
    page = visitor.get("/truong/son-thuong/nhan-tin/").content.decode()
    assert "Tin trường Sơn Thượng" in page
    assert "Bản tin tuần của Sở" not in page
    assert "Tin trường Sơn Thượng" not in visitor.get("/nhan-tin/").content.decode()
    answer = ask(visitor, town, "/truong/son-thuong/nhan-tin/", lists=[own.pk])
    assert answer["Location"] == "/truong/son-thuong/nhan-tin/xem-thu/"


def test_letters_to_one_address_are_few(town, visitor):
    for _n in range(3):
        ask(visitor, town)
    assert len(mail.outbox) == 1
    for hour in range(1, 6):
        with clock.frozen(clock.start_of(clock.today()) + dt.timedelta(days=1, hours=8 + hour)):
            ask(visitor, town)
    assert len(mail.outbox) == 1 + 3


def test_one_place_may_ask_so_often_and_no_more(town, visitor):
    for number in range(FORMS_AN_HOUR):
        assert ask(visitor, town, email=f"p{number}@truong.edu.vn").status_code == 302
    answer = ask(visitor, town, email="mot-nua@truong.edu.vn")
    assert answer.status_code == 429
    assert not Subscriber.objects.filter(email__startswith="mot-nua").exists()
    with clock.frozen(clock.now() + dt.timedelta(hours=2)):
        assert ask(visitor, town, email="mot-nua@truong.edu.vn").status_code == 302


def test_a_machine_that_fills_every_field_gets_nothing(town, visitor):
    assert ask(visitor, town, website="https://spam.example").status_code == 302
    assert not Subscriber.objects.exists()


def test_old_and_forged_links(town, visitor):
    ask(visitor, town)
    address = link("xac-nhan")
    assert visitor.post(address[:-3] + "x/").status_code == 404
    later = tokens.CONFIRM_FOR + 60
    token = address.split("/")[-2]
    import time
    from unittest import mock

    with mock.patch("django.core.signing.time.time", return_value=time.time() + later):
        assert visitor.get(address).status_code == 404
        with pytest.raises(NotFound):
            services.confirm(token=token)
    assert Subscription.objects.get().state == "pending"
    for path in ("/nhan-tin/huy/1-000000000000000000000000/", "/nhan-tin/tuy-chon/1-0/", "/nhan-tin/huy/x/"):
        assert visitor.get(path).status_code == 404
        assert visitor.post(path).status_code == 404


def test_one_click_without_cookie_or_log_in(town, visitor):
    row = fill(town.list, 1)[0]
    address = f"/nhan-tin/huy/{tokens.token('leave', row.pk)}/"
    page = visitor.get(address)
    assert page.content.count(b'<form method="post">') == 1
    assert page["Cache-Control"] == "no-store"
    row.refresh_from_db()
    assert row.state == "active"
    answer = visitor.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not answer.cookies
    row.refresh_from_db()
    assert (row.state, row.ended_how) == ("left", "one_click")
    again = visitor.post(address, {"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    assert LogEntry.objects.filter(action="bulletins.left").count() == 1


def test_one_click_works_while_the_portal_is_closed(town, visitor):
    row = fill(town.list, 1)[0]
    town.main.active = False
    town.main.save()
    address = f"/nhan-tin/huy/{tokens.token('leave', row.pk)}/"
    assert visitor.get(address).status_code == 200
    assert visitor.post(address).status_code == 200
    row.refresh_from_db()
    assert row.state == "left"


def test_who_left_comes_back_only_by_confirming(town, visitor):
    row = fill(town.list, 1)[0]
    services.leave(token=tokens.token("leave", row.pk))
    ask(visitor, town, email=row.subscriber.email)
    row.refresh_from_db()
    assert row.state == "left"
    visitor.post(link("xac-nhan"))
    row.refresh_from_db()
    assert row.state == "active"


def test_a_link_sent_before_leaving_does_not_bring_back(town, visitor):
    ask(visitor, town)
    address = link("xac-nhan")
    visitor.post(address)
    row = Subscription.objects.get()
    services.leave(token=tokens.token("leave", row.pk))
    visitor.post(address)
    row.refresh_from_db()
    assert row.state == "left"


def test_preferences(town, visitor):
    other = make_list(town.so, "Tin tuyển sinh")
    hidden = make_list(town.so, "Nội bộ", is_open=False)
    row = fill(town.list, 1)[0]
    address = f"/nhan-tin/tuy-chon/{tokens.token('prefs', row.subscriber_id)}/"
    page = visitor.get(address).content.decode()
    assert "n••••@thu.example" in page
    assert "nguoi1@" not in page
    assert "Nội bộ" not in page
    assert visitor.post(address, {"lists": [other.pk, hidden.pk, 10**6]}).status_code == 200
    states = dict(Subscription.objects.values_list("mailing_list__title", "state"))
    assert states == {"Bản tin tuần của Sở": "left", "Tin tuyển sinh": "active"}


def test_forgetting_somebody_leaves_only_a_fingerprint(town, visitor):
    row = fill(town.list, 1)[0]
    email = row.subscriber.email
    token = tokens.token("prefs", row.subscriber_id)
    assert visitor.get(f"/nhan-tin/tuy-chon/{token}/xoa/").status_code == 405
    assert visitor.post(f"/nhan-tin/tuy-chon/{token}/xoa/").status_code == 200
    assert not Subscriber.objects.exists()
    assert not Subscription.objects.exists()
    assert visitor.get(f"/nhan-tin/tuy-chon/{token}/").status_code == 404
    done = services.subscribers_import(
        actor=town.office, list_id=town.list.pk, data=email.encode(), proof="Phiếu đăng ký năm học trước"
    )
    assert (done.added, done.suppressed) == (0, 1)
    # Only the owner can come back, by confirming.
    ask(visitor, town, email=email)
    visitor.post(link("xac-nhan"))
    assert Subscription.objects.get().state == "active"
    assert not Suppression.objects.exists()


def test_who_complained_is_never_written_to(town, visitor):
    Suppression.objects.create(
        fingerprint=tokens.fingerprint("lan.nguyen@truong.edu.vn"), reason=Suppression.Reason.COMPLAINT
    )
    assert ask(visitor, town).status_code == 302
    assert not mail.outbox
    assert not Subscriber.objects.exists()


def test_import_with_proof(town):
    gone = fill(town.list, 1, start=1)[0]
    services.leave(token=tokens.token("leave", gone.pk))
    data = "Họ tên;Thư điện tử\nLan;lan@truong.edu.vn\nHùng;không có\n;\n"
    data += "Mai;MAI@truong.edu.vn\nCũ;nguoi1@thu.example\n"
    with pytest.raises(InvalidInput):
        services.subscribers_import(actor=town.office, list_id=town.list.pk, data=data.encode(), proof="có")
    for person, error in ((town.editor, Refused), (town.lead, NotFound), (town.outsider, NotFound)):
        with pytest.raises(error):
            services.subscribers_import(actor=person, list_id=town.list.pk, data=data.encode(), proof="x" * 30)
    assert Subscription.objects.filter(state="active").count() == 0
    proof = "Phiếu đăng ký họp phụ huynh 05/09/2026, lưu tại văn thư"
    done = services.subscribers_import(actor=town.office, list_id=town.list.pk, data=data.encode(), proof=proof)
    assert (done.added, done.left, done.wrong) == (2, 1, [3])
    row = Subscription.objects.get(subscriber__email="mai@truong.edu.vn")
    assert (row.state, row.source, row.consent_proof) == ("active", "import", proof)
    again = services.subscribers_import(actor=town.office, list_id=town.list.pk, data=data.encode(), proof=proof)
    assert (again.added, again.already) == (0, 2)


@pytest.mark.parametrize("data", ["họ tên".encode("utf-16"), b"", b"khong co gi\n", b"\xff\xfe"])
def test_files_that_cannot_be_used(town, data):
    with pytest.raises(InvalidInput):
        services.subscribers_import(actor=town.office, list_id=town.list.pk, data=data, proof="x" * 30)
    assert not Subscriber.objects.exists()


def test_no_consent_no_letters(town):
    row = fill(town.list, 1)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=row.pk).update(consent_text=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=row.pk).update(consent_at=None)


def test_taking_off_by_telephone(town):
    row = fill(town.list, 1)[0]
    with pytest.raises(NotFound):
        services.take_off(actor=town.outsider_lead, list_id=town.list.pk, email=row.subscriber.email)
    assert services.take_off(actor=town.office, list_id=town.list.pk, email="  NGUOI1@thu.example ")
    assert not services.take_off(actor=town.office, list_id=town.list.pk, email="ai-do@thu.example")
    row.refresh_from_db()
    assert (row.state, row.ended_how) == ("left", "staff")


def test_what_is_not_needed_is_forgotten(town, visitor):
    ask(visitor, town)
    kept = fill(town.list, 1)[0]
    with clock.frozen(clock.now() + dt.timedelta(days=8)):
        forget.func()
    assert list(Subscription.objects.all()) == [kept]
    assert list(Subscriber.objects.all()) == [kept.subscriber]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Lan@Truong.EDU.vn ", "lan@truong.edu.vn"),
        ("<lan@truong.edu.vn>", "lan@truong.edu.vn"),
        ("lan@trường.vn", "lan@xn--trng-tya8e.vn"),
        ("lan", None),
        ("lan@localhost", None),
        ("lan@@a.vn", None),
        ("a b@a.vn", None),
        ("a..b@a.vn", None),
        ("lần@a.vn", None),
        ("a>@a.vn", None),
        ("a" * 65 + "@a.vn", None),
    ],
)
def test_addresses(text, address):
    found = address_of(text)
    if address and address.startswith("lan@xn--"):
        assert found is not None
        assert found.isascii()
    else:
        assert found == address


def test_masks_and_files():
    assert masked("lan@truong.edu.vn") == "l••••@truong.edu.vn"
    assert masked("") == "••••"
    assert read_addresses("\ufeffa@b.vn\nc@d.vn,x\n\n".encode()) == (["a@b.vn", "c@d.vn"], [])
