"""Search of a site."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

import pytest
from django.test import Client

from loa.core import fts
from loa.newsroom import events
from loa.newsroom.models import Story
from loa.portal.selectors.search import KIND
from loa.portal.tests.factories import make_plan, make_story, withdraw


def body(query: str, site: str = "", **more: str) -> str:
    rest = "".join(f"&{name.replace('_', '-')}={value}" for name, value in more.items())
    response = Client().get(f"{site}/tim-kiem/?q={quote(query)}{rest}", HTTP_HOST="songlam.example")
    assert response.status_code == 200
    return response.content.decode()


def titles(query: str, site: str = "", **more: str) -> list[str]:
    page = body(query, site, **more)
    found = re.findall(r'<h2 class="hl"><a[^>]*>(.*?)</a></h2>', page)
    return [re.sub(r"</?mark>", "", title) for title in found]


@pytest.fixture
def three(town):
    return [
        make_story(town.school, town.owner, "Chấn chỉnh lạm thu đầu năm học", body="<p>Về các khoản thu.</p>"),
        make_story(town.school, town.owner, "Hướng dẫn làm thủ tục nhập học", lead="Không nói đến tiền."),
        make_story(
            town.thpt,
            town.outsider,
            "Trường Lam Giang khai giảng",
            lead="",
            body="<p>Ngày <b>hội</b> toàn dân.</p>",
        ),
    ]


def test_without_diacritics_every_spelling_with_them_what_is_meant(three):
    assert set(titles("lam thu")) == {three[0].title, three[1].title}
    assert titles("lạm thu") == [three[0].title]
    assert titles(unicodedata.normalize("NFD", "lạm thu")) == [three[0].title]
    assert titles("LẠM THU") == [three[0].title]
    assert titles('"lam thu" -"thủ tục"') == [three[0].title]
    assert titles("dan ngay hoi") == [three[2].title]


def test_accents_nobody_wrote_are_forgiven_and_said(three):
    page = body("làm thú tục")
    assert "Không có chỗ nào viết đúng dấu" in page
    assert three[1].title in re.sub("</?mark>", "", page)


def test_words_are_marked_where_they_stand(three):
    page = body("khoan thu")
    assert "<mark>khoản</mark> <mark>thu</mark>" in page


def test_a_member_site_finds_its_own(three, town):
    # Equally near: in which order is not said.
    assert sorted(titles("truong", "/truong/son-thuong")) == sorted([three[0].title, three[1].title])
    assert titles("khai giang", "/truong/son-thuong") == []
    own = make_story(town.school, town.owner, "Chỉ trong trường lam thu", on_main_portal=False)
    assert own.title not in titles("lam thu")
    assert own.title in titles("lam thu", "/truong/son-thuong")


def test_schools_stand_above_the_stories(three):
    page = body("lam giang")
    assert "1 trường" in page
    assert "Trường THPT <mark>Lam</mark> <mark>Giang</mark>" in page
    assert "trường</h2>" not in body("lam giang", "/truong/son-thuong")


def test_by_topic_and_time(three, town):
    first, second = make_plan(town.so, "Thu chi", "Khác")
    Story.objects.filter(pk=three[0].pk).update(topic=first)
    events.emit(events.story_changed, story=Story.objects.get(pk=three[0].pk), actor=None)
    assert titles("lam thu", chu_de=str(first.pk)) == [three[0].title]
    assert titles("lam thu", chu_de=str(second.pk)) == []
    assert titles("lam thu", thoi_gian="2001") == []
    assert len(titles("lam thu", thoi_gian="30")) == 2
    assert len(titles("lam thu", thoi_gian="abcd")) == 2


def test_what_goes_is_found_no_more_even_by_a_stale_index(three):
    withdraw(three[0])
    assert three[0].title not in titles("lạm thu")
    assert fts.search("lạm thu", kinds=[KIND]).ids == [three[0].pk]
    events.emit(events.story_withdrawn, story=three[0], actor=None)
    assert three[0].pk not in fts.search("lạm thu", kinds=[KIND]).ids


def test_the_index_can_be_made_anew(three):
    make_story(three[0].unit, three[0].author, "Nháp lạm thu", live=False)
    assert fts.rebuild(KIND) == 3
    assert titles("lạm thu") == [three[0].title]


@pytest.mark.parametrize(
    "odd", ["", "   ", "!!!", "-", '"', "*", "a" * 3000, "'; DROP TABLE", "%00", "( OR )", "NEAR(a b)"]
)
def test_odd_queries_are_answered_kindly(three, odd):
    assert "<h1" in body(odd)


def test_pages_of_results(town):
    for n in range(20):
        make_story(town.school, town.owner, f"Tin ôn thi số {n}")
    first, second = titles("on thi"), titles("on thi", trang="2")
    assert (len(first), len(second)) == (15, 5)
    assert not set(first) & set(second)
