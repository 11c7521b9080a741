"""Listening in a browser: query, keys, corrections in the line; pages of figures with something in them."""

from __future__ import annotations

import datetime as dt
from urllib.parse import unquote

import pytest
from django.urls import reverse

from loa.core import clock
from loa.listening import services
from loa.listening.models import Case, Correction, Item, SavedSearch, Theme
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
    page.get_by_label("Báo cho tôi khi có tin mới").select_option("1")
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


def test_the_bookmark_works_under_a_strict_policy(open_as, cast, live_server, settings):
    """From a page whose policy forbids every script but its own: our form opens, filled with that page."""
    settings.BASE_URL = live_server.url
    source = services.source_add(actor=cast.office, unit=cast.so, name="Báo in", kind="hand", outlet="print")
    page = open_as(cast.office, reverse("listening:quick"))
    check_page(page)
    address = page.get_by_role("link", name="Gửi vào Loa").get_attribute("href")
    assert address.startswith("javascript:")
    answer = page.goto(page.base + "/")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    with page.expect_popup() as opened:
        page.evaluate(unquote(address.removeprefix("javascript:")))
    form = opened.value
    form.wait_for_load_state("networkidle")
    assert form.get_by_label("Địa chỉ, nếu có").input_value() == page.base + "/"
    assert form.get_by_label("Tiêu đề").input_value() == page.title()
    form.get_by_role("button", name="Nhập", exact=True).click()
    form.get_by_text("Đã nhập.").wait_for()
    assert Item.objects.get().source == source


def test_a_file_from_the_drop_to_its_items(open_as, cast, tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": str(tmp_path), "base_url": None}},
    }
    source = services.source_add(actor=cast.office, unit=cast.so, name="Dịch vụ", kind="push", outlet="press")
    export = tmp_path / "xuat.csv"
    export.write_text("Cột A;Ngày\nHọc sinh vui;26/11/2025\nHọc sinh buồn;99/99/2025\n", encoding="utf-8")
    page = open_as(cast.office, reverse("listening:files", args=[source.pk]))
    check_page(page)
    page.locator("input[type=file]").set_input_files(str(export))
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_label("Tiêu đề").select_option("Cột A")
    page.get_by_role("button", name="Xem lại").click()
    page.get_by_text("Học sinh vui").wait_for()
    check_page(page)
    page.get_by_role("button", name="Nhập 1 tin").click()
    page.get_by_text("Đã nhập xong").wait_for()
    check_page(page)
    page.goto(page.base + reverse("listening:push_page", args=[source.pk]))
    page.get_by_role("button", name="Hiện khoá").click()
    check_page(page)


def test_teaching_by_taps(open_as, cast, heard):
    Item.objects.filter(relevant=True).update(margin=0.01, copy_of=None)
    page = open_as(cast.office, reverse("listening:learning"))
    check_page(page)
    page.locator(".lis-judge").first.get_by_role("button", name="Trung tính").click()
    page.get_by_text("Đã ghi. Cảm ơn bạn.").first.wait_for()
    assert Correction.objects.count() == 1
    check_page(page)


def test_a_topic_is_tried_and_saved(open_as, cast, heard):
    page = open_as(cast.office, reverse("listening:theme_add"))
    check_page(page)
    page.get_by_label("Tên chủ đề").fill("Nhập học")
    page.get_by_label("Cụm từ thường gặp").fill("thủ tục nhập học")
    page.get_by_label("Thử một câu").fill(TEXTS[1][0])
    page.get_by_role("button", name="Thử", exact=True).click()
    page.get_by_text("Câu này thuộc:").wait_for()
    check_page(page)
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("heading", name="Danh mục chủ đề").wait_for()
    assert Theme.objects.get().code == "nhap-hoc"
    check_page(page)


def test_a_case_becomes_a_hot_issue_with_one_tap(open_as, cast, heard):
    case = Case.objects.create(unit=cast.so, title=TEXTS[0][0], first_at=clock.now(), last_at=clock.now(), size=2)
    Item.objects.filter(title__in=(TEXTS[0][0], TEXTS[3][0])).update(case=case)
    page = open_as(cast.office, reverse("listening:case", args=[case.pk]))
    page.get_by_role("button", name="Lập vấn đề nóng").click()
    page.get_by_role("heading", name="Phát ngôn ban đầu").wait_for()
    check_page(page)
    page.get_by_text("Soạn phát ngôn").click()
    page.get_by_label("Nội dung").fill("Sở đã yêu cầu trường báo cáo.")
    page.get_by_role("button", name="Gửi duyệt").click()
    page.get_by_text("chờ người khác duyệt").wait_for()
    check_page(page)
    page.goto(page.base + reverse("incidents:list"))
    page.wait_for_load_state("networkidle")
    check_page(page)
    page.goto(page.base + reverse("listening:alert_wish"))
    page.wait_for_load_state("networkidle")
    check_page(page)
