"""The press desk in a browser: writing, approving, the public page, at both widths."""

from __future__ import annotations

import pytest

from loa.channels.tests.factories import facebook_account
from loa.portal.tests.factories import make_site
from loa.press import services
from tests.browser.check import check_page
from tests.press.factories import Desk, picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_writing_approving_and_the_public_page(open_as, cast):
    make_site(cast.so, is_main=True, slug="so", name="Cổng Sông Lam")
    desk = Desk(cast)
    release = desk.draft()
    services.photo_add(actor=cast.office, release_id=release.pk, upload=picture())
    page = open_as(cast.office, f"/lam-viec/bao-chi/{release.pk}/soan/")
    check_page(page)
    page.locator("[data-rich]").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Thêm một câu.")
    page.fill("[name=caption]", "Phòng thi")
    page.fill("[name=credit]", "Văn phòng Sở")
    page.fill("[name=alt]", "Bàn ghế")
    page.select_option("[name=consent]", "no_people")
    page.click("text=Lưu ảnh")
    page.wait_for_load_state("networkidle")
    page.locator("[data-rich]").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Thêm một câu.")
    page.click("text=Lưu và gửi duyệt")
    page.wait_for_load_state("networkidle")
    release.refresh_from_db()
    assert "Thêm một câu." in release.body
    check_page(page)
    page = open_as(desk.speaker, f"/lam-viec/bao-chi/{release.pk}/")
    check_page(page)
    page.click("text=Duyệt, gửi tới 2 địa chỉ báo chí")
    page.wait_for_load_state("networkidle")
    services.start_due()
    page.reload()
    check_page(page)
    for path in ("/bao-chi/", f"/bao-chi/thong-cao-{release.pk}/", f"/bao-chi/rieng/{release.key}/"):
        page.goto(page.base + path)
        page.wait_for_load_state("networkidle")
        check_page(page)
    for path in (f"danh-ba/{desk.paper.pk}/", f"danh-ba/{desk.paper.pk}/them/", f"danh-ba/nguoi/{desk.an.pk}/"):
        page = open_as(cast.office, f"/lam-viec/bao-chi/{path}")
        check_page(page)


def test_a_table_of_journalists_and_a_release_on_channels(open_as, cast, tmp_path):
    make_site(cast.so, is_main=True, slug="so", name="Cổng Sông Lam")
    desk = Desk(cast)
    facebook_account(cast.so)
    table = tmp_path / "danh-ba.csv"
    head = "Cơ quan báo chí;Họ tên hoặc tên ban;Thư điện tử;Căn cứ được gửi;Căn cứ lưu ở đâu;Ngày đồng ý"
    good = "Báo mới;Lê Thu;thu@moi.example;có giấy giới thiệu;Giấy số 12;05/09/2026"
    table.write_text(f"{head}\n{good}\nBáo mới;Ban Bạn đọc;hỏng;;;\n", encoding="utf-8")
    page = open_as(cast.office, "/lam-viec/bao-chi/danh-ba/nhap/")
    check_page(page)
    page.set_input_files("[name=file]", str(table))
    page.get_by_role("button", name="Đọc tệp").click()
    page.wait_for_load_state("networkidle")
    check_page(page)
    page.get_by_role("button", name="Thêm 1 người nhận").click()
    page.wait_for_load_state("networkidle")
    assert "Đã thêm 1 người nhận" in page.content()
    check_page(page)
    release = desk.released()
    page = open_as(cast.chief, f"/lam-viec/bao-chi/{release.pk}/")
    check_page(page)
    page.get_by_role("link", name="Đăng lên kênh").click()
    page.wait_for_load_state("networkidle")
    check_page(page)
    page.check("[name=account]")
    page.get_by_role("button", name="Đăng lên các trang đã chọn").click()
    page.wait_for_load_state("networkidle")
    assert "Đã xếp 1 bài lên kênh" in page.content()
    check_page(page)
