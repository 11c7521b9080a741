"""People from a table, on a telephone and on a desk: the file, the choices, the writing, the way in."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from loa.accounts.models import User
from loa.accounts.services import invitation_unsent
from loa.org import services
from loa.org.models import PeopleImport
from loa.org.tests.factories import make_unit
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "\n".join(
    [
        "Họ và tên;Thư điện tử;Điện thoại;Đơn vị;Xã, phường;Vai trò;Chức danh;Thôi từ ngày",
        "Quàng Thị Ín;in@songlam.example;0912345678;THCS Sơn Thượng;Xã Mường Sai;CTV;Giáo viên",
        "VỪ A CHÒ;;987654321;Trường Tiểu học Sơn Hạ;;Trưởng đơn vị;Hiệu trưởng",
        "Hà Văn Toàn;;;Trường THCS Sơn Thượng;;Trưởng đơn vị;Hiệu trưởng",
        "Lương Thị Mến;;;Trường THCS Sơn Thượng;;CTV;;01/06/2027",
        "Bùi Văn Hùng;hung@;;Trường THCS Sơn Thượng;;Hiệu phó;",
    ]
)


def _picture(page: Any, name: str) -> None:
    folder = os.environ.get("LOA_PEOPLE_PICTURES")
    for width in (390, 1280) if folder else ():
        page.set_viewport_size({"width": width, "height": 844})
        page.screenshot(path=str(Path(folder or "") / f"{name}-{width}.png"), full_page=True)


def test_from_the_file_to_the_first_password(open_as: Any, cast: Any, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_HOST = "smtp.songlam.example"
    make_unit("Trường Tiểu học Sơn Hạ", parent=cast.so)
    file = tmp_path / "nguoi.csv"
    file.write_text(TABLE, encoding="utf-8")
    page = open_as(cast.admin, "/lam-viec/don-vi/nhap-nguoi/")
    settings.BASE_URL = page.base
    check_page(page)
    _picture(page, "upload")
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Đọc tệp").click()
    page.get_by_text("Không có vai trò “Hiệu phó”").wait_for()
    check_page(page)
    page.select_option("[name=don-vi]", label="Trường Tiểu học Sơn Hạ · Xã Mường Sai")
    _picture(page, "preview")
    page.get_by_role("button", name="Lưu lựa chọn").click()
    page.get_by_role("button", name="Ghi 4 dòng").wait_for()
    assert not User.objects.filter(full_name="Quàng Thị Ín").exists()
    page.get_by_role("button", name="Ghi 4 dòng").click()
    # The job runs at once here; in an installation the page asks every two seconds.
    page.get_by_text("2 tài khoản mới").wait_for()
    check_page(page)
    page.get_by_role("button", name="Gửi thư mời").click()
    page.get_by_role("dialog").get_by_role("button", name="Gửi thư mời").click()
    page.get_by_text("Đang gửi thư mời cho 1 người").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Lấy phiếu (.pdf)").click()
    assert Path(waiting.value.path()).read_bytes()[:5] == b"%PDF-"
    page.reload()
    page.get_by_text("Không còn phiếu nào để lấy").wait_for()
    _picture(page, "done")
    link = next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))
    visitor = open_as(None, link.removeprefix(page.base))
    check_page(visitor)
    _picture(visitor, "first-password")
    for name in ("password1", "password2"):
        visitor.fill(f"[name={name}]", "bon-tu-ghep-lai-2026")
    visitor.get_by_role("button", name="Lưu mật khẩu").click()
    visitor.get_by_text("Đã đặt mật khẩu").wait_for()
    assert User.objects.get(username="in.qt").check_password("bon-tu-ghep-lai-2026")
    over = open_as(None, link.removeprefix(page.base))
    over.console_errors.clear()  # the answer itself (410) is told there
    check_page(over)


def test_a_writing_that_takes_long_shows_how_far_it_is(open_as: Any, cast: Any) -> None:
    batch = services.people_read(
        actor=cast.admin, top=cast.so, data=TABLE.encode(), filename="nguoi.csv", effective_on=dt.date(2026, 9, 1)
    )
    PeopleImport.objects.filter(pk=batch.pk).update(state="writing", done=1)
    page = open_as(cast.admin, f"/lam-viec/don-vi/nhap-nguoi/{batch.pk}/")
    page.get_by_text("1/5 dòng").wait_for()
    check_page(page)
    PeopleImport.objects.filter(pk=batch.pk).update(state="done", done=5, finished_at=batch.created_at)
    page.get_by_text("Đã ghi xong lúc").wait_for()
    check_page(page)


def test_the_list_of_accounts_invites_again(open_as: Any, cast: Any, settings: Any) -> None:
    settings.EMAIL_HOST = "smtp.songlam.example"
    people = services.people_read(
        actor=cast.admin, top=cast.so, data=TABLE.encode(), filename="nguoi.csv", effective_on=dt.date(2026, 9, 1)
    )
    services.people_confirm(actor=cast.admin, batch=people)
    page = open_as(cast.admin, "/lam-viec/don-vi/tai-khoan/")
    check_page(page)
    _picture(page, "accounts")
    page.fill("#q", "quang in")
    page.get_by_role("button", name="Lọc").click()
    page.get_by_role("button", name="Mời lại").wait_for()
    assert page.get_by_role("button", name="Mời lại").is_disabled()
    page.get_by_label("Chọn Quàng Thị Ín").check()
    page.get_by_role("button", name="Mời lại").click()
    page.get_by_text("Đang gửi thư mời cho 1 người").wait_for()
    page.get_by_text("Đã mời").wait_for()
    assert page.input_value("#q") == "quang in"
    check_page(page)
    user = User.objects.get(username="in.qt")
    assert user.invited_at is not None
    invitation_unsent(user_id=user.pk, stamp=user.invited_at.isoformat())
    page.reload()
    page.get_by_text("Thư mời không gửi được").last.wait_for()
    check_page(page)
    _picture(page, "unsent")
    page.get_by_role("button", name="Gửi lại thư mời cho Quàng Thị Ín").click()
    page.get_by_text("Đã mời").wait_for()
