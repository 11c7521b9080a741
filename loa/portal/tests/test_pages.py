"""Public pages: what they show, at which address, and what they never show."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import Consent, Stage
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit
from loa.plans.models import Topic
from loa.plans.rules import PlanStatus
from loa.portal.models import FormerSlug
from loa.portal.tests.factories import make_photo, make_plan, make_site, make_story, withdraw

HOST = {"HTTP_HOST": "songlam.example"}
SECRET = "BÍ MẬT CHƯA CÔNG BỐ"


def get(path: str, host: str = "songlam.example"):
    return Client().get(path, HTTP_HOST=host)


def text(path: str, host: str = "songlam.example") -> str:
    response = get(path, host)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def address(story: Story) -> str:
    return f"/tin/{story.slug}-{story.pk}/"


PAGES = (
    "/", "/tin-tuc/", "/chu-de/", "/gioi-thieu/", "/tro-nang/", "/tim-kiem/?q=bi+mat", "/rss.xml", "/atom.xml",
    "/sitemap.xml", "/sitemap-trang.xml", "/sitemap-0.xml",
)  # fmt: skip


def test_drafts_withdrawn_and_future_stories_leak_nowhere(town):
    [topic] = make_plan(town.so, "Văn hóa đọc")
    seen = make_story(town.school, town.owner, "Tin đã đăng", topic=topic)
    hidden = [
        make_story(town.school, town.owner, f"{SECRET} {stage}", live=False, stage=stage, topic=topic)
        for stage in (Stage.DRAFT, Stage.UNIT_REVIEW, Stage.RETURNED, Stage.BOARD_REVIEW, Stage.SCHEDULED)
    ]
    future = make_story(
        town.school, town.owner, f"{SECRET} mai", published_at=clock.now() + dt.timedelta(hours=1), topic=topic
    )
    gone = make_story(town.school, town.owner, f"{SECRET} gỡ", topic=topic)
    withdraw(gone)
    topic_page = f"/chu-de/van-hoa-doc-{topic.pk}/"
    pages = [*PAGES, "/truong/", topic_page, f"{topic_page}rss.xml", f"{topic_page}atom.xml", address(seen)]
    pages += [f"/don-vi/{town.school.slug}-{town.school.pk}/", f"/tin-tuc/?chu-de={topic.pk}"]
    pages += [f"/truong/son-thuong{path}" for path in (*PAGES, address(seen))]
    for path in pages:
        body = text(path)
        assert "BÍ MẬT" not in body, path
        assert "bi-mat" not in body.replace("q=bi+mat", ""), path
    for story in [*hidden, future]:
        for path in (address(story), f"/tin/{story.pk}/", f"/tin/x-{story.pk}/"):
            assert get(path).status_code == 404, (story, path)
            assert get(f"/truong/son-thuong{path}").status_code == 404
    assert get(address(gone)).status_code == 410
    assert get("/tin/999999/").status_code == 404


def test_a_scheduled_story_that_was_never_public_is_404_not_410(town):
    story = make_story(
        town.school, town.owner, SECRET, live=False, stage=Stage.SCHEDULED, published_at=clock.now(),
    )  # fmt: skip
    assert get(address(story)).status_code == 404


def test_the_page_of_a_withdrawn_story_is_kind_and_says_nothing_of_it(town):
    story = make_story(town.school, town.owner, "Danh sách học sinh nghèo")
    withdraw(story)
    response = get(address(story))
    body = response.content.decode()
    assert response.status_code == 410
    assert "Bài này đã được gỡ" in body
    assert "học sinh nghèo" not in body
    assert "Sai số liệu" not in body
    assert "Loa-Cache" not in response


def test_story_page_shows_what_a_reader_needs(town):
    [topic] = make_plan(town.so, "Văn hóa đọc")
    story = make_story(
        town.school, town.owner, "Xe sách lên bản", topic=topic, byline="Hà Thu Lài",
        correction="Số đúng là bốn điểm trường.", corrected_at=dt.datetime(2026, 11, 20, 9, 40, tzinfo=dt.UTC),
        ai_assisted=True, video_url="https://www.youtube.com/watch?v=1",
    )  # fmt: skip
    make_photo(story, alt="Xe chở sách", caption="Dốc Khau Sừng", source="Lò Văn Pắn")
    make_photo(story, alt="Trẻ em", caption="CHƯA ĐỒNG Ý", consent=Consent.UNKNOWN)
    make_photo(story, alt="  ", caption="KHÔNG MÔ TẢ")
    make_photo(story, alt="Giữa bài", caption="Sau đoạn hai", after=2)
    other = make_story(town.thpt, town.outsider, "Bài cùng chủ đề", topic=topic)
    make_story(town.thpt, town.outsider, "Bài thứ ba", topic=topic)
    body = text(address(story))
    for words in (
        "Hà Thu Lài", "Trường THCS Sơn Thượng", "Đính chính, 16:40 20/11/2026", "Số đúng là bốn điểm trường",
        "Dốc Khau Sừng", "Lò Văn Pắn", "Văn hóa đọc", "Nguồn: Trường THCS Sơn Thượng", "21/KH-SGDĐT", "công cụ AI",
        "Xem video trên youtube.com", other.title, 'alt="Xe chở sách"',
    ):  # fmt: skip
        assert words in body, words
    assert "CHƯA ĐỒNG Ý" not in body
    assert "KHÔNG MÔ TẢ" not in body
    assert body.index("Đoạn thứ hai") < body.index("Sau đoạn hai") < body.index("Đoạn thứ ba")
    assert 'DC.title" content="Xe sách lên bản"' in body
    assert f'<link rel="canonical" href="https://songlam.example{address(story)}">' in body


def test_one_story_has_one_canonical_address(town):
    both = make_story(town.school, town.owner, "Ở cả hai nơi")
    own = make_story(town.school, town.owner, "Chỉ ở trang trường", on_main_portal=False)
    homeless = make_story(town.primary, town.owner, "Không ở đâu", on_main_portal=False)
    canonical = 'rel="canonical" href="https://songlam.example'
    assert f"{canonical}{address(both)}" in text(address(both))
    assert f"{canonical}{address(both)}" in text(f"/truong/son-thuong{address(both)}")
    assert f"{canonical}/truong/son-thuong{address(own)}" in text(f"/truong/son-thuong{address(own)}")
    moved = get(address(own))
    assert (moved.status_code, moved["Location"]) == (
        301,
        f"https://songlam.example/truong/son-thuong{address(own)}",
    )
    elsewhere = get(f"/truong/son-thuong{address(make_story(town.thpt, town.outsider, 'Của trường khác'))}")
    assert elsewhere.status_code == 301
    assert get(address(homeless)).status_code == 404
    assert own.title not in text("/tin-tuc/")
    assert own.title in text("/truong/son-thuong/tin-tuc/")


def test_old_words_in_an_address_redirect(town):
    story = make_story(town.school, town.owner, "Tiêu đề mới")
    for old in (f"/tin/{story.pk}/", f"/tin/tieu-de-cu-{story.pk}/", f"/tin/tiêu-đề-{story.pk}/"):
        for form in ("NFC", "NFD"):
            moved = get(unicodedata.normalize(form, old))
            assert (moved.status_code, moved["Location"]) == (301, address(story)), old
    topic = make_plan(town.so, "Văn hóa đọc")[0]
    assert get(f"/chu-de/{topic.pk}/")["Location"] == f"/chu-de/van-hoa-doc-{topic.pk}/"
    assert get(f"/don-vi/ten-cu-{town.xa.pk}/")["Location"] == f"/don-vi/{town.xa.slug}-{town.xa.pk}/"


def test_a_site_answers_at_its_host_and_below_the_portal(town):
    town.site.host = "thcssonthuong.example"
    town.site.save()
    story = make_story(town.school, town.owner, "Tin của trường", on_main_portal=False)
    at_host = text("/", "thcssonthuong.example")
    assert "Trường THCS Sơn Thượng" in at_host
    assert f'href="{address(story)}"' in at_host
    assert 'rel="canonical" href="https://thcssonthuong.example/"' in at_host
    assert 'href="https://songlam.example/"' in at_host
    below = text("/truong/son-thuong/")
    assert 'rel="canonical" href="https://thcssonthuong.example/"' in below
    assert f'href="/truong/son-thuong{address(story)}"' in below
    assert get(address(story), "ThcsSonThuong.EXAMPLE:8000").status_code == 200
    assert "Cổng Sông Lam" in text("/", "khong-biet.example")
    assert get("/truong/son-thuong/", "thcssonthuong.example").status_code == 404
    assert get("/truong/", "thcssonthuong.example")["Location"] == "https://songlam.example/truong/"
    assert "https://thcssonthuong.example/sitemap.xml" in text("/robots.txt", "thcssonthuong.example")


def test_paths_a_site_has_left_redirect_for_ever(town):
    FormerSlug.objects.create(slug="ten-cu", site=town.site)
    moved = get("/truong/ten-cu/tin-tuc/?trang=2")
    assert (moved.status_code, moved["Location"]) == (301, "/truong/son-thuong/tin-tuc/?trang=2")
    assert get("/truong/so/tin-tuc/")["Location"] == "/tin-tuc/"
    assert get("/truong/khong-co/").status_code == 404
    town.site.active = False
    town.site.save()
    assert get("/truong/son-thuong/").status_code == 404
    assert get("/truong/ten-cu/").status_code == 404


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def test_hostile_text_is_harmless_everywhere(town):
    [topic] = make_plan(town.so, f"Chủ đề {HOSTILE}")
    story = make_story(
        town.school, town.owner, f"Tin {HOSTILE}", topic=topic,
        lead=HOSTILE, byline=HOSTILE[:100], correction=HOSTILE,
        body='<p onclick="alert(3)">Chữ<script>alert(4)</script></p><p><a href="javascript:alert(5)">bấm</a>'
        '<iframe src="//x"></iframe></p><style>*{}</style><h2 style="color:red">Mục</h2>',
    )  # fmt: skip
    make_photo(story, caption=HOSTILE, alt=HOSTILE, source=HOSTILE[:150])
    paths = [
        "/",
        "/tin-tuc/",
        address(story),
        f"/tim-kiem/?q={HOSTILE}",
        "/tim-kiem/?q=alert",
        f"/truong/?q={HOSTILE}",
    ]
    for path in paths:
        body = text(path)
        scripts = re.findall(r"<script\b[^>]*>", body)
        assert all("src=" in tag or 'type="application/ld+json"' in tag for tag in scripts), (path, scripts)
        assert "<img src=x" not in body, path
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'="[^"]*"', '=""', body)), path
        assert "javascript:" not in body, path
        assert "<iframe" not in body, path
        assert "<style" not in body, path
        assert "style=" not in re.sub(r'="[^"]*"', '=""', body).replace("stylesheet", ""), path
    data = re.search(r'ld\+json">(.*?)</script>', text(address(story)), re.S)
    assert json.loads(data[1])["headline"].startswith("Tin ")


def test_json_ld_of_a_story(town):
    story = make_story(town.school, town.owner, "Xe sách & bạn đọc", byline="Hà Thu Lài")
    photo = make_photo(story)
    found = json.loads(re.search(r'ld\+json">(.*?)</script>', text(address(story)), re.S)[1])
    assert found["@type"] == "NewsArticle"
    assert found["headline"] == "Xe sách & bạn đọc"
    assert found["author"] == [{"@type": "Person", "name": "Hà Thu Lài"}]
    assert found["mainEntityOfPage"] == f"https://songlam.example{address(story)}"
    assert found["sourceOrganization"]["name"] == "Trường THCS Sơn Thượng"
    assert found["image"][0].startswith(f"https://songlam.example/anh/{photo.pk}-")


def test_feeds_are_valid_and_whole(town):
    [topic] = make_plan(town.so, "Văn hóa đọc")
    first = make_story(town.school, town.owner, "Tin & <b>một</b>\x0b", topic=topic)
    make_photo(first)
    own = make_story(town.school, town.owner, "Riêng của trường", on_main_portal=False)
    rss = ET.fromstring(text("/rss.xml"))
    items = rss.findall("./channel/item")
    assert [item.findtext("title") for item in items] == ["Tin & <b>một</b>"]
    assert items[0].findtext("link") == f"https://songlam.example{address(first)}"
    assert items[0].findtext("guid") == items[0].findtext("link")
    assert items[0].find("enclosure").get("url").startswith("https://songlam.example/anh/")
    assert items[0].findtext("category") == "Văn hóa đọc"
    atom = ET.fromstring(text("/truong/son-thuong/atom.xml"))
    namespace = "{http://www.w3.org/2005/Atom}"
    links = [entry.find(f"{namespace}link").get("href") for entry in atom.findall(f"{namespace}entry")]
    base = "https://songlam.example/truong/son-thuong"
    assert links == [f"{base}{address(first)}", f"{base}{address(own)}"]
    assert len(ET.fromstring(text(f"/chu-de/van-hoa-doc-{topic.pk}/rss.xml")).findall("./channel/item")) == 1
    assert get("/rss.xml")["Content-Type"] == "application/rss+xml; charset=utf-8"


def test_sitemaps_list_only_canonical_addresses(town):
    both = make_story(town.school, town.owner, "Hai nơi")
    own = make_story(town.school, town.owner, "Riêng trường", on_main_portal=False)
    namespace = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

    def places(path: str, host: str = "songlam.example") -> list[str]:
        return [place.text for place in ET.fromstring(text(path, host)).iter(f"{namespace}loc")]

    assert places("/sitemap.xml") == [f"https://songlam.example/sitemap-{part}.xml" for part in ("trang", "0")]
    base = "https://songlam.example/truong/son-thuong"
    assert places("/sitemap-0.xml") == [f"https://songlam.example{address(both)}", f"{base}{address(own)}"]
    assert "Sitemap: https://songlam.example/sitemap.xml" in text("/robots.txt")
    assert places("/truong/son-thuong/sitemap-0.xml") == [f"{base}{address(own)}"]
    assert f"{base}/" in places("/sitemap-trang.xml")
    assert f"https://songlam.example/don-vi/{town.xa.slug}-{town.xa.pk}/" in places("/sitemap-trang.xml")
    assert places("/sitemap-7.xml") == []
    assert get("/sitemap-abc.xml").status_code == 404


def test_topics_of_a_plan_that_is_being_read_are_not_public(town):
    [secret] = make_plan(town.so, SECRET, status=PlanStatus.CHECKING)
    assert get(f"/chu-de/{secret.pk}/").status_code == 404
    assert get(f"/chu-de/bi-mat-chua-cong-bo-{secret.pk}/rss.xml").status_code == 404
    assert SECRET not in text("/chu-de/")
    assert SECRET not in text("/")
    assert SECRET not in text(f"/tin-tuc/?chu-de={secret.pk}"), "nor in the heading of a list of nothing"
    part = Topic.objects.create(plan=make_plan(town.so, "Công khai")[0].plan, title="Phần nhỏ", parent=None)
    assert get(f"/chu-de/phan-nho-{part.pk}/").status_code == 200


def test_a_campaign_beside_the_plan_of_the_year_takes_no_topic_off_the_front_page(town):
    make_plan(town.so, "Văn hóa đọc", "Thi cử", "Bán trú")
    make_plan(town.so, "Tháng an toàn giao thông")
    page = text("/chu-de/")
    assert "Văn hóa đọc" in page
    assert "Tháng an toàn giao thông" not in page


def test_lists_by_month_topic_genre_and_page(town):
    topics = make_plan(town.so, "Văn hóa đọc", "Thi cử")
    part = Topic.objects.create(plan=topics[0].plan, title="Tủ sách", parent=topics[0], position=9)
    old = make_story(
        town.school, town.owner, "Tin tháng Ba", published_at=dt.datetime(2026, 3, 31, 16, 59, tzinfo=dt.UTC)
    )
    april = make_story(
        town.school, town.owner, "Tin tháng Tư", published_at=dt.datetime(2026, 3, 31, 17, 0, tzinfo=dt.UTC)
    )
    below = make_story(town.school, town.owner, "Tin tủ sách", topic=part)
    film = make_story(town.so, town.office, "Phim ngắn", genre="video")
    march = text("/tin-tuc/?thang=2026-03")
    assert old.title in march
    assert april.title not in march
    assert april.title in text("/tin-tuc/?thang=2026-04")
    assert below.title in text(f"/tin-tuc/?chu-de={topics[0].pk}")
    assert below.title in text(f"/chu-de/van-hoa-doc-{topics[0].pk}/")
    assert below.title not in text(f"/tin-tuc/?chu-de={topics[1].pk}")
    assert film.title in text("/tin-tuc/?the-loai=video")
    assert old.title not in text("/tin-tuc/?the-loai=video")
    assert film.title not in text("/tin-tuc/?nguon=truong")
    for odd in (
        "?thang=2026-13",
        "?thang=%00",
        "?trang=abc",
        "?trang=-4",
        "?the-loai=%27",
        "?chu-de=99999999999999",
    ):
        assert get(f"/tin-tuc/{odd}").status_code == 200, odd
    for n in range(25):
        make_story(town.school, town.owner, f"Bài số {n}")
    first, second = text("/tin-tuc/"), text("/tin-tuc/?trang=2")
    assert "Trang sau" in first
    assert "Trang trước" in second
    listed = [re.findall(r"Bài số \d+", page) for page in (first, second)]
    assert [len(set(names)) > 0 for names in listed] == [True, True]
    assert set(listed[0]).isdisjoint(listed[1]), "no story stands on two pages"


def test_the_story_chosen_by_editors_leads(town):
    chosen = make_story(town.school, town.owner, "Bài được chọn", published_at=clock.now() - dt.timedelta(days=40))
    for n in range(30):
        make_story(town.school, town.owner, f"Tin {n} mới hơn")
    town.main.lead_story = chosen
    town.main.save()
    assert re.search(r'class="h1"><a href="[^"]*">Bài được chọn', text("/"))
    withdraw(chosen)
    assert "Bài được chọn" not in text("/")


@pytest.mark.parametrize("title", ["Đ" * 200, "Nguyễn " * 28, "x" * 200])
def test_long_titles_hold(town, title):
    story = make_story(town.school, town.owner, title.strip())
    assert title.strip() in text(address(story))
    assert get("/").status_code == 200


def test_directory_is_blind_to_diacritics_unless_typed(town):
    make_site(town.thpt, slug="lam-giang")
    assert "Trường THPT Lam Giang" in text("/truong/").replace("<mark>", "").replace("</mark>", "")

    def names(query: str) -> list[str]:
        body = text(f"/truong/?{query}")
        table = body[body.index("<tbody>") : body.index("</tbody>")] if "<tbody>" in body else ""
        return re.findall(r"<b><a[^>]*>(.*?)</a></b>", table.replace("<mark>", "").replace("</mark>", ""))

    assert names("q=lam+giang") == ["Trường THPT Lam Giang"]
    assert names("q=giang+THPT") == ["Trường THPT Lam Giang"]
    assert names("q=" + unicodedata.normalize("NFD", "Sơn Hạ")) == ["Trường Tiểu học Sơn Hạ"]
    assert names("q=s%C6%A1n") == ["Trường THCS Sơn Thượng", "Trường Tiểu học Sơn Hạ"]
    assert names("q=s%C3%B3n+ha") == ["Trường Tiểu học Sơn Hạ"]  # no "són": accents are forgiven
    assert names("cap=tieu_hoc") == ["Trường Tiểu học Sơn Hạ"]
    assert names(f"xa={town.xa.pk}") == ["Trường THCS Sơn Thượng", "Trường Tiểu học Sơn Hạ"]
    assert names("q=khong-co-dau") == []
    # Nearly all fit what is typed with accents: they stand there in order, and the one that does not fit does not.
    other = make_unit("Truong Quoc te Lam Thanh", Kind.LIEN_CAP, town.so)
    assert names("q=Tr%C6%B0%E1%BB%9Dng") == [
        "Trường THCS Sơn Thượng", "Trường THPT Lam Giang", "Trường Tiểu học Sơn Hạ"
    ]  # fmt: skip
    assert other.name in names("q=truong")
    assert len(names("cap=sai&xa=abc")) == 4


def test_closed_units_name_those_that_took_over(town):
    from loa.org.models import UnitEvent

    town.primary.closed_on = dt.date(2026, 1, 1)
    town.primary.save()
    event = UnitEvent.objects.create(kind="merge", effective_on=dt.date(2026, 1, 1))
    event.predecessors.add(town.primary)
    event.successors.add(town.school)
    body = text(f"/don-vi/{town.primary.slug}-{town.primary.pk}/")
    assert "thôi hoạt động từ 01/01/2026" in body
    assert "Trường THCS Sơn Thượng" in body
    assert "Sơn Hạ" not in text("/truong/")


def test_the_site_of_a_closed_school_answers_at_its_addresses_and_says_so(town):
    from loa.org.models import UnitEvent

    site = make_site(town.primary, slug="tieu-hoc-son-ha")
    FormerSlug.objects.create(slug="th-son-ha", site=site)
    story = make_story(town.primary, town.owner, "Ngày hội đọc sách")
    pages = ["/truong/tieu-hoc-son-ha/", f"/truong/tieu-hoc-son-ha{address(story)}"]
    assert not any("thôi hoạt động" in text(path) for path in pages)
    town.primary.closed_on = dt.date(2026, 1, 1)
    town.primary.save()
    event = UnitEvent.objects.create(kind="merge", effective_on=dt.date(2026, 1, 1))
    event.predecessors.add(town.primary)
    event.successors.add(town.school)
    for path in pages:
        body = text(path)
        assert "Đơn vị thôi hoạt động từ 01/01/2026." in body
        assert f"/don-vi/{town.school.slug}-{town.school.pk}/" in body
    assert "Ngày hội đọc sách" in body
    assert get("/truong/th-son-ha/").headers["Location"].endswith("/truong/tieu-hoc-son-ha/")
    assert "thôi hoạt động" not in text("/")


def test_before_the_portal_is_open(db):
    assert Client().get("/").status_code == 200
    assert Client().get("/tin-tuc/").status_code == 404


def test_error_page_of_the_site_and_of_staff(town):
    lost = get("/khong/co/trang/nay/")
    assert lost.status_code == 404
    assert "Đọc tin mới" in lost.content.decode()
    assert "Đọc tin mới" not in get("/lam-viec/khong-co/").content.decode()


def test_only_reading_is_allowed(town):
    assert Client().post("/", **HOST).status_code == 405
    assert Client().head("/", **HOST).status_code == 200
