"""The staff screens: who may open what, constant queries, what a form loses (nothing)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loa.press import services
from loa.press.models import Contact, Outlet, Release
from loa.press.rules import State
from tests.press.factories import picture

pytestmark = pytest.mark.django_db


def get(client, person, path):
    client.force_login(person)
    return client.get(path)


def test_who_may_open_what(desk, client, cast):
    release = desk.released([desk.desk])
    paths = {
        "/lam-viec/bao-chi/": (200, 200, 403, 403),
        f"/lam-viec/bao-chi/{release.pk}/": (200, 200, 404, 404),
        f"/lam-viec/bao-chi/{release.pk}/van-ban.pdf": (200, 200, 404, 404),
        "/lam-viec/bao-chi/danh-ba/": (200, 200, 403, 403),
        f"/lam-viec/bao-chi/danh-ba/{desk.paper.pk}/": (200, 200, 404, 404),
        f"/lam-viec/bao-chi/danh-ba/nguoi/{desk.an.pk}/": (200, 403, 404, 404),
        f"/lam-viec/bao-chi/phat-ngon/{desk.person.pk}/": (200, 403, 404, 404),
        "/lam-viec/bao-chi/danh-ba/moi/": (200, 403, 403, 403),
        "/lam-viec/bao-chi/soan/": (200, 403, 403, 403),
    }
    people = (cast.office, cast.director, cast.owner, cast.outsider)
    for path, wanted in paths.items():
        assert tuple(get(client, person, path).status_code for person in people) == wanted, path
    client.logout()
    for path in paths:
        assert client.get(path).status_code == 302


def test_addresses_are_masked_for_those_who_only_read(desk, client, cast):
    path = f"/lam-viec/bao-chi/danh-ba/{desk.paper.pk}/"
    assert "an@baosonglam.example" in get(client, cast.office, path).content.decode()
    assert "an@baosonglam.example" not in get(client, cast.director, path).content.decode()


@pytest.mark.parametrize(
    "path", ["/lam-viec/bao-chi/", "/lam-viec/bao-chi/danh-ba/", "/lam-viec/bao-chi/phat-ngon/"]
)
def test_queries_do_not_grow_with_rows(desk, client, cast, path):
    def count():
        with CaptureQueriesContext(connection) as seen:
            assert get(client, cast.office, path).status_code == 200
        return len(seen)

    desk.draft()
    count()
    before = count()
    for number in range(5):
        desk.draft(title=f"Thông cáo {number}")
        outlet = services.outlet_save(
            actor=cast.office, unit_id=desk.unit.pk, name=f"Báo số {number}", kind="paper"
        )
        desk.contact(outlet, f"Ban {number}", f"ban{number}@bao.example", [desk.exams])
    assert count() <= before


def test_queries_of_a_release_do_not_grow_with_letters(desk, client, cast):
    def count(release):
        with CaptureQueriesContext(connection) as seen:
            get(client, cast.office, f"/lam-viec/bao-chi/{release.pk}/")
        return len(seen)

    few = desk.released([desk.desk])
    count(few)
    many = desk.released([desk.contact(desk.paper, f"Ban {n}", f"b{n}@bao.example", []) for n in range(6)])
    assert count(many) <= count(few) + 1


def test_from_nothing_to_approved_through_the_screens(desk, client, cast):
    client.force_login(cast.office)
    made = client.post("/lam-viec/bao-chi/soan/", {"unit": desk.unit.pk, "story": ""})
    release = Release.objects.get()
    assert made.url == f"/lam-viec/bao-chi/{release.pk}/soan/"
    html = client.get(made.url).content.decode()
    assert "giữ embargo" in html
    form = {
        "version": "0", "title": "", "lead": "Một câu.", "body": "<p>Nội dung <b>đậm</b><script>x</script></p>",
        "beats": [desk.exams.pk], "receiver": [desk.desk.pk, desk.binh.pk], "submit": "1",
    }  # fmt: skip
    wrong = client.post(made.url, form)
    assert wrong.status_code == 422
    assert "Nội dung <b>đậm</b>" in wrong.content.decode()
    client.post(made.url, {**form, "title": "Lịch thi"})
    release.refresh_from_db()
    assert (release.state, release.body, release.receivers.count()) == (
        State.WAITING,
        "<p>Nội dung <b>đậm</b></p>",
        2,
    )
    client.force_login(desk.speaker)
    page = client.get(f"/lam-viec/bao-chi/{release.pk}/").content.decode()
    assert "Duyệt, gửi tới 2 địa chỉ báo chí" in page
    client.post(f"/lam-viec/bao-chi/{release.pk}/viec/duyet/", {"version": release.version, "number": "5"})
    release.refresh_from_db()
    assert (release.state, release.number) == (State.APPROVED, 5)


def test_two_people_who_save_do_not_overwrite_each_other(desk, client, cast):
    release = desk.draft()
    client.force_login(cast.office)
    path = f"/lam-viec/bao-chi/{release.pk}/soan/"
    answer = client.post(path, {"version": "0", "title": "Cũ", "body": "<p>Chữ của tôi</p>"})
    assert answer.status_code == 422
    assert "Chữ của tôi" in answer.content.decode()
    release.refresh_from_db()
    assert release.title != "Cũ"


def test_a_picture_is_described_on_its_card(desk, client, cast):
    release = desk.draft()
    client.force_login(cast.office)
    client.post(f"/lam-viec/bao-chi/{release.pk}/anh/", {"photo": picture()})
    photo = release.photos.get()
    assert "Chưa đủ thông tin" in client.get(f"/lam-viec/bao-chi/{release.pk}/soan/").content.decode()
    client.post(
        f"/lam-viec/bao-chi/{release.pk}/anh/{photo.pk}/",
        {"caption": "Phòng thi", "alt": "Bàn ghế", "credit": "Văn phòng", "consent": "no_people"},
    )
    photo.refresh_from_db()
    assert photo.missing == []
    assert client.get(f"/lam-viec/bao-chi/{release.pk}/anh/{photo.pk}.jpg").status_code == 200
    client.force_login(cast.outsider)
    assert client.get(f"/lam-viec/bao-chi/{release.pk}/anh/{photo.pk}.jpg").status_code == 404


def test_the_register_by_hand(desk, client, cast):
    client.force_login(cast.office)
    made = client.post(
        "/lam-viec/bao-chi/danh-ba/moi/",
        {
            "unit": desk.unit.pk,
            "name": "Tạp chí Trường em",
            "kind": "paper",
            "website": "truongem.example",
            "active": "on",
        },
    )
    outlet = Outlet.objects.get(name="Tạp chí Trường em")
    assert made.url == f"/lam-viec/bao-chi/danh-ba/{outlet.pk}/them/"
    client.post(
        made.url,
        {
            "name": "Dương",
            "email": "duong@truongem.example",
            "basis": "asked",
            "basis_note": "Thư",
            "consented_on": "2026-01-05",
        },
    )
    contact = Contact.objects.get(outlet=outlet)
    assert outlet.website == "https://truongem.example"
    client.post(f"/lam-viec/bao-chi/danh-ba/nguoi/{contact.pk}/thoi/")
    contact.refresh_from_db()
    assert not contact.active
    client.post(f"/lam-viec/bao-chi/danh-ba/nguoi/{contact.pk}/xoa/")
    assert not Contact.objects.filter(pk=contact.pk).exists()


def test_a_spokesperson_stands_on_the_public_page_while_in_office(desk, client, cast):
    client.force_login(cast.office)
    client.post(
        f"/lam-viec/bao-chi/phat-ngon/{desk.person.pk}/",
        {
            "name": "Hoàng Minh Sơn", "position": "Phó Giám đốc", "phone": "0258", "email": "p@so.example",
            "decision": "QĐ 1", "valid_from": "2020-01-01", "valid_to": "2020-12-31", "published": "on",
        },
    )  # fmt: skip
    client.logout()
    assert "Hoàng Minh Sơn" not in client.get("/bao-chi/").content.decode()
