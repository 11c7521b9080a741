"""Notices on the public pages: in force, urgent, over; their feeds; what the Sở says is urgent at every school."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from loa.core import clock
from loa.feedback import lookup
from loa.newsroom.answers import own_site_of
from loa.portal import feeds
from loa.portal.tests.factories import make_plan, make_site, make_story

pytestmark = pytest.mark.django_db


def get(path: str, **extra):
    return Client().get(path, HTTP_HOST="songlam.example", **extra)


def text(path: str) -> str:
    answer = get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def days(number: int) -> dt.date:
    return clock.today() + dt.timedelta(days=number)


@pytest.fixture
def told(town):
    """Three notices of the Sở (urgent, ordinary, over), one of the school's own, and two stories."""

    def notice(unit, title, **fields):
        return make_story(unit, town.owner, title, genre="notice", **fields)

    town.urgent = notice(town.so, "Nghỉ học tránh bão số 14", urgent=True, valid_until=days(1))
    town.plain = notice(town.so, "Lịch thi học sinh giỏi tỉnh", valid_until=days(0))
    town.over = notice(town.so, "Đổi số đường dây nóng", valid_until=days(-1))
    town.own = notice(town.school, "Mời họp phụ huynh khối 6", on_main_portal=False, valid_until=days(3))
    make_story(town.so, town.owner, "Tin thường của Sở")
    make_story(town.school, town.owner, "Tin thường của trường")
    return town


def test_the_list_has_what_is_in_force_urgent_first(told):
    page = text("/thong-bao/")
    assert page.index("Nghỉ học tránh bão") < page.index("Lịch thi học sinh giỏi")
    for absent in ("Đổi số đường dây nóng", "Mời họp phụ huynh", "Tin thường"):
        assert absent not in page
    assert "/thong-bao/da-het-hieu-luc/" in page
    over = text("/thong-bao/da-het-hieu-luc/")
    assert "Đổi số đường dây nóng" in over
    assert "Nghỉ học tránh bão" not in over


def test_a_school_has_its_own_list(told):
    page = text("/truong/son-thuong/thong-bao/")
    assert "Mời họp phụ huynh khối 6" in page
    assert "Lịch thi học sinh giỏi" not in page


def test_front_pages_tell_what_is_urgent_before_all(told):
    for path in ("/", "/truong/son-thuong/"):
        page = text(path)
        assert 'class="khan"' in page
        assert page.index("Nghỉ học tránh bão") < page.index("Tin thường")
        assert "Đổi số đường dây nóng" not in page
    school = text("/truong/son-thuong/")
    assert f'href="/tin/{told.urgent.slug}-{told.urgent.pk}/"' in school
    assert "Mời họp phụ huynh khối 6" in school
    assert "Lịch thi học sinh giỏi" not in school
    assert "Lịch thi học sinh giỏi" in text("/")


def test_a_notice_is_no_news_and_its_genre_leads_to_the_list(told):
    page = text("/tin-tuc/")
    assert "Tin thường của Sở" in page
    assert "Lịch thi học sinh giỏi" not in page
    answer = get("/tin-tuc/?the-loai=notice")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (301, "/thong-bao/")


def test_the_page_of_a_notice_says_until_when_and_then_that_it_is_over(told):
    path = f"/tin/{told.urgent.slug}-{told.urgent.pk}/"
    page = text(path)
    assert "Có hiệu lực đến hết ngày" in page
    assert f'"expires":"{days(1).isoformat()}"' in page
    with clock.frozen(clock.now() + dt.timedelta(days=2)):
        late = text(path)
        assert "Thông báo này đã hết hiệu lực" in late
        assert "Nghỉ học tránh bão" not in text("/")
        assert "Nghỉ học tránh bão" not in text("/thong-bao/")


def test_lists_drop_what_is_over_and_search_says_so(told):
    topic = make_plan(told.so, "An toàn trường học")[0]
    old = make_story(told.so, told.owner, "Cấm đường ngầm tràn", genre="notice", topic=topic, valid_until=days(-3))
    now = make_story(told.so, told.owner, "Mở lại đường ngầm", genre="notice", topic=topic, valid_until=days(3))
    page = text(f"/chu-de/an-toan-truong-hoc-{topic.pk}/")
    assert now.title in page
    assert old.title not in page
    unit = text(f"/don-vi/{told.so.slug}-{told.so.pk}/")
    assert now.title in unit
    assert old.title not in unit
    found = text("/tim-kiem/?q=ngam+tran")
    assert old.title.split()[0] in found
    assert "đã hết hiệu lực" in found


def test_feeds_of_notices_and_of_the_site(told):
    for path, sort in (("rss.xml", "rss"), ("atom.xml", "atom"), ("feed.json", "json")):
        answer = get(f"/thong-bao/{path}")
        assert answer.headers["Content-Type"] == feeds.KINDS[sort]
        body = answer.content.decode()
        assert "Nghỉ học tránh bão" in body
        assert "Tin thường" not in body
        assert "Đổi số đường dây nóng" not in body
    items = json.loads(get("/thong-bao/feed.json").content)["items"]
    assert [item["title"] for item in items] == [told.urgent.title, told.plain.title]
    whole = text("/rss.xml")
    assert "Nghỉ học tránh bão" in whole
    assert "Đổi số đường dây nóng" not in whole


def test_a_feed_changed_when_a_notice_ended(told):
    found = get("/thong-bao/rss.xml").headers["Last-Modified"]
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert get("/thong-bao/rss.xml").headers["Last-Modified"] != found


def test_the_hub_knows_the_feed_of_notices(told):
    for kind in ("rss.xml", "atom.xml", "feed.json"):
        assert feeds.at_address(f"https://songlam.example/thong-bao/{kind}") is not None
        assert feeds.at_address(f"https://songlam.example/truong/son-thuong/thong-bao/{kind}") is not None


def test_the_empty_list_says_so(town):
    assert "Không có thông báo nào đang có hiệu lực" in text("/thong-bao/")


def test_which_units_have_a_site_of_their_own(town):
    assert own_site_of(town.school.pk) == town.site.name
    assert own_site_of(town.so.pk) == ""
    make_site(town.xa, slug="xa", active=False)
    assert own_site_of(town.xa.pk) == ""


def test_the_chatbot_tells_notices_in_force(told):
    answer = lookup.news()
    assert answer.startswith("Thông báo đang có hiệu lực:")
    assert f"KHẨN: Nghỉ học tránh bão số 14 (đến hết {days(1):%d/%m/%Y})" in answer
    assert f"https://songlam.example/tin/{told.urgent.slug}-{told.urgent.pk}/" in answer
    for absent in ("Đổi số đường dây nóng", "Mời họp", "Tin thường"):
        assert absent not in answer


def test_and_the_news_when_there_are_none(town):
    assert lookup.news() == "Chưa có thông báo mới."
    make_story(town.so, town.owner, "Tin của Sở")
    assert lookup.news().startswith("Chưa có thông báo mới. Tin mới nhất:\n• Tin của Sở")
