"""Bars of the public pages: query counts that do not grow, and pages under 100 KB before images."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from loa.core import clock
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit
from loa.portal.tests.factories import make_photo, make_plan, make_site, make_story


def queries(path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = Client().get(path, HTTP_HOST="songlam.example")
    assert response.status_code == 200, path
    return len(seen)


def fill(town, topics, count: int, *, photos: bool = False) -> None:
    for n in range(count):
        school = make_unit(f"Trường THCS Số {n} {count}", Kind.THCS, town.xa)
        make_site(school, slug=f"s{n}-{count}")
        genre = ("article", "photo", "video", "infographic")[n % 4]
        for unit in (school, town.school):
            story = make_story(
                unit, town.owner, topic=topics[n % len(topics)], genre=genre, lead="Một câu dài. " * 20
            )
            if photos:
                make_photo(story)
        for unit, urgent in ((school, False), (town.school, n % 2 == 0), (town.so, n % 3 == 0)):
            make_story(unit, town.owner, genre="notice", urgent=urgent, valid_until=clock.today())


def paths(town, topic, story) -> list[str]:
    read = ("/", "/tin-tuc/", f"/tin-tuc/?chu-de={topic.pk}", f"/tin/{story.slug}-{story.pk}/")
    more = ("/gioi-thieu/", "/chu-de/", f"/chu-de/van-hoa-doc-{topic.pk}/", "/tim-kiem/?q=tin")
    own = (*read, *more, "/thong-bao/", "/thong-bao/rss.xml", "/rss.xml", "/sitemap.xml", "/sitemap-0.xml")
    main = ("/truong/", "/truong/?q=truong", f"/don-vi/{town.school.slug}-{town.school.pk}/", "/sitemap-trang.xml")
    return [*own, *main, *(f"/truong/son-thuong{path}" for path in own)]


def test_query_counts_do_not_grow(town):
    topics = make_plan(town.so, "Văn hóa đọc", "Thi cử", "Chuyển đổi số")
    fill(town, topics, 2, photos=True)
    story = make_story(town.school, town.owner, "Bài đo", topic=topics[0])
    fill(town, topics, 8, photos=True)
    few = {path: queries(path) for path in paths(town, topics[0], story)}
    fill(town, topics, 24, photos=True)
    many = {path: queries(path) for path in paths(town, topics[0], story)}
    assert many == few
    assert max(many.values()) <= 22, many


@pytest.mark.parametrize("where", ["", "/truong/son-thuong"])
def test_no_page_weighs_100_kb_before_images(town, where):
    topics = make_plan(town.so, *(f"Chủ đề số {n} của kế hoạch truyền thông giáo dục năm nay" for n in range(12)))
    for n in range(130):
        make_unit(f"Xã Rất Dài Tên Số {n}", Kind.UBND_XA, town.so)
    fill(town, topics, 30, photos=True)
    story = make_story(
        town.school, town.owner, "Bài dài", topic=topics[0], body="<p>Một câu rất thường.</p>" * 400
    )
    for path in paths(town, topics[0], story):
        if "xml" in path or (where and not path.startswith(("/tin", "/gioi", "/chu", "/tim"))):
            continue
        if path.startswith("/chu-de/van"):
            path = f"/chu-de/{topics[0].pk}/"
        response = Client().get(where + path, HTTP_HOST="songlam.example", follow=True)
        html = response.content
        linked = re.findall(r'(?:rel="stylesheet" href|script src)="/static/([^"]+)"', html.decode())
        assert len(linked) >= 4
        total = len(html) + sum(Path(finders.find(name)).stat().st_size for name in linked)
        assert total < 100_000, f"{where + path}: {total} bytes (HTML {len(html)})"
