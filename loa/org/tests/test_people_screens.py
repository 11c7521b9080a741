"""Screens of the import of people and of the list of accounts: who sees what, what a form does."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pypdfium2
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from loa.accounts.models import User
from loa.accounts.services import NewAccount, accounts_create, invitation_unsent
from loa.audit.models import LogEntry
from loa.core import clock
from loa.org import selectors, services
from loa.org.models import Membership, PeopleImport, Unit
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user

BASE = "/lam-viec/don-vi/"
HEAD = "Họ và tên;Thư điện tử;Đơn vị;Vai trò"
TABLE = (
    f"{HEAD}\nQuàng Thị Ín;in@truong.edu.vn;THCS Sơn Thượng;CTV\nVừ A Chò;;Trường Tiểu học Sơn Hạ;Trưởng đơn vị\n"
    "Sai Vai Trò;;THCS Sơn Thượng;Hiệu phó\nChọn Đơn Vị;;Trường Tiểu học Hạ Sơn;CTV"
)


@pytest.fixture
def local(cast):
    return make_user("Quản trị xã", (Role.ADMIN, cast.xa))


@pytest.fixture
def batch(cast):
    return services.people_read(
        actor=cast.admin, top=cast.so, data=TABLE.encode(), filename="a.csv", effective_on=clock.today()
    )


@pytest.fixture
def written(cast, batch):
    services.people_confirm(actor=cast.admin, batch=batch)
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    return batch


def page(client, path, status=200):
    answer = client.get(BASE + path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_the_cast_each_gets_what_is_theirs(client, cast, written, local):
    pages = ["tai-khoan/", "nhap-nguoi/"]
    ours = [f"nhap-nguoi/{written.pk}/", f"nhap-nguoi/{written.pk}/dong-sai/"]
    posts = [f"nhap-nguoi/{written.pk}/{verb}/" for verb in ("chon", "ghi", "moi", "phieu")]
    for path in [*pages, *ours, "nhap-nguoi/mau/"]:
        assert "/dang-nhap/" in client.get(BASE + path)["Location"]
    for path in [*posts, "tai-khoan/moi-lai/", "tai-khoan/phieu/"]:
        assert "/dang-nhap/" in client.post(BASE + path)["Location"]
    before = [list(User.objects.values()), LogEntry.objects.count(), PeopleImport.objects.get(pk=written.pk).state]
    for who in (cast.owner, cast.commune, cast.office, cast.outsider):
        client.force_login(who)
        for path in pages:
            page(client, path, 403)
        for path in ours:
            page(client, path, 404)
        for path in posts:
            assert client.post(BASE + path).status_code == 404
        for path in ("tai-khoan/moi-lai/", "tai-khoan/phieu/"):
            assert client.post(BASE + path, {"nguoi": cast.owner.pk}).status_code == 403
    client.force_login(local)
    for path in ours:
        page(client, path, 404)
    text = page(client, "tai-khoan/")
    assert "Lương Thị Mến" in text
    assert "Phạm Quốc Bảo" not in text
    # Somebody who administers all may look and invite, but the sheet is the importer's.
    other = make_user("Quản trị hai", (Role.ADMIN, cast.so))
    client.force_login(other)
    assert "Chỉ người đã nhập" in page(client, ours[0])
    assert client.post(BASE + posts[-1]).status_code == 403
    client.force_login(cast.admin)
    for path in [*pages, *ours, "nhap-nguoi/mau/"]:
        page_bytes = client.get(BASE + path)
        assert page_bytes.status_code == 200
    for who in (other, cast.admin, local):
        User.objects.filter(pk=who.pk).update(last_login=None)
    User.objects.filter(pk=other.pk).delete()
    after = [list(User.objects.values()), LogEntry.objects.count(), PeopleImport.objects.get(pk=written.pk).state]
    assert [len(after[0]), *after[1:]] == [len(before[0]), *before[1:]]


def test_an_import_by_screen_from_the_file_to_the_sheet(
    client, cast, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST = "smtp.songlam.example"
    client.force_login(cast.admin)
    form = {"top": f"#{cast.so.pk}", "effective_on": clock.today().isoformat(), "decision": "5/QĐ"}
    bad = client.post(f"{BASE}nhap-nguoi/", form | {"file": SimpleUploadedFile("a.csv", b"%PDF\0")})
    assert bad.status_code == 400
    answer = client.post(f"{BASE}nhap-nguoi/", form | {"file": SimpleUploadedFile("a.csv", TABLE.encode())})
    batch = PeopleImport.objects.get()
    own = f"nhap-nguoi/{batch.pk}/"
    assert answer["Location"] == BASE + own
    users = User.objects.count()
    shown = page(client, own)
    for words in ("Ghi 2 dòng", "Không có vai trò “Hiệu phó”", "Chọn đơn vị ở trên", "Tạo tài khoản"):
        assert words in shown
    assert "Quàng Thị Ín" not in page(client, f"{own}?xem=bad")
    assert User.objects.count() == users
    key = services.people_compare(actor=cast.admin, batch=batch).open_choices()[0][0].place.key
    client.post(f"{BASE}{own}chon/", {"khoa": key, "don-vi": cast.primary.pk})
    assert "Ghi 3 dòng" in page(client, own)
    client.post(f"{BASE}{own}ghi/")
    batch.refresh_from_db()
    assert batch.state == "queued"
    assert "0/4 dòng" in page(client, own)
    busy = client.get(BASE + own, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in busy
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    assert client.get(BASE + own, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    done = page(client, own)
    for words in ("3 tài khoản mới", "0/3 người đã vào", "1 người có địa chỉ thư", "3 người chưa có phiếu"):
        assert words in done
    assert Membership.objects.get(user__full_name="Quàng Thị Ín").decision == "5/QĐ"
    mended = load_workbook(io.BytesIO(client.get(f"{BASE}{own}dong-sai/").content))["Người"]
    assert [row[0].value for row in mended.iter_rows(min_row=2)] == ["Sai Vai Trò"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{BASE}{own}moi/")
    assert [letter.to for letter in mail.outbox] == [["in@truong.edu.vn"]]
    assert "Trường THCS Sơn Thượng" in mail.outbox[0].body
    assert "Gửi thư mời" not in page(client, own)
    sheet = client.post(f"{BASE}{own}phieu/", {"dang": "xlsx"})
    assert "no-store" in sheet["Cache-Control"]
    rows = [
        [cell.value for cell in row]
        for row in load_workbook(io.BytesIO(sheet.content)).active.iter_rows(min_row=6)
    ]
    assert [row[:4] for row in rows] == [
        ["Trường THCS Sơn Thượng", "Quàng Thị Ín", "Cộng tác viên", "in.qt"],
        ["Trường Tiểu học Sơn Hạ", "Vừ A Chò", "Trưởng đơn vị", "cho.va"],
        ["Trường Tiểu học Sơn Hạ", "Chọn Đơn Vị", "Cộng tác viên", "vi.cd"],
    ]
    assert all(User.objects.get(username=row[3]).check_password(row[4]) for row in rows)
    again = client.post(f"{BASE}{own}phieu/", {"dang": "pdf"}, follow=True)
    assert "Không còn phiếu" in again.content.decode()


def test_the_sheet_as_pdf_has_a_page_for_each_unit(cast, written):
    from loa.org.sheets import as_pdf

    slips = services.people_sheet(actor=cast.admin, batch=written)
    data = as_pdf(slips, made_at=clock.now())
    pages = pypdfium2.PdfDocument(data)
    assert len(pages) == 2
    whole = "\n".join(one.get_textpage().get_text_bounded() for one in pages)
    for slip in slips:
        for words in (slip.user.full_name, slip.user.username, slip.password, slip.unit.name):
            assert words in whole
    assert whole.count("PHIẾU GIAO TÀI KHOẢN") == 2


def test_the_widest_password_stays_on_its_line(cast, written):
    from loa.org.sheets import as_pdf

    (slip, *_more) = services.people_sheet(actor=cast.admin, batch=written)
    widest = replace(slip, password="mmmm-4444-mmmm-4444")
    (page,) = pypdfium2.PdfDocument(as_pdf([widest], made_at=clock.now()))
    assert "mmmm-4444-mmmm-4444" in page.get_textpage().get_text_bounded()


def test_accounts_are_found_without_accents_by_role_unit_and_state(client, cast, local):
    client.force_login(cast.admin)
    yesterday = clock.now() - dt.timedelta(days=1)
    User.objects.update(last_login=yesterday)
    (new, old) = accounts_create(
        actor=None, people=[NewAccount("Quàng Thị Ín", "in@truong.edu.vn", "0912345678"), NewAccount("Vừ A Chò")]
    )
    for user in (new, old):
        Membership.objects.create(user=user, unit=cast.school, role=Role.FOCAL, valid_from=clock.today())
    User.objects.filter(pk=new.pk).update(invited_at=clock.now() - dt.timedelta(days=30))
    User.objects.filter(pk=cast.colleague.pk).update(is_active=False)

    def found(query):
        answer = client.get(f"{BASE}tai-khoan/?{query}")
        assert answer.status_code == 200
        return {line["user"].full_name for line in answer.context["lines"]}

    assert found("q=quang+in") == found("q=IN%40truong") == found("q=0912") == {"Quàng Thị Ín"}
    assert found("vai=focal") == {"Quàng Thị Ín", "Vừ A Chò", "Lò Thị Ánh", "Lê Mai Phương"}
    assert found(f"vai=focal&o=%23{cast.xa.pk}") == {"Quàng Thị Ín", "Vừ A Chò", "Lò Thị Ánh"}
    assert found("xem=chua-vao") == {"Quàng Thị Ín", "Vừ A Chò"}
    assert found("xem=moi-het-han") == {"Quàng Thị Ín"}
    assert found("xem=khong-thu") == {"Vừ A Chò"}
    assert found("xem=khoa") == {"Vi Văn Hặc"}
    assert "Lời mời hết hạn" in page(client, "tai-khoan/?q=quang")
    assert "Không có ai khớp" in page(client, "tai-khoan/?q=khongcoai&trang=9&vai=x&xem=y&o=zzz")
    everybody = client.get(f"{BASE}tai-khoan/").context["lines"]
    names = [line["user"].full_name.split()[-1] for line in everybody]
    assert names.index("Ánh") < names.index("Bảo") < names.index("Hà") < names.index("Yến")
    client.force_login(local)
    both = make_user("Kiêm Nhiệm Hai", (Role.CONTRIBUTOR, cast.school), (Role.CONTRIBUTOR, cast.thpt))
    User.objects.filter(pk=both.pk).update(must_change_password=True)
    text = page(client, "tai-khoan/?q=kiem+nhiem")
    assert "ngoài phạm vi" in text
    assert "Lam Giang" not in text
    assert 'name="nguoi"' not in text


def test_a_letter_that_could_not_be_sent_is_told_and_sent_again(
    client, cast, settings, written, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST = "smtp.songlam.example"
    client.force_login(cast.admin)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{BASE}nhap-nguoi/{written.pk}/moi/")
    user = User.objects.get(email="in@truong.edu.vn")
    own = f"nhap-nguoi/{written.pk}/"
    assert "1 người đã được mời mà chưa vào" in page(client, own)
    invitation_unsent(user_id=user.pk, stamp=user.invited_at.isoformat())
    shown = page(client, own)
    assert "1 thư mời không gửi được" in shown
    assert "người đã được mời" not in shown
    shown = page(client, "tai-khoan/?xem=chua-gui")
    for words in ("Quàng Thị Ín", "Thư mời không gửi được", "Gửi lại"):
        assert words in shown
    assert "Đã mời" not in shown
    assert "Vừ A Chò" not in shown
    # The link nobody got is no invitation that ran out, a week later either.
    with clock.frozen(clock.now() + dt.timedelta(days=8)):
        assert user not in selectors.accounts_of(Unit.objects.all(), state="moi-het-han")
        assert user in selectors.accounts_of(Unit.objects.all(), state="chua-gui")
    other = User.objects.get(full_name="Vừ A Chò")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{BASE}tai-khoan/moi-lai/", {"mot-nguoi": user.pk, "nguoi": [other.pk]})
    assert [letter.to for letter in mail.outbox] == [["in@truong.edu.vn"]] * 2
    assert "Đã mời" in page(client, "tai-khoan/?q=quang+in")
    assert "Quàng Thị Ín" not in page(client, "tai-khoan/?xem=chua-gui")


def test_several_are_invited_again_and_get_new_sheets(
    client, cast, settings, local, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST = "smtp.songlam.example"
    people = accounts_create(
        actor=None, people=[NewAccount("Quàng Thị Ín", "in@truong.edu.vn"), NewAccount("Vừ A Chò")]
    )
    for user in people:
        Membership.objects.create(user=user, unit=cast.school, role=Role.FOCAL, valid_from=clock.today())
    ids = [people[0].pk, people[1].pk, cast.outsider.pk]
    client.force_login(local)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            f"{BASE}tai-khoan/moi-lai/", {"nguoi": [*ids, "x", "²"], "loc": "xem=chua-vao"}, follow=True
        )
    assert answer.redirect_chain[0][0] == f"{BASE}tai-khoan/?xem=chua-vao"
    text = answer.content.decode()
    assert "Đang gửi thư mời cho 1 người" in text
    assert "2 người không có địa chỉ thư" in text
    assert [letter.to for letter in mail.outbox] == [["in@truong.edu.vn"]]
    sheet = client.post(f"{BASE}tai-khoan/phieu/", {"nguoi": ids, "dang": "pdf"})
    assert sheet.content[:5] == b"%PDF-"
    assert cast.outsider.password == User.objects.get(pk=cast.outsider.pk).password
    for path in ("moi-lai", "phieu"):
        assert client.post(f"{BASE}tai-khoan/{path}/", {"nguoi": [cast.outsider.pk]}).status_code == 403
    settings.EMAIL_HOST = ""
    text = client.post(f"{BASE}tai-khoan/moi-lai/", {"nguoi": ids}, follow=True).content.decode()
    assert "Chưa cấu hình máy chủ thư" in text
    assert "Chưa có" not in page(client, "tai-khoan/?q=quang")


@pytest.mark.parametrize("path", ["tai-khoan/", "nhap-nguoi/", "nhap-nguoi/{batch}/"])
def test_screens_cost_the_same_with_many_rows(client, cast, written, path):
    client.force_login(cast.admin)
    path = BASE + path.format(batch=written.pk)
    with CaptureQueriesContext(connection) as few:
        assert client.get(path).status_code == 200
    lines = [HEAD]
    for number in range(30):
        school = make_unit(f"Trường THCS số {number}", Kind.THCS, cast.xa)
        make_user(f"Người {number}", (Role.CONTRIBUTOR, school), (Role.FOCAL, cast.xa))
        lines.append(f"Người Số {'abcdefghijklmnopqrstuvwxyzABCDE'[number]};;Trường THCS số {number};CTV")
        services.people_read(
            actor=cast.admin, top=cast.so, data=TABLE.encode(), filename="b.csv", effective_on=clock.today()
        )
    bigger = services.people_read(
        actor=cast.admin, top=cast.so, data="\n".join(lines).encode(), filename="c.csv", effective_on=clock.today()
    )
    PeopleImport.objects.filter(pk=written.pk).update(rows=bigger.rows)
    with CaptureQueriesContext(connection) as many:
        assert client.get(path).status_code == 200
    assert len(many) <= len(few), [query["sql"][:150] for query in many]
