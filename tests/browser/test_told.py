"""What is told besides stories: notices and their form, an issue on the web, what goes on channels."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest

from loa.bulletins import services as bulletins
from loa.bulletins.tests.factories import approved, fill, make_list
from loa.channels.tests.factories import facebook_account, zalo_account
from loa.core import clock
from loa.newsroom.models import Story
from loa.portal.tests.factories import make_site, make_story
from loa.press import services as press
from tests.browser.check import check_page
from tests.press.factories import Desk, picture

pytestmark = pytest.mark.django_db(transaction=True)


def shot(page: Any, name: str) -> None:
    """Keep a picture of the screen when a folder for them is named."""
    folder = os.environ.get("LOA_SCREENSHOTS")
    if folder:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.wait_for_timeout(300)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.fixture
def town(cast: Any, live_server: Any, settings: Any) -> Any:
    settings.BASE_URL = live_server.url
    cast.main = make_site(cast.so, is_main=True, slug="so", name="Cổng Sông Lam")
    cast.site = make_site(cast.school, slug="son-thuong")
    cast.page, cast.oa = facebook_account(cast.so), zalo_account(cast.so)
    return cast


def test_a_notice_is_written_approved_and_read(open_as: Any, town: Any) -> None:
    until = clock.today() + dt.timedelta(days=2)
    make_story(town.so, town.owner, "Nghỉ học tránh bão số 14", genre="notice", urgent=True, valid_until=until)
    make_story(town.so, town.owner, "Tin thường của Sở")
    page = open_as(town.owner, "/lam-viec/tin-bai/moi/?the-loai=notice")
    check_page(page)
    page.click("button:has-text('Bắt đầu viết')")
    page.wait_for_load_state("networkidle")
    page.fill("#title", "Mời họp phụ huynh khối 6")
    page.locator("[data-rich]").click()
    page.keyboard.type("8 giờ thứ Bảy, tại lớp của con.")
    page.fill("#valid_until", until.isoformat())
    check_page(page)
    page.click("button[value=send]")
    page.wait_for_load_state("networkidle")
    story = Story.objects.get(title="Mời họp phụ huynh khối 6")
    page = open_as(town.lead, f"/lam-viec/tin-bai/{story.pk}/duyet/")
    check_page(page)
    page.click("a[data-open=xac-nhan]")
    page.click("dialog[open] button.primary")
    page.wait_for_load_state("networkidle")
    check_page(page)
    for path in ("/truong/son-thuong/", "/truong/son-thuong/thong-bao/", "/thong-bao/", "/"):
        page = open_as(None, path)
        check_page(page)
    page = open_as(None, "/truong/son-thuong/thong-bao/")
    page.click("text=Mời họp phụ huynh khối 6")
    page.wait_for_load_state("load")
    check_page(page)
    assert "Có hiệu lực đến hết ngày" in page.inner_text("main")
    page = open_as(town.editor, f"/lam-viec/tin-bai/{Story.objects.get(urgent=True).pk}/len-kenh/")
    check_page(page)
    page.locator(".ch-zl img").scroll_into_view_if_needed()
    assert page.locator(".ch-zl img").evaluate("image => image.complete && image.naturalWidth > 0")


def test_an_issue_on_the_web_and_on_channels(open_as: Any, town: Any) -> None:
    town.list = make_list(town.so, "Bản tin tuần của Sở", whole_portal=True)
    for unit, author in ((town.school, town.owner), (town.thpt, town.outsider)):
        make_story(unit, author)
    fill(town.list, 3)
    issue = approved(town, town.list)
    bulletins.start_due()
    page = open_as(None, f"/ban-tin/ban-tin-{issue.pk}/")
    check_page(page)
    shot(page, "ban-tin-web")
    page = open_as(None, "/ban-tin/")
    check_page(page)
    page = open_as(town.chief, f"/lam-viec/ban-tin/{issue.pk}/len-kenh/")
    check_page(page)
    shot(page, "ban-tin-kenh")
    for name in ("Facebook", "Zalo OA"):
        page.locator(f"section.ch-pick:has-text('{name}') input[name=account]").check()
    page.click("text=Đăng lên các trang đã chọn")
    page.wait_for_load_state("networkidle")
    check_page(page)
    assert "Đã xếp 2 bài lên kênh" in page.inner_text("body")
    shot(page, "ban-tin")


def test_pictures_of_a_release_that_may_go_and_those_that_stay(open_as: Any, town: Any) -> None:
    desk = Desk(town)
    release = desk.draft()
    for colour, fields in (("navy", {"consent": "no_people"}), ("teal", {"consent": "obtained"})):
        photo = press.photo_add(actor=town.office, release_id=release.pk, upload=picture(colour))
        press.photo_save(
            actor=town.office, release_id=release.pk, photo_id=photo.pk, caption="Phòng thi", alt="Bàn ghế",
            credit="Văn phòng Sở", **fields,
        )  # fmt: skip
    page = open_as(town.office, f"/lam-viec/bao-chi/{release.pk}/soan/")
    check_page(page)
    shot(page, "thong-cao-soan")
    press.release_submit(actor=town.office, release_id=release.pk)
    release.refresh_from_db()
    press.release_approve(actor=desk.speaker, release_id=release.pk, version=release.version)
    press.start_due()
    page = open_as(town.chief, f"/lam-viec/bao-chi/{release.pk}/len-kenh/")
    check_page(page)
    shot(page, "thong-cao-kenh")
    assert "chỉ đồng ý cho báo chí dùng" in page.inner_text("main")
    assert page.locator("input[name=photo]").count() == 1
