"""The inbox in a real browser: a thread with everything in it, moderation, the chatbot."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from loa.core import clock
from loa.feedback import services
from loa.feedback.models import Draft, Remark, Thread
from loa.feedback.tests.factories import comment, facebook_account, ground, message, remark_of, zalo_account
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/lam-viec/hop-thu/"


@pytest.fixture
def box(cast: Any) -> Any:
    cast.page, cast.oa = facebook_account(cast.so), zalo_account(cast.so)
    at = clock.now() - dt.timedelta(hours=30)
    _new, top = comment(cast.page, "Cơm trưa nguội, gọi tôi 0912345678", key="top", at=at)
    comment(cast.page, "Đồ ăn cắp", key="bad", thread=top, parent=top, who="78")
    cast.thread = Thread.objects.get()
    services.canned_save(
        actor=cast.chief, canned_id=None, unit_id=cast.so.pk, title="Bữa ăn", text="Trường đã kiểm tra bếp."
    )
    services.thread_tag(actor=cast.editor, thread_id=cast.thread.pk, name="Bán trú", on=True)
    services.thread_note(actor=cast.editor, thread_id=cast.thread.pk, text="Đã gọi trường")
    services.draft_save(actor=cast.chief, thread_id=cast.thread.pk, text="Tôi đang viết")
    return cast


def test_a_thread_is_answered(box: Any, open_as: Any) -> None:
    page = open_as(box.editor, f"{BASE}{box.thread.pk}/")
    check_page(page)
    assert page.get_by_text("Nguyễn Thu Hà đang soạn trả lời").is_visible()
    page.get_by_role("button", name="Xem nguyên văn").click()
    page.get_by_text("0912345678").wait_for()
    page.get_by_role("link", name="Bữa ăn").click()
    text = page.locator("#text")
    assert text.input_value() == "Trường đã kiểm tra bếp."
    text.fill("Trường đã kiểm tra bếp sáng nay.")
    page.locator("[data-autosave-status]", has_text="Đã lưu").wait_for()
    assert Draft.objects.get(user=box.editor).text == "Trường đã kiểm tra bếp sáng nay."
    page.get_by_role("button", name="Trả lời", exact=True).click()
    page.get_by_text("Đã gửi.").wait_for()
    assert Remark.objects.get(side="out").masked == "Trường đã kiểm tra bếp sáng nay."
    check_page(page)
    page.goto(page.base + f"{BASE}?muc=done")
    check_page(page)


def test_what_is_typed_survives_another_button(box: Any, open_as: Any) -> None:
    page = open_as(box.editor, f"{BASE}{box.thread.pk}/")
    page.fill("#text", "Trường đã kiểm tra")
    page.fill("#note", "Gọi lại chiều nay")
    page.select_option("form[action$='giao/'] select", label="Nguyễn Thu Hà")
    page.get_by_role("button", name="Giao", exact=True).click()
    page.locator("option:checked", has_text="Nguyễn Thu Hà").wait_for(state="attached")
    assert page.locator("#text").input_value() == "Trường đã kiểm tra"
    assert page.locator("#note").input_value() == "Gọi lại chiều nay"
    page.get_by_role("button", name="Ghi", exact=True).click()
    page.get_by_text("Gọi lại chiều nay").first.wait_for()
    assert page.locator("#note").input_value() == ""


def test_handing_over_and_moderation(box: Any, open_as: Any) -> None:
    bad = remark_of("bad")
    ruling = services.ruling_propose(
        actor=box.editor, remark_id=bad.pk, klass="slander", deed="hide", ground_id=ground().pk, reason="Vu khống"
    )
    page = open_as(box.chief, f"{BASE}kiem-duyet/")
    check_page(page)
    page.goto(page.base + f"{BASE}kiem-duyet/{ruling.pk}/")
    check_page(page)
    page.get_by_role("button", name="Đồng ý ẩn").click()
    page.get_by_text("Đã đồng ý").first.wait_for()
    check_page(page)
    for path in (f"loi/{remark_of('top').pk}/kiem-duyet/", f"{box.thread.pk}/chuyen/?q=son", "kiem-duyet/can-cu/"):
        page.goto(page.base + BASE + path)
        check_page(page)


def test_a_scenario_is_written_and_tried(box: Any, open_as: Any) -> None:
    row = services.scenario_create(actor=box.chief, unit_id=box.so.pk, name="Trợ lý của Sở")
    page = open_as(box.chief, f"{BASE}chatbot/{row.pk}/?muc=dau")
    check_page(page)
    page.locator("#thu-text").fill("trường ở xã Mường Sai")
    page.locator("#thu-text").press("Enter")
    page.get_by_text("Trường THCS Sơn Thượng").wait_for()
    page.get_by_role("button", name="Xuất bản").click()
    page.get_by_text("Đã xuất bản phiên bản 1.").wait_for()
    message(box.oa, "Gặp cán bộ")
    page.goto(page.base + f"{BASE}{Thread.objects.get(account=box.oa).pk}/")
    check_page(page)
