"""Readers' comments in a real browser, without a script: write, be told, be answered, take back."""

from __future__ import annotations

from typing import Any

import pytest

from loa.channels.inbound import acting
from loa.portal.comments import services
from loa.portal.models import Comment
from loa.portal.tests.factories import make_site, make_story
from tests.browser.check import check_page, settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(cast: Any, live_server: Any, settings: Any, monkeypatch: Any) -> Any:
    settings.BASE_URL = live_server.url
    monkeypatch.setattr(services, "QUICKEST", -1)
    make_site(cast.so, is_main=True, slug="so", email="vp@songlam.example")
    made = make_story(cast.school, cast.owner, "Bữa ăn bán trú", on_main_portal=True)
    services.site_switch(actor=cast.office, unit_id=cast.so.pk, on=True)
    services.story_switch(actor=cast.office, unit_id=cast.so.pk, story_id=made.pk, on=True)
    return made


def test_a_comment_from_writing_to_taking_back(cast: Any, story: Any, open_as: Any, chromium: Any) -> None:
    path = f"/tin/{story.slug}-{story.pk}/"
    clean = open_as(None, f"{path}y-kien/gui/")
    check_page(clean)
    base = clean.url.split("/tin/")[0]
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(base + path)
    page.get_by_role("link", name="Gửi ý kiến").click()
    page.get_by_label("Tên hiển thị").fill("Mẹ bé Na")
    page.get_by_label("Ý kiến", exact=True).fill("Cơm trưa nguội, gọi tôi 0912 345 678")
    page.get_by_role("button", name="Gửi ý kiến").click()
    assert "Xin đánh dấu" in page.get_by_role("alert").inner_text()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Gửi ý kiến").click()
    mine = page.url
    assert "Đang chờ cán bộ đọc" in page.content()
    check_page(open_as(None, mine.removeprefix(base)))

    office = open_as(cast.editor, "/lam-viec/hop-thu/")
    check_page(office)
    office.get_by_role("link", name="Cơm trưa nguội").click()
    settled(office)
    check_page(office)
    office.get_by_label("Câu trả lời", exact=True).fill("Trường đã thay lò.")
    office.get_by_role("button", name="Cho hiện và trả lời").click()
    settled(office)
    acting.drain()

    article = open_as(None, path)
    assert "Trường đã thay lò." in article.get_by_role("region", name="Ý kiến bạn đọc").inner_text()
    check_page(article)
    check_page(open_as(None, f"{path}y-kien/"))
    check_page(open_as(cast.office, f"/lam-viec/trang/{cast.so.pk}/y-kien/"))
    page.goto(mine)
    page.get_by_text("Gỡ ý kiến này").click()
    page.get_by_role("button", name="Gỡ và xoá").click()
    assert "Ông/bà đã gỡ ý kiến này" in page.content()
    context.close()
    assert Comment.objects.get().text == ""
