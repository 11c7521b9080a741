"""The staff frame and the page of components, on a desk and on a phone."""

from __future__ import annotations

import pytest

from loa.accounts.services import notify
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "path", ["/lam-viec/thiet-ke/", "/lam-viec/thiet-ke/?gui=1", "/lam-viec/tim/?q=muong sai"]
)
def test_pages_of_the_frame_are_clean(open_as, cast, path):
    page = open_as(cast.office, path)
    assert page.status == 200
    check_page(page)


def test_notices_are_clean_and_can_be_read(open_as, cast):
    notify(users=[cast.office], code="nowhere.known", url="/lam-viec/")
    page = open_as(cast.office, "/lam-viec/thong-bao/")
    check_page(page)
    assert page.locator(".iconbtn .count").inner_text() == "1"
    page.get_by_role("button", name="Đánh dấu đã đọc hết").click()
    page.wait_for_load_state("networkidle")
    assert page.locator(".iconbtn .count").count() == 0


def test_errors_are_clean(open_as, cast):
    page = open_as(None, "/khong-co-trang-nay/")
    assert page.status == 404
    page.console_errors.clear()  # the browser itself notes the 404
    check_page(page)


def test_menu_dialog_and_keys(open_as, cast):
    page = open_as(cast.office, "/lam-viec/thiet-ke/")
    page.locator(".me summary").click()
    assert page.get_by_role("button", name="Đăng xuất").is_visible()
    check_page(page, include=".me", widths=(1280,))
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Đăng xuất").is_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.get_by_role("button", name="Mở hộp thoại").click()
    assert page.locator("dialog#hop-thoai").is_visible()
    check_page(page, include="dialog#hop-thoai", widths=(390,))
    page.keyboard.press("Escape")
    assert not page.locator("dialog#hop-thoai").is_visible()


def test_error_summary_leads_to_the_field(open_as, cast):
    page = open_as(cast.office, "/lam-viec/thiet-ke/?gui=1")
    page.locator(".summary-err a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_title"


def test_the_check_itself_finds_faults(open_as, cast):
    page = open_as(cast.office, "/lam-viec/tim/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/x.png\"><button></button>'")
    with pytest.raises(AssertionError, match="image-alt"):
        check_page(page, widths=(390,))
    page.evaluate(
        "document.querySelector('main').innerHTML = '<h1 class=\"nowrap\">' + 'dài '.repeat(90) + '</h1>'"
    )
    with pytest.raises(AssertionError, match="wider than the screen"):
        check_page(page, widths=(390,))
