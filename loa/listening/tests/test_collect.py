"""Collecting from real servers on loopback: what comes in once, what fails how, who waits for whom."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.listening import collecting, fetching, services
from loa.listening.models import Fetch, Host, Item, Source
from loa.listening.tests.papers import Papers, rss

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers():
    with Papers() as server:
        yield server


def listen(cast, papers, path="/tot", **fields):
    values = {
        "name": f"Báo {path}",
        "kind": "feed",
        "outlet": "local",
        "url": papers.url(path),
        "every": 30,
        **fields,
    }
    return services.source_add(actor=cast.office, unit=cast.so, **values)


def collect(papers):
    door = papers.door()
    try:
        return collecting.collect_due(door=door, pause=False)
    finally:
        door.close()


def test_a_source_is_read_once_and_then_when_it_is_due(cast, papers):
    papers.feed = rss("Một", "Hai")
    source = listen(cast, papers)
    assert collect(papers) == 2
    item = Item.objects.get(title="Một")
    assert (item.unit, item.source, item.outlet, item.outlet_name) == (cast.so, source, "local", "Báo /tot")
    assert item.published_at == dt.datetime(2026, 11, 26, 2, 12, tzinfo=dt.UTC)
    assert collect(papers) == 0  # not due
    assert papers.paths() == ["/robots.txt", "/tot"]
    papers.feed = rss("Hai", "Ba")
    with clock.frozen(clock.now() + dt.timedelta(minutes=31)):
        assert collect(papers) == 1
    assert papers.paths() == ["/robots.txt", "/tot", "/tot"]
    source.refresh_from_db()
    assert (source.failures, source.error, source.lease_until) == (0, "", None)
    assert [row.outcome for row in source.fetches.all()] == ["ok", "ok"]


def test_asked_conditionally(cast, papers):
    papers.etag = '"a1"'
    source = listen(cast, papers)
    collect(papers)
    with clock.frozen(clock.now() + dt.timedelta(minutes=31)):
        collect(papers)
    assert papers.asked[-1][1]["If-None-Match"] == '"a1"'
    assert source.fetches.first().outcome == "same"
    source.refresh_from_db()
    assert source.etag == '"a1"'


def test_one_article_in_two_feeds_is_one_item(cast, papers):
    papers.feed = rss("Một")
    listen(cast, papers, "/tot")
    listen(cast, papers, "/khac")
    assert collect(papers) == 1
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/mat", "not_found"), ("/tu-choi", "forbidden"), ("/loi", "server"), ("/trang", "no_feed"),
        ("/bom", "entities"),        ("/lon", "too_large"), ("/vao-trong", "blocked"), ("/cat", "unreachable"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_and_tried_later(cast, papers, path, code):
    source = listen(cast, papers, path)
    collect(papers)
    source.refresh_from_db()
    assert (source.error, source.failures, source.lease_until) == (code, 1, None)
    assert source.next_at - source.last_fetch_at == dt.timedelta(minutes=60)
    assert source.last_ok_at is None
    assert Item.objects.count() == 0
    assert Fetch.objects.get().outcome == code


def test_robots_are_obeyed_and_asked_once_a_day(cast, papers):
    papers.robots = (200, b"User-agent: *\nDisallow: /tot\n")
    closed, open_ = listen(cast, papers, "/tot"), listen(cast, papers, "/khac")
    collect(papers)
    assert papers.paths() == ["/robots.txt", "/khac"]
    closed.refresh_from_db()
    open_.refresh_from_db()
    assert (closed.error, open_.error) == ("robots", "")
    with clock.frozen(clock.now() + dt.timedelta(hours=2)):
        collect(papers)
    assert papers.paths().count("/robots.txt") == 1


def test_a_server_in_trouble_allows_nothing(cast, papers):
    papers.robots = (500, b"")
    source = listen(cast, papers)
    collect(papers)
    source.refresh_from_db()
    assert (source.error, papers.paths()) == ("server", ["/robots.txt"])


def test_a_tenth_that_hangs_and_attacks_does_not_hold_up_the_rest(cast, monkeypatch):
    """The bar of the issue in small: good sources are on time whatever the bad ones do."""
    monkeypatch.setattr(fetching, "TIMEOUT", 2.0)
    bad = ["/treo", "/lon", "/vao-trong", "/bom", "/cat"]
    servers = [Papers().__enter__() for _server in range(10)]
    try:
        for number, server in enumerate(servers):
            server.feed = rss(f"Tin {number}")
            listen(cast, server, bad[number // 2] if number % 2 else "/tot", name=f"Báo {number}")
        inside = {("127.0.0.1", server.server_port) for server in servers}
        door = fetching.Door(inside=inside)
        start = clock.now()
        added = collecting.collect_due(door=door, pause=False)
        door.close()
        assert added == 5
        assert clock.now() - start < dt.timedelta(seconds=12)
    finally:
        for server in servers:
            server.__exit__()
    assert Source.objects.filter(failures=0).count() == 5
    assert set(Source.objects.filter(failures=1).values_list("error", flat=True)) == {
        "slow", "too_large", "blocked", "entities", "unreachable",
    }  # fmt: skip


def test_a_host_that_is_away_is_asked_once(cast, papers, monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT", 1.5)
    for path in ("/treo", "/treo?b", "/treo?c"):
        listen(cast, papers, path)
    collect(papers)
    assert papers.paths() == ["/robots.txt", "/treo"]
    assert set(Source.objects.values_list("error", flat=True)) == {"slow"}


def test_two_workers_never_look_at_one_source_or_one_host_at_once(cast, papers):
    first = listen(cast, papers, "/tot")
    assert services.claim_due() == [first.pk]
    assert services.claim_due() == []
    second = listen(cast, papers, "/khac")
    Host.objects.create(name=fetching.host_of(second.url), lease_until=clock.now() + dt.timedelta(minutes=1))
    assert collect(papers) == 0
    second.refresh_from_db()
    assert (second.lease_until, papers.asked) == (None, [])  # given back for the next round
    # The worker of the first died: its lease runs out.
    with clock.frozen(clock.now() + dt.timedelta(minutes=4)):
        assert sorted(services.claim_due()) == [first.pk, second.pk]


def test_paused_sources_are_left_alone(cast, papers):
    source = listen(cast, papers)
    services.source_pause(actor=cast.office, source=source)
    assert collect(papers) == 0
    assert papers.asked == []


def test_people_on_social_networks_are_codes(cast, settings):
    source = services.source_add(
        actor=cast.office, unit=cast.so, name="Hội phụ huynh", kind="hand", outlet="social"
    )
    found = fetching.Found(
        external="c1",
        author="Nguyễn Văn A",
        text="Gọi cô Lan 0912 345 678 hoặc lan.gv@gmail.com, CCCD 012345678901",
    )
    press = services.source_add(actor=cast.office, unit=cast.so, name="Báo in", kind="hand", outlet="print")
    services.store(source, [found, fetching.Found(external="c2", author="Nguyễn Văn A", text="Khác")])
    services.store(press, [fetching.Found(external="p1", author="Hà An", text="Gọi 0912 345 678")])
    first, second = Item.objects.filter(source=source).order_by("key")
    assert first.author == second.author
    assert "Nguy" not in first.author
    assert len(first.author) == 16
    kept = Item.objects.get(text__contains="cô Lan").text
    assert kept == "Gọi cô Lan [số điện thoại] hoặc [thư điện tử], CCCD [số định danh]"
    assert Item.objects.get(source=press).author == "Hà An"
    # somebody's own wall is no outlet
    wall = fetching.Found(external="w1", author="Nguyễn Văn A", outlet="NGUYỄN VĂN A", text="Trên tường nhà")
    services.store(source, [wall, fetching.Found(external="w2", author="Nguyễn Văn A", outlet="Hội", text="Nhóm")])
    names = {item.text: item.outlet_name for item in Item.objects.filter(source=source)}
    assert (names["Trên tường nhà"], names["Nhóm"]) == (source.name, "Hội")
    assert Item.objects.get(source=press).text == "Gọi 0912 345 678"
    assert (first.keep_until - clock.today()).days == 180


def test_a_time_in_the_future_is_a_wrong_clock(cast):
    source = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="hand", outlet="print")
    services.store(
        source, [fetching.Found(external="1", title="x", published_at=clock.now() + dt.timedelta(days=9))]
    )
    item = Item.objects.get()
    assert item.time_guessed
    assert item.published_at <= clock.now()


def test_storing_costs_the_same_for_ten_items_and_for_three_hundred(cast, django_assert_max_num_queries):
    source = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="hand", outlet="print")
    # a few statements more where the database limits their length, never one a row
    many = [fetching.Found(external=str(n), title=f"Tin {n}") for n in range(180)]
    with django_assert_max_num_queries(8):
        services.store(source, many)
