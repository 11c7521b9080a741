"""Articles are opened politely and read; what cannot be read keeps its headline; the paper keeps its article."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from loa.core import clock
from loa.listening import collecting, fetching, rules, services
from loa.listening.models import Host, Item, Source
from loa.listening.tests.papers import Papers, article, index_of, rss_of, sitemap_of

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 26, 10, 0, tzinfo=clock.VIETNAM)
LATE_BUS = tuple(
    f"Sáng thứ {n}, xe đưa đón học sinh Trường THCS Trần Phú lại đến muộn, phụ huynh rất bức xúc vì con phải chờ."
    for n in ("hai", "ba", "tư", "năm")
)


@pytest.fixture(autouse=True)
def ten_o_clock():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def papers():
    with Papers() as server:
        yield server


def listen(cast, papers, path="/tot", **fields):
    values = {"name": "Báo", "kind": "feed", "outlet": "local", "url": papers.url(path), "every": 30, **fields}
    return services.source_add(actor=cast.office, unit=cast.so, **values)


def collect(papers):
    door = papers.door()
    try:
        return collecting.collect_due(door=door, pause=False), collecting.open_due(door=door, pause=False)
    finally:
        door.close()


def test_an_article_is_read_before_it_is_analysed(cast, papers):
    papers.feed = rss_of((papers.url("/bai-1.html"), "Chuyện đầu tuần"))
    papers.pages["/bai-1.html"] = article("Chuyện đầu tuần", *LATE_BUS, author="Hà An")
    source = listen(cast, papers)
    door = papers.door()
    collecting.collect_due(door=door, pause=False)
    assert Item.objects.get().text == ""
    assert services.analyse_waiting() == 0  # it waits for its article
    assert collecting.open_due(door=door, pause=False) == 1
    door.close()
    item = Item.objects.get()
    assert (item.title, item.author, item.source) == ("Chuyện đầu tuần", "Hà An", source)
    assert "xe đưa đón học sinh Trường THCS Trần Phú" in item.text
    assert "Giấy phép" not in item.text
    assert item.published_at == dt.datetime(2026, 11, 26, 2, 12, tzinfo=dt.UTC)  # the feed's own
    assert services.analyse_waiting() == 1
    item.refresh_from_db()
    assert (item.relevant, item.tone) == (True, "neg")
    # What is known is not opened again.
    with clock.frozen(NOW + dt.timedelta(minutes=31)):
        assert collect(papers) == (0, 0)
    assert papers.paths() == ["/robots.txt", "/tot", "/bai-1.html", "/tot"]


def test_a_headline_stays_where_its_article_cannot_be_read(cast, papers):
    papers.robots = (200, b"User-agent: *\nDisallow: /cam/\n")
    gone = ["/mat", "/cam/bai-2.html", "/trang", "/lon", "/vao-trong"]
    papers.most = fetching.MOST_ARTICLE + 1
    papers.feed = rss_of(*[(papers.url(path), f"Học sinh trường {path}") for path in gone])
    source = listen(cast, papers)
    assert collect(papers) == (5, 1)  # a page of four words was read, and says nothing
    assert "/cam/bai-2.html" not in papers.paths()
    assert set(Item.objects.values_list("read_due", "text")) == {(None, "")}
    assert services.analyse_waiting() == 5
    source.refresh_from_db()
    assert (source.failures, source.error) == (0, "")


def test_a_server_in_trouble_is_asked_again_for_an_hour(cast, papers):
    papers.feed = rss_of((papers.url("/loi"), "Học phí năm học mới"), (papers.url("/loi?b=1"), "Học bổng"))
    listen(cast, papers)
    assert collect(papers) == (2, 0)
    assert set(Item.objects.values_list("read_due", flat=True)) == {NOW + dt.timedelta(minutes=15)}
    assert services.analyse_waiting() == 0
    assert collecting.open_due() == 0  # not due
    with clock.frozen(NOW + dt.timedelta(hours=1)):
        collect(papers)
        assert services.analyse_waiting() == 2


def test_a_host_is_visited_by_one_worker_at_a_time_a_few_articles_a_go(cast, papers):
    many = [(papers.url(f"/bai-{n}.html"), f"Tin số {n}") for n in range(collecting.ARTICLES + 3)]
    papers.feed = rss_of(*many)
    papers.pages = {f"/bai-{n}.html": article(f"Tin số {n}", *LATE_BUS) for n in range(len(many))}
    listen(cast, papers)
    assert collect(papers) == (len(many), collecting.ARTICLES)
    Host.objects.update(lease_until=NOW + dt.timedelta(minutes=1))
    assert collect(papers) == (0, 0)
    Host.objects.update(lease_until=None)
    assert collect(papers) == (0, 3)
    assert papers.paths().count("/robots.txt") == 1


def test_a_pause_between_two_articles(papers):
    papers.pages = {f"/bai-{n}.html": article("Tin", *LATE_BUS) for n in range(3)}
    door, pauses = papers.door(), []
    errand = fetching.Errand("h", [(n, papers.url(f"/bai-{n}.html")) for n in range(3)], robots="")
    harvest = fetching.open_articles(door, errand, sleep=pauses.append)
    door.close()
    assert [one.code for one in harvest.opened] == ["ok"] * 3
    assert pauses == [fetching.PAUSE] * 2


def test_a_host_that_is_away_is_asked_for_one_article(papers):
    door = papers.door()
    urls = [(1, papers.url("/cat")), (2, papers.url("/cat?b"))]
    harvest = fetching.open_articles(door, fetching.Errand("h", urls, robots=""), sleep=lambda _s: None)
    door.close()
    assert [one.code for one in harvest.opened] == ["unreachable"] * 2
    assert papers.paths() == ["/cat"]


@pytest.mark.parametrize(
    ("fields", "read"),
    [({}, True), ({"full_text": False}, False), ({"outlet": "video"}, False), ({"outlet": "social"}, False)],
)
def test_articles_of_the_press_where_the_office_wants_it(cast, papers, fields, read):
    papers.feed = rss_of((papers.url("/bai-1.html"), "Chuyện đầu tuần"))
    papers.pages["/bai-1.html"] = article("Chuyện đầu tuần", *LATE_BUS)
    listen(cast, papers, **fields)
    assert collect(papers) == (1, int(read))
    assert ("/bai-1.html" in papers.paths()) is read
    assert services.analyse_waiting() == 1


def test_switching_it_off_lets_headlines_go_on(cast, papers):
    papers.feed = rss_of((papers.url("/loi"), "Học phí năm học mới"))
    source = listen(cast, papers)
    collect(papers)
    values = {name: getattr(source, name) for name in ("name", "kind", "outlet", "url", "every", "keep_days")}
    services.source_change(actor=cast.office, source=source, **values)
    assert services.analyse_waiting() == 0  # not said: stays as it was
    services.source_change(actor=cast.office, source=source, full_text=False, **values)
    assert services.analyse_waiting() == 1


def test_an_ordinary_sitemap_brings_what_its_articles_say(cast, papers):
    papers.pages["/ban-do.xml"] = sitemap_of(
        (papers.url("/moi.html"), "2026-11-26"), (papers.url("/mat"), ""), (papers.url("/cu.html"), "2026-09-01")
    )
    papers.pages["/moi.html"] = article("Bếp ăn bán trú", *LATE_BUS, at="2026-11-25T15:20:00+07:00")
    source = listen(cast, papers, "/ban-do.xml", kind="sitemap")
    assert collect(papers) == (2, 1)
    assert "/cu.html" not in papers.paths()  # the archive is not opened
    item = Item.objects.exclude(title="").get()
    assert (item.title, item.time_guessed) == ("Bếp ăn bán trú", False)
    assert clock.local(item.published_at).hour == 15
    assert services.analyse_waiting() == 1  # the address without an article is nothing
    with clock.frozen(NOW + dt.timedelta(minutes=31)):
        assert collect(papers) == (0, 0)
    assert papers.paths().count("/mat") == 1
    source.refresh_from_db()
    assert source.fetches.last().added == 2


def test_what_waited_to_be_read_at_a_pause_is_found_again_after_it(cast, papers):
    papers.etag = '"1"'
    papers.feed = rss_of((papers.url("/bai-1.html"), "Chuyện đầu tuần"))
    papers.pages["/ban-do.xml"] = sitemap_of(*((papers.url(f"/bai-{n}.html"), "2026-11-26") for n in range(2, 7)))
    feed = listen(cast, papers)
    sitemap = listen(cast, papers, "/ban-do.xml", kind="sitemap")
    door = papers.door()
    assert collecting.collect_due(door=door, pause=False) == 6
    services.source_pause(actor=cast.office, source=feed)
    services.source_pause(actor=cast.office, source=sitemap)
    # A headline counts as it is; of an address without one there is nothing.
    assert [item.title for item in Item.objects.all()] == ["Chuyện đầu tuần"]
    assert services.analyse_waiting() == 1
    services.source_resume(actor=cast.office, source=sitemap)
    assert collecting.collect_due(door=door, pause=False) == 5
    door.close()
    assert len(services.articles_due()) == 5


def test_the_parts_of_a_sitemap_are_asked_each_time_with_a_pause(cast, papers):
    papers.etag = '"1"'
    papers.pages["/chi-muc.xml"] = index_of(papers.url("/phan-1.xml"), papers.url("/phan-2.xml"))
    papers.pages["/phan-1.xml"] = sitemap_of((papers.url("/mot.html"), "2026-11-26"))
    papers.troubles["/phan-2.xml"] = 500
    source = listen(cast, papers, "/chi-muc.xml", kind="sitemap", full_text=True)
    assert collect(papers)[0] == 1
    source.refresh_from_db()
    assert (source.etag, source.error) == ("", "")
    # The index is as it was, its parts are not.
    papers.pages["/phan-1.xml"] = sitemap_of((papers.url("/hai.html"), "2026-11-26"))
    papers.pages["/phan-2.xml"] = sitemap_of((papers.url("/ba.html"), "2026-11-26"))
    papers.troubles.clear()
    with clock.frozen(NOW + dt.timedelta(minutes=31)):
        assert collect(papers)[0] == 2
    assert {item.url[-8:] for item in Item.objects.all()} == {"mot.html", "hai.html", "/ba.html"}
    pauses: list[float] = []
    door = papers.door()
    fetching.look(door, fetching.Plan(1, "sitemap", papers.url("/chi-muc.xml")), "", sleep=pauses.append)
    door.close()
    assert pauses == [fetching.PAUSE] * 2


def test_a_sitemap_without_parts_is_asked_for_what_changed(cast, papers):
    papers.etag = '"1"'
    papers.pages["/ban-do.xml"] = sitemap_of((papers.url("/mot.html"), "2026-11-26"))
    source = listen(cast, papers, "/ban-do.xml", kind="sitemap")
    collect(papers)
    with clock.frozen(NOW + dt.timedelta(minutes=31)):
        collect(papers)
    source.refresh_from_db()
    assert source.etag == '"1"'
    assert [row.outcome for row in source.fetches.order_by("pk")] == ["ok", "same"]


def test_sitemaps_an_earlier_version_asked_for_what_changed_are_read_whole_once(cast, papers):
    sitemap = listen(cast, papers, "/chi-muc.xml", kind="sitemap")
    feed = listen(cast, papers, "/tot")
    Source.objects.update(etag='"1"', last_modified="Thu, 26 Nov 2026 02:12:00 GMT")
    import_module("loa.listening.migrations.0024_sitemaps_whole").ask_whole(apps, None)
    sitemap.refresh_from_db()
    feed.refresh_from_db()
    assert (sitemap.etag, sitemap.last_modified, feed.etag) == ("", "", '"1"')


def test_a_listed_page_takes_its_times_from_its_articles(cast, papers):
    papers.pages["/giao-duc/"] = "".join(
        f'<html><body><a href="/bai-{n}.html">Tiêu đề đủ dài của bài viết số {n}</a>' for n in range(3)
    ).encode()
    for n, at in enumerate(["2026-11-24T08:30:00+07:00", "2026-11-20", ""]):
        papers.pages[f"/bai-{n}.html"] = article(f"Bài {n}", *LATE_BUS, at=at)
    listen(cast, papers, "/giao-duc/", kind="page")
    assert collect(papers) == (3, 3)
    found = {item.url[-6]: item for item in Item.objects.all()}
    assert clock.local(found["0"].published_at).strftime("%d %H:%M") == "24 08:30"
    assert clock.local(found["1"].published_at).strftime("%d %H:%M") == "20 08:00"
    assert (found["2"].published_at, found["2"].time_guessed) == (NOW, True)


def test_when_an_article_appeared():
    assert rules.article_time(None, NOW) is None
    assert rules.article_time(NOW + dt.timedelta(hours=3), NOW) is None
    assert rules.article_time(NOW.replace(hour=0), NOW) is None  # today, no hour: when we saw it is nearer
    assert rules.article_time(NOW.replace(day=25, hour=0), NOW) == NOW.replace(day=25, hour=8)
    assert rules.article_time(NOW.replace(hour=9), NOW) == NOW.replace(hour=9)


def test_of_a_long_article_a_part_is_kept_and_less_is_shown(cast, papers, client):
    papers.feed = rss_of((papers.url("/bai-1.html"), "Chuyện dài"))
    long = [f"Đoạn {n}: {LATE_BUS[0]}" for n in range(60)]
    papers.pages["/bai-1.html"] = article("Chuyện dài", *long)
    listen(cast, papers)
    collect(papers)
    services.analyse_waiting()
    item = Item.objects.get()
    assert 3900 < len(item.text) <= 4000
    client.force_login(cast.office)
    page = client.get(reverse("listening:item", args=[item.pk])).content.decode()
    assert "Đoạn 0:" in page
    assert "Đoạn 20:" not in page
    assert "Mở bài gốc để đọc cả bài." in page


def test_a_feed_that_gives_the_article_is_not_asked_for_it(cast, papers):
    body = " ".join(LATE_BUS) * 4
    papers.feed = (
        f"<rss version='2.0'><channel><title>B</title><item><title>Dài</title>"
        f"<link>{papers.url('/bai-1.html')}</link><description>{body}</description></item></channel></rss>"
    ).encode()
    listen(cast, papers)
    assert collect(papers) == (1, 0)
    assert papers.paths() == ["/robots.txt", "/tot"]


def test_opening_costs_the_same_for_one_and_for_twelve(cast, papers, django_assert_max_num_queries):
    source = listen(cast, papers)
    found = [fetching.Found(url=papers.url(f"/bai-{n}.html"), title=f"Tin {n}") for n in range(12)]
    services.fetch_stored(source_id=source.pk, found=found, status=200, size=1, ms=1)
    opened = [
        fetching.Opened(item_id, "ok", fetching.Found(title="T", text="Chữ " * 30))
        for item_id, _url in services.articles_due()
    ]
    with django_assert_max_num_queries(8):
        assert services.articles_opened(opened) == 12
    assert services.articles_due() == []
