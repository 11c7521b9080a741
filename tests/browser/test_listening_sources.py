"""Sources in a browser: an address is looked at first; a page without a feed, a channel of films, an own one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from loa.core import clock
from loa.listening import collecting
from loa.listening.models import Source
from loa.listening.tests.papers import Papers
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = '<html><head>{}</head><body><a href="/bai-1">Nhà trường mở ngày hội đọc sách</a></body></html>'


@pytest.fixture
def papers(monkeypatch):
    with Papers() as server:
        monkeypatch.setattr(collecting, "make_door", server.door)
        yield server


def test_an_address_is_looked_at_before_it_is_added(open_as, cast, papers):
    papers.pages["/"] = PAGE.format('<link rel="alternate" type="application/rss+xml" href="/tot">').encode()
    papers.pages["/khong"] = PAGE.format("").encode()
    page = open_as(cast.office, reverse("listening:source_add"))
    page.get_by_label("Địa chỉ").fill(papers.url("/"))
    page.get_by_role("button", name="Xem thử địa chỉ").click()
    page.get_by_role("status").get_by_text("Đã tìm thấy nguồn tin").wait_for()
    assert page.url.endswith("#xem-thu")  # the answer is in sight
    assert page.get_by_label("Tên nguồn").input_value() == "Báo"
    check_page(page)
    page.get_by_label("Địa chỉ").fill(papers.url("/khong"))
    page.get_by_role("button", name="Xem thử địa chỉ").click()
    page.get_by_role("button", name="Theo dõi tiêu đề mới trên trang này").click()
    page.get_by_role("status").get_by_text("1 tin").wait_for()
    page.get_by_label("Tên nguồn").press("Enter")  # the first button is the one that adds
    page.get_by_text("Đã thêm nguồn").wait_for()
    source = Source.objects.get()
    assert (source.kind, source.url) == ("page", papers.url("/khong"))


def test_pages_of_sources_are_clean(open_as, cast, papers):
    values = {"unit": cast.so, "keep_days": 28, "next_at": clock.now()}
    bare = Source.objects.create(
        name="Trường", kind="feed", outlet="state", url=papers.url("/khong"), error="no_feed", failures=1, **values
    )
    films = Source.objects.create(
        name="Đài", kind="youtube", outlet="video", url="https://www.youtube.com/@dai",
        feed_url="https://www.youtube.com/channel/UC" + "a" * 22, feed_at=clock.now(), **values,
    )  # fmt: skip
    own = Source.objects.create(
        name="Facebook: Sở", kind="ours", outlet="own", silent_since=clock.now(), silent_from=clock.now(), **values
    )
    page = open_as(cast.office, reverse("listening:sources"))
    check_page(page)
    for source in (bare, films, own):
        page.goto(page.base + reverse("listening:source", args=[source.pk]))
        check_page(page)
    page.goto(page.base + reverse("listening:source_change", args=[own.pk]))
    check_page(page)
