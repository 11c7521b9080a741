"""Feeds, sitemaps and pages as the web has them, and as it should not."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.listening.readers import Unreadable, read_article, read_feed, read_links, read_sitemap
from loa.listening.readers.model import line, moment, plain

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Báo Sông Lam - Giáo dục</title>
<item><title><![CDATA[Phụ huynh lo các khoản thu đầu năm]]></title><link>https://bao.example/a-1.html?utm_source=rss</link>
<guid>a-1</guid><description><![CDATA[<a href="x"><img src="y"></a><br/>Nhiều phụ huynh <b>hỏi</b> về quỹ lớp.]]></description>
<pubDate>Thu, 26 Nov 2026 09:12:00 +0700</pubDate><dc:creator>Hà An</dc:creator></item>
<item><title>Trường mới ở vùng cao</title><link>https://bao.example/a-2.html</link><pubDate>26/11/2026 07:05</pubDate></item>
<item><title>Không ngày</title><link>https://bao.example/a-3.html</link></item>
</channel></rss>"""


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def test_rss_as_papers_write_it():
    first, second, third = read_feed(RSS.encode(), base="https://bao.example/rss").items
    assert first.title == "Phụ huynh lo các khoản thu đầu năm"
    assert first.text == "Nhiều phụ huynh hỏi về quỹ lớp."
    assert (first.external, first.author, first.outlet) == (
        "https://bao.example/a-1",
        "Hà An",
        "Báo Sông Lam - Giáo dục",
    )
    assert first.published_at == utc(2026, 11, 26, 2, 12)
    # "26/11/2026 07:05": a day and a month, in Việt Nam
    assert second.published_at == utc(2026, 11, 26, 0, 5)
    assert third.published_at is None


def test_day_before_month_even_when_both_could_be():
    text = RSS.replace("26/11/2026 07:05", "05/11/2026 07:05")
    assert read_feed(text.encode()).items[1].published_at == utc(2026, 11, 5, 0, 5)


def test_atom_and_youtube():
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Kênh Giáo dục</title><entry><id>yt:video:1</id>
    <title>Khai giảng</title><link rel="alternate" href="https://www.youtube.com/watch?v=1"/>
    <published>2026-09-05T01:00:00+00:00</published><author><name>Sở</name></author></entry></feed>"""
    (item,) = read_feed(atom.encode()).items
    assert (item.url, item.external, item.published_at) == (
        "https://www.youtube.com/watch?v=1", "yt:video:1", utc(2026, 9, 5, 1),
    )  # fmt: skip


def test_json_feed():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Trường",
        "items": [
            {"id": 7, "url": "https://t.example/7", "content_html": "<p>Lớp <b>học</b></p>",
             "date_published": "2026-11-01T07:00:00+07:00", "authors": [{"name": "Mai"}]},
            "rác",
            {"id": "8", "authors": "Mai", "content_text": "Chữ"},
        ],
    }  # fmt: skip
    first, second = read_feed(json.dumps(feed).encode()).items
    assert (first.title, first.text, first.author, first.external) == ("Lớp học", "Lớp học", "Mai", "7")
    assert first.published_at == utc(2026, 11, 1)
    assert (second.text, second.author) == ("Chữ", "")


def test_broken_xml_is_read_as_far_as_it_goes():
    cut = RSS[: RSS.index("<item><title>Không")]
    assert [item.title for item in read_feed(cut.encode()).items][:2] == [
        "Phụ huynh lo các khoản thu đầu năm", "Trường mới ở vùng cao",
    ]  # fmt: skip
    stray = RSS.replace("vùng cao", "vùng cao & biển <3 \x08")
    assert len(read_feed(stray.encode()).items) == 3


def test_damaged_character_sets():
    legacy = RSS.replace('encoding="utf-8"', 'encoding="iso-8859-1"')  # says one thing, is another
    assert read_feed(legacy.encode()).items[0].title == "Phụ huynh lo các khoản thu đầu năm"
    nfd = "Phu\u0323 huynh"
    assert read_feed(RSS.replace("Phụ huynh", nfd).encode()).items[0].title.startswith("Phụ huynh")
    utf16 = RSS.replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16")
    assert read_feed(utf16).items[0].title == "Phụ huynh lo các khoản thu đầu năm"


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
<rss><channel><item><title>&lol2;</title></item></channel></rss>"""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<html><body>khong phai</body></html>", "not_feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "not_feed"),
        (BOMB.encode(), "entities"),
        (b'{"items": 3}', "not_feed"),
        (b'{"items": [', "not_feed"),
        (b"{" * 5000, "not_feed"),
    ],
)
def test_what_is_no_feed(data, code):
    with pytest.raises(Unreadable) as error:
        read_feed(data)
    assert error.value.code == code


def test_an_empty_feed_is_no_error():
    assert read_feed(b"<rss version='2.0'><channel><title>x</title></channel></rss>").items == []


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(data):
    for reader in (read_feed, read_sitemap, lambda d: read_links(d, base="https://a.example/")):
        with contextlib.suppress(Unreadable):
            reader(data)


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://bao.example/cu.html</loc><lastmod>2026-11-01</lastmod></url>
<url><loc>https://bao.example/moi.html</loc><news:news><news:publication><news:name>Báo</news:name></news:publication>
<news:publication_date>2026-11-26T08:00:00+07:00</news:publication_date><news:title>Tin mới &amp; hay</news:title></news:news></url>
</urlset>"""


def test_sitemap_newest_first_packed_or_not():
    for data in (SITEMAP.encode(), gzip.compress(SITEMAP.encode())):
        first, second = read_sitemap(data).items
        assert (first.title, first.outlet, first.published_at) == ("Tin mới & hay", "Báo", utc(2026, 11, 26, 1))
        assert (second.url, second.published_at) == ("https://bao.example/cu.html", utc(2026, 10, 31, 17))


def test_an_index_points_to_the_newest_sitemaps():
    rows = "".join(
        f"<sitemap><loc>https://b.example/{n}.xml</loc><lastmod>2026-1{n}-01</lastmod></sitemap>"
        for n in (0, 2, 1)
    )
    reading = read_sitemap(f"<sitemapindex>{rows}</sitemapindex>".encode())
    assert (reading.items, reading.more) == ([], [f"https://b.example/{n}.xml" for n in (2, 1, 0)])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB.encode(), "entities"),
        (b"<a", "not_sitemap"),
        (b"<rss/>", "not_sitemap"),
        (b"\x1f\x8bxx", "not_sitemap"),
    ],
)
def test_what_is_no_sitemap(data, code):
    with pytest.raises(Unreadable) as error:
        read_sitemap(data)
    assert error.value.code == code


PAGE = """<html><body><nav><a href="/">Trang chủ</a><a href="/giao-duc/">Giáo dục</a></nav>
<a href="/giao-duc/hoc-phi-12.html"><img src="x"></a><a href="/giao-duc/hoc-phi-12.html#bl">Học phí năm học mới: những điều cần biết</a>
<a href="https://quang-cao.example/mua-ngay-keo-lo.html">Mua ngay kẻo lỡ cơ hội hiếm có này</a>
<a href="/tep/cong-van-so-mot-hai-ba.pdf">Công văn số một hai ba về tuyển sinh</a>
<a href="javascript:void(0)">Đường dẫn không phải đường dẫn gì cả</a><a href="http://[">Hỏng hẳn rồi không đọc được nữa</a></body></html>"""


def test_links_that_look_like_articles():
    items = read_links(PAGE.encode(), base="https://www.bao.example/giao-duc/").items
    assert [(item.url, item.title) for item in items] == [
        ("https://www.bao.example/giao-duc/hoc-phi-12.html", "Học phí năm học mới: những điều cần biết")
    ]


def test_an_article():
    paragraphs = "".join(
        f"<p>Đoạn {n} kể chuyện lớp học vùng cao, thầy trò dựng lại thư viện sau cơn lũ lớn.</p>" for n in range(6)
    )
    page = f"""<html><head><title>Thư viện sau lũ - Báo</title><meta property="og:title" content="Thư viện sau lũ">
    <meta property="article:published_time" content="2026-11-26T09:30:00+07:00"><meta property="og:site_name" content="Báo Sông Lam">
    </head><body><nav><a href="/">Trang chủ</a></nav><article><h1>Thư viện sau lũ</h1>{paragraphs}</article>
    <footer>Giấy phép số 1</footer></body></html>"""
    found = read_article(page.encode(), url="https://bao.example/a")
    assert found.title == "Thư viện sau lũ"
    assert "Đoạn 5 kể chuyện" in found.text
    assert "Giấy phép" not in found.text
    assert found.published_at == utc(2026, 11, 26, 2, 30)
    with pytest.raises(Unreadable):
        read_article(b"<html><body></body></html>", url="https://bao.example/a")


def test_plain_text_of_markup():
    assert plain("a<br>b<script>alert('x')</script><p>c &amp;nbsp; d</p>").split() == ["a", "b", "c", "d"]
    assert plain("1 < 2 và 3 > 2") == "1 < 2 và 3 > 2"
    assert line("dòng\n hai  ") == "dòng hai"
    assert len(plain("x" * 100_000)) == 20_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-26T09:12:00+07:00", utc(2026, 11, 26, 2, 12)),
        ("2026-11-26T02:12:00Z", utc(2026, 11, 26, 2, 12)),
        ("2026-11-26 09:12", utc(2026, 11, 26, 2, 12)),
        ("Thứ năm, 26/11/2026, 09:12 (GMT+7)", utc(2026, 11, 26, 2, 12)),
        ("09:12 | 26/11/2026", utc(2026, 11, 26, 2, 12)),
        ("9h12 ngày 26-11-2026", utc(2026, 11, 26, 2, 12)),
        ("05/11/2026", utc(2026, 11, 4, 17)),
        ("31/02/2026", None),
        ("hôm qua", None),
        ("9999-12-31T23:59:00Z", None),
        ("0001-01-01", None),
        ("", None),
    ],
)
def test_times(text, expected):
    assert moment(text) == expected
