"""Clippings of print, radio and television, which have no address: one title is many items, each once."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.core.errors import Conflict
from loa.listening import services
from loa.listening.models import Item
from loa.listening.rules import key_of
from loa.listening.tests.test_intake import send
from loa.listening.tests.test_ways import page

pytestmark = pytest.mark.django_db


def test_one_title_on_another_day_or_in_another_paper_is_another_clipping(cast):
    air = services.source_add(actor=cast.office, unit=cast.so, name="Báo đài", kind="hand", outlet="air")
    today = clock.today()

    def add(on, outlet):
        return services.clipping_add(actor=cast.office, source=air, title="Thời sự giáo dục", on=on, outlet=outlet)

    days = [today - dt.timedelta(days=ago) for ago in (2, 1, 0)]
    for day in days:
        add(day, "Đài PT-TH Sông Lam")
    add(days[0], "Báo Sông Lam")
    kept = {(clock.local(item.published_at).date(), item.outlet_name) for item in Item.objects.all()}
    assert kept == {*((day, "Đài PT-TH Sông Lam") for day in days), (days[0], "Báo Sông Lam")}
    with pytest.raises(Conflict) as error:
        add(days[1], "đài pt-th sông lam ")
    assert error.value.field == "title"
    assert Item.objects.count() == 4


def test_a_clipping_an_earlier_version_kept_by_its_words_does_not_come_again(cast):
    papers = services.source_add(actor=cast.office, unit=cast.so, name="Điểm báo", kind="push", outlet="press")
    one = {"title": "Bản tin chiều", "outlet": "Báo Một", "published_at": "2025-11-25T17:00:00+07:00"}
    assert send(papers, [one]) == (1, 0)
    Item.objects.update(key=key_of("", "", "Bản tin chiều\n"))
    undated = {name: value for name, value in one.items() if name != "published_at"}
    assert send(papers, [one]) == (0, 1)
    assert send(papers, [undated]) == (0, 1)
    assert send(papers, [{**one, "outlet": "Báo Hai"}]) == (1, 0)
    assert send(papers, [{**one, "published_at": "2025-11-26"}]) == (1, 0)
    assert send(papers, [one, {**one, "published_at": "2025-11-26"}, {**undated, "outlet": "Báo Ba"}]) == (1, 2)


def test_a_year_typed_wrong_is_told_at_its_field(cast):
    hand = services.source_add(actor=cast.office, unit=cast.so, name="Báo đài", kind="hand", outlet="air")
    for day in ("0001-01-01", "1999-12-31"):
        text = page(cast.office, "clip", hand.pk, method="post", status=400, title="Bản tin", on=day)
        assert "có lẽ gõ nhầm: tin phải từ 01/01/2000 trở đi" in text
        assert "Bản tin" in text
    assert not Item.objects.exists()
    page(cast.office, "clip", hand.pk, method="post", status=302, title="Bản tin", on="2000-01-01")
    assert Item.objects.get().title == "Bản tin"
