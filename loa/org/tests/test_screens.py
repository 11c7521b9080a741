"""Screens of units, people and the log: who sees what, and what a form does."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from loa.accounts.models import User
from loa.audit.models import LogEntry
from loa.audit.services import log
from loa.core import clock
from loa.org import services
from loa.org.models import Membership, Unit, UnitImport
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user

BASE = "/lam-viec/don-vi/"
D = dt.date


def page(client, path, status=200):
    answer = client.get(BASE + path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_nobody_enters_without_log_in(client, cast):
    for path in (
        "",
        "danh-sach/",
        "nhap/",
        "nhap/mau/",
        "nhat-ky/",
        "nhat-ky/tai-ve/",
        f"{cast.school.pk}/",
        f"{cast.school.pk}/giai-the/",
        f"{cast.school.pk}/nguoi/them/",
    ):
        answer = client.get(BASE + path)
        assert (answer.status_code, "/dang-nhap/" in answer["Location"]) == (302, True), path


def test_people_see_their_own_units_and_no_others(client, cast):
    client.force_login(cast.owner)
    text = page(client, "")
    assert "Trường THCS Sơn Thượng" in text
    assert "Lam Giang" not in text
    assert "Lam Giang" not in page(client, "danh-sach/?q=lam")
    assert "Vi Văn Hặc" in page(client, f"{cast.school.pk}/")
    for path in (
        f"{cast.thpt.pk}/",
        f"{cast.so.pk}/",
        f"{cast.thpt.pk}/giai-the/",
        "999999/",
        f"?tu={cast.so.pk}",
    ):
        assert "Phạm Quốc Bảo" not in page(client, path, 404)
    # Their own unit is theirs to see (404 before 403), not to change.
    for path in ("giai-the/", "sap-nhap/", "nguoi/them/", "nguoi/phan-cong/"):
        page(client, f"{cast.school.pk}/{path}", 403)
    page(client, "nhap/", 403)
    page(client, "nhat-ky/", 403)
    page(client, "nhat-ky/tai-ve/", 403)
    assert "Sắp xếp lại" not in page(client, f"{cast.school.pk}/")
    assert "Lam Giang" not in page(client, "chon/?parent=lam giang")


def test_posts_of_others_change_nothing(client, cast):
    row = Membership.objects.get(user=cast.owner)
    alias = services.alias_add(actor=None, unit=cast.school, text="THCS ST")
    before = (User.objects.count(), Membership.objects.count(), Unit.objects.count())
    passwords = dict(User.objects.values_list("pk", "password"))
    logged = LogEntry.objects.count()
    posts = [
        (f"phan-cong/{row.pk}/ket-thuc/", {}),
        (f"nguoi/{cast.owner.pk}/mat-khau/", {}),
        (f"nguoi/{cast.owner.pk}/khoa/", {}),
        (f"ten-khac/{alias.pk}/xoa/", {}),
        (f"{cast.school.pk}/ten-khac/", {"text": "X"}),
        (f"{cast.school.pk}/giai-the/", {"on": "2026-11-20", "xac-nhan": "1"}),
        (f"{cast.school.pk}/nguoi/them/", {"full_name": "A B", "role": "admin", "valid_from": "2026-11-20"}),
    ]
    for who, status in ((cast.outsider, 404), (cast.lead, 403)):
        client.force_login(who)
        for path, data in posts:
            assert client.post(BASE + path, data).status_code == status, (who, path)
    assert (User.objects.count(), Membership.objects.count(), Unit.objects.count()) == before
    assert dict(User.objects.values_list("pk", "password")) == passwords
    assert LogEntry.objects.count() == logged, list(LogEntry.objects.values_list("action", "data"))


def test_a_reorganisation_is_shown_before_it_is_done(client, cast):
    client.force_login(cast.admin)
    path = f"{BASE}{cast.xa.pk}/chuyen/"
    data = {"parent": f"{cast.thpt.name} · #{cast.thpt.pk}", "on": "2030-01-01", "decision": "1/QĐ", "note": ""}
    shown = client.post(path, data).content.decode()
    assert "2 đơn vị bên dưới đi theo" in shown
    assert "01/01/2030" in shown
    assert not cast.xa.versions.filter(parent=cast.thpt).exists()
    assert client.post(path, data | {"sua": "1"}).status_code == 200
    answer = client.post(path, data | {"xac-nhan": "1"})
    assert answer["Location"] == f"{BASE}{cast.xa.pk}/"
    assert cast.xa.versions.filter(parent=cast.thpt).exists()
    assert "Sắp tới" in page(client, f"{cast.xa.pk}/")
    wrong = client.post(path, data | {"on": "2019-01-01", "xac-nhan": "1"})
    assert wrong.status_code == 400
    assert "ngày thành lập" in wrong.content.decode()


@pytest.mark.parametrize(
    ("verb", "data", "done"),
    [
        (
            "lap-moi",
            {"name": "Trường THCS Mới", "kind": "thcs"},
            lambda c: c.so.children.filter(name="Trường THCS Mới"),
        ),
        (
            "doi-thong-tin",
            {"name": "Sở GD&ĐT Lam", "short_name": "Sở", "kind": "so", "place": "Sông Lam"},
            lambda c: Unit.objects.filter(pk=c.so.pk, name="Sở GD&ĐT Lam"),
        ),
    ],
)
def test_forms_on_the_top_unit(client, cast, verb, data, done):
    client.force_login(cast.admin)
    page(client, f"{cast.so.pk}/{verb}/")
    today = clock.today().isoformat()
    data = {"on": today, "decision": "", "note": "", **data}
    answer = client.post(f"{BASE}{cast.so.pk}/{verb}/", data | {"xac-nhan": "1"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert done(cast).exists()


def test_merge_split_and_close_by_form(client, cast):
    client.force_login(cast.admin)
    today = clock.today().isoformat()
    common = {"on": today, "decision": "", "note": "", "xac-nhan": "1"}
    both = client.post(f"{BASE}{cast.primary.pk}/sap-nhap/", common | {"into": "", "new_name": ""})
    assert both.status_code == 400
    answer = client.post(f"{BASE}{cast.primary.pk}/sap-nhap/", common | {"into": "son thuong"})
    assert answer["Location"] == f"{BASE}{cast.school.pk}/"
    owner = Membership.objects.get(user=cast.owner, unit=cast.school)
    split = {"keep": "", "names": "Trường THCS A\nTrường THCS B", "kind": "thcs"}
    shown = client.post(f"{BASE}{cast.school.pk}/chia-tach/", split | {"on": today}).content.decode()
    assert f'name="member-{owner.pk}"' in shown
    answer = client.post(f"{BASE}{cast.school.pk}/chia-tach/", common | split | {f"member-{owner.pk}": "1"})
    assert answer.status_code == 302
    cast.owner._loa_roles = None
    assert Membership.objects.filter(user=cast.owner, unit__name="Trường THCS B").exists()
    refused = client.post(f"{BASE}{cast.xa.pk}/giai-the/", common | {"children_to": "", "members_to": ""})
    assert (refused.status_code, "nơi tiếp nhận" in refused.content.decode()) == (400, True)
    answer = client.post(f"{BASE}{cast.xa.pk}/giai-the/", common | {"children_to": f"x #{cast.so.pk}"})
    assert answer.status_code == 302
    assert "kết thúc" in page(client, f"{cast.xa.pk}/").lower()
    assert "Xã Mường Sai" in page(client, "danh-sach/?tinh-trang=ket-thuc")


def test_people_are_added_given_roles_and_let_go(client, cast):
    client.force_login(cast.admin)
    day = clock.today().isoformat()
    answer = client.post(
        f"{BASE}{cast.school.pk}/nguoi/them/",
        {"full_name": "Quàng Thị Ín", "role": "contributor", "valid_from": day, "email": "in@truong.edu.vn"},
    )
    user = User.objects.get(email="in@truong.edu.vn")
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert user.check_password(password)
    assert "no-store" in answer["Cache-Control"]
    assert password not in str(list(LogEntry.objects.values()))
    assert (
        client.post(
            f"{BASE}{cast.xa.pk}/nguoi/phan-cong/", {"username": user.username, "role": "focal", "valid_from": day}
        ).status_code
        == 302
    )
    again = client.post(
        f"{BASE}{cast.xa.pk}/nguoi/phan-cong/", {"username": user.username, "role": "focal", "valid_from": day}
    )
    assert (again.status_code, "đã giữ vai trò" in again.content.decode()) == (400, True)
    renewed = client.post(f"{BASE}nguoi/{user.pk}/mat-khau/").context["password"]
    assert renewed != password
    assert client.post(f"{BASE}nguoi/{user.pk}/khoa/").status_code == 302
    assert "Tài khoản khoá" in page(client, f"{cast.xa.pk}/")
    assert client.post(f"{BASE}nguoi/{user.pk}/mo/").context["password"]
    row = Membership.objects.get(user=user, unit=cast.school)
    assert client.post(f"{BASE}phan-cong/{row.pk}/ket-thuc/").status_code == 302
    assert not Membership.objects.filter(pk=row.pk).exists(), "it had not lasted a day"


def test_the_unit_field_says_when_it_is_unsure(client, cast):
    client.force_login(cast.admin)
    path, rest = f"{BASE}{cast.school.pk}/chuyen/", {"on": "2027-01-01"}
    assert "đơn vị khớp" in client.post(path, rest | {"parent": "truong"}).content.decode()
    assert "Không tìm thấy" in client.post(path, rest | {"parent": "khong co"}).content.decode()
    assert "phạm vi" in client.post(path, rest | {"parent": "#999999"}).content.decode()
    assert f"#{cast.thpt.pk}" in page(client, "chon/?parent=lam giang")


def test_an_import_by_screen(client, cast):
    client.force_login(cast.admin)
    data = "Mã;Tên;Loại\nT1;Trường THCS Một;THCS\nT2;Trường THCS Hai;lạ"
    form = {"top": f"#{cast.so.pk}", "effective_on": clock.today().isoformat(), "decision": ""}
    answer = client.post(f"{BASE}nhap/", form | {"file": SimpleUploadedFile("a.csv", data.encode())})
    batch = UnitImport.objects.get()
    assert answer["Location"] == f"{BASE}nhap/{batch.pk}/"
    shown = page(client, f"nhap/{batch.pk}/")
    assert "Không có loại “lạ”" in shown
    client.post(f"{BASE}nhap/{batch.pk}/ghi/")
    assert not Unit.objects.filter(code="T1").exists()
    bad = client.post(f"{BASE}nhap/", form | {"file": SimpleUploadedFile("a.csv", b"%PDF\0")})
    assert bad.status_code == 400
    client.post(f"{BASE}nhap/", form | {"file": SimpleUploadedFile("b.csv", data.replace("lạ", "THCS").encode())})
    batch = UnitImport.objects.get(filename="b.csv")
    client.post(f"{BASE}nhap/{batch.pk}/ghi/")
    batch.refresh_from_db()
    assert batch.state == "queued"
    assert "Đang chờ ghi" in page(client, f"nhap/{batch.pk}/")
    services.import_write(batch_id=batch.pk, actor=cast.admin)
    assert "2 đơn vị mới" in page(client, f"nhap/{batch.pk}/")
    assert client.get(f"{BASE}nhap/mau/").content[:2] == b"PK"
    local = make_user("Quản trị xã", (Role.ADMIN, cast.xa))
    client.force_login(local)
    page(client, f"nhap/{batch.pk}/", 404)


def test_the_log_is_read_by_those_above_in_words(client, cast):
    services.unit_rename(actor=cast.admin, unit=cast.school, name="Trường THCS Mới", on=D(2026, 1, 1))
    services.unit_rename(actor=cast.admin, unit=cast.thpt, name="Trường THPT Mới", on=D(2026, 1, 1))
    log("x.unknown", actor=None, unit_id=cast.school.pk)
    local = make_user("Thanh tra xã", (Role.INSPECTOR, cast.xa))
    client.force_login(local)
    text = page(client, "nhat-ky/")
    assert "Đổi tên Trường THCS Mới, từ 01/01/2026" in text
    assert "x.unknown" in text
    assert "THPT" not in text
    client.force_login(cast.admin)
    assert "THPT" in page(client, "nhat-ky/")
    assert "THPT" not in page(client, f"nhat-ky/?don-vi={cast.school.pk}")
    assert "Đổi tên Trường" not in page(client, "nhat-ky/?viec=org.unit.founded")
    assert "Đổi tên Trường" in page(client, "nhat-ky/?nguoi=Đỗ Hải&viec=org.")
    assert "Đổi tên Trường" not in page(client, "nhat-ky/?den=2020-01-01")
    page(client, "nhat-ky/?tu=2026-99-99&don-vi=abc")
    log("org.unit.renamed", actor=None, unit_id=cast.so.pk, on="=1+1")
    table = b"".join(client.get(f"{BASE}nhat-ky/tai-ve/").streaming_content).decode()
    assert table.startswith("\ufeff")
    assert "Đổi tên Trường THPT Mới" in table
    assert LogEntry.objects.filter(action="audit.exported").exists()


def test_the_log_cannot_be_changed(cast):
    entry = log("x", actor=cast.admin)
    for attempt in (
        lambda: entry.delete(),
        lambda: entry.save(),
        lambda: LogEntry.objects.all().delete(),
        lambda: LogEntry.objects.update(action="y"),
        lambda: LogEntry.objects.bulk_update([entry], ["action"]),
    ):
        with pytest.raises(TypeError):
            attempt()
    # Nor by another road: the database itself refuses.
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {LogEntry._meta.db_table} SET action = 'y'")
    assert LogEntry.objects.get(pk=entry.pk).action == "x"


@pytest.mark.parametrize("path", ["", "danh-sach/", "nhat-ky/", "{xa}/"])
def test_screens_cost_the_same_with_many_rows(client, cast, path):
    client.force_login(cast.admin)
    path = BASE + path.format(xa=cast.xa.pk)
    services.unit_rename(actor=cast.admin, unit=cast.school, name="Trường số không", on=D(2026, 1, 1))
    with CaptureQueriesContext(connection) as few:
        assert client.get(path).status_code == 200
    for number in range(25):
        school = make_unit(f"Trường THCS số {number}", Kind.THCS, cast.xa)
        make_user(f"Người {number}", (Role.CONTRIBUTOR, cast.xa))
        services.unit_rename(actor=cast.admin, unit=school, name=f"Trường số {number}", on=D(2026, 1, 1))
        services.alias_add(actor=None, unit=cast.xa, text=f"Tên {number}")
    with CaptureQueriesContext(connection) as many:
        assert client.get(path).status_code == 200
    assert len(many) <= len(few), [query["sql"][:150] for query in many]


def test_a_lost_second_factor_is_taken_off_by_those_above_only(client, cast):
    Authenticator.objects.create(user=cast.lead, type=Authenticator.Type.TOTP, data={"secret": "x"})
    path = f"{BASE}nguoi/{cast.lead.pk}/hai-lop/"
    for who, status in ((cast.outsider, 404), (cast.owner, 403)):
        client.force_login(who)
        assert client.post(path).status_code == status
    assert Authenticator.objects.filter(user=cast.lead).exists()
    client.force_login(cast.admin)
    assert client.get(path).status_code == 405
    assert client.post(path).status_code == 302
    assert not Authenticator.objects.filter(user=cast.lead).exists()
    assert client.post(path).status_code == 409
    assert client.post(f"{BASE}nguoi/{cast.admin.pk}/hai-lop/").status_code == 403
    assert LogEntry.objects.filter(action="accounts.second_factor_removed", object_id=cast.lead.pk).count() == 1


def test_a_long_branch_is_opened_by_kinds(cast, monkeypatch, client):
    monkeypatch.setattr("loa.org.ui.lists.LONG", 3)
    client.force_login(cast.admin)
    page = client.get(BASE).content.decode()
    assert "Văn phòng Sở" in page  # the authority's own parts are in sight
    assert "Trường THPT Lam Giang" not in page
    assert f"?tu={cast.so.pk}&amp;loai=thpt" in page
    piece = client.get(BASE, {"tu": cast.so.pk, "loai": "thpt"}).content.decode()
    assert "Trường THPT Lam Giang" in piece
    assert "Xã Mường Sai" not in piece
    client.force_login(cast.outsider)
    assert client.get(BASE, {"tu": cast.so.pk, "loai": "thpt"}).status_code == 404
