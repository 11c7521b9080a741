"""Bulletins in a real browser: staff screens in every state, public pages of letters, and the letter itself."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest

from loa.bulletins import services, tokens
from loa.bulletins.models import Bulletin, Delivery
from loa.bulletins.rules import State
from loa.bulletins.tests.factories import approved, fill, make_list
from loa.core import clock
from loa.portal.tests.factories import make_photo, make_site, make_story
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/lam-viec/ban-tin/"


def picture(page: Any, name: str) -> None:
    """Keep a picture of the screen when a folder for them is named."""
    folder = os.environ.get("LOA_SCREENSHOTS")
    if folder:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.fixture
def town(cast: Any, live_server: Any, settings: Any) -> Any:
    settings.BASE_URL = live_server.url
    cast.main = make_site(cast.so, is_main=True, slug="so")
    cast.site = make_site(cast.school, slug="son-thuong")
    for unit, author in ((cast.school, cast.owner), (cast.thpt, cast.outsider), (cast.primary, cast.owner)):
        make_photo(make_story(unit, author))
    cast.list = make_list(cast.so, "Bản tin tuần của Sở", whole_portal=True)
    cast.rows = fill(cast.list, 12)
    return cast


def test_staff_screens(town: Any, open_as: Any) -> None:
    today = clock.today()
    week = {"first": today - dt.timedelta(days=6), "last": today}
    draft = services.bulletin_create(actor=town.editor, list_id=town.list.pk, **week)
    waiting = services.bulletin_create(actor=town.editor, list_id=town.list.pk, **week)
    services.bulletin_submit(actor=town.editor, bulletin_id=waiting.pk)
    running = approved(town, town.list)
    services.start_due()
    letters = list(Delivery.objects.filter(bulletin=running).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=letters[:7]).update(state="sent", settled_at=clock.now())
    Delivery.objects.filter(pk__in=letters[7:9]).update(state="failed", why="unknown")
    Delivery.objects.filter(pk=letters[9]).update(
        state="failed", why="refused", code=550, reply="5.1.1 No such user"
    )
    Bulletin.objects.filter(pk=running.pk).update(
        sent=7, failed=3, waiting=2, state=State.HELD, note="Loa tự dừng vì quá 10% thư không gửi được."
    )
    for who, path, name in (
        (town.chief, BASE, "ban-tin"),
        (town.chief, f"{BASE}danh-sach/", "danh-sach"),
        (town.chief, f"{BASE}danh-sach/moi/", "danh-sach-moi"),
        (town.chief, f"{BASE}danh-sach/{town.list.pk}/", "mot-danh-sach"),
        (town.editor, f"{BASE}soan/", "soan-moi"),
        (town.editor, f"{BASE}{draft.pk}/soan/", "soan"),
        (town.editor, f"{BASE}{draft.pk}/", "nhap"),
        (town.chief, f"{BASE}{waiting.pk}/", "cho-duyet"),
        (town.chief, f"{BASE}{running.pk}/", "tam-dung"),
    ):
        page = open_as(who, path)
        assert page.status == 200, path
        # Pictures of stories are kept in memory by the tests, where the live server does not find them.
        page.console_errors = [error for error in page.console_errors if "404" not in error and "500" not in error]
        picture(page, name)
        check_page(page, include="main")
        page.context.close()


def test_public_pages(town: Any, open_as: Any) -> None:
    row = town.rows[0]
    for path, name in (
        ("/nhan-tin/", "nhan-tin"),
        ("/truong/son-thuong/nhan-tin/", "nhan-tin-truong"),
        ("/nhan-tin/xem-thu/", "xem-thu"),
        (f"/nhan-tin/xac-nhan/{tokens.confirm_token(row.subscriber_id, [town.list.pk])}/", "xac-nhan"),
        (f"/nhan-tin/huy/{tokens.token('leave', row.pk)}/", "huy"),
        (f"/nhan-tin/tuy-chon/{tokens.token('prefs', row.subscriber_id)}/", "tuy-chon"),
    ):
        page = open_as(None, path)
        assert page.status == 200, path
        picture(page, name)
        check_page(page)
        page.context.close()


def test_subscribing_and_leaving_on_a_phone(town: Any, open_as: Any) -> None:
    page = open_as(None, "/nhan-tin/", width=390)
    page.fill("input[name=email]", "khong-phai-dia-chi")
    page.check("input[name=agreed]")
    page.click("button:has-text('Đăng ký nhận tin')")
    assert page.locator("[role=alert]", has_text="chưa đúng").is_visible()
    assert page.input_value("input[name=email]") == "khong-phai-dia-chi"
    page.fill("input[name=email]", "lan@truong.edu.vn")
    page.click("button:has-text('Đăng ký nhận tin')")
    page.wait_for_url("**/nhan-tin/xem-thu/")
    row = town.rows[0]
    page.goto(page.base + f"/nhan-tin/huy/{tokens.token('leave', row.pk)}/")
    page.click("button:has-text('Huỷ nhận')")
    assert page.locator("h1", has_text="Đã huỷ nhận").is_visible()
    row.refresh_from_db()
    assert row.state == "left"


def test_the_letter_fits_a_phone_and_stands_in_the_dark(town: Any, open_as: Any) -> None:
    bulletin = approved(town, town.list)
    page = open_as(town.chief, f"{BASE}{bulletin.pk}/thu.html", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "thu")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.querySelector('.paper')).backgroundColor") == "rgb(33, 29, 44)"
    picture(page, "thu-toi")
