"""Public pages in a real browser: axe, keyboard, no JavaScript, large text, print, and the content policy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loa.newsroom.models import Story
from loa.portal.tasks import prepare_pictures
from loa.portal.tests.factories import make_photo, make_plan, make_site, make_story, withdraw
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def portal(cast: Any, live_server: Any, settings: Any) -> Any:
    settings.BASE_URL = live_server.url
    about = {
        "governing": "UBND tỉnh Sông Lam", "responsible": "Ban Biên tập", "email": "vp@songlam.example",
        "address": "Số 12 đường Học Trò", "phone": "0238 3 123 456", "intro": "Vài lời giới thiệu.",
    }  # fmt: skip
    cast.main = make_site(cast.so, is_main=True, slug="so", **about)
    cast.site = make_site(cast.school, slug="son-thuong", palette="flame", emblem="nui", **about)
    topics = make_plan(cast.so, "Văn hóa đọc", "Thi cử", "Chuyển đổi số")
    for n in range(24):
        genre = ("article", "photo", "video", "infographic")[n % 4]
        unit = (cast.school, cast.thpt, cast.so)[n % 3]
        story = make_story(unit, cast.owner, topic=topics[n % 3], genre=genre)
        if n % 2:
            make_photo(story)
    cast.story = make_story(
        cast.school, cast.owner, "Chuyến xe sách lên điểm trường", topic=topics[0], correction="Số đúng là bốn.",
        body="<p>Một <a href='https://a.example/x'>liên kết</a>.</p><h2>Mục</h2><ul><li>a</li></ul>"
        "<blockquote>Lời</blockquote><p>Cuối.</p>",
    )  # fmt: skip
    make_photo(cast.story)
    # The browser asks for many at once, and the test's SQLite has one connection for all threads.
    for story in Story.objects.all():
        prepare_pictures.func(story.pk)
    cast.path = f"/tin/{cast.story.slug}-{cast.story.pk}/"
    cast.topic = topics[0]
    return cast


def test_every_public_page_is_clean(portal: Any, open_as: Any) -> None:
    paths = [
        "/", "/tin-tuc/", portal.path, f"/chu-de/van-hoa-doc-{portal.topic.pk}/", "/chu-de/", "/truong/?q=son",
        "/tim-kiem/?q=tin", "/gioi-thieu/", "/tro-nang/", f"/don-vi/{portal.school.slug}-{portal.school.pk}/",
        "/truong/son-thuong/", f"/truong/son-thuong{portal.path}", "/truong/son-thuong/gioi-thieu/",
    ]  # fmt: skip
    for path in paths:
        page = open_as(None, path)
        assert page.status == 200, path
        check_page(page)
        page.context.close()


def test_error_pages_are_clean(portal: Any, open_as: Any) -> None:
    withdraw(portal.story)
    for path, status in ((portal.path, 410), ("/khong-co/", 404)):
        page = open_as(None, path)
        assert page.status == status
        page.console_errors.clear()  # the browser itself notes the status of the document
        check_page(page)


def test_the_policy_lets_data_stand_and_scripts_run(portal: Any, open_as: Any) -> None:
    page = open_as(None, portal.path)
    data = json.loads(page.inner_text('script[type="application/ld+json"]', timeout=2000) or "{}") or {}
    assert data["@type"] == "NewsArticle"
    page.click('[data-co="lon"]')
    assert "lon" in page.get_attribute(".art", "class")
    page.reload()
    assert "lon" in page.get_attribute(".art", "class")
    assert page.get_attribute('[data-co="lon"]', "aria-pressed") == "true"
    assert not page.console_errors


def test_large_text_fits_a_phone(portal: Any, open_as: Any) -> None:
    for path in ("/", portal.path, "/truong/son-thuong/", "/tin-tuc/"):
        page = open_as(None, path, width=390)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{path}: {wide}"
        page.context.close()


def test_keyboard_and_menu_without_javascript(portal: Any, chromium: Any, live_server: Any) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + portal.path)
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "#noi-dung"
    assert not page.locator("#muc").is_visible()
    page.click(".mbtn")
    assert page.locator("#muc a", has_text="Tra cứu trường").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#muc").is_visible()
    assert not page.locator("[data-in]").is_visible()
    context.close()


def test_printed_like_a_clipping(portal: Any, open_as: Any) -> None:
    page = open_as(None, portal.path)
    page.emulate_media(media="print")
    for gone in (".nav", ".foot", ".tools", ".side", ".find", ".util"):
        assert not page.locator(gone).first.is_visible(), gone
    for there in (".mast .id", ".art-head h1", ".byline", ".fix", ".printed"):
        assert page.locator(there).first.is_visible(), there
    assert portal.path in page.inner_text(".printed")


def test_the_settings_screen_is_clean_and_previews(portal: Any, open_as: Any) -> None:
    page = open_as(portal.lead, f"/lam-viec/trang/{portal.school.pk}/")
    check_page(page)
    page.check('input[name="palette"][value="lotus"]')
    page.wait_for_selector('.site-preview[data-mau="lotus"]', timeout=5000)
    assert not page.console_errors
