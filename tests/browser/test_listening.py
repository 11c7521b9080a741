"""Listening in a browser: query, keys, corrections in the line; pages of figures with something in them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from loa.core import clock
from loa.listening import services
from loa.listening.models import Item, SavedSearch
from loa.listening.readers.model import Found
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = [
    ("Phụ huynh bức xúc vì lạm thu ở Trường THCS Sơn Thượng", 0),
    ("Học sinh xếp hàng làm thủ tục nhập học", 1),
    ("Cô giáo Trường Tiểu học Sơn Hạ tận tâm được học sinh biết ơn", 2),
    ("Phụ huynh phản ánh lạm thu ở Trường THCS Sơn Thượng, học sinh lo lắng", 40),
]


@pytest.fixture
def heard(cast):
    source = services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")
    now = clock.now()
    services.store(
        source,
        [Found(external=text, title=text, published_at=now - dt.timedelta(days=days)) for text, days in TEXTS],
    )
    services.analyse_waiting()
    return source


def test_query_keys_and_corrections(open_as, cast, heard):
    page = open_as(cast.office, reverse("listening:stream"))
    check_page(page)
    page.get_by_label("Từ cần tìm").fill('(thu OR quỹ "lạm')
    page.get_by_label("Từ cần tìm").press("Enter")
    page.get_by_role("alert").wait_for()
    assert "Thiếu dấu ngoặc kép đóng" in page.get_by_role("alert").inner_text()
    page.console_errors.clear()  # the browser notes the 400
    page.get_by_label("Từ cần tìm").fill('"lạm thu" OR (thu NEAR quỹ) -"làm thủ tục"')
    page.get_by_label("Từ cần tìm").press("Enter")
    page.locator("[data-stream] > li").nth(1).wait_for()
    assert page.locator("[data-stream] > li").count() == 2
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("v")
    page.locator(".lis-whybox").first.wait_for()
    page.keyboard.press("2")  # neutral
    page.get_by_text("Đã sửa.").wait_for()
    assert Item.objects.get(title=TEXTS[0][0]).tone == "neu"
    # the line that came back has the focus: the next key goes to it
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_text("không về giáo dục", exact=True).wait_for()
    assert Item.objects.get(title=TEXTS[3][0]).relevant is False
    check_page(page)
    page.get_by_text("Lưu thành bộ tìm").click()
    page.get_by_label("Tên bộ tìm").fill("Lạm thu")
    page.get_by_label("Báo cho tôi khi có tin mới").check()
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("heading", name="Lạm thu", exact=True).wait_for()
    check_page(page)
    assert SavedSearch.objects.get().owner == cast.office


def test_pages_of_figures_and_an_item_are_clean(open_as, cast, heard):
    item = Item.objects.first()
    page = open_as(cast.office, reverse("listening:item", args=[item.pk]))
    check_page(page)
    for name, args in (("topic", ["lam-thu"]), ("unit", [cast.school.pk]), ("unit", [cast.school.parent_id])):
        page.goto(page.base + reverse(f"listening:{name}", args=args))
        page.wait_for_load_state("networkidle")
        check_page(page)
    page.goto(page.base + reverse("listening:topics"))
    page.get_by_role("link", name="Lạm thu, các khoản thu").click()
    page.get_by_role("link", name="12 tháng").click()
    page.get_by_text("Số liệu").first.click()
    check_page(page)
