"""From a page to the feed it names: found once, kept, sought anew when it dies; refused when read already."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.core import clock
from loa.core.errors import Conflict
from loa.listening import collecting, services
from loa.listening.models import Fetch, Host, Item, Source
from loa.listening.readers import Unreadable, feed_links
from loa.listening.tests.papers import Papers, rss

BASE = "https://bao.example/"


def html(*links, head="", body="<p>Trang</p>"):
    return f"<html><head>{head}{''.join(links)}</head><body>{body}</body></html>".encode()


def link(href, *, kind="application/rss+xml", title="", rel="alternate"):
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ([link("/rss")], ["https://bao.example/rss"]),
        ([link("rss.xml", kind="APPLICATION/RSS+XML", rel="ALTERNATE")], ["https://bao.example/rss.xml"]),
        ([link("/a", kind="application/atom+xml; charset=utf-8")], ["https://bao.example/a"]),
        ([link("/f.json", kind="application/feed+json")], ["https://bao.example/f.json"]),
        ([link("https://feeds.example/x")], ["https://feeds.example/x"]),
        ([link("//feeds.example/x#y")], ["https://feeds.example/x"]),
        # the page's own order; the same twice is one
        ([link("/2"), link("/1"), link("/2")], ["https://bao.example/2", "https://bao.example/1"]),
        # comments, in either language; stylesheets; other kinds; no kind; no address; itself
        ([link("/comments/feed/")], []),
        ([link("/feed/2", title="Báo » Dòng bình luận")], []),
        ([link("/feed/2", title="Bài » Phản hồi")], []),
        ([link("/feed", rel="alternate stylesheet")], []),
        ([link("/feed", rel="canonical")], []),
        ([link("/en", kind="text/html")], []),
        ([link("/wp-json/wp/v2/feed", kind="application/json")], []),
        ([link("/oembed?format=xml&feed", kind="text/xml")], []),
        ([link("/feed.xml", kind="text/xml")], ["https://bao.example/feed.xml"]),
        ([link("")], []),
        ([link("/#x")], []),
        ([link("javascript:alert(1)"), link("file:///etc/passwd"), link("http://[bad/x")], []),
        ([link("http://a:b/c")], []),
        ([link("/" + "x" * 600)], []),
    ],
)  # fmt: skip
def test_feeds_a_page_names(links, found):
    assert feed_links(html(*links), base=BASE) == found


def test_the_feed_of_the_section_comes_before_that_of_the_site():
    links = [link("/rss/trang-chu.rss"), link("/rss/giao-duc.rss"), link("/rss/the-thao.rss")]
    assert feed_links(html(*links), base="https://bao.example/giao-duc.htm")[0].endswith("/giao-duc.rss")
    named = [link("/rss/1"), link("/rss/2", title="Báo Sông Lam – Giáo dục")]
    assert feed_links(html(*named), base="https://bao.example/chuyen-muc/giao-duc/")[0].endswith("/rss/2")
    below = [link("/feed/"), link("/c/12/feed/")]
    assert feed_links(html(*below), base="https://bao.example/c/12/")[0].endswith("/c/12/feed/")
    # of the front page and of a section without a feed of its own it is the first
    for page in (BASE, "https://bao.example/phap-luat/"):
        assert feed_links(html(*links), base=page)[0].endswith("/trang-chu.rss")


def test_relative_to_the_base_the_page_gives():
    head = '<base href="/cong/"><base href="https://khac.example/">'
    assert feed_links(html(link("rss"), head=head), base=BASE) == ["https://bao.example/cong/rss"]


def test_what_is_no_page_names_none():
    with pytest.raises(Unreadable):
        feed_links(b"khong phai trang", base=BASE)
    with pytest.raises(Unreadable):
        feed_links(b"", base=BASE)


# — collecting ————————————————————————————————————————————————————————————————————————


@pytest.fixture
def papers():
    with Papers() as server:
        yield server


def listen(cast, papers, path="/", **fields):
    values = {"name": "Báo", "kind": "feed", "outlet": "social", "url": papers.url(path), **fields}
    return services.source_add(actor=cast.office, unit=cast.so, **values)


def collect(*servers):
    door = servers[0].door()
    door.inside = frozenset(("127.0.0.1", server.server_port) for server in servers)
    try:
        return collecting.collect_due(door=door, pause=False)
    finally:
        door.close()


def later(minutes):
    return clock.frozen(clock.now() + dt.timedelta(minutes=minutes))


@pytest.mark.django_db
def test_a_page_leads_to_its_feed_which_is_read_ever_after(cast, papers):
    papers.pages["/"] = html(link("/comments/feed"), link("/tot"))
    papers.etag = '"1"'
    source = listen(cast, papers)
    assert collect(papers) == 1
    source.refresh_from_db()
    assert (source.feed_url, source.error, source.failures) == (papers.url("/tot"), "", 0)
    assert papers.paths() == ["/robots.txt", "/", "/tot"]
    assert "If-None-Match" not in papers.asked[-1][1]
    with later(31):
        assert collect(papers) == 0
    assert papers.paths()[3:] == ["/tot"]
    assert papers.asked[-1][1]["If-None-Match"] == '"1"'
    source.refresh_from_db()
    assert source.feed_url == papers.url("/tot")
    assert source.fetches.first().outcome == "same"


@pytest.mark.django_db
def test_a_feed_in_json_is_one_too(cast, papers):
    papers.pages["/"] = html(link("/tin.json", kind="application/feed+json"))
    papers.pages["/tin.json"] = (
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": [{"id": "1", "title": "Mot"}]}'
    )
    source = listen(cast, papers)
    assert collect(papers) == 1
    source.refresh_from_db()
    assert (source.feed_url, source.error) == (papers.url("/tin.json"), "")


@pytest.mark.django_db
def test_a_feed_of_another_host_is_read_by_that_hosts_rules(cast, papers):
    with Papers() as feeds:
        papers.pages["/"] = html(link(feeds.url("/tot")))
        source = listen(cast, papers)
        assert collect(papers, feeds) == 0
        source.refresh_from_db()
        assert (source.feed_url, source.failures, feeds.asked) == (feeds.url("/tot"), 0, [])
        assert Fetch.objects.get().outcome == "moved"
        busy = Host.objects.create(
            name=f"127.0.0.1:{feeds.server_port}", lease_until=clock.now() + dt.timedelta(minutes=1)
        )
        assert collect(papers, feeds) == 0  # another worker is there
        Host.objects.filter(pk=busy.pk).update(lease_until=None)
        assert collect(papers, feeds) == 1  # due at once
        assert feeds.paths() == ["/robots.txt", "/tot"]
        assert papers.paths() == ["/robots.txt", "/"]
        # its robots.txt, not that of the page
        feeds.robots = (200, b"User-agent: *\nDisallow: /\n")
        Host.objects.update(robots_at=None)
        with later(31):
            assert collect(papers, feeds) == 0
        source.refresh_from_db()
        assert source.error == "robots"


@pytest.mark.django_db
def test_a_link_that_leads_inside_is_not_followed(cast, papers):
    papers.pages["/"] = html(link("http://127.0.0.1:1/bi-mat"))
    source = listen(cast, papers)
    collect(papers)
    source.refresh_from_db()
    assert (source.feed_url, source.error) == ("http://127.0.0.1:1/bi-mat", "")
    collect(papers)
    source.refresh_from_db()
    assert (source.error, Item.objects.count()) == ("blocked", 0)


@pytest.mark.django_db
@pytest.mark.parametrize("page", [html(), html(link("/#top")), html(link("/comments/feed"))])
def test_a_page_without_a_feed_says_so_and_offers_what_works(cast, papers, page):
    papers.pages["/"] = page
    papers.robots = (200, f"Sitemap: {papers.url('/map.xml')}\nSitemap: https://khac.example/x\n".encode())
    source = listen(cast, papers)
    collect(papers)
    source.refresh_from_db()
    assert (source.error, source.feed_url) == ("no_feed", "")
    assert papers.paths() == ["/robots.txt", "/"]
    text = shown(cast.office, "source", source.pk)
    assert "không nêu nguồn tin RSS" in text
    assert f"{reverse('listening:source_change', args=[source.pk])}?kieu=page" in text
    assert "map.xml" in text
    assert "khac.example" not in text


@pytest.mark.django_db
def test_what_is_neither_feed_nor_page_says_so(cast, papers):
    papers.pages["/"] = b"chi la chu"
    source = listen(cast, papers)
    collect(papers)
    source.refresh_from_db()
    assert source.error == "not_feed"


@pytest.mark.django_db
def test_pages_that_name_each_other_are_followed_once(cast, papers):
    papers.pages["/"] = html(link("/b"))
    papers.pages["/b"] = html(link("/"))
    source = listen(cast, papers)
    collect(papers)
    assert papers.paths() == ["/robots.txt", "/", "/b"]
    collect(papers)  # looked at once more, for another feed
    source.refresh_from_db()
    assert (source.error, source.feed_step) == ("feed_lost", "asked")
    collect(papers)
    assert papers.paths() == ["/robots.txt", "/", "/b", "/"]


@pytest.mark.django_db
def test_when_the_feed_dies_the_page_is_looked_at_once_more(cast, papers):
    papers.pages["/"] = html(link("/tot"))
    source = listen(cast, papers)
    collect(papers)
    papers.pages["/"] = html(link("/mat"), link("/moi"))
    Source.objects.update(feed_url=papers.url("/mat"), next_at=clock.now())
    collect(papers)
    source.refresh_from_db()
    assert (source.error, source.feed_step, source.next_at <= clock.now()) == ("not_found", "again", True)
    papers.feed = rss("Tin mới")
    assert collect(papers) == 1
    source.refresh_from_db()
    assert (source.feed_url, source.feed_step, source.error) == (papers.url("/moi"), "", "")


@pytest.mark.django_db
def test_a_dead_feed_without_another_is_tried_again_and_the_page_left_alone(cast, papers):
    papers.pages["/"] = html(link("/mat"))
    source = listen(cast, papers)
    for _round in range(3):
        collect(papers)
    assert papers.paths() == ["/robots.txt", "/", "/mat", "/"]
    papers.pages["/mat"] = rss("Sống lại")
    with later(24 * 60):
        assert collect(papers) == 1
    assert "/" not in papers.paths()[4:]
    source.refresh_from_db()
    assert (source.feed_step, source.error) == ("", "")


@pytest.mark.django_db
def test_a_feed_that_is_only_away_is_no_dead_one(cast, papers):
    papers.pages["/"] = html(link("/loi"))
    source = listen(cast, papers)
    collect(papers)
    source.refresh_from_db()
    assert (source.error, source.feed_step) == ("server", "")
    for hours in (7, 14, 21, 28):
        with later(hours * 60):
            collect(papers)
    source.refresh_from_db()
    assert (source.failures, source.feed_step) == (5, "again")


@pytest.mark.django_db
def test_a_feed_that_is_read_already_is_refused_and_the_reader_named(cast, papers):
    papers.pages["/"] = html(link("/tot"))
    first = listen(cast, papers, "/tot?utm_source=x", name="Báo A")
    second = listen(cast, papers)
    collect(papers)
    second.refresh_from_db()
    assert (second.active, second.error, second.items.count()) == (False, "feed_taken", 0)
    text = shown(cast.office, "source", second.pk)
    assert f'<a href="{reverse("listening:source", args=[first.pk])}">Báo A</a>' in text
    with pytest.raises(Conflict, match="Báo A"):
        listen(cast, papers, "/tot")
    # the first stops being listened to by that address: the second may begin
    Source.objects.filter(pk=first.pk).update(url="https://khac.example/rss", active=False)
    services.source_resume(actor=cast.office, source=second)
    collect(papers)
    second.refresh_from_db()
    assert (second.error, second.feed_url) == ("", papers.url("/tot"))
    # and whoever adds the feed itself is told
    with pytest.raises(Conflict, match="Báo"):
        listen(cast, papers, "/tot", name="Lần nữa")
    listen(cast, papers, "/tot?muc", name="Mục khác")  # what has no value tells feeds apart too


@pytest.mark.django_db
def test_an_address_changed_meanwhile_keeps_nothing_of_the_old_one(cast, papers):
    source = listen(cast, papers)
    (pk,) = services.claim_due()
    services.source_change(
        actor=cast.office, source=source, name="Báo", kind="feed", outlet="social", url=papers.url("/moi")
    )
    for end in (
        {"found": [], "status": 200, "size": 0, "ms": 0}, {"code": "not_found"}, {},
    ):  # fmt: skip
        verb = "fetch_stored" if "found" in end else "fetch_failed" if "code" in end else "feed_moved"
        getattr(services, verb)(source_id=pk, url=papers.url("/"), feed_url=papers.url("/cu"), **end)
    source.refresh_from_db()
    assert (source.feed_url, source.error, source.lease_until) == ("", "", None)
    assert source.next_at <= clock.now()


# — the form ———————————————————————————————————————————————————————————————————————————


def shown(user, name, *args, status=200, data=None):
    client = Client()
    client.force_login(user)
    url = reverse(f"listening:{name}", args=args)
    answer = client.post(url, data) if data is not None else client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def form(cast, url, **fields):
    values = {"name": "Báo", "kind": "feed", "outlet": "local", "url": url, "every": "30"}
    return {"unit": cast.so.pk, **values, **fields}


@pytest.fixture
def near(monkeypatch, papers):
    """Checks go to the papers on loopback."""
    monkeypatch.setattr(collecting, "make_door", papers.door)
    monkeypatch.setattr(collecting.time, "sleep", lambda _seconds: None)
    return papers


@pytest.mark.django_db
def test_the_form_tells_what_an_address_gives_before_it_is_added(cast, near):
    near.pages["/"] = html(link("/tot"))
    text = shown(cast.office, "source_add", data=form(cast, near.url("/"), xem="1"))
    assert "Đã tìm thấy nguồn tin" in text
    assert near.url("/tot") in text
    assert "1 tin, mới nhất lúc 09:12 26/11/2026" in text
    assert Source.objects.count() == 0
    # without a name yet it is called as the feed calls itself
    assert 'name="name" value="Báo"' in shown(
        cast.office, "source_add", data=form(cast, near.url("/"), xem="1", name="")
    )
    shown(cast.office, "source_add", status=400, data=form(cast, near.url("/"), name=""))
    assert Host.objects.get().lease_until is None
    assert Host.objects.get().robots_at is not None
    near.pages["/khong"] = html(body="<p>Không có nguồn nào</p>")
    near.robots = (200, f"Sitemap: {near.url('/map.xml')}".encode())
    Host.objects.update(robots_at=None)
    text = shown(cast.office, "source_add", data=form(cast, near.url("/khong"), xem="1"))
    assert "không nêu nguồn tin RSS" in text
    assert 'name="chon" value="page"' in text
    assert f'value="sitemap:{near.url("/map.xml")}"' in text
    near.pages["/khong"] = html(body="<a href='/bai-mot'>Một tiêu đề đủ dài để là tin</a>")
    text = shown(cast.office, "source_add", data=form(cast, near.url("/khong"), chon="page"))
    assert '<option value="page" selected>' in text
    assert "1 tin" in text


@pytest.mark.django_db
def test_what_a_page_offers_fills_the_form(cast, near):
    source = listen(cast, near)
    client = Client()
    client.force_login(cast.office)
    url = reverse("listening:source_change", args=[source.pk])
    text = client.get(url, {"kieu": "sitemap", "dia-chi": near.url("/map.xml")}).content.decode()
    assert '<option value="sitemap" selected>' in text
    assert near.url("/map.xml") in text


@pytest.mark.django_db
def test_the_form_tells_who_listens_already_what_is_wrong_and_when_to_wait(cast, near):
    near.pages["/"] = html(link("/tot"))
    listen(cast, near, "/tot", name="Báo A")
    text = shown(cast.office, "source_add", data=form(cast, near.url("/"), xem="1"))
    assert "đã được theo dõi ở" in text
    assert "Báo A" in text
    assert "Máy chủ của trang đang lỗi" in shown(
        cast.office, "source_add", data=form(cast, near.url("/loi"), xem="1")
    )
    assert "https://" in shown(cast.office, "source_add", status=400, data=form(cast, "bao", xem="1"))
    Host.objects.update(lease_until=clock.now() + dt.timedelta(minutes=1))
    assert "thử lại sau ít phút" in shown(cast.office, "source_add", data=form(cast, near.url("/"), xem="1"))
    shown(cast.director, "source_add", status=403, data=form(cast, near.url("/"), xem="1"))


@pytest.mark.django_db
def test_a_check_follows_to_another_host_and_ends_in_time(cast, near, monkeypatch):
    with Papers() as feeds:
        door = near.door()
        door.inside = frozenset(("127.0.0.1", one.server_port) for one in (near, feeds))
        near.pages["/"] = html(link(feeds.url("/tot")))
        found = collecting.check(kind="feed", url=near.url("/"), door=door, pause=False)
        assert (found.code, found.feed_url, found.items) == ("ok", feeds.url("/tot"), 1)
        assert feeds.paths() == ["/robots.txt", "/tot"]
        monkeypatch.setattr(collecting, "CHECK_FOR", 0.4)
        begun = clock.now()
        assert collecting.check(kind="feed", url=near.url("/treo"), door=door, pause=False).code == "slow"
        assert clock.now() - begun < dt.timedelta(seconds=4)


@pytest.mark.django_db
def test_own_channels_are_spoken_of_as_such(cast):
    source = Source.objects.create(
        unit=cast.so, kind="ours", name="Facebook: Trang Sở", outlet="own", keep_days=180,
        silent_since=clock.now(), silent_from=clock.now(),
    )  # fmt: skip
    text = shown(cast.office, "source", source.pk)
    assert "webhook còn gửi về không" in text
    assert "báo có thể đã đổi địa chỉ" not in text
    assert 'name="url"' not in shown(cast.office, "source_change", source.pk)
    shown(cast.office, "source_change", source.pk, status=400, data={"keep_days": "900"})
    shown(cast.office, "source_change", source.pk, status=302, data={"keep_days": "30"})
    source.refresh_from_db()
    assert (source.name, source.kind, source.keep_days) == ("Facebook: Trang Sở", "ours", 30)
