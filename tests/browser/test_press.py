"""The press desk in a browser: writing, approving, the public page, at both widths."""

from __future__ import annotations

import pytest

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
